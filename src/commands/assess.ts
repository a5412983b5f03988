import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ConfigurationError } from '../errors.ts';
import type { AssessAnswer } from '../operations/answers/assess.ts';
import { contextOf, type PeriodFlags, stated, subjectOf, wholeNumber } from './context.ts';
import { pictureText } from './print/picture.ts';
import { safeText } from './print/safe-text.ts';
import { renderTable } from './print/table.ts';
import { counted, formatBytes, formatInterval } from './print/units.ts';

interface AssessFlags extends Pick<PeriodFlags, 'asOf'> {
  readonly svg?: string;
}

type Bounds = AssessAnswer['bounds'][number];
type Verdict = AssessAnswer['verdicts'][number];

/** So many verdicts are printed with their reasons. */
const SHOWN_VERDICTS = 12;

/** Adds `weir assess CLAIM`. */
export function addAssess(program: Command): void {
  program
    .command('assess')
    .description('say what of an outside claim of theft can be true')
    .argument('<claim>', 'YAML file with the statements that were made (docs/claims.md)')
    .option('--svg <file>', 'write the picture to a file as well')
    .option('--as-of <entry>', 'answer as of an earlier entry of the journal', wholeNumber('--as-of'))
    .action(async (claim: string, { svg, ...flags }: AssessFlags, self: Command) => {
      const context = contextOf(self);
      const subject = await subjectOf(context);
      const { assess, assessmentSvg } = await import('../operations/assess.ts');
      const answer = await assess({ ...subject, ...stated(flags), claimFile: resolve(process.cwd(), claim) });
      const today = new Date().toISOString().slice(0, 10);
      for (const { id, saidOn } of answer.statements)
        if (saidOn > today) context.remark(`statement ${id} was said on ${saidOn}, which is still to come`);
      if (svg !== undefined) {
        await writePicture(resolve(process.cwd(), svg), assessmentSvg(answer));
        context.remark(`wrote ${svg}`);
      }
      context.answer(answer, assessText);
    });
}

/** The picture tells what is watched and what is not: only its owner reads it. */
async function writePicture(path: string, svg: string): Promise<void> {
  await writeFile(path, svg, { mode: 0o600 }).catch((cause: Error) => {
    throw new ConfigurationError(`--svg ${path}: cannot be written: ${cause.message}`, { cause });
  });
}

