import { formatMicros } from '../../records/time.ts';
import type { ImportAnswer, ImportedStream } from '../answers/import.ts';
import type { DraftInput } from './totals.ts';

/**
 * Returns an input's rows of the answer, one per log it held. Comments and lines rejected before they were
 * parsed belong to no log: they stand on the first row.
 */
export function answerRows({ staged, logs, leftAlone }: DraftInput): ImportedStream[] {
  if (staged.status === 'left-alone') return [];
  const alone = Object.values(leftAlone).reduce((sum, lines) => sum + lines, 0);
  const parsed = logs.reduce((sum, { accepted, rejected }) => sum + accepted + rejected, 0);
  const comments = Math.max(0, staged.lines - parsed - staged.rejectedLines - alone);
  const shared = {
    file: staged.path,
    sensor: staged.sensor,
    status: staged.status,
    verified: staged.verified,
    waitingBytes: staged.waitingBytes,
    reason: staged.reason ?? null,
  };
  const rows = logs.map((log, index) => {
    const rejected = log.rejected + (index === 0 ? staged.rejectedLines : 0);
    const ownComments = index === 0 ? comments : 0;
    return {
      ...shared,
      source: log.source,
      lines: log.accepted + rejected + ownComments,
      accepted: log.accepted,
      rejected,
      comments: ownComments,
      bytesOut: String(log.bytes),
      from: log.fromMicros === null ? null : formatMicros(log.fromMicros),
      to: log.toMicros === null ? null : formatMicros(log.toMicros),
    };
  });
  if (rows.length > 0) return rows;
  const rejected = staged.status === 'failed' ? 0 : staged.rejectedLines;
  const lines = staged.status === 'failed' ? 0 : rejected + comments;
  const nothing = { accepted: 0, bytesOut: '0', from: null, to: null };
  return [{ ...shared, ...nothing, source: 'none', lines, rejected, comments: lines - rejected }];
}

/** Returns what an input held that Weir does not read: whole files with their kind, logs with their lines. */
export function leftAloneRows({ staged, leftAlone }: DraftInput): ImportAnswer['leftAlone'] {
  const logs = Object.entries(leftAlone).map(([what, lines]) => ({ file: staged.path, what, lines }));
  if (staged.status !== 'left-alone' || logs.length > 0) return logs;
  return [{ file: staged.path, what: staged.reason ?? 'unknown', lines: staged.lines }];
}
