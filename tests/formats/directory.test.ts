import { expect, test } from 'vitest';
import { formatMicros } from '../../src/records/time.ts';
import { PLAIN_YAML, testLedger } from '../support/ledgers.ts';

async function membersOf(content: string) {
  const ledger = testLedger(PLAIN_YAML);
  const { answer } = await ledger.importFiles({ 'directory.txt': content });
  const day = (value: unknown) => (typeof value === 'bigint' ? formatMicros(Number(value)).slice(0, 10) : '');
  const shown = (column: string) => (row: Record<string, unknown>) =>
    [day(row.startedAt), day(row.endedAt), row.principal, row[column]].join(' ').replace('  ', ' ');
  return {
    rows: (await ledger.facts('member')).map(shown('tenant')).sort(),
    numbers: (await ledger.facts('account')).map(shown('uid')).sort(),
    reasons: answer.commits.flatMap(({ reason }) => (reason === null ? [] : [reason])),
    rejects: answer.rejects.map(({ column, reason }) => `${column}: ${reason}`),
  };
}

test('CSV says who belongs to which tenant, from when and until when', async () => {
  const { rows, rejects } = await membersOf(`tenant;principal;from;to
Physics;alice;2026-01-01;2026-03-01
"Chem; stry";alice;2026-03-01;
Physics;bob;2026-03-01T18:30:00+08:00;
Physics;;2026-03-01;
Physics;carol;soon;
Physics;dave;2026-03-02;2026-03-01
`);
  expect(rows).toEqual([
    '2026-01-01 2026-03-01 alice Physics',
    '2026-03-01 alice Chem; stry',
    '2026-03-01 bob Physics',
  ]);
  expect(rejects).toEqual([
    'principal: missing',
    'from: not a day between 1990 and 2100',
    'to: not after from',
  ]);
});

test('getent: members of groups and of primary groups; a group of one is no tenant', async () => {
  const { rows } = await membersOf(`# 2026-03-01
alice:x:9001:9001:Alice:/home/alice:/bin/sh
bob:x:9002:500:Bob:/home/bob:/bin/sh
alice:x:9001:
physics:x:500:alice,carol
`);
  expect(rows).toEqual(['2026-03-01 alice physics', '2026-03-01 bob physics', '2026-03-01 carol physics']);
});

test('LDIF: folded and encoded values, three ways to name a member', async () => {
  const { rows } = await membersOf(`# extended LDIF
# 2026-03-01T12:00:00Z
version: 1

dn: uid=dora,ou=people,dc=example,dc=org
objectClass: posixAccount
uid: dora
gidNumber: 700

dn: cn=chem,ou=groups,dc=example,dc=org
objectClass: posixGroup
cn: chem
gidNumber: 700
memberUid: al
 ice
memberUid: bob

dn:: Y249
objectClass: groupOfNames
cn:: ${Buffer.from('计算中心').toString('base64')}
member: uid=carol\\, x,ou=people,dc=example,dc=org
member: cn=nobody,ou=people,dc=example,dc=org
`);
  expect(rows).toEqual([
    '2026-03-01 alice chem',
    '2026-03-01 bob chem',
    '2026-03-01 carol, x 计算中心',
    '2026-03-01 dora chem',
  ]);
});

test('numbers of users: from getent and LDIF with the date of their dump, from CSV with dates of its own', async () => {
  const getent = await membersOf(`# 2026-03-01
root:x:0:0::/root:/bin/sh
alice:x:09001:500:Alice, A.:/home/alice:/bin/sh
# 2026-03-09
alice:x:9001:500:Alice:/home/alice:/bin/sh
`);
  expect(getent.numbers).toEqual(['2026-03-01 alice 9001', '2026-03-01 root 0', '2026-03-09 alice 9001']);
  const ldif = await membersOf(`# 2026-03-01

dn: uid=dora,ou=people,dc=example,dc=org
uid: dora
uidNumber: 7001
gidNumber: 700

dn: uid=nobody,ou=people,dc=example,dc=org
uid: nobody
uidNumber: many
`);
  expect(ldif.numbers).toEqual(['2026-03-01 dora 7001']);
  const csv = await membersOf(`uid;principal;from;to
9001;alice;2026-01-01;2026-03-01
9001;bob;2026-03-01;
-1;carol;2026-03-01;
99999999999;dave;2026-03-01;
;erin;2026-03-01;
`);
  expect(csv.numbers).toEqual(['2026-01-01 2026-03-01 alice 9001', '2026-03-01 bob 9001']);
  expect(csv.rejects).toEqual(['uid: not a user number', 'uid: not a user number', 'uid: missing']);
  expect((await membersOf('principal,uid\nalice,1\n')).reasons[0]).toContain('a column `from`');
});

test('a directory that does not say from when it holds is refused', async () => {
  expect((await membersOf('physics:x:500:alice\n')).reasons[0]).toContain(
    'write a line such as `# 2026-03-01`',
  );
  expect((await membersOf('principal,tenant\nalice,physics\n')).reasons[0]).toContain('a column `from`');
});
