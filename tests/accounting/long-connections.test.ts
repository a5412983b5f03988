import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sumOf, testLedger } from '../support/ledgers.ts';
import { conn, micros, zeekNdjson, zeekTsv } from '../support/zeek-text.ts';

/** What has passed after t of d seconds, straight from the design: the reference for every split. */
function passed(bytes: bigint, t: bigint, d: bigint): bigint {
  const at = t < 0n ? 0n : t > d ? d : t;
  return (bytes / d) * at + ((bytes % d) * at) / d;
}

/** A path's capacity is a bound (rule 5). */
function least(a: bigint, b: bigint): bigint {
  return a <= b ? a : b;
}

/** Splits the bytes of one interval (microseconds) over hours since 1970. */
function hoursOf(sinceMicros: number, untilMicros: number, bytes: bigint): Map<number, bigint> {
  const since = BigInt(Math.floor(sinceMicros / 1e6));
  const until = BigInt(Math.floor(untilMicros / 1e6));
  const hours = new Map<number, bigint>();
  if (until === since) return hours.set(Number(since / 3600n), bytes);
  for (let hour = since / 3600n; hour * 3600n < until; hour += 1n) {
    const from = passed(bytes, hour * 3600n - since, until - since);
    const to = passed(bytes, (hour + 1n) * 3600n - since, until - since);
    hours.set(Number(hour), to - from);
  }
  return hours;
}

test('rule 4: F(t) places every interval by whole seconds, and hours sum exactly to its bytes', async () => {
  const interval = fc.record({
    startedAt: fc.integer({ min: micros('2026-03-01T00:00:00Z'), max: micros('2026-03-03T00:00:00Z') }),
    lastsMicros: fc.oneof(
      fc.integer({ min: 0, max: 5_000_000 }),
      fc.integer({ min: 0, max: 3_700_000_000 }),
      fc.integer({ min: 3_590_000_000, max: 3_600_000_000 }),
      fc.integer({ min: 0, max: 100_000_000_000 }),
    ),
    sent: fc.oneof(
      fc.bigInt({ min: 0n, max: 20n }),
      fc.bigInt({ min: 0n, max: 10_000_000n }),
      fc.bigInt({ min: 0n, max: (1n << 53n) - 1n }),
    ),
    got: fc.bigInt({ min: 0n, max: 1_000_000n }),
  });
  const cases = fc.sample(interval, { numRuns: 400, seed: 4 });
  const ledger = testLedger('facility: { name: T }\nnetworks: { inside: [10.0.0.0/8] }');
  const hostOf = (index: number) => `10.0.${index >> 8}.${index & 255}`;
  const rows = cases.map(({ startedAt, lastsMicros, sent, got }, index) =>
    conn({ at: startedAt, lasts: lastsMicros / 1e6, from: `${hostOf(index)} 40000`, sent, got }),
  );
  await ledger.importFiles({ 'conn.log': zeekTsv(rows) });
  const cells = await ledger.cells();
  const capacity = (lastsMicros: number) => 125_000_000_000n * BigInt(2 + Math.floor(lastsMicros / 1e6));
  for (const [index, { startedAt, lastsMicros, sent, got }] of cases.entries()) {
    const own = cells.filter(({ host }) => host === hostOf(index));
    const most = capacity(lastsMicros);
    const expected = hoursOf(startedAt, startedAt + lastsMicros, least(sent, most));
    const found = new Map(own.map((cell) => [Date.parse(cell.hour) / 3_600_000, cell.out]));
    for (const [hour, bytes] of expected)
      expect(found.get(hour) ?? 0n, `case ${index}, hour ${hour}`).toBe(bytes);
    expect(sumOf(own)).toEqual({ out: least(sent, most), in: got, flows: 1 });
  }
});

const START = '2026-03-01T09:30:00Z';

test('rule 4: an SSH session with 56 snapshots comes out once, each increment where it was seen', async () => {
  const ledger = testLedger();
  const words = { at: START, uid: 'CSsh', service: 'ssh', from: '198.51.100.7 51000', to: '10.0.0.1 22' };
  const snapshots = Array.from({ length: 56 }, (_, index) =>
    conn({ ...words, lasts: 300 * (index + 1), sent: 10 * (index + 1), got: 11_000 * (index + 1) }),
  );
  const closing = conn({ ...words, lasts: 17_000.25, sent: 600, got: 624_002 });
  await ledger.importFiles({
    'open_conn.log': zeekTsv(snapshots, { path: 'open_conn' }),
    'conn.log': zeekTsv([closing]),
  });
  const cells = await ledger.cells();
  expect(sumOf(cells)).toEqual({ out: 624_002n, in: 600n, flows: 1 });
  // 09:30 to 10:00: six snapshots; the hours after: twelve each.
  expect(cells.slice(0, 2).map(({ hour, out }) => [hour, out])).toEqual([
    ['2026-03-01T09:00:00Z', 66_000n],
    ['2026-03-01T10:00:00Z', 132_000n],
  ]);
});

