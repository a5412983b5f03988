import { expect, test } from 'vitest';
import { buildOf, commitOf, dataFile } from '../../tests/ledger/bodies.ts';
import { freshLedger } from '../../tests/ledger/folders.ts';
import { MICROS_PER_DAY, parseDay } from '../records/time.ts';
import { bodySchema, newId } from './entries.ts';
import { heldIn, holdsIn } from './holds.ts';
import { type IncidentPayload, sentenceOf } from './incident-entry.ts';
import { append } from './journal.ts';
import { compact, retain } from './maintain.ts';
import { planCompaction, retentionSchema } from './retention.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { verifyLedger } from './verify.ts';

const FIRST = parseDay('2026-03-01') ?? 0;
const policy = retentionSchema.parse({ recordsDays: 10, cellsDays: 100, supersededBuildsDays: 5 });
const wantedFrom = (snapshot: Snapshot) => (day: number) => snapshot.inputsSha256Of(day, 'config', '1');

async function commitDay(dir: string, name: string, day: number) {
  const at = FIRST + day;
  const file = await dataFile(dir, { path: `facts/${name}.parquet`, fromDay: at, toDay: at });
  await append(dir, () => commitOf(name, [at], [file]));
}

async function buildDay(dir: string, name: string, day: number) {
  const at = FIRST + day;
  const path = `builds/${name}.parquet`;
  const file = await dataFile(dir, { path, family: 'cell', fromDay: at, toDay: at });
  await append(dir, (snapshot) => buildOf(at, wantedFrom(snapshot)(at), [file]));
}

function sentence(verb: IncidentPayload['verb'], part: Partial<IncidentPayload> = {}): IncidentPayload {
  return {
    v: 1,
    incident: 'case-1',
    verb,
    by: 'ann',
    atMicros: null,
    text: '',
    references: { campaigns: [], leads: [], claims: [] },
    signals: [],
    hold: null,
    releasesHold: false,
    ...part,
  };
}

const say = (dir: string, payload: IncidentPayload) =>
  append(dir, () => ({ kind: 'incident', id: newId(), payload }));
const retainOn = (dir: string, today: number, nowMillis = Date.now()) =>
  retain(dir, policy, FIRST + today, nowMillis, wantedFrom);
const noMerge = () => Promise.reject(new Error('nothing is to be merged'));

test('records of the days of a case outlive retention until the case lets them go', async () => {
  const dir = freshLedger();
  for (const day of [0, 1, 2, 3]) {
    await commitDay(dir, `f${day}`, day);
    await buildDay(dir, `c${day}`, day);
  }
  await say(dir, sentence('open', { hold: { fromDay: FIRST + 1, toDay: null } }));
  expect(await retainOn(dir, 90)).toMatchObject({
    expired: ['facts/f0.parquet'],
    held: ['facts/f1.parquet', 'facts/f2.parquet', 'facts/f3.parquet'],
  });
  // Contained on the third day: the fourth is no longer part of the story.
  await say(dir, sentence('contain', { atMicros: (FIRST + 2) * MICROS_PER_DAY + 5 }));
  expect(holdsIn(await readSnapshot(dir))).toMatchObject([{ fromDay: FIRST + 1, toDay: FIRST + 2 }]);
  // What the opening was answered from stays as it was then, merged with nothing.
  expect((await retainOn(dir, 300)).expired).toEqual(['facts/f3.parquet']);
  expect(await compact(dir, policy, FIRST + 300, wantedFrom, noMerge)).toEqual([]);
  await say(dir, sentence('close'));
  expect((await retainOn(dir, 300)).expired).toEqual([]);
  await say(dir, sentence('close', { releasesHold: true }));
  expect(holdsIn(await readSnapshot(dir))).toEqual([]);
  const gone = (await retainOn(dir, 300)).expired;
  expect(gone.filter((path) => path.startsWith('facts/'))).toEqual([1, 2].map((n) => `facts/f${n}.parquet`));
  expect(gone.filter((path) => path.startsWith('builds/'))).toHaveLength(4);
  expect((await verifyLedger(dir, { files: true })).problems).toEqual([]);
});

