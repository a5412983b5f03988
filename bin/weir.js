#!/usr/bin/env node
// Runs the sources through tsx in a checkout, the compiled product where it was installed without them.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sources = new URL('../src/commands/main.ts', import.meta.url);
if (existsSync(fileURLToPath(sources))) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(sources.href);
} else {
  await import(new URL('../dist/commands/main.js', import.meta.url).href);
}
