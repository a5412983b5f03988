import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Box, Known } from './box.ts';
import type { Message } from './message.ts';

type Json = z.core.util.JSONType;

/** Something that a channel may have to be told of. */
export interface Subject {
  readonly kind: Message['kind'];
  readonly id: string;
  /** Changes when there is something new to say. */
  readonly revision: string;
  /** Nobody need look at it any more. */
  readonly closed: boolean;
  /** What is to be told, in the words of whoever asks; comes back in `taken`. */
  readonly what: Json;
}

/** A message before it is written out. */
export interface Draft {
  readonly id: string;
  readonly subject: Subject;
  readonly activity: Message['activity'];
}

/** What a queue is made from. */
export interface Queueing {
  /** Makes ids differ from those of another ledger. */
  readonly ledgerId: string;
  readonly nowMillis: number;
  /** What the channel is told of; the rest is remembered as if it had been there already. */
  readonly kinds: readonly Message['kind'][];
  /** Also tell what was there before the channel began. */
  readonly all: boolean;
}

/**
 * Returns the state of a channel after it has looked at everything there is to tell, with the messages that are new.
 * On a channel's first run all that is there is known already, unless `all`: it tells what happens from now on.
 * @param taken returns what is to be said of something that was told and is there no more.
 */
export function queue(
  channel: string,
  before: Box | undefined,
  subjects: readonly Subject[],
  taken: (what: Json, there: readonly Subject[]) => Json,
  { ledgerId, nowMillis, kinds, all }: Queueing,
): { box: Box; drafts: Draft[] } {
  const known = new Map(Object.entries(before?.known ?? {}));
  const drafts: Draft[] = [];
  const add = (subject: Subject, activity: Message['activity']) => {
    const key = keyOf(subject);
    const messages = (known.get(key)?.messages ?? 0) + 1;
    const id = createHash('sha256')
      .update([ledgerId, key, subject.revision, String(messages)].join('\n'))
      .digest('hex')
      .slice(0, 32);
    drafts.push({ id, subject, activity });
    known.set(key, {
      revision: subject.revision,
      messages,
      closed: activity === 'close',
      told: subject.what,
    });
  };
  for (const subject of subjects) {
    const there = known.get(keyOf(subject));
    const step = kinds.includes(subject.kind)
      ? stepOf(subject, there, before === undefined, all)
      : there?.told
        ? 'nothing'
        : 'mark';
    if (step === 'mark') known.set(keyOf(subject), markOf(subject));
    else if (step !== 'nothing') add(subject, step);
  }
  for (const gone of goneFrom(known, subjects)) {
    if (!kinds.includes(gone.kind)) continue;
    add({ ...gone, what: taken(gone.what, subjects) }, 'close');
  }
  return {
    box: {
      format: 1,
      channel,
      beganMillis: before?.beganMillis ?? nowMillis,
      known: Object.fromEntries(known),
      pending: before?.pending ?? [],
    },
    drafts,
  };
}

function keyOf({ kind, id }: Pick<Subject, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}

function markOf({ revision, closed }: Subject): Known {
  return { revision, messages: 0, closed, told: null };
}

/** A subject that was never told needs no closing; one that was told is followed to its end. */
function stepOf(
  { revision, closed }: Subject,
  known: Known | undefined,
  first: boolean,
  all: boolean,
): Message['activity'] | 'mark' | 'nothing' {
  const told = known !== undefined && known.told !== null;
  if (told) {
    if (known.revision === revision) return 'nothing';
    return closed ? 'close' : 'update';
  }
  if (closed) return 'mark';
  if (all) return 'create';
  if (known === undefined) return first ? 'mark' : 'create';
  return known.revision === revision ? 'nothing' : 'create';
}

const GONE = 'gone';

/** What was told, is open there, and is not found any more: another campaign explains it, or the history changed. */
function goneFrom(known: ReadonlyMap<string, Known>, subjects: readonly Subject[]): Subject[] {
  const there = new Set(subjects.map(keyOf));
  return [...known].flatMap(([key, { told, closed }]): Subject[] => {
    const [kind, id = ''] = key.split(':');
    if (there.has(key) || closed || told === null) return [];
    if (kind !== 'lead' && kind !== 'campaign' && kind !== 'incident') return [];
    return [{ kind, id, revision: GONE, closed: true, what: told }];
  });
}
