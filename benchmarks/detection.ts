/**
 * What a day of detection costs on one core, in processor time: entity-days a second through all channels of a family, weekly
 * work included; the same through the patient bets alone; and one more day after 300 days of history against one more
 * after 30, at equal live entities. Run: npx tsx benchmarks/detection.ts
 */
import { advance } from '../src/detection/advance.ts';
import { channelTypes, PATIENT, PATIENT_STATISTICS, RULES } from '../src/detection/channels.ts';
import { advanceMean, advanceZ, MEANS, meanRatio, ZS, zScore } from '../src/detection/evidence.ts';
import type { DayStatistics, Family, Statistic } from '../src/detection/input.ts';
import { createState } from '../src/detection/state.ts';

const ENTITIES = 20_000;
const DAYS = 320;
const STATISTICS: readonly Statistic[] = [...PATIENT_STATISTICS, 'maxHourBytes', 'largestFirstContactBytes'];

/** Returns a generator of days of plausible sizes, each different from the others. */
function dayMaker(family: Family): (day: number) => DayStatistics {
  let seed = 1;
  const uniform = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const entities = Array.from({ length: ENTITIES }, (_, i) => `e${String(i).padStart(6, '0')}`);
  const levels = Float64Array.from(entities, () => Math.exp(18 + 4 * uniform()));
  return (day) => {
    const columns = STATISTICS.map((name) => {
      const isCount = name === 'firstContacts' || name === 'persistent';
      return [name, levels.map((level) => Math.floor(isCount ? 3 * uniform() : level * (0.5 + uniform())))];
    });
    const statistics = Object.fromEntries(columns) as Record<Statistic, Float64Array>;
    return { day, coverage: 1, arrivedThroughMicros: 0, families: [{ family, entities, statistics }] };
  };
}

function measure(family: Family): void {
  const make = dayMaker(family);
  const state = createState();
  const millis: number[] = [];
  for (let day = 0; day < DAYS; day++) {
    const today = make(day);
    const started = process.cpuUsage();
    advance(state, today);
    const { user, system } = process.cpuUsage(started);
    millis.push((user + system) / 1000);
  }
  // Whole weeks, so that the weekly work is in both; medians over four of them, for the machine has other things to do.
  const costOf = (from: number) => {
    const weeks = [0, 1, 2, 3].map((week) =>
      millis.slice(from + 7 * week, from + 7 * week + 7).reduce((sum, value) => sum + value, 0),
    );
    return weeks.sort((a, b) => a - b)[1] as number;
  };
  const [early, late] = [costOf(28), costOf(287)];
  const rate = (7 * ENTITIES * 1000) / late;
  const channels = channelTypes(family).length;
  process.stdout.write(
    `${family}: ${millions(rate)} entity-days a second through all ${channels} channels (${millions(rate * channels)} channel-days); a day after 300 days costs ${(late / early).toFixed(2)} times one after 30\n`,
  );
}

/** The arithmetic of the patient bets on ready values: no look-up of entities, no baseline, no same-day rule. */
function measureBets(family: Family): void {
  const zs = RULES[family].zColumns.length;
  const [meanR, zR] = [new Float64Array(ENTITIES * PATIENT * MEANS), new Float64Array(ENTITIES * zs * ZS)];
  const values = Float64Array.from({ length: ENTITIES * PATIENT }, (_, i) => ((i * 7919) % 1000) + 1);
  const seconds: number[] = [];
  for (let day = 0; day < 28; day++) {
    const started = process.cpuUsage();
    for (let at = 0; at < values.length; at++)
      advanceMean(meanR, at * MEANS, meanRatio(values[at] as number, 700));
    for (let at = 0; at < ENTITIES * zs; at++) advanceZ(zR, at * ZS, zScore(values[at] as number, 500, 300));
    const { user, system } = process.cpuUsage(started);
    seconds.push((user + system) / 1e6);
  }
  const middle = seconds.sort((a, b) => a - b)[14] as number;
  process.stdout.write(
    `${family}: ${millions(ENTITIES / middle)} entity-days a second through the ${PATIENT + zs} patient bets alone (${millions((ENTITIES * (PATIENT + zs)) / middle)} channel-days)\n`,
  );
}

const millions = (value: number) => `${(value / 1e6).toFixed(2)} million`;

measure('host');
measure('network');
measureBets('host');
