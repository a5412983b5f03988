import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsOf, type ChannelEvidence } from './bounds.ts';
import { type Picture, pictureOf } from './picture.ts';
import { pictureSvg } from './picture-svg.ts';

const TB = 10n ** 12n;
const WINDOW = { fromDay: 100, toDay: 130, leastDays: 30, mostDays: 30 };

function evidence(given: Partial<ChannelEvidence>): ChannelEvidence {
  const nothing = { low: 0n, estimate: 0n, high: 0n };
  return {
    name: 'border',
    side: 'remote',
    kind: 'border',
    capacityBytesPerDay: 100n * TB,
    seen: nothing,
    unseenHours: 0,
    unseenBytes: 0n,
    expected: null,
    because: [],
    ...given,
  };
}

function picture(title: string, channels: readonly ChannelEvidence[], claimed: readonly bigint[]): Picture {
  const volumes = claimed.map((least, index) => ({ id: `${title}${index}`, volume: { least, most: null } }));
  return pictureOf(title, boundsOf(channels, WINDOW, false), volumes, 10);
}

const seen = { low: 30n * TB, estimate: 31n * TB, high: 32n * TB };
const expected = { low: 9n * TB, estimate: 10n * TB, high: 11n * TB };

test('bars lie on one logarithmic axis: ten times as much is one decade further', () => {
  const { bars, ticks, claimedAt } = picture(
    'P',
    [evidence({ seen, expected, unseenBytes: 0n })],
    [100n * TB, 1000n * TB],
  );
  const decade = (ticks[1]?.at ?? 0) - (ticks[0]?.at ?? 0);
  const claimed = bars.filter(({ group }) => group === 'claimed');
  expect((claimed[1]?.from ?? 0) - (claimed[0]?.from ?? 0)).toBeCloseTo(decade, 9);
  expect(claimed.every(({ open, to }) => open && to === 1)).toBe(true);
  expect(claimedAt).toBe(claimed[1]?.from);
  const carried = bars.find(({ group }) => group === 'carried');
  expect(carried?.text).toBe('31.0 TB, unexplained 21.0 TB (19.0 TB to 23.0 TB)');
  expect(carried?.markTo).toBeLessThan(carried?.to ?? 0);
  expect(
    bars.filter(({ group }) => group === 'possible').map(({ label, text }) => `${label} ${text}`),
  ).toEqual(['border at most 32.0 TB', 'all remote at most 32.0 TB']);
});

test('places stay on the axis whatever the amounts, and no bound is an open end', () => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 22n });
  fc.assert(
    fc.property(
      fc.array(amount, { minLength: 1, maxLength: 4 }),
      amount,
      fc.boolean(),
      (claimed, high, bounded) => {
        const found = picture(
          'P',
          [
            evidence({
              seen: { low: 0n, estimate: high, high },
              unseenBytes: bounded ? 0n : null,
              capacityBytesPerDay: null,
            }),
          ],
          claimed,
        );
        for (const { from, to, open, group, label } of found.bars) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(1);
          if (group === 'possible' && label === 'border') expect(open).toBe(!bounded);
        }
        expect(found.ticks.length).toBeGreaterThan(3);
      },
    ),
    { numRuns: 200 },
  );
});

/** What XML 1.0 cannot hold. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Returns the texts of an XML document; throws where a tag does not close, an attribute is bare or a character is forbidden. */
function textsOf(xml: string): string[] {
  const open: string[] = [];
  const texts: string[] = [];
  let at = 0;
  for (const match of xml.matchAll(/<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>/g)) {
    if (/ (?:on\w*|href|style|src)=/.test(match[3] ?? '')) throw new Error(`acts: ${match[0]}`);
    const between = xml.slice(at, match.index);
    if (/[<>]/.test(between) || /&(?!(?:amp|lt|gt|quot|apos);)/.test(between + match[3]))
      throw new Error(`raw markup: ${between}`);
    if (between.trim() !== '')
      texts.push(
        between
          .replace(/&lt;/g, '<')
          .replace(/&gt;/g, '>')
          .replace(/&quot;/g, '"')
          .replace(/&apos;/g, "'")
          .replace(/&amp;/g, '&'),
      );
    at = match.index + match[0].length;
    if (match[1] === '/') {
      if (open.pop() !== match[2]) throw new Error(`</${match[2]}> closes nothing`);
    } else if (match[4] !== '/') open.push(match[2] ?? '');
  }
  if (open.length > 0 || xml.slice(at).trim() !== '') throw new Error(`open to the end: ${open.join(' ')}`);
  return texts;
}

test('the SVG is well-formed, tells all in its description, and holds hostile text as text', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"/><image href="x"',
      ']]>&amp;',
      '\u202eabc',
      '\u0000\u0008\ufffe',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  );
  fc.assert(
    fc.property(hostile, hostile, (title, name) => {
      const drawn = pictureSvg(picture(title, [evidence({ name, seen, expected })], [100n * TB]));
      expect(drawn).not.toMatch(/<(?!\/?(?:svg|title|desc|style|rect|text|line|path|g)\b)/);
      expect(FORBIDDEN.test(drawn)).toBe(false);
      textsOf(drawn);
    }),
    { numRuns: 150 },
  );
  const texts = textsOf(
    pictureSvg(picture('A & B', [evidence({ name: '示例', seen, expected })], [100n * TB])),
  );
  expect(texts).toContain('A & B');
  expect(texts.find((text) => text.startsWith('1970-04-11 to 1970-05-10'))).toContain(
    'possible: 示例 at most 32.0 TB',
  );
});
