import { expect, test } from 'vitest';
import { comparable, PLAIN_YAML, sumOf, testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, type ZeekRow, zeekTsv } from '../support/zeek-text.ts';

const AT = '2026-03-01T10:00:00Z';

/** Imports some connections in one file; returns their cells and the corrections. */
async function counted(words: readonly ConnWords[], yaml = PLAIN_YAML) {
  const ledger = testLedger(yaml);
  await ledger.importFiles({ 'conn.log': zeekTsv(words.map(conn)) });
  return { cells: await ledger.cells(), corrections: await ledger.corrections() };
}

test('rule 3: overlapping records of one 5-tuple under two uids are copies: the fuller counts, the other is told', async () => {
  const { cells, corrections } = await counted([
    { at: AT, lasts: 60, uid: 'CWorkerA', sent: 1000, got: 70, orig_ip_bytes: 1100 },
    { at: '2026-03-01T10:00:00.5Z', lasts: 59, uid: 'CWorkerB', sent: 900, got: 60, orig_ip_bytes: 980 },
  ]);
  expect(sumOf(cells)).toEqual({ out: 1000n, in: 70n, flows: 1 });
  expect(cells.map(({ ip }) => ip)).toEqual([1100n]);
  expect(corrections.copies).toEqual({ records: 1, bytes: 960n });
});

test('rule 3: equal copies count once, a copy without bytes and copies that carry none are one connection', async () => {
  const equal = await counted([
    { at: AT, lasts: 60, uid: 'CWorkerA', sent: 1000, got: 70 },
    { at: AT, lasts: 60, uid: 'CWorkerB', sent: 1000, got: 70 },
    { at: AT, lasts: 60, uid: 'CWorkerC', sent: 0, got: 0 },
  ]);
  expect(sumOf(equal.cells)).toEqual({ out: 1000n, in: 70n, flows: 1 });
  const empty = await counted([
    { at: AT, lasts: 3, uid: 'CWorkerA', sent: 0, got: 0, conn_state: 'S0' },
    { at: AT, lasts: 3, uid: 'CWorkerB', sent: 0, got: 0, conn_state: 'S0' },
  ]);
  expect(sumOf(empty.cells)).toEqual({ out: 0n, in: 0n, flows: 1 });
});

test('rule 3: a copy may stand the other way round, and cross midnight', async () => {
  const { cells } = await counted([
    {
      at: '2026-03-01T23:59:30Z',
      lasts: 60,
      uid: 'CWorkerA',
      from: '10.0.0.1 40000',
      to: '198.51.100.7 443',
      sent: 600,
      got: 60,
    },
    {
      at: '2026-03-01T23:59:50Z',
      lasts: 40,
      uid: 'CWorkerB',
      from: '198.51.100.7 443',
      to: '10.0.0.1 40000',
      sent: 50,
      got: 500,
    },
  ]);
  expect(sumOf(cells)).toEqual({ out: 600n, in: 60n, flows: 1 });
  expect(cells.map(({ hour, out }) => [hour, out])).toEqual([
    ['2026-03-01T23:00:00Z', 300n],
    ['2026-03-02T00:00:00Z', 300n],
  ]);
});

test('rule 3: asymmetric workers, each with one direction, make one connection with both', async () => {
  const { cells } = await counted([
    { at: AT, lasts: 60, uid: 'CWorkerA', sent: 1000, got: 0 },
    { at: AT, lasts: 60, uid: 'CWorkerB', sent: 0, got: 5000 },
  ]);
  expect(sumOf(cells)).toEqual({ out: 1000n, in: 5000n, flows: 1 });
});

test('rule 3: the same ends one after the other, or with another protocol, are no copies', async () => {
  const { cells, corrections } = await counted([
    { at: AT, lasts: 10, uid: 'COne', sent: 1000, got: 1 },
    { at: '2026-03-01T10:00:10.000001Z', lasts: 10, uid: 'CTwo', sent: 1000, got: 1 },
    { at: '2026-03-01T10:30:00Z', lasts: 10, uid: 'CThree', sent: 1000, got: 1 },
    { at: AT, lasts: 10, uid: 'CUdp', proto: 'udp', sent: 1000, got: 1 },
    { at: AT, lasts: 10, uid: 'COther', from: '10.0.0.1 40001', sent: 1000, got: 1 },
  ]);
  expect(sumOf(cells)).toEqual({ out: 5000n, in: 5n, flows: 5 });
  expect(corrections.copies).toBeUndefined();
});

