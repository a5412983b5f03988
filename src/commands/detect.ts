import type { Command } from 'commander';
import type { CampaignAnswer, DetectAnswer, LeadAnswer } from '../operations/answers/detect.ts';
import type { DetectQuestion } from '../operations/detect.ts';
import { contextOf, type PeriodFlags, stated, subjectOf, wholeNumber, withPeriod } from './context.ts';
import { EXIT_LEADS } from './exit-codes.ts';
import { assertWhole, failUnlessDelivered, notifyText } from './notify.ts';
import { coverageText } from './print/coverage.ts';
import { emptyText } from './print/empty.ts';
import { safeText } from './print/safe-text.ts';
import { renderTable } from './print/table.ts';
import { counted, formatBytes, formatInstant, formatInterval } from './print/units.ts';

interface DetectFlags extends PeriodFlags {
  readonly failOnLeads?: boolean;
  readonly limit: number;
  readonly limits?: boolean;
  readonly notify?: boolean;
}

const ROWS = 40;
const NAMES_SHOWN = 4;

/** Adds `weir detect`. */
export function addDetect(program: Command): void {
  const command = program
    .command('detect')
    .description('rank the campaigns that deserve a look, with their evidence')
    .option('--fail-on-leads', 'exit with 1 when there is a lead without a decision')
    .option('--limit <rows>', 'leads printed, 0 for all; --json has all', wholeNumber('--limit'), ROWS)
    .option('--limits', 'also state the largest loss that would stay unseen; for administrators only')
    .option('--notify', 'also send what is new, as weir notify does')
    .action(async ({ failOnLeads, limit, limits, notify, ...period }: DetectFlags, self: Command) => {
      const context = contextOf(self);
      const question = { ...(await subjectOf(context)), ...stated(period), ...(limits ? { limits } : {}) };
      if (notify) assertWhole(stated(period));
      const { answer, notified } = notify ? await detectAndTell(question) : await detectOnly(question);
      context.answer(answer, (value) => detectText(value, limit));
      if (notified) context.remark(notifyText(notified).trimEnd());
      if (failOnLeads && answer.leads.some(({ decision }) => decision === null || decision === 'confirmed')) {
        process.exitCode = EXIT_LEADS;
      }
      if (notified) failUnlessDelivered(notified, context);
    });
  withPeriod(command);
}

async function detectOnly(question: DetectQuestion) {
  const { detect } = await import('../operations/detect.ts');
  return { answer: await detect(question), notified: undefined };
}

async function detectAndTell(question: DetectQuestion) {
  const { detectAndNotify } = await import('../operations/notify.ts');
  const { detected, notified } = await detectAndNotify(question);
  return { answer: detected, notified };
}

/** Returns detection's answer for a person: at most `limit` leads, all of them for 0. */
export function detectText(answer: DetectAnswer, limit: number): string {
  const empty = emptyText(answer);
  if (empty) return empty;
  const { window, asOf, promise, campaigns, leads, coverage } = answer;
  return [
    `Leads from ${formatInstant(window.from)} to ${formatInstant(window.to)} UTC, as of entry ${asOf}\n`,
    `Promise: ${safeText(promise.because)}\n`,
    coverageText(coverage),
    `\n${campaigns.length === 0 ? 'No campaign.\n' : campaigns.map(campaignText).join('\n')}`,
    leads.length === 0 ? '' : `\n${leadTable(leads, limit)}`,
    answer.limits ? `\n${limitTable(answer.limits)}` : '',
  ].join('');
}

/** Returns one campaign for a person. */
export function campaignText(campaign: CampaignAnswer): string {
  const { rank, id, bytesOut, startedAt, detectedAt, hosts, principals, destinations, because } = campaign;
  const began =
    startedAt.low === startedAt.high
      ? startedAt.estimate
      : `${startedAt.estimate} (between ${startedAt.low} and ${startedAt.high})`;
  return [
    `#${rank}  ${formatInterval(bytesOut)}  began ${began}, found ${formatInstant(detectedAt)} UTC  [${safeText(id)}]\n`,
    `    ${safeText(because)}\n`,
    `    from ${names(hosts, 'host')}${principals.length > 0 ? `, ${names(principals, 'principal')}` : ''}\n`,
    `    to ${names(destinations, 'destination')}\n`,
  ].join('');
}

function names(all: readonly string[], one: string): string {
  const shown = all.slice(0, NAMES_SHOWN).map(safeText).join(', ');
  return `${counted(all.length, one)}${all.length > 0 ? `: ${shown}` : ''}${all.length > NAMES_SHOWN ? ', …' : ''}`;
}

function leadTable(leads: readonly LeadAnswer[], limit: number): string {
  const shown = limit === 0 ? leads : leads.slice(0, limit);
  const right = { align: 'right' } as const;
  const table = renderTable(
    [
      { title: 'RAISED' },
      { title: 'FAMILY' },
      { title: 'ENTITY' },
      { title: 'A DAY', ...right },
      { title: 'USUAL', ...right },
      { title: 'EVIDENCE', ...right },
      { title: 'CAMPAIGN' },
      { title: 'DECISION' },
      { title: 'LEAD' },
    ],
    shown.map((lead) => [
      lead.raisedOn,
      lead.family,
      lead.name === undefined ? lead.entity : `${lead.entity} ${lead.name}`,
      lead.family === 'sensor' ? 'unknown' : formatBytes(lead.observedBytesPerDay),
      lead.family === 'sensor' ? '-' : formatBytes(lead.baselineBytesPerDay),
      strongest(lead),
      lead.campaign ?? '-',
      lead.decision ?? '-',
      lead.id,
    ]),
  );
  return leads.length > shown.length
    ? `${table}… and ${counted(leads.length - shown.length, 'lead')} more (--limit 0)\n`
    : table;
}

function limitTable(limits: NonNullable<DetectAnswer['limits']>): string {
  if (limits.length === 0) return 'No detection limit yet: no baseline of four weeks.\n';
  const right = { align: 'right' } as const;
  const bytes = (value: string | null) => (value === null ? 'none is seen' : `${formatBytes(value)} a day`);
  return renderTable(
    [
      { title: 'UNSEEN FROM' },
      { title: 'WITHIN', ...right },
      { title: 'HALF THE TIME', ...right },
      { title: 'ONE TIME IN TEN', ...right },
      { title: 'SEEN FIRST BY' },
    ],
    limits.map((limit) => [
      limit.family === 'centre' ? 'the whole centre' : `${limit.family} ${limit.entity}`,
      `${limit.windowDays} days`,
      bytes(limit.bytesPerDayMissedHalfTheTime),
      bytes(limit.bytesPerDayMissedOneInTen),
      limit.channel ?? '-',
    ]),
  );
}

/** The evidence of the channel that is furthest above its threshold, beside that threshold. */
function strongest({ channels }: LeadAnswer): string {
  const [best] = [...channels].sort((a, b) => b.logEvidence - b.threshold - (a.logEvidence - a.threshold));
  return best ? `${best.logEvidence.toFixed(1)} > ${best.threshold.toFixed(1)}` : '-';
}
