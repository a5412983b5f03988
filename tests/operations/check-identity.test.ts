import { expect, test } from 'vitest';
import { checkText } from '../../src/commands/check.ts';
import { checkAnswer } from '../../src/operations/answers/check.ts';
import { check } from '../../src/operations/check.ts';
import { commitFacts } from '../support/identity-facts.ts';
import { testLedger } from '../support/ledgers.ts';
import { conn, micros, zeekTsv } from '../support/zeek-text.ts';

const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
sensors: [{ name: zeek, files: "**" }, { name: sshd, files: "auth*" }]
hosts: [{ name: login1, addresses: [10.0.0.1] }]
`;

const SECOND = 1_000_000;

test('check tells how far the clocks of sessions are off, which hosts have no address, and how much is known', async () => {
  const ledger = testLedger(YAML);
  const begins = Array.from(
    { length: 6 },
    (_, index) => micros('2026-03-02T08:00:00Z') + index * 600 * SECOND,
  );
  await commitFacts(ledger, {
    session: begins.flatMap((begin, index) => [
      {
        sensor: 'sshd',
        server: 'login1',
        uid: `u${index}`,
        principal: 'alice',
        outer: '203.0.113.7',
        outerPort: 40_000 + index,
        startedAt: begin - 31 * SECOND,
        endedAt: begin + 60 * SECOND,
        event: 'end',
      },
    ]),
    job: [{ jobId: '1', principal: 'bob', hosts: 'cn001,cn002', startedAt: begins[0] ?? 0 }],
  });
  await ledger.importFiles({
    'conn.log': zeekTsv([
      ...begins.map((at, index) =>
        conn({
          at,
          uid: `C${index}`,
          lasts: 5,
          from: `203.0.113.7 ${40_000 + index}`,
          to: '10.0.0.1 22',
          sent: 1,
          got: 50,
        }),
      ),
      conn({ at: '2026-03-02T15:00:00Z', uid: 'N', lasts: 5, from: '10.0.0.9 5000', sent: 100, got: 1 }),
    ]),
  });
  const { answer } = await check({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  const { clocks, findings } = checkAnswer.parse(answer);
  expect(clocks).toEqual([
    {
      sensor: 'sshd',
      days: 1,
      matches: 6,
      offsetSeconds: { low: -31, latest: -31, high: -31 },
      spreadSeconds: 0,
    },
  ]);
  const found = findings.map(({ subject, finding }) => `${subject}: ${finding}`);
  expect(found).toContainEqual(
    expect.stringMatching(
      /^sensor sshd: Its clock is 31 s behind the clock of the flows: median over .* 6 sessions/,
    ),
  );
  expect(found).toContainEqual(
    expect.stringMatching(/^hosts: .* 2 hosts without a known address \(cn001, cn002\)/),
  );
  expect(found).toContainEqual(
    expect.stringMatching(
      /^principals: Of what left, 75 % can have been only one principal's, 0 % one of several .* of 25 % nobody/,
    ),
  );
  expect(checkText(answer)).toContain('31 s behind');
});

test('a clock that was set between two days is told with the days and the step', async () => {
  const ledger = testLedger(YAML);
  const days = ['2026-03-02', '2026-03-03', '2026-03-04'];
  const ahead = [20, 21, -40];
  const begins = days.flatMap((day, index) =>
    Array.from({ length: 6 }, (_, each) => ({
      at: micros(`${day}T08:00:00Z`) + each * 600 * SECOND,
      ahead: (ahead[index] ?? 0) * SECOND,
    })),
  );
  await commitFacts(ledger, {
    session: begins.map(({ at, ahead: by }, index) => ({
      sensor: 'sshd',
      server: 'login1',
      uid: `u${index}`,
      principal: 'alice',
      outer: '203.0.113.7',
      outerPort: 40_000 + index,
      startedAt: at + by,
      endedAt: at + by + 60 * SECOND,
      event: 'end',
    })),
  });
  await ledger.importFiles({
    'conn.log': zeekTsv(
      begins.map(({ at }, index) =>
        conn({
          at,
          uid: `C${index}`,
          lasts: 5,
          from: `203.0.113.7 ${40_000 + index}`,
          to: '10.0.0.1 22',
          sent: 1,
        }),
      ),
    ),
  });
  const { answer } = await check({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  const jumps = answer.findings.filter(({ finding }) => finding.includes('jumped'));
  expect(jumps.map(({ subject, finding }) => `${subject}: ${finding}`)).toEqual([
    expect.stringMatching(
      /^sensor sshd: Its clock jumped back by 61 s between 2026-03-03 and 2026-03-04\. Attribution/,
    ),
  ]);
});
