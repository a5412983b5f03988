import { InternalError } from '../errors.ts';
import type { FactFamily } from '../records/families.ts';
import { sqlText } from '../records/sql-text.ts';
import type { Fault } from './values.ts';

/**
 * How a log's lines become records of one family, as SQL in steps, each over the names of those before:
 * `texts` are taken from the raw relation, `parts` prepared from texts, `values` computed, `columns` kept. A
 * line with a fault is a reject; the first fault that holds is its reason.
 */
export interface RecordRule {
  readonly family: FactFamily;
  readonly texts: Readonly<Record<string, string>>;
  readonly parts?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
}

/** Returns a relation with a rule's texts, parts and values beside the columns of the raw one. */
export function valuesSql(rule: RecordRule, relation: string): string {
  const steps = [rule.texts, rule.parts ?? {}, rule.values].filter((step) => Object.keys(step).length > 0);
  return steps.reduce((source, step) => `(SELECT *, ${selectList(step)} FROM ${source})`, relation);
}

/** Returns a relation of a rule's columns alone; it fails at a line with a fault. */
export function goodSql(rule: RecordRule, relation: string): string {
  const [first, ...others] = Object.entries(rule.columns);
  if (!first) throw new InternalError('a rule without columns');
  // A filter would have every value computed twice.
  const checked = { [first[0]]: `CASE WHEN fault IS NULL THEN ${first[1]} ELSE error(fault) END` };
  return `(SELECT ${selectList({ ...checked, ...Object.fromEntries(others) })}
    FROM (SELECT *, ${faultSql(rule)} AS fault FROM ${valuesSql(rule, relation)}))`;
}

/** Returns SQL for the first fault of a line as text, NULL for a good one. */
export function faultSql(rule: RecordRule): string {
  const arms = rule.faults.map(({ when, says }) => `WHEN ${when} THEN ${sqlText(says)}`);
  return `CASE ${arms.join(' ')} END`;
}

/** Returns an SQL select list of named expressions. */
export function selectList(expressions: Readonly<Record<string, string>>): string {
  return Object.entries(expressions)
    .map(([name, expression]) => `${expression} AS "${name}"`)
    .join(', ');
}
