/**
 * Where an import spends its time: wall and processor seconds of each statement, the longest first, and what lies
 * outside of statements. Processor time is that of the whole process: reading goes on beside most statements.
 * Run: npx tsx benchmarks/profile-import.ts [--file X | --flows 2000000 --cardinality high] [--json]
 */
import { parseArgs } from 'node:util';
import { DuckDBConnection } from '@duckdb/node-api';
import { plainLog } from './generate.ts';
import { importFresh } from './subject.ts';

interface Timing {
  readonly statement: string;
  calls: number;
  wallSeconds: number;
  cpuSeconds: number;
}

const SHOWN_CHARS = 110;

const { values } = parseArgs({
  options: {
    file: { type: 'string' },
    flows: { type: 'string', default: '2000000' },
    cardinality: { type: 'string', default: 'high' },
    json: { type: 'boolean', default: false },
  },
});

const timings = new Map<string, Timing>();

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** A statement without what differs from run to run: names of files and long lists. */
function nameOf(sql: string): string {
  const plain = sql.replace(
    /'[^']*\/([^'/]*)'/g,
    (_, name: string) => `'${name.replace(/[0-9a-f-]{20,}/g, '…')}'`,
  );
  return plain.replace(/\s+/g, ' ').trim();
}

/** Whether a statement is being timed: reading all of a result runs it by way of `run`. */
let within = false;

async function timed<Result>(sql: unknown, work: () => Promise<Result>): Promise<Result> {
  if (within) return work();
  within = true;
  const [cpu, wall] = [cpuSeconds(), performance.now()];
  try {
    return await work();
  } finally {
    within = false;
    const statement = nameOf(String(sql));
    const known = timings.get(statement) ?? { statement, calls: 0, wallSeconds: 0, cpuSeconds: 0 };
    known.calls += 1;
    known.wallSeconds += (performance.now() - wall) / 1000;
    known.cpuSeconds += cpuSeconds() - cpu;
    timings.set(statement, known);
  }
}

const { run, runAndReadAll } = DuckDBConnection.prototype;
DuckDBConnection.prototype.run = function (...args) {
  return timed(args[0], () => run.apply(this, args));
};
DuckDBConnection.prototype.runAndReadAll = function (...args) {
  return timed(args[0], () => runAndReadAll.apply(this, args));
};

const file =
  values.file ??
  (await plainLog(values.cardinality === 'ordinary' ? 'ordinary' : 'high', Number(values.flows)));
const [cpu, wall] = [cpuSeconds(), performance.now()];
const flows = await importFresh(file);
const whole = { wallSeconds: (performance.now() - wall) / 1000, cpuSeconds: cpuSeconds() - cpu };

const rows = [...timings.values()].sort((a, b) => b.cpuSeconds - a.cpuSeconds);
const outside = whole.wallSeconds - rows.reduce((sum, row) => sum + row.wallSeconds, 0);
if (values.json)
  console.log(JSON.stringify({ file, flows, ...whole, outsideStatementsSeconds: outside, rows }));
else {
  for (const row of rows.filter(({ cpuSeconds: own }) => own >= 0.005)) {
    const numbers = [row.cpuSeconds.toFixed(3), row.wallSeconds.toFixed(3), String(row.calls)];
    console.log(
      `${numbers.map((text) => text.padStart(8)).join('')}  ${row.statement.slice(0, SHOWN_CHARS)}`,
    );
  }
  console.log(`${flows} flows: ${whole.cpuSeconds.toFixed(2)} CPU-s, ${whole.wallSeconds.toFixed(2)} s`);
  console.log(`outside of statements: ${outside.toFixed(2)} s`);
}
