import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFacility } from './load.ts';
import { type ConfigAnswers, renderConfig } from './template.ts';

const load = (answers: ConfigAnswers) => parseFacility(renderConfig(answers), 'weir.yaml', '/srv');

const full: ConfigAnswers = {
  facility: { name: 'Example Centre', names: ['EXC', '示例中心'], simulated: true },
  networks: {
    inside: ['192.0.2.0/24', { cidr: '10.0.0.0/8', from: '2026-01-01', zone: 'compute' }, '2001:db8::/32'],
    remoteAccess: ['10.200.0.0/14'],
    relays: ['192.0.2.5'],
  },
  insideBecause: { '192.0.2.0/24': '900 ends of conversations\nledger: /evil' },
  zones: [{ name: 'compute', kind: 'computing' }],
  paths: [
    { name: 'border', capacityGbps: 100, sensors: ['zeek-1'] },
    { name: 'vpn', capacityGbps: 10, gateways: ['192.0.2.10'], sensors: ['zeek-vpn'] },
  ],
  sensors: [
    { name: 'zeek-1', files: 'zeek-1/**', timezone: 'UTC' },
    { name: 'zeek-vpn', files: ['zeek-vpn/**'] },
  ],
  hosts: [{ name: 'dtn', addresses: ['192.0.2.65', '2001:db8::65'] }],
  tenants: [{ name: 'climate', principals: ['alice'] }],
  mappings: [{ name: 'm', files: 's/*.csv', time: 't', bytesOut: 'b', path: { value: 'border' } }],
  asn: './asn.csv',
  detection: { leadsPerWeek: 2 },
  checks: { minCoverage: 0.8 },
  retention: { recordsDays: 30 },
  ledger: './elsewhere',
};

test('what is written is what is read', () => {
  const { insideBecause: _, ...plain } = full;
  expect(load(full)).toEqual(parseFacility(JSON.stringify(plain), 'weir.yaml', '/srv'));
  expect(renderConfig(full)).toContain('- 192.0.2.0/24 # 900 ends of conversations ledger: /evil\n');
});

test('the fewest answers make a file that loads, with every other section as an example', () => {
  const text = renderConfig({ facility: { name: 'X' }, networks: { inside: ['10.0.0.0/8'] } });
  expect(parseFacility(text, 'weir.yaml', '/srv').paths.map(({ name }) => name)).toEqual(['border']);
  for (const key of ['zones', 'paths', 'sensors', 'hosts', 'tenants', 'mappings', 'asn', 'ledger']) {
    expect(text).toMatch(new RegExp(`^# ${key}:`, 'm'));
  }
});

test('every example, uncommented, is valid too', () => {
  const text = renderConfig({
    facility: { name: 'X' },
    networks: { inside: ['192.0.2.0/24', '2001:db8::/32'] },
  });
  const uncommented = text
    .replace(
      /^# ((?:zones|paths|sensors|hosts|tenants|mappings|asn|detection|checks|retention|notify|ledger):.*)$/gm,
      '$1',
    )
    .replace(/^# {3}- /gm, '  - ');
  const facility = parseFacility(uncommented, 'weir.yaml', '/srv');
  expect(facility).toMatchObject({
    asnFile: '/srv/asn.mmdb',
    hosts: [{ name: 'dtn-1' }],
    mappings: [{ name: 'nightly' }],
  });
});

test('names of any kind stay names', () => {
  const nameText = fc
    .string({ unit: 'binary', minLength: 1 })
    .filter((text) => text.trim() === text && text !== '');
  fc.assert(
    fc.property(nameText, (name) => {
      const facility = load({
        facility: { name, names: [name] },
        networks: { inside: ['10.0.0.0/8'] },
        tenants: [{ name, principals: [name] }],
        insideBecause: { '10.0.0.0/8': name },
      });
      expect([facility.name, facility.names, facility.tenants]).toEqual([
        name,
        [name],
        [{ name, principals: [name] }],
      ]);
    }),
    {
      numRuns: 150,
      examples: [['no'], ['12'], ['a: b'], ['# x'], ['- y'], ['"'], ['a\nb: c'], ['~'], ['2026-01-01']],
    },
  );
});
