import { expect, it } from 'vitest';
import type { Box } from './box.ts';
import { type Queueing, queue, type Subject } from './queue.ts';

const base: Queueing = { ledgerId: 'l', nowMillis: 1, kinds: ['lead', 'campaign', 'incident'], all: false };
const lead = (id: string, revision = 'raised', closed = false): Subject => ({
  kind: 'lead',
  id,
  revision,
  closed,
  what: { id, revision },
});
const run = (before: Box | undefined, subjects: readonly Subject[], options: Partial<Queueing> = {}) => {
  const { box, drafts } = queue('c', before, subjects, (what) => ({ was: what }), { ...base, ...options });
  return { box, said: drafts.map(({ subject, activity }) => `${activity} ${subject.id}`), drafts };
};

it('tells from now on: the first run marks what is there, later runs tell what is new, once', () => {
  const first = run(undefined, [lead('old')]);
  expect(first.said).toEqual([]);
  const second = run(first.box, [lead('old'), lead('new')]);
  expect(second.said).toEqual(['create new']);
  expect(run(second.box, [lead('old'), lead('new')]).said).toEqual([]);
});

it('tells what was there when asked for all, at the first run and later', () => {
  expect(run(undefined, [lead('a')], { all: true }).said).toEqual(['create a']);
  const marked = run(undefined, [lead('a'), lead('b', 'x', true)]);
  const all = run(marked.box, [lead('a'), lead('b', 'x', true)], { all: true });
  expect(all.said).toEqual(['create a']);
  expect(run(all.box, [lead('a')], { all: true }).said).toEqual([]);
});

it('follows what it told to its end, and nothing else', () => {
  const { box } = run(undefined, [lead('told')], { all: true });
  expect(run(box, [lead('told', 'decision-5', true)]).said).toEqual(['close told']);
  expect(run(box, [lead('told', 'decision-5')]).said).toEqual(['update told']);
  const marked = run(undefined, [lead('silent')]);
  expect(run(marked.box, [lead('silent', 'decision-5', true)]).said).toEqual([]);
  // Confirmed by a person: worth telling though it was there before.
  expect(run(marked.box, [lead('silent', 'decision-5')]).said).toEqual(['create silent']);
  expect(run(marked.box, []).said).toEqual([]);
});

it('closes what is gone, once, in words made for it, and opens it again when it returns', () => {
  const { box } = run(undefined, [lead('a')], { all: true });
  const gone = run(box, []);
  expect(gone.said).toEqual(['close a']);
  expect(gone.drafts[0]?.subject.what).toEqual({ was: { id: 'a', revision: 'raised' } });
  expect(run(gone.box, []).said).toEqual([]);
  expect(run(gone.box, [lead('a')]).said).toEqual(['update a']);
});

it('gives every message an id of its own, and the same message the same one', () => {
  const { box, drafts } = run(undefined, [lead('a')], { all: true });
  expect(run(undefined, [lead('a')], { all: true }).drafts[0]?.id).toBe(drafts[0]?.id);
  expect(run(undefined, [lead('a')], { all: true, ledgerId: 'm' }).drafts[0]?.id).not.toBe(drafts[0]?.id);
  const ids = [drafts[0]?.id];
  let state = box;
  for (let turn = 0; turn < 3; turn += 1) {
    for (const subjects of [[], [lead('a')]]) {
      const next = run(state, subjects);
      ids.push(next.drafts[0]?.id);
      state = next.box;
    }
  }
  expect(new Set(ids).size).toBe(7);
});

it('remembers kinds it is not told of, so that asking for them later floods nobody', () => {
  const first = run(undefined, [], { kinds: ['campaign'] });
  const second = run(first.box, [lead('a')], { kinds: ['campaign'] });
  expect(second.said).toEqual([]);
  expect(run(second.box, [lead('a'), lead('b')]).said).toEqual(['create b']);
  const told = run(undefined, [lead('a')], { all: true });
  expect(run(told.box, [], { kinds: ['campaign'] }).said).toEqual([]);
});
