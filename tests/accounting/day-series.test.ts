import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { openTenants } from '../../src/accounting/attribution/tenants.ts';
import { lastReadWith, loadDays, pairDays } from '../../src/accounting/day-series.ts';
import { daySums } from '../../src/accounting/day-sums.ts';
import { namesRead, openSeries, saveSeries } from '../../src/accounting/series-tables.ts';
import { type Database, openDatabase } from '../../src/ledger/duckdb/database.ts';
import { DAY_FAMILIES, DAY_STATISTICS } from '../../src/records/day-statistics.ts';
import { sqlText } from '../../src/records/sql-text.ts';
import { temporaryFolder } from '../support/ledgers.ts';

/** Days with pauses long enough that pairs are brought up to date, grow old, and are forgotten. */
const OFFSETS = [0, 1, 2, 3, 9, 10, 40, 41, 44, 75, 80, 420, 424, 425, 470, 850, 851];
const CLIPS = [10, 100, 1_000, 10_000];
const TENANTS = [
  { name: 'physics', principals: ['alice', 'bob'] },
  { name: 'maths', principals: ['carol'] },
];
const PRINCIPALS = ['alice', 'bob', 'carol', 'dave', 'unknown'];
const HOST_NAMES = ['', '', '', 'zebra', 'unknown'];
const TEXTS = {
  host: (key: bigint, name: string) => name || `h${key % 3n}`,
  network: (key: bigint, name: string) => ({
    text: name || `n${key % 4n}`,
    as: key % 3n === 0n ? null : `AS${key % 2n}`,
  }),
};

const cell = fc.record({
  offset: fc.constantFrom(...OFFSETS),
  hour: fc.constantFrom(0, 0, 0, 7, 23),
  path: fc.constantFrom('border', 'vpn'),
  host: fc.integer({ min: 0, max: 4 }),
  network: fc.integer({ min: 0, max: 5 }),
  principal: fc.constantFrom(...PRINCIPALS),
  bytes: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 50_000 })),
});
type Cell = typeof cell extends fc.Arbitrary<infer Of> ? Of : never;

/** By family and entity its statistics of a day, plainly. */
type Day = Record<string, number[]>;

/** A slow and plain account of what daySums does. */
function plainly(cells: readonly Cell[], firstDay: number): Day[] {
  const known = new Map<string, { first: number; last: number }>();
  return OFFSETS.map((offset) => {
    const day = firstDay + offset;
    const entries = cells.filter((each) => each.offset === offset).flatMap(entriesOf);
    const statistics: Day = {};
    for (const [, own] of grouped(entries, ({ sum }) => sum)) {
      const [{ entity, pair }] = own as [Entry];
      const bytes = own.reduce((sum, each) => sum + each.bytes, 0);
      const age = day - (known.get(pair)?.first ?? day);
      addTo(statistics, entity, bytes, age);
    }
    for (const [, own] of grouped(entries, ({ entity, hour }) => `${entity}|${hour}`)) {
      const bytes = own.reduce((sum, each) => sum + each.bytes, 0);
      const row = statistics[(own[0] as Entry).entity] as number[];
      row[11] = Math.max(row[11] as number, bytes);
    }
    for (const { pair } of entries) {
      const seen = known.get(pair);
      if (!seen) known.set(pair, { first: day, last: day });
      else if (seen.last < day - 30) seen.last = day;
    }
    if (day % 7 === 0 && entries.length > 0)
      for (const [pair, { last }] of known) if (last < day - 400) known.delete(pair);
    return statistics;
  });
}

interface Entry {
  /** Family and name. */
  readonly entity: string;
  /** What its first day is kept by. */
  readonly pair: string;
  /** Sums that are clipped apart from each other. */
  readonly sum: string;
  readonly hour: number;
  readonly bytes: number;
}

function entriesOf({ hour, path, host, network, principal, bytes }: Cell): Entry[] {
  const hostText = TEXTS.host(BigInt(host), HOST_NAMES[host] as string);
  const { text, as } = TEXTS.network(BigInt(network), '');
  const tenant = TENANTS.find(({ principals }) => principals.includes(principal))?.name;
  const pairs = [
    [`host|${hostText}`, `h${host}`, hostText !== 'unknown'],
    [`network|${text}`, `h${host}`, true],
    [`as|${as}`, `h${host}`, as !== null],
    ['centre|centre', `h${host}`, true],
    [`path|${path}`, `h${host}`, true],
    [`principal|${principal}`, principal, principal !== 'unknown'],
    [`tenant|${tenant}`, `t${tenant}`, tenant !== undefined],
  ] as const;
  return pairs.flatMap(([entity, left, isEntity]) => {
    const pair = `${left}>${network}`;
    return isEntity ? [{ entity, pair, sum: `${entity}>${pair}`, hour, bytes }] : [];
  });
}

