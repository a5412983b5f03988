import { openTenants } from '../../accounting/attribution/tenants.ts';
import { type Cut, casePeople, caseTenants, caseTraffic, passagesOf } from '../../accounting/case-traffic.ts';
import { ConfigurationError } from '../../errors.ts';
import { assembleCase, type CaseFacts, type TrafficFacts } from '../../incidents/assemble.ts';
import type { IncidentCase } from '../../incidents/case.ts';
import type { Course } from '../../incidents/course.ts';
import type { PassageFacts } from '../../incidents/sheet.ts';
import { ENTRY_KINDS } from '../../ledger/entries.ts';
import { openLedger } from '../../ledger/files.ts';
import { holdsIn } from '../../ledger/holds.ts';
import { readSnapshot, type Snapshot } from '../../ledger/snapshot.ts';
import { formatMicros, HOURS_PER_DAY } from '../../records/time.ts';
import { weirVersion } from '../../version.ts';
import type { IncidentsAnswer } from '../answers/incident.ts';
import { decisionsOf } from '../decisions.ts';
import { detectIn } from '../detect.ts';
import { campaignAnswer, leadAnswer } from '../detection/answer.ts';
import { heaviestFlows } from '../explain-flows.ts';
import { type Question, type Reading, windowOf, withReading } from '../reading.ts';
import { briefIn, caseOf, casesIn } from './journal.ts';
import { standingOf } from './subjects.ts';

/** Which case, by its id or how it begins; as of the case's own last entry unless told otherwise. */
export interface CaseQuestion extends Question {
  readonly incident: string;
}

/** What breaks is judged by so many days. */
const PASSAGE_DAYS = 28;
const FLOWS = 20;
const PAIRS = 25;

/** Returns every case as of a journal position, in the order they were opened. */
export async function incidents(ledgerDir: string, asOf?: number): Promise<IncidentsAnswer> {
  openLedger(ledgerDir);
  const snapshot = await readSnapshot(ledgerDir, asOf);
  return {
    asOf: snapshot.position,
    incidents: casesIn(snapshot).map((course) => briefIn(snapshot, course)),
  };
}

/**
 * Returns a case with everything known of it. Its figures are as of the last entry that speaks of it, so that the same
 * case gives the same bytes whatever is imported meanwhile; a further note brings them up to date.
 * @throws ConfigurationError when there is no such case as of the position.
 */
export async function incidentShow(question: CaseQuestion): Promise<IncidentCase> {
  openLedger(question.ledgerDir);
  const now = await readSnapshot(question.ledgerDir, question.asOf);
  const known = caseOf(now, question.incident);
  const asOf = question.asOf ?? known.sentences.at(-1)?.entry ?? now.position;
  return withReading({ ...question, asOf }, async (reading) => {
    const course = caseOf(reading.snapshot, known.id);
    return assembleCase({
      course,
      hold: holdsIn(reading.snapshot).find(({ incident }) => incident === course.id),
      facility: reading.facility.name,
      simulated: reading.facility.simulated,
      weirVersion,
      asOf,
      asOfMicros: writtenMicros(reading.snapshot),
      ...(await findings(reading, question, course)),
    });
  });
}

type Findings = Pick<
  CaseFacts,
  'campaigns' | 'leads' | 'traffic' | 'people' | 'tenants' | 'lastDay' | 'passages' | 'passageDays' | 'flows'
>;

