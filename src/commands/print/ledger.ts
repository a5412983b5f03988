import type {
  CollectAnswer,
  CompactAnswer,
  LogAnswer,
  QueryAnswer,
  VerifyAnswer,
} from '../../operations/answers/ledger.ts';
import { safeText } from './safe-text.ts';
import { renderTable } from './table.ts';
import { counted, formatBytes, formatExact, formatInstant } from './units.ts';

const SHOWN_GARBAGE = 20;

/** Returns the journal's entries for a person. */
export function logText({ entries }: LogAnswer): string {
  return renderTable(
    [
      { title: 'ENTRY', align: 'right' },
      { title: 'AT (UTC)' },
      { title: 'KIND' },
      { title: 'WHAT', whole: true },
    ],
    entries.map(({ entry, at, kind, what }) => [formatExact(entry), formatInstant(at), kind, what]),
  );
}

/** Returns what a verification found for a person. */
export function verifyText({
  statement,
  problems,
  asOf,
  filesNamed,
  filesHashed,
  bytesHashed,
  leftovers,
}: VerifyAnswer): string {
  const list = problems.map(
    ({ code, where, message }) => `  ${code}: ${safeText(where)} ${safeText(message)}\n`,
  );
  const read = filesHashed > 0 ? `, ${formatBytes(BigInt(bytesHashed))} read` : '';
  return [
    `${statement}\n`,
    ...list,
    `${counted(asOf, 'entry', 'entries')}, ${counted(filesNamed, 'file')}${read}${leftovers.length > 0 ? `, ${counted(leftovers.length, 'leftover')} of crashes for gc` : ''}\n`,
  ].join('');
}

/** Returns a query's rows for a person. */
export function queryText({ columns, rows, cut }: QueryAnswer): string {
  const table = renderTable(
    columns.map((title) => ({ title, whole: columns.length === 1 })),
    rows.map((row) => columns.map((name) => cellText(row[name]))),
  );
  return `${table}${counted(rows.length, 'row')}${cut ? '; there are more (--limit 0)' : ''}\n`;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Returns what maintenance did for a person. */
export function compactText({
  merged,
  sealedDays,
  waitingDays,
  expiredFiles,
  supersededFiles,
  heldFiles,
}: CompactAnswer): string {
  const lines = [
    ...merged,
    ...(sealedDays.length > 0
      ? [`sealed ${counted(sealedDays.length, 'day')} from ${sealedDays[0]} to ${sealedDays.at(-1)}`]
      : []),
    ...(waitingDays.length > 0
      ? [`${counted(waitingDays.length, 'day')} wait to be rebuilt before they can be sealed`]
      : []),
    ...(expiredFiles > 0 ? [`${counted(expiredFiles, 'file')} past retention let go`] : []),
    ...(supersededFiles > 0 ? [`${counted(supersededFiles, 'file')} of superseded builds let go`] : []),
    ...(heldFiles > 0
      ? [`${counted(heldFiles, 'file')} past retention held by cases (weir incident list)`]
      : []),
  ];
  return lines.length === 0 ? 'Nothing to do.\n' : lines.map((line) => `${line}\n`).join('');
}

/** Returns what was, or would be, removed for a person. */
export function collectText({ dryRun, removed, bytes }: CollectAnswer): string {
  const list = removed
    .slice(0, SHOWN_GARBAGE)
    .map((each) => `  ${safeText(each.path)}  ${formatBytes(BigInt(each.bytes))}  ${each.why}\n`);
  const more = removed.length > SHOWN_GARBAGE ? `  … and ${removed.length - SHOWN_GARBAGE} more\n` : '';
  const verb = dryRun ? 'Would remove' : 'Removed';
  return `${verb} ${counted(removed.length, 'file')}, ${formatBytes(BigInt(bytes))}.\n${list.join('')}${more}`;
}
