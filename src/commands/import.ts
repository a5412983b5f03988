import type { Command } from 'commander';
import type { ImportAnswer, ImportedStream } from '../operations/answers/import.ts';
import { contextOf, subjectOf } from './context.ts';
import { EXIT_INPUT } from './exit-codes.ts';
import { safeText } from './print/safe-text.ts';
import { renderTable } from './print/table.ts';
import { tryText } from './print/tried.ts';
import { counted, formatBytes, formatExact, formatInstant } from './print/units.ts';

const SHOWN_REJECTS = 10;
const SHOWN_FAILURES = 20;

/** Adds `weir import PATH…`. */
export function addImport(program: Command): void {
  program
    .command('import')
    .description('read logs into the ledger: files, folders, globs, or - for standard input')
    .argument('<paths...>', 'what to read; the kind of each file is told by its content')
    .option('--try', 'show the first records as Weir understands them, and write nothing')
    .action(async (paths: string[], flags: { readonly try?: boolean }, command: Command) => {
      const context = contextOf(command);
      const subject = await subjectOf(context);
      if (flags.try) {
        const { tryLogs } = await import('../operations/try.ts');
        const tried = await tryLogs({ ...subject, paths, cwd: process.cwd() });
        context.answer(tried.answer, tryText);
        if (tried.failed > 0) process.exitCode = EXIT_INPUT;
        return;
      }
      const { importLogs } = await import('../operations/import/import.ts');
      const { answer, failed } = await importLogs({ ...subject, paths, cwd: process.cwd() });
      context.answer(answer, importText);
      if (failed > 0) process.exitCode = EXIT_INPUT;
    });
}

