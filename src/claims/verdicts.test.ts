import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf } from './bounds.ts';
import type { Claim, ClaimedChannel, Statement } from './claim.ts';
import { combinationsOf } from './combinations.ts';
import { evidenceOf, stolenBy, stolenUnseen, type World, type WorldChannel } from './test-world.ts';
import type { Verdict } from './verdict.ts';
import { verdictOn } from './verdicts.ts';

const TB = 10n ** 12n;
/** Days of the planted theft; the logs know two months before them. */
const [FROM, TO] = [1060, 1090];
const HOURS = 24;

const inWindow = (hour: number) => hour >= FROM * HOURS && hour < TO * HOURS;
/** Bytes spread evenly over the hours of the planted window. */
const evenly = (bytes: bigint) => (hour: number) =>
  inWindow(hour) ? bytes / BigInt((TO - FROM) * HOURS) : 0n;
/** Ordinary life: so many bytes a day, give or take a tenth by the day. */
const usually = (bytesPerDay: bigint) => (hour: number) =>
  (bytesPerDay * (10n + BigInt((Math.floor(hour / HOURS) * 7) % 3) - 1n)) / 240n;

function channel(name: string, given: Partial<WorldChannel>): WorldChannel {
  return {
    name,
    side: 'remote',
    statedBytesPerDay: 100n * TB,
    listed: true,
    usual: () => 0n,
    stolen: () => 0n,
    watched: () => 1,
    ...given,
  };
}

const border = (given: Partial<WorldChannel> = {}) =>
  channel('border', { usual: usually(1n * TB), ...given });
const onSite = (name: string, perDay: bigint, stolen = 0n) =>
  channel(name, { side: 'onSite', statedBytesPerDay: perDay, watched: () => 0, stolen: evenly(stolen) });

function statement(given: Partial<Statement>): Statement {
  return {
    id: 'said',
    source: { who: 'somebody', saidOnDay: TO + 5, url: undefined },
    asOfDay: TO + 5,
    volume: undefined,
    window: {
      from: { earliest: FROM, latest: FROM },
      to: { earliest: TO - 1, latest: TO - 1 },
      lastedDays: undefined,
    },
    channel: undefined,
    note: undefined,
    ...given,
  };
}

const exactly = (bytes: bigint) => ({ least: bytes, most: bytes });

/** Returns the verdict on each reading of some statements about a world. */
function verdictsOn(
  world: World,
  statements: readonly Statement[],
  complete = true,
  packedAtMost = 1,
): Verdict[] {
  const claim: Claim = { title: 'Planted', note: undefined, packedAtMost, statements };
  return combinationsOf(claim).all.map((combination) =>
    verdictOn({
      combination,
      bounds: boundsOf(evidenceOf(world, combination.window), combination.window, complete),
      packedAtMost,
      complete,
      reads: undefined,
    }),
  );
}

/** Returns the verdict on one volume in the planted window. */
function verdictOf(
  channels: readonly WorldChannel[],
  volume: bigint,
  complete = true,
  packedAtMost = 1,
): Verdict {
  const world = { logsFromDay: 1000, logsToDay: 1100, channels };
  const [verdict] = verdictsOn(world, [statement({ volume: exactly(volume) })], complete, packedAtMost);
  if (!verdict) throw new Error('no verdict');
  return verdict;
}

