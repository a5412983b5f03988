import { expect, test } from 'vitest';
import { loadDays } from '../../src/accounting/day-series.ts';
import { openSeries } from '../../src/accounting/series-tables.ts';
import { explainText } from '../../src/commands/explain.ts';
import { explainedPrincipal } from '../../src/operations/answers/explain.ts';
import { principalsOf } from '../../src/operations/explain-people.ts';
import { withReading } from '../../src/operations/reading.ts';
import { formatHost, formatNetwork } from '../../src/records/address.ts';
import { commitFacts } from '../support/identity-facts.ts';
import { type TestLedger, testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8], remoteAccess: [10.200.0.0/16] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
hosts: [{ name: login1, addresses: [10.0.0.1] }]
`;

const at = (time: string) => `2026-03-02T${time}:00Z`;
const DAY = 20_514;
const row = { day: DAY, as: 'AS64500', path: 'border', firstDay: DAY };

/** Asks who could have opened what some pairs sent, with hosts and networks named as their addresses. */
function ask(ledger: TestLedger, pairs: readonly (readonly [string, string])[]) {
  const question = { facility: ledger.facility, ledgerDir: ledger.dir, progress: () => undefined };
  return withReading(question, async (reading) => {
    await openSeries(reading.db);
    await loadDays(
      reading.db,
      reading.builtFiles('cell', DAY, DAY),
      { fromDay: DAY, toDay: DAY },
      {
        host: (key) => formatHost(key),
        network: (key) => ({ text: formatNetwork(key), as: null }),
      },
    );
    return principalsOf(
      reading,
      pairs.map(([host, network]) => ({ ...row, host, network, bytesOut: 1 })),
    );
  });
}

test('explain names who could have opened it: how sure, on what basis, from where, and what they had read', async () => {
  const ledger = testLedger(YAML);
  const login = (uid: string, principal: string, from: string, to: string) => ({
    uid,
    principal,
    server: 'login1',
    outer: '203.0.113.7',
    event: 'end',
    startedAt: at(from),
    endedAt: at(to),
  });
  await commitFacts(ledger, {
    session: [
      login('1', 'alice', '08:00', '12:00'),
      login('2', 'bob', '10:00', '12:00'),
      {
        kind: 'vpn',
        principal: 'carol',
        assigned: '10.200.0.9',
        outer: '198.51.100.200',
        startedAt: at('09:00'),
      },
    ],
    job: [
      { jobId: '42', principal: 'alice', hosts: 'cn1,cn2', startedAt: at('07:00'), endedAt: at('07:30') },
    ],
    access: [{ principal: 'alice', bytesRead: 123, startedAt: at('08:30') }],
  });
  await ledger.importFiles({
    'conn.log': zeekTsv([
      conn({ at: at('09:00'), uid: 'A', lasts: 1, sent: 1_000, got: 0 }),
      conn({ at: at('11:00'), uid: 'B', lasts: 1, sent: 500, got: 0 }),
      conn({
        at: at('11:00'),
        uid: 'C',
        lasts: 1,
        from: '10.200.0.9 5000',
        to: '10.0.0.1 22',
        sent: 0,
        got: 70,
      }),
      conn({ at: at('13:00'), uid: 'D', lasts: 1, to: '192.0.2.7 443', sent: 9, got: 0 }),
    ]),
  });
  const found = await ask(ledger, [
    ['10.0.0.1', '198.51.100.0/24'],
    ['10.0.0.1', '10.200.0.0/24'],
  ]);
  for (const each of found) explainedPrincipal.parse(each);
  expect(found).toMatchObject([
    {
      principal: 'alice',
      bytesOut: { low: '1000', estimate: '1250', high: '1500' },
      bases: ['presence'],
      oneOf: { least: 2, most: 2 },
      bytesRead: { low: '123', estimate: '123', high: '123' },
      seen: [
        { what: 'ssh', from: '203.0.113.7', host: 'login1', startedAt: at('08:00') },
        { what: 'job 42', from: null, host: 'cn1,cn2', startedAt: at('07:00') },
      ],
    },
    { principal: 'bob', bytesOut: { low: '0', estimate: '250', high: '500' }, bytesRead: null },
    {
      principal: 'carol',
      bytesOut: { low: '70', estimate: '70', high: '70' },
      bases: ['lease'],
      seen: [{ what: 'vpn', from: '198.51.100.200', address: '10.200.0.9', host: null }],
    },
  ]);
  expect(await ask(ledger, [['10.0.0.1', '192.0.2.0/24']])).toEqual([]);
  const text = explainText({
    asOf: 1,
    id: 'x',
    campaign: null,
    leads: [],
    days: [],
    pairs: [],
    principals: found,
    flows: [],
    decisions: [],
  });
  expect(text).toMatch(/alice +1\.25 kB \[1\.00–1\.50\] +part: one of 2 present +presence +123 B/);
  expect(text).toMatch(/carol .*nobody else known +lease .*vpn from 198\.51\.100\.200 as 10\.200\.0\.9/);
});
