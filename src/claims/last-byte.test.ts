import { expect, test } from 'vitest';
import { boundsOf, type ChannelEvidence } from './bounds.ts';
import { verdictOn } from './verdicts.ts';

const WINDOW = { fromDay: 1000, toDay: 1010, leastDays: 10, mostDays: 10 };

/** One watched path that carried 100 B, all of them expected or not, and a claim of so many. */
function assessed(
  least: bigint,
  packedAtMost: number,
  given: Partial<ChannelEvidence> = {},
  complete = true,
) {
  const carried = { low: 100n, estimate: 100n, high: 100n };
  const border: ChannelEvidence = {
    name: 'border',
    side: 'remote',
    kind: 'border',
    capacityBytesPerDay: null,
    seen: carried,
    unseenHours: 0,
    unseenBytes: 0n,
    expected: null,
    because: [],
    ...given,
  };
  const combination = {
    volume: { least, most: null },
    window: WINDOW,
    channel: { kind: 'unknown' },
    statements: ['a'],
    asSaid: true,
  } as const;
  const bounds = boundsOf([border], WINDOW, complete);
  return verdictOn({ combination, bounds, packedAtMost, complete, reads: undefined });
}

const verdictOf = (...asked: Parameters<typeof assessed>) => assessed(...asked).kind;

test('what just fits is possible, a byte more is not', () => {
  expect([100n, 101n].map((least) => verdictOf(least, 1))).toEqual(['noHistory', 'notPossible']);
  expect(verdictOf(101n, 1, { unseenHours: 1, unseenBytes: 1n })).toBe('onlyThrough');
  expect(verdictOf(102n, 1, { unseenHours: 1, unseenBytes: 1n })).toBe('notPossible');
  expect(verdictOf(101n, 1, {}, false)).toBe('beyondListed');
});

test('no rounding of what packing can do rules anything out', () => {
  // 302 B packed three times smaller are 100⅔: only 303 are more than 100 for certain.
  expect([101n, 300n, 302n, 303n].map((least) => verdictOf(least, 3))).toEqual([
    'onlyPacked',
    'onlyPacked',
    'onlyPacked',
    'notPossible',
  ]);
  expect([149n, 150n, 151n].map((least) => verdictOf(least, 1.5))).toEqual([
    'onlyPacked',
    'onlyPacked',
    'onlyPacked',
  ]);
  expect(verdictOf(152n, 1.5)).toBe('notPossible');
});

test('only what is surely beyond the usual supports a claim; what may be does not', () => {
  const expected = (low: bigint, high: bigint) => ({ expected: { low, estimate: (low + high) / 2n, high } });
  expect(verdictOf(20n, 1, expected(60n, 80n))).toBe('supported');
  expect(verdictOf(90n, 1, expected(60n, 80n))).toBe('partlySupported');
  expect(verdictOf(20n, 1, expected(60n, 100n))).toBe('nothingUnusual');
});

test('a path is named as unwatched for the least time in which nobody watched it', () => {
  expect(assessed(1n, 1).unwatched).toEqual([]);
  expect(assessed(1n, 1, { unseenHours: 0.01, unseenBytes: 1n }).unwatched).toEqual(['border']);
});
