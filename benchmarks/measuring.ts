/** Measured work in fresh processes, and how results are written down. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import type { z } from 'zod';

const BUSY_LOAD = 1;
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Runs a script of this folder in a process of its own and returns the JSON it prints. */
export async function inFreshProcess<Result>(
  script: string,
  args: readonly string[],
  schema: z.ZodType<Result>,
): Promise<Result> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), join(import.meta.dirname, script), ...args],
    { maxBuffer: MOST_OUTPUT_BYTES },
  );
  return schema.parse(JSON.parse(stdout));
}

/** Returns the middle value; of two middle ones the smaller. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
}

/** What was measured on, and whether the machine had nothing else to do. Call before anything is measured. */
export async function describeMachine(): Promise<string[]> {
  const [load = 0] = loadavg();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const version = (await connection.runAndReadAll('SELECT version()')).getRowsJS()[0]?.[0];
  connection.closeSync();
  instance.closeSync();
  return [
    ...(load > BUSY_LOAD
      ? [`**Machine was busy**: load average ${load.toFixed(2)} at the start. These figures do not count.`]
      : []),
    `${new Date().toISOString()} · ${availableParallelism()} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1e9)} GB · Node ${process.versions.node} · DuckDB ${version} · load average at the start ${load.toFixed(2)}`,
  ];
}

/** Returns a table in Markdown; all columns but the first are numbers. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, index) =>
    Math.max(3, title.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, index) =>
      index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [titles, rule, ...rows].map(line).join('\n');
}

/** Prints paragraphs and keeps them as a results file. */
export function publishResults(name: string, paragraphs: readonly string[]): void {
  const text = `${paragraphs.join('\n\n')}\n`;
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  process.stdout.write(text);
}

/** Returns a target with whether it was met. */
export function verdict(text: string, met: boolean): string {
  return `- ${met ? 'met' : '**missed**'}: ${text}`;
}
