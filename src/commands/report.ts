import { type Command, Option } from 'commander';
import { REPORT_KEYS, type ReportAnswer, type ReportKey } from '../operations/answers/report.ts';
import type { ReportFilters } from '../operations/report-filters.ts';
import { contextOf, type PeriodFlags, stated, subjectOf, wholeNumber, withPeriod } from './context.ts';
import { coverageText } from './print/coverage.ts';
import { emptyText } from './print/empty.ts';
import { oneOfText } from './print/one-of.ts';
import { reconciliationText } from './print/reconciliation.ts';
import { renderTable } from './print/table.ts';
import {
  counted,
  formatBytes,
  formatExact,
  formatInstant,
  formatInterval,
  formatShare,
} from './print/units.ts';

interface ReportFlags extends PeriodFlags, ReportFilters {
  readonly by: ReportKey;
  readonly limit: number;
  readonly balance?: boolean;
}

const ROWS = 40;

/** Adds `weir report`. */
export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description('say how much left, from where, to where, by which path')
    .addOption(new Option('--by <key>', 'what the rows are summed by').choices(REPORT_KEYS).default('path'))
    .option('--host <host>', 'only this inside host: an address or a name of weir.yaml')
    .option('--destination <network>', 'only this destination: an address or its /24 or /48')
    .option('--service <service>', 'only this service, as rows of --by service name it')
    .option('--principal <name>', 'only this identity')
    .option('--tenant <name>', 'only the identities of this tenant')
    .option('--path <name>', 'only this path')
    .addOption(
      new Option('--initiator <who>', 'only connections opened from here').choices(['inside', 'outside']),
    )
    .option('--balance', 'set reads from storage and transfers against what left, by principal')
    .option('--limit <rows>', 'rows printed, 0 for all; --json has all', wholeNumber('--limit'), ROWS)
    .action(async ({ limit, ...flags }: ReportFlags, self: Command) => {
      const context = contextOf(self);
      const subject = await subjectOf(context);
      const { report } = await import('../operations/report.ts');
      const answer = await report({ ...subject, ...stated(flags) });
      const { name, checks } = subject.facility;
      context.answer(answer, (value) => reportText(value, name, limit, checks.maxUnclassifiedShare));
    });
  withPeriod(command);
}

/**
 * Returns a report for a person: at most `limit` rows, all of them for 0.
 * @param mostUnclassifiedShare beyond it a person is sent to `weir check`.
 */
export function reportText(
  answer: ReportAnswer,
  facilityName: string,
  limit: number,
  mostUnclassifiedShare = 1,
): string {
  const empty = emptyText(answer);
  if (empty) return empty;
  const { window, total, asOf, rows, by, couldHaveBeen } = answer;
  const shown = limit === 0 ? rows : rows.slice(0, limit);
  const right = { align: 'right' } as const;
  const named = shown.some(({ name }) => name !== undefined);
  const shared = shown.some(({ oneOf }) => oneOf !== undefined);
  const hidden = shown.some(({ via }) => via !== undefined);
  const table = renderTable(
    [
      { title: by.toUpperCase() },
      ...(named ? [{ title: 'NAME' }] : []),
      { title: 'OUT', ...right },
      ...(shared ? [{ title: 'OF WHICH' }] : []),
      { title: 'IN', ...right },
      { title: 'FLOWS', ...right },
      { title: 'FIRST (UTC)' },
      { title: 'LAST (UTC)' },
      ...(hidden ? [{ title: 'KNOWN BY' }] : []),
    ],
    shown.map((row) => [
      row.key,
      ...(named ? [row.name ?? ''] : []),
      formatInterval(row.bytesOut),
      ...(shared ? [oneOfText(row)] : []),
      formatBytes(row.bytesIn),
      formatExact(row.flows),
      formatInstant(row.firstSeen),
      formatInstant(row.lastSeen),
      ...(hidden ? [row.via?.join('; ') ?? ''] : []),
    ]),
  );
  const more =
    rows.length > shown.length
      ? `… and ${counted(rows.length - shown.length, 'row')} more (--limit 0)\n`
      : '';
  return [
    `${facilityName}: left from ${formatInstant(window.from)} to ${formatInstant(window.to)} UTC, as of entry ${asOf}`,
    `Out ${formatInterval(total.bytesOut)} (${formatExact(total.bytesOut.estimate)} B), in ${formatBytes(total.bytesIn)}, ${counted(total.flows, 'flow')}`,
    '',
    `${table}${more}`,
    shared ? SHARED_NOTE : undefined,
    '',
    balanceText(answer.balance, limit),
    coverageText(answer.coverage),
    couldHaveBeenText(couldHaveBeen),
    reconciliationText(answer.reconciliation) || undefined,
    apartText(answer.apart, mostUnclassifiedShare),
    correctionsText(answer.corrections),
  ]
    .filter((part) => part !== undefined)
    .map((part) => (part.endsWith('\n') ? part : `${part}\n`))
    .join('');
}