test('facts that come after the opening are held too, and may be merged', async () => {
  const dir = freshLedger();
  await say(dir, sentence('open', { hold: { fromDay: FIRST, toDay: FIRST + 1 } }));
  for (const name of ['late-a', 'late-b']) await commitDay(dir, name, 1);
  await commitDay(dir, 'outside', 2);
  for (const day of [1, 2]) await buildDay(dir, `c${day}`, day);
  expect((await retainOn(dir, 90)).expired).toEqual(['facts/outside.parquet']);
  const snapshot = await readSnapshot(dir);
  const held = heldIn(snapshot, wantedFrom);
  const groups = planCompaction(snapshot, policy, FIRST + 90, wantedFrom(snapshot), held);
  const facts = groups.filter(({ origin }) => origin === 'facts');
  expect(facts.flatMap(({ files }) => files.map(({ path }) => path))).toEqual([
    'facts/late-a.parquet',
    'facts/late-b.parquet',
  ]);
});

test('a case closed without containment holds what was there until then, and nothing that comes later', async () => {
  const dir = freshLedger();
  await say(dir, sentence('open', { hold: { fromDay: FIRST, toDay: null } }));
  expect(holdsIn(await readSnapshot(dir))[0]?.toDay).toBe(Number.POSITIVE_INFINITY);
  await say(dir, sentence('close', { atMicros: (FIRST + 3) * MICROS_PER_DAY }));
  expect(holdsIn(await readSnapshot(dir))[0]?.toDay).toBe(FIRST + 3);
  await say(dir, sentence('note', { text: 'an afterthought' }));
  expect(holdsIn(await readSnapshot(dir))[0]).toMatchObject({ toDay: FIRST + 3, positions: [1, 2, 3] });
});

test('a build that a case was answered from stays when a newer one stands for its day', async () => {
  const dir = freshLedger();
  await commitDay(dir, 'a', 0);
  await buildDay(dir, 'then', 0);
  await say(dir, sentence('open', { hold: { fromDay: FIRST, toDay: FIRST } }));
  await commitDay(dir, 'b', 0);
  await buildDay(dir, 'now', 0);
  const inSixDays = Date.now() + 6 * 86_400_000;
  expect((await retainOn(dir, 1, inSixDays)).superseded).toEqual([]);
  await say(dir, sentence('close', { releasesHold: true }));
  expect((await retainOn(dir, 1, inSixDays)).superseded).toEqual(['builds/then.parquet']);
});

test('a sentence is exactly its form; entries from before it stay readable and hold nothing', async () => {
  const dir = freshLedger();
  const old = { anything: ['goes', 1], hold: { fromDay: 0 } };
  await append(dir, () => ({ kind: 'incident', id: newId(), payload: old }));
  const [entry] = (await readSnapshot(dir)).entriesOf('incident');
  expect(entry?.payload).toEqual(old);
  expect(sentenceOf(entry?.payload)).toBeUndefined();
  expect(holdsIn(await readSnapshot(dir))).toEqual([]);
  const body = (payload: object) => bodySchema.safeParse({ kind: 'incident', id: 'case-0001', payload });
  expect(body(sentence('open')).success).toBe(true);
  expect(body({ ...sentence('open'), unknown: 1 }).success).toBe(false);
  expect(body({ ...sentence('open'), v: 2 }).success).toBe(false);
  expect(body({ ...sentence('open'), hold: { fromDay: 5, toDay: 4 } }).success).toBe(false);
});

test('a containment dated back, by a slip or a correction, takes nothing out of a hold', async () => {
  const dir = freshLedger();
  await say(dir, sentence('open', { hold: { fromDay: FIRST + 1, toDay: null } }));
  const heldTo = async (day: number) => {
    await say(dir, sentence('contain', { atMicros: (FIRST + day) * MICROS_PER_DAY }));
    return (holdsIn(await readSnapshot(dir))[0]?.toDay ?? 0) - FIRST;
  };
  expect([await heldTo(20), await heldTo(5), await heldTo(-30), await heldTo(25)]).toEqual([20, 20, 20, 25]);
});
