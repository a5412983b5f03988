import { z } from 'zod';
import { ConfigurationError, InternalError } from '../../errors.ts';
import { newId } from '../../ledger/entries.ts';
import { holdsIn } from '../../ledger/holds.ts';
import { type IncidentPayload, incidentPayload, type TlpLevel } from '../../ledger/incident-entry.ts';
import { append } from '../../ledger/journal.ts';
import { readSnapshot, type Snapshot } from '../../ledger/snapshot.ts';
import { dayOfMicros, formatDay, formatMicros, MICROS_PER_DAY, parseDay } from '../../records/time.ts';
import type { IncidentSaidAnswer } from '../answers/incident.ts';
import { type Question, withReading } from '../reading.ts';
import { readClaim } from './claim-file.ts';
import { briefIn, caseOf } from './journal.ts';
import { subjectsOf } from './subjects.ts';

/** What every word on a case states. */
export interface Saying extends Question {
  readonly by: string;
  readonly note?: string;
  /** When it happened, if not now: an instant in UTC. */
  readonly at?: string;
}

/** A case to open: on campaigns or leads, on a claim, or on a word alone. */
export interface Opening extends Saying {
  readonly title: string;
  /** Ids of campaigns and leads, or how they begin. */
  readonly about: readonly string[];
  readonly tlp?: TlpLevel;
  readonly claimFile?: string;
  /** UTC days whose records outlive retention; by default from the first byte on until it is contained. */
  readonly holdFrom?: string;
  readonly holdTo?: string;
}

/** A note: words, a signal from outside with its own time, a claim, further campaigns or leads, another marking. */
export interface Note extends Saying {
  readonly incident: string;
  readonly about: readonly string[];
  readonly tlp?: TlpLevel;
  readonly claimFile?: string;
  readonly signalAt?: string;
  readonly source?: string;
}

/** An acknowledgement, a containment or a closing. */
export interface Step extends Saying {
  readonly incident: string;
  /** With close: the case lets its records go. */
  readonly releaseHold?: boolean;
}

type Signal = IncidentPayload['signals'][number];
type Payload = Omit<IncidentPayload, 'v' | 'by'>;

const NOTHING = { campaigns: [], leads: [], claims: [] };

/** Opens a case and returns it. @throws ConfigurationError when what it names is not found or makes no sense. */
export async function openIncident(opening: Opening): Promise<IncidentSaidAnswer> {
  const claim = opening.claimFile === undefined ? undefined : await readClaim(opening.claimFile);
  const incident = newId().slice(0, 12);
  const found = await subjectsOf(opening, opening.about);
  const hold = holdOf(opening, Math.min(found.fromDay, claim?.fromDay ?? Number.POSITIVE_INFINITY));
  return say(opening, incident, () => ({
    incident,
    verb: 'open',
    atMicros: null,
    text: opening.note ?? '',
    title: opening.title,
    ...(opening.tlp === undefined ? {} : { tlp: opening.tlp }),
    references: { campaigns: found.campaigns, leads: found.leads, claims: claim ? [claim.name] : [] },
    signals: claim?.signals ?? [],
    hold,
    releasesHold: false,
  }));
}

/** Adds a note to a case. @throws ConfigurationError when it says nothing, or half of a signal. */
export async function noteIncident(note: Note): Promise<IncidentSaidAnswer> {
  const claim = note.claimFile === undefined ? undefined : await readClaim(note.claimFile);
  const signal = signalOf(note);
  const found = await subjectsOf(note, note.about);
  if (!note.note && !claim && note.about.length === 0 && note.tlp === undefined)
    throw new ConfigurationError('a note says something: give --note, --claim, --about or --tlp');
  const fromDay = Math.min(found.fromDay, claim?.fromDay ?? Number.POSITIVE_INFINITY);
  return say(note, note.incident, () => ({
    incident: note.incident,
    verb: 'note',
    atMicros: atOf(note.at),
    // What was said outside stands in the signal, not in a mouth of ours.
    text: signal ? '' : (note.note ?? ''),
    ...(note.tlp === undefined ? {} : { tlp: note.tlp }),
    references: { campaigns: found.campaigns, leads: found.leads, claims: claim ? [claim.name] : [] },
    signals: [...(signal ? [signal] : []), ...(claim?.signals ?? [])],
    hold: Number.isFinite(fromDay) ? { fromDay, toDay: null } : null,
    releasesHold: false,
  }));
}

/** Says that somebody here knows and acts. */
export function acknowledgeIncident(step: Step): Promise<IncidentSaidAnswer> {
  return take('acknowledge', step);
}

/** Says that no more leaves. */
export function containIncident(step: Step): Promise<IncidentSaidAnswer> {
  return take('contain', step);
}

/** Closes a case; its records stay held unless it is told to release them, then or later. */
export function closeIncident(step: Step): Promise<IncidentSaidAnswer> {
  return take('close', step);
}

function take(verb: 'acknowledge' | 'contain' | 'close', step: Step): Promise<IncidentSaidAnswer> {
  return say(step, step.incident, () => ({
    incident: step.incident,
    verb,
    atMicros: atOf(step.at),
    text: step.note ?? '',
    references: NOTHING,
    signals: [],
    hold: null,
    releasesHold: step.releaseHold === true,
  }));
}

/**
 * Writes one sentence of a case into the journal. Days whose facts changed are built first, so that the case's figures,
 * which are as of its own entries, count them.
 */
