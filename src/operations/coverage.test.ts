import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CoverageRow } from '../accounting/coverage-query.ts';
import { parseFacility } from '../facility/load.ts';
import { coverageOf } from './coverage.ts';

const DAY = 24;
const START = 490_000; // hours since 1970
const FIRST = START - (START % DAY);

const facility = parseFacility(
  `facility: { name: Test }
networks: { inside: [192.0.2.0/24] }
zones: [{ name: disks, kind: storage, networks: [192.0.2.128/25] }, { name: doors, kind: access, networks: [192.0.2.0/28] }]
paths:
  - { name: border, capacityGbps: 100, sensors: [a] }
  - { name: double, capacityGbps: 8, sensors: [b, c] }
  - { name: unsized, sensors: [a] }
sensors:
  - { name: a, files: "a/**", watches: [doors] }
  - { name: b, files: "b/**" }
  - { name: c, files: "c/**" }
`,
  'weir.yaml',
  '/nowhere',
);

interface Shape {
  records?: number;
  reports?: number;
  seen?: number;
  lost?: number;
}

function rowsOf(
  sensor: string,
  hours: readonly number[],
  shape: Shape | ((hour: number) => Shape),
): CoverageRow[] {
  return hours.map((hour) => ({
    sensor,
    hour,
    records: 0,
    reports: 0,
    seen: 0,
    lost: 0,
    ...(typeof shape === 'function' ? shape(hour) : shape),
  }));
}

const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const week = { fromHour: FIRST, toHour: FIRST + 7 * DAY };
const all = hours(week.fromHour, week.toHour);
const others = (except: readonly string[]) =>
  ['a', 'b', 'c']
    .filter((name) => !except.includes(name))
    .flatMap((name) => rowsOf(name, all, { records: 50 }));

describe('coverage of a path', () => {
  it('calls a silent hour of a busy sensor blind and bounds it by the capacity, to the byte', () => {
    const lost = [FIRST + 30, FIRST + 31, FIRST + 32];
    const rows = [
      ...rowsOf(
        'a',
        all.filter((hour) => !lost.includes(hour)),
        { records: 50 },
      ),
      ...others(['a']),
    ];
    const view = coverageOf(rows, facility, week);
    const border = view.paths.find(({ path }) => path === 'border');
    expect(border?.gaps).toEqual([{ fromHour: FIRST + 30, toHour: FIRST + 33, reason: 'no sensor saw it' }]);
    expect(border?.couldHaveBeenBytes).toBe(135_000_000_000_000n);
    expect(view.answer.blindHours).toBe(3);
    expect(view.answer.share).toBeCloseTo(1 - (2 * 3) / (3 * 168), 6);
  });

  it('has no bound where a blind path states no capacity', () => {
    const rows = [
      ...rowsOf(
        'a',
        all.slice(1).filter((hour) => hour !== FIRST + 30),
        { records: 50 },
      ),
      ...others(['a']),
    ];
    const { couldHaveBeen } = coverageOf(rows, facility, week);
    expect(couldHaveBeen.bytes).toBeNull();
    expect(couldHaveBeen.paths.map(({ path, bytes }) => [path, bytes === null])).toEqual([
      ['border', false],
      ['unsized', true],
    ]);
  });

  it('is watched while one of its sensors is', () => {
    const rows = [...rowsOf('b', all.slice(0, 24), { records: 50 }), ...others(['b'])];
    const view = coverageOf(rows, facility, week);
    expect(view.paths.find(({ path }) => path === 'double')?.blindHours).toBe(0);
    expect(view.sensors.find(({ sensor }) => sensor === 'b')?.gaps[0]?.reason).toMatch(
      /^after its last sign/,
    );
  });

  it('is blind when a busy sensor is silent, though a sparse one beside it may be idle', () => {
    const rows = [
      ...rowsOf('a', all, { records: 50 }),
      ...rowsOf(
        'b',
        all.filter((hour) => hour !== FIRST + 40),
        { records: 50 },
      ),
      // Never silent for a day: an empty hour of it says nothing.
      ...rowsOf(
        'c',
        all.filter((hour) => hour % 20 === 0),
        { records: 1 },
      ),
    ];
    const path = coverageOf(rows, facility, week).paths.find((each) => each.path === 'double');
    expect(path?.gaps.map(({ fromHour }) => fromHour - FIRST)).toEqual([40]);
  });

  it('counts the share of an hour that its best sensor lost', () => {
    const loss = (lost: number) => ({ records: 50, reports: 4, seen: 100 - lost, lost });
    const rows = [
      ...rowsOf('a', all, { records: 50 }),
      ...rowsOf('b', all, (hour) => loss(hour === FIRST + 5 ? 50 : 0)),
      ...rowsOf('c', all, (hour) => loss(hour === FIRST + 5 ? 25 : 0)),
    ];
    const path = coverageOf(rows, facility, week).paths.find((each) => each.path === 'double');
    expect(path?.blindHours).toBe(0.25);
    expect(path?.couldHaveBeenBytes).toBe(900_000_000_000n);
    expect(path?.gaps).toEqual([]);
  });

  it('is blind all the time when its sensors never gave a sign', () => {
    const view = coverageOf(others(['b', 'c']), facility, week);
    expect(view.paths.find(({ path }) => path === 'double')?.share).toBe(0);
    expect(view.answer.because).toContain('sensor b never gave a sign');
  });

  it('says nothing of the time before the first and after the last sign of all', () => {
    const view = coverageOf(others([]), facility, { fromHour: FIRST - 48, toHour: week.toHour + 24 });
    expect(view.span).toEqual(week);
    expect(view.answer.share).toBe(1);
    expect(view.answer.because).toHaveLength(2);
    expect(coverageOf([], facility, week).answer).toMatchObject({ blindHours: 0 });
  });

  it('names zones that no sensor watches', () => {
    expect(coverageOf([], facility, week).unwatchedZones).toEqual(['disks']);
  });
});

