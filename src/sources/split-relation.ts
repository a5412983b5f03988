import { sqlText } from '../records/sql-text.ts';
import { fieldOf, type RawRelation, wholeLines } from './relation.ts';

/**
 * Returns the relation of lines of values between separators that nothing quotes. A line is `valid` when it has as many
 * values as there are `fields`: one with the separator in a value cannot be told from another, and is not read.
 */
export function splitRelation(
  path: string,
  fields: readonly string[],
  separator: string,
  rejects: string,
): RawRelation {
  const split = `(SELECT line, string_split(line, ${sqlText(separator)}) AS fields FROM ${wholeLines(path, rejects)})`;
  return {
    sql: `(SELECT line, coalesce(len(fields) = ${fields.length}, false) AS valid, fields FROM ${split})`,
    field: fieldOf(fields, (index) => `nullif(fields[${index + 1}], '')`),
  };
}
