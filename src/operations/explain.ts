import { type PairRow, pairManners, pairRows } from '../accounting/pair-history.ts';
import type { Campaign } from '../detection/campaign.ts';
import type { Lead } from '../detection/lead.ts';
import { ConfigurationError } from '../errors.ts';
import { formatDay, HOURS_PER_DAY } from '../records/time.ts';
import type { ExplainAnswer } from './answers/explain.ts';
import { decisionsOf, verdictPayload } from './decisions.ts';
import { type Detected, detectIn } from './detect.ts';
import { bytesText, campaignAnswer, leadAnswer } from './detection/answer.ts';
import { heaviestFlows } from './explain-flows.ts';
import { principalsOf } from './explain-people.ts';
import { quietLeadAnswer, quietSensorsIn } from './quiet-sensors.ts';
import { type Question, type Reading, windowOf, withReading } from './reading.ts';

/** What is to be explained: a campaign or a lead, by its id or the beginning of it. */
export interface ExplainQuestion extends Question {
  readonly id: string;
}

const PAIRS = 25;
const FLOWS = 20;

/** A campaign or lead with what belongs to it. */
interface Subject {
  readonly id: string;
  readonly campaign: Campaign | undefined;
  readonly leads: readonly Lead[];
}

/** Tells a campaign's or lead's story with its numbers, down to the log lines it rests on. */
export function explain(question: ExplainQuestion): Promise<ExplainAnswer> {
  return withReading(question, async (reading) => {
    const window = windowOf(reading.snapshot, undefined, undefined);
    const detected = await detectIn(reading, question, window);
    const silence = await silenceOf(reading, question.id);
    if (silence) return silence;
    const subject = subjectOf(detected, question.id);
    const rows = await rowsOf(reading, subject, detected, Math.floor(window.fromHour / HOURS_PER_DAY));
    const decisions = decisionsOf(reading.snapshot);
    const pairs = await pairsOf(reading, rows);
    return {
      asOf: reading.snapshot.position,
      id: subject.id,
      campaign: subject.campaign ? campaignAnswer(subject.campaign) : null,
      leads: subject.leads.map((lead) =>
        leadAnswer(lead, subject.campaign?.id ?? null, decisions.get(lead.id) ?? null),
      ),
      days: daysOf(rows, detected),
      pairs,
      principals: await principalsOf(reading, rows),
      flows: await heaviestFlows(reading, pairs, startOf(subject), detected.run.lastDay, FLOWS),
      decisions: saidOf(reading, subject),
    };
  });
}

/** Returns the story of a sensor that went quiet: no pair and no flow of it is known, for nothing was logged. */
async function silenceOf(reading: Reading, id: string): Promise<ExplainAnswer | undefined> {
  const all = windowOf(reading.snapshot, undefined, undefined);
  const quiet = (await quietSensorsIn(reading, all)).find((each) => each.id.startsWith(id));
  if (!quiet) return undefined;
  const decision = decisionsOf(reading.snapshot).get(quiet.id) ?? null;
  return {
    asOf: reading.snapshot.position,
    id: quiet.id,
    campaign: null,
    leads: [quietLeadAnswer(quiet, decision)],
    days: [],
    pairs: [],
    principals: [],
    flows: [],
    decisions: saidOf(reading, { id: quiet.id, campaign: undefined, leads: [] }),
  };
}

/** @throws ConfigurationError when no campaign or lead, or more than one, has such an id. */
function subjectOf({ campaigns, leads }: Detected, id: string): Subject {
  const found = [
    ...campaigns
      .filter((campaign) => campaign.id.startsWith(id))
      .map((campaign) => ({
        id: campaign.id,
        campaign,
        leads: leads.filter((lead) => campaign.leads.includes(lead.id)),
      })),
    ...leads
      .filter((lead) => lead.id.startsWith(id))
      .map((lead) => ({
        id: lead.id,
        campaign: campaigns.find((campaign) => campaign.leads.includes(lead.id)),
        leads: [lead],
      })),
  ];
  const exact = found.filter((subject) => subject.id === id);
  const [subject, second] = exact.length > 0 ? exact : found;
  if (!subject) throw new ConfigurationError(`no campaign or lead has the id ${id}: weir detect lists them`);
  if (second && second.id !== subject.id)
    throw new ConfigurationError(`${id} begins several ids (${subject.id}, ${second.id}): give more of it`);
  return subject;
}

