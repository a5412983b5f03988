import { expect, test } from 'vitest';
import { parseAddress } from '../records/address.ts';
import { type AddressObservation, guessInside } from './guess.ts';

type Talk = readonly [from: string, to: string, bytes?: number];

/** Returns what a sensor would have seen of conversations; `local` gives its votes where it has any. */
function observe(talks: readonly Talk[], local?: (address: string) => boolean): AddressObservation[] {
  const seen = new Map<
    string,
    { peers: Set<string>; asOriginator: number; asResponder: number; bytes: number }
  >();
  const at = (text: string) => {
    const held = seen.get(text) ?? { peers: new Set(), asOriginator: 0, asResponder: 0, bytes: 0 };
    seen.set(text, held);
    return held;
  };
  for (const [from, to, bytes = 1000] of talks) {
    at(from).asOriginator += 1;
    at(to).asResponder += 1;
    at(from).peers.add(to);
    at(to).peers.add(from);
    at(from).bytes += bytes;
    at(to).bytes += bytes;
  }
  return [...seen].flatMap(([text, { peers, ...counts }]) => {
    const address = parseAddress(text);
    const ends = counts.asOriginator + counts.asResponder;
    const votes = local?.(text) ? { local: ends, remote: 0 } : { local: 0, remote: ends };
    return address
      ? [{ address, peers: peers.size, ...counts, ...(local ? { localFlags: votes } : {}) }]
      : [];
  });
}

const outside = (index: number) =>
  `${[23, 52, 104, 151, 185][index % 5]}.${index % 7}.${index % 31}.${index % 251}`;
const times = <T>(number: number, make: (index: number) => T): T[] =>
  Array.from({ length: number }, (_, index) => make(index));
const cidrs = (observations: AddressObservation[]) =>
  guessInside(observations).map(({ network }) => network.cidr);

const campus = times(4000, (index): Talk => {
  const host = `147.32.${(index % 60) * 4}.${1 + (index % 60)}`;
  return index % 4 === 0 ? [outside(index * 13), host] : [host, outside(index * 7)];
});
const lab = times(
  600,
  (index): Talk => [`172.16.1.${10 + (index % 6)}`, index % 2 ? '52.0.0.80' : outside(index)],
);

test('a campus with public addresses that talk with many', () => {
  const [best, ...others] = guessInside(observe(campus));
  expect(best?.network.cidr).toBe('147.32.0.0/16');
  expect(best?.confidence).toBeGreaterThanOrEqual(0.8);
  expect(best?.evidence.join('; ')).toMatch(/4000 ends of conversations, 100 for every 100/);
  expect(others).toEqual([]);
});

test('a private lab: its range, and not the cloud it talks with most', () => {
  const found = guessInside(observe(lab));
  expect(found.map(({ network }) => network.cidr)).toEqual(['172.16.1.0/24']);
  expect(found[0]?.confidence).toBe(0.9);
  expect(found[0]?.evidence[0]).toBe('6 addresses seen in 172.16.0.0/12, which is private (RFC 1918)');
});

test('a set with both', () => {
  expect(cidrs(observe([...campus, ...lab])).sort()).toEqual(['147.32.0.0/16', '172.16.1.0/24']);
});

test('a set with both where traffic among private addresses hides what they explain', () => {
  const inner = times(
    9000,
    (index): Talk => [`172.16.1.${10 + (index % 6)}`, `172.16.1.${10 + ((index + 1) % 6)}`],
  );
  const found = guessInside(observe([...campus, ...inner]));
  expect(found.map(({ network }) => network.cidr).sort()).toEqual(['147.32.0.0/16', '172.16.1.0/24']);
  expect(found.find(({ network }) => network.cidr === '147.32.0.0/16')?.confidence).toBeLessThan(0.5);
});

test('two public networks of one centre', () => {
  const second = times(2500, (index): Talk => [`195.113.8.${index % 200}`, outside(index * 3)]);
  expect(cidrs(observe([...campus, ...second])).sort()).toEqual(['147.32.0.0/16', '195.113.8.0/24']);
});

