import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Builds the console when it is not built, or when a file it is made of is younger than the last build. */
export async function buildConsoleIfStale(): Promise<void> {
  const built = await stat(path.join(ROOT, 'web/dist/index.html')).then(
    (file) => file.mtimeMs,
    () => 0,
  );
  const sources = ['web/src', 'web/public', 'web/index.html', 'web/vite.config.ts', 'package.json'];
  const youngest = Math.max(
    ...(await Promise.all(sources.map((source) => youngestIn(path.join(ROOT, source))))),
  );
  if (built > youngest) return;
  await promisify(execFile)(
    process.execPath,
    [path.join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', 'web'],
    {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
}

async function youngestIn(file: string): Promise<number> {
  const found = await stat(file);
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = await readdir(file);
  return Math.max(
    found.mtimeMs,
    ...(await Promise.all(inside.map((name) => youngestIn(path.join(file, name))))),
  );
}

/** Returns a browser that asks nobody but the pages it is shown (and keeps its profile in a folder of its own). */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
    ],
  });
}
