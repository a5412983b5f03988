/**
 * Whether attribution is right, on a day of a centre whose truth is known: 20,000 principals, 3,000 hosts, shared login
 * nodes, re-used VPN addresses, jobs, a data server, a NAT, and clocks of the logs that are off by half a minute. Every flow
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
import {
  DATA_SERVER,
  type Kind,
  LOGIN_NODES,
  type LogLine,
  login,
  NODES,
  name,
  node,
  OPENVPN_AHEAD,
  PRINCIPALS,
  SSHD_AHEAD,
  simulateDay,
} from './attribution-day.ts';
import { WORK } from './generate.ts';
import { describeMachine, publishResults, table, verdict } from './measuring.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, incomplete: { type: 'boolean', default: false } },
});

const { truth, conns, sshd, openvpn, sacct, gridftp } = simulateDay(Number(values.seed), values.incomplete);

const root = join(WORK, `truth-${process.pid}`);
const logs = join(root, 'logs');
mkdirSync(logs, { recursive: true });
const inOrder = (lines: readonly LogLine[]) =>
  `${[...lines]
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
writeFileSync(join(logs, 'gridftp.log'), inOrder(gridftp));
writeFileSync(join(logs, 'sacct.txt'), `${sacct.join('\n')}\n`);

const hosts = [
  ...Array.from(
    { length: LOGIN_NODES },
    (_, index) => `  - { name: login${index}, addresses: [${login(index)}] }`,
  ),
  ...Array.from({ length: NODES }, (_, index) => `  - { name: ${name(index)}, addresses: [${node(index)}] }`),
  `  - { name: dtn, addresses: [${DATA_SERVER}] }`,
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
  - { name: gridftp, files: "gridftp*" }
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
  `SELECT sharers, list(principal) AS names, list((toWeight - fromWeight) / total) AS shares FROM read_parquet(${paths('sharer')})
   WHERE principal <> 'unknown' GROUP BY sharers`,
  z.object({ sharers: z.bigint(), names: z.array(z.string()), shares: z.array(z.number()) }),
);
db.close();
rmSync(root, { recursive: true, force: true });
const sharesOf = new Map(
  members.map(({ sharers, names, shares }) => [
    sharers,
    new Map(names.map((each, index) => [each, shares[index] ?? 0])),
  ]),
);

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
/** What is stated of somebody with some certainty, in bytes of the cells: what that promises, and what was right. */
interface Band {
  claimed: number;
  promised: number;
  right: number;
}
const bands = Array.from({ length: 11 }, (): Band => ({ claimed: 0, promised: 0, right: 0 }));
/** Tenths, and apart from them what is stated of one alone. */
const bandOf = (certainty: number) => bands[certainty >= 1 ? 10 : Math.min(9, Math.floor(certainty * 10))];
const claim = (certainty: number, bytes: number, isRight: boolean, band = bandOf(certainty)) => {
  if (!band) return;
  band.claimed += bytes;
  band.promised += bytes * certainty;
  if (isRight) band.right += bytes;
};
const nineTenths: Band = { claimed: 0, promised: 0, right: 0 };
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
    const shares = sharesOf.get(sharers) ?? new Map<string, number>();
    const share = shares.get(real.who);
    tally[share === undefined ? 'notAmong' : 'among'] += bytesOut;
    tally.expected += bytesOut * (share ?? 0);
    // Whose share is p is the right one with p: so much of the cell do shares promise the right one.
    for (const [who, each] of shares) {
      sharesGiven += bytesOut * each * each;
      claim(each, bytesOut, who === real.who);
      if (each >= 0.85 && each < 0.95) claim(each, bytesOut, who === real.who, nineTenths);
    }
  } else {
    const how = found === real.who ? 'right' : 'wrong';
    tally[how] += bytesOut;
    claim(1, bytesOut, how === 'right');
    const by = named.get(basis) ?? { right: 0, wrong: 0 };
    by[how] += bytesOut;
    named.set(basis, by);
  }
}
const sum = (kinds: readonly Kind[], of: keyof Tally) =>
  kinds.reduce((all, kind) => all + (tallies.get(kind)?.[of] ?? 0), 0);
const percent = (part: number, whole: number) =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)} %`;
const ATTRIBUTABLE: readonly Kind[] = ['own connection', 'VPN', 'job', 'transfer'];
const NOT: readonly Kind[] = ['behind NAT', 'nobody'];
const rightShare = (sum(ATTRIBUTABLE, 'right') + sum(ATTRIBUTABLE, 'expected')) / sum(ATTRIBUTABLE, 'bytes');
const all = [...tallies.keys()];
const certain = sum(all, 'right') / (sum(all, 'right') + sum(all, 'wrong'));
const calibrated = sum(all, 'expected') / sharesGiven;
const [saidNine, rightNine] = [nineTenths.promised, nineTenths.right].map(
  (bytes) => bytes / nineTenths.claimed,
);
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
  `${conns.length} flows of ${PRINCIPALS} principals on ${LOGIN_NODES + NODES} hosts in one day, ${answer.commits.reduce((lines, { accepted }) => lines + accepted, 0) - conns.length} lines of sessions and jobs; seed ${values.seed}. Clocks: sshd and GridFTP ${SSHD_AHEAD} s ahead, OpenVPN ${-OPENVPN_AHEAD} s behind. Found: ${clocks.map(([key, value]) => `${key.split('.')[1]} ${Number(value) / 1e6} s`).join(', ')}.`,
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
  '**Certainty.** Of each cell that several could have opened, each of them is stated with its share; who is named alone, with 100 %. Bytes of cells, by what is stated of somebody:',
  table(
    ['Stated', 'bytes stated', 'promised', 'right'],
    bands.map(({ claimed, promised, right }, index) => [
      index === 10 ? '100 %' : `${10 * index} to ${10 * (index + 1)} %`,
      claimed.toFixed(0),
      percent(promised, claimed),
      percent(right, claimed),
    ]),
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
    judged(
      `of what is stated with 85 to 95 % (on average ${percent(saidNine ?? 0, 1)}) 88 to 92 % is right: ${percent(rightNine ?? 0, 1)}`,
      Math.abs((rightNine ?? 0) - 0.9) <= 0.02,
    ),
    verdict(
      `nobody is named for what nobody can know: ${percent(sum(NOT, 'unknown'), sum(NOT, 'bytes'))} unknown`,
      sum(NOT, 'unknown') === sum(NOT, 'bytes'),
    ),
  ].join('\n'),
]);