test('a cloud that takes half of all conversations is not inside', () => {
  const cloud = times(
    4000,
    (index): Talk => [`147.32.${(index % 60) * 4}.9`, `52.0.${index % 20}.${index % 90}`],
  );
  expect(cidrs(observe([...campus, ...cloud]))).toEqual(['147.32.0.0/16']);
});

test('traffic among strangers, called remote by a sensor that knows its networks, is no candidate', () => {
  const transit = times(2000, (index): Talk => [`52.0.0.${index % 9}`, `104.1.0.${index % 7}`]);
  const found = cidrs(observe([...campus, ...transit], (text) => text.startsWith('147.32.')));
  expect(found).toEqual(['147.32.0.0/16']);
});

test('one busy host suggests its /24, not its whole /16', () => {
  const talks = times(500, (index): Talk => ['147.32.84.165', outside(index)]);
  expect(cidrs(observe(talks))).toEqual(['147.32.84.0/24']);
});

test('an address that only scans met does not widen the network', () => {
  const scans = times(200, (index): Talk => ['23.1.1.1', `147.32.84.${index}`, 0]);
  const dark = times(20, (index): Talk => ['23.1.1.1', `147.32.200.${index}`, 0]);
  const alive = times(900, (index): Talk => [`147.32.84.${160 + (index % 5)}`, outside(index)]);
  expect(cidrs(observe([...scans, ...dark, ...alive]))[0]).toBe('147.32.84.0/24');
});

test('IPv6: the site prefix, and unique local addresses', () => {
  const six = times(
    800,
    (index): Talk => [`2001:db8:5:${index % 16}::${1 + (index % 40)}`, `2600:${index % 90}::5`],
  );
  const ula = times(200, (index): Talk => [`fd00:1:2::${1 + (index % 9)}`, `2600:${index % 90}::5`]);
  expect(cidrs(observe([...six, ...ula])).sort()).toEqual(['2001:db8:5::/48', 'fd00:1:2::/48']);
});

test("the sensor's votes decide where it knows its networks", () => {
  const second = times(40, (index): Talk => [`198.51.100.${index % 9}`, outside(index)]);
  const knows = (text: string) => text.startsWith('147.32.') || text.startsWith('198.51.100.');
  const found = guessInside(observe([...campus, ...second], knows));
  expect(found.map(({ network, confidence }) => [network.cidr, confidence])).toEqual([
    ['147.32.0.0/16', 0.95],
    ['198.51.100.0/24', 0.95],
  ]);
  expect(found[0]?.evidence.join()).toContain('called it local 4000 times and remote 0 times');
});

test("a sensor that calls only private addresses local does not hide the campus (Zeek's factory setting)", () => {
  const found = cidrs(observe([...campus, ...lab], (text) => text.startsWith('172.16.')));
  expect(found.sort()).toEqual(['147.32.0.0/16', '172.16.1.0/24']);
});

test("a private range that the sensor calls remote is another one's", () => {
  const talks = times(300, (index): Talk => [`172.16.1.${10 + (index % 6)}`, `10.0.2.${index % 20}`]);
  const found = guessInside(observe(talks, (text) => text.startsWith('172.16.')));
  expect(found.map(({ network, confidence }) => [network.cidr, confidence])).toEqual([
    ['172.16.1.0/24', 0.9],
    ['10.0.2.0/24', 0.3],
  ]);
});

test('two ends that cannot be told apart are both doubted', () => {
  const talks = times(300, (): Talk => ['203.0.113.5', '198.51.100.7']);
  const found = guessInside(observe(talks));
  expect(found.length).toBeGreaterThan(0);
  for (const { confidence } of found) expect(confidence).toBeLessThan(0.5);
});

test('multicast, broadcast and link-local are nobody; nothing seen is no guess', () => {
  expect(guessInside([])).toEqual([]);
  const talks: Talk[] = [
    ['169.254.3.4', '224.0.0.251'],
    ['fe80::1', 'ff02::fb'],
    ['0.0.0.0', '255.255.255.255'],
  ];
  expect(guessInside(observe(talks))).toEqual([]);
});
