import type { Layout } from './layout.ts';

/** A ready-made source of weir.yaml, as far as reading it goes. */
export type SourceMapping = {
  readonly name: string;
  readonly format: 'csv' | 'ndjson' | 'parquet';
};

/** What an input is, judged by its first lines. */
export type Recognition =
  | { readonly kind: 'zeek-tsv'; readonly simulated: boolean }
  | {
      readonly kind: 'lines';
      readonly layout: Layout;
      readonly headerLines: 0 | 1;
      readonly simulated: boolean;
    }
  | { readonly kind: 'parquet'; readonly layout: Layout }
  /** No line has ended yet: there is nothing to judge. */
  | { readonly kind: 'nothing-yet' }
  | { readonly kind: 'unknown'; readonly what: string };

/** How many lines of JSON are looked at to learn the keys. */
const SAMPLE_LINES = 200;
const BYTE_ORDER_MARK = /^\uFEFF+/;
export const SIMULATED_COMMENT = '#weir-simulated';
const SIMULATED_KEY = 'weir_simulated';

const ZEEK_HEADER_LINE =
  /^#(separator |(set_separator|empty_field|unset_field|path|open|fields|types|close)[^\w])/;

/** Any one of these sets of keys makes a JSON line Zeek's. */
const ZEEK_KEYS: readonly (readonly string[])[] = [
  ['_path'],
  ['@stream'],
  ['_stream'],
  ['id.orig_h'],
  ['id_orig_h'],
  ['ts', 'uid'],
  ['ts', 'fuid'],
  ['ts', 'ts_delta'],
  ['ts', 'pkts_proc'],
];

/** The beginning of an input: `isWhole` when nothing follows it, `isFinal` when nothing ever can. */
export type Beginning = { readonly head: Buffer; readonly isWhole: boolean; readonly isFinal: boolean };

/**
 * Returns what an input is, from its first decompressed bytes and from the mapping that weir.yaml has for it,
 * if any. Names never decide: a `conn.log` may hold JSON.
 */
export function recognise(
  { head, isWhole, isFinal }: Beginning,
  mapping: SourceMapping | undefined,
): Recognition {
  const isParquet = head.subarray(0, 4).toString('latin1') === 'PAR1';
  if (mapping?.format === 'parquet') return recogniseParquet(mapping, isParquet);
  if (isParquet) return { kind: 'unknown', what: 'Parquet without a mapping in weir.yaml' };
  const binary = binaryKind(head);
  if (binary) return { kind: 'unknown', what: binary };
  const lines = wholeLines(head, isWhole && isFinal);
  const first = lines.find((line) => line !== '');
  if (first === undefined) {
    if (head.includes(0)) return { kind: 'unknown', what: 'binary' };
    return isWhole ? { kind: 'nothing-yet' } : { kind: 'unknown', what: 'a first line too long to judge' };
  }
  if (mapping) return recogniseMapped(mapping, lines);
  if (lines.some((line) => ZEEK_HEADER_LINE.test(line))) return recogniseZeekText(lines);
  const fields = keysOf(lines);
  if (fields.length > 0) return recogniseJson(fields);
  // A stray NUL is a damaged line of a log, but here there is nothing of a log.
  if (head.includes(0)) return { kind: 'unknown', what: 'binary' };
  return { kind: 'unknown', what: guessText(first) };
}

/** The last line counts only when it ended, or when nothing can follow it. */
function wholeLines(head: Buffer, isFinal: boolean): string[] {
  const end = isFinal ? head.length : head.lastIndexOf(10) + 1;
  const text = head.subarray(0, end).toString('utf8').replace(BYTE_ORDER_MARK, '');
  return text.split('\n').map((line) => line.replace(/\r$/, ''));
}

