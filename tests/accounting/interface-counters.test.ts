import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { countedHours } from '../../src/accounting/counters.ts';
import { SPREAD_MACRO } from '../../src/accounting/spread.ts';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { check } from '../../src/operations/check.ts';
import { report } from '../../src/operations/report.ts';
import { temporaryFolder, testLedger } from '../support/ledgers.ts';
import { conn, micros, zeekTsv } from '../support/zeek-text.ts';

/** Rule 8: what interfaces sent beside what flows tell, hour by hour. */

const DAY = '2026-03-01';
const FROM_HOUR = micros(`${DAY}T00:00:00Z`) / 3_600_000_000;
const yamlOf = (path = 'capacityGbps: 0.008') => `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, ${path}, sensors: [zeek], interfaces: ["r1:eth0"] }]
sensors: [{ name: zeek, files: "zeek/**" }, { name: snmp, files: "snmp/**", timezone: UTC }]
`;

/** Readings of r1:eth0: `HH:MM:SS` and the counter. */
function csv(readings: readonly (readonly [string, number | bigint])[], counter = 'ifHCOutOctets'): string {
  const rows = readings.map(([time, octets]) => `${DAY} ${time},r1,eth0,${octets}\n`);
  return `time,device,interface,${counter}\n${rows.join('')}`;
}

/** A connection in each of some hours, with that much payload and as many IP bytes. */
function flows(bytes: Readonly<Record<number, number>>): string {
  return zeekTsv(
    Object.entries(bytes).map(([hour, sent]) =>
      conn({
        at: `${DAY}T${hour.padStart(2, '0')}:10:00Z`,
        lasts: 600,
        uid: `C${hour}`,
        proto: 'udp',
        sent,
        got: 0,
        orig_pkts: 1,
        orig_ip_bytes: sent + 28,
        resp_pkts: 0,
        resp_ip_bytes: 0,
      }),
    ),
  );
}

async function compared(readings: string, seen: Readonly<Record<number, number>>, yaml = yamlOf()) {
  const ledger = testLedger(yaml);
  await ledger.importFiles({ 'zeek/conn.log': flows(seen), 'snmp/counters.csv': readings });
  const subject = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
  const answer = await report({ ...subject, by: 'path' });
  const { answer: checked } = await check(subject);
  return { answer, row: answer.reconciliation?.[0], checked };
}

test('explained, unexplained and over-explained by the hour, and said by check', async () => {
  const { row, checked } = await compared(
    csv([
      ['10:00:00', 5_000],
      ['10:30:00', 505_000],
      ['11:00:00', 1_005_000],
      ['12:00:00', 1_105_000],
      ['13:00:00', 1_305_000],
    ]),
    { 10: 999_972, 11: 399_972, 12: 49_972 },
  );
  expect(row).toEqual({
    path: 'border',
    interfaces: ['r1:eth0'],
    hoursCompared: 3,
    hoursUnknown: 0,
    counted: '1300000',
    // 10: all; 11: 100,000 counted and 400,000 told; 12: 200,000 counted and 50,000 told.
    explained: '1150000',
    unexplained: '150000',
    overExplained: '300000',
  });
  expect(checked.reconciliation).toEqual([row]);
  const said = checked.findings
    .filter(({ subject }) => subject === 'path border')
    .map(({ finding }) => finding);
  expect(said).toContainEqual(expect.stringContaining('150 kB of the 1.30 MB'));
  expect(said).toContainEqual(expect.stringContaining('exceed what its interfaces sent by 300 kB'));
});

test('a day that was given as one row left in all of its hours', async () => {
  const ledger = testLedger(
    `${yamlOf()}mappings: [{ name: daily, files: "*.csv", time: day, per: day, host: host, bytesOut: bytes, path: { value: border } }]\n`,
  );
  await ledger.importFiles({
    'daily.csv': `day,host,bytes\n${DAY},10.0.0.9,2400023\n`,
    'snmp/counters.csv': csv([
      ['10:00:00', 5_000],
      ['11:00:00', 155_000],
      ['23:00:00', 155_000],
      ['23:30:00', 205_000],
    ]),
  });
  const answer = await report({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    by: 'path',
    progress: () => undefined,
  });
  // 2,400,023 bytes are 100,001 in each hour but the last: 150,000 were counted from 10 to 11.
  expect(answer.reconciliation?.[0]).toMatchObject({
    hoursCompared: 1,
    counted: '150000',
    explained: '100001',
  });
});

