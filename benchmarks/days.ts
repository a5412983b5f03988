/**
 * Raw logs to ranked campaigns over 10 and 60 days (time a flow, peak memory, bytes on disk), beside Debian's nfdump on
 * the same flows, JSON lines against text, and many small files against few large ones; each in a fresh process, one run.
 * Run: npx tsx benchmarks/days.ts [--flows-per-day 200000]
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { capturedFlows, secondsOfNfdump } from './captured.ts';
import { daysOfLogs, jsonLog, plainLog, splitLog } from './generate.ts';
import { describeMachine, inFreshProcess, publishResults, table, verdict } from './measuring.ts';

const MOST_MEGABYTES = (4 * 1024 ** 3) / 1e6;
const FLOWS_ASKED = 140e6;
const SECONDS_ASKED = 120;
const FORMAT_FLOWS = 1_000_000;
const SMALL_FILES = 1_000;
const LARGE_FILES = 5;

const measured = z.object({
  flows: z.number(),
  recordBytes: z.number(),
  cellBytes: z.number(),
  detectSeconds: z.number(),
  leads: z.number(),
  wallSeconds: z.number(),
  cpuSeconds: z.number(),
  peakMegabytes: z.number(),
});
type Measured = z.infer<typeof measured>;

const { values } = parseArgs({ options: { 'flows-per-day': { type: 'string', default: '200000' } } });
const perDay = Number(values['flows-per-day']);
const once = (path: string) => inFreshProcess('days-once.ts', [path], measured);
const micros = ({ wallSeconds, flows }: Measured) => (wallSeconds / flows) * 1e6;

const inputs = [
  [`10 days of ${perDay} flows`, await daysOfLogs(10, perDay)],
  [`60 days of ${perDay} flows`, await daysOfLogs(60, perDay)],
  [`${FORMAT_FLOWS} flows as text`, await plainLog('ordinary', FORMAT_FLOWS)],
  ['the same as JSON lines', await jsonLog(FORMAT_FLOWS)],
  [`the same in ${LARGE_FILES} files`, await splitLog(FORMAT_FLOWS, LARGE_FILES)],
  [`the same in ${SMALL_FILES} files`, await splitLog(FORMAT_FLOWS, SMALL_FILES)],
] as const;
const captured = await capturedFlows(inputs[0][1]);
const machine = await describeMachine();
const nfdumpSeconds = await secondsOfNfdump(captured.folder);
const results: Measured[] = [];
for (const [, path] of inputs) results.push(await once(path));
const [ten, sixty, text, json, few, many] = results as [
  Measured,
  Measured,
  Measured,
  Measured,
  Measured,
  Measured,
];

const ratio = (a: Measured, b: Measured) => micros(a) / micros(b);
const projected = (sixty.wallSeconds / sixty.flows) * FLOWS_ASKED;
const growth = sixty.peakMegabytes / ten.peakMegabytes;
publishResults('days.md', [
  '# Days, formats, files',
  ...machine,
  'Import and detection of the whole history, each in a fresh process into a fresh ledger, one run, files in the page cache.',
  table(
    [
      'Work',
      'Wall, s',
      'CPU, s',
      'of it detect, s',
      'µs a flow',
      'Peak RSS, MB',
      'Record B a flow',
      'Cell B a flow',
    ],
    results.map((each, index) => [
      inputs[index]?.[0] ?? '',
      each.wallSeconds.toFixed(1),
      each.cpuSeconds.toFixed(1),
      each.detectSeconds.toFixed(1),
      micros(each).toFixed(2),
      Math.round(each.peakMegabytes).toString(),
      (each.recordBytes / each.flows).toFixed(1),
      (each.cellBytes / each.flows).toFixed(1),
    ]),
  ),
  `nfdump 1.7.1 sums the ${captured.records} records of those 10 days (both directions of each flow, kept by nfcapd, uncompressed) by source and destination in ${nfdumpSeconds.toFixed(1)} s, on one core: ${((nfdumpSeconds / ten.flows) * 1e6).toFixed(2)} µs a flow. Weir's import and detection of the same flows from text take ${(ten.wallSeconds / nfdumpSeconds).toFixed(1)} times that.`,
  [
    verdict(
      `140 M flows of 60 days ${sixty.flows < FLOWS_ASKED ? 'at this rate' : 'as run'}: ${projected.toFixed(0)} s (at most ${SECONDS_ASKED})`,
      projected <= SECONDS_ASKED,
    ),
    verdict(
      `peak memory of 60 days ${Math.round(sixty.peakMegabytes)} MB (below 4 GiB), ${growth.toFixed(2)} times that of 10 days (at most 1.2)`,
      sixty.peakMegabytes < MOST_MEGABYTES && growth <= 1.2,
    ),
    verdict(
      `JSON lines take ${ratio(json, text).toFixed(2)} times the time of text (at most 1.5)`,
      ratio(json, text) <= 1.5,
    ),
    verdict(
      `${SMALL_FILES} files take ${ratio(many, few).toFixed(2)} times the time of ${LARGE_FILES} (at most 1.5)`,
      ratio(many, few) <= 1.5,
    ),
    verdict(
      `records take ${(sixty.recordBytes / sixty.flows).toFixed(1)} B a flow (at most 16)`,
      sixty.recordBytes / sixty.flows <= 16,
    ),
  ].join('\n'),
]);