describe('planted thefts get the right verdict', () => {
  test('all of it remote, and seen', () => {
    const verdict = verdictOf([border({ stolen: evenly(20n * TB) }), onSite('tape', TB / 10n)], 20n * TB);
    expect(verdict.kind).toBe('supported');
    expect(verdict.headline).toMatch(
      /^Supported by 20\.\d TB \(.*\) that left beyond .* by border, against 20\.0 TB claimed/,
    );
    expect(verdict.headline).toContain('Unwatched remain: tape all the time');
  });

  test('all of it on site', () => {
    const verdict = verdictOf(
      [border(), onSite('tape', 20n * TB, 200n * TB), onSite('disks', 5n * TB)],
      200n * TB,
    );
    expect(verdict.kind).toBe('onlyThrough');
    expect(verdict.headline).toMatch(
      /^Possible only through tape: 200 TB claimed, and the watched paths carried at most 30\.\d TB/,
    );
    expect(verdict.unwatched).toEqual(['tape', 'disks']);
  });

  test('half and half', () => {
    const verdict = verdictOf(
      [border({ stolen: evenly(50n * TB) }), onSite('tape', 20n * TB, 50n * TB)],
      100n * TB,
    );
    expect(verdict.kind).toBe('onlyThrough');
    expect(verdict.headline).toContain('Possible only through tape: 100 TB claimed');
    expect(verdict.because.join(' ')).toMatch(/Beyond what was to be expected 50\.\d TB \(/);
    const packable = verdictOf(
      [border({ stolen: evenly(50n * TB) }), onSite('tape', 20n * TB, 50n * TB)],
      100n * TB,
      true,
      10,
    );
    expect(packable.kind).toBe('partlySupported');
    expect(packable.headline).toContain('tape all the time');
  });

  test('a sample sold as the whole', () => {
    const verdict = verdictOf(
      [border({ stolen: evenly(TB) }), onSite('tape', TB / 10n)],
      10_000n * TB,
      true,
      10,
    );
    expect(verdict.kind).toBe('notPossible');
    expect(verdict.headline).toMatch(
      /^Not possible: 10\.0 PB in .*, where at most 3\d\.\d TB can have left; packed 10 times smaller it is still 1\.00 PB\. Unwatched remain: tape all the time, at full capacity in that figure\.$/,
    );
  });

  test('an invented claim', () => {
    const channels = [border(), onSite('tape', TB / 10n)];
    expect(verdictOf(channels, 5_000n * TB).kind).toBe('notPossible');
    expect(verdictOf(channels, 5_000n * TB, false)).toMatchObject({ kind: 'beyondListed' });
    // Small enough to hide in what is usual: nothing speaks for it, and nothing rules it out.
    const small = verdictOf(channels, 2n * TB);
    expect(small.kind).toBe('nothingUnusual');
    expect(small.headline).toContain('Unwatched remain: tape all the time');
    // Between: it would fit if it were packed.
    expect(verdictOf(channels, 40n * TB, true, 10).kind).toBe('onlyPacked');
  });

  test('blind weeks', () => {
    const blind = (hour: number) => (hour >= (FROM + 7) * HOURS && hour < (FROM + 21) * HOURS ? 0 : 1);
    const inBlind = (hour: number) => (blind(hour) === 0 ? TB : 0n);
    const verdict = verdictOf(
      [border({ watched: blind, stolen: inBlind }), onSite('tape', TB / 10n)],
      336n * TB,
    );
    expect(verdict.kind).toBe('onlyThrough');
    expect(verdict.headline).toContain('Possible only through border');
    expect(verdict.headline).toContain('Unwatched remain: border for 14 days; tape all the time');
  });

  test('what no history judges is not called usual', () => {
    // The border has a history, the link was set up with the window: nobody can say what of it was usual.
    const link = channel('link', { stolen: evenly(5n * TB), watched: (hour) => (inWindow(hour) ? 1 : 0) });
    const verdict = verdictOf([border(), link], 4n * TB);
    expect(verdict.kind).toBe('noHistory');
    expect(verdict.headline).toContain('how much of what went by link was usual');
    expect(verdictOf([border()], 4n * TB).kind).toBe('nothingUnusual');
  });

  test('a channel without capacity leaves it open, and one without a list never closes it', () => {
    const open = channel('disks', { side: 'onSite', statedBytesPerDay: null, watched: () => 0 });
    const verdict = verdictOf([border(), open], 10_000n * TB);
    expect(verdict.kind).toBe('onlyThrough');
    expect(verdict.headline).toContain('Possible only through disks');
    expect(verdictOf([], 1n, false)).toMatchObject({
      kind: 'beyondListed',
      headline: 'Nothing bounds 1 B: weir.yaml lists no such way, and does not declare its list complete.',
    });
  });
});

test('reads by identity are weighed beside the paths, and rule nothing out', () => {
  const reasons = (byPrincipal: { principal: string; bytesRead: bigint }[], unsizedReads = 0) => {
    const [combination] = combinationsOf({
      title: 'P',
      note: undefined,
      packedAtMost: 1,
      statements: [statement({ volume: exactly(10n * TB) })],
    }).all;
    if (!combination) throw new Error('no reading');
    const world = { logsFromDay: 1000, logsToDay: 1100, channels: [border({ stolen: evenly(10n * TB) })] };
    const bounds = boundsOf(evidenceOf(world, combination.window), combination.window, true);
    const reads = { byPrincipal, boundBytes: 0n, unsizedReads };
    const { kind, because } = verdictOn({ combination, bounds, packedAtMost: 1, complete: true, reads });
    expect(kind).toBe('supported');
    return because.at(-1);
  };
  const ann = { principal: 'ann', bytesRead: 12n * TB };
  const bob = { principal: 'bob', bytesRead: 8n * TB };
  expect(reasons([bob, ann])).toBe(
    'Storage logs name 2 identities that read 20.0 TB; most by ann 12.0 TB and bob 8.00 TB. One of them read as much as is claimed.',
  );
  expect(reasons([bob, { ...bob, principal: 'cat' }])).toContain(
    'No single one read as much as is claimed; together they did.',
  );
  expect(reasons([bob], 3)).toContain(
    'At least 2.00 TB of the claim was read without a size, or where no storage log shows it',
  );
});

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
