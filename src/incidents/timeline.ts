import { formatDay, formatMicros, MICROS_PER_DAY, MICROS_PER_SECOND, parseDay } from '../records/time.ts';
import {
  type CaseCampaign,
  type CaseLead,
  type IncidentCase,
  TIMELINE_KINDS,
  type TimelineEvent,
} from './case.ts';
import { type Course, happenedMicros, type Sentence } from './course.ts';
import { explainCommand, showCommand } from './remake.ts';
import { bytesInWords, durationInWords, subjectInWords } from './words.ts';

/** A moment known within an interval, microseconds since 1970. */
export interface Moment {
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
}

/** What a timeline is made of. */
export interface TimelineInput {
  readonly course: Course;
  readonly campaigns: readonly CaseCampaign[];
  readonly leads: readonly CaseLead[];
  /** When a campaign's first byte passed, by campaign. */
  readonly firstBytes: ReadonlyMap<string, Moment>;
  readonly asOf: number;
  readonly asOfMicros: number;
  /** The last UTC day that the ledger counts. */
  readonly lastDay: number;
}

type Kind = TimelineEvent['kind'];
type Duration = IncidentCase['figures']['dwell'];

interface Placed {
  readonly moment: Moment;
  readonly event: TimelineEvent;
}

/** Returns everything that is known to have happened, in order. A day known by its date only stands at its noon. */
export function timelineOf(input: TimelineInput): TimelineEvent[] {
  const placed = [
    ...computed(input),
    ...input.course.sentences.flatMap((sentence) => said(sentence, input)),
    ...input.course.sentences.flatMap((sentence) => signalsOf(sentence, input)),
  ];
  return placed
    .map((each, index) => ({ ...each, index }))
    .sort(
      (a, b) =>
        a.moment.estimate - b.moment.estimate ||
        TIMELINE_KINDS.indexOf(a.event.kind) - TIMELINE_KINDS.indexOf(b.event.kind) ||
        a.index - b.index,
    )
    .map(({ event }) => event);
}

/**
 * Returns how long data left: from the first byte of the earliest campaign to containment, or, while there is none, to
 * the moment of the journal position. An interval, because the first byte is one.
 */
export function dwellOf(input: TimelineInput): Duration {
  const first = earliest([...input.firstBytes.values()]);
  const command = showCommand(input.course.id, input.asOf);
  const { contained } = input.course;
  if (!first)
    return {
      seconds: null,
      running: contained === undefined,
      because: 'no campaign says when it began',
      command,
    };
  const end = exactly(contained ? happenedMicros(contained) : input.asOfMicros);
  const seconds = between(first, end);
  const words = durationInWords(seconds);
  return {
    seconds,
    running: contained === undefined,
    because: contained
      ? seconds.high <= 0
        ? 'contained before the first byte that is known'
        : `${words} from the first byte to containment`
      : `${words} since the first byte, and not contained${logsEnd(input)}`,
    command,
  };
}

/** What runs on is counted to a moment of which the logs may say nothing. */
function logsEnd({ lastDay, asOfMicros }: TimelineInput): string {
  const endMicros = (lastDay + 1) * MICROS_PER_DAY;
  return endMicros < asOfMicros - MICROS_PER_DAY ? `; the logs end on ${formatDay(lastDay)}` : '';
}

/** Returns how long the first signal from outside waited for an answer: from it to acknowledgement. */
export function reportingGapOf(input: TimelineInput): Duration {
  const { course, asOf, asOfMicros } = input;
  const first = earliest(
    course.sentences.flatMap(({ said: { signals } }) => signals.map(({ when }) => momentOf(when))),
  );
  const command = showCommand(course.id, asOf);
  const { acknowledged } = course;
  if (!first)
    return { seconds: null, running: false, because: 'no signal from outside is on record', command };
  const end = exactly(acknowledged ? happenedMicros(acknowledged) : asOfMicros);
  const seconds = between(first, end);
  const words = durationInWords(seconds);
  if (!acknowledged)
    return {
      seconds,
      running: true,
      because: `${words} since the first signal from outside, and not acknowledged`,
      command,
    };
  return {
    seconds,
    running: false,
    because:
      seconds.high <= 0
        ? 'acknowledged before the first signal from outside'
        : `${words} from the first signal from outside to acknowledgement`,
    command,
  };
}

