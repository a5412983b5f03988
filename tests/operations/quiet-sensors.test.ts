import { expect, test } from 'vitest';
import { decide } from '../../src/operations/decide.ts';
import { detect } from '../../src/operations/detect.ts';
import { explain } from '../../src/operations/explain.ts';
import { hourlyRows } from '../support/hourly.ts';
import { testLedger } from '../support/ledgers.ts';
import { zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths:
  - { name: border, capacityGbps: 100, sensors: [north] }
  - { name: vpn, capacityGbps: 10, sensors: [south] }
sensors: [{ name: north, files: "north/**" }, { name: south, files: "south/**" }]
`;
const FROM = '2026-03-01T00:00:00Z';

async function leadsWhere(northLogs: (hour: number) => boolean, southLogs: (hour: number) => boolean) {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'north/conn.log': zeekTsv(hourlyRows(FROM, 240, northLogs)),
    'south/conn.log': zeekTsv(hourlyRows(FROM, 240, southLogs)),
  });
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
  const answer = await detect(question);
  return { question, leads: answer.leads.filter(({ family }) => family === 'sensor') };
}

const always = () => true;
const quietFor = (hours: number) => (hour: number) => hour < 100 || hour >= 100 + hours;

test('a sensor that goes quiet while its neighbour talks is a lead, raised when it is beyond chance', async () => {
  const { question, leads } = await leadsWhere(always, quietFor(14));
  expect(leads).toMatchObject([
    {
      entity: 'south',
      startedAt: { estimate: '2026-03-05' },
      raisedOn: '2026-03-05',
      detectedAt: '2026-03-05T05:00:00Z',
      because: expect.stringMatching(/no sign in 14 h .* while north went on; usual are 10 signs/),
    },
  ]);
  const id = leads[0]?.id ?? '';
  expect(await explain({ ...question, id })).toMatchObject({ id, flows: [], leads });
  await decide({ ...question, verdict: 'dismissed', target: id, note: 'maintenance', by: 'ann' });
  const [after] = (await detect(question)).leads.filter(({ family }) => family === 'sensor');
  expect(after).toMatchObject({ id, decision: 'dismissed' });
  await expect(
    decide({
      ...question,
      verdict: 'expected',
      target: id,
      note: '',
      by: 'ann',
      cap: '1TB',
      until: '2026-05-01',
    }),
  ).rejects.toThrow('a sensor');
});

test('silence of all sensors at once, and of a sparse sensor, is no lead', async () => {
  expect((await leadsWhere(quietFor(14), quietFor(14))).leads).toEqual([]);
  expect((await leadsWhere(always, (hour) => hour % 12 === 0)).leads).toEqual([]);
});

test('a period names only the silences that were beyond chance within it', async () => {
  const { question, leads } = await leadsWhere(always, quietFor(14));
  const sensors = async (from: string) =>
    (await detect({ ...question, from })).leads.filter(({ family }) => family === 'sensor');
  expect(await sensors('2026-03-05')).toEqual(leads);
  expect(await sensors('2026-03-06')).toEqual([]);
});

test('asked for one day alone, the answer is what the whole history says of it', async () => {
  const { question, leads } = await leadsWhere(always, quietFor(40));
  expect(leads.length).toBeGreaterThan(0);
  for (let day = 1; day <= 10; day += 1) {
    const date = `2026-03-${String(day).padStart(2, '0')}`;
    const { leads: own } = await detect({ ...question, from: date, to: date });
    expect(own.filter(({ family }) => family === 'sensor')).toEqual(
      leads.filter(({ raisedOn }) => raisedOn === date),
    );
  }
});
