/**
 * Kills a real import at 50 random instants (SIGKILL), looks at the ledger after each, lets a last import finish
 * and compares it with an undisturbed one. Writes benchmarks/results/kill-import.md.
 * `npx tsx benchmarks/kill-import.ts [kills] [flows] [seed]`
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSnapshot } from '../src/ledger/snapshot.ts';
import { verifyLedger } from '../src/ledger/verify.ts';
import { conn, zeekTsv } from '../tests/support/zeek-text.ts';

const [kills = 50, flows = 120_000, seed = 1] = process.argv.slice(2).map(Number);
const FILES = 12;

const YAML = `
facility: { name: Bench }
networks: { inside: [10.0.0.0/8] }
paths: [{ name: border, capacityGbps: 100, sensors: [zeek] }]
`;

/** A small linear congruential generator: the same kills for the same seed. */
let state = seed;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

function writeLogs(folder: string): void {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  writeFileSync(join(folder, 'weir.yaml'), YAML);
  for (let file = 0; file < FILES; file += 1) {
    const rows = Array.from({ length: Math.floor(flows / FILES) }, (_, index) =>
      conn({
        at: `2026-03-0${1 + (file % 6)}T${String(index % 24).padStart(2, '0')}:30:00Z`,
        uid: `C${file}x${index}`,
        from: `10.${file}.${index >> 8}.${index & 255} 40000`,
        lasts: index % 100 === 0 ? 90_000 : index % 3000,
        sent: index % 977 === 0 ? -1 : index,
      }),
    );
    writeFileSync(join(folder, 'logs', `conn.${file}.log`), zeekTsv(rows));
  }
}

function runImport(
  ledger: string,
  folder: string,
  killAfterMillis?: number,
): Promise<{ millis: number; killed: boolean }> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'tests/ledger/import-child.ts', ledger, folder, 'logs'],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const timer =
      killAfterMillis === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMillis);
    child.on('error', reject);
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      resolve({ millis: performance.now() - began, killed: signal === 'SIGKILL' });
    });
  });
}

/** What the ledger says of its days and rejects, as text. */
async function saying(dir: string): Promise<string> {
  const snapshot = await readSnapshot(dir);
  const days = snapshot.builtDays().map((day) => [day, snapshot.buildOf(day)?.totals]);
  const inputs = snapshot.entriesOf('commit').flatMap((commit) => commit.inputs);
  const lines = inputs.map(({ prefixSha256, accepted, rejected }) =>
    [prefixSha256, accepted, rejected].join(' '),
  );
  return JSON.stringify([days, lines.sort()]);
}

const root = mkdtempSync(join(tmpdir(), 'weir-kill-'));
try {
  writeLogs(root);
  const whole = await runImport(join(root, 'undisturbed'), root);
  const expected = await saying(join(root, 'undisturbed'));
  let killed = 0;
  let problems = 0;
  let unequal = 0;
  let started = 0;
  // Instants are drawn over what the last whole import took: the machine may have other work to do.
  let { millis } = whole;
  while (killed < kills && started < 3 * kills) {
    started += 1;
    const dir = join(root, `ledger-${started}`);
    const ended = await runImport(dir, root, millis * (0.1 + 0.8 * random()));
    if (ended.killed) killed += 1;
    if (existsSync(join(dir, 'ledger.json')))
      problems += (await verifyLedger(dir, { files: true })).problems.length;
    const again = await runImport(dir, root);
    if (ended.killed) millis = again.millis;
    problems += (await verifyLedger(dir, { files: true })).problems.length;
    if ((await saying(dir)) !== expected) unequal += 1;
    rmSync(dir, { recursive: true, force: true });
    process.stderr.write(`\r${killed} of ${kills}`);
  }
  const text = `# Kills at random instants of an import

\`npx tsx benchmarks/kill-import.ts ${kills} ${flows} ${seed}\`, ${new Date().toISOString().slice(0, 10)}

| | |
|---|---|
| connections, files | ${flows}, ${FILES} |
| an undisturbed import | ${(whole.millis / 1000).toFixed(1)} s |
| imports that died of SIGKILL at a random instant | ${killed} (${started - killed} more had ended before) |
| ledgers with a broken chain or file, after the kill or after the next import | ${problems} |
| ledgers whose totals, lines or rejects differ from the undisturbed one | ${unequal} |
`;
  writeFileSync(new URL('results/kill-import.md', import.meta.url), text);
  process.stderr.write('\n');
  console.log(text);
  process.exitCode = problems + unequal > 0 || killed < kills ? 1 : 0;
} finally {
  rmSync(root, { recursive: true, force: true });
}
