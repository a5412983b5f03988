import { expect, it } from 'vitest';
import type { CoverageRow } from '../accounting/coverage-query.ts';
import { parseFacility } from '../facility/load.ts';
import { coverageOf } from './coverage.ts';

const FIRST = 490_008; // the first hour of a day, since 1970
const all = Array.from({ length: 168 }, (_, index) => FIRST + index);
const week = { fromHour: FIRST, toHour: FIRST + 168 };

const facility = (paths: string, more = '') =>
  parseFacility(
    `facility: { name: Test }\nnetworks: { inside: [192.0.2.0/24] }\n${paths}\n${more}`,
    'weir.yaml',
    '/nowhere',
  );

/** Ready-made cells alone, by ways that a column names. */
const ONLY_SERIES = `facility: { name: Test }
mappings: [{ name: b, files: "**", time: t, per: hour, host: h, bytesOut: b, path: way }]
`;

const sign = (sensor: string, hour: number, given: Partial<CoverageRow> = {}): CoverageRow => ({
  sensor,
  hour,
  records: 50,
  reports: 0,
  seen: 0,
  lost: 0,
  ...given,
});
const signs = (sensor: string, hours = all) => hours.map((hour) => sign(sensor, hour));
const without = (...hours: number[]) => all.filter((hour) => !hours.includes(hour - FIRST));

it('of a window before all signs nothing is known, whatever watches', () => {
  const centre = facility(
    'paths: [{ name: border, sensors: [a] }, { name: back }]\nsensors: [{ name: a, files: "a/**" }]',
  );
  const view = coverageOf(signs('a'), centre, { fromHour: FIRST - 48, toHour: FIRST - 24 });
  expect(view.span).toEqual({ fromHour: FIRST - 24, toHour: FIRST - 24 });
  expect(view.answer).toEqual({
    share: 0,
    blindHours: 0,
    because: ['no sensor gave a sign in this window', 'path back: no sensor watches it'],
  });
  expect(view.paths.map(({ share }) => share)).toEqual([1, 0]);
});

it('a path that nothing watches is blind all the time, and says why', () => {
  const centre = facility(
    'paths: [{ name: border, sensors: [a] }, { name: back }]\nsensors: [{ name: a, files: "a/**" }]',
  );
  const [, back] = coverageOf(signs('a'), centre, week).paths;
  expect(back).toMatchObject({ blindHours: 168, share: 0 });
  expect(back?.gaps).toEqual([{ ...week, reason: 'no sensor watches it' }]);
});

it('ready-made cells watch the path they name, or, where a column names it, those that nothing else watches', () => {
  const centre = facility(
    'paths: [{ name: border, sensors: [a] }, { name: tape }, { name: portal }]\nsensors: [{ name: a, files: "a/**" }]',
    `mappings:
  - { name: fixed, files: "f*", time: t, per: hour, host: h, bytesOut: b, path: { value: border } }
  - { name: named, files: "n*", time: t, per: hour, host: h, bytesOut: b, path: way }`,
  );
  const { paths } = coverageOf([...signs('a'), ...signs('fixed'), ...signs('named')], centre, week);
  expect(paths.map(({ path, sensors }) => [path, sensors])).toEqual([
    ['border', ['a', 'fixed']],
    ['tape', ['named']],
    ['portal', ['named']],
  ]);
});

it('without any path stated all that was imported watches one, and nothing watches none', () => {
  const centre = parseFacility(ONLY_SERIES, 'weir.yaml', '/nowhere');
  const { paths } = coverageOf([...signs('b'), ...signs('a')], centre, week);
  expect(paths.map(({ path, sensors }) => [path, sensors])).toEqual([['all', ['a', 'b']]]);
  expect(coverageOf([], centre, week).paths).toEqual([]);
});

it('of sensors that watch no path the answer says nothing', () => {
  const centre = facility(
    'paths: [{ name: border, sensors: [a] }]\nsensors: [{ name: a, files: "a/**" }, { name: d, files: "d/**" }]',
  );
  expect(coverageOf(signs('a'), centre, week).answer.because).toEqual([]);
});

it('what counters leave bounds the unseen where it is less than the capacity, and where there is none', () => {
  const centre = facility(
    'paths: [{ name: border, capacityGbps: 100, sensors: [a] }, { name: unsized, sensors: [a] }]\nsensors: [{ name: a, files: "a/**" }]',
  );
  const rows = signs('a', without(30, 31, 32));
  const mostOf = (counted: bigint | undefined) =>
    coverageOf(rows, centre, week, (path, hour) =>
      hour - FIRST >= 30 && hour - FIRST <= 32 && path !== '' ? counted : undefined,
    ).paths.map(({ couldHaveBeenBytes }) => couldHaveBeenBytes);
  expect(mostOf(5n)).toEqual([15n, 15n]);
  expect(mostOf(10n ** 15n)).toEqual([135_000_000_000_000n, 3n * 10n ** 15n]);
  expect(mostOf(undefined)).toEqual([135_000_000_000_000n, null]);
});

it('the most that fits into a share of an hour is never rounded below it', () => {
  const mostWith = (capacityGbps: number, seen: number, lost: number) => {
    const centre = facility(
      `paths: [{ name: border, capacityGbps: ${capacityGbps}, sensors: [a] }]\nsensors: [{ name: a, files: "a/**" }]`,
    );
    const rows = all.map((hour) => sign('a', hour, hour === FIRST + 5 ? { reports: 1, seen, lost } : {}));
    return coverageOf(rows, centre, week).paths[0]?.couldHaveBeenBytes ?? -1n;
  };
  // Two thirds of an hour at 8 Gbit/s are 2.4 TB, a thousandth of it at 1 bit/s is less than a byte.
  expect(mostWith(8, 1, 2) >= 2_400_000_000_000n).toBe(true);
  expect(mostWith(8, 1, 2) < 2_400_000_010_000n).toBe(true);
  expect(mostWith(1e-9, 999, 1)).toBe(1n);
});
