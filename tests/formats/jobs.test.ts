import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatMicros } from '../../src/records/time.ts';
import { testLedger } from '../support/ledgers.ts';

/** Returns what an import made of one file: jobs in few words, in their order, and what became no record. */
async function imported(content: string, settings = '') {
  const ledger = testLedger(`
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
sensors: [{ name: scheduler, files: "**"${settings === '' ? '' : `, ${settings}`} }]
`);
  const { answer } = await ledger.importFiles({ 'jobs.txt': content.replace(/\n?$/, '\n') });
  const rows = await ledger.facts('job');
  return {
    jobs: rows.map((row) => ({
      id: row.jobId,
      at: formatMicros(Number(row.startedAt)),
      to: row.endedAt === null ? null : formatMicros(Number(row.endedAt)),
      who: row.principal,
      account: row.account,
      hosts: row.hosts,
      state: row.state,
    })),
    rejects: answer.rejects.map(({ line, column, reason }) =>
      [line, column, reason].filter((part) => part !== null).join(' '),
    ),
    leftAlone: answer.leftAlone.map(({ what, lines }) => `${what} ${lines}`),
    failed: answer.commits.flatMap(({ status, reason }) => (status === 'failed' ? [reason] : [])),
  };
}

const HEADER = 'JobID|JobName|User|Account|State|Start|End|NodeList';
const ZONE = 'timezone: Asia/Shanghai';

test('sacct: jobs of any kind; steps and jobs that have not begun are counted apart', async () => {
  const { jobs, rejects, leftAlone } = await imported(
    [
      HEADER,
      '101|md|alice|astro|COMPLETED|2026-03-01T08:00:00|2026-03-01T12:00:00|cn[001-003,020],gpu1',
      '101.batch|batch||astro|COMPLETED|2026-03-01T08:00:00|2026-03-01T12:00:00|cn001',
      '101.extern|extern||astro|COMPLETED|2026-03-01T08:00:00|2026-03-01T12:00:00|cn001',
      '102_4|a|bob|bio|CANCELLED by 1001|2026-03-01T09:00:00|2026-03-01T09:00:01|gpu[9-11]',
      '102_4.0|a||bio|CANCELLED|2026-03-01T09:00:00|2026-03-01T09:00:01|gpu9',
      '102_[5-9]|a|bob|bio|PENDING|Unknown|Unknown|None assigned',
      '103|r|bob|bio|REQUEUED|2026-03-01T10:00:00|2026-03-01T10:30:00|cn4',
      '103|r|bob|bio|RUNNING|2026-03-01T11:00:00|Unknown|cn5',
      '104|x|eve|bio|FAILED|2026-03-01T11:00:00|2026-03-01T11:00:00|None assigned',
      '105|x|eve|bio|CANCELLED|None|2026-03-01T11:00:00|None assigned',
      '106+0|x|eve|bio|COMPLETED|2026-03-01T11:00:00|2026-03-01T11:00:00|r[1-2]c[08-10]-ib',
    ].join('\n'),
    ZONE,
  );
  expect(jobs.map(({ id, hosts, who, state, to }) => [id, who, state, hosts, to])).toEqual([
    ['101', 'alice', 'COMPLETED', 'cn001,cn002,cn003,cn020,gpu1', '2026-03-01T04:00:00Z'],
    ['102_4', 'bob', 'CANCELLED by 1001', 'gpu9,gpu10,gpu11', '2026-03-01T01:00:01Z'],
    ['103', 'bob', 'REQUEUED', 'cn4', '2026-03-01T02:30:00Z'],
    ['103', 'bob', 'RUNNING', 'cn5', null],
    ['104', 'eve', 'FAILED', null, '2026-03-01T03:00:00Z'],
    [
      '106+0',
      'eve',
      'COMPLETED',
      'r1c08-ib,r1c09-ib,r1c10-ib,r2c08-ib,r2c09-ib,r2c10-ib',
      '2026-03-01T03:00:00Z',
    ],
  ]);
  expect(jobs[0]).toMatchObject({ at: '2026-03-01T00:00:00Z', account: 'astro' });
  expect(rejects).toEqual([]);
  expect(leftAlone).toEqual(['slurm.not begun 2', 'slurm.step 3']);
});

