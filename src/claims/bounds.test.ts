import { expect, test } from 'vitest';
import { boundsOf, bytesAtCapacity, type ChannelEvidence, channelsOf } from './bounds.ts';
import type { ClaimedChannel } from './claim.ts';
import { feasibilityOf, neededRate } from './feasibility.ts';

const TEN_DAYS = { fromDay: 1000, toDay: 1010, leastDays: 5, mostDays: 10 };
/** Ten days at most, some time before its end. */
const UNDATED = { ...TEN_DAYS, fromDay: null };

function evidence(given: Partial<ChannelEvidence> = {}): ChannelEvidence {
  return {
    name: 'border',
    side: 'remote',
    kind: 'border',
    capacityBytesPerDay: null,
    seen: { low: 100n, estimate: 200n, high: 300n },
    unseenHours: 0,
    unseenBytes: 0n,
    expected: null,
    because: [],
    ...given,
  };
}

const mostOf = (given: Partial<ChannelEvidence>, window = TEN_DAYS as Parameters<typeof boundsOf>[1]) =>
  boundsOf([evidence(given)], window, true).totalBytes;

test('a channel can have carried all that was seen at its high end and what fits into the time unseen, never more than its capacity', () => {
  expect(mostOf({ unseenBytes: 40n })).toBe(340n);
  expect(mostOf({ unseenBytes: 40n, capacityBytesPerDay: 34n })).toBe(340n);
  expect(mostOf({ unseenBytes: 40n, capacityBytesPerDay: 33n })).toBe(330n);
  // No capacity is no bound where anything was unseen, and capacity is one by itself.
  expect(mostOf({ unseenBytes: null })).toBeNull();
  expect(mostOf({ unseenBytes: null, capacityBytesPerDay: 33n })).toBe(330n);
});

test('where nobody says when it began, what the sensors saw bounds nothing', () => {
  expect(mostOf({}, UNDATED)).toBeNull();
  expect(mostOf({ capacityBytesPerDay: 70n }, UNDATED)).toBe(700n);
  expect(mostOf({ capacityBytesPerDay: 70n }, { ...UNDATED, leastDays: null, mostDays: null })).toBeNull();
});

test('what fits into some hours is rounded up: it is a bound', () => {
  expect(bytesAtCapacity(24n, 1)).toBe(1n);
  expect(bytesAtCapacity(25n, 1)).toBe(2n);
  expect(bytesAtCapacity(48n, 1.5)).toBe(3n);
  expect(bytesAtCapacity(1n, 1e-9)).toBe(1n);
  expect(bytesAtCapacity(null, 0)).toBe(0n);
  expect(bytesAtCapacity(null, 0.1)).toBeNull();
});

test('a link out counts for who is far away and for who is inside, and once in all', () => {
  const channels = [
    evidence({ name: 'border', seen: { low: 1n, estimate: 1n, high: 1n } }),
    evidence({ name: 'link', side: 'either', seen: { low: 10n, estimate: 10n, high: 10n } }),
    evidence({ name: 'tape', side: 'onSite', seen: { low: 100n, estimate: 100n, high: 100n } }),
  ];
  const bounds = boundsOf(channels, TEN_DAYS, true);
  expect(bounds).toMatchObject({ remoteBytes: 11n, onSiteBytes: 110n, totalBytes: 111n });
  const namesOf = (channel: ClaimedChannel) =>
    channelsOf(bounds, channel)?.map(({ evidence: { name } }) => name);
  expect(namesOf({ kind: 'remote' })).toEqual(['border', 'link']);
  expect(namesOf({ kind: 'onSite' })).toEqual(['link', 'tape']);
  expect(namesOf({ kind: 'named', name: 'tape' })).toEqual(['tape']);
  expect(namesOf({ kind: 'named', name: 'nobody' })).toBeUndefined();
  expect(namesOf({ kind: 'unknown' })).toEqual(['border', 'link', 'tape']);
  // One channel without a bound leaves its sides without one; a side without any is empty only where the list is whole.
  const open = evidence({ name: 'usb', side: 'onSite', unseenBytes: null });
  expect(boundsOf([...channels, open], TEN_DAYS, true)).toMatchObject({
    remoteBytes: 11n,
    onSiteBytes: null,
    totalBytes: null,
  });
  expect(boundsOf([evidence()], TEN_DAYS, true).onSiteBytes).toBe(0n);
  expect(boundsOf([evidence()], TEN_DAYS, false).onSiteBytes).toBeNull();
});

test('what is unexplained is as unsure as what was seen and as what was expected, and never below zero', () => {
  const [known] = boundsOf(
    [evidence({ expected: { low: 30n, estimate: 50n, high: 90n } })],
    TEN_DAYS,
    true,
  ).channels;
  expect(known?.unexplained).toEqual({ low: 10n, estimate: 150n, high: 270n });
  const usual = evidence({ expected: { low: 250n, estimate: 300n, high: 400n } });
  expect(boundsOf([usual], TEN_DAYS, true).channels[0]?.unexplained).toEqual({
    low: 0n,
    estimate: 0n,
    high: 50n,
  });
});

test('the rate that a claim needs is the least over the longest time, and the most over the shortest', () => {
  const TB = 10n ** 12n;
  const perDay = (days: number) => 8e12 / (days * 86_400);
  expect(neededRate({ least: TB, most: 2n * TB }, TEN_DAYS)).toEqual({ low: perDay(10), high: perDay(2.5) });
  expect(neededRate({ least: TB, most: null }, TEN_DAYS)).toEqual({ low: perDay(10), high: null });
  expect(neededRate({ least: TB, most: TB }, { ...TEN_DAYS, mostDays: null })).toBeNull();
  const { channels } = boundsOf([evidence({ capacityBytesPerDay: 60n })], TEN_DAYS, true);
  const alone = (least: bigint) => feasibilityOf(channels, { least, most: null }, TEN_DAYS)[0];
  expect(alone(300n)).toEqual({ name: 'border', neededShare: 0.5, alone: true });
  expect(alone(301n)?.alone).toBe(false);
});
