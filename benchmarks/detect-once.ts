/**
 * One question to a ledger in a process of its own, told on standard output as JSON; detect-day.ts starts it.
 * Run: npx tsx benchmarks/detect-once.ts judge|night|history LEDGER LAST-DAY
 */
import { allowancesOf } from '../src/operations/decisions.ts';
import { detect } from '../src/operations/detect.ts';
import { runDetection } from '../src/operations/detection/run.ts';
import { type Question, withReading } from '../src/operations/reading.ts';
import { formatDay } from '../src/records/time.ts';
import { pairFacility } from './pairs.ts';

const [piece = '', ledgerDir = '', day = ''] = process.argv.slice(2);
const lastDay = Number(day);
const question: Question = { facility: pairFacility(), ledgerDir, progress: () => undefined };

interface Timed<Value> {
  readonly value: Value;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

async function timed<Value>(work: () => Promise<Value>): Promise<Timed<Value>> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const value = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { value, wallSeconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}

/** Judges what the checkpoints do not hold yet, and tells it apart from opening the ledger. */
async function judge() {
  const whole = await timed(() =>
    withReading(question, (reading) =>
      timed(() => runDetection(reading, lastDay, allowancesOf(reading.snapshot), question.progress)),
    ),
  );
  const { value: run, wallSeconds, cpuSeconds } = whole.value;
  return {
    wallSeconds,
    cpuSeconds,
    openWallSeconds: whole.wallSeconds - wallSeconds,
    openCpuSeconds: whole.cpuSeconds - cpuSeconds,
    leads: run.carried.leads.length,
  };
}

/** Answers `weir detect`, for the last day alone as a run each night asks, or for the whole history. */
async function answer(from: string | undefined) {
  const { value, wallSeconds, cpuSeconds } = await timed(() =>
    detect(from === undefined ? question : { ...question, from }),
  );
  return { wallSeconds, cpuSeconds, openWallSeconds: 0, openCpuSeconds: 0, leads: value.leads.length };
}

const result =
  piece === 'judge' ? await judge() : await answer(piece === 'night' ? formatDay(lastDay) : undefined);
console.log(JSON.stringify(result));
