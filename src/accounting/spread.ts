/**
 * Within an interval bytes are placed evenly over whole seconds (docs/accounting.md, rule 4): after t of d
 * seconds F(t) = (b div d)·t + ((b mod d)·t) div d bytes have passed. Integers only, so the hours of an
 * interval sum exactly to b on any engine.
 */
export const SPREAD_MACRO = `CREATE OR REPLACE TEMP MACRO weir_passed(b, t, d) AS (b // d) * t + ((b % d) * t) // d`;

/** The byte columns that are spread. */
export const SPREAD_COLUMNS = ['out', 'outLow', 'outHigh', 'in', 'ipOut'] as const;

/**
 * Returns SQL for the part of `b` that falls into the hour that begins at second `hourSecond`, of an
 * interval from second `since` to second `until`. An interval within one second lies in its first hour.
 */
export function partInHour(b: string, since: string, until: string, hourSecond: string): string {
  const passed = (second: string) =>
    `weir_passed(${b}, least(greatest(${second} - ${since}, 0), ${until} - ${since}), ${until} - ${since})`;
  // Most intervals lie in one hour: they are spared the divisions.
  const within = `${until} <= ${since} OR (${since} >= ${hourSecond} AND ${until} <= ${hourSecond} + 3600)`;
  return `(CASE WHEN ${within} THEN ${b} ELSE ${passed(`${hourSecond} + 3600`)} - ${passed(hourSecond)} END)`;
}

/** Returns SQL for the last hour (hours since 1970) in which an interval of seconds has bytes. */
export function lastHour(since: string, until: string): string {
  return `(CASE WHEN ${until} <= ${since} THEN ${since} ELSE ${until} - 1 END // 3600)`;
}
