import { sqlText } from '../records/sql-text.ts';
import { type Field, fieldOf, type RawRelation, wholeLines } from './relation.ts';

/**
 * Relations of lines of text: each has `line`, `valid` and whatever its fields are reached through. A field that is
 * empty is not set.
 */

/** A pattern made ready for the engine: its groups are numbered there, and named beside it. */
interface Pattern {
  readonly sql: string;
  readonly names: readonly string[];
}

/** Name of the group around the whole pattern; it is empty where the pattern does not match. */
const ALL = 'weir_all';

/**
 * Patterns are written as for JavaScript, every capturing group with a name: `(?<user>\S+)`; groups without are
 * `(?:…)`. They hold for both engines as long as they use neither look-around nor references.
 */
function patternOf(pattern: string): Pattern {
  const names = [...pattern.matchAll(/\(\?<(\w+)>/g)].map(([, name = '']) => name);
  const numbered = pattern.replace(/\(\?<\w+>/g, '(');
  return { sql: sqlText(`(${numbered})`), names: [ALL, ...names] };
}

/** Returns SQL for the struct of a pattern's groups in a text; all empty where it does not match. */
export function groupsSql(text: string, pattern: string): string {
  const { sql, names } = patternOf(pattern);
  return `regexp_extract(${text}, ${sql}, [${names.map(sqlText).join(', ')}])`;
}

/** Returns how the groups of a pattern are reached in a struct that `groupsSql` made. */
export function groupField(struct: string, pattern: string): Field {
  const { names } = patternOf(pattern);
  return fieldOf(names, (index) => `nullif(${struct}[${sqlText(names[index] ?? '')}], '')`);
}

/** SQL that holds for a struct of groups whose pattern matched. */
export function matched(struct: string): string {
  return `${struct}[${sqlText(ALL)}] <> ''`;
}

/** Returns the relation of lines under one pattern; a line that it does not match is not `valid`. */
export function patternRelation(path: string, pattern: string, rejects: string): RawRelation {
  const groups = `(SELECT line, ${groupsSql('line', pattern)} AS fields FROM ${wholeLines(path, rejects)})`;
  return {
    sql: `(SELECT line, coalesce(${matched('fields')}, false) AS valid, fields FROM ${groups})`,
    field: groupField('fields', pattern),
  };
}

/** A value in quotes, up to the end of the line where the closing one is missing. */
const QUOTED = '"(?:[^"\\\\]|\\\\.)*(?:"|$)';
/** A pair, or quotes that belong to none: what somebody typed within quotes is no key. */
const PAIR = `(?:^|[\\s,;])([A-Za-z0-9_.-]+)=(${QUOTED}|[^\\s",;][^\\s,;]*)?|${QUOTED}`;

/** Columns of values are told from others by their name: no rule (record.ts) calls its own so. */
const VALUE = 'pair_';

/**
 * Returns the relation of lines of `key=value` and `key="value"`, in any order and behind any text; the first of a
 * key counts. A line is `valid` when it has the key `must`. Every line is taken apart once, and each of `wanted` once
 * brought out of it; no two of them may differ in case alone.
 */
export function pairsRelation(
  path: string,
  must: string,
  wanted: readonly string[],
  rejects: string,
): RawRelation {
  const all = (group: number) => `regexp_extract_all(line, ${sqlText(PAIR)}, ${group})`;
  const logged = wanted.map((name) => `pairs[list_position(keys, ${sqlText(name)})] AS "${VALUE}${name}"`);
  const unquoted = wanted.map((name) => {
    const value = `"${VALUE}${name}"`;
    const inner = `substr(${value}, 2, length(${value}) - 2)`;
    // Quotes that are not closed reach to the end of the line; only behind a backslash may a quote there close nothing.
    const closed = `CASE WHEN contains(${value}, '\\') THEN regexp_full_match(${value}, '"(?:[^"\\\\]|\\\\.)*"') ELSE length(${value}) > 1 AND ends_with(${value}, '"') END`;
    return `CASE WHEN NOT starts_with(${value}, '"') THEN nullif(${value}, '') WHEN ${closed} THEN nullif(${inner}, '') END AS ${value}`;
  });
  const split = `(SELECT line, ${all(1)} AS keys, ${all(2)} AS pairs FROM ${wholeLines(path, rejects)})`;
  const sql = `(SELECT line, valid, ${unquoted.join(', ')}
    FROM (SELECT line, list_contains(keys, ${sqlText(must)}) AS valid, ${logged.join(', ')} FROM ${split}))`;
  return { sql, quick: sql, field: fieldOf(wanted, (index) => `"${VALUE}${wanted[index]}"`) };
}

function escaped(name: string): string {
  return name.replace(/[^\w]/g, '\\$&');
}

/**
 * Returns the relation of separated values whose lines have different numbers of fields, quoted or not. `prefix` is a
 * pattern of what stands before the first field (a syslog header); its groups are fields too. A line is `valid`
 * when it has the prefix and at least `least` fields.
 */
export function raggedRelation(
  path: string,
  options: {
    readonly fields: readonly string[];
    readonly separator: string;
    readonly least: number;
    readonly prefix?: string;
  },
  rejects: string,
): RawRelation {
  const { fields, least, prefix = '' } = options;
  const separator = escaped(options.separator);
  const one = `${separator}("(?:[^"]|"")*"|[^${separator}]*)`;
  const rest = `substr(line, length(groups[${sqlText(ALL)}]) + 1)`;
  // Few lines quote anything; the others are cut without a pattern.
  const list = `CASE WHEN contains(${rest}, '"') THEN regexp_extract_all(${sqlText(options.separator)} || ${rest}, ${sqlText(one)}, 1)
    ELSE string_split(${rest}, ${sqlText(options.separator)}) END`;
  const begun = prefix === '' ? `{${sqlText(ALL)}: ''}` : groupsSql('line', `^${prefix}`);
  const isPrefixed = prefix === '' ? 'true' : matched('groups');
  const split = `(SELECT line, groups, ${list} AS fields FROM (SELECT line, ${begun} AS groups FROM ${wholeLines(path, rejects)}))`;
  const value = (index: number) => `fields[${index + 1}]`;
  const plain = (index: number) =>
    `nullif(CASE WHEN starts_with(${value(index)}, '"') THEN replace(substr(${value(index)}, 2, length(${value(index)}) - 2), '""', '"') ELSE ${value(index)} END, '')`;
  const ofPrefix = prefix === '' ? undefined : groupField('groups', prefix);
  const ofFields = fieldOf(fields, plain);
  return {
    sql: `(SELECT line, coalesce(${isPrefixed} AND len(fields) >= ${least}, false) AS valid, groups, fields FROM ${split})`,
    field: (...names) => {
      const mine = names.filter((name) => fields.includes(name));
      return mine.length > 0 || !ofPrefix ? ofFields(...names) : ofPrefix(...names);
    },
  };
}
