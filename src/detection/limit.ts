import { exposureOf, weekOf } from './baseline.ts';
import type { Calibration } from './calibration.ts';
import { type Bet, PATIENT, PATIENT_STATISTICS, RULES } from './channels.ts';
import { MEAN_BETS, MEANS, meanRatio, Z_BETS, ZS, zScore } from './evidence.ts';
import { habitLimits } from './habit-limit.ts';
import { CLIP_BYTES, type Family, type Statistic } from './input.ts';
import { smallestSeen } from './smallest-seen.ts';
import { type DetectionState, RING_WEEKS, type Table, tableOf } from './state.ts';
import { surplusLimits } from './surplus-limit.ts';

/** What could be taken each day from (or to) an entity without a lead. */
export interface DetectionLimit {
  readonly windowDays: number;
  /** Constant daily loss that raises a lead within the window with 50 % and with 90 % chance; Infinity: none does. */
  readonly bytesPerDay50: number;
  readonly bytesPerDay90: number;
  /** The channel that would see the 90 % loss first. */
  readonly statistic: Statistic | undefined;
  readonly bet: Bet | undefined;
}

/** How the loss is made. */
export interface Evader {
  /** Pairs (host, network) that share the day's loss equally; 1 by default. */
  readonly streams?: number;
  /** Whether the pairs are new (novel channels see them) or long known, which is harder to see; known by default. */
  readonly newPairs?: boolean;
}

const QUANTILE_90 = 1.2815515655446004;
const LEAST_BLOCKS = 4;
/** Columns that see pairs however old: the ladder and all bytes. */
const KNOWN_COLUMNS = [0, 1, 2, 3, PATIENT_STATISTICS.indexOf('bytes')];

/**
 * Returns the detection limit of an entity; undefined where it has no baseline or less than four weeks behind it.
 * An analytic approximation from the entity's last twelve weekly means and the scatter between them, at today's
 * baseline and thresholds: log R grows by g(x) a day with variance v(x), and a loss x is seen within n days when
 * n·g − q·√(n·v) − log(mixture) passes the threshold, q = 0 for 50 % and 1.28 for 90 %. It ignores that the
 * baseline learns after 28 days and that evidence can begin before the loss; planting losses into the ledger is
 * the exact way.
 */
export function detectionLimit(
  state: DetectionState,
  family: Family,
  entity: string,
  windowDays: number,
  evader: Evader = {},
): DetectionLimit | undefined {
  const table = tableOf(state, family);
  const row = table.index.get(entity);
  if (row === undefined || !((table.columns.expected[row * PATIENT] as number) > 0)) return undefined;
  const channels = channelsOf(state, table, row, evader);
  if (channels.length === 0) return undefined;
  const habits = [...habitLimits(table, row), ...surplusLimits(table, row)];
  const at = (quantile: number, chance: number) =>
    [
      ...channels.map((channel) => ({
        channel,
        bytes: smallestSeen(
          (bytes) => evidenceAfter(channel, bytes, windowDays, quantile) >= channel.threshold,
        ),
      })),
      ...habits.map((channel) => ({ channel, bytes: channel.smallestBytes(windowDays, chance) })),
    ].sort((a, b) => a.bytes - b.bytes)[0];
  const half = at(0, 0.5);
  const most = at(QUANTILE_90, 0.9);
  const found = most && Number.isFinite(most.bytes) ? most.channel : undefined;
  return {
    windowDays,
    bytesPerDay50: half?.bytes ?? Number.POSITIVE_INFINITY,
    bytesPerDay90: most?.bytes ?? Number.POSITIVE_INFINITY,
    statistic: found?.statistic,
    bet: found?.bet,
  };
}

interface Channel {
  readonly statistic: Statistic;
  readonly bet: Bet;
  readonly threshold: number;
  /** For each bet of the mixture: the day's log e when the statistic is `value`. */
  readonly logE: readonly ((value: number) => number)[];
  readonly mixture: number;
  /** Ordinary values of a day, equally likely. */
  readonly ordinary: readonly number[];
  /** What a loss of x adds to the statistic. */
  readonly added: (bytes: number) => number;
}

function channelsOf(state: DetectionState, table: Table, row: number, evader: Evader): Channel[] {
  const channels: Channel[] = [];
  const { zColumns } = RULES[table.family];
  const streams = evader.streams ?? 1;
  for (const s of evader.newPairs ? [...KNOWN_COLUMNS, 4, 5, 6, 7] : KNOWN_COLUMNS) {
    const ordinary = ordinaryDays(state, table, row, s);
    const expected = table.columns.expected[row * PATIENT + s] as number;
    if (!ordinary || expected === 0) continue;
    const clip = s < 8 ? CLIP_BYTES[(s % 4) as 0] : Number.POSITIVE_INFINITY;
    const added = (bytes: number) => streams * Math.min(bytes / streams, clip);
    const statistic = PATIENT_STATISTICS[s] as Statistic;
    const threshold = (type: number) => (table.calibrations[type] as Calibration).threshold;
    const mean = MEAN_BETS.map(
      (lambda) => (v: number) => Math.log(1 + lambda * (meanRatio(v, expected) - 1)),
    );
    channels.push({
      statistic,
      bet: 'mean',
      threshold: threshold(s),
      logE: mean,
      mixture: MEANS,
      ordinary,
      added,
    });
    const z = zColumns.indexOf(s);
    if (z < 0) continue;
    const level = table.columns.zMean[row * zColumns.length + z] as number;
    const deviation = table.columns.zDeviation[row * zColumns.length + z] as number;
    const zs = Z_BETS.map(
      (theta) => (v: number) => theta * zScore(v, level, deviation) - (theta * theta) / 2,
    );
    channels.push({
      statistic,
      bet: 'z',
      threshold: threshold(PATIENT + z),
      logE: zs,
      mixture: ZS,
      ordinary,
      added,
    });
  }
  return channels;
}

/** The weekly means of the last twelve weeks, each one day's scatter up and down. */
function ordinaryDays(state: DetectionState, table: Table, row: number, s: number): number[] | undefined {
  const week = weekOf(state, state.lastDay);
  const rolled = table.columns.week[row] as number;
  const means: number[] = [];
  for (let w = Math.max(0, week - RING_WEEKS); w < week; w++) {
    const days = exposureOf(table, w, s);
    if (days < 3.5) continue;
    const at = row * PATIENT * RING_WEEKS + (w % RING_WEEKS) * PATIENT + s;
    // Weeks after the entity's last one hold nothing yet: it was not seen.
    means.push(w < rolled ? (table.columns.ring[at] as number) / days : 0);
  }
  if (means.length < LEAST_BLOCKS) return undefined;
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (means.length - 1);
  const daily = Math.sqrt(7 * variance);
  return means.flatMap((value) => [Math.max(0, value - daily), value + daily]);
}

function evidenceAfter(
  { logE, mixture, ordinary, added }: Channel,
  bytes: number,
  days: number,
  quantile: number,
) {
  const best = logE.map((log) => {
    const values = ordinary.map((value) => log(value + added(bytes)));
    const growth = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - growth) ** 2, 0) / values.length;
    // R adds up over all days on which the loss may have begun: a geometric sum.
    const begun = growth > 1e-6 ? Math.log((1 - Math.exp(-days * growth)) / (1 - Math.exp(-growth))) : 0;
    return days * growth + begun - quantile * Math.sqrt(days * variance);
  });
  return Math.max(...best) - Math.log(mixture);
}
