/**
 * Whether attribution is right, on a day of a centre whose truth is known: 20,000 principals, 3,000 hosts, shared login
 * nodes, re-used VPN addresses, jobs, a NAT, and clocks of the session logs that are off by half a minute. Every flow
 * has a service of its own, so that every cell is one flow. With --incomplete a tenth of the sessions and jobs leave no line,
 * a tenth of the others no end, and sshd's log lacks an hour and breaks off two hours before midnight.
 * Run: npx tsx benchmarks/attribution-truth.ts [--seed 1] [--incomplete]
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { parseFacility } from '../src/facility/load.ts';
import { openDatabase } from '../src/ledger/duckdb/database.ts';
import { readSnapshot } from '../src/ledger/snapshot.ts';
import { importLogs } from '../src/operations/import/import.ts';
import { sqlTextList } from '../src/records/sql-text.ts';
import { WORK } from './generate.ts';
import { describeMachine, publishResults, table, verdict } from './measuring.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, incomplete: { type: 'boolean', default: false } },
});

const DAY_SECONDS = Date.UTC(2026, 2, 2) / 1000;
const LAST_SECOND = 86_399;
const [PRINCIPALS, LOGIN_NODES, NODES, POOL] = [20_000, 20, 2_980, 600];
const [LOGINS, VPNS, JOBS, BEHIND_NAT, NOBODYS] = [12_000, 5_000, 6_000, 5_000, 3_000];
/** How far the clocks of the logs are ahead of the flows, in seconds. */
const [SSHD_AHEAD, OPENVPN_AHEAD] = [30, -30];

let state = Number(values.seed) * 0x9e3779b9 || 1;
/** Returns a number in [0, 1): xorshift. */
function random(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}
/** Which lines are missing is drawn apart, so that the day is the same with and without them. */
let lossState = Number(values.seed) * 0x85ebca6b || 1;
const LOST_SHARE = 0.1;
function isLost(): boolean {
  lossState ^= lossState << 13;
  lossState ^= lossState >>> 17;
  lossState ^= lossState << 5;
  return values.incomplete && (lossState >>> 0) / 2 ** 32 < LOST_SHARE;
}
/** The hour that sshd's log lacks, and from when on it is cut off. */
const isUnlogged = (at: number) => values.incomplete && (Math.floor(at / 3_600) === 10 || at >= 22 * 3_600);
const upTo = (count: number) => Math.floor(random() * count);
const lasting = (meanSeconds: number) => Math.ceil(-Math.log(1 - random()) * meanSeconds);
const principal = () => `u${upTo(PRINCIPALS)}`;
const login = (index: number) => `10.1.0.${index + 1}`;
const node = (index: number) => `10.2.${index >> 8}.${index & 255}`;
const outside = () => `${60 + upTo(40)}.${upTo(256)}.${upTo(256)}.${1 + upTo(250)}`;
const name = (index: number) => `cn${String(index).padStart(4, '0')}`;

/** Why a flow can, or cannot, be attributed. */
type Kind = 'own connection' | 'VPN' | 'job' | 'login node' | 'behind NAT' | 'nobody';
const truth = new Map<string, { kind: Kind; who: string }>();
const conns: string[] = [];

function flow(
  kind: Kind,
  who: string,
  at: number,
  from: string,
  to: string,
  sent: number,
  got: number,
  lasts = 5,
): void {
  const id = `f${conns.length}`;
  truth.set(id, { kind, who });
  conns.push(
    [
      `${DAY_SECONDS + at}.${String(upTo(1e6)).padStart(6, '0')}`,
      id,
      ...from.split(' '),
      ...to.split(' '),
      'tcp',
      id,
      `${lasts}.0`,
      sent,
      got,
    ].join('\t'),
  );
}
const size = () => Math.ceil(Math.exp(8 + 8 * random()));

