import type { CaseBrief } from '../incidents/case.ts';
import { briefOf, coursesOf } from '../incidents/course.ts';
import { type Finding, finding, placesOf } from '../incidents/finding.ts';
import { sentenceOf } from '../ledger/incident-entry.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Subject } from '../outbox/queue.ts';
import { weirVersion } from '../version.ts';
import type { CampaignAnswer, DetectAnswer, LeadAnswer } from './answers/detect.ts';
import { verdictPayload } from './decisions.ts';

/** What all findings of one run have in common. */
export interface FindingContext {
  readonly facility: string;
  readonly simulated: boolean;
  readonly asOf: number;
}

/** The last word on a lead, and the entry of the journal that holds it. */
interface Word {
  readonly entry: number;
  readonly decision: NonNullable<Finding['decision']>;
}

const SETTLED = ['expected', 'dismissed'];
const WITHDRAWN = 'withdrawn';

/** Returns everything there is to tell: open leads and campaigns, leads that were settled, cases. */
export function subjectsOf(
  answer: Pick<DetectAnswer, 'leads' | 'campaigns'>,
  cases: readonly CaseBrief[],
  snapshot: Snapshot,
  context: FindingContext,
): Subject[] {
  const words = wordsIn(snapshot);
  const leads = answer.leads.map((lead) => {
    const word = words.get(lead.id);
    return subjectOf(
      leadFinding(lead, word?.decision ?? null, context),
      word ? `decision-${word.entry}` : 'raised',
      word !== undefined && SETTLED.includes(word.decision.verdict),
    );
  });
  const campaigns = answer.campaigns.map((campaign) => {
    const own = answer.leads.filter((lead) => lead.campaign === campaign.id).map(({ id }) => id);
    // A campaign's id is made of its leads, so another set of leads is another campaign.
    return subjectOf(campaignFinding(campaign, own, context), 'found', false);
  });
  const told = cases.map((brief) =>
    subjectOf(caseFinding(brief, context), `entry-${brief.lastEntry}`, brief.status === 'closed'),
  );
  return [...leads, ...campaigns, ...told];
}

function subjectOf(what: Finding, revision: string, closed: boolean): Subject {
  return { kind: what.kind, id: what.id, revision, closed, what };
}

/** Returns a lead as it is told. */
function leadFinding(lead: LeadAnswer, decision: Finding['decision'], context: FindingContext): Finding {
  const { family, entity } = lead;
  return {
    ...blank(context),
    kind: 'lead',
    id: lead.id,
    detectedAt: lead.detectedAt,
    startedAt: lead.startedAt,
    amount:
      family === 'sensor'
        ? null
        : { of: 'day', observed: lead.observedBytesPerDay, usual: lead.baselineBytesPerDay },
    ...placesOf(family, entity),
    evidence: lead.channels,
    campaigns: lead.campaign === null ? [] : [lead.campaign],
    because: lead.because,
    decision,
  };
}

/** Returns a campaign as it is told. @param leads ids of the leads it explains. */
function campaignFinding(
  campaign: CampaignAnswer,
  leads: readonly string[],
  context: FindingContext,
): Finding {
  return {
    ...blank(context),
    kind: 'campaign',
    id: campaign.id,
    detectedAt: campaign.detectedAt,
    startedAt: campaign.startedAt,
    amount: { of: 'whole', ...campaign.bytesOut },
    hosts: campaign.hosts,
    destinations: campaign.destinations,
    principals: campaign.principals,
    evidence: campaign.channels.map((channel) => ({
      channel,
      logEvidence: null,
      threshold: null,
      since: null,
    })),
    leads: [...leads],
    because: campaign.because,
  };
}

/** Returns the cases that a journal tells of, without the records that they hold. */
export function casesIn(snapshot: Snapshot): CaseBrief[] {
  const sentences = snapshot.entriesOf('incident').flatMap(({ seq, at, payload }) => {
    const said = sentenceOf(payload);
    return said ? [{ entry: seq, writtenMicros: Date.parse(at) * 1000, said }] : [];
  });
  return coursesOf(sentences).map((course) => briefOf(course, undefined));
}