test('rule 4: snapshots that name no log are told by their uid: the same one again is no second connection', async () => {
  const ledger = testLedger();
  const rows = [300, 600, 900].map((lasts) =>
    conn({ at: START, uid: 'COpen', lasts, sent: lasts * 10, got: 1, conn_state: 'OTH' }),
  );
  await ledger.importFiles({ 'conn.json': zeekNdjson(rows) });
  expect(sumOf(await ledger.cells())).toEqual({ out: 9000n, in: 1n, flows: 1 });
});

test('rule 4: snapshots of short connections, of conn_long and of open_conn together still count once', async () => {
  const ledger = testLedger();
  const words = { at: '2026-03-01T23:58:00Z', uid: 'CLate' };
  await ledger.importFiles({
    'a.log': zeekTsv([conn({ ...words, lasts: 60, sent: 100 }), conn({ ...words, lasts: 120, sent: 300 })], {
      path: 'open_conn',
    }),
    'b.log': zeekTsv([conn({ ...words, lasts: 100, sent: 250 })], { path: 'conn_long' }),
    'c.log': zeekTsv([conn({ ...words, lasts: 180, sent: 1000 })]),
  });
  const cells = await ledger.cells();
  expect(cells.map(({ hour, out, flows }) => [hour, out, flows])).toEqual([
    ['2026-03-01T23:00:00Z', 300n, 1],
    ['2026-03-02T00:00:00Z', 700n, 0],
  ]);
});

test('rule 4: a closing count below a snapshot is an anomaly, counted; the larger stands', async () => {
  const ledger = testLedger();
  const words = { at: START, uid: 'CDown' };
  await ledger.importFiles({
    'open_conn.log': zeekTsv([conn({ ...words, lasts: 300, sent: 5000, got: 90 })], { path: 'open_conn' }),
    'conn.log': zeekTsv([
      conn({ ...words, lasts: 400, sent: 4000, got: 60 }),
      conn({ at: START, uid: 'CFine', from: '10.0.0.2 1', lasts: 1, sent: 1 }),
    ]),
  });
  expect(sumOf(await ledger.cells())).toMatchObject({ out: 5001n, in: 90n });
  expect((await ledger.corrections()).closingBelowSnapshot).toEqual({ records: 1, bytes: 1030n });
});

test('rules 4 and 5: what a closing record makes certain of earlier bytes is no byte of its last hours', async () => {
  const ledger = testLedger();
  const words = { at: '2026-03-01T10:00:00Z', uid: 'CSure', orig_pkts: 2 };
  await ledger.importFiles({
    // Of 1,000 bytes the sensor missed some: no more than 460 are certain.
    'open_conn.log': zeekTsv(
      [conn({ ...words, lasts: 1800, sent: 1000, missed_bytes: 500, orig_ip_bytes: 700 })],
      { path: 'open_conn' },
    ),
    'conn.log': zeekTsv([conn({ ...words, lasts: 7200, sent: 1100, missed_bytes: 0, orig_ip_bytes: 1180 })]),
  });
  const cells = await ledger.cells();
  expect(sumOf(cells).out).toBe(1100n);
  expect(cells.map(({ hour, low, out, high }) => [hour.slice(11, 13), low, out, high])).toEqual([
    ['10', 493n, 1033n, 1033n],
    ['11', 67n, 67n, 67n],
  ]);
});

test('rule 4: a closing record that ends before a snapshot and counts less is the same anomaly', async () => {
  const ledger = testLedger();
  const words = { at: START, uid: 'CDown' };
  await ledger.importFiles({
    'open_conn.log': zeekTsv([conn({ ...words, lasts: 300, sent: 5000 })], { path: 'open_conn' }),
    'conn.log': zeekTsv([conn({ ...words, lasts: 200, sent: 4000 })]),
  });
  expect(sumOf(await ledger.cells()).out).toBe(5000n);
  expect((await ledger.corrections()).closingBelowSnapshot).toEqual({ records: 1, bytes: 1000n });
});

test('rule 4: three intervals without a snapshot while the sensor goes on is open, unknown', async () => {
  const ledger = testLedger();
  const sign = (at: string, port: number) =>
    conn({ at, lasts: 1, from: `10.0.0.3 ${port}`, uid: `CSign${port}`, sent: 1 });
  const open = (uid: string, host: string, lasts: number) =>
    conn({ at: '2026-03-01T22:00:00Z', uid, from: `${host} 5000`, lasts, sent: 900 });
  await ledger.importFiles({
    'open_conn.log': zeekTsv(
      [open('CLost', '10.0.0.1', 300), open('CLost', '10.0.0.1', 12_000), open('CAlive', '10.0.0.2', 50_000)],
      { path: 'open_conn' },
    ),
    'conn.log': zeekTsv([sign('2026-03-01T21:00:00Z', 1), sign('2026-03-02T12:00:00Z', 2)]),
  });
  // CLost was last seen at 01:20 on the second day and not again; CAlive at 11:53, and the sensor's last sign is at 12:00.
  expect((await ledger.corrections()).openUnknown).toEqual({ records: 1, bytes: 900n });
  expect(sumOf(await ledger.cells()).out).toBe(1802n);
});

