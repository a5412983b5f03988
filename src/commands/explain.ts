import type { Command } from 'commander';
import type { ExplainAnswer } from '../operations/answers/explain.ts';
import { contextOf, type PeriodFlags, stated, subjectOf, wholeNumber } from './context.ts';
import { campaignText } from './detect.ts';
import { oneOfText } from './print/one-of.ts';
import { safeText } from './print/safe-text.ts';
import { renderTable } from './print/table.ts';
import { formatBytes, formatExact, formatInstant, formatInterval } from './print/units.ts';

/** Widest bar of a day. */
const BAR = 40;

/** Adds `weir explain LEAD|CAMPAIGN`. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .description("tell a campaign's or lead's story, down to the log lines it rests on")
    .argument('<id>', 'id of a lead or campaign, or how it begins, as weir detect prints it')
    .option('--as-of <entry>', 'answer as of an earlier entry of the journal', wholeNumber('--as-of'))
    .action(async (id: string, flags: Pick<PeriodFlags, 'asOf'>, self: Command) => {
      const context = contextOf(self);
      const { explain } = await import('../operations/explain.ts');
      context.answer(await explain({ ...(await subjectOf(context)), ...stated(flags), id }), explainText);
    });
}

/** Returns an explanation for a person. */
export function explainText(answer: ExplainAnswer): string {
  const { campaign, leads, days, pairs, principals, flows, decisions } = answer;
  return [
    campaign ? campaignText(campaign) : '',
    leads
      .map(
        (lead) =>
          `Lead ${safeText(lead.id)}, ${lead.raisedOn}: ${safeText(lead.because)}\n${channelsText(lead)}`,
      )
      .join(''),
    decisions
      .map(({ at, verb, by, note }) => `${formatInstant(at)} ${verb} by ${safeText(by)}: ${safeText(note)}\n`)
      .join(''),
    days.length > 0 ? `By day:\n${daysText(days)}` : '',
    pairs.length > 0 ? `Who to whom:\n${pairsText(pairs)}` : '',
    principals.length > 0 ? `Who could have opened it:\n${principalsText(principals)}` : '',
    flows.length > 0 ? `The way back to the logs, heaviest connections:\n${flowsText(flows)}` : '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function channelsText({ channels }: ExplainAnswer['leads'][number]): string {
  return channels
    .map(
      ({ channel, logEvidence, threshold, since }) =>
        `    ${safeText(channel)}: evidence ${logEvidence.toFixed(1)}, threshold ${threshold.toFixed(1)}, adding up since ${since}\n`,
    )
    .join('');
}

function daysText(days: ExplainAnswer['days']): string {
  const most = days.reduce((max, { bytesOut }) => Math.max(max, Number(bytesOut)), 1);
  return renderTable(
    [{ title: 'DAY' }, { title: 'OUT', align: 'right' }, { title: '', whole: true }],
    days.map(({ day, bytesOut, watched }) => [
      day,
      watched ? formatBytes(bytesOut) : 'not watched',
      '█'.repeat(Math.round((Number(bytesOut) / most) * BAR)),
    ]),
  );
}

function pairsText(pairs: ExplainAnswer['pairs']): string {
  const right = { align: 'right' } as const;
  const hidden = pairs.some(({ via }) => via !== undefined);
  return renderTable(
    [
      { title: 'HOST' },
      { title: 'DESTINATION' },
      { title: 'AS' },
      { title: 'PATH' },
      { title: 'SERVICE' },
      { title: 'OPENED BY' },
      { title: 'OUT', ...right },
      { title: 'DAYS', ...right },
      { title: 'FIRST' },
      ...(hidden ? [{ title: 'KNOWN BY' }] : []),
    ],
    pairs.map((pair) => [
      pair.host,
      pair.destination,
      pair.as ?? '-',
      pair.path,
      pair.service,
      pair.initiator,
      formatBytes(pair.bytesOut),
      formatExact(pair.activeDays),
      pair.firstSeen,
      ...(hidden ? [pair.via?.join('; ') ?? ''] : []),
    ]),
  );
}

function principalsText(principals: ExplainAnswer['principals']): string {
  const right = { align: 'right' } as const;
  return renderTable(
    [
      { title: 'PRINCIPAL' },
      { title: 'OUT', ...right },
      { title: 'OF WHICH' },
      { title: 'BY' },
      { title: 'READ', ...right },
      { title: 'LAST SEEN (UTC)', whole: true },
    ],
    principals.map((each) => [
      each.principal,
      formatInterval(each.bytesOut),
      oneOfText({ ...each, key: each.principal }),
      each.bases.join(', '),
      each.bytesRead === null ? '-' : formatInterval(each.bytesRead),
      each.seen.map(seenText).join('; ') || '-',
    ]),
  );
}

function seenText({
  what,
  from,
  address,
  host,
  startedAt,
}: ExplainAnswer['principals'][number]['seen'][number]) {
  return [
    formatInstant(startedAt),
    what,
    ...(from === null ? [] : [`from ${from}`]),
    ...(address === null ? [] : [`as ${address}`]),
    ...(host === null ? [] : [`on ${host}`]),
  ].join(' ');
}

/** Who stood behind a relay: the end that a NAT hid, or the clients of a proxy or gateway. */
function fromText({ from, behind, clients = [], clientCount = 0 }: ExplainAnswer['flows'][number]): string {
  const named = clients.map(({ host, principal }) =>
    [host, principal].filter((one) => one !== null).join(' '),
  );
  const more = clientCount > named.length ? [`${clientCount - named.length} more`] : [];
  const all = named.length > 0 ? [...named, ...more] : behind === undefined ? [] : [behind];
  return all.length === 0 ? from : `${from} (${all.join(', ')})`;
}

function flowsText(flows: ExplainAnswer['flows']): string {
  return renderTable(
    [
      { title: 'STARTED (UTC)' },
      { title: 'FROM' },
      { title: 'TO' },
      { title: 'OUT', align: 'right' },
      { title: 'SERVER NAME' },
      { title: 'UID' },
      { title: 'COMMUNITY ID' },
      { title: 'LOGGED AT', whole: true },
    ],
    flows.map((flow) => [
      formatInstant(flow.startedAt),
      fromText(flow),
      flow.to,
      formatBytes(flow.bytesOut),
      flow.serverName ?? '-',
      flow.uid ?? '-',
      flow.communityId ?? '-',
      flow.line === null ? flow.file : `${flow.file}:${flow.line}`,
    ]),
  );
}
