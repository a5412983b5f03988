import {
  entityDays,
  heaviestOthers,
  mostlyArrivedAt,
  openHistory,
  type PairRow,
  pairRows,
} from '../accounting/pair-history.ts';
import type { Campaign } from '../detection/campaign.ts';
import { assembleCampaigns } from '../detection/campaigns.ts';
import { refineChangePoint } from '../detection/changepoint.ts';
import type { DailySeries, Family } from '../detection/input.ts';
import type { Lead } from '../detection/lead.ts';
import { promiseOf } from '../detection/promise.ts';
import { DAY_FAMILIES } from '../records/day-statistics.ts';
import { formatHour, HOURS_PER_DAY } from '../records/time.ts';
import type { DetectAnswer } from './answers/detect.ts';
import { allowancesOf, decisionsOf } from './decisions.ts';
import { campaignAnswer, leadAnswer } from './detection/answer.ts';
import { limitsOf } from './detection/limits.ts';
import { type DetectionRun, runDetection } from './detection/run.ts';
import { quietLeadAnswer, quietSensorsIn } from './quiet-sensors.ts';
import { type Question, type Reading, windowOf, withReading } from './reading.ts';
import { coverageIn } from './report.ts';

/** What detection is asked for: leads raised on the days of a period, as a run each night would have raised them. */
export interface DetectQuestion extends Question {
  readonly from?: string;
  readonly to?: string;
  /** Also state the detection limit of the centre and its paths. */
  readonly limits?: boolean;
}

/** Everything detection found, in its own terms; `detect` answers with it and `explain` goes on from it. */
export interface Detected {
  readonly run: DetectionRun;
  readonly leads: readonly Lead[];
  readonly campaigns: readonly Campaign[];
}

/** Entities nobody suspects whose ordinary weeks say how sure a loss is. */
const PLACEBOS = 100;
/** A campaign is told from the weeks before it. */
const BEFORE_DAYS = 56;
const NOVEL_DAYS = 60;

/** Judges the ledger's history and returns the leads of a period with the campaigns that explain them. */
export function detect(question: DetectQuestion): Promise<DetectAnswer> {
  return withReading(question, async (reading) => {
    const window = windowOf(reading.snapshot, question.from, question.to);
    const detected = await detectIn(reading, question, window);
    const { carried } = detected.run;
    const promise = promiseOf(carried.state);
    const campaignOf = new Map(
      detected.campaigns.flatMap((campaign) => campaign.leads.map((lead) => [lead, campaign.id] as const)),
    );
    const decisions = decisionsOf(reading.snapshot);
    const quiet = await quietSensorsIn(reading, window);
    return {
      asOf: reading.snapshot.position,
      promise: {
        leadsPerWeek: promise.leadsPerWeek,
        upperBound95: finite(promise.upperBound95),
        worstDay: promise.worstDay,
        chanceOfThreeInAWeek: finite(promise.chanceOfThreeInAWeek),
        historyDays: promise.historyDays,
        blindDays: promise.blindDays,
        extrapolatedThresholds: [...promise.extrapolatedThresholds],
        unproven: promise.unproven,
        because: promise.because,
      },
      window: { from: formatHour(window.fromHour), to: formatHour(window.toHour) },
      coverage: (await coverageIn(reading, window)).answer,
      leads: [
        ...detected.leads.map((lead) =>
          leadAnswer(lead, campaignOf.get(lead.id) ?? null, decisions.get(lead.id) ?? null),
        ),
        ...quiet.map((each) => quietLeadAnswer(each, decisions.get(each.id) ?? null)),
      ],
      campaigns: detected.campaigns.map(campaignAnswer),
      ...(question.limits ? { limits: limitsOf(carried.state, reading.facility) } : {}),
    };
  });
}

/** Runs detection through the end of a period and assembles the campaigns of the leads raised in it. */
export async function detectIn(
  reading: Reading,
  question: Question,
  window: { fromHour: number; toHour: number },
): Promise<Detected> {
  const fromDay = Math.floor(window.fromHour / HOURS_PER_DAY);
  const lastDay = Math.ceil(window.toHour / HOURS_PER_DAY) - 1;
  const run = await runDetection(reading, lastDay, allowancesOf(reading.snapshot), question.progress);
  const raised = [...run.carried.leads, ...run.carried.early].filter(
    ({ raisedOnDay }) => raisedOnDay >= fromDay,
  );
  if (raised.length === 0) return { run, leads: [], campaigns: [] };
  const since = await openHistoryOf(reading, raised, run);
  const leads: Lead[] = [];
  for (const lead of await refined(reading, raised, since, run)) leads.push(await whenArrived(reading, lead));
  const decisions = decisionsOf(reading.snapshot);
  const open = leads.filter(({ id }) => !['expected', 'dismissed'].includes(decisions.get(id) ?? ''));
  return { run, leads, campaigns: await campaignsOf(reading, open, since, run) };
}