test('rule 4: a closing record that comes late ends what the day after said of its connection', async () => {
  const words = { at: '2026-03-01T22:00:00Z', uid: 'CLate', from: '10.0.0.1 5000' };
  const known = {
    'open.log': zeekTsv([conn({ ...words, lasts: 6600, sent: 10 })], { path: 'open_conn' }),
    'sign.log': zeekTsv([
      conn({ at: '2026-03-02T12:00:00Z', uid: 'CSign', from: '10.0.0.3 1', lasts: 1, sent: 1 }),
    ]),
  };
  const closing = { 'conn.log': zeekTsv([conn({ ...words, lasts: 6700, sent: 20 })]) };
  const together = testLedger();
  await together.importFiles({ ...known, ...closing });
  const apart = testLedger();
  await apart.importFiles(known);
  expect((await apart.corrections()).openUnknown).toEqual({ records: 1, bytes: 10n });
  await apart.importFiles(closing);
  expect(await apart.corrections()).toEqual(await together.corrections());
  expect(await apart.cells()).toEqual(await together.cells());
});

test('rule 4: a closing record after ten days revises the days it touches and no other', async () => {
  const ledger = testLedger();
  const day = (index: number) => `2026-03-${String(index).padStart(2, '0')}`;
  const daily = Array.from({ length: 16 }, (_, index) =>
    conn({
      at: `${day(index + 1)}T12:00:00Z`,
      lasts: 1,
      uid: `CDay${index}`,
      from: `10.0.0.9 ${index + 1}`,
      sent: 1000,
    }),
  );
  await ledger.importFiles({ 'conn.log': zeekTsv(daily) });
  const before = await ledger.snapshot();
  const { answer } = await ledger.importFiles({
    'late.log': zeekTsv([
      conn({ at: `${day(3)}T23:00:00Z`, uid: 'CTen', lasts: 10 * 86_400, sent: 8_640_000 }),
    ]),
  });
  const after = await ledger.snapshot();
  const changed = after
    .builtDays()
    .filter((each) => before.buildOf(each)?.buildId !== after.buildOf(each)?.buildId);
  const touched = Array.from({ length: 11 }, (_, index) => micros(`${day(3)}T00:00:00Z`) / 86_400e6 + index);
  expect(changed).toEqual(touched);
  expect(answer.rebuiltDays).toEqual(Array.from({ length: 11 }, (_, index) => day(3 + index)));
  const untouched = after.builtDays().filter((each) => !touched.includes(each));
  for (const each of untouched) expect(after.buildOf(each)).toEqual(before.buildOf(each));
  expect(sumOf(await ledger.cells()).out).toBe(16_000n + 8_640_000n);
});

test('rule 4: a connection of ten days in snapshots and days built apart equals all built at once', async () => {
  const words = { at: '2026-03-01T20:00:00Z', uid: 'CLong', from: '198.51.100.7 51000', to: '10.0.0.1 22' };
  const snapshots = Array.from({ length: 40 }, (_, index) =>
    conn({ ...words, lasts: 20_000.5 * (index + 1), sent: index, got: 7_777 * (index + 1) }),
  );
  const closing = conn({ ...words, lasts: 864_000, sent: 100, got: 999_999 });
  const once = testLedger();
  await once.importFiles({ 'o.log': zeekTsv(snapshots, { path: 'open_conn' }), 'c.log': zeekTsv([closing]) });
  const piecemeal = testLedger();
  await piecemeal.importFiles({ 'c.log': zeekTsv([closing]) });
  for (const [index, row] of [...snapshots.entries()].filter(([index]) => index % 7 === 0).reverse())
    await piecemeal.importFiles({ [`o${index}.log`]: zeekTsv([row], { path: 'open_conn' }) });
  await piecemeal.importFiles({
    'rest.log': zeekTsv(
      snapshots.filter((_, index) => index % 7 !== 0),
      { path: 'open_conn' },
    ),
  });
  expect(await piecemeal.cells()).toEqual(await once.cells());
  expect(sumOf(await once.cells())).toEqual({ out: 999_999n, in: 100n, flows: 1 });
});

test('rule 4: both directions of a flow told apart, up to one moment, fall into the same hours', async () => {
  const ledger = testLedger('facility: { name: T }\nnetworks: { inside: [10.0.0.0/8] }');
  const told = { at: '2026-03-01T10:30:00Z', lasts: 3_600, uid: 'C1' };
  await ledger.importFiles({
    'conn.log': zeekTsv([conn({ ...told, sent: 0, got: 800 }), conn({ ...told, sent: 400, got: 0 })]),
  });
  const cells = await ledger.cells();
  expect(cells.map(({ hour, out, in: got }) => [hour, out, got])).toEqual([
    ['2026-03-01T10:00:00Z', 200n, 400n],
    ['2026-03-01T11:00:00Z', 200n, 400n],
  ]);
});