test('rule 3: connections without a uid count each, a line written twice once', async () => {
  const line = { at: AT, lasts: 10, sent: 1000, got: 1 };
  const { cells } = await counted([
    line,
    { ...line, at: '2026-03-01T10:01:00Z' },
    { ...line, from: '10.0.0.1 40001' },
  ]);
  expect(sumOf(cells)).toEqual({ out: 3000n, in: 3n, flows: 3 });
  expect(sumOf((await counted([line, line])).cells)).toEqual({ out: 1000n, in: 1n, flows: 1 });
});

test('rule 3: an empty uid is none: later connections between the same ends count in full', async () => {
  const { cells } = await counted([
    { at: AT, lasts: 10, uid: '', sent: 1000 },
    { at: '2026-03-01T10:05:00Z', lasts: 10, uid: '', sent: 800 },
    { at: '2026-03-01T10:10:00Z', lasts: 10, uid: '(empty)', sent: 700 },
    { at: '2026-03-01T10:15:00Z', lasts: 10, uid: '(empty)', sent: 600 },
  ]);
  expect(sumOf(cells)).toEqual({ out: 3100n, in: 0n, flows: 4 });
});

test('rule 3: a uid that two different connections bear is no reason to mix them', async () => {
  const { cells } = await counted([
    { at: AT, lasts: 10, uid: 'CSame', from: '10.0.0.1 1', sent: 1000 },
    { at: '2026-03-01T10:00:20Z', lasts: 10, uid: 'CSame', from: '10.0.0.1 1', sent: 2000 },
    { at: '2026-03-01T10:00:40Z', lasts: 10, uid: 'CSame', from: '10.0.0.2 2', sent: 500 },
    { at: '2026-03-01T10:01:00Z', lasts: 10, uid: 'CSame', from: '10.0.0.2 2', sent: 700 },
  ]);
  expect(sumOf(cells, ({ host }) => host === '10.0.0.2')).toMatchObject({ out: 700n, flows: 1 });
  expect(sumOf(cells, ({ host }) => host === '10.0.0.1')).toMatchObject({ out: 2000n, flows: 1 });
});

test('rule 3: between two that do not overlap, a copy of one takes nothing from the other', async () => {
  const { cells } = await counted([
    { at: AT, lasts: 10, uid: 'CFirst', sent: 400 },
    { at: '2026-03-01T10:00:20Z', lasts: 10, uid: 'CSecond', sent: 1000 },
    { at: '2026-03-01T10:00:19Z', lasts: 10, uid: 'CSecondCopy', sent: 900 },
  ]);
  expect(sumOf(cells).out).toBe(1400n);
});

