import type { IncidentPayload, TlpLevel } from '../ledger/incident-entry.ts';
import { formatDay, formatMicros } from '../records/time.ts';
import type { CaseBrief } from './case.ts';

/** One sentence of a case, with the entry of the journal that says it. */
export interface Sentence {
  readonly entry: number;
  readonly writtenMicros: number;
  readonly said: IncidentPayload;
}

/** What the journal says of a case, in order. */
export interface Course {
  readonly id: string;
  readonly title: string;
  readonly tlp: TlpLevel;
  readonly sentences: readonly [Sentence, ...Sentence[]];
  /** The last word of each kind stands; those before it remain in the timeline. */
  readonly acknowledged: Sentence | undefined;
  readonly contained: Sentence | undefined;
  readonly closed: Sentence | undefined;
  readonly campaigns: readonly { readonly id: string; readonly leads: readonly string[] }[];
  readonly leads: readonly string[];
  readonly claims: readonly string[];
}

/** Returns the cases that sentences tell of, in the order they were opened. Sentences of no opened case are left out. */
export function coursesOf(sentences: readonly Sentence[]): Course[] {
  const byCase = new Map<string, [Sentence, ...Sentence[]]>();
  for (const sentence of sentences) {
    const { incident, verb } = sentence.said;
    const known = byCase.get(incident);
    if (known) known.push(sentence);
    else if (verb === 'open') byCase.set(incident, [sentence]);
  }
  return [...byCase].map(([id, all]) => courseOf(id, all));
}

function courseOf(id: string, sentences: [Sentence, ...Sentence[]]): Course {
  const last = (verb: IncidentPayload['verb']) => sentences.findLast(({ said }) => said.verb === verb);
  const references = sentences.map(({ said }) => said.references);
  const [opening] = sentences;
  const campaigns = new Map(
    references.flatMap((each) => each.campaigns.map((campaign) => [campaign.id, campaign] as const)),
  );
  return {
    id,
    title: opening.said.title ?? id,
    tlp: sentences.findLast(({ said }) => said.tlp !== undefined)?.said.tlp ?? 'amber+strict',
    sentences,
    acknowledged: last('acknowledge'),
    contained: last('contain'),
    closed: last('close'),
    campaigns: [...campaigns.values()],
    leads: distinct(references.flatMap(({ leads }) => leads)),
    claims: distinct(references.flatMap(({ claims }) => claims)),
  };
}

/** Returns when something happened, microseconds: as stated, else when it was written. */
export function happenedMicros({ said, writtenMicros }: Sentence): number {
  return said.atMicros ?? writtenMicros;
}

/**
 * Returns a case as lists show it.
 * @param hold the days it keeps from retention, since 1970; toDay is Infinity while it is not contained.
 */
export function briefOf(
  course: Course,
  hold: { readonly fromDay: number; readonly toDay: number } | undefined,
): CaseBrief {
  const { id, title, tlp, sentences, acknowledged, contained, closed } = course;
  const last = sentences.at(-1) ?? sentences[0];
  const at = (sentence: Sentence | undefined) => (sentence ? formatMicros(happenedMicros(sentence)) : null);
  return {
    id,
    title,
    status: closed ? 'closed' : contained ? 'contained' : acknowledged ? 'acknowledged' : 'open',
    tlp,
    openedAt: formatMicros(happenedMicros(sentences[0])),
    acknowledgedAt: at(acknowledged),
    containedAt: at(contained),
    closedAt: at(closed),
    changedAt: formatMicros(last.writtenMicros),
    firstEntry: sentences[0].entry,
    lastEntry: last.entry,
    campaigns: course.campaigns.map((campaign) => campaign.id),
    leads: [...course.leads],
    claims: [...course.claims],
    hold: hold
      ? { from: formatDay(hold.fromDay), to: Number.isFinite(hold.toDay) ? formatDay(hold.toDay) : null }
      : null,
    holdReleased: sentences.some(({ said }) => said.releasesHold),
  };
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