/** Made by scripts/fixtures/slurm.sh with Debian's Slurm 22.05. */
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', 'jobs', name), 'utf8');

test('sacct as Slurm wrote it: an array, a requeue, one cancelled, one that runs; with and without a header, in seconds too', async () => {
  const whole = await imported(fixture('sacct-parsable2.txt'), ZONE);
  expect(whole.jobs.map(({ id, who, hosts, state, to }) => [id, who, hosts, state, to !== null])).toEqual([
    ['1', 'root', 'cn001,cn003,gpu1', 'COMPLETED', true],
    ['3', 'root', 'cn002', 'REQUEUED', true],
    ['2_3', 'nobody', 'cn002', 'COMPLETED', true],
    ['2_4', 'nobody', 'cn002', 'COMPLETED', true],
    ['5', 'root', null, 'CANCELLED by 0', true],
    ['6', 'root', 'cn001', 'FAILED', true],
    ['7', 'root', 'gpu1', 'RUNNING', false],
  ]);
  expect([whole.rejects, whole.leftAlone]).toEqual([[], ['slurm.not begun 2', 'slurm.step 13']]);
  const epoch = await imported(fixture('sacct-epoch.txt'));
  const plain = ({ account, ...job }: (typeof whole.jobs)[number]) => job;
  expect(epoch.jobs.map(plain)).toEqual(whole.jobs.map(plain));
  const fields = 'fields: [JobID, JobName, User, State, Start, End, NodeList]';
  const headless = await imported(fixture('sacct-parsable-noheader.txt'), `${ZONE}, ${fields}`);
  // The job whose name holds a bar cannot be told from others; it is not guessed at.
  expect(headless.jobs.map(plain)).toEqual(whole.jobs.filter(({ id }) => id !== '5').map(plain));
  expect(headless.rejects).toHaveLength(1);
});

test('sacct: zone and, without a header, columns are asked for by the name of the setting', async () => {
  const line = '7|alice|COMPLETED|2026-03-01T08:00:00|2026-03-01T12:00:00|cn1';
  const withHeader = `JobID|User|State|Start|End|NodeList\n${line}\n`;
  expect((await imported(withHeader)).failed.join()).toMatch(/time zone .* `timezone:` in weir\.yaml/);
  expect((await imported(`${line}\n`, ZONE)).failed.join()).toMatch(/state its columns as `fields:`/);
  const fields = 'fields: [JobID, User, State, Start, End, NodeList]';
  const stated = await imported(`${line}\n`, `${ZONE}, format: slurm, ${fields}`);
  expect(stated.jobs).toHaveLength(1);
  expect((await imported(`${line}\n`, `${ZONE}, fields: [JobID, User]`)).failed.join()).toMatch(
    /needs JobID, Start, End, State/,
  );
  // Times that speak for themselves need no zone.
  const epoch = await imported(`jobidraw|user|state|start|end\n7|alice|COMPLETED|1772352000|1772366400\n`);
  expect(epoch.jobs[0]).toMatchObject({ id: '7', at: '2026-03-01T08:00:00Z', hosts: null });
});

test('sacct --parsable ends lines with a bar; a bar in a name cannot shift columns', async () => {
  const { jobs, rejects } = await imported(
    [
      `${HEADER}|`,
      '1|a|alice|x|COMPLETED|2026-03-01T08:00:00|2026-03-01T12:00:00|cn1|',
      '2|a|root|bob|x|COMPLETED|2026-03-01T08:00:00|2026-03-01T12:00:00|cn1|',
      '3|"a|alice|x|COMPLETED|2026-03-01T08:00:00|2026-03-01T12:00:00|"cn3"|',
    ].join('\n'),
    ZONE,
  );
  expect(jobs.map(({ id, hosts }) => [id, hosts])).toEqual([
    ['1', 'cn1'],
    ['3', '"cn3"'],
  ]);
  expect(rejects).toEqual(['3 not 9 values; a bar in one of them, or another list of columns']);
});