test('a wrap of 32 bits goes on, a reset and a long gap are unknown', async () => {
  const wrap = await compared(
    csv(
      [
        ['10:00:00', 4_294_967_000],
        ['10:30:00', 704],
        ['11:00:00', 1_000_704],
      ],
      'ifOutOctets',
    ),
    { 10: 999_000 },
  );
  expect(wrap.row).toMatchObject({ hoursCompared: 1, counted: '1001000' });
  const reset = await compared(
    csv([
      ['10:00:00', 9_000_000],
      ['10:30:00', 704],
      ['11:00:00', 1_000_704],
    ]),
    { 10: 999_000 },
  );
  expect(reset.row).toMatchObject({ hoursCompared: 0, counted: '0' });
  expect(reset.checked.findings.map(({ finding }) => finding)).toContainEqual(
    expect.stringContaining('No hour of the counters'),
  );
  const gap = await compared(
    csv([
      ['10:00:00', 0],
      ['12:30:00', 1_000_000],
    ]),
    { 10: 1, 12: 1 },
  );
  expect(gap.row).toMatchObject({ hoursCompared: 0, counted: '0' });
  // At 100 Gbit/s a counter of 32 bits may wrap many times between two readings.
  const fast = await compared(
    csv(
      [
        ['10:00:00', 1_000],
        ['10:30:00', 2_000],
        ['11:00:00', 3_000],
      ],
      'ifOutOctets',
    ),
    { 10: 1_000 },
    yamlOf('capacityGbps: 100'),
  );
  expect(fast.row).toMatchObject({ hoursCompared: 0 });
  // And no counter sends more than its link can carry.
  const lying = await compared(
    csv([
      ['10:00:00', 0],
      ['11:00:00', 40_000_000_000],
    ]),
    { 10: 1_000 },
  );
  expect(lying.row).toMatchObject({ hoursCompared: 0 });
});

test('what could have been while nobody watched is bounded by what interfaces sent', async () => {
  const everyHour = Array.from({ length: 24 }, (_, hour): [string, number] => [
    `${String(hour).padStart(2, '0')}:00:00`,
    hour * 1_000_000,
  ]);
  // Many connections each hour but for two in the middle: their silence is no chance.
  const rows = Array.from({ length: 23 }, (_, hour) => hour)
    .filter((hour) => hour !== 10 && hour !== 11)
    .flatMap((hour) =>
      Array.from({ length: 20 }, (_, part) =>
        conn({
          at: micros(`${DAY}T${String(hour).padStart(2, '0')}:00:10Z`) + part * 100_000_000,
          uid: `C${hour}p${part}`,
          from: `10.0.0.${part} 40000`,
          lasts: 2,
          sent: 1000,
          got: 10,
        }),
      ),
    );
  const of = async (readings: string, path?: string) => {
    const ledger = testLedger(yamlOf(path));
    await ledger.importFiles({ 'zeek/conn.log': zeekTsv(rows), 'snmp/counters.csv': readings });
    const subject = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
    return (await report({ ...subject, by: 'path' })).couldHaveBeen;
  };
  expect(await of(csv(everyHour))).toEqual({
    bytes: '2000000',
    paths: [{ path: 'border', blindHours: 2, bytes: '2000000' }],
  });
  // A path without a stated capacity has a bound all the same.
  expect(await of(csv(everyHour), 'kind: border')).toMatchObject({ bytes: '2000000' });
  // Without readings of those hours it is the capacity: two hours of 8 Mbit/s.
  expect(await of(csv(everyHour.filter(([time]) => !/^1[01]/.test(time))))).toMatchObject({
    bytes: '7200000000',
  });
});

test('hours sum to the steps exactly, whenever the readings were taken', async () => {
  const root = temporaryFolder();
  const db = await openDatabase({ root, temporary: `${root}/engine`, threads: 1, macros: [SPREAD_MACRO] });
  const { facility } = testLedger(yamlOf());
  const step = fc.record({
    seconds: fc.integer({ min: 1, max: 3600 }),
    bytes: fc.integer({ min: 0, max: 1_000_000 }),
  });
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 0, max: 3599 }),
        async (steps, offset) => {
          let [at, octets] = [FROM_HOUR * 3600 + offset, 10n ** 15n];
          const readings = [{ at, octets }];
          for (const { seconds, bytes } of steps) {
            at += seconds;
            octets += BigInt(Math.min(bytes, seconds * 1_000_000));
            readings.push({ at, octets });
          }
          const values = readings
            .map((each) => `(${each.at * 1_000_000}::BIGINT, ${each.octets}::UBIGINT)`)
            .join(', ');
          await db.run(`COPY (SELECT t AS startedAt, 's' AS sensor, 'r1' AS device, 'eth0' AS interface, NULL::BIGINT AS intervalMicros,
          o AS outOctets, NULL::UBIGINT AS inOctets, 64::UBIGINT AS counterBits FROM (VALUES ${values}) AS v(t, o)) TO '${root}/c.parquet' (FORMAT parquet)`);
          const hours = await countedHours(db, { counters: [`${root}/c.parquet`], cells: [] }, facility, {
            fromHour: FROM_HOUR,
            toHour: FROM_HOUR + 30,
          });
          expect(hours.reduce((sum, each) => sum + each.octets, 0n)).toBe(octets - 10n ** 15n);
          expect(hours.reduce((sum, each) => sum + each.knownSeconds, 0)).toBe(
            at - FROM_HOUR * 3600 - offset,
          );
          expect(Math.max(...hours.map(({ knownSeconds }) => knownSeconds))).toBeLessThanOrEqual(3600);
        },
      ),
      { numRuns: 60 },
    );
  } finally {
    db.close();
  }
});
