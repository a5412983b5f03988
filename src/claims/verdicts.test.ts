import { describe, expect, test } from 'vitest';
import { boundsOf } from './bounds.ts';
import { combinationsOf } from './combinations.ts';
import { exactly, FROM, HOURS, statement, TO, verdictsOn } from './test-verdicts.ts';
import { evidenceOf, type WorldChannel } from './test-world.ts';
import type { Verdict } from './verdict.ts';
import { verdictOn } from './verdicts.ts';

const TB = 10n ** 12n;

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
