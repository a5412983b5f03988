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

/** Zeek's JSON lines; one file may hold every stream, so the stream is each line's own affair. */
type ZeekNdjsonLayout = {
  readonly source: 'zeek';
  readonly encoding: 'ndjson';
  readonly fields: readonly string[];
};

/** Ready-made cells or series, described by a mapping in weir.yaml. */
export type MappedLayout = {
  readonly source: 'mapping';
  readonly mapping: string;
  readonly encoding: 'csv' | 'ndjson' | 'parquet';
  readonly fields: readonly string[];
  readonly separator?: string;
};

export type Layout = ZeekTsvLayout | ZeekNdjsonLayout | MappedLayout;

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
  if (layout.encoding === 'ndjson') {
    return JSON.stringify([
      layout.source,
      layout.encoding,
      layout.source === 'mapping' ? layout.mapping : '',
    ]);
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