async function say(saying: Saying, id: string, payload: () => Payload): Promise<IncidentSaidAnswer> {
  const { ledgerDir, by } = saying;
  // A slip is told before days are built.
  validated({ v: 1, by, ...payload(), incident: 'any' });
  await withReading(saying, async () => undefined);
  const entry = await append(ledgerDir, (snapshot) => {
    const prepared = payload();
    const incident = prepared.verb === 'open' ? id : mayFollow(caseOf(snapshot, id), prepared);
    if (prepared.verb === 'contain') afterItBegan(snapshot, incident, prepared.atMicros);
    return { kind: 'incident', id: newId(), payload: validated({ v: 1, by, ...prepared, incident }) };
  });
  if (entry?.kind !== 'incident') throw new InternalError('a case was neither written nor refused');
  const snapshot = await readSnapshot(ledgerDir, entry.seq);
  const incident = z.object({ incident: z.string() }).parse(entry.payload).incident;
  return { entry: entry.seq, incident: briefIn(snapshot, caseOf(snapshot, incident)) };
}

/** After a case is closed only notes and the release of its records follow: what stands then is handed over. */
function mayFollow(course: ReturnType<typeof caseOf>, { verb, releasesHold }: Payload): string {
  if (!course.closed || verb === 'note' || (verb === 'close' && releasesHold)) return course.id;
  throw new ConfigurationError(
    verb === 'close'
      ? `case ${course.id} is closed already; --release-hold lets its records go`
      : `case ${course.id} is closed; add a note, or open another case`,
  );
}

/** A containment ends the hold of records: dated before they begin it would let all of them go. */
function afterItBegan(snapshot: Snapshot, incident: string, atMicros: number | null): void {
  const hold = holdsIn(snapshot).find((each) => each.incident === incident);
  if (atMicros === null || !hold || dayOfMicros(atMicros) >= hold.fromDay) return;
  throw new ConfigurationError(
    `--at ${formatMicros(atMicros)} lies before ${formatDay(hold.fromDay)}, the first day of the case: nothing was to be contained then`,
  );
}

/** Where each part of a sentence was said, and how long it may be. */
const FLAGS: Readonly<Record<string, string>> = {
  title: '--title',
  by: '--by',
  text: '--note',
  signals: '--source',
};
const LENGTHS: Readonly<Record<string, string>> = {
  '--title': 'give 1 to 500 characters',
  '--by': 'give 1 to 500 characters',
  '--note': 'give at most 20,000 characters',
  '--source': 'give 1 to 500 characters, and at most 4,000 of what was said (--note)',
};

function validated(payload: IncidentPayload): IncidentPayload {
  const parsed = incidentPayload.safeParse(payload);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const flag = FLAGS[String(path[0])] ?? path.join('.');
    return `${flag}: ${LENGTHS[flag] ?? message}`;
  });
  throw new ConfigurationError([...new Set(problems)].join('\n'));
}

function holdOf(
  { holdFrom, holdTo }: Pick<Opening, 'holdFrom' | 'holdTo'>,
  firstDay: number,
): IncidentPayload['hold'] {
  const fromDay = holdFrom === undefined ? firstDay : dayOf(holdFrom, '--hold-from');
  const toDay = holdTo === undefined ? null : dayOf(holdTo, '--hold-to');
  if (!Number.isFinite(fromDay)) {
    if (toDay === null) return null;
    throw new ConfigurationError('--hold-to needs --hold-from: nothing else says when it began');
  }
  if (toDay !== null && toDay < fromDay)
    throw new ConfigurationError('--hold-to lies before the first day to hold');
  return { fromDay, toDay };
}

function dayOf(text: string, flag: string): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseDay(text) : undefined;
  if (day !== undefined) return day;
  throw new ConfigurationError(`${flag} ${text}: give a UTC day such as 2026-03-01`);
}

function atOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const instant = instantOf(text);
  if (instant === undefined)
    throw new ConfigurationError(`--at ${text}: give an instant in UTC such as 2026-03-01T07:00:00Z`);
  if (instant > Date.now() * 1000) throw new ConfigurationError(`--at ${text} lies in the future`);
  return instant;
}

function signalOf({ signalAt, source, note }: Note): Signal | undefined {
  if (signalAt === undefined && source === undefined) return undefined;
  if (signalAt === undefined || source === undefined)
    throw new ConfigurationError('--signal-at and --source belong together: who said it, and when');
  if (!note) throw new ConfigurationError('--signal-at: say with --note what was said outside');
  const when = stretchOf(signalAt);
  if (!when)
    throw new ConfigurationError(
      `--signal-at ${signalAt}: give a UTC day (2026-03-13) or an instant (2026-03-13T07:00:00Z)`,
    );
  if (when.fromMicros > Date.now() * 1000)
    throw new ConfigurationError(`--signal-at ${signalAt} lies in the future`);
  return { when, source, text: note };
}

/** A day is the whole of it. */
function stretchOf(text: string): Signal['when'] | undefined {
  const instant = instantOf(text);
  if (instant !== undefined) return { fromMicros: instant, toMicros: instant };
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseDay(text) : undefined;
  return day === undefined
    ? undefined
    : { fromMicros: day * MICROS_PER_DAY, toMicros: (day + 1) * MICROS_PER_DAY };
}

function instantOf(text: string): number | undefined {
  const isInstant = z.iso.datetime().safeParse(text).success;
  const millis = isInstant ? Date.parse(text) : Number.NaN;
  return Number.isNaN(millis) ? undefined : millis * 1000;
}
