import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const yaml = (sensor: string) => `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [sampled] }]
sensors: [{ name: sampled, ${sensor} }]
`;

/** 400 packets of 1,000 payload bytes, as one sensor logged them. */
const FLOW = conn({
  at: '2026-03-01T10:00:00Z',
  lasts: 60,
  sent: 400_000,
  got: 0,
  orig_pkts: 400,
  orig_ip_bytes: 416_000,
});

async function cellUnder(sensor: string) {
  const ledger = testLedger(yaml(sensor));
  await ledger.importFiles({ 'conn.log': zeekTsv([FLOW]) });
  const [cell] = await ledger.cells();
  return cell;
}

/** 1.96·√((1 − 1/100)/k): the relative error of k packets seen at one in a hundred. */
const errorOf = (packets: number) => 1.96 * Math.sqrt(0.99 / packets);

test('rule 6: counts of a sampling sensor are multiplied by its rate and carry the sampling error', async () => {
  const cell = await cellUnder('samplingRate: 100');
  expect(cell?.out).toBe(40_000_000n);
  expect(Number(cell?.low)).toBeCloseTo(40e6 * (1 - errorOf(400)), -1);
  expect(Number(cell?.high)).toBeCloseTo(40e6 * (1 + errorOf(400)), -1);
});

test('rule 6: counts that the exporter has scaled are not scaled again, but are no surer', async () => {
  const cell = await cellUnder('samplingRate: 100, samplingScaled: true');
  expect(cell?.out).toBe(400_000n);
  // 400 scaled packets are 4 seen ones: nothing is surer than what those four carried.
  expect(Number(cell?.low)).toBeCloseTo(Math.max(4_000, 400_000 * (1 - errorOf(4))), -1);
  expect(Number(cell?.high)).toBeCloseTo(400_000 * (1 + errorOf(4)), -1);
});

test('rule 6: a sensor that sees every packet is taken at its word', async () => {
  expect(await cellUnder('samplingRate: 1')).toMatchObject({ out: 400_000n, low: 400_000n, high: 400_000n });
});