describe('silence of a sensor', () => {
  const gapsWith = (rows: CoverageRow[]) =>
    coverageOf([...rows, ...others(['a'])], facility, week).sensors.find(({ sensor }) => sensor === 'a')
      ?.gaps ?? [];

  it('is plausible where few records are usual', () => {
    expect(
      gapsWith(
        rowsOf(
          'a',
          all.filter((hour) => hour % 3 === 0),
          { records: 4 },
        ),
      ),
    ).toEqual([]);
  });

  it('is plausible at night when every night is silent, and blind by day', () => {
    const day = all.filter((hour) => hour % DAY >= 8 && hour % DAY < 20 && hour !== FIRST + 2 * DAY + 12);
    const gaps = gapsWith(rowsOf('a', day, { records: 50 }));
    expect(gaps.map(({ fromHour, toHour }) => [fromHour - FIRST, toHour - FIRST])).toEqual([[60, 61]]);
  });

  it('is blind for days on end, however long it lasts', () => {
    const gaps = gapsWith(rowsOf('a', [...all.slice(0, 24), ...all.slice(144)], { records: 50 }));
    expect(gaps.map(({ fromHour, toHour }) => [fromHour - FIRST, toHour - FIRST])).toEqual([[24, 144]]);
  });

  it('is never plausible of a sensor that reports on itself', () => {
    const gaps = gapsWith(
      rowsOf(
        'a',
        all.filter((hour) => hour !== FIRST + 100),
        { reports: 1, seen: 9 },
      ),
    );
    expect(gaps.map(({ fromHour }) => fromHour - FIRST)).toEqual([100]);
  });
});

it('never counts less than the seen hours as seen, and never more than the window as blind', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 167 })),
      fc.integer({ min: 1, max: 20 }),
      (seen, records) => {
        const rows = [
          ...rowsOf(
            'a',
            seen.map((hour) => FIRST + hour),
            { records },
          ),
          ...others(['a']),
        ];
        const view = coverageOf(rows, facility, week);
        const [border] = view.paths;
        expect(border?.blindHours).toBeLessThanOrEqual(168 - seen.length);
        expect(view.answer.share).toBeGreaterThanOrEqual(0);
        for (const hour of seen) expect(view.sensors[0]?.unseenIn(FIRST + hour)).toBe(0);
      },
    ),
  );
});
