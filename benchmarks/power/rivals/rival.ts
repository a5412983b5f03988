/** What a rule that people use today looks like to the bench. Each is written from its public definition, cited beside it. */
import type { DayStatistics, Family, Statistic } from '../../../src/detection/input.ts';
import type { Alarm } from '../alarm.ts';
import type { Rows } from '../centre.ts';

/** A score of an entity on a day: the larger, the more suspicious. */
export interface Scored extends Alarm {
  readonly score: number;
}

/** A rule. Its state is plain data, so that a history can be continued in two ways. */
export interface Rival<State = unknown> {
  readonly name: string;
  readonly source: string;
  /** Whether an entity's scores depend on others': then it must be shown everybody. */
  readonly needsAll?: boolean;
  create(): State;
  /** Scores a day and learns from it. */
  score(state: State, today: DayStatistics, rows: readonly Rows[]): Scored[];
}

/** Makes a rule whose state's type only itself knows. */
export function rival<State>(rule: Rival<State>): Rival {
  return rule as Rival;
}

/** Returns a family's entities with their value of a statistic on a day. */
export function* valuesOf(
  today: DayStatistics,
  family: Family,
  statistic: Statistic = 'bytes',
): Generator<[string, number]> {
  const found = today.families.find((each) => each.family === family);
  if (!found) return;
  for (let i = 0; i < found.entities.length; i++) {
    yield [found.entities[i] as string, found.statistics[statistic][i] as number];
  }
}

/** Returns a score of one family's entity; what paid lies `days` back. */
export function scored(
  today: DayStatistics,
  family: Family,
  entity: string,
  score: number,
  days = 1,
): Scored {
  return {
    day: today.day,
    family,
    entity,
    score,
    statistic: 'bytes',
    fromDay: Math.max(0, today.day - days + 1),
  };
}

/** Returns the value at a share of sorted numbers. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] as number;
}

/** The last values of an entity, oldest first. */
export type Past = Map<string, number[]>;

/** Returns an entity's past and then adds a value to it. */
export function remember(past: Past, key: string, value: number, most: number): number[] {
  const known = past.get(key) ?? [];
  const before = [...known];
  known.push(value);
  if (known.length > most) known.shift();
  past.set(key, known);
  return before;
}
