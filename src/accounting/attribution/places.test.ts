import { describe, expect, it } from 'vitest';
import { parseFacility } from '../../facility/load.ts';
import { formatAddress } from '../../records/address.ts';
import { placeNames } from './places.ts';

const FACILITY = parseFacility(
  `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, "2001:db8:10::/48"] }
hosts:
  - { name: login1, addresses: [10.0.0.1, 10.0.1.1] }
  - { name: dtn.data.example.org, addresses: [10.0.0.40] }
  - { name: vis.a.example.org, addresses: [10.0.0.50] }
  - { name: vis.b.example.org, addresses: [10.0.0.51] }
`,
  'weir.yaml',
  '/',
);

describe('placeNames', () => {
  const place = (name: string) => {
    const address = placeNames([name], FACILITY).get(name);
    return address && formatAddress(address);
  };

  it('knows hosts of weir.yaml with and without domain, in any case, and addresses', () => {
    expect(['login1', 'LOGIN1', 'login1.example.org'].map(place)).toEqual(Array(3).fill('10.0.0.1'));
    expect(['dtn', 'DTN.data.example.org'].map(place)).toEqual(['10.0.0.40', '10.0.0.40']);
    expect(['10.0.1.1', '10.7.7.7', '::ffff:10.0.1.1'].map(place)).toEqual([
      '10.0.0.1',
      '10.7.7.7',
      '10.0.0.1',
    ]);
    expect(place('2001:db8:10:7::5')).toBe('2001:db8:10:7::5');
  });

  it('guesses nothing: not between two of one short name, not across domains, not by beginnings', () => {
    expect(['vis', 'dtn.other.example.org', 'login', 'login11', '', '10.0.0'].map(place)).toEqual(
      Array(6).fill(undefined),
    );
    expect(place('vis.b.example.org')).toBe('10.0.0.51');
  });
});