/** Returns an import's answer for a person. */
export function importText(answer: ImportAnswer): string {
  return [
    streamTable(answer.commits),
    leftAloneText(answer.leftAlone),
    failuresText(answer.commits),
    waitingText(answer.commits),
    unverifiedText(answer.commits),
    rejectsText(answer.rejects, answer.commits),
    closingText(answer),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** One row for each kind of log of each sensor. */
function streamTable(commits: readonly ImportedStream[]): string {
  const read = commits.filter(({ status }) => status !== 'failed');
  if (read.length === 0) return '';
  const groups = new Map<string, ImportedStream[]>();
  for (const commit of read) {
    const key = JSON.stringify([commit.sensor, commit.source]);
    const group = groups.get(key);
    if (group) group.push(commit);
    else groups.set(key, [commit]);
  }
  const rows = [...groups.values()].map((group) => {
    const sum = (count: (stream: ImportedStream) => number) =>
      formatExact(group.reduce((total, each) => total + count(each), 0));
    const bytes = group.reduce((total, each) => total + BigInt(each.bytesOut), 0n);
    const from = group.flatMap((each) => each.from ?? []).sort()[0] ?? null;
    const to =
      group
        .flatMap((each) => each.to ?? [])
        .sort()
        .at(-1) ?? null;
    return [
      group[0]?.sensor ?? '',
      group[0]?.source ?? '',
      formatExact(group.length),
      sum(({ lines }) => lines),
      sum(({ accepted }) => accepted),
      sum(({ rejected }) => rejected),
      formatBytes(bytes),
      formatInstant(from),
      formatInstant(to),
      statusText(group),
    ];
  });
  const right = { align: 'right' } as const;
  return renderTable(
    [
      { title: 'SENSOR' },
      { title: 'SOURCE' },
      { title: 'FILES', ...right },
      { title: 'LINES', ...right },
      { title: 'ACCEPTED', ...right },
      { title: 'REJECTED', ...right },
      { title: 'PAYLOAD', ...right },
      { title: 'FROM (UTC)' },
      { title: 'TO (UTC)' },
      { title: 'STATUS' },
    ],
    rows,
  );
}

function statusText(group: readonly ImportedStream[]): string {
  const counts = new Map<string, number>();
  for (const { status } of group) counts.set(status, (counts.get(status) ?? 0) + 1);
  if (counts.size === 1) return group[0]?.status ?? '';
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

function leftAloneText(leftAlone: ImportAnswer['leftAlone']): string {
  if (leftAlone.length === 0) return '';
  const kinds = new Map<string, { files: Set<string>; lines: number }>();
  for (const { file, what, lines } of leftAlone) {
    const kind = kinds.get(what) ?? { files: new Set(), lines: 0 };
    kind.files.add(file);
    kinds.set(what, { files: kind.files, lines: kind.lines + lines });
  }
  const rows = [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, { files, lines }]) => {
      const example = [...files][0] ?? '';
      return [
        what,
        formatExact(files.size),
        formatExact(lines),
        files.size === 1 ? example : `${example}, …`,
      ];
    });
  const right = { align: 'right' } as const;
  return `Left alone, because Weir does not read it:\n${renderTable(
    [
      { title: 'WHAT' },
      { title: 'FILES', ...right },
      { title: 'LINES', ...right },
      { title: 'WHERE', whole: true },
    ],
    rows,
  )}`;
}

function failuresText(commits: readonly ImportedStream[]): string {
  const failed = commits.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return '';
  const lines = failed
    .slice(0, SHOWN_FAILURES)
    .map(({ file, reason }) => `  ${safeText(file)}: ${safeText(reason ?? 'unknown reason')}\n`);
  const more = failed.length > SHOWN_FAILURES ? `  … and ${failed.length - SHOWN_FAILURES} more\n` : '';
  return `Failed as a whole; nothing of ${failed.length === 1 ? 'it' : 'them'} counts:\n${lines.join('')}${more}`;
}

function waitingText(commits: readonly ImportedStream[]): string {
  const waiting = [
    ...new Set(commits.filter(({ waitingBytes }) => waitingBytes > 0).map(({ file }) => file)),
  ];
  if (waiting.length === 0) return '';
  const [first = ''] = waiting;
  return `The last line of ${counted(waiting.length, 'file')} is not finished and waits for the next import (${safeText(first)}${waiting.length > 1 ? ', …' : ''}).\n`;
}

function unverifiedText(commits: readonly ImportedStream[]): string {
  const files = new Set(
    commits.filter(({ status, verified }) => status !== 'failed' && !verified).map(({ file }) => file),
  );
  if (files.size === 0) return '';
  return `${counted(files.size, 'file')} compressed without a checksum: read, but altered bytes would not have been noticed.\n`;
}

function rejectsText(rejects: ImportAnswer['rejects'], commits: readonly ImportedStream[]): string {
  const all = commits.reduce((sum, { rejected }) => sum + rejected, 0);
  if (rejects.length === 0) return '';
  const lines = rejects.slice(0, SHOWN_REJECTS).map(({ file, line, column, reason }) => {
    const place = column === null ? `${file}:${line}` : `${file}:${line}:${column}`;
    return `  ${safeText(place)} ${safeText(reason)}\n`;
  });
  const rest = all - lines.length;
  const more =
    rest > 0 ? `  … and ${formatExact(rest)} more: weir ledger query "SELECT * FROM reject"\n` : '';
  return `Rejected lines, kept with their reasons:\n${lines.join('')}${more}`;
}

function closingText({ asOf, commits, rebuiltDays }: ImportAnswer): string {
  const changed = commits.some(({ status }) => status === 'new' || status === 'grown');
  const days =
    rebuiltDays.length === 0
      ? 'no day changed'
      : rebuiltDays.length === 1
        ? `built ${rebuiltDays[0]}`
        : `built ${formatExact(rebuiltDays.length)} days from ${rebuiltDays[0]} to ${rebuiltDays.at(-1)}`;
  return `${changed ? 'Imported' : 'Nothing new'}; ${days}; the journal is at entry ${asOf}.\n`;
}