/** Returns an assessment for a person: the headline, what was said, what contradicts, the picture, the numbers, the verdicts. */
export function assessText(answer: AssessAnswer): string {
  const { claim, contradictions, picture, verdicts, bounds } = answer;
  const more = verdicts.length - SHOWN_VERDICTS;
  return [
    `${safeText(claim.title)}\n${claim.note === null ? '' : `${safeText(claim.note)}\n`}`,
    `${safeText(answer.headline)}\n`,
    statementsText(answer),
    contradictions.length > 0
      ? `Contradictions:\n${contradictions.map(({ sentence }) => `  ${safeText(sentence)}\n`).join('')}`
      : '',
    picture
      ? `${safeText(picture.window)} (┆ the largest least claim; logarithmic)\n${pictureText(picture)}`
      : '',
    bounds.map((each) => boundsText(each)).join('\n'),
    `Readings:\n${verdicts
      .slice(0, SHOWN_VERDICTS)
      .map((each, index) => verdictText(each, index + 1))
      .join('')}`,
    more > 0 ? `… and ${counted(more, 'reading')} more (--json has all)\n` : '',
    leftOutText(answer),
    sourceText(answer),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function statementsText({ statements }: AssessAnswer): string {
  return renderTable(
    [
      { title: 'STATEMENT' },
      { title: 'SAID ON' },
      { title: 'HOW MUCH' },
      { title: 'WHEN' },
      { title: 'HOW' },
      { title: 'BY', whole: true },
    ],
    statements.map(({ id, saidOn, volume, window, channel, who }) => [
      id,
      saidOn,
      volume ? volumeText(volume) : '-',
      window ? windowText(window) : '-',
      channel ? (channel.name ?? (channel.kind === 'onSite' ? 'on site' : channel.kind)) : '-',
      who,
    ]),
  );
}

function volumeText({ least, most }: NonNullable<Verdict['volume']>): string {
  if (most === null) return `> ${formatBytes(least)}`;
  return least === most ? formatBytes(least) : `${formatBytes(least)} to ${formatBytes(most)}`;
}

function windowText({
  from,
  to,
  lastedDays,
}: NonNullable<AssessAnswer['statements'][number]['window']>): string {
  const range = (each: { earliest: string; latest: string } | null) =>
    each === null
      ? '?'
      : each.earliest === each.latest
        ? each.earliest
        : `${each.earliest}…${each.latest.slice(5)}`;
  const days = lastedDays
    ? `${lastedDays.least === lastedDays.most ? lastedDays.most : `${lastedDays.least}–${lastedDays.most}`} days`
    : '';
  const dates = from || to ? `${range(from)} to ${range(to)}` : '';
  return [dates, days].filter((part) => part !== '').join(', ');
}

function boundsText({ id, window, channels, remote, onSite, total, storageReads }: Bounds): string {
  const right = { align: 'right' } as const;
  const most = (bytes: string | null) => (bytes === null ? 'no bound' : formatBytes(bytes));
  const dash = (bytes: Parameters<typeof formatInterval>[0] | null) =>
    bytes === null ? '-' : formatInterval(bytes);
  const table = renderTable(
    [
      { title: 'WAY OUT' },
      { title: 'SIDE' },
      { title: 'CARRIED', ...right },
      { title: 'EXPECTED', ...right },
      { title: 'UNEXPLAINED', ...right },
      { title: 'UNWATCHED', ...right },
      { title: 'COULD HAVE BEEN', ...right },
      { title: 'AT MOST', ...right },
    ],
    channels.map((each) => [
      each.name,
      { remote: 'remote', onSite: 'on site', either: 'both' }[each.side],
      each.seen.high === '0' && each.unseenHours > 0 ? '-' : formatInterval(each.seen),
      dash(each.expected),
      dash(each.unexplained),
      unseenText(each.unseenHours),
      most(each.couldHaveBeen),
      most(each.most),
    ]),
  );
  const days = window.mostDays === null ? 'of unknown length' : counted(window.mostDays, 'day');
  return `Window ${id}: ${window.from ?? '?'} to ${window.to}, at most ${days}\n${table}${notesText(channels)}${sidesText(channels, { remote, onSite, total })}${readsText(storageReads)}`;
}

/** A little is not nothing: under an hour in minutes, under a minute in seconds. */
function unseenText(hours: number): string {
  const [amount, unit] =
    hours === 0 || hours >= 1
      ? [hours, 'h']
      : hours * 60 >= 1
        ? [hours * 60, 'min']
        : [Math.max(0.1, hours * 3600), 's'];
  return `${Number(amount.toFixed(1)).toLocaleString('en-US')} ${unit}`;
}

function readsText(reads: Bounds['storageReads']): string {
  if (!reads) return '';
  const total = reads.byPrincipal.reduce((sum, { bytesRead }) => sum + BigInt(bytesRead), 0n);
  const unsized = reads.unsizedReads > 0 ? `, ${counted(reads.unsizedReads, 'read')} without a size` : '';
  return `Storage logs: ${counted(reads.byPrincipal.length, 'identity', 'identities')} read ${reads.boundBytes === '0' ? '' : 'at most '}${formatBytes(total)}${unsized}\n`;
}

function sidesText(
  channels: Bounds['channels'],
  { remote, onSite, total }: Pick<Bounds, 'remote' | 'onSite' | 'total'>,
): string {
  const most = (bytes: string | null) => (bytes === null ? 'without bound' : `at most ${formatBytes(bytes)}`);
  const sideText = (other: string, bytes: string | null) =>
    channels.some(({ side }) => side !== other) ? most(bytes) : 'no channel listed';
  return `Remote ${sideText('onSite', remote)}, on site ${sideText('remote', onSite)}, all listed ${most(total)} (a link stands on both sides and counts once)\n`;
}

/** Returns why each way out stands as it does; ways with the same reason share a line. */
function notesText(channels: Bounds['channels']): string {
  const byReason = new Map<string, string[]>();
  for (const { name, because } of channels) {
    const reason = because.join('; ');
    if (reason !== '') byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  return [...byReason].map(([reason, names]) => `  ${safeText(`${names.join(', ')}: ${reason}`)}\n`).join('');
}

function verdictText({ headline, because, statements, bounds }: Verdict, number: number): string {
  const reasons = because.map((each) => `     ${safeText(each)}\n`).join('');
  return `  ${number}. ${safeText(headline)}\n     From ${safeText(statements.join(', ')) || 'no statement'}; window ${bounds}.\n${reasons}`;
}

function leftOutText({ leftOut }: AssessAnswer): string {
  const impossible = leftOut.impossible.map(
    ({ volume, window }) => `  ${volume} was claimed before the window of ${window} begins\n`,
  );
  const readings = leftOut.readings > 0 ? [`  ${counted(leftOut.readings, 'further reading')}\n`] : [];
  return impossible.length + readings.length === 0
    ? ''
    : `Not assessed:\n${[...impossible, ...readings].map(safeTextLine).join('')}`;
}

function safeTextLine(line: string): string {
  return `${safeText(line.trimEnd())}\n`;
}

function sourceText({ asOf, channelsComplete }: AssessAnswer): string {
  const ledger =
    asOf === null ? 'No ledger: capacities of weir.yaml only.' : `As of entry ${asOf} of the ledger.`;
  const list = channelsComplete
    ? 'weir.yaml declares its ways out complete.'
    : 'weir.yaml does not declare its ways out complete, so nothing is called not possible.';
  return `${ledger} ${list}\n`;
}
