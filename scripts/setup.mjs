// Installs what `npm start` and `npm test` need: npm packages always, Debian's packages for the tests with --tests.
// Plain JavaScript without dependencies, because it runs before any of them is there.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.weir-setup`;
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');

/** Runs a command with its output on stderr; a failure ends the set-up with the command named. */
function run(command, args) {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  } catch (error) {
    console.error(`setup: \`${command} ${args.join(' ')}\` failed: ${error.message}`);
    process.exit(1);
  }
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  // Not `npm ci`: it refuses a lock file that lacks the binaries of other platforms, which a mirror may not carry.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund']);
  writeFileSync(stamp, wanted);
}

/** Programs that tests run, and the Debian packages that have them. */
const PROGRAMS = {
  '/usr/bin/chromium': 'chromium',
  '/usr/bin/nfdump': 'nfdump',
  '/usr/bin/openssl': 'openssl',
};

if (process.argv.includes('--tests')) {
  const missing = Object.entries(PROGRAMS).flatMap(([path, name]) => (existsSync(path) ? [] : [name]));
  if (missing.length > 0) {
    run('apt-get', ['update']);
    run('apt-get', ['install', '-y', '--no-install-recommends', ...missing]);
  }
}
