import { join } from 'node:path';
import { expect, test } from 'vitest';
import { productsOn, storageSensorsOn } from '../../src/accounting/balance-series.ts';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { type Audits, observeAudit } from '../../src/operations/detection/balance-day.ts';
import { dayOfMicros } from '../../src/records/time.ts';
import { commitFacts } from '../support/identity-facts.ts';
import { testLedger } from '../support/ledgers.ts';

const DAY = dayOfMicros(Date.parse('2026-03-10T00:00:00Z') * 1000);
const at = (time: string) => `2026-03-${time}:00Z`;

const YAML = `
facility: { name: Test Centre }
paths: [{ name: border, capacityGbps: 10 }]
mappings:
  - { name: cells, files: "*.csv", time: day, per: day, host: host, principal: who, destination: peer, bytesOut: out, bytesIn: in, path: { value: border } }
`;

test('what was made and read on a day, by principal: counters by what they add, jobs by their owners, openings by their size', async () => {
  const ledger = testLedger(YAML);
  await ledger.importFiles({
    'a.csv':
      'day,host,who,peer,out,in\n2026-03-10,h,alice,198.51.0.7,5,70\n2026-03-11,h,alice,198.51.0.7,5,1000\n',
  });
  const counted = { jobId: '7', counter: 'OST0' };
  await commitFacts(ledger, {
    job: [{ jobId: '7', principal: 'bob', startedAt: at('09T20:00'), endedAt: at('10T20:00') }],
    access: [
      { ...counted, bytesRead: 100, bytesWritten: 1_000, startedAt: at('09T23:00') },
      { ...counted, bytesRead: 140, bytesWritten: 1_300, startedAt: at('10T01:00') },
      { ...counted, bytesRead: 10, bytesWritten: 20, startedAt: at('10T02:00') },
      { principal: 'alice', operation: 'write', bytesWritten: 6, startedAt: at('10T05:00') },
      { principal: 'alice', bytesRead: 4, startedAt: at('10T06:00') },
      {
        principal: 'carol',
        operation: 'open',
        bytesRead: 9,
        bytesReadIsBound: true,
        startedAt: at('10T07:00'),
      },
      { principal: 'dave', operation: 'open', startedAt: at('10T08:00') },
      { jobId: '8', bytesRead: 3, startedAt: at('10T09:00') },
      { principal: 'alice', bytesRead: 77, startedAt: at('11T06:00') },
    ],
  });
  const snapshot = await ledger.snapshot();
  const absolute = (files: readonly { path: string }[]) => files.map(({ path }) => join(ledger.dir, path));
  const of = (family: string) => absolute(snapshot.filesFor(family, DAY - 30, DAY + 30));
  const cells = absolute(snapshot.builtFilesFor('cell', DAY - 30, DAY + 30, () => undefined));
  const db = await openDatabase({ root: ledger.dir, temporary: join(ledger.dir, 'engine'), threads: 1 });
  try {
    const files = { cells, reads: { access: of('access'), job: of('job') } };
    const found = await productsOn(db, files, DAY);
    const rows = found.principals.map((principal, i) => [
      principal,
      found.bytesMade[i],
      found.bytesReadMost[i],
      found.bytesReadFreely[i],
    ]);
    // Nobody unknown: of job 8 no log says whose it was.
    expect(rows).toEqual([
      ['alice', 6 + 70, 4, 4],
      ['bob', 300 + 20, 40 + 10, 0],
      ['carol', 0, 9, 9],
      ['dave', 0, 1e15, 0],
    ]);
    expect(await storageSensorsOn(db, of('access'), DAY)).toEqual(['sessions']);
    expect(await storageSensorsOn(db, of('access'), DAY + 5)).toEqual([]);
  } finally {
    db.close();
  }
});

test('a storage log that speaks daily is missed on a silent day; one that speaks now and then is not, nor one taken down', () => {
  const audits: Audits = new Map();
  const shares = Array.from({ length: 120 }, (_, day) =>
    observeAudit(
      audits,
      [...(day === 60 || day >= 80 ? [] : ['daily']), ...(day % 7 < 3 ? ['weekly'] : [])],
      day,
    ),
  );
  expect(shares[59]).toBe(1);
  expect(shares[60]).toBeLessThanOrEqual(0.5);
  expect(shares.slice(61, 80)).toEqual(shares.slice(61, 80).map(() => 1));
  expect(shares[81]).toBeLessThanOrEqual(0.5);
  // Four weeks later only the other is left to speak.
  expect(shares[119 - (119 % 7)]).toBe(1);
});
