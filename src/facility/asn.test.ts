import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IPV4_BASE, networkKey, parseAddress } from '../records/address.ts';
import { type AsEntry, type AsTable, asTableOf, loadAsTable } from './asn.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-asn-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function tableFrom(name: string, content: string | Buffer): Promise<AsTable> {
  const path = join(folder, name);
  writeFileSync(path, content);
  return loadAsTable(path);
}

function asnOf(table: AsTable, text: string): number | undefined {
  const address = parseAddress(text);
  return address && table.lookup(address)?.asn;
}

function asnOfNetwork(table: AsTable, text: string): number | undefined {
  const address = parseAddress(text);
  return address && table.asOfNetworkKey(networkKey(address))?.asn;
}

test('a CSV of ranges answers inside them and nowhere else', async () => {
  const table = await tableFrom(
    'ranges.csv',
    '\uFEFFfirst,last,asn,name,country\r\n"203.0.113.0","203.0.113.127",64500,"Nets, ""big"" ones",DE\r\n' +
      '192.0.2.0,192.0.2.255,AS64501,二号\n2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64502,Six,CN\n',
  );
  expect(table.lookup({ hi: 0n, lo: IPV4_BASE + 0xcb_00_71_07n })).toEqual({
    asn: 64500,
    name: 'Nets, "big" ones',
    country: 'DE',
  });
  const asked = [
    '203.0.113.127',
    '203.0.113.128',
    '192.0.1.255',
    '192.0.3.0',
    '192.0.2.0',
    '2001:db8::1',
    '2001:db9::',
  ];
  expect(asked.map((text) => asnOf(table, text))).toEqual([
    64500,
    undefined,
    undefined,
    undefined,
    64501,
    64502,
    undefined,
  ]);
  expect(asnOfNetwork(table, '203.0.113.200')).toBe(64500);
  expect(asnOfNetwork(table, '2001:db8:7::9')).toBe(64502);
  expect(asnOfNetwork(table, '198.51.100.1')).toBeUndefined();
});

test('a CSV of networks may nest; the narrower one answers, and the widest share names a /24', async () => {
  const table = await tableFrom(
    'nets.csv',
    'cidr,asn,name\n198.51.0.0/16,64510,wide\n198.51.100.0/26,64511,narrow\n198.51.101.0/25,64513,b\n198.51.101.128/25,64512,a\n',
  );
  expect(['198.51.100.63', '198.51.100.64', '198.51.255.255'].map((text) => asnOf(table, text))).toEqual([
    64511, 64510, 64510,
  ]);
  expect(asnOfNetwork(table, '198.51.100.1')).toBe(64510);
  expect(asnOfNetwork(table, '198.51.101.1')).toBe(64512);
});

test('lines that are no range are named with their number', async () => {
  await expect(
    tableFrom('bad.csv', '192.0.2.0/24,64500,a\nnonsense\n192.0.2.9,192.0.2.1,1,x\n'),
  ).rejects.toThrow(/2 lines are no address range[\s\S]*bad.csv:2 nonsense[\s\S]*bad.csv:3/);
  await expect(tableFrom('empty.csv', '')).rejects.toThrow(/0 are/);
  await expect(loadAsTable(join(folder, 'missing.csv'))).rejects.toThrow(/correct `asn` in weir.yaml/);
  await expect(tableFrom('broken.mmdb', Buffer.from('no database'))).rejects.toThrow(
    /not a readable MMDB file/,
  );
});

test('overlapping ranges answer as the naive rule: the one that begins last, then the narrowest', () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), fc.integer({ min: 0, max: 90 }), (spans, probe) => {
      const ranges = spans.map(([from, length], asn) => ({
        first: IPV4_BASE + BigInt(from),
        last: IPV4_BASE + BigInt(from + length),
        entry: { asn, name: '', country: undefined } satisfies AsEntry,
      }));
      const at = IPV4_BASE + BigInt(probe);
      const found = asTableOf(ranges).lookup({ hi: 0n, lo: at })?.asn;
      const narrowest = ranges
        .filter(({ first, last }) => first <= at && at <= last)
        .sort((a, b) => Number(b.first - a.first) || Number(a.last - b.last));
      const equals = narrowest.filter(
        ({ first, last }) => first === narrowest[0]?.first && last === narrowest[0]?.last,
      );
      if (equals.length === 0) expect(found).toBeUndefined();
      else expect(equals.map(({ entry }) => entry.asn)).toContain(found);
    }),
    { numRuns: 500 },
  );
});

/** Returns an MMDB file (24-bit records, IPv4 tree) of one /25 of 203.0.113.0: 128 left, 128 unknown. */
function smallMmdb(): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0x40 | value.length]), Buffer.from(value)]);
  const longText = (value: string) =>
    Buffer.concat([Buffer.from([0x5d, value.length - 29]), Buffer.from(value)]);
  const uint16 = (value: number) => Buffer.from([0xa2, value >> 8, value & 255]);
  const uint32 = (value: number) =>
    Buffer.concat([Buffer.from([0xc4]), Buffer.from([24, 16, 8, 0].map((bits) => (value >>> bits) & 255))]);
  const map = (...pairs: Buffer[]) => Buffer.concat([Buffer.from([0xe0 | (pairs.length / 2)]), ...pairs]);
  const prefix = 25;
  const bits = Array.from({ length: prefix }, (_, bit) => (0xcb007100 >>> (31 - bit)) & 1);
  const tree = bits.map((bit, node) => {
    const onward = node + 1 < prefix ? node + 1 : prefix + 16;
    const records = bit ? [prefix, onward] : [onward, prefix];
    return Buffer.from(records.flatMap((record) => [record >> 16, (record >> 8) & 255, record & 255]));
  });
  const data = map(
    text('autonomous_system_number'),
    uint32(64500),
    longText('autonomous_system_organization'),
    text('Example Net'),
  );
  const metadata = map(
    text('node_count'),
    uint32(prefix),
    text('record_size'),
    uint16(24),
    text('ip_version'),
    uint16(4),
    text('database_type'),
    text('Test-ASN'),
    text('languages'),
    Buffer.from([0x00, 0x04]),
    text('binary_format_major_version'),
    uint16(2),
    text('binary_format_minor_version'),
    uint16(0),
    text('build_epoch'),
    uint32(1),
    text('description'),
    map(),
  );
  const marker = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from('MaxMind.com')]);
  return Buffer.concat([...tree, Buffer.alloc(16), data, marker, metadata]);
}

test('an MMDB file answers like a CSV', async () => {
  const table = await tableFrom('small.mmdb', smallMmdb());
  expect(
    ['203.0.113.5', '203.0.113.127', '203.0.113.128', '2001:db8::1'].map((text) => asnOf(table, text)),
  ).toEqual([64500, 64500, undefined, undefined]);
  expect(table.asOfNetworkKey(IPV4_BASE + 0xcb_00_71_00n)).toEqual({
    asn: 64500,
    name: 'Example Net',
    country: undefined,
  });
});