const sshd: { at: number; text: string }[] = [];
for (let index = 0; index < LOGINS; index += 1) {
  const [who, host, from] = [principal(), upTo(LOGIN_NODES), upTo(LAST_SECOND)];
  const to = Math.min(LAST_SECOND, from + lasting(7_200));
  const client = [outside(), 1024 + upTo(60_000)];
  flow('own connection', who, from, client.join(' '), `${login(host)} 22`, 2_000, size(), to - from);
  const [noLine, noEnd] = [isLost(), isLost()];
  const says = (at: number, text: string) =>
    !noLine &&
    !isUnlogged(at) &&
    sshd.push({
      at,
      text: `${new Date((DAY_SECONDS + at + SSHD_AHEAD) * 1000).toISOString().replace('Z', '+00:00')} login${host} sshd[${index + 10}]: ${text}`,
    });
  says(from + 1, `Accepted publickey for ${who} from ${client[0]} port ${client[1]} ssh2`);
  if (!noEnd) says(to, `pam_unix(sshd:session): session closed for user ${who}`);
  for (let flows = upTo(3); flows > 0; flows -= 1)
    flow(
      'login node',
      who,
      from + 2 + upTo(Math.max(1, to - from - 3)),
      `${login(host)} ${1024 + upTo(60_000)}`,
      `${outside()} 443`,
      size(),
      500,
    );
}

const openvpn: { at: number; text: string }[] = [];
const freeAt = Array.from({ length: POOL }, () => 0);
for (let index = 0, from = 0; index < VPNS; index += 1) {
  from = Math.min(LAST_SECOND - 60, from + lasting(80_000 / VPNS));
  const slot = freeAt.findIndex((at) => at < from - 90);
  if (slot < 0) continue;
  const to = Math.min(LAST_SECOND, from + 60 + lasting(3_600));
  freeAt[slot] = to;
  const [who, address] = [principal(), `10.200.${slot >> 8}.${slot & 255}`];
  const client = `${outside()}:${1024 + upTo(60_000)}`;
  const [noLine, noEnd] = [isLost(), isLost()];
  const says = (at: number, text: string) =>
    !noLine &&
    openvpn.push({
      at,
      text: `${new Date((DAY_SECONDS + at + OPENVPN_AHEAD) * 1000).toISOString().slice(0, 19).replace('T', ' ')} ${text}`,
    });
  says(from + 1, `${client} [${who}] Peer Connection Initiated with [AF_INET]${client}`);
  says(from + 1, `${who}/${client} MULTI: primary virtual IP for ${who}/${client}: ${address}`);
  if (!noEnd) says(to, `${who}/${client} SIGTERM[soft,remote-exit] received, client-instance exiting`);
  flow('own connection', who, from, client.replace(':', ' '), '10.0.0.10 1194', 500, 900, to - from);
  for (let flows = 1 + upTo(4); flows > 0; flows -= 1)
    flow(
      'VPN',
      who,
      from + 3 + upTo(Math.max(1, to - from - 5)),
      `${address} ${1024 + upTo(60_000)}`,
      `${node(upTo(NODES))} 22`,
      500,
      size(),
    );
}

const sacct = ['JobID|JobIDRaw|User|Account|State|Start|End|NodeList'];
const busy = new Set<number>();
const takenUntil = new Map<number, number>();
const begins = Array.from({ length: JOBS }, () => upTo(LAST_SECOND - 60)).sort((a, b) => a - b);
for (const [index, from] of begins.entries()) {
  const who = principal();
  const to = Math.min(LAST_SECOND, from + 60 + lasting(5_000));
  // A node has one job at a time, as schedulers give them out whole.
  const wanted = Array.from({ length: 1 + upTo(3) }, () => upTo(NODES));
  const nodes = [...new Set(wanted)].filter((each) => (takenUntil.get(each) ?? 0) < from);
  for (const each of nodes) takenUntil.set(each, to);
  for (const each of nodes) busy.add(each);
  const text = (at: number) => new Date((DAY_SECONDS + at) * 1000).toISOString().slice(0, 19);
  if (!isLost())
    sacct.push(`${index}|${index}|${who}|a|COMPLETED|${text(from)}|${text(to)}|${nodes.map(name).join(',')}`);
  for (const each of nodes)
    flow(
      'job',
      who,
      from + 1 + upTo(to - from - 1),
      `${node(each)} ${1024 + upTo(60_000)}`,
      `${outside()} 443`,
      size(),
      500,
    );
}
for (let index = 0; index < BEHIND_NAT; index += 1)
  flow(
    'behind NAT',
    principal(),
    upTo(LAST_SECOND),
    `10.0.0.5 ${1024 + upTo(60_000)}`,
    `${outside()} 443`,
    size(),
    500,
  );
