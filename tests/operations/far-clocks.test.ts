import { expect, test } from 'vitest';
import { check } from '../../src/operations/check.ts';
import { testLedger } from '../support/ledgers.ts';
import { conn, zeekTsv } from '../support/zeek-text.ts';

const YAML = (timezone: string) => `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
sensors: [{ name: zeek, files: "conn*" }, { name: sshd, files: "auth*", timezone: ${timezone}, year: 2026 }]
hosts: [{ name: login1, addresses: [10.0.0.1] }]
`;
const LOGINS = [0, 1, 2, 3, 4, 5];

/** A log in the time of Shanghai, read in some zone: what check says of its sensor. Some connections are of other ports. */
async function foundIn(timezone: string, unseen = 0): Promise<string[]> {
  const ledger = testLedger(YAML(timezone));
  const lines = LOGINS.map(
    (index) =>
      `Mar  3 0${index}:30:02 login1 sshd[${index}]: Accepted publickey for alice from 203.0.113.7 port ${4000 + index} ssh2`,
  );
  await ledger.importFiles({
    'auth.log': `${lines.join('\n')}\n`,
    'conn.log': zeekTsv(
      LOGINS.map((index) =>
        conn({
          at: new Date(Date.UTC(2026, 2, 2, 16 + index, 30)).toISOString(),
          uid: `C${index}`,
          lasts: 60,
          from: `203.0.113.7 ${index < unseen ? 9_000 + index : 4_000 + index}`,
          to: '10.0.0.1 22',
          sent: 1,
          got: 1,
        }),
      ),
    ),
  });
  const { answer } = await check({
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    progress: () => undefined,
  });
  return answer.findings
    .filter(({ subject }) => subject === 'sensor sshd')
    .map(({ severity, finding }) => `${severity}: ${finding}`);
}

test('a time zone that is stated wrongly shows in the connections of sessions, hours away', async () => {
  expect(await foundIn('UTC')).toEqual([
    expect.stringMatching(
      /^warning: Of 6 sessions that it begins on 2026-03-03 6 have their own connection some 8 h earlier: its `timezone:`/,
    ),
  ]);
  expect(await foundIn('Pacific/Auckland')).toEqual([
    expect.stringContaining('6 have their own connection some 5 h later'),
  ]);
  expect(await foundIn('Asia/Shanghai')).toEqual([]);
  // Ports are used again: a few that agree say nothing.
  expect(await foundIn('UTC', 2)).toEqual([]);
});
