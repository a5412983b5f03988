/**
 * What a day of detection costs on one core, in processor time: entity-days a second through all channels of a family, and one more day
 * after 300 days of history against one more after 30, at equal live entities. Run: npx tsx benchmarks/detection.ts
 */
import { advance } from '../src/detection/advance.ts';
import { PATIENT_STATISTICS } from '../src/detection/channels.ts';
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
  process.stdout.write(
    `${family}: ${(rate / 1e6).toFixed(2)} million entity-days a second; a day after 300 days costs ${(late / early).toFixed(2)} times one after 30\n`,
  );
}

measure('host');
measure('network');