function startOf({ campaign, leads }: Subject): number {
  return Math.min(...(campaign ? [campaign.startedAt.low] : leads.map(({ changePoint }) => changePoint.low)));
}

/** The days of the pairs that make the subject: of a campaign its hosts with its destinations, of a lead all of its entity's. */
async function rowsOf(
  reading: Reading,
  subject: Subject,
  { run }: Detected,
  firstDay: number,
): Promise<PairRow[]> {
  const scope = {
    fromDay: Math.max(firstDay, startOf(subject)),
    toDay: run.lastDay,
    novelSinceDay: undefined,
  };
  const { campaign, leads } = subject;
  if (campaign && campaign.hosts.length > 0) {
    const hosts = new Set(campaign.hosts);
    const networks = new Set(campaign.destinations.map(({ network }) => network));
    const rows = await pairRows(reading.db, {
      ...scope,
      hosts: [...hosts],
      networks: [],
      systems: [],
      principals: [],
      tenants: [],
    });
    return rows.filter(({ network }) => networks.has(network));
  }
  const entities = (family: string) =>
    leads.filter((lead) => lead.family === family).map(({ entity }) => entity);
  return pairRows(reading.db, {
    ...scope,
    hosts: entities('host'),
    networks: entities('network'),
    systems: entities('as'),
    principals: entities('principal'),
    tenants: entities('tenant'),
  });
}

async function pairsOf(reading: Reading, rows: readonly PairRow[]): Promise<ExplainAnswer['pairs']> {
  const byPair = new Map<string, { row: PairRow; bytes: number; days: number }>();
  for (const row of rows) {
    const key = JSON.stringify([row.host, row.network]);
    const known = byPair.get(key);
    const heavier = !known || row.bytesOut > known.row.bytesOut ? row : known.row;
    byPair.set(key, {
      row: heavier,
      bytes: (known?.bytes ?? 0) + row.bytesOut,
      days: (known?.days ?? 0) + 1,
    });
  }
  const heaviest = [...byPair.entries()]
    .sort(([a, { bytes: x }], [b, { bytes: y }]) => y - x || (a < b ? -1 : 1))
    .slice(0, PAIRS);
  const days = rows.map(({ day }) => day);
  const files = days.length > 0 ? reading.builtFiles('cell', least(days), most(days)) : [];
  const manners = await pairManners(
    reading.db,
    files,
    heaviest.map(([, { row }]) => row),
  );
  return heaviest.map(([, { row, bytes, days: activeDays }]) => {
    const manner = manners.find(({ host, network }) => host === row.host && network === row.network);
    return {
      host: row.host,
      destination: row.network,
      as: row.as === row.network ? null : row.as,
      path: row.path,
      service: manner?.service ?? 'unknown',
      initiator: manner?.initiator ?? 'unknown',
      ...(manner && manner.via.length > 0 ? { via: [...manner.via] } : {}),
      bytesOut: bytesText(bytes),
      activeDays,
      firstSeen: formatDay(row.firstDay),
    };
  });
}

function least(days: readonly number[]): number {
  return days.reduce((a, b) => Math.min(a, b));
}

function most(days: readonly number[]): number {
  return days.reduce((a, b) => Math.max(a, b));
}

function daysOf(rows: readonly PairRow[], { run }: Detected): ExplainAnswer['days'] {
  const bytes = new Map<number, number>();
  for (const row of rows) bytes.set(row.day, (bytes.get(row.day) ?? 0) + row.bytesOut);
  const blind = new Set(run.carried.blindDays);
  const first = Math.min(...bytes.keys());
  if (!Number.isFinite(first)) return [];
  return Array.from({ length: run.lastDay - first + 1 }, (_, index) => first + index).map((day) => ({
    day: formatDay(day),
    bytesOut: bytesText(bytes.get(day) ?? 0),
    watched: !blind.has(day),
  }));
}

function saidOf(reading: Reading, { leads }: Subject): ExplainAnswer['decisions'] {
  const ids = new Set(leads.map(({ id }) => id));
  return reading.snapshot.entriesOf('decision').flatMap(({ at, verb, by, note, payload }) => {
    if (verb === 'register') return [];
    return verdictPayload.parse(payload).leads.some((lead) => ids.has(lead)) ? [{ at, verb, by, note }] : [];
  });
}
