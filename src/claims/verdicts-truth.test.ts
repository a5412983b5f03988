import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsOf } from './bounds.ts';
import type { ClaimedChannel, Statement } from './claim.ts';
import { exactly, HOURS, statement, verdictsOn } from './test-verdicts.ts';
import { evidenceOf, stolenBy, stolenUnseen, type World, type WorldChannel } from './test-world.ts';

/** Returns a theft by random channels in random hours of a random centre, and a claim that tells it truly or modestly. */
const cases = fc.record({
  channels: fc.array(
    fc.record({
      side: fc.constantFrom('remote' as const, 'onSite' as const, 'either' as const),
      perHour: fc.integer({ min: 1, max: 1000 }),
      states: fc.boolean(),
      listed: fc.integer({ min: 0, max: 9 }),
      sight: fc.constantFrom('none' as const, 'full' as const, 'weeks' as const, 'lossy' as const),
      usual: fc.integer({ min: 0, max: 100 }),
      stolen: fc.constantFrom(0, 0, 1, 10, 50, 100),
      phase: fc.integer({ min: 0, max: 500 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  fromDay: fc.integer({ min: 1000, max: 1040 }),
  days: fc.integer({ min: 1, max: 30 }),
  logs: fc.record({ from: fc.integer({ min: 990, max: 1020 }), to: fc.integer({ min: 1010, max: 1080 }) }),
  packing: fc.constantFrom(1, 1.5, 3, 10),
  modesty: fc.integer({ min: 1, max: 4 }),
  shape: fc.constantFrom(
    'exact' as const,
    'range' as const,
    'lasted' as const,
    'open' as const,
    'ended' as const,
  ),
  slack: fc.integer({ min: 0, max: 10 }),
  way: fc.constantFrom('none' as const, 'side' as const, 'named' as const),
  /** Days between the theft and its telling: an undated one then lies before the days that are looked up. */
  delay: fc.constantFrom(0, 0, 5, 60),
  lie: fc.integer({ min: 1, max: 100_000 }),
});
type Planted = typeof cases extends fc.Arbitrary<infer Case> ? Case : never;

/** All that went by the first channel was seen, the rest by the second was not: naming the first alone would mislead. */
const SEEN_AND_UNSEEN: Planted = {
  channels: [
    { side: 'remote', perHour: 2, states: false, listed: 1, sight: 'full', usual: 0, stolen: 50, phase: 0 },
    { side: 'remote', perHour: 1, states: true, listed: 1, sight: 'none', usual: 0, stolen: 50, phase: 0 },
  ],
  fromDay: 1000,
  days: 7,
  logs: { from: 995, to: 1010 },
  packing: 1,
  modesty: 1,
  shape: 'ended',
  slack: 3,
  way: 'none',
  delay: 0,
  lie: 1,
};

/** Each hour's theft fits beside the ordinary bytes into what the channel can carry. */
function worldOf({ channels, fromDay, days, logs }: Planted): World {
  const MB = 10n ** 6n;
  return {
    logsFromDay: logs.from,
    logsToDay: Math.max(logs.to, logs.from + 1),
    channels: channels.map(({ side, perHour, states, listed, sight, usual, stolen, phase }, index) => {
      const capacity = BigInt(perHour) * MB;
      const usualOf = (hour: number) => (capacity * BigInt(((usual * ((hour + phase) % 7)) / 7) | 0)) / 200n;
      const during = (hour: number) => hour >= fromDay * HOURS && hour < (fromDay + days) * HOURS;
      return {
        name: `c${index}`,
        side,
        statedBytesPerDay: states ? capacity * 24n : null,
        listed: listed > 0,
        usual: usualOf,
        stolen: (hour) =>
          during(hour) && (phase % 2 === 0 || (hour + phase) % 5 !== 0)
            ? ((capacity - usualOf(hour)) * BigInt(stolen)) / 100n
            : 0n,
        watched: (hour) => {
          if (sight === 'weeks') return Math.floor((hour + phase) / 168) % 2;
          return sight === 'none' ? 0 : sight === 'full' ? 1 : (hour + phase) % 3 === 0 ? 0.5 : 1;
        },
      };
    }),
  };
}

/** What a truthful witness says of when it was, more or less exactly. */
function windowSaid({ fromDay, days, shape, slack }: Planted): Statement['window'] {
  const last = fromDay + days - 1;
  const around = (day: number) => ({ earliest: day - slack, latest: day + slack });
  const lastedDays = { least: Math.max(1, days - slack), most: days + slack };
  switch (shape) {
    case 'exact':
      return { from: around(fromDay), to: { earliest: last, latest: last }, lastedDays: undefined };
    case 'range':
      return { from: around(fromDay), to: around(last), lastedDays };
    case 'lasted':
      return { from: undefined, to: undefined, lastedDays };
    case 'open':
      return { from: around(fromDay), to: undefined, lastedDays: undefined };
    case 'ended':
      return { from: undefined, to: around(last), lastedDays };
  }
}

/** The way it truly went, as far as one word can say it. */
function waySaid({ way }: Planted, thieves: readonly WorldChannel[]): ClaimedChannel | undefined {
  const [only] = thieves;
  if (way === 'named' && only && thieves.length === 1) return { kind: 'named', name: only.name };
  if (way !== 'side') return undefined;
  if (thieves.every(({ side }) => side !== 'onSite')) return { kind: 'remote' };
  return thieves.every(({ side }) => side !== 'remote') ? { kind: 'onSite' } : undefined;
}

test('what truly happened is never called not possible, and every bound holds it', () => {
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(cases, (planted) => {
      const world = worldOf(planted);
      const truth = { fromDay: planted.fromDay, toDay: planted.fromDay + planted.days };
      const thieves = world.channels.filter((each) => stolenBy(each, truth) > 0n);
      const crossed = thieves.reduce((sum, each) => sum + stolenBy(each, truth), 0n);
      fc.pre(crossed > 1000n);
      const complete = world.channels.every(({ listed }) => listed);
      // The thief packed it, and the claim counts what was in it, or less.
      const content = (crossed * BigInt(planted.packing * 10)) / 10n;
      const told = content / BigInt(planted.modesty);
      const said = statement({
        asOfDay: truth.toDay - 1 + planted.slack + planted.delay,
        volume: planted.slack % 2 === 0 ? exactly(told) : { least: told, most: null },
        window: windowSaid(planted),
        channel: waySaid(planted, thieves),
      });
      const lie = { ...said, id: 'lie', volume: exactly(told * BigInt(planted.lie)), channel: undefined };
      for (const verdict of verdictsOn(world, [said, lie], complete, planted.packing)) {
        const bounds = boundsOf(
          evidenceOf(world, verdict.combination.window),
          verdict.combination.window,
          complete,
        );
        for (const { evidence, mostBytes } of bounds.channels) {
          const owner = world.channels.find(({ name }) => name === evidence.name);
          if (owner && mostBytes !== null) expect(mostBytes).toBeGreaterThanOrEqual(stolenBy(owner, truth));
        }
        const sum = (side: string | undefined) =>
          thieves
            .filter((each) => each.listed && each.side !== side)
            .reduce((total, each) => total + stolenBy(each, truth), 0n);
        if (bounds.totalBytes !== null) expect(bounds.totalBytes).toBeGreaterThanOrEqual(sum(undefined));
        if (bounds.remoteBytes !== null) expect(bounds.remoteBytes).toBeGreaterThanOrEqual(sum('onSite'));
        if (bounds.onSiteBytes !== null) expect(bounds.onSiteBytes).toBeGreaterThanOrEqual(sum('remote'));
        if (!complete) expect(verdict.kind).not.toBe('notPossible');
        if (verdict.combination.volume?.least !== told) continue;
        kinds.set(verdict.kind, (kinds.get(verdict.kind) ?? 0) + 1);
        expect(verdict.kind).not.toBe('notPossible');
        if (complete) expect(verdict.kind).not.toBe('beyondListed');
        if (planted.packing === 1 && complete) expect(verdict.kind).not.toBe('onlyPacked');
        if (complete && verdict.kind === 'onlyThrough') {
          const through = thieves
            .filter((each) => stolenUnseen(world, each, truth) > 0n)
            .map(({ name }) => name);
          const named = /^Possible only through (.+?):/.exec(verdict.headline)?.[1] ?? '';
          expect(named).toMatch(/c\d/);
          if (named.startsWith('one or more of')) expect(through).not.toEqual([]);
          else for (const each of named.match(/c\d/g) ?? []) expect(through).toContain(each);
        }
      }
    }),
    { numRuns: 250, examples: [[SEEN_AND_UNSEEN]] },
  );
  // The cases reach every verdict that the truth can get, so that none is right by never being met.
  for (const kind of [
    'onlyThrough',
    'onlyPacked',
    'supported',
    'nothingUnusual',
    'noHistory',
    'fitsCapacity',
    'beyondListed',
  ])
    expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(0);
});
