import { expect, test } from 'vitest';
import { ConfigurationError } from '../errors.ts';
import { parseDay } from '../records/time.ts';
import { parseClaim } from './claim.ts';
import { combinationsOf } from './combinations.ts';
import { contradictionsIn } from './contradictions.ts';
import { assessedWindow } from './window.ts';

const day = (text: string) => parseDay(text) ?? Number.NaN;

/** Returns a claim of statements in flow style, one per line. */
function claim(...statements: string[]) {
  return parseClaim(
    `title: Test\nstatements:\n${statements.map((each) => `  - ${each}\n`).join('')}`,
    'claim.yaml',
  );
}

function complaints(text: string): string[] {
  try {
    parseClaim(text, 'claim.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const SIX_MONTHS =
  '{ id: a, source: { who: X, saidOn: 2026-04-08 }, window: { lastedDays: { least: 170, most: 190 } } }';
const NINE_WEEKS =
  '{ id: b, source: { who: Y, saidOn: 2026-04-08 }, window: { from: { earliest: 2026-02-01, latest: 2026-02-10 }, to: 2026-04-08 } }';

test('volumes, days and channels are read in every form, exactly', () => {
  const read = claim(
    '{ id: a, source: { who: X, saidOn: 2026-03-18, url: "https://example.org/a" }, volume: { moreThan: 10PB }, channel: remote }',
    '{ id: b, source: { who: Y, saidOn: 2026-03-18 }, asOf: 2026-02-06, volume: 1.5TB, channel: { name: vpn } }',
    '{ id: c, source: { who: Z, saidOn: 2026-03-18 }, volume: { least: 1TB, most: 2TB }, window: { from: 2026-02-01, lastedDays: 7 } }',
  );
  expect(read.packedAtMost).toBe(10);
  expect(read.statements).toMatchObject([
    { asOfDay: day('2026-03-18'), volume: { least: 10n ** 16n, most: null }, channel: { kind: 'remote' } },
    {
      asOfDay: day('2026-02-06'),
      volume: { least: 15n * 10n ** 11n, most: 15n * 10n ** 11n },
      channel: { kind: 'named', name: 'vpn' },
    },
    {
      volume: { least: 10n ** 12n, most: 2n * 10n ** 12n },
      window: { from: { earliest: day('2026-02-01') }, lastedDays: { least: 7, most: 7 } },
    },
  ]);
});

test('every mistake is named with its place and what to do', () => {
  const text = `title: T
statements:
  - id: a
    source: { who: X, saidOn: 8 April, url: "javascript:alert(1)" }
    volume: much
    channell: remote
  - id: a
    source: { who: Y, saidOn: 2026-04-08 }
    window: { from: 2026-04-09, to: 2026-04-08 }
`;
  expect(complaints(text)).toEqual([
    'claim.yaml:4:31 statements[0].source.saidOn: "8 April" is no date: write YYYY-MM-DD',
    'claim.yaml:4:45 statements[0].source.url: must be an http or https address',
    expect.stringContaining('claim.yaml:5:13 statements[0].volume: "much" is no byte count'),
    'claim.yaml:6:5 statements[0].channell: unknown key; did you mean channel?',
    expect.stringContaining('claim.yaml:9:13 statements[1].window: must not end before it begins'),
  ]);
  expect(
    complaints(`title: T\nstatements: [${'{ id: a, source: { who: X, saidOn: 2026-04-08 } },'.repeat(2)}]`),
  ).toEqual([expect.stringContaining('statements[1].id: the id a is taken already')]);
  const volume = (text: string) =>
    complaints(
      `title: T\nstatements:\n  - { id: a, source: { who: X, saidOn: 2026-04-08 }, volume: ${text} }\n`,
    );
  expect(volume('{ morethan: 10PB }')).toEqual([
    expect.stringContaining('statements[0].volume.moreThan: is missing; add it'),
    'claim.yaml:3:64 statements[0].volume.morethan: unknown key; did you mean moreThan?',
  ]);
  expect(volume('{ least: 2TB, most: 1TB }')).toEqual([
    'claim.yaml:3:62 statements[0].volume: `least` must not be above `most`',
  ]);
  expect(complaints('')[0]).toContain('title: is missing');
  expect(complaints('title: [')[0]).toContain('not valid YAML');
  expect(
    complaints(
      `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]`,
    )[0],
  ).toContain('alias');
});

test('a window is the widest that was said, and ends when its loss was already claimed', () => {
  const [a, b] = [day('2026-02-01'), day('2026-02-10')];
  const asOf = day('2026-04-08');
  const stated = {
    from: { earliest: a, latest: b },
    to: { earliest: asOf, latest: asOf },
    lastedDays: undefined,
  };
  expect(assessedWindow(stated, asOf)).toEqual({
    fromDay: a,
    toDay: asOf + 1,
    leastDays: asOf + 1 - b,
    mostDays: asOf + 1 - a,
  });
  expect(assessedWindow(stated, day('2026-03-13'))).toMatchObject({ toDay: day('2026-03-14'), mostDays: 41 });
  expect(assessedWindow(stated, day('2026-01-31'))).toBeUndefined();
  const lasted = { from: undefined, to: undefined, lastedDays: { least: 170, most: 190 } };
  expect(assessedWindow(lasted, asOf)).toEqual({
    fromDay: null,
    toDay: asOf + 1,
    leastDays: 170,
    mostDays: 190,
  });
  // It ended at the earliest on a day, so it began at the earliest so many days before.
  expect(assessedWindow({ ...lasted, to: { earliest: b, latest: asOf } }, asOf)?.fromDay).toBe(b + 1 - 190);
  expect(assessedWindow({ ...lasted, from: { earliest: a, latest: b } }, 40_000)?.toDay).toBe(b + 190);
  expect(assessedWindow(undefined, asOf)).toMatchObject({ fromDay: null, mostDays: null });
});

test('statements are combined with each other, what one of them said whole first', () => {
  const { all, impossible } = combinationsOf(
    claim(
      '{ id: big, source: { who: X, saidOn: 2026-03-18 }, volume: { moreThan: 10PB } }',
      '{ id: small, source: { who: Y, saidOn: 2026-04-08 }, volume: 10TB, window: { from: 2026-04-01, to: 2026-04-07 }, channel: onSite }',
      NINE_WEEKS,
    ),
  );
  expect(all.map(({ statements, asSaid, channel }) => [statements.join('+'), channel.kind, asSaid])).toEqual([
    ['small', 'onSite', true],
    ['big+b', 'unknown', false],
    ['big+b+small', 'onSite', false],
    ['small', 'unknown', false],
    ['small+b', 'unknown', false],
    ['small+b', 'onSite', false],
  ]);
  // More than 10 PB were said to be gone on 18 March; a window that begins in April leaves them no time.
  expect(impossible).toEqual([{ volume: 'big', window: 'small' }]);
  expect(all[1]?.window.toDay).toBe(day('2026-03-19'));
});

test('contradictions are found in volume, duration, days, order and channel, and only there', () => {
  const found = contradictionsIn(
    claim(
      SIX_MONTHS.replace('id: a', 'id: a, channel: remote'),
      NINE_WEEKS.replace('id: b', 'id: b, channel: onSite'),
      '{ id: early, source: { who: Z, saidOn: 2026-01-01 }, volume: { moreThan: 10PB } }',
      '{ id: less, source: { who: Z, saidOn: 2026-04-09 }, volume: 10TB }',
    ),
  );
  expect(found.map(({ between, about }) => [...between, about])).toEqual([
    ['a', 'b', 'duration'],
    ['a', 'b', 'channel'],
    ['early', 'b', 'order'],
    ['early', 'less', 'volume'],
  ]);
  expect(found[0]?.sentence).toBe('a says it took 170 to 190 days, b 58 to 67 days.');
  expect(found[3]?.sentence).toBe('early says more than 10.0 PB, less 10.0 TB: 1,000 times apart.');
  expect(contradictionsIn(claim(NINE_WEEKS, SIX_MONTHS)).map(({ about }) => about)).toEqual(['duration']);
  // What is claimed on the day on which it is said to have begun can have left by then.
  const early = (saidOn: string) =>
    contradictionsIn(
      claim(NINE_WEEKS, `{ id: e, source: { who: Z, saidOn: ${saidOn} }, volume: { moreThan: 10PB } }`),
    );
  expect(early('2026-02-01')).toEqual([]);
  expect(early('2026-01-31').map(({ about }) => about)).toEqual(['order']);
  expect(
    contradictionsIn(claim(SIX_MONTHS, '{ id: c, source: { who: Y, saidOn: 2026-04-08 }, volume: 1TB }')),
  ).toEqual([]);
});
