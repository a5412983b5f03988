import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testLedger } from '../../tests/support/ledgers.ts';
import { openDatabase } from '../ledger/duckdb/database.ts';
import { dayOfMicros, MICROS_PER_DAY } from '../records/time.ts';
import { type StorageReads, storageReads, transfersOut } from './reads.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
sensors: [{ name: store, files: "**", timezone: UTC }]
`;

const DAY = dayOfMicros(Date.parse('2026-03-10T00:00:00Z') * 1000);
const SECONDS = (DAY * MICROS_PER_DAY) / 1e6;

/** Imports files and returns the reads and transfers out of some days around 10 March 2026 (day 0). */
async function measured(files: Record<string, string>, fromDay = 0, toDay = fromDay) {
  const ledger = testLedger(YAML);
  await ledger.importFiles(files);
  const snapshot = await ledger.snapshot();
  const of = (family: string) =>
    snapshot.filesFor(family, DAY - 30, DAY + 30).map(({ path }) => join(ledger.dir, path));
  const db = await openDatabase({ root: ledger.dir, temporary: join(ledger.dir, 'engine'), threads: 1 });
  try {
    const days = { fromDay: DAY + fromDay, toDay: DAY + toDay };
    const reads = await storageReads(db, { access: of('access'), job: of('job') }, days);
    return { reads: reads.map(words), out: await transfersOut(db, of('transfer'), days) };
  } finally {
    db.close();
  }
}

function words({ principal, day, bytesRead, opensWithoutSize, resets }: StorageReads): string {
  const { low, estimate, high } = bytesRead;
  return `${principal} ${day - DAY}: ${low} ${estimate} ${high}, ${opensWithoutSize} unsized, ${resets} resets`;
}

/** One dump of job_stats: `target job seconds bytes [since]` for each job, seconds from day 0. */
function jobstats(...lines: string[]): string {
  return lines
    .map((line) => {
      const [target, job, at, bytes, since] = line.split(' ');
      const began = since === undefined ? '' : `  start_time: ${SECONDS + Number(since)}\n`;
      return `obdfilter.${target}.job_stats=\njob_stats:\n- job_id: ${job}\n  snapshot_time: ${SECONDS + Number(at)}\n${began}  read_bytes: { samples: 1, unit: bytes, min: 1, max: 1, sum: ${bytes} }\n  write_bytes: { samples: 0, unit: bytes, min: 0, max: 0, sum: 0 }\n`;
    })
    .join('');
}

const HOUR = 3600;

test('counters: the last reading before a period is what its first one is counted from', async () => {
  const jobs = 'JobID|JobIDRaw|User|State|Start|End\n7|7|alice|RUNNING|2026-03-01T00:00:00|Unknown\n';
  const readOn = async (...before: string[]) =>
    (await measured({ 'jobs.txt': jobs, 'stats.txt': jobstats(...before, `T 7 ${2 * HOUR} 3000`) })).reads;
  expect(await readOn(`T 7 ${-10 * HOUR} 1000`)).toEqual(['alice 0: 2000 2000 2000, 0 unsized, 0 resets']);
  expect(await readOn(`T 7 ${-6 * 24 * HOUR} 2900`)).toEqual(['alice 0: 100 100 100, 0 unsized, 0 resets']);
});

test('counters: what readings add, by day; resets; who it was by job, array index or user number', async () => {
  const { reads } = await measured(
    {
      'jobs.txt': [
        'JobID|JobIDRaw|User|State|Start|End',
        '7|7|alice|COMPLETED|2026-03-09T20:00:00|2026-03-10T20:00:00',
        '8_1|9|bob|RUNNING|2026-03-10T00:00:00|Unknown',
        '',
      ].join('\n'),
      'stats.yaml': jobstats(
        `OST0 7 ${-HOUR} 100`,
        `OST0 7 ${HOUR} 150`,
        `OST0 7 ${HOUR} 150`,
        `OST0 7 ${2 * HOUR} 40`,
        `OST1 7 ${HOUR} 1000`,
        `OST0 9 ${3 * HOUR} 7`,
        `OST0 dd.1001 ${4 * HOUR} 11 ${3 * HOUR}`,
        `OST0 dd.1001 ${5 * HOUR} 12 ${4.5 * HOUR}`,
        `OST0 8 ${6 * HOUR} 3`,
      ),
    },
    -1,
    0,
  );
  expect(reads).toEqual([
    // A counter begun again says so, though it stands higher than before.
    '1001 0: 23 23 23, 0 unsized, 1 resets',
    // The first reading of the first target may lie before; the second target was not read before either.
    'alice -1: 0 100 100, 0 unsized, 0 resets',
    'alice 0: 90 1090 1090, 0 unsized, 1 resets',
    'bob 0: 7 7 7, 0 unsized, 0 resets',
    'unknown 0: 3 3 3, 0 unsized, 0 resets',
  ]);
});

test('a reading logged twice, by two sensors or in two imports, counts once', async () => {
  const dump = jobstats(`OST0 7 0 5 0`, `OST0 7 ${HOUR} 9 0`);
  const { reads } = await measured({ 'a.yaml': dump, 'b.yaml': `\n${dump}` });
  expect(reads).toEqual(['unknown 0: 9 9 9, 0 unsized, 0 resets']);
});

test('openings are bounds; those without a size are counted and bound nothing', async () => {
  const opened = (size: number | undefined, user: string) =>
    `${JSON.stringify({ LWE_JSON: '1', event: 'OPEN', path: '/f', openFlags: '0', fileSize: size, eventTime: '2026-03-10_10:00:00+0000', clientUserId: user })}\n`;
  const { reads } = await measured({
    'a.json': `${opened(100, '1')}${opened(50, '1')}${opened(undefined, '2')}`,
  });
  expect(reads).toEqual(['1 0: 0 150 150, 0 unsized, 0 resets', '2 0: 0 0 0, 1 unsized, 0 resets']);
});

test('transfers out count on the day they ended; those in do not', async () => {
  const line = (end: string, bytes: number, type: string, user: string) =>
    `DATE=${end}000000.000000 HOST=dtn1 PROG=globus-gridftp-server NL.EVNT=FTP_INFO START=20260309230000.000000 USER=${user} FILE=/d/f BUFFER=1 BLOCK=2 NBYTES=${bytes} VOLUME=/ STREAMS=4 STRIPES=1 DEST=[198.51.100.7] TYPE=${type} CODE=226\n`;
  const { out } = await measured({
    'g.log':
      line('20260310', 5, 'RETR', 'alice') +
      line('20260310', 6, 'RETR', 'alice') +
      line('20260310', 7, 'STOR', 'alice') +
      line('20260311', 8, 'RETR', 'bob'),
  });
  expect(out).toEqual([{ principal: 'alice', day: DAY, bytesOut: 11n, transfers: 2 }]);
});

test('however a counter grows and begins anew, all that it counted is found (by reading)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ adds: fc.integer({ min: 0, max: 1000 }), isReset: fc.boolean() }), {
        minLength: 1,
        maxLength: 12,
      }),
      async (steps) => {
        let [counted, total, since] = [0, 0, 0];
        const lines = steps.map(({ adds, isReset }, index) => {
          if (isReset) [counted, since] = [0, index + 1];
          counted += adds;
          total += adds;
          return `OST0 7 ${index + 1} ${counted} ${since}`;
        });
        const { reads } = await measured({ 'a.yaml': jobstats(...lines) });
        const found = reads.map((one) => Number(one.split(' ')[3])).reduce((sum, each) => sum + each, 0);
        expect(found).toBe(total);
      },
    ),
    { numRuns: 12 },
  );
});