const idle = Array.from({ length: NODES }, (_, index) => index).filter((index) => !busy.has(index));
for (let index = 0; index < NOBODYS; index += 1)
  flow(
    'nobody',
    'nobody',
    upTo(LAST_SECOND),
    `${node(idle[upTo(idle.length)] ?? 0)} ${1024 + upTo(60_000)}`,
    `${outside()} 443`,
    size(),
    500,
  );

const root = join(WORK, `truth-${process.pid}`);
const logs = join(root, 'logs');
mkdirSync(logs, { recursive: true });
const inOrder = (lines: { at: number; text: string }[]) =>
  `${lines
    .sort((a, b) => a.at - b.at)
    .map(({ text }) => text)
    .join('\n')}\n`;
const fields = 'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes';
writeFileSync(
  join(logs, 'conn.log'),
  `#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\t${fields.replaceAll(' ', '\t')}\n${conns.join('\n')}\n`,
);
writeFileSync(join(logs, 'auth.log'), inOrder(sshd));
writeFileSync(join(logs, 'openvpn.log'), inOrder(openvpn));
writeFileSync(join(logs, 'sacct.txt'), `${sacct.join('\n')}\n`);

const hosts = [
  ...Array.from(
    { length: LOGIN_NODES },
    (_, index) => `  - { name: login${index}, addresses: [${login(index)}] }`,
  ),
  ...Array.from({ length: NODES }, (_, index) => `  - { name: ${name(index)}, addresses: [${node(index)}] }`),
];
const facility = parseFacility(
  `facility: { name: Truth }
networks: { inside: [10.0.0.0/8], remoteAccess: [10.200.0.0/16], relays: [10.0.0.5] }
paths:
  - { name: border, capacityGbps: 100, sensors: [zeek] }
  - { name: vpn, capacityGbps: 10, gateways: [10.0.0.10], sensors: [zeek] }
sensors:
  - { name: zeek, files: "conn*" }
  - { name: sshd, files: "auth*" }
  - { name: openvpn, files: "openvpn*", timezone: UTC }
  - { name: slurm, files: "sacct*", timezone: UTC }
hosts:
${hosts.join('\n')}
`,
  'weir.yaml',
  root,
);

const machine = await describeMachine();
const ledgerDir = join(root, 'ledger');
const { answer } = await importLogs({
  facility,
  ledgerDir,
  paths: ['.'],
  cwd: logs,
  progress: () => undefined,
});
for (const { source, rejected, status } of answer.commits)
  if (rejected > 0 || status === 'failed') throw new Error(`${source}: ${rejected} lines rejected`);
const snapshot = await readSnapshot(ledgerDir);
const [built] = snapshot.builtDays().map((day) => snapshot.buildOf(day));
if (!built) throw new Error('nothing was built');
const paths = (family: string) =>
  sqlTextList(
    built.files.filter((file) => file.family === family).map(({ path }) => resolve(ledgerDir, path)),
  );
const db = await openDatabase({ root: resolve(ledgerDir), temporary: join(ledgerDir, 'engine') });
const cells = await db.rows(
  `SELECT service, principal, basis, present::INTEGER AS present, sharers, sum(bytesOut)::DOUBLE AS bytesOut FROM read_parquet(${paths('cell')}) GROUP BY ALL`,
  z.object({
    service: z.string(),
    principal: z.string(),
    basis: z.string(),
    present: z.number(),
    sharers: z.bigint(),
    bytesOut: z.number(),
  }),
);
const members = await db.rows(
  `SELECT sharers, list(principal) AS names FROM read_parquet(${paths('sharer')}) GROUP BY sharers`,
  z.object({
    sharers: z.bigint(),
    names: z.array(z.string()).transform((list) => new Set(list)),
  }),
);
db.close();
rmSync(root, { recursive: true, force: true });
const namesOf = new Map(members.map(({ sharers, names }) => [sharers, names]));