test('sacct: a list of nodes is bounded, and one that is none is a reject', async () => {
  const job = (nodes: string) => `1|a|alice|x|COMPLETED|2026-03-01T08:00:00|2026-03-01T12:00:00|${nodes}`;
  const bad = [
    'cn[1-99999999]',
    'r[1-999]c[1-999]',
    'cn[3-1]',
    'cn[1-2',
    'cn]1',
    'cn[1-2,]',
    'cn[a-b]',
    'a b',
  ];
  const many = Array.from({ length: 30 }, (_, index) => `m${index}x[1-9000]`).join(',');
  const good = 'cn[1-50000]';
  const { jobs, rejects } = await imported([HEADER, ...[...bad, many, good].map(job)].join('\n'), ZONE);
  expect(jobs.map(({ hosts }) => String(hosts).split(',').length)).toEqual([50_000]);
  expect(rejects).toEqual(
    [...bad, many].map((_, index) => `${index + 2} NodeList not a list of at most 50,000 nodes`),
  );
});

test('sacct: times that cannot be are rejects with their column', async () => {
  const job = (start: string, end: string) => `1|a|alice|x|COMPLETED|${start}|${end}|cn1`;
  const { rejects } = await imported(
    [
      HEADER,
      job('2026-03-01T08:00:00', '2026-03-01T07:00:00'),
      job('2026-03-01T08:00:00', 'soon'),
      job('', '2026-03-01T08:00:00'),
      job('2016-03-01T08:00:00', '2026-03-01T08:00:00'),
    ].join('\n'),
    ZONE,
  );
  expect(rejects.map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual([
    '2 End before',
    '3 End not',
    '4 Start missing',
    '5 End more',
  ]);
});

test('PBS and TORQUE (documented records): begins and whole jobs; what is told twice is not believed', async () => {
  const head = (kind: string, id = '407.pbs1') => `06/06/2026 14:06:06;${kind};${id};`;
  const times = 'ctime=1780754715 qtime=1780754715 etime=1780754715 start=1780755166';
  const { jobs, rejects, leftAlone } = await imported(
    [
      `${head('Q')}queue=batch`,
      `${head('S')}user=guest group=guest jobname=STDIN queue=batch ${times} owner=guest@login exec_host=n2/0+n1/0+n1/1 Resource_List.nodes=1`,
      `${head('E')}user=guest group=guest jobname=STDIN queue=batch ${times} exec_host=n2/0-3+n1/0*8 Resource_List.nodect=2 session=6365 end=1780758766 Exit_status=271 resources_used.cput=00:00:00`,
      `${head('E', '8[3].pbs1')}user=bob group=g account="p 1" project=_pbs_project_default jobname=a queue=workq ${times} exec_host=n7/0 exec_vnode=(n7:ncpus=1) session=1 end=1780755167 Exit_status=0`,
      `${head('E', '9.pbs1')}user=eve group=g account="x exec_host=other/0" jobname=a queue=q ${times} exec_host=n7/0 session=1 end=1780755167`,
      `${head('E', '10.pbs1')}user=eve group=g ${times} exec_host=n7/0 session=1`,
      `${head('D')}requestor=guest@pbs1`,
      `${head('R', '11.pbs1')}user=bob group=g ${times} exec_host=n8/0 session=1 end=1780755200 Exit_status=-11 run_count=1`,
      `${head('R', '12.pbs1')}`,
    ].join('\n'),
  );
  expect(jobs).toEqual([
    {
      id: '407.pbs1',
      at: '2026-06-06T14:12:46Z',
      to: null,
      who: 'guest',
      account: null,
      hosts: 'n1,n2',
      state: 'S',
    },
    {
      id: '407.pbs1',
      at: '2026-06-06T14:12:46Z',
      to: '2026-06-06T15:12:46Z',
      who: 'guest',
      account: null,
      hosts: 'n1,n2',
      state: 'E 271',
    },
    expect.objectContaining({ id: '8[3].pbs1', who: 'bob', account: 'p 1', hosts: 'n7', state: 'E 0' }),
    expect.objectContaining({ id: '11.pbs1', to: '2026-06-06T14:13:20Z', hosts: 'n8', state: 'R -11' }),
  ]);
  expect(rejects).toEqual([
    "5 exec_host more than once in the record, so it cannot be told which is the server's",
    '6 end missing',
  ]);
  expect(leftAlone).toEqual(['pbs.D 1', 'pbs.Q 1', 'pbs.R 1']);
});