function computed({ campaigns, leads, firstBytes, asOf }: TimelineInput): Placed[] {
  const event = (kind: Kind, moment: Moment, text: string, reference: string): Placed =>
    placedAt(moment, {
      kind,
      text,
      by: null,
      reference,
      entry: null,
      command: explainCommand(reference, asOf),
    });
  const signs = leads.flatMap((lead) =>
    lead.channels.map(({ channel, since }) => ({ lead, channel, micros: evidenceSince(lead, since) })),
  );
  const [firstSign] = signs.sort((a, b) => a.micros - b.micros);
  return [
    ...campaigns.flatMap(({ id }) => {
      const moment = firstBytes.get(id);
      return moment ? [event('first byte', moment, `First byte of campaign ${id}`, id)] : [];
    }),
    ...(firstSign
      ? [
          event(
            'first evidence',
            exactly(firstSign.micros),
            `Evidence of ${firstSign.channel} begins to add up`,
            firstSign.lead.id,
          ),
        ]
      : []),
    ...leads.map((lead) =>
      event(
        'threshold crossed',
        exactly(Date.parse(lead.detectedAt) * 1000),
        `Lead ${lead.id}: ${subjectInWords(lead)}, ${bytesInWords(lead.observedBytesPerDay)} a day, usual were ${bytesInWords(lead.baselineBytesPerDay)}`,
        lead.id,
      ),
    ),
  ];
}

/**
 * A channel adds up from a quiet day on, which may lie before anything happened: it is evidence of this no earlier than
 * the change. A day can only speak when it is over.
 */
function evidenceSince(lead: CaseLead, since: string): number {
  return Math.max(startOf(since), startOf(lead.startedAt.low)) + MICROS_PER_DAY;
}

const VERB_KINDS = {
  open: 'opened',
  note: 'note',
  acknowledge: 'acknowledged',
  contain: 'contained',
  close: 'closed',
} as const;

/** A note that only carries signals is told by them. */
function said(sentence: Sentence, { course, asOf }: TimelineInput): Placed[] {
  const { entry, said: words } = sentence;
  if (words.verb === 'note' && words.text === '' && words.signals.length > 0) return [];
  const text = words.verb === 'open' ? [words.title, words.text].filter(Boolean).join(': ') : words.text;
  const released = words.releasesHold ? ' (lets its records go)' : '';
  return [
    placedAt(exactly(happenedMicros(sentence)), {
      kind: VERB_KINDS[words.verb],
      text: `${text}${released}`.trim(),
      by: words.by,
      reference: null,
      entry,
      command: showCommand(course.id, asOf),
    }),
  ];
}

function signalsOf({ entry, said: { signals, references } }: Sentence, input: TimelineInput): Placed[] {
  return signals.map(({ when, source, text }) =>
    placedAt(momentOf(when), {
      kind: 'outside signal',
      text,
      by: source,
      reference: references.claims[0] ?? null,
      entry,
      command: showCommand(input.course.id, input.asOf),
    }),
  );
}

function placedAt(moment: Moment, event: Omit<TimelineEvent, 'at'>): Placed {
  const at = {
    low: formatMicros(moment.low),
    estimate: formatMicros(moment.estimate),
    high: formatMicros(moment.high),
  };
  return { moment, event: { at, ...event } };
}

/** Returns the moment of a stated stretch of time: its middle, within it. */
export function momentOf({
  fromMicros,
  toMicros,
}: {
  readonly fromMicros: number;
  readonly toMicros: number;
}): Moment {
  return { low: fromMicros, estimate: Math.floor((fromMicros + toMicros) / 2), high: toMicros };
}

function exactly(micros: number): Moment {
  return { low: micros, estimate: micros, high: micros };
}

/** The earliest: by each of its ends, so that the interval holds whichever came first. */
function earliest(moments: readonly Moment[]): Moment | undefined {
  if (moments.length === 0) return undefined;
  const least = (part: keyof Moment) => Math.min(...moments.map((moment) => moment[part]));
  return { low: least('low'), estimate: least('estimate'), high: least('high') };
}

function between(from: Moment, to: Moment): { low: number; estimate: number; high: number } {
  const seconds = (micros: number) => Math.round(micros / MICROS_PER_SECOND);
  return {
    low: seconds(to.low - from.high),
    estimate: seconds(to.estimate - from.estimate),
    high: seconds(to.high - from.low),
  };
}

/** Returns the first microsecond of a UTC day `YYYY-MM-DD`. */
export function startOf(day: string): number {
  return (parseDay(day) ?? 0) * MICROS_PER_DAY;
}
