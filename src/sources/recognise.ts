import { type FirstLines, missingSetting, type Recognised, type SensorSettings } from './format.ts';
import { FORMATS } from './formats.ts';
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
  /** Known, but not to be read before something is put right. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly what: string };

/** How many lines of JSON are looked at to learn the keys. */
const SAMPLE_LINES = 200;
const BYTE_ORDER_MARK = /^\uFEFF+/;
export const SIMULATED_COMMENT = '#weir-simulated';
const SIMULATED_KEY = 'weir_simulated';
const ZEEK_BEGINNING = '#separator ';
const LF = 10;
/** Byte order marks of text that spreadsheets write. */
const UTF_16 = new Set(['fffe', 'feff']);

const ZEEK_HEADER_LINE =
  /^#(separator |(set_separator|empty_field|unset_field|path|open|fields|types|close)[^\w])/;

/** The beginning of an input: `isWhole` when nothing follows it, `isFinal` when nothing ever can. */
export type Beginning = { readonly head: Buffer; readonly isWhole: boolean; readonly isFinal: boolean };

/**
 * Returns what an input is, from its first decompressed bytes, from the mapping that weir.yaml has for it, if any, and
 * from what it says of the sensor. Names never decide: a `conn.log` may hold JSON.
 */
export function recognise(
  { head, isWhole, isFinal }: Beginning,
  mapping: SourceMapping | undefined,
  sensor?: SensorSettings,
): Recognition {
  const isParquet = head.subarray(0, 4).toString('latin1') === 'PAR1';
  if (mapping?.format === 'parquet') return recogniseParquet(mapping, isParquet);
  if (isParquet) return { kind: 'unknown', what: 'Parquet without a mapping in weir.yaml' };
  if (!mapping && beginsAsZeekText(head))
    return { kind: 'zeek-tsv', simulated: head.includes(`\n${SIMULATED_COMMENT}`) };
  if (UTF_16.has(head.subarray(0, 2).toString('hex'))) {
    if (!mapping) return { kind: 'unknown', what: 'UTF-16 text' };
    return { kind: 'refused', reason: 'UTF-16 text, of which no line can be read; write it as UTF-8' };
  }
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
  const objects = objectsOf(lines);
  const keys = keysOf(objects);
  const beginning = { lines, objects, keys, stated: false };
  const known = recogniseFormat(sensor ? { ...beginning, sensor } : beginning, sensor);
  if (known) return known;
  if (keys.length > 0) return { kind: 'unknown', what: `JSON lines (${keys.slice(0, 3).join(', ')})` };
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

/** Whether a beginning is that of a text log as Zeek itself writes it: so many are that they are told without taking lines apart. */
function beginsAsZeekText(head: Buffer): boolean {
  if (head.toString('latin1', 0, ZEEK_BEGINNING.length) !== ZEEK_BEGINNING) return false;
  const fieldsAt = head.indexOf('\n#fields');
  return fieldsAt !== -1 && head.includes(LF, fieldsAt + 1);
}

/** A header need not come first (a log cut at its front): lines before it are rejected one by one. */
function recogniseZeekText(lines: readonly string[]): Recognition {
  const hasFields = lines.some((line) => line.startsWith('#fields'));
  if (!hasFields && lines.some((line) => line !== '' && !line.startsWith('#'))) {
    return { kind: 'unknown', what: 'Zeek header without #fields' };
  }
  return { kind: 'zeek-tsv', simulated: lines.some((line) => line.startsWith(SIMULATED_COMMENT)) };
}

/** Asks the formats in their order; one that weir.yaml states for the sensor is asked alone, and has to answer. */
function recogniseFormat(first: FirstLines, sensor: SensorSettings | undefined): Recognition | undefined {
  const stated = sensor?.format;
  if (stated !== undefined) {
    const format = FORMATS.find(({ name }) => name === stated);
    const found = format?.recognise({ ...first, stated: true });
    if (format && found) return toRecognition(found, format.title, first, sensor);
    const names = FORMATS.map(({ name }) => name).join(', ');
    const reason = format
      ? `is not ${format.title}, which weir.yaml states as the format of sensor ${sensor?.name}`
      : `weir.yaml states a format that Weir does not know for sensor ${sensor?.name}: ${stated}; there are ${names}`;
    return { kind: 'refused', reason };
  }
  for (const format of FORMATS) {
    const found = format.recognise(first);
    if (found) return toRecognition(found, format.title, first, sensor);
  }
  return undefined;
}

function toRecognition(
  { layout, headerLines = 0, needs = [], refused }: Recognised,
  title: string,
  { lines, keys }: FirstLines,
  sensor: SensorSettings | undefined,
): Recognition {
  const reason = refused ?? (sensor && missingSetting(needs, sensor, title));
  if (reason !== undefined) return { kind: 'refused', reason };
  const simulated = keys.includes(SIMULATED_KEY) || lines.some((line) => line.startsWith(SIMULATED_COMMENT));
  return { kind: 'lines', layout, headerLines, simulated };
}

function recogniseMapped(mapping: SourceMapping, lines: readonly string[]): Recognition {
  const simulated = lines.some((line) => line.startsWith(SIMULATED_COMMENT));
  if (mapping.format === 'ndjson') {
    const fields = keysOf(objectsOf(lines));
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

/** Returns the first lines that are JSON objects; broken ones are passed over. */
function objectsOf(lines: readonly string[]): Readonly<Record<string, unknown>>[] {
  return lines.slice(0, SAMPLE_LINES).flatMap((line) => {
    const object = parseObject(line);
    return object ? [object] : [];
  });
}

/** Returns the sorted top-level keys of objects. */
function keysOf(objects: readonly object[]): string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
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
