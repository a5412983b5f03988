import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { testLedger } from '../support/ledgers.ts';

/** One direction of a connection's part, as every flow format can tell it. */
interface Part {
  readonly inside: string;
  readonly outside: string;
  readonly insidePort: number;
  readonly outsidePort: number;
  readonly isOut: boolean;
  readonly proto: 6 | 17;
  readonly bytes: number;
  readonly packets: number;
  /** Milliseconds since the day began. */
  readonly start: number;
  readonly lasted: number;
}

const DAY = Date.UTC(2026, 2, 1);
const CASES = 10_000;

// Few ends: the same ones speak again and again, at the same time too.
const octet = fc.integer({ min: 1, max: 4 });
const part: fc.Arbitrary<Part> = fc
  .record({
    inside: fc.oneof(
      octet.map((last) => `10.0.0.${last}`),
      octet.map((last) => `2001:db8:10::${last.toString(16)}`),
    ),
    outsideLast: octet,
    insidePort: fc.constantFrom(22, 40_001, 51_000),
    outsidePort: fc.constantFrom(22, 443, 2811, 40_000, 50_123),
    isOut: fc.boolean(),
    proto: fc.constantFrom<6 | 17>(6, 17),
    packets: fc.integer({ min: 1, max: 1000 }),
    perPacket: fc.integer({ min: 40, max: 1500 }),
    start: fc.integer({ min: 0, max: 80_000_000 }),
    lasted: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000_000 })),
  })
  .map(({ outsideLast, perPacket, ...rest }) => ({
    ...rest,
    outside: rest.inside.includes(':')
      ? `2001:db8:ff::${outsideLast.toString(16)}`
      : `198.51.100.${outsideLast}`,
    bytes: rest.packets * perPacket,
  }));

const parts = fc.sample(part, { numRuns: CASES, seed: 20_260_301 });

const ends = ({ inside, outside, insidePort, outsidePort, isOut }: Part) =>
  isOut
    ? { src: inside, dst: outside, srcPort: insidePort, dstPort: outsidePort }
    : { src: outside, dst: inside, srcPort: outsidePort, dstPort: insidePort };
const iso = (millis: number) => new Date(DAY + millis).toISOString();
const local = (millis: number) => iso(millis).replace('T', ' ').replace('Z', '');

