import { isUtf8 } from 'node:buffer';
import { layoutKey } from './layout.ts';
import { type PlacedLine, sha256 } from './test-reading.ts';
import { EMPTY_HEADER, readHeaderLine, targetOf } from './zeek-header.ts';

/** What reading should bring, found in the plainest way: all bytes at once, line by line. */
export type NaiveReading = {
  readonly placed: PlacedLine[];
  readonly rejected: { line: number; reason: string }[];
  readonly lines: number;
  readonly comments: number;
  readonly leftAlone: Record<string, number>;
  readonly bytesTo: number;
  readonly sha256: string;
  readonly waitingBytes: number;
};

/** The reference that fast reading of Zeek text is compared with. */
export function readNaively(bytes: Buffer, isFinal: boolean, maxLineBytes: number): NaiveReading {
  const pieces = bytes.toString('latin1').split('\n');
  const rest = pieces.pop() ?? '';
  const placed: PlacedLine[] = [];
  const rejected: { line: number; reason: string }[] = [];
  const leftAlone: Record<string, number> = {};
  let header = EMPTY_HEADER;
  let comments = 0;
  const take = (piece: string, line: number): void => {
    const raw = Buffer.from(piece.replace(/^(\u00ef\u00bb\u00bf)+/, '').replace(/\r$/, ''), 'latin1');
    const target = targetOf(header);
    const reject = (reason: string): void => {
      rejected.push({ line, reason });
    };
    if (raw.length === 0) comments += 1;
    else if (target.kind === 'left-alone' && raw[0] !== 35) {
      leftAlone[target.stream] = (leftAlone[target.stream] ?? 0) + 1;
    } else if (raw.length > maxLineBytes) reject(`line of ${raw.length} bytes is longer than a line may be`);
    else if (raw.includes(0)) reject('NUL byte');
    else if (!isUtf8(raw)) reject('invalid UTF-8');
    else if (raw[0] === 35) {
      header = readHeaderLine(header, raw.toString());
      comments += 1;
    } else if (raw.includes(13)) reject('carriage return inside the line');
    else if (target.kind === 'unreadable') reject(target.reason);
    else if (target.kind === 'read')
      placed.push({ key: layoutKey(target.layout), line, text: raw.toString() });
  };
  for (const [i, piece] of pieces.entries()) take(piece, i + 1);
  const isEnded = isFinal || header.closed || /^#close.\d{4}(-\d\d){5}$/.test(rest);
  if (rest !== '' && isEnded) take(rest, pieces.length + 1);
  const bytesTo = isEnded ? bytes.length : bytes.length - rest.length;
  const lines = pieces.length + (rest !== '' && isEnded ? 1 : 0);
  const waitingBytes = bytes.length - bytesTo;
  return {
    placed,
    rejected,
    lines,
    comments,
    leftAlone,
    bytesTo,
    sha256: sha256(bytes.subarray(0, bytesTo)),
    waitingBytes,
  };
}
