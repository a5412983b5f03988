/**
 * What attribution adds to the import of a day: the same flows into a ledger that knows nobody, and into one that
 * knows who was logged in where, on that day and in the eight days before and behind it; by turns, each in a fresh
 * process; medians. The log takes 125 bytes a flow on disk, a ledger 60; with --discard it is removed at the end.
 * Run: npx tsx benchmarks/attribution.ts [--flows 2000000] [--sessions 20000] [--repeats 3] [--discard]
 * Of a whole day of a large centre: --flows 50000000 --repeats 1 --discard
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { plainLog } from './generate.ts';
import { describeMachine, inFreshProcess, median, publishResults, table, verdict } from './measuring.ts';
import { sessionLog } from './sessions.ts';

/** Attribution may add so much to an import. */
const MOST_ADDED = 0.5;
const MOST_MEGABYTES = 4 * 1024 * 1.048576;

const measured = z.object({
  amount: z.number(),
  wallSeconds: z.number(),
  cpuSeconds: z.number(),
  peakMegabytes: z.number(),
  diskMegabytes: z.number(),
});
type Measured = z.infer<typeof measured>;

const { values } = parseArgs({
  options: {
    flows: { type: 'string', default: '2000000' },
    sessions: { type: 'string', default: '20000' },
    repeats: { type: 'string', default: '3' },
    discard: { type: 'boolean', default: false },
  },
});

const machine = await describeMachine();
const log = await plainLog('ordinary', Number(values.flows));
sessionLog(Number(values.sessions));
const once = (piece: string) =>
  inFreshProcess('attribution-once.ts', [piece, values.flows, values.sessions], measured);
// What is run once is run cold.
if (Number(values.repeats) > 1) await once('plain');
type Piece = 'plain' | 'named' | 'weeks';
const runs: Record<Piece, Measured[]> = { plain: [], named: [], weeks: [] };
for (let turn = 0; turn < Number(values.repeats); turn += 1) {
  runs.plain.push(await once('plain'));
  runs.named.push(await once('named'));
  runs.weeks.push(await once('weeks'));
}
const middle = (piece: Piece, of: (one: Measured) => number) => median(runs[piece].map(of));
const row = (title: string, piece: Piece) => [
  title,
  middle(piece, ({ wallSeconds }) => wallSeconds).toFixed(2),
  middle(piece, ({ cpuSeconds }) => cpuSeconds).toFixed(2),
  Math.max(...runs[piece].map(({ peakMegabytes }) => peakMegabytes)).toFixed(0),
  Math.max(...runs[piece].map(({ diskMegabytes }) => diskMegabytes)).toFixed(0),
];
const peak = Math.max(
  ...Object.values(runs)
    .flat()
    .map(({ peakMegabytes }) => peakMegabytes),
);
const added = (piece: Piece, of: (one: Measured) => number) => middle(piece, of) / middle('plain', of) - 1;
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
publishResults('attribution.md', [
  '# Attribution',
  ...machine,
  `${values.flows} flows of one day, ${values.sessions} sessions on 3,000 hosts, half of them on twenty; median of ${values.repeats}.`,
  table(
    ['Import', 'wall s', 'CPU s', 'peak MB', 'ledger MB, at most'],
    [
      row('nobody known', 'plain'),
      row('sessions of the day in the ledger', 'named'),
      row('sessions of seventeen days', 'weeks'),
    ],
  ),
  ...(['named', 'weeks'] as const).map((piece) => {
    const wall = added(piece, ({ wallSeconds }) => wallSeconds);
    const cpu = added(piece, ({ cpuSeconds }) => cpuSeconds);
    return verdict(
      `attribution adds at most ${percent(MOST_ADDED)}, ${piece === 'named' ? 'with the sessions of the day' : 'with those of seventeen days'}: ${percent(wall)} of the time, ${percent(cpu)} of the processor time`,
      cpu <= MOST_ADDED,
    );
  }),
  verdict(`peak memory below 4 GiB: ${peak.toFixed(0)} MB`, peak < MOST_MEGABYTES),
]);
if (values.discard) rmSync(log);
