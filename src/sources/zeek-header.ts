import { type Layout, ZEEK_STREAMS, zeekStream } from './layout.ts';

/** What the comment lines of a Zeek text log have said so far. */
export type ZeekHeader = {
  readonly separator: string;
  readonly setSeparator: string;
  readonly emptyField: string;
  readonly unsetField: string;
  readonly path?: string;
  readonly fields?: readonly string[];
  /** A `#close` was seen: the writer has ended the file, so its last line is whole even without a newline. */
  readonly closed: boolean;
};

/** What becomes of data lines: read under a layout, left alone by name, or rejected for want of columns. */
export type Target =
  | { readonly kind: 'read'; readonly layout: Layout }
  | { readonly kind: 'left-alone'; readonly stream: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const MAX_FIELDS = 1_000;
const MAX_SEPARATOR_BYTES = 4;

/** Zeek's own defaults, for headers that leave a line out. */
export const EMPTY_HEADER: ZeekHeader = {
  separator: '\t',
  setSeparator: ',',
  emptyField: '(empty)',
  unsetField: '-',
  closed: false,
};

/**
 * Returns the header after one more comment line. `#separator` opens a new header (a restarted or appended
 * log) and forgets the old columns; comments of other kinds change nothing.
 */
export function readHeaderLine(header: ZeekHeader, line: string): ZeekHeader {
  if (line.startsWith('#open') || line.startsWith('#types')) return header;
  const known = NEXT.get(header)?.get(line);
  if (known) return known;
  const next = nextHeader(header, line);
  const ofHeader = NEXT.get(header) ?? new Map<string, ZeekHeader>();
  if (next !== header && ofHeader.size < MAX_NEXT) NEXT.set(header, ofHeader.set(line, next));
  return next;
}

/** Files of one sensor begin alike: what a line makes of a header is worked out once, and their layouts are one object. */
const NEXT = new WeakMap<ZeekHeader, Map<string, ZeekHeader>>();
const MAX_NEXT = 50;
const TARGETS = new WeakMap<ZeekHeader, Target>();

function nextHeader(header: ZeekHeader, line: string): ZeekHeader {
  const separator = /^#separator (.+)$/.exec(line)?.[1];
  if (separator !== undefined) return { ...EMPTY_HEADER, separator: unescapeZeek(separator) };
  const [name, ...values] = line.split(header.separator);
  const value = values.join(header.separator);
  switch (name) {
    case '#set_separator':
      return { ...header, setSeparator: unescapeZeek(value) };
    case '#empty_field':
      return { ...header, emptyField: unescapeZeek(value) };
    case '#unset_field':
      return { ...header, unsetField: unescapeZeek(value) };
    case '#path':
      return { ...header, path: value };
    case '#fields':
      return { ...header, fields: values, closed: false };
    case '#close':
      return { ...header, closed: true };
    default:
      return header;
  }
}

/** Returns what to do with data lines below this header; `#path` alone decides the stream. */
export function targetOf(header: ZeekHeader): Target {
  const target = TARGETS.get(header) ?? newTarget(header);
  TARGETS.set(header, target);
  return target;
}

function newTarget(header: ZeekHeader): Target {
  if (header.fields === undefined || header.fields.length === 0) return unreadable('data before any #fields');
  const stream = zeekStream(header.path ?? '');
  if (!ZEEK_STREAMS.has(stream)) return { kind: 'left-alone', stream: `zeek.${stream || '(no #path)'}` };
  const { separator, setSeparator, unsetField, emptyField, fields } = header;
  if (fields.length > MAX_FIELDS) return unreadable(`#fields names more than ${MAX_FIELDS} columns`);
  if (Buffer.byteLength(separator) > MAX_SEPARATOR_BYTES || unsetField.includes(separator)) {
    return unreadable('#separator or #unset_field is not usable');
  }
  const marks = { separator, setSeparator, unsetField, emptyField };
  return { kind: 'read', layout: { source: 'zeek', encoding: 'tsv', stream, ...marks, fields } };
}

function unreadable(reason: string): Target {
  return { kind: 'unreadable', reason };
}

/** Returns whether a line without its newline is a whole `#close` and not the beginning of one. */
export function isWholeClose(line: string): boolean {
  return /^#close.\d{4}(-\d\d){5}$/.test(line);
}

function unescapeZeek(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
