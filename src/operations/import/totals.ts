import type { LogCount } from '../../ledger/duckdb/ingest.ts';
import type { InputRange } from '../../ledger/entries.ts';
import type { StagedInput } from '../../sources/staged-input.ts';

/** Counts of one log of one input. */
export interface LogTotals {
  readonly source: string;
  accepted: number;
  rejected: number;
  bytes: bigint;
  fromMicros: number | null;
  toMicros: number | null;
}

/** One input that is part of a draft, with what became of its lines. */
export interface DraftInput {
  readonly staged: StagedInput;
  readonly logs: readonly LogTotals[];
  readonly leftAlone: Readonly<Record<string, number>>;
}

/** Adds what a chunk held of one log of one input to that input's totals. */
export function addCount(logs: Map<number, Map<string, LogTotals>>, source: string, count: LogCount): void {
  const ofInput = logs.get(count.input) ?? new Map<string, LogTotals>();
  logs.set(count.input, ofInput);
  const known = ofInput.get(source) ?? {
    source,
    accepted: 0,
    rejected: 0,
    bytes: 0n,
    fromMicros: null,
    toMicros: null,
  };
  ofInput.set(source, {
    source,
    accepted: known.accepted + count.accepted,
    rejected: known.rejected + count.rejected,
    bytes: known.bytes + count.bytes,
    fromMicros: least(known.fromMicros, count.fromMicros),
    toMicros: most(known.toMicros, count.toMicros),
  });
}

function least(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}

function most(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

/** What the journal says of an input: lines left alone stand among the comments, by name in `streams`. */
export function rangeOf({ staged, logs, leftAlone }: DraftInput): InputRange {
  const sum = (of: (log: LogTotals) => number) => logs.reduce((total, log) => total + of(log), 0);
  const accepted = sum((log) => log.accepted);
  const rejected = sum((log) => log.rejected) + staged.rejectedLines;
  const lines = staged.lines > 0 ? staged.lines : accepted + rejected;
  const alone = Object.entries(leftAlone).map(([source, count]) => ({
    source,
    lines: count,
    accepted: 0,
    rejected: 0,
    comments: count,
  }));
  return {
    sensor: staged.sensor,
    path: staged.path,
    source: logs.map(({ source }) => source).join('+') || Object.keys(leftAlone).join('+') || 'nothing',
    bytesFrom: staged.bytesFrom,
    bytesTo: staged.bytesTo,
    prefixSha256: staged.sha256,
    head: staged.head,
    lines,
    accepted,
    rejected,
    comments: lines - accepted - rejected,
    bytesOut: String(logs.reduce((total, { bytes }) => total + bytes, 0n)),
    fromMicros: logs.reduce<number | null>((from, log) => least(from, log.fromMicros), null),
    toMicros: logs.reduce<number | null>((to, log) => most(to, log.toMicros), null),
    verified: staged.verified,
    streams: [
      ...logs.map(({ source, accepted: good, rejected: bad, bytes }) => ({
        source,
        lines: good + bad,
        accepted: good,
        rejected: bad,
        comments: 0,
        bytesOut: String(bytes),
      })),
      ...alone,
    ],
  };
}