const SHARED_NOTE =
  'Low: where nobody else is known to have been present. Estimate: with an equal share where several were present. High: all that they were present at.';

function balanceText(balance: ReportAnswer['balance'], limit: number): string | undefined {
  if (!balance) return undefined;
  const shown = limit === 0 ? balance : balance.slice(0, limit);
  const right = { align: 'right' } as const;
  const table = renderTable(
    [
      { title: 'PRINCIPAL' },
      { title: 'READ', ...right },
      { title: 'LEFT', ...right },
      { title: 'BY TRANSFER LOGS', ...right },
      { title: 'READ, NOT LEFT', ...right },
      { title: 'LEFT, NOT READ', ...right },
    ],
    shown.map((row) => [
      row.principal,
      `${formatInterval(row.bytesRead)}${row.readIsBounded ? '' : ' or more'}`,
      formatInterval(row.bytesOut),
      formatBytes(row.bytesMoved),
      formatBytes(row.readNotLeft),
      formatBytes(row.leftNotRead),
    ]),
  );
  return `Reads from storage against what left, whole days; what is certain on one side and beyond all that the other allows:\n${table}`;
}

function couldHaveBeenText({ bytes, paths }: ReportAnswer['couldHaveBeen']): string | undefined {
  if (paths.length === 0) return undefined;
  const parts = paths.map(
    ({ path, blindHours, bytes: most }) =>
      `${path} ${Number(blindHours.toFixed(2))} h${most === null ? ', no capacity stated' : ` at most ${formatBytes(most)}`}`,
  );
  const total =
    bytes === null ? 'without bound, because a path states no capacity' : `at most ${formatBytes(bytes)}`;
  return `Could have left unseen, in no figure above: ${total} (${parts.join('; ')})`;
}

/** Beyond the share that check allows the figures above it are about something else than the centre. */
function apartText(
  { transit, carrier, internal, unclassified, unclassifiedShare }: ReportAnswer['apart'],
  mostShare: number,
): string {
  const why =
    unclassifiedShare > mostShare
      ? `; at most ${formatShare(mostShare)} may: networks.inside may be wrong, weir check says what to do`
      : '';
  return `Kept apart: transit ${formatBytes(transit)}, carrier ${formatBytes(carrier)}, internal ${formatBytes(internal)}, unclassified ${formatBytes(unclassified)} (${formatShare(unclassifiedShare)} crosses no perimeter${why})`;
}

function correctionsText(corrections: ReportAnswer['corrections']): string | undefined {
  if (corrections.length === 0) return undefined;
  const lines = corrections.map(
    ({ correction, records, bytes }) =>
      `  ${correction}: ${counted(records, 'record')}, ${formatBytes(bytes)}\n`,
  );
  return `Corrections:\n${lines.join('')}`;
}
