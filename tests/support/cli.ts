import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const WEIR = fileURLToPath(new URL('../../bin/weir.js', import.meta.url));

/** How a run of the command line ended. */
export interface CliRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the real `weir` in a folder, as a user without a terminal. */
export function weir(cwd: string, args: readonly string[], stdin = ''): Promise<CliRun> {
  return run(process.execPath, [WEIR, ...args], cwd, stdin);
}

/** Runs a shell line in which `$WEIR` stands for the real command. */
export function shell(cwd: string, line: string): Promise<CliRun> {
  return run('bash', ['-c', line], cwd, '');
}

function run(command: string, args: readonly string[], cwd: string, stdin: string): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, WEIR: `${process.execPath} ${WEIR}` } });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(stdin);
  });
}