async function findings(reading: Reading, question: Question, course: Course): Promise<Findings> {
  const none = {
    ...{ campaigns: [], leads: [], traffic: [], people: [], tenants: [] },
    ...{ passages: [], passageDays: null, flows: [] },
  };
  const window = windowOf(reading.snapshot, undefined, undefined);
  const lastDay = Math.ceil(window.toHour / HOURS_PER_DAY) - 1;
  if (course.campaigns.length + course.leads.length === 0) return { ...none, lastDay };
  const detected = await detectIn(reading, question, window);
  const { campaigns, leads } = standingOf(detected, course);
  const decisions = decisionsOf(reading.snapshot);
  const told = {
    campaigns: campaigns.map((campaign) => {
      const { rank: _rank, cohorts: _cohorts, channels: _channels, ...rest } = campaignAnswer(campaign);
      return rest;
    }),
    leads: leads.map((lead) => {
      const by = campaigns.find((campaign) => campaign.leads.includes(lead.id))?.id ?? null;
      const {
        name: _name,
        raisedOn: _raisedOn,
        ...rest
      } = leadAnswer(lead, by, decisions.get(lead.id) ?? null);
      return rest;
    }),
    lastDay,
  };
  const scopes = campaigns.map(({ hosts, destinations, startedAt }) => ({
    hosts,
    networks: destinations.map(({ network }) => network),
    sinceDay: startedAt.estimate,
  }));
  if (scopes.length === 0) return { ...none, ...told };
  const fromDay = Math.min(...campaigns.map(({ startedAt }) => startedAt.estimate));
  const traffic = await caseTraffic(
    reading.db,
    reading.builtFiles('cell', fromDay, lastDay),
    scopes,
    lastDay,
  );
  const files = namedFiles(reading, fromDay, lastDay);
  const people = await casePeople(reading.db, files, scopes, lastDay);
  await openTenants(reading.db, reading.factFiles('member', fromDay, lastDay), reading.facility);
  const passageDays = { fromDay: lastDay - PASSAGE_DAYS + 1, toDay: lastDay };
  return {
    ...told,
    traffic,
    people,
    tenants: await caseTenants(reading.db, files, scopes, lastDay),
    passageDays,
    passages: await passages(reading, traffic, people, scopes, passageDays),
    flows: (await heaviestFlows(reading, pairsOf(traffic), fromDay, lastDay, FLOWS)).map(
      ({ serverName: _server, clientFingerprint: _client, ...flow }) => flow,
    ),
  };
}

async function passages(
  reading: Reading,
  traffic: readonly TrafficFacts[],
  people: CaseFacts['people'],
  scopes: Parameters<typeof passagesOf>[4],
  days: { readonly fromDay: number; readonly toDay: number },
): Promise<PassageFacts[]> {
  const files = namedFiles(reading, days.fromDay, days.toDay);
  const known = (names: readonly string[]) => [...new Set(names)].filter((each) => each !== 'unknown').sort();
  const used = (name: (row: TrafficFacts) => string) => known(traffic.map(name));
  // Who was one of several present is nobody to be cut off.
  const certain = people.filter(({ bytesOutLow }) => bytesOutLow > 0n);
  const cuts: [Cut, string[]][] = [
    ['principal', known(certain.map(({ principal }) => principal))],
    ['host', used(({ host }) => host)],
    ['path', used(({ path }) => path)],
    ['destination', used(({ network }) => network)],
  ];
  const all: PassageFacts[] = [];
  for (const [cut, names] of cuts) {
    const found = new Map(
      (await passagesOf(reading.db, files, cut, names, scopes, days)).map((each) => [each.name, each]),
    );
    // What was silent in these days is to be cut all the same, and breaks nothing.
    all.push(
      ...names.map((name): PassageFacts => {
        const { lastAt, ...rest } = found.get(name) ?? {
          name,
          bytesOut: 0n,
          bytesOutOfCase: 0n,
          counterparts: 0,
          principals: 0,
          lastAt: null,
        };
        return { cut, ...rest, lastSeen: lastAt === null ? null : formatMicros(lastAt) };
      }),
    );
  }
  return all;
}

function namedFiles({ builtFiles }: Reading, fromDay: number, toDay: number) {
  return { cells: builtFiles('cell', fromDay, toDay), sharers: builtFiles('sharer', fromDay, toDay) };
}

/** The heaviest pairs, as the search for their connections takes them. */
function pairsOf(traffic: readonly TrafficFacts[]): Parameters<typeof heaviestFlows>[1] {
  return traffic.slice(0, PAIRS).map(({ host, network, path, service, initiator, bytesOut }) => ({
    host,
    destination: network,
    as: null,
    path,
    service,
    initiator,
    bytesOut: String(bytesOut),
    activeDays: 1,
    firstSeen: '1970-01-01',
  }));
}

/** When the last entry of a snapshot was written. */
function writtenMicros(snapshot: Snapshot): number {
  const last = ENTRY_KINDS.flatMap((kind) => snapshot.entriesOf(kind).slice(-1)).find(
    ({ seq }) => seq === snapshot.position,
  );
  if (last) return Date.parse(last.at) * 1000;
  throw new ConfigurationError(`the journal has no entry ${snapshot.position}`);
}
