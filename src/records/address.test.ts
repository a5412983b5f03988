import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareAddresses,
  contains,
  formatAddress,
  formatHost,
  formatNetwork,
  hostKey,
  isIpv4,
  networkKey,
  parseAddress,
  parseNetwork,
} from './address.ts';

const known = (text: string) => parseAddress(text) ?? expect.fail(`${text} is an address`);
const half = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
/** Addresses of networks in use: no IPv6 prefix in use begins with 16 zero bits. */
const anyAddress = fc.oneof(
  fc.record({ hi: half.map((hi) => hi | (1n << 61n)), lo: half }),
  fc.ipV4().map((text) => known(text)),
);

test('an address reads back from its canonical text', () => {
  fc.assert(
    fc.property(anyAddress, (address) => {
      expect(known(formatAddress(address))).toEqual(address);
    }),
  );
});

test('IPv4 and mapped IPv6 are one address, however written', () => {
  for (const text of ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:207', '192.0.2.7%eth0']) {
    expect(known(text)).toEqual({ hi: 0n, lo: 0xffff_c000_0207n });
    expect(formatAddress(known(text))).toBe('192.0.2.7');
  }
  expect(isIpv4(known('192.0.2.7'))).toBe(true);
  expect(isIpv4(known('2001:db8::1'))).toBe(false);
});

test('what is no address is none', () => {
  for (const text of ['', '1.2.3', '1.2.3.256', '1.2.3.4.5', 'host', ':::', '1::2::3', '12345::']) {
    expect(parseAddress(text)).toBeUndefined();
  }
});

test('a host is an IPv4 address or an IPv6 /64, a network a /24 or a /48', () => {
  const cases = [
    ['192.0.2.7', '192.0.2.7', '192.0.2.0/24'],
    ['2001:db8:1:2:aaaa::1', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:db8:1:2:bbbb::9', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ] as const;
  for (const [text, host, network] of cases) {
    expect(formatHost(hostKey(known(text)))).toBe(host);
    expect(formatNetwork(networkKey(known(text)))).toBe(network);
  }
});

test('an address lies in the network of its key, and keys of IPv4 and IPv6 never meet', () => {
  fc.assert(
    fc.property(anyAddress, anyAddress, (a, b) => {
      const network = parseNetwork(formatNetwork(networkKey(a))) ?? expect.fail('a network reads back');
      expect(contains(network, a)).toBe(true);
      expect(contains(network, b)).toBe(networkKey(a) === networkKey(b));
      if (isIpv4(a) !== isIpv4(b)) expect(hostKey(a)).not.toBe(hostKey(b));
      expect(Math.sign(compareAddresses(a, b))).toBe(-Math.sign(compareAddresses(b, a)) + 0);
    }),
  );
});

test('bits behind a prefix are cleared; a bare address is a network of one', () => {
  expect(parseNetwork('10.1.2.3/8')).toMatchObject({
    first: known('10.0.0.0'),
    last: known('10.255.255.255'),
  });
  expect(parseNetwork('2001:db8::1')).toMatchObject({
    first: known('2001:db8::1'),
    last: known('2001:db8::1'),
  });
  for (const text of ['10.0.0.0/33', '2001:db8::/129', '10.0.0.0/8/8', '10.0.0.0/x', 'host/8']) {
    expect(parseNetwork(text)).toBeUndefined();
  }
});