/** Prepares the days that leads are told from; returns the first. */
async function openHistoryOf(reading: Reading, leads: readonly Lead[], run: DetectionRun): Promise<number> {
  const earliest = leads.flatMap(({ changePoint, raisedOnDay, channels }) => [
    changePoint.low,
    raisedOnDay,
    ...channels.map(({ sinceDay }) => sinceDay),
  ]);
  const fromDay = Math.max(run.firstDay, Math.min(...earliest) - BEFORE_DAYS);
  await openHistory(reading.db, reading.builtFiles('cell', fromDay, run.lastDay), fromDay, run.lastDay);
  return fromDay;
}

/** Dates each lead's change from its entity's days. */
async function refined(
  reading: Reading,
  leads: readonly Lead[],
  fromDay: number,
  run: DetectionRun,
): Promise<Lead[]> {
  const series = await seriesOfLeads(reading, leads, fromDay, run);
  return leads.map((lead) => {
    const own = series.get(`${lead.family}|${lead.entity}`);
    return own ? refineChangePoint(lead, own) : lead;
  });
}

/** A lead is known no earlier than its bytes were logged: a connection logged at its close speaks late. */
async function whenArrived(reading: Reading, lead: Lead): Promise<Lead> {
  const fromDay = Math.min(
    lead.raisedOnDay,
    lead.changePoint.estimate,
    ...lead.channels.map(({ sinceDay }) => sinceDay),
  );
  const files = reading.builtFiles('cell', fromDay, lead.raisedOnDay);
  const arrived = await mostlyArrivedAt(
    reading.db,
    files,
    lead.family,
    lead.entity,
    fromDay,
    lead.raisedOnDay,
  );
  return { ...lead, detectedAtMicros: Math.max(lead.detectedAtMicros, arrived ?? 0) };
}

async function campaignsOf(
  reading: Reading,
  leads: readonly Lead[],
  fromDay: number,
  run: DetectionRun,
): Promise<Campaign[]> {
  if (leads.length === 0) return [];
  const { db } = reading;
  const pooled = leads.some(({ family }) => family === 'path' || family === 'centre');
  const rows = await pairRows(db, {
    fromDay,
    toDay: run.lastDay,
    hosts: entitiesOf(leads, 'host'),
    networks: entitiesOf(leads, 'network'),
    systems: entitiesOf(leads, 'as'),
    principals: entitiesOf(leads, 'principal'),
    tenants: entitiesOf(leads, 'tenant'),
    novelSinceDay: pooled ? fromDay - NOVEL_DAYS : undefined,
  });
  const flagged = await seriesOfLeads(reading, leads, fromDay, run);
  const placebos: DailySeries[] = [];
  for (const family of ['host', 'network'] as const) {
    const others = await heaviestOthers(db, family, entitiesOf(leads, family), PLACEBOS);
    placebos.push(...(await seriesOf(reading, family, others, fromDay, run)).values());
  }
  return assembleCampaigns(leads, withoutAllowed(rows, run), { flagged, placebos }, { asOfDay: run.lastDay });
}

function entitiesOf(leads: readonly Lead[], family: Family): string[] {
  return [...new Set(leads.filter((lead) => lead.family === family).map(({ entity }) => entity))];
}

/** The days of every entity with a lead, by `family|entity`. */
async function seriesOfLeads(
  reading: Reading,
  leads: readonly Lead[],
  fromDay: number,
  run: DetectionRun,
): Promise<Map<string, DailySeries>> {
  const series = new Map<string, DailySeries>();
  for (const family of DAY_FAMILIES) {
    const found = await seriesOf(reading, family, entitiesOf(leads, family), fromDay, run);
    for (const [entity, days] of found) series.set(`${family}|${entity}`, days);
  }
  return series;
}

/** Announced bytes are no part of a campaign. */
function withoutAllowed(rows: readonly PairRow[], run: DetectionRun): PairRow[] {
  const taken = new Map(
    run.carried.taken.map(({ day, host, network, bytes }) => [`${day}|${host}|${network}`, bytes]),
  );
  return rows.flatMap((row) => {
    const bytesOut = row.bytesOut - (taken.get(`${row.day}|${row.host}|${row.network}`) ?? 0);
    return bytesOut > 0 ? [{ ...row, bytesOut }] : [];
  });
}

async function seriesOf(
  reading: Reading,
  family: Family,
  entities: readonly string[],
  fromDay: number,
  run: DetectionRun,
): Promise<Map<string, DailySeries>> {
  const blank = new Float64Array(run.lastDay - fromDay + 1);
  for (const day of run.carried.blindDays)
    if (day >= fromDay && day <= run.lastDay) blank[day - fromDay] = Number.NaN;
  const series = new Map(entities.map((entity) => [entity, { fromDay, values: Float64Array.from(blank) }]));
  for (const { entity, day, bytes } of await entityDays(reading.db, family, entities)) {
    const values = series.get(entity)?.values;
    if (values && !Number.isNaN(values[day - fromDay])) values[day - fromDay] = bytes;
  }
  return series;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
