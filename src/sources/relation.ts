import { sqlText } from '../records/sql-text.ts';
import type { FormatLayout, Layout, MappedLayout } from './layout.ts';

/**
 * How one field of a log is reached: an SQL expression of type VARCHAR over the raw relation, `NULL` where
 * the log has no such field. Several names are alternatives; the first that is set wins.
 */
export type Field = (...names: string[]) => string;

/** A staged chunk as SQL: a relation of raw texts, one row per staged line in order, and its fields. */
export interface RawRelation {
  readonly sql: string;
  /**
   * The same where every line is good, in less time. Where one is not, the engine fails or the row has `valid` false:
   * then nothing of this relation may be used.
   */
  readonly quick?: string;
  readonly field: Field;
}

/** SQL for the raw line of a relation of separated values, as near as its fields allow; to show rejects. */
export function shownLine(layout: SeparatedLayout): string {
  const fields = layout.fields.map((_, index) => `coalesce("c${index}"::VARCHAR, '-')`);
  return `left(concat_ws(${sqlText(layout.separator ?? ',')}, ${fields.join(', ')}), 1000)`;
}

/** A line longer than this was rejected at staging; the reader's own limit lies above it. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** The reader's own choice, sixteen longest lines, holds a whole chunk: memory that is touched for the first time. */
const BUFFER_BYTES = 8 * 1024 * 1024;

/** Fields that the reader may turn into numbers itself, by name. It refuses at least what a cast of the text would. */
export type NumberFields = Readonly<Record<string, 'UBIGINT' | 'USMALLINT' | 'DOUBLE'>>;

/**
 * Returns the relation of a staged chunk of separated values (Zeek TSV, mapped CSV). Fields are read as text so that
 * a wrong type is found, with its column, by the record's own rules and not by the reader; the quick relation has some
 * as `numbers`.
 * Lines with too few or too many fields go to the reader's rejects table named `rejects`.
 */
export function separatedRelation(
  path: string,
  layout: SeparatedLayout,
  rejects: string,
  numbers: NumberFields = {},
): RawRelation {
  const columns = (types: NumberFields) =>
    layout.fields.map((name, index) => `'c${index}': '${types[name] ?? 'VARCHAR'}'`).join(', ');
  const isPlain = layout.encoding === 'tsv' || ('quote' in layout && layout.quote === '');
  const quote = isPlain ? "quote='', escape=''" : `quote='"', escape='"'`;
  const dialect = (types: NumberFields) =>
    `delim=${sqlText(layout.separator ?? ',')}, ${quote}${unsetOf(layout)}, columns={${columns(types)}}`;
  const field = fieldOf(layout.fields, (index) => `"c${index}"`);
  const relation = { sql: readCsv(path, dialect({}), rejects), field };
  return Object.keys(numbers).length > 0
    ? { ...relation, quick: readGoodCsv(path, dialect(numbers)) }
    : relation;
}

function unsetOf(layout: SeparatedLayout): string {
  if ('unsetField' in layout) return `, nullstr=${sqlText(layout.unsetField)}`;
  return 'unset' in layout && layout.unset !== undefined ? `, nullstr=['', ${sqlText(layout.unset)}]` : '';
}

/** Layouts whose lines are separated values. */
export type SeparatedLayout = Extract<Layout, { readonly encoding: 'tsv' }> | MappedLayout | FormatLayout;

/**
 * Returns the relation of a staged chunk of JSON lines. `wanted` are the keys to take out of each object, `a/b` being
 * the key `b` of the object `a`; no two may differ in case alone. A line that is no JSON object has `valid` false
 * and all fields unset. A list or an object taken whole is its JSON text.
 */
export function jsonRelation(path: string, wanted: readonly string[], rejects: string): RawRelation {
  const structure = JSON.stringify(structureOf(wanted));
  const lines = wholeLines(path, rejects);
  // The engine may compute a branch it does not take, so broken lines are made harmless before they are parsed.
  const safe = `(SELECT line, CASE WHEN json_valid(line) THEN line ELSE 'null' END AS safe FROM ${lines})`;
  const sql =
    `(SELECT line, coalesce(json_type(safe) = 'OBJECT', false) AS valid, ` +
    `json_transform(safe, ${sqlText(structure)}) AS fields FROM ${safe})`;
  // Parsed once instead of three times: text that is no JSON makes the engine fail.
  const quick = `(SELECT line, starts_with(line, '{') AS valid, json_transform(line, ${sqlText(structure)}) AS fields FROM ${readGoodCsv(path, WHOLE_LINES)})`;
  const reach = (key: string) =>
    `fields${key
      .split('/')
      .map((part) => `[${sqlText(part)}]`)
      .join('')}`;
  return { sql, quick, field: fieldOf(wanted, (index) => reach(wanted[index] ?? '')) };
}

type Structure = { [key: string]: Structure | 'VARCHAR' };

function structureOf(wanted: readonly string[]): Structure {
  const structure: Structure = {};
  for (const key of wanted) {
    const parts = key.split('/');
    let at = structure;
    for (const part of parts.slice(0, -1)) {
      const inner = at[part];
      at = at[part] = typeof inner === 'object' ? inner : {};
    }
    at[parts.at(-1) ?? ''] = 'VARCHAR';
  }
  return structure;
}

/** Each line as the one column `line`. No log holds the separator but in damage: raw control characters are illegal in JSON. */
export function wholeLines(path: string, rejects: string): string {
  return readCsv(path, WHOLE_LINES, rejects);
}

const WHOLE_LINES = `delim='\x01', quote='', escape='', columns={'line': 'VARCHAR'}`;

/** Returns the relation of a mapped Parquet file, each column as text. */
export function parquetRelation(path: string, fields: readonly string[]): RawRelation {
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const texts = fields.map((name, index) => `${quoted(name)}::VARCHAR AS "c${index}"`).join(', ');
  return {
    sql: `(SELECT ${texts} FROM read_parquet(${sqlText(path)}))`,
    field: fieldOf(fields, (index) => `"c${index}"`),
  };
}

function readCsv(path: string, dialect: string, rejects: string): string {
  return (
    `read_csv(${sqlText(path)}, auto_detect=false, header=false, ${dialect}, ` +
    `max_line_size=${MAX_LINE_BYTES}, store_rejects=true, rejects_limit=0, ` +
    `rejects_table=${sqlText(rejects)}, rejects_scan=${sqlText(`${rejects}_scan`)})`
  );
}

/** Fails at the first line that is not of the dialect. */
function readGoodCsv(path: string, dialect: string): string {
  return (
    `read_csv(${sqlText(path)}, auto_detect=false, header=false, ${dialect}, ` +
    `max_line_size=${MAX_LINE_BYTES}, buffer_size=${BUFFER_BYTES})`
  );
}

/** Returns how fields are reached by name, `reach` giving the SQL of the name at an index. */
export function fieldOf(names: readonly string[], reach: (index: number) => string): Field {
  return (...alternatives) => {
    const found = alternatives.flatMap((name) => {
      const index = names.indexOf(name);
      return index < 0 ? [] : [reach(index)];
    });
    if (found.length === 0) return 'NULL::VARCHAR';
    return found.length === 1 ? (found[0] ?? '') : `coalesce(${found.join(', ')})`;
  };
}
