import type { PathReconciliation } from '../../operations/answers/common.ts';
import { renderTable } from './table.ts';
import { formatBytes, formatExact } from './units.ts';

/** Returns how interface counters and flows compare, for a person; nothing where weir.yaml names no interfaces. */
export function reconciliationText(rows: readonly PathReconciliation[] | undefined): string {
  if (rows === undefined || rows.length === 0) return '';
  const right = { align: 'right' } as const;
  const table = renderTable(
    [
      { title: 'PATH' },
      { title: 'INTERFACES SENT', ...right },
      { title: 'EXPLAINED', ...right },
      { title: 'UNEXPLAINED', ...right },
      { title: 'OVER-EXPLAINED', ...right },
      { title: 'HOURS', ...right },
      { title: 'UNKNOWN', ...right },
      { title: 'INTERFACES' },
    ],
    rows.map((row) => [
      row.path,
      formatBytes(row.counted),
      formatBytes(row.explained),
      formatBytes(row.unexplained),
      formatBytes(row.overExplained),
      formatExact(row.hoursCompared),
      formatExact(row.hoursUnknown),
      row.interfaces.join(', '),
    ]),
  );
  return `What left by interface counters, and what flows explain of it hour by hour:\n${table}`;
}
