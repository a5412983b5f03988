import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseFacility } from '../../src/facility/load.ts';
import { pseudonymOf } from '../../src/facility/pseudonyms.ts';
import { unmask } from '../../src/operations/unmask.ts';
import { temporaryFolder, testLedger } from '../support/ledgers.ts';

const KEY = 'a key of the test, of 32 characters';
const YAML = `
facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8] }
sensors: [{ name: login1, files: "**", timezone: UTC, year: 2026 }]
tenants: [{ name: Physics, principals: [o'neil] }]
pseudonyms: { keyFile: names.key }
`;

function root(key = KEY, mode = 0o600): string {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'names.key'), `${key}\n`);
  chmodSync(join(dir, 'names.key'), mode);
  return dir;
}

const LINES = `Mar  1 18:00:00 h sshd[1]: Accepted password for o'neil from 10.0.0.1 port 4 ssh2
Mar  1 18:00:00 h sshd[2]: Accepted password for 小明 from 10.0.0.1 port 5 ssh2
Mar  1 18:00:00 h sshd[3]: Accepted password for o'neil from nowhere port 4 ssh2
`;
const MEMBERS = `principal,tenant,from\no'neil,Physics,2026-03-01\n`;

test('names are keyed before anything is written; the same name is the same person everywhere', async () => {
  const ledger = testLedger(YAML, root());
  const accounts = `principal,uid,from\no'neil,1007,2026-03-01\n`;
  await ledger.importFiles({ 'auth.log': LINES, 'members.csv': MEMBERS, 'accounts.csv': accounts });
  const key = Buffer.from(KEY);
  const [neil, ming] = [pseudonymOf(key, "o'neil"), pseudonymOf(key, '小明')];
  const sessions = await ledger.facts('session');
  expect(sessions.map(({ principal }) => principal).sort()).toEqual([neil, ming].sort());
  expect((await ledger.facts('member')).map(({ principal }) => principal)).toEqual([neil]);
  // A number is a name like others: records that have it find whose it is.
  expect((await ledger.facts('account')).map(({ uid, principal }) => [uid, principal])).toEqual([
    [pseudonymOf(key, '1007'), neil],
  ]);
  expect(ledger.facility.tenants).toEqual([{ name: 'Physics', principals: [neil] }]);
  expect((await ledger.facts('reject')).map(({ text }) => text)).toEqual([null]);
  // Parquet compresses; what is not compressed at all shows it at least.
  for (const file of readdirSync(ledger.dir, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  )) {
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const name of ["o'neil", '小明', KEY]) expect(bytes.includes(name), file.name).toBe(false);
  }
});

test('the engine hashes as the code does, with a key longer than a block of the hash too', async () => {
  const long = 'k'.repeat(100);
  const ledger = testLedger(YAML, root(long));
  await ledger.importFiles({ 'members.csv': MEMBERS });
  const [member] = await ledger.facts('member');
  expect(member?.principal).toBe(pseudonymOf(Buffer.from(long), "o'neil"));
});

test('RFC 4231 says what HMAC-SHA256 is', () => {
  expect(pseudonymOf(Buffer.alloc(20, 0x0b), 'Hi There')).toBe('person-b0344c61d8db38535ca8');
  expect(pseudonymOf(Buffer.from(KEY), 'unknown')).toBe('unknown');
});

test('two people learn the name, and the journal keeps that they asked, not the name', async () => {
  const dir = root();
  const ledger = testLedger(YAML, dir);
  await ledger.importFiles({ 'auth.log': LINES });
  const list = join(dir, 'passwd');
  writeFileSync(list, "root:x:0:0::/:/bin/sh\no'neil:x:7:7::/:/bin/sh\n");
  const pseudonym = pseudonymOf(Buffer.from(KEY), "o'neil");
  const request = {
    facility: ledger.facility,
    ledgerDir: ledger.dir,
    pseudonym,
    directories: [list],
    note: 'case 7',
  };
  await expect(unmask({ ...request, by: 'ann', approvedBy: 'Ann ' })).rejects.toThrow('two people');
  await expect(unmask({ ...request, pseudonym: "o'neil", by: 'ann', approvedBy: 'ben' })).rejects.toThrow(
    'no pseudonym',
  );
  expect(await unmask({ ...request, by: 'ann', approvedBy: 'ben' })).toMatchObject({ name: "o'neil" });
  const none = await unmask({
    ...request,
    pseudonym: 'person-00000000000000000000',
    by: 'ann',
    approvedBy: 'ben',
  });
  expect(none.name).toBeNull();
  const entries = (await ledger.snapshot()).entriesOf('audit').map(({ payload }) => payload);
  expect(entries).toEqual([
    { v: 1, action: 'unmask', pseudonym, by: 'ann', approvedBy: 'ben', note: 'case 7', found: true },
    {
      v: 1,
      action: 'unmask',
      pseudonym: none.pseudonym,
      by: 'ann',
      approvedBy: 'ben',
      note: 'case 7',
      found: false,
    },
  ]);
});

test('a key that is open to others, short or missing is none', () => {
  expect(() => parseFacility(YAML, 'weir.yaml', root(KEY, 0o604))).toThrow('chmod 600');
  expect(() => parseFacility(YAML, 'weir.yaml', root('short'))).toThrow('is no key');
  expect(() => parseFacility(YAML, 'weir.yaml', temporaryFolder())).toThrow('cannot be read');
});
