import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay } from '../../records/time.ts';
import { coverageMap } from './coverage-map.ts';
import { safeJson, safeText } from './safe-text.ts';
import { renderTable, widthOf } from './table.ts';
import { formatBytes, formatInstant, formatInterval, formatShare } from './units.ts';

describe('units', () => {
  it('writes three significant digits with an SI unit', () => {
    expect(
      ['0', '999', '1000', '12345678', '999499', '999500', '1000000000000000000000'].map(formatBytes),
    ).toEqual(['0 B', '999 B', '1.00 kB', '12.3 MB', '999 kB', '1.00 MB', '1000 EB']);
  });

  it('is never further off than half of the last digit', () => {
    const sizes = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        const [value = '', unit = ''] = formatBytes(BigInt(bytes)).split(' ');
        const size = Object.entries(sizes).find(([name]) => name === unit)?.[1] ?? 0;
        expect(Math.abs(Number(value) * size - bytes)).toBeLessThanOrEqual(0.00501 * bytes);
        expect(Number(value)).toBeLessThan(1000);
      }),
    );
  });

  it('writes an interval in the unit of its larger end, and none where it is exact', () => {
    expect(
      formatInterval({ low: '12100000000000', estimate: '12300000000000', high: '12900000000000' }),
    ).toBe('12.3 TB [12.1–12.9]');
    expect(formatInterval({ low: '5000', estimate: '5000', high: '5000' })).toBe('5.00 kB');
    expect(formatInterval({ low: '0', estimate: '0', high: '2780000000000' })).toBe('0.00 TB [0.00–2.78]');
  });

  it('never rounds a share to a whole or to nothing', () => {
    expect([1, 0.99996, 0.5, 0.00001, 0].map(formatShare)).toEqual([
      '100 %',
      '> 99.9 %',
      '50 %',
      '< 0.01 %',
      '0 %',
    ]);
  });

  it('leaves fractions of a second out of instants', () => {
    expect(formatInstant('2026-03-01T07:00:00.123456Z')).toBe('2026-03-01 07:00:00');
    expect(formatInstant(null)).toBe('-');
  });
});

describe('text from logs', () => {
  it('keeps no character that acts on a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029\u200b\ufeff]/u);
      }),
    );
    expect(safeText('a\u001b[31m\u009b\u202e示例')).toBe('a\\x1b[31m\\x9b\\u{202e}示例');
  });

  it('stands in JSON for exactly the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = safeJson({ text });
        expect(JSON.parse(json)).toEqual({ text });
        expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029\u200b\ufeff]/u);
      }),
    );
  });
});

describe('tables', () => {
  it('line up, wide characters counted as two', () => {
    const text = renderTable(
      [{ title: 'NAME' }, { title: 'OUT', align: 'right' }],
      [
        ['示例', '1 B'],
        ['plain', '999 kB'],
      ],
    );
    expect(text).toBe('NAME      OUT\n示例      1 B\nplain  999 kB\n');
  });

  it('cut long cells in the middle, unless told to keep them whole', () => {
    const long = `begin${'x'.repeat(200)}end`;
    const [, cut = ''] = renderTable([{ title: '' }], [[long]]).split('\n');
    expect(widthOf(cut)).toBeLessThanOrEqual(64);
    expect(cut).toMatch(/^begin.*…x*end$/);
    expect(renderTable([{ title: '', whole: true }], [[long]])).toContain(long);
  });

  it('never break a row in two, whatever a cell holds', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), (cells) => {
        expect(
          renderTable(
            [{ title: 'A' }, { title: 'B' }],
            cells.map((cell) => [cell, 'b']),
          ).split('\n'),
        ).toHaveLength(cells.length + 2);
      }),
    );
  });
});

it('the map of coverage: a mark a day by its share, the worst of several days where they are many', () => {
  const sensor = (name: string, shares: readonly number[]) => ({
    sensor: name,
    paths: ['border'],
    firstSeen: null,
    lastSeen: null,
    records: 1,
    hoursSeen: 1,
    hoursMissing: 0,
    captureLossShare: null,
    gaps: [],
    days: shares.map((share, index) => ({ day: formatDay(20_000 + index), share })),
  });
  const few = coverageMap([
    sensor('a', [1, 0.95, 0.5, 0.1, 0]),
    { ...sensor('dhcp', [0, 0, 0, 0, 0]), paths: [], hoursSeen: 0 },
    sensor('\u001b[31mlong', [1, 1, 1, 1, 1]),
  ]).split('\n');
  expect(few[0]).toContain('a mark a day');
  expect(few[1]?.trim().split(/ +/)).toEqual(['a', '█▓▒░·']);
  expect(few[2]).not.toContain('\u001b');
  expect(few[2]).toMatch(/█████$/);
  expect(few.length).toBe(4);
  const many = coverageMap([
    sensor(
      'a',
      Array.from({ length: 100 }, (_, day) => (day === 3 ? 0 : 1)),
    ),
  ]).split('\n');
  expect(many[0]).toContain('a mark for 2 days');
  expect(many[1]?.trim()).toBe(`a  █·${'█'.repeat(48)}`);
  expect(coverageMap([])).toBe('');
});