/** A header need not come first (a log cut at its front): lines before it are rejected one by one. */
function recogniseZeekText(lines: readonly string[]): Recognition {
  const hasFields = lines.some((line) => line.startsWith('#fields'));
  if (!hasFields && lines.some((line) => line !== '' && !line.startsWith('#'))) {
    return { kind: 'unknown', what: 'Zeek header without #fields' };
  }
  return { kind: 'zeek-tsv', simulated: lines.some((line) => line.startsWith(SIMULATED_COMMENT)) };
}

function recogniseJson(fields: readonly string[]): Recognition {
  const has = (key: string): boolean => fields.includes(key);
  if (ZEEK_KEYS.some((keys) => keys.every(has))) {
    const layout: Layout = { source: 'zeek', encoding: 'ndjson', fields };
    return { kind: 'lines', layout, headerLines: 0, simulated: has(SIMULATED_KEY) };
  }
  if (has('event_type') && has('timestamp')) return { kind: 'unknown', what: 'Suricata EVE JSON' };
  return {
    kind: 'unknown',
    what: fields.length > 0 ? `JSON lines (${fields.slice(0, 3).join(', ')})` : 'broken JSON',
  };
}

function recogniseMapped(mapping: SourceMapping, lines: readonly string[]): Recognition {
  const simulated = lines.some((line) => line.startsWith(SIMULATED_COMMENT));
  if (mapping.format === 'ndjson') {
    const fields = keysOf(lines);
    if (fields.length === 0)
      return { kind: 'unknown', what: `no JSON lines, as mapping ${mapping.name} expects` };
    const layout: Layout = { source: 'mapping', mapping: mapping.name, encoding: 'ndjson', fields };
    return { kind: 'lines', layout, headerLines: 0, simulated: simulated || fields.includes(SIMULATED_KEY) };
  }
  const header = lines.find((line) => line !== '' && !line.startsWith('#'));
  if (header === undefined) return { kind: 'nothing-yet' };
  const separator = [',', '\t', ';', '|'].reduce((best, one) =>
    header.split(one).length > header.split(best).length ? one : best,
  );
  const fields = splitCsvHeader(header, separator);
  const layout: Layout = { source: 'mapping', mapping: mapping.name, encoding: 'csv', fields, separator };
  return { kind: 'lines', layout, headerLines: 1, simulated };
}

function recogniseParquet(mapping: SourceMapping, isParquet: boolean): Recognition {
  if (!isParquet) return { kind: 'unknown', what: `not Parquet, as mapping ${mapping.name} expects` };
  return {
    kind: 'parquet',
    layout: { source: 'mapping', mapping: mapping.name, encoding: 'parquet', fields: [] },
  };
}

/** Returns the sorted top-level keys of the first lines that are JSON objects; broken lines are passed over. */
function keysOf(lines: readonly string[]): string[] {
  const keys = new Set<string>();
  for (const line of lines.slice(0, SAMPLE_LINES)) {
    const value = parseObject(line);
    if (value) for (const key of Object.keys(value)) keys.add(key);
  }
  return [...keys].sort();
}

function parseObject(line: string): object | undefined {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}

function splitCsvHeader(header: string, separator: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (const char of header) {
    if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      fields.push(field.trim());
      field = '';
    } else field += char;
  }
  return [...fields, field.trim()];
}

function binaryKind(head: Buffer): string | undefined {
  const magic = head.subarray(0, 4).toString('hex');
  if (['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '0a0d0d0a'].includes(magic)) return 'packet capture';
  if (magic === '504b0304') return 'zip archive';
  if (magic.startsWith('425a68')) return 'bzip2 of something';
  return magic === 'fd377a58' ? 'xz of something' : undefined;
}

function guessText(first: string): string {
  if (first.startsWith('[')) return 'JSON array';
  if (first.startsWith('{')) return 'broken JSON';
  if (first.startsWith('#')) return 'plain text that begins with a comment';
  if (first.split('\t').length > 3) return 'tab-separated text without a Zeek header';
  if (first.split(',').length > 1) return 'CSV without a mapping in weir.yaml';
  return first.includes('\uFFFD') ? 'binary' : 'plain text';
}
