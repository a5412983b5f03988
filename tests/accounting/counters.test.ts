import { beforeAll, expect, test } from 'vitest';
import { type PlainCell, testLedger } from '../support/ledgers.ts';
import { type ConnWords, conn, zeekTsv } from '../support/zeek-text.ts';

/** What counters may say, and what payload Weir makes of it. One inside host a case. */
interface Case {
  readonly says: string;
  readonly conn: Partial<Omit<ConnWords, 'from' | 'to'>> & {
    readonly from?: string;
    readonly to?: string;
    readonly proto?: string;
  };
  readonly out: number;
  readonly low?: number;
  readonly high?: number;
  readonly in?: number;
  readonly correction?: string;
}

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 1, sensors: [zeek] }]
`;

/** 1 Gbit/s in bytes a second. */
const GIGABIT = 125_000_000;

const CASES: Case[] = [
  {
    says: 'counters that agree',
    conn: {
      lasts: 1,
      sent: 1000,
      got: 10,
      orig_pkts: 2,
      orig_ip_bytes: 1080,
      resp_pkts: 2,
      resp_ip_bytes: 90,
    },
    out: 1000,
    in: 10,
  },
  { says: 'no IP counters at all', conn: { lasts: 1, sent: 1000, got: 10 }, out: 1000, in: 10 },
  {
    says: 'TCP whose history has no data and whose IP bytes are headers carries none',
    conn: { sent: 1_400_000, history: 'ShADadFf'.replaceAll(/[Dd]/g, ''), orig_pkts: 5, orig_ip_bytes: 260 },
    out: 0,
    correction: 'headersOnly',
  },
  {
    says: 'the same without a payload counter',
    conn: { history: 'S', orig_pkts: 3, orig_ip_bytes: 180, conn_state: 'S0' },
    out: 0,
  },
  {
    says: 'no data of the originator says nothing of the responder',
    conn: {
      sent: 0,
      got: 500,
      history: 'ShAdF',
      orig_pkts: 5,
      orig_ip_bytes: 260,
      resp_pkts: 3,
      resp_ip_bytes: 620,
    },
    out: 0,
    in: 500,
  },
  {
    says: 'a data letter in the history: payload stands',
    conn: { sent: 60, history: 'ShAD', orig_pkts: 5, orig_ip_bytes: 260 },
    out: 60,
  },
  { says: 'no history: payload stands', conn: { sent: 60, orig_pkts: 5, orig_ip_bytes: 260 }, out: 60 },
  {
    says: 'large packets though the history shows no data: payload stands',
    conn: { sent: 5000, history: 'SA', orig_pkts: 5, orig_ip_bytes: 5200 },
    out: 5000,
  },
  {
    says: 'UDP without history letters that mean data',
    conn: { proto: 'udp', sent: 60, history: 'S', orig_pkts: 5, orig_ip_bytes: 260 },
    out: 60,
  },
  {
    says: 'a lying counter is capped at what the IP bytes can hold',
    conn: { lasts: 60, sent: 10, got: 5, orig_pkts: 10, orig_ip_bytes: 8, resp_pkts: 4 },
    out: 0,
    low: 0,
    high: 0,
    in: 5,
    correction: 'aboveIpBytes',
  },
  {
    says: '1.6 GB in 57 kB',
    conn: {
      lasts: 60,
      from: '198.51.100.7 5000',
      to: 'HOST 22',
      got: 1_600_000_000,
      sent: 0,
      missed_bytes: 0,
      resp_pkts: 100,
      resp_ip_bytes: 57_000,
      history: 'ShAdDa',
    },
    out: 53_000,
    low: 45_000,
    high: 53_000,
    correction: 'aboveIpBytes',
  },
  {
    says: 'the same with missed bytes is an interval up to what was missed',
    conn: {
      lasts: 60,
      sent: 90_000,
      missed_bytes: 20_000,
      orig_pkts: 100,
      orig_ip_bytes: 57_000,
      history: 'ShAdDa',
    },
    out: 77_000,
    low: 45_000,
    high: 77_000,
    correction: 'missedBytes',
  },
  {
    says: 'missed bytes that explain all: the counter stands as the most',
    conn: {
      lasts: 60,
      sent: 60_000,
      missed_bytes: 20_000,
      orig_pkts: 100,
      orig_ip_bytes: 57_000,
      history: 'ShAdDa',
    },
    out: 60_000,
    low: 45_000,
    high: 60_000,
    correction: 'missedBytes',
  },
  {
    says: 'missed bytes below the IP bytes change nothing',
    conn: {
      lasts: 60,
      sent: 50_000,
      missed_bytes: 20_000,
      orig_pkts: 100,
      orig_ip_bytes: 57_000,
      history: 'ShAdDa',
    },
    out: 50_000,
  },
  {
    says: 'UDP S0 with IP bytes only',
    conn: { proto: 'udp', conn_state: 'S0', orig_pkts: 10, orig_ip_bytes: 14_280, history: 'D' },
    out: 14_000,
    low: 13_080,
    high: 14_000,
    correction: 'fromIpBytes',
  },
  {
    says: 'UDP S0 that counted its payload',
    conn: {
      proto: 'udp',
      conn_state: 'S0',
      sent: 14_000,
      orig_pkts: 10,
      orig_ip_bytes: 14_280,
      history: 'D',
    },
    out: 14_000,
  },
  {
    says: 'midstream (OTH), no handshake seen',
    conn: {
      conn_state: 'OTH',
      sent: 1_000_000,
      got: 3,
      history: 'DdAa',
      orig_pkts: 800,
      orig_ip_bytes: 1_032_000,
    },
    out: 1_000_000,
    in: 3,
  },
  {
    says: 'SF',
    conn: { conn_state: 'SF', sent: 11, history: 'ShADadFf', orig_pkts: 6, orig_ip_bytes: 263 },
    out: 11,
  },
  { says: 'REJ and RSTO with bytes', conn: { conn_state: 'REJ', sent: 12 }, out: 12 },
  { says: 'no protocol', conn: { proto: '-', sent: 13 }, out: 13 },
  {
    says: 'ICMP',
    conn: {
      proto: 'icmp',
      from: 'HOST 8',
      to: '198.51.100.7 0',
      sent: 56_000,
      orig_pkts: 40,
      orig_ip_bytes: 57_120,
    },
    out: 56_000,
  },
  { says: 'nothing set', conn: {}, out: 0 },
  { says: 'a negative duration is none', conn: { lasts: -20_000, sent: 14 }, out: 14 },
  {
    says: 'more than the path can carry is capped',
    conn: {
      lasts: 10,
      sent: 90 * GIGABIT,
      orig_pkts: 8_000_000,
      orig_ip_bytes: 91 * GIGABIT,
      history: 'ShAD',
    },
    out: 12 * GIGABIT,
    low: 12 * GIGABIT,
    high: 12 * GIGABIT,
    correction: 'aboveCapacity',
  },
  {
    says: 'nor of a record whose counters all agree',
    conn: {
      lasts: 10,
      sent: 90 * GIGABIT,
      got: 5,
      orig_pkts: 8_000_000,
      orig_ip_bytes: 91 * GIGABIT,
      resp_pkts: 1,
      resp_ip_bytes: 45,
      history: 'ShADad',
    },
    out: 12 * GIGABIT,
    in: 5,
    correction: 'aboveCapacity',
  },
  {
    says: 'nor when the outside pulls it',
    conn: {
      from: '198.51.100.7 5000',
      to: 'HOST 22',
      lasts: 10,
      sent: 5,
      got: 90 * GIGABIT,
      orig_pkts: 1,
      orig_ip_bytes: 45,
      resp_pkts: 8_000_000,
      resp_ip_bytes: 91 * GIGABIT,
      history: 'ShADad',
    },
    out: 12 * GIGABIT,
    in: 5,
    correction: 'aboveCapacity',
  },
  {
    says: 'what the path can just carry is not',
    conn: { lasts: 10, sent: 11 * GIGABIT, history: 'ShAD' },
    out: 11 * GIGABIT,
  },
];

const host = (index: number) => `10.1.${index}.1`;
let cells: PlainCell[] = [];
let corrections: Record<string, { records: number; bytes: bigint }> = {};

beforeAll(async () => {
  const ledger = testLedger(YAML);
  const rows = CASES.map(({ conn: words }, index) => {
    const place = (end: string) => end.replace('HOST', host(index));
    const from = place(words.from ?? 'HOST 40000');
    return conn({ at: '2026-03-01T10:00:00Z', ...words, from, to: place(words.to ?? '198.51.100.7 443') });
  });
  await ledger.importFiles({ 'conn.log': zeekTsv(rows) });
  cells = await ledger.cells();
  corrections = await ledger.corrections();
});

for (const [index, { says, out, low, high, in: came }] of CASES.entries()) {
  test(`rule 5: ${says}`, () => {
    const own = cells.filter((cell) => cell.host === host(index));
    expect(own.length).toBe(1);
    expect(own[0]).toMatchObject({
      kind: 'egress',
      flows: 1,
      out: BigInt(out),
      low: BigInt(low ?? out),
      high: BigInt(high ?? out),
    });
    if (came !== undefined) expect(own[0]?.in).toBe(BigInt(came));
  });
}

test('rule 5: every correction is counted', () => {
  const named = CASES.flatMap(({ correction }) => correction ?? []);
  const counts = Object.fromEntries(
    [...new Set(named)].map((name) => [name, named.filter((each) => each === name).length]),
  );
  expect(
    Object.fromEntries(Object.entries(corrections).map(([name, { records }]) => [name, records])),
  ).toEqual(counts);
  expect(corrections.headersOnly?.bytes).toBe(1_400_000n);
  expect(corrections.aboveCapacity?.bytes).toBe(BigInt(3 * 78 * GIGABIT));
});
