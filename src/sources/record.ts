import type { Fault } from './values.ts';

/**
 * How a log's lines become records of one family, as SQL in three steps: `texts` are taken from the raw
 * relation under a name, `values` are computed from texts, `columns` from both. A line with a fault is a
 * reject; the first fault that holds is its reason.
 */
export interface RecordRule {
  readonly family: 'flow' | 'handshake' | 'coverage' | 'given';
  readonly texts: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
}

/** Returns an SQL select list of named expressions. */
export function selectList(expressions: Readonly<Record<string, string>>): string {
  return Object.entries(expressions)
    .map(([name, expression]) => `${expression} AS "${name}"`)
    .join(', ');
}
