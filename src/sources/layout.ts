/** How the data lines of a staged chunk are to be read: what its source said about columns and separators. */

/** Zeek's text format; the fields come from each file's own header, never from an assumption. */
type ZeekTsvLayout = {
  readonly source: 'zeek';
  readonly encoding: 'tsv';
  readonly stream: string;
  readonly separator: string;
  readonly setSeparator: string;
  readonly unsetField: string;
  readonly emptyField: string;
  readonly fields: readonly string[];
};

/**
 * The lines of any other format (format.ts). `source` is the format's name. Lines of JSON and of text speak for
 * themselves, so one file may hold several logs; separated values have the columns that `fields` names in order.
 */
export type FormatLayout = {
  readonly source: string;
  readonly encoding: 'csv' | 'ndjson' | 'text';
  /** Columns in order; of JSON the keys seen; of text none. */
  readonly fields: readonly string[];
  readonly separator?: string;
  /** What encloses fields of separated values that hold the separator: `"` unless it is empty. */
  readonly quote?: '"' | '';
  /** What stands in separated values for a field that is not set, beside nothing. */
  readonly unset?: string;
  /** What the format itself wants to remember of the file: inputs that differ in it share no chunk. */
  readonly variant?: string;
};

/** Ready-made cells or series, described by a mapping in weir.yaml. */
export type MappedLayout = {
  readonly source: 'mapping';
  readonly mapping: string;
  readonly encoding: 'csv' | 'ndjson' | 'parquet';
  readonly fields: readonly string[];
  readonly separator?: string;
};

export type Layout = ZeekTsvLayout | MappedLayout | FormatLayout;

/** The Zeek streams that Weir reads; every other stream is named, counted and left alone. */
export const ZEEK_STREAMS: ReadonlySet<string> = new Set([
  'conn',
  'open_conn',
  'conn_long',
  'ssl',
  'ssh',
  'quic',
  'files',
  'capture_loss',
  'stats',
]);

/** Returns a Zeek `#path` in Weir's spelling: `open-conn` and `open_conn` are one stream. */
export function zeekStream(path: string): string {
  return path.trim().toLowerCase().replaceAll('-', '_');
}

/**
 * Returns the key under which inputs may share a chunk. Lines of JSON name their own keys, so the set of
 * keys seen in the first lines of a file is no part of it; columns of TSV and CSV have only their place.
 */
export function layoutKey(layout: Layout): string {
  const key = KEYS.get(layout) ?? newKey(layout);
  KEYS.set(layout, key);
  return key;
}

const KEYS = new WeakMap<Layout, string>();

function newKey(layout: Layout): string {
  if (layout.encoding === 'ndjson') {
    const which = 'mapping' in layout ? layout.mapping : (layout.variant ?? '');
    return JSON.stringify([layout.source, layout.encoding, which]);
  }
  const { fields, ...rest } = layout;
  return JSON.stringify([Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)), fields]);
}

/** Returns the layout of a chunk that holds lines of both: equal keys assumed, JSON keys united. */
export function mergeLayouts(first: Layout, second: Layout): Layout {
  if (first.encoding !== 'ndjson') return first;
  const missing = second.fields.filter((field) => !first.fields.includes(field));
  return missing.length === 0 ? first : { ...first, fields: [...first.fields, ...missing].sort() };
}
