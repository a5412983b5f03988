import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  daysBetween,
  daysOfWindow,
  formatBytes,
  formatCount,
  formatExactBytes,
  formatInstant,
  formatRange,
  formatShare,
  formatSpan,
} from './format.ts';

const plain = (text: string | undefined) => text?.replace(/[\u202f\u00a0]/g, ' ');
const SIZE: Record<string, number> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  EB: 1e18,
  ZB: 1e21,
};
const read = (text: string) => {
  const [value, unit] = text.split('\u00a0');
  return Number(value) * (SIZE[unit ?? ''] ?? Number.NaN);
};

describe('formatBytes', () => {
  it.each([
    ['0', '0 B'],
    ['999', '999 B'],
    ['1000', '1.00 kB'],
    ['624602', '625 kB'],
    ['999499', '999 kB'],
    ['999500', '1.00 MB'],
    ['99950000', '100 MB'],
    ['9995000', '10.0 MB'],
    ['45000000000000', '45.0 TB'],
    ['10000000000000000', '10.0 PB'],
    ['-1500', '-1.50 kB'],
  ])('%s is %s', (bytes, text) => {
    expect(plain(formatBytes(bytes))).toBe(text);
  });

  it('keeps three digits of every count', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1000n, max: 10n ** 23n }), (bytes) => {
        const text = formatBytes(bytes);
        expect(Math.abs(read(text) / Number(bytes) - 1)).toBeLessThanOrEqual(0.0051);
        expect(text.replace(/[^\d]/g, '').length).toBeLessThanOrEqual(3);
      }),
    );
  });

  it('never orders two counts the wrong way round', () => {
    const count = fc.bigInt({ min: 0n, max: 10n ** 20n });
    fc.assert(
      fc.property(count, count, (a, b) => {
        if (a <= b) expect(read(formatBytes(a))).toBeLessThanOrEqual(read(formatBytes(b)));
      }),
    );
  });

  it('can show every digit', () => {
    expect(plain(formatExactBytes('9007199254740993'))).toBe('9 007 199 254 740 993 B');
  });
});

describe('formatRange', () => {
  it.each([
    ['6410000000000', '8030000000000', '6.41 to 8.03 TB'],
    ['810000000000', '1200000000000', '810 GB to 1.20 TB'],
    ['0', '1200000000000', '0 to 1.20 TB'],
  ])('%s to %s is %s', (low, high, text) => {
    expect(plain(formatRange({ low, estimate: high, high }))).toBe(text);
  });

  it('says nothing where the count is exact', () => {
    expect(formatRange({ low: '5', estimate: '5', high: '5' })).toBeUndefined();
    expect(plain(formatRange({ low: '5', estimate: '5', high: '6' }))).toBe('5 to 6 B');
  });
});

describe('formatShare', () => {
  it.each([
    [0, '0 %'],
    [0.00001, '< 0.01 %'],
    [0.0119, '1.2 %'],
    [0.968, '96.8 %'],
    [0.9931, '99.31 %'],
    [0.99999, '> 99.99 %'],
    [1, '100 %'],
  ])('%d is %s', (share, text) => {
    expect(plain(formatShare(share))).toBe(text);
  });

  it('says 0 % and 100 % of nothing and of all alone', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true, maxExcluded: true }),
        (share) => {
          expect(plain(formatShare(share))).not.toMatch(/^(0(\.0+)?|100(\.0+)?) %$/);
        },
      ),
    );
  });
});

describe('days', () => {
  it('counts the days of a window without its end', () => {
    expect(daysOfWindow({ from: '2026-02-27T00:00:00Z', to: '2026-03-02T00:00:00Z' })).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
    ]);
    expect(daysOfWindow({ from: '2026-02-27T13:00:00Z', to: '2026-02-28T01:00:00Z' })).toEqual([
      '2026-02-27',
      '2026-02-28',
    ]);
  });

  it('measures between days and instants', () => {
    expect(daysBetween('2026-02-11', '2026-02-20T12:00:00Z')).toBe(9.5);
    expect(formatSpan(9.5)).toBe('10 days');
    expect(formatSpan(9 / 24)).toBe('9 hours');
    expect(formatCount(1, 'host')).toBe('1 host');
    expect(formatInstant('2026-02-20T02:10:00Z')).toBe('2026-02-20 02:10 UTC');
  });
});
