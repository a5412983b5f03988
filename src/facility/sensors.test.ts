import { expect, test } from 'vitest';
import { globMatcher } from './globs.ts';
import { parseFacility } from './load.ts';
import { mappingOfFile, pathsOfSensor, sensorOfFile, UNASSIGNED } from './sensors.ts';

const facility = parseFacility(
  `
facility: { name: X }
networks: { inside: [10.0.0.0/8] }
paths:
  - { name: border, sensors: [north, south] }
  - { name: vpn, kind: vpn, sensors: [south, gone] }
sensors:
  - { name: north, files: "north/**" }
  - { name: south, files: ["south/**", "north/old/*.log.gz"] }
mappings:
  - { name: series, files: "series/*.csv", time: t, bytesOut: b }
`,
  'weir.yaml',
  '/srv',
);

test('the glob that says most claims a file; what nobody claims is unassigned', () => {
  const of = (path: string) => sensorOfFile(facility, `/logs/${path}`, '/logs');
  expect(of('north/2026-01-01/conn.00:00:00-01:00:00.log.gz')).toBe('north');
  expect(of('north/old/conn.log.gz')).toBe('south');
  expect(of('north/old/conn.log')).toBe('north');
  expect(of('gone/conn.log')).toBe('gone');
  expect(of('northern/conn.log')).toBe(UNASSIGNED);
  expect(of('conn.log')).toBe(UNASSIGNED);
});

test('a file keeps its sensor whichever folder the import starts on', () => {
  const file = '/logs/north/2026-01-01/conn.log';
  for (const root of ['/', '/logs', '/logs/north', '/logs/north/2026-01-01', file]) {
    expect(sensorOfFile(facility, file, root)).toBe('north');
  }
});

test('a glob without a folder stays where the import starts', () => {
  const flat = parseFacility(
    'facility: { name: X }\nnetworks: { inside: [10.0.0.0/8] }\nsensors: [{ name: a, files: "*.log" }]',
    'w',
    '/',
  );
  expect(sensorOfFile(flat, '/logs/conn.log', '/logs')).toBe('a');
  expect(sensorOfFile(flat, '/logs/deep/conn.log', '/logs')).toBe(UNASSIGNED);
});

test('a default sensor takes what is left, whatever the order', () => {
  const text = (sensors: string) =>
    parseFacility(
      `facility: { name: X }\nnetworks: { inside: [10.0.0.0/8] }\nsensors: [${sensors}]`,
      'w',
      '/',
    );
  for (const sensors of [
    '{ name: rest }, { name: a, files: a/ }',
    '{ name: a, files: a/ }, { name: rest }',
  ]) {
    expect(sensorOfFile(text(sensors), 'logs/a/x.log', 'logs')).toBe('a');
    expect(sensorOfFile(text(sensors), 'logs/b/x.log', 'logs')).toBe('rest');
    expect(sensorOfFile(text(sensors), '/elsewhere/x.log', '/logs')).toBe('rest');
  }
});

test('a sensor watches every path that names it', () => {
  expect(pathsOfSensor(facility, 'south').map(({ name }) => name)).toEqual(['border', 'vpn']);
  expect(pathsOfSensor(facility, 'north').map(({ name }) => name)).toEqual(['border']);
  expect(pathsOfSensor(facility, UNASSIGNED)).toEqual([]);
});

test('mappings claim files by the same rule', () => {
  expect(mappingOfFile(facility, '/in/series/a.csv', '/in')?.name).toBe('series');
  expect(mappingOfFile(facility, '/in/series/deep/a.csv', '/in')).toBeUndefined();
});

test.each([
  ['**', 'a/b/c.log', true],
  ['**/*.log', 'c.log', true],
  ['**/*.log', 'a/b/c.log', true],
  ['*.log', 'a/c.log', false],
  ['a/*/c', 'a/b/c', true],
  ['a/*/c', 'a/c', false],
  ['a/**/c', 'a/c', true],
  ['a', 'a/b/c', true],
  ['a', 'ab', false],
  ['./a/', 'a/x', true],
  ['conn.{log,log.gz}', 'conn.log.gz', true],
  ['conn.{log,log.gz}', 'conn.log.zst', false],
  ['zeek-[0-9]/**', 'zeek-7/x', true],
  ['zeek-[!0-9]/**', 'zeek-7/x', false],
  ['zeek-?', 'zeek-示', true],
  ['z-[&~|^]', 'z-~', true],
  ['a+(b).log', 'a+(b).log', true],
  ['a.log', 'aXlog', false],
  ['{a', '{a', true],
])('glob %s on %s is %s', (glob, path, expected) => {
  expect(globMatcher(glob)(path)).toBe(expected);
});

test('a hostile path does not make a glob slow', () => {
  // The process's own time: whatever else the machine does, it does not count.
  const before = process.cpuUsage();
  globMatcher('**/*a*a*/**/x')(`${'a/'.repeat(2000)}y`);
  globMatcher('**/**/**/x')(`${'a/'.repeat(500)}y`);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000_000).toBeLessThan(5);
});
