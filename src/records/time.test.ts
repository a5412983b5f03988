import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayOfMicros, formatDay, formatHour, formatMicros, MICROS_PER_DAY, parseDay } from './time.ts';

test('a day reads back from its date, leap days included', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 80_000 }), (day) => {
      expect(parseDay(formatDay(day))).toBe(day);
    }),
  );
  expect(parseDay('2024-02-29')).toBe(19_782);
});

test('what is no date is none', () => {
  for (const text of ['2026-02-30', '2026-13-01', '2026-1-1', 'today', '', '2026-03-01T10:00:00+01:00']) {
    expect(parseDay(text)).toBeUndefined();
  }
});

test('instants are UTC, with microseconds only where there are any', () => {
  expect(formatMicros(0)).toBe('1970-01-01T00:00:00Z');
  expect(formatMicros(1_772_359_200_123_456)).toBe('2026-03-01T10:00:00.123456Z');
  expect(formatMicros(1_772_359_200_000_001)).toBe('2026-03-01T10:00:00.000001Z');
  expect(formatHour(492_322)).toBe('2026-03-01T10:00:00Z');
});

test('the day of an instant begins at midnight UTC', () => {
  expect(dayOfMicros(20_513 * MICROS_PER_DAY)).toBe(20_513);
  expect(dayOfMicros(20_513 * MICROS_PER_DAY - 1)).toBe(20_512);
});