const TWO_SENSORS = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [north, south] }]
sensors: [{ name: north, files: "north/**" }, { name: south, files: "south/**" }]
`;

test('rule 3: redundant sensors count each connection once, though their clocks differ by a second', async () => {
  const ledger = testLedger(TWO_SENSORS);
  const seen = (at: string, sent: number): ZeekRow => conn({ at, lasts: 0.1, uid: `C${sent}`, sent, got: 7 });
  await ledger.importFiles({
    'north/conn.log': zeekTsv([
      seen('2026-03-01T10:00:00Z', 1000),
      seen('2026-03-01T10:10:00Z', 50),
      seen('2026-03-01T10:30:00Z', 300),
    ]),
    // A second apart they are one, by more they are two; so are those that only one of them saw.
    'south/conn.log': zeekTsv([
      seen('2026-03-01T10:00:01Z', 990),
      seen('2026-03-01T10:20:00Z', 60),
      seen('2026-03-01T10:30:01.000001Z', 290),
    ]),
  });
  expect(sumOf(await ledger.cells())).toEqual({ out: 1110n + 590n, in: 35n, flows: 5 });
});

test('rule 3: a copy that arrives later changes the days its fuller record never touched', async () => {
  const short = {
    a: conn({ at: '2026-03-01T23:50:00Z', lasts: 1200, uid: 'CWorkerA', sent: 1000 }),
    b: conn({ at: '2026-03-02T00:05:00Z', lasts: 1200, uid: 'CWorkerB', sent: 5000 }),
  };
  const long = {
    a: conn({ at: '2026-03-01T12:00:00Z', lasts: 3 * 86_400, uid: 'CWorkerA', sent: 1000 }),
    b: conn({ at: '2026-03-03T12:00:00Z', lasts: 2 * 86_400, uid: 'CWorkerB', sent: 5000 }),
  };
  const snapshotOverShort = {
    a: conn({ at: '2026-03-01T23:50:00Z', lasts: 1200, uid: 'CWorkerA', sent: 5000 }),
    b: conn({ at: '2026-03-02T00:05:00Z', lasts: 7200, uid: 'CWorkerB', sent: 1000 }),
  };
  for (const { a, b } of [short, long, snapshotOverShort]) {
    const together = testLedger();
    await together.importFiles({ 'a.log': zeekTsv([a]), 'b.log': zeekTsv([b]) });
    const apart = testLedger();
    await apart.importFiles({ 'a.log': zeekTsv([a]) });
    await apart.importFiles({ 'b.log': zeekTsv([b]) });
    expect(comparable(await apart.cells())).toEqual(comparable(await together.cells()));
    expect(sumOf(await together.cells()).flows).toBe(1);
  }
});

test('the copies of a connection are told with the bytes they would have added, snapshots not again', async () => {
  const ledger = testLedger();
  const words = { at: AT, uid: 'CCopy' };
  await ledger.importFiles({
    'open_conn.log': zeekTsv(
      [300, 600, 900].map((lasts) => conn({ ...words, lasts, sent: lasts })),
      { path: 'open_conn' },
    ),
    'conn.log': zeekTsv([
      conn({ ...words, lasts: 1000, sent: 1000 }),
      conn({ ...words, uid: 'CFull', lasts: 4000, sent: 4000 }),
    ]),
  });
  expect(sumOf(await ledger.cells())).toMatchObject({ out: 4000n, flows: 1 });
  expect((await ledger.corrections()).copies?.bytes).toBe(1000n);
});

test('rule 3: mirrored twice, a connection shorter than the mirror is late is still one; attempts repeated are not', async () => {
  const { cells } = await counted([
    { at: AT, lasts: 0.002, uid: 'CNear', proto: 'udp', sent: 46, got: 155 },
    { at: '2026-03-01T10:00:00.014Z', lasts: 0.002, uid: 'CFar', proto: 'udp', sent: 46, got: 155 },
    { at: '2026-03-01T10:01:00Z', uid: 'CTry', from: '10.0.0.1 2', conn_state: 'REJ', sent: 0, got: 0 },
    {
      at: '2026-03-01T10:01:00.05Z',
      uid: 'CTryAgain',
      from: '10.0.0.1 2',
      conn_state: 'REJ',
      sent: 0,
      got: 0,
    },
    { at: '2026-03-01T10:02:00Z', lasts: 0.002, uid: 'COne', from: '10.0.0.1 3', sent: 10, got: 1 },
    { at: '2026-03-01T10:02:00.05Z', lasts: 0.002, uid: 'COther', from: '10.0.0.1 3', sent: 11, got: 1 },
    { at: '2026-03-01T10:03:00Z', lasts: 0.002, uid: 'CThis', from: '10.0.0.1 4', sent: 10, got: 1 },
    { at: '2026-03-01T10:03:00.05Z', lasts: 0.002, uid: 'CThat', from: '10.0.0.1 4', sent: 10, got: 2 },
  ]);
  expect(sumOf(cells)).toEqual({ out: 46n + 21n + 20n, in: 155n + 2n + 3n, flows: 7 });
});

test('rules 3 and 4: the same ends time and again are a connection each time; the same uid again is the one it was', async () => {
  const ends = { from: '10.0.0.1 123', to: '198.51.100.7 123', proto: 'udp' };
  const asked = [0, 5, 10, 15].map((minute) => ({
    ...ends,
    at: `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`,
    lasts: 1,
    uid: `CAsked${minute}`,
    sent: 48,
    got: 48,
  }));
  const apart = await counted(asked);
  expect(sumOf(apart.cells)).toEqual({ out: 192n, in: 192n, flows: 4 });
  expect(apart.corrections.copies).toBeUndefined();
  // The last two bear one uid: what a later record of it says includes what an earlier one said.
  const again = await counted([...asked, { ...asked[3], at: '2026-03-01T10:20:00Z', sent: 100, got: 48 }]);
  expect(sumOf(again.cells)).toEqual({ out: 244n, in: 192n, flows: 4 });
});

test('rule 3: copies late in a long connection are its copies, whatever short one came in between', async () => {
  const { cells, corrections } = await counted([
    { at: AT, lasts: 1800, uid: 'CWhole', sent: 1000, got: 70 },
    { at: '2026-03-01T10:01:00Z', lasts: 1, uid: 'CEarly', sent: 48, got: 7 },
    { at: '2026-03-01T10:20:00Z', lasts: 1, uid: 'CLate', sent: 48, got: 7 },
  ]);
  expect(sumOf(cells)).toEqual({ out: 1000n, in: 70n, flows: 1 });
  expect(corrections.copies).toEqual({ records: 2, bytes: 110n });
});
