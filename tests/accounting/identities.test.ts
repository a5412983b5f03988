import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparable, sumOf, testLedger } from '../support/ledgers.ts';
import { conn, micros, type ZeekRow, zeekNdjson, zeekTsv } from '../support/zeek-text.ts';

const FROM = micros('2026-03-01T00:00:00Z');
const DAY_MICROS = 86_400_000_000;

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, 192.0.2.0/24, "2001:db8:10::/48"], remoteAccess: [10.200.0.0/16] }
paths:
  - { name: border, capacityGbps: 1000, sensors: [zeek] }
  - { name: vpn, capacityGbps: 1000, gateways: [192.0.2.10], sensors: [zeek] }
`;

/** A connection as it really was, before sensors wrote of it. */
interface Real {
  readonly startedAt: number;
  readonly lastsMicros: number;
  readonly ends: readonly [string, string];
  readonly sent: number;
  readonly got: number;
  readonly snapshots: number;
  readonly copies: readonly { readonly share: number; readonly reversed: boolean }[];
}

const END_PAIRS: readonly (readonly [string, string])[] = [
  ['10.0.0.1', '198.51.100.7'],
  ['198.51.100.7', '10.0.0.1'],
  ['10.0.0.1', '10.200.7.7'],
  ['10.200.7.7', '203.0.113.5'],
  ['10.0.0.1', '10.0.0.2'],
  ['198.51.100.7', '203.0.113.5'],
  ['2001:db8:10:1::5', '2001:db8:ffff::1'],
  ['::ffff:10.0.0.9', '2001:db8:ffff::1'],
];

const real: fc.Arbitrary<Real> = fc.record({
  startedAt: fc.oneof(
    fc.integer({ min: FROM, max: FROM + 2 * DAY_MICROS }),
    fc.integer({ min: FROM + DAY_MICROS - 2_000_000_000, max: FROM + DAY_MICROS }),
  ),
  lastsMicros: fc.oneof(
    fc.integer({ min: 0, max: 30_000_000 }),
    fc.integer({ min: 0, max: 7_200_000_000 }),
    fc.integer({ min: 0, max: 2 * DAY_MICROS }),
  ),
  ends: fc.constantFrom(...END_PAIRS),
  sent: fc.integer({ min: 0, max: 2_000_000 }),
  got: fc.integer({ min: 0, max: 2_000_000 }),
  snapshots: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 })),
  copies: fc.oneof(
    fc.constant([]),
    fc.array(fc.record({ share: fc.integer({ min: 0, max: 99 }), reversed: fc.boolean() }), { maxLength: 2 }),
  ),
});

/** Returns what the sensor writes of a connection: snapshots, its closing record, copies by other workers. */
function written(each: Real, index: number): { open: ZeekRow[]; closed: ZeekRow[] } {
  const from = `${each.ends[0]} ${20_000 + index}`;
  const to = `${each.ends[1]} 443`;
  const words = { at: each.startedAt, uid: `C${index}`, from, to };
  const open = Array.from({ length: each.snapshots }, (_, step) => {
    const share = (step + 1) / (each.snapshots + 1);
    const part = (bytes: number) => Math.floor(bytes * share);
    return conn({
      ...words,
      lasts: Math.floor(each.lastsMicros * share) / 1e6,
      sent: part(each.sent),
      got: part(each.got),
    });
  });
  const lasts = each.lastsMicros / 1e6;
  const copies = each.copies.map(({ share, reversed }, copy) => {
    const sent = Math.floor((each.sent * share) / 100);
    const got = Math.floor((each.got * share) / 100);
    const turned = reversed ? { from: to, to: from, sent: got, got: sent } : { from, to, sent, got };
    return conn({ at: each.startedAt, lasts, uid: `C${index}copy${copy}`, ...turned });
  });
  return { open, closed: [conn({ ...words, lasts, sent: each.sent, got: each.got }), ...copies] };
}

/** Where a connection's originator stands within, `sent` goes out; reversed ones swap. */
function expectedSums(all: readonly Real[]) {
  const innerFirst = (ends: Real['ends']) => ends[0] !== '198.51.100.7' || ends[1] === '203.0.113.5';
  return all.reduce(
    (sum, { ends, sent, got }) => ({
      out: sum.out + BigInt(innerFirst(ends) ? sent : got),
      in: sum.in + BigInt(innerFirst(ends) ? got : sent),
      flows: sum.flows + 1,
    }),
    { out: 0n, in: 0n, flows: 0 },
  );
}

test('rule 9: the bytes of all connections are the bytes of all cells, whatever was written of them, in whatever order', async () => {
  const cases = fc.sample(real, { numRuns: 700, seed: 9 });
  const rows = cases.map(written);
  const open = rows.flatMap((each) => each.open);
  const closed = rows.flatMap((each) => each.closed);
  const half = (part: number) => closed.filter((_, index) => index % 2 === part);
  const files = {
    'a.log': zeekTsv(open, { path: 'open_conn' }),
    'b.log': zeekTsv(half(0)),
    'c.json': zeekNdjson(half(1)),
  };

  const once = testLedger(YAML);
  const { answer } = await once.importFiles(files);
  const cells = await once.cells();
  const all = () => true;
  // Of an unclassified pair neither end is within, so which way was out is a convention; its sum is not.
  expect(sumOf(cells, all)).toEqual(expectedSums(cases));
  for (const cell of cells) {
    expect(cell.low <= cell.out && cell.out <= cell.high, JSON.stringify(cell.hour)).toBe(true);
    expect(micros(cell.firstAt)).toBeGreaterThanOrEqual(micros(cell.hour));
    expect(micros(cell.lastAt)).toBeLessThan(micros(cell.hour) + 3_600_000_000);
    expect(micros(cell.firstAt)).toBeLessThanOrEqual(micros(cell.lastAt));
  }
  expect(answer.commits.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(open.length + closed.length);
  for (const row of answer.commits) expect(row.lines).toBe(row.accepted + row.rejected + row.comments);

  const apart = testLedger(YAML);
  for (const name of ['c.json', 'a.log', 'b.log'] as const) await apart.importFiles({ [name]: files[name] });
  expect(comparable(await apart.cells())).toEqual(comparable(cells));
});

test('rule 9: importing again changes nothing, under another name or compressed neither', async () => {
  const ledger = testLedger();
  const text = zeekTsv(
    fc.sample(real, { numRuns: 40, seed: 1 }).flatMap((each, index) => written(each, index).closed),
  );
  await ledger.importFiles({ 'conn.log': text });
  const before = (await ledger.snapshot()).entrySha256;
  const again = await ledger.importFiles({});
  expect(again.answer.commits.map(({ status }) => status)).toEqual(['known']);
  const copy = await ledger.importFiles({ 'other/conn.2026.log': text });
  expect(copy.answer.commits.map(({ status }) => status)).toEqual(['known', 'known']);
  expect((await ledger.snapshot()).entrySha256).toBe(before);
});

test('rule 9: every row of the answer accounts for all its lines', async () => {
  const ledger = testLedger();
  const lines = zeekTsv([
    conn({ at: FROM, uid: 'C1', sent: 1 }),
    conn({ at: FROM, uid: 'C2', sent: -1 }),
  ]).split('\n');
  lines.splice(9, 0, 'broken', '', '# a remark', `${'x'.repeat(40)}\u0000`);
  const text = lines.join('\n');
  const { answer } = await ledger.importFiles({ 'conn.log': text });
  const [row] = answer.commits;
  expect(row).toMatchObject({ lines: text.split('\n').length - 1, accepted: 1, rejected: 3, bytesOut: '1' });
  expect(row?.lines).toBe((row?.accepted ?? 0) + (row?.rejected ?? 0) + (row?.comments ?? 0));
  expect(answer.rejects.map(({ line }) => line)).toEqual([10, 13, 14]);
});