/** Returns a lead that is none, between documentation addresses, to try a channel with. */
export function testFinding(context: FindingContext): Finding {
  const today = new Date().toISOString();
  const day = today.slice(0, 10);
  return {
    ...blank(context),
    kind: 'lead',
    id: 'test',
    detectedAt: today,
    startedAt: { low: day, estimate: day, high: day },
    amount: { of: 'day', observed: '0', usual: '0' },
    hosts: ['192.0.2.1'],
    destinations: ['198.51.100.0/24'],
    because:
      'A test of this channel by weir notify --test: nothing happened, and there is nothing to decide.',
  };
}

/** A case of TLP:RED is for people who were told of it in person: only that it is there goes out. */
function caseFinding(brief: CaseBrief, context: FindingContext): Finding {
  const red = brief.tlp === 'red';
  return {
    ...blank(context),
    kind: 'incident',
    id: brief.id,
    detectedAt: brief.openedAt,
    leads: red ? [] : brief.leads,
    campaigns: red ? [] : brief.campaigns,
    incident: red
      ? { ...brief, title: 'A case of TLP:RED', leads: [], campaigns: [], claims: [], hold: null }
      : brief,
    because: `The case is ${brief.status}; the last word on it was written at ${brief.changedAt}. TLP:${brief.tlp.toUpperCase()}.`,
  };
}

function blank(context: FindingContext) {
  return {
    ...context,
    weirVersion,
    startedAt: null,
    amount: null,
    hosts: [],
    principals: [],
    destinations: [],
    about: null,
    evidence: [],
    leads: [],
    campaigns: [],
    incident: null,
    replaces: [],
    decision: null,
  };
}

function wordsIn(snapshot: Snapshot): Map<string, Word> {
  const words = new Map<string, Word>();
  for (const { verb, by, note, seq, payload } of snapshot.entriesOf('decision')) {
    if (verb === 'register') continue;
    for (const lead of verdictPayload.parse(payload).leads) {
      words.set(lead, { entry: seq, decision: { verdict: verb, by, note } });
    }
  }
  return words;
}

/**
 * Returns the subjects with the campaigns whose place each takes: told before, there no more, and of the same leads.
 * @param told what a channel was told and has not been closed there.
 */
export function withReplaced(subjects: readonly Subject[], told: readonly Finding[]): Subject[] {
  const there = new Set(subjects.filter(({ kind }) => kind === 'campaign').map(({ id }) => id));
  const gone = told.filter(({ kind, id }) => kind === 'campaign' && !there.has(id));
  return subjects.map((subject) => {
    if (subject.kind !== 'campaign') return subject;
    const what = finding.parse(subject.what);
    const replaces = gone
      .filter((old) => old.leads.some((lead) => what.leads.includes(lead)))
      .map(({ id }) => id);
    return replaces.length > 0 ? { ...subject, what: { ...what, replaces } } : subject;
  });
}

/** Returns the last message on a finding that was told and is found no more, with the reason. */
export function takenBack(what: Subject['what'], there: readonly Subject[]): Finding {
  const old = finding.parse(what);
  const others = there.map((subject) => finding.parse(subject.what));
  return { ...old, decision: reasonOf(old, others) };
}

function reasonOf(old: Finding, others: readonly Finding[]): NonNullable<Finding['decision']> {
  const heirs = others.filter(
    ({ kind, leads }) => kind === 'campaign' && leads.some((lead) => old.leads.includes(lead)),
  );
  if (old.kind === 'campaign' && heirs.length > 0) {
    const names = heirs.map(({ id }) => id).join(', ');
    return { verdict: 'replaced', by: '', note: `its leads are explained by campaign ${names} now` };
  }
  const words = others.flatMap(({ kind, id, decision }) =>
    kind === 'lead' && old.leads.includes(id) && decision ? [decision] : [],
  );
  const [word] = words;
  if (word && words.length === old.leads.length && words.every(({ verdict }) => SETTLED.includes(verdict)))
    return word;
  return {
    verdict: WITHDRAWN,
    by: '',
    note: 'not found any more: later logs, corrections or settings changed the evidence',
  };
}