interface Tally {
  bytes: number;
  right: number;
  wrong: number;
  unknown: number;
  /** Bytes that several share, with whoever it was among them, and without. */
  among: number;
  notAmong: number;
  /** What the stated shares of the right ones add up to. */
  expected: number;
}
const tallies = new Map<Kind, Tally>();
/** What one is named for alone, by what names it. */
const named = new Map<string, { right: number; wrong: number }>();
let sharesGiven = 0;
for (const { service, principal: found, basis, present, sharers, bytesOut } of cells) {
  const real = truth.get(service);
  if (!real || bytesOut === 0) continue;
  const tally = tallies.get(real.kind) ?? {
    bytes: 0,
    right: 0,
    wrong: 0,
    unknown: 0,
    among: 0,
    notAmong: 0,
    expected: 0,
  };
  tallies.set(real.kind, tally);
  tally.bytes += bytesOut;
  if (present === 0) tally.unknown += bytesOut;
  else if (present > 1) {
    const isAmong = namesOf.get(sharers)?.has(real.who) ?? false;
    tally[isAmong ? 'among' : 'notAmong'] += bytesOut;
    if (isAmong) tally.expected += bytesOut / present;
    sharesGiven += bytesOut / present;
  } else {
    const how = found === real.who ? 'right' : 'wrong';
    tally[how] += bytesOut;
    const by = named.get(basis) ?? { right: 0, wrong: 0 };
    by[how] += bytesOut;
    named.set(basis, by);
  }
}
const sum = (kinds: readonly Kind[], of: keyof Tally) =>
  kinds.reduce((all, kind) => all + (tallies.get(kind)?.[of] ?? 0), 0);
const percent = (part: number, whole: number) =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)} %`;
const ATTRIBUTABLE: readonly Kind[] = ['own connection', 'VPN', 'job'];
const NOT: readonly Kind[] = ['behind NAT', 'nobody'];
const rightShare = (sum(ATTRIBUTABLE, 'right') + sum(ATTRIBUTABLE, 'expected')) / sum(ATTRIBUTABLE, 'bytes');
const all = [...tallies.keys()];
const certain = sum(all, 'right') / (sum(all, 'right') + sum(all, 'wrong'));
const calibrated = sum(all, 'expected') / sharesGiven;
const clocks = Object.entries(built.totals).filter(
  ([key]) => key.startsWith('clock.') && key.endsWith('offsetMicros'),
);
/** What nobody logged can go to nobody: by incomplete logs these are figures and no targets. */
const judged = (text: string, met: boolean) => (values.incomplete ? `- figure: ${text}` : verdict(text, met));
const LOSSES =
  'A tenth of the sessions and jobs leave no line, a tenth of the others no end; sshd’s log lacks the hour from 10:00 and breaks off at 22:00.';
publishResults(values.incomplete ? 'attribution-incomplete.md' : 'attribution-truth.md', [
  values.incomplete
    ? '# Attribution by incomplete logs against the truth'
    : '# Attribution against the truth',
  machine.filter((line) => !line.startsWith('**')).join('\n\n'),
  `${conns.length} flows of ${PRINCIPALS} principals on ${LOGIN_NODES + NODES} hosts in one day, ${answer.commits.reduce((lines, { accepted }) => lines + accepted, 0) - conns.length} lines of sessions and jobs; seed ${values.seed}. Clocks: sshd ${SSHD_AHEAD} s ahead, OpenVPN ${-OPENVPN_AHEAD} s behind. Found: ${clocks.map(([key, value]) => `${key.split('.')[1]} ${Number(value) / 1e6} s`).join(', ')}.`,
  ...(values.incomplete
    ? [
        LOSSES,
        table(
          ['One named by', 'bytes', 'right'],
          [...named]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([basis, { right, wrong }]) => [
              basis,
              (right + wrong).toFixed(0),
              percent(right, right + wrong),
            ]),
        ),
      ]
    : []),
  table(
    ['Bytes of', 'one named: right', 'wrong', 'several: it is one', 'it is none', 'unknown'],
    all.map((kind) => {
      const part = (of: keyof Tally) => percent(tallies.get(kind)?.[of] ?? 0, tallies.get(kind)?.bytes ?? 0);
      return [kind, part('right'), part('wrong'), part('among'), part('notAmong'), part('unknown')];
    }),
  ),
  [
    judged(
      `of bytes that can be attributed at least 99 % go to the right principal: ${percent(rightShare, 1)}`,
      rightShare >= 0.99,
    ),
    verdict(
      `of what one principal alone is named for at least 98 % is its own: ${percent(certain, 1)}`,
      certain >= 0.98,
    ),
    judged(
      `of stated shares as much falls to the right ones as they promise: ${percent(calibrated, 1)}`,
      Math.abs(calibrated - 1) <= 0.02,
    ),
    verdict(
      `nobody is named for what nobody can know: ${percent(sum(NOT, 'unknown'), sum(NOT, 'bytes'))} unknown`,
      sum(NOT, 'unknown') === sum(NOT, 'bytes'),
    ),
  ].join('\n'),
]);
