import { expect, test } from 'vitest';
import { exampleCase } from '../../tests/incidents/example-case.ts';
import { csvOf } from './csv.ts';
import { htmlOf } from './html.ts';
import { ocsfOf } from './ocsf.ts';
import { stixOf } from './stix.ts';

test('who certainly sent stands first, who was one of several has a share with its interval, and both are said so', () => {
  const { people } = exampleCase();
  expect(
    people.map(({ principal, bytesOut, oneOf, campaigns }) => [principal, bytesOut, oneOf, campaigns]),
  ).toEqual([
    ['unknown', { low: '780', estimate: '795', high: '820' }, null, ['camp1']],
    ['alice', { low: '390', estimate: '500', high: '820' }, { least: 3, most: 4 }, ['camp1']],
    ['carl', { low: '0', estimate: '299', high: '410' }, { least: 3, most: 4 }, []],
  ]);
  expect(people[1]?.bases).toEqual(['lease', 'presence']);
  expect(people.every(({ command }) => command === 'weir incident show c4se --as-of 10')).toBe(true);
});

test('whoever is only one of several present is named with that, and nowhere as one who sent', () => {
  const told = exampleCase();
  const page = htmlOf(told);
  expect(page).toMatch(/<td class="">carl<\/td><td class="number">0 B<\/td>[^\n]*all: one of 3 to 4 present/);
  expect(page).toMatch(/<td class="">alice<\/td>[^\n]*part: one of 3 to 4 present/);
  expect(page.match(/carl/g)).toHaveLength(1);
  expect(page).toContain('arithmetic and no suspicion');
  const bundle = stixOf(told);
  const accounts = bundle.objects.flatMap((object) =>
    'account_login' in object ? [object.account_login] : [],
  );
  expect(accounts).toEqual(['alice']);
  expect(JSON.stringify(bundle)).toContain('carl: 299 B (0 B to 410 B), all: one of 3 to 4 present');
  const row = csvOf(told)
    .split('\r\n')
    .find((line) => line.includes('"person"') && line.includes('"carl"'));
  expect(row).toContain('"all: one of 3 to 4 present","carl","","","","299","0","410","B"');
  const incident = JSON.parse(ocsfOf(told).trimEnd().split('\n').at(-1) ?? '');
  expect(incident.unmapped.weir.people[2]).toMatchObject({ principal: 'carl', oneOf: { least: 3, most: 4 } });
});