/** How each format writes a part. */
const WRITERS: Readonly<Record<string, { head?: string; line: (each: Part, index: number) => string }>> = {
  'nfdump-old-csv': {
    head: 'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt',
    line: (each) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      const [ts, te] = [each.start, each.start + each.lasted].map((at) => local(at).slice(0, 19));
      return `${ts},${te},0.000,${src},${dst},${srcPort},${dstPort},${each.proto === 6 ? 'TCP' : 'UDP'},........,0,0,${each.packets},${each.bytes},0,0`;
    },
  },
  'nfdump-new-csv': {
    head: 'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows',
    line: (each) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      return `${local(each.start)},${(each.lasted / 1000).toFixed(3)},${each.proto},${src},${srcPort},${dst},${dstPort},${each.packets},${each.bytes},1`;
    },
  },
  goflow2: {
    line: (each) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      return JSON.stringify({
        type: 'IPFIX',
        sampling_rate: 1,
        time_received_ns: 1,
        time_flow_start_ns: `${DAY + each.start}000000`,
        time_flow_end_ns: `${DAY + each.start + each.lasted}000000`,
        bytes: each.bytes,
        packets: each.packets,
        src_addr: src,
        dst_addr: dst,
        src_port: srcPort,
        dst_port: dstPort,
        proto: each.proto === 6 ? 'TCP' : 'UDP',
      });
    },
  },
  akvorado: {
    line: (each) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      return JSON.stringify({
        TimeReceived: local(each.start + each.lasted).slice(0, 19),
        SamplingRate: '1',
        EType: 2048,
        SrcAddr: src.includes(':') ? src : `::ffff:${src}`,
        DstAddr: dst.includes(':') ? dst : `::ffff:${dst}`,
        SrcPort: srcPort,
        DstPort: dstPort,
        Proto: each.proto,
        Bytes: String(each.bytes),
        Packets: String(each.packets),
      });
    },
  },
  suricata: {
    line: (each, index) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      const [start, end] = [iso(each.start), iso(each.start + each.lasted)];
      return JSON.stringify({
        timestamp: end,
        event_type: 'netflow',
        flow_id: index,
        src_ip: src,
        dest_ip: dst,
        src_port: srcPort,
        dest_port: dstPort,
        proto: each.proto === 6 ? 'TCP' : 'UDP',
        netflow: { pkts: each.packets, bytes: each.bytes, start, end },
      });
    },
  },
  argus: {
    head: 'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,SrcPkts,DstPkts,SrcBytes,DstBytes,State',
    line: (each) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      const [time, lasted] = [(DAY + each.start) / 1000, each.lasted / 1000].map((at) => at.toFixed(6));
      return `${time},${lasted},${each.proto === 6 ? 'tcp' : 'udp'},${src},${srcPort},   ->,${dst},${dstPort},${each.packets},0,${each.bytes},0,CON`;
    },
  },
  'aws-vpc': {
    head: 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
    line: (each) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      const [from, to] = [each.start, each.start + each.lasted].map((at) => Math.floor((DAY + at) / 1000));
      return `2 123456789010 eni-1 ${src} ${dst} ${srcPort} ${dstPort} ${each.proto} ${each.packets} ${each.bytes} ${from} ${to} ACCEPT OK`;
    },
  },
  'gcp-vpc': {
    line: (each) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      const connection = {
        src_ip: src,
        src_port: srcPort,
        dest_ip: dst,
        dest_port: dstPort,
        protocol: each.proto,
      };
      const [start_time, end_time] = [iso(each.start), iso(each.start + each.lasted)];
      const counts = { bytes_sent: String(each.bytes), packets_sent: String(each.packets) };
      return JSON.stringify({ jsonPayload: { connection, ...counts, start_time, end_time } });
    },
  },
  'azure-flow': {
    line: (each) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      const flowTuples = [
        `${DAY + each.start},${src},${dst},${srcPort},${dstPort},${each.proto},O,C,NX,${each.packets},${each.bytes},0,0`,
      ];
      return JSON.stringify({
        category: 'FlowLogFlowEvent',
        flowRecords: { flows: [{ aclID: '0', flowGroups: [{ rule: 'a', flowTuples }] }] },
      });
    },
  },
  conntrack: {
    line: (each, index) => {
      const { src, dst, srcPort, dstPort } = ends(each);
      const end = ((DAY + each.start + each.lasted) / 1000).toFixed(6);
      const reply = `src=${dst} dst=${src} sport=${dstPort} dport=${srcPort} packets=0 bytes=0`;
      return `[${end}]\t[DESTROY] ${each.proto === 6 ? 'tcp      6 10 CLOSE' : 'udp      17 10'} src=${src} dst=${dst} sport=${srcPort} dport=${dstPort} packets=${each.packets} bytes=${each.bytes} ${reply} delta-time=${Math.floor(each.lasted / 1000)} id=${index}`;
    },
  },
};

/** Whole connections, and those that bear an identifier, are settled as copies where their ends and times are those of another. */
const SETTLED = new Set(['suricata', 'conntrack']);

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, "2001:db8:10::/48"] }
paths: [{ name: border, capacityGbps: 1000, sensors: [one] }]
sensors: [{ name: one, files: "**", timezone: UTC, samplingRate: 1 }]
`;

const bytesOf = (of: readonly Part[]) => of.reduce((sum, { bytes }) => sum + BigInt(bytes), 0n);

test.each(Object.entries(WRITERS))(
  `${CASES} parts of connections in %s: every byte is in the records, and every byte that left in the cells`,
  async (name, { head, line }) => {
    const lines = parts.map(line);
    const text = `${[...(head === undefined ? [] : [head]), ...lines].join('\n')}\n`;
    const ledger = testLedger(YAML);
    const { answer } = await ledger.importFiles({ 'flows.log': text });
    expect(answer.commits).toMatchObject([
      { accepted: CASES, rejected: 0, comments: head === undefined ? 0 : 1 },
    ]);
    const flows = await ledger.facts('flow');
    const logged = (column: string) =>
      flows.reduce((sum, flow) => sum + BigInt((flow[column] as bigint | null) ?? 0n), 0n);
    expect(logged('origIpBytes') + logged('respIpBytes')).toBe(bytesOf(parts));
    const cells = await ledger.cells();
    const out = bytesOf(parts.filter(({ isOut }) => isOut));
    if (!SETTLED.has(name)) expect(cells.reduce((sum, { ip }) => sum + ip, 0n)).toBe(out);
    for (const { low, out: estimate, high } of cells) {
      expect(low <= estimate && estimate <= high).toBe(true);
    }
    const days = new Set(cells.map(({ hour }) => hour.slice(0, 10)));
    expect([...days].sort()).toEqual(['2026-03-01']);
  },
);