function grouped<Item>(items: readonly Item[], by: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
  return groups;
}

function addTo(statistics: Day, entity: string, bytes: number, age: number): void {
  statistics[entity] ??= new Array<number>(DAY_STATISTICS.length).fill(0);
  const row = statistics[entity];
  const clipped = CLIPS.map((clip) => Math.min(bytes, clip));
  const isNovel = age <= 60;
  const more = [
    bytes,
    ...clipped,
    ...clipped.map((each) => (isNovel ? each : 0)),
    age === 0 ? 1 : 0,
    isNovel && age >= 7 ? 1 : 0,
    0,
    0,
  ];
  more.forEach((each, i) => {
    row[i] = (row[i] as number) + each;
  });
  if (age === 0) row[12] = Math.max(row[12] as number, bytes);
}

async function writeCells(db: Database, path: string, cells: readonly Cell[], firstDay: number) {
  const rows = cells.map(
    ({ offset, hour, path: way, host, network, principal, bytes }) =>
      `(${(firstDay + offset) * 24 + hour}::INTEGER, 'egress', '${way}', ${host}::UBIGINT, nullif('${HOST_NAMES[host]}', ''), ${network}::UBIGINT, NULL::VARCHAR, '${principal}', ${bytes}::UBIGINT)`,
  );
  await db.run(
    `COPY (SELECT * FROM (VALUES ${rows.join(', ')}) AS c(hour, kind, path, hostKey, hostName, networkKey, networkName, principal, bytesOut)) TO ${sqlText(path)} (FORMAT parquet)`,
  );
}

/** Reads the days, as many as may be `together`, or one by one, with the tables written and read again now and then. */
async function read(folder: string, cells: readonly Cell[], firstDay: number, together: boolean) {
  const db = await openDatabase({ root: folder, temporary: join(folder, 'engine'), threads: 1 });
  try {
    const file = join(folder, 'cells.parquet');
    await writeCells(db, file, cells, firstDay);
    await openTenants(db, [], { tenants: TENANTS });
    await openSeries(db);
    let names = namesRead();
    const days = new Map<number, Day>();
    const there = [...new Set(cells.map(({ offset }) => firstDay + offset))].sort((a, b) => a - b);
    let toDay = 0;
    for (const fromDay of there) {
      if (fromDay <= toDay) continue;
      toDay = together ? lastReadWith(fromDay) : fromDay;
      await loadDays(db, [file], { fromDay, toDay }, TEXTS);
      const columns = await pairDays(db, { fromDay, toDay }, there.includes(toDay), names);
      const sumsOn = daySums(columns(), { fromDay, toDay }, CLIPS);
      for (let day = fromDay; day <= toDay; day += 1) days.set(day, dayOf(sumsOn(day)));
      if (together || fromDay % 3 > 0) continue;
      await reopen(db, folder);
      names = namesRead();
    }
    return OFFSETS.map((offset) => days.get(firstDay + offset) ?? {});
  } finally {
    db.close();
  }
}

async function reopen(db: Database, folder: string): Promise<void> {
  const path = (name: string) => join(folder, `${name}.parquet`);
  const files = {
    pairs: path('a'),
    principalPairs: path('b'),
    tenantPairs: path('c'),
    hosts: path('d'),
    networks: path('e'),
    principals: path('f'),
  };
  await saveSeries(db, files);
  await openSeries(db, files);
}

function dayOf(tables: ReturnType<ReturnType<typeof daySums>>): Day {
  expect(tables.map(({ family }) => family)).toEqual(DAY_FAMILIES);
  const statistics: Day = {};
  for (const { family, entities, columns } of tables) {
    expect(entities).toEqual([...entities].sort());
    expect(columns).toHaveLength(DAY_STATISTICS.length);
    entities.forEach((entity, i) => {
      statistics[`${family}|${entity}`] = columns.map((column) => column[i] as number);
    });
  }
  return statistics;
}

test.prop([fc.array(cell, { minLength: 30, maxLength: 160 }), fc.integer({ min: 0, max: 6 })], {
  numRuns: 3,
})('a day comes to what its cells say, read alone or with others', async (cells, shift) => {
  const firstDay = 20_000 + shift;
  const wanted = plainly(cells, firstDay);
  expect(await read(temporaryFolder(), cells, firstDay, true)).toEqual(wanted);
  expect(await read(temporaryFolder(), cells, firstDay, false)).toEqual(wanted);
});
