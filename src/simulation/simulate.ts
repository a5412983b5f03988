import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import {
  formatDay,
  formatMicros,
  HOURS_PER_DAY,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_SECOND,
} from '../records/time.ts';
import { createBackground } from './background.ts';
import { createCampaign } from './campaign.ts';
import type { PlantedCampaign } from './campaign-file.ts';
import { createCentre } from './centre.ts';
import { writeFacilityFiles } from './facility-files.ts';
import type { Flow, SensorName } from './flow.ts';
import { createIdentities, membersCsv } from './identities.ts';
import { createNormalLife } from './normal-life.ts';
import { createRemoteAccess } from './remote-access.ts';
import { createSensor, type Outage } from './sensor.ts';
import { createTruth, type TruthHead } from './truth.ts';
import { createWorld } from './world.ts';
import { createZeekWriter } from './zeek-writer.ts';

/** What to simulate. The same options give the same bytes. */
export interface SimulationOptions {
  /** Folder for `logs/`, `weir.yaml`, `as.csv` and `truth.json`; made if absent. */
  readonly outDir: string;
  /** Any short text of letters, digits, `.`, `_` and `-`. */
  readonly seed: string;
  /** 1 is the reference case: 6,000 tenants, 20,000 principals, 3,000 hosts, 69 TB a day. */
  readonly scale: number;
  readonly days: number;
  /** First day, in days since 1970. */
  readonly startDay: number;
  readonly campaigns: readonly PlantedCampaign[];
  /** Called after each day. */
  readonly progress?: (daysDone: number, days: number) => void;
}

/** What was written. */
export interface SimulationSummary {
  readonly logsDir: string;
  readonly weirYaml: string;
  readonly truthFile: string;
  readonly connections: number;
  readonly lines: number;
  readonly files: number;
  readonly compressedBytes: number;
  readonly hosts: number;
  readonly principals: number;
}

/** Defaults of the demonstration: 1.8 million connections in four months from 2026-03-01. */
export const DEMONSTRATION = { seed: 'weir', scale: 0.015, days: 120, startDay: 20_513 } as const;

/**
 * Writes the telemetry of a centre that does not exist, and the truth beside it. Works day by day; memory grows
 * with one day's lines and the connections that outlast it, not with the number of days.
 * @throws ConfigurationError when the options make no sense.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationSummary> {
  checkOptions(options);
  const { outDir, seed, scale, days, startDay, campaigns } = options;
  const endDay = startDay + days;
  const centre = createCentre(seed, scale);
  const truth = createTruth(campaigns);
  const outages = planOutages(startDay, days);
  const logsDir = join(outDir, 'logs');
  const encodings = { 'zeek-border': 'tsv', 'zeek-vpn': 'ndjson' } as const;
  const names = Object.keys(encodings) as SensorName[];
  const writers = names.map((name) => createZeekWriter(join(logsDir, name), encodings[name], seed));
  const sensors = names.map((name, index) =>
    createSensor(name, seed, outages[name], writers[index] as (typeof writers)[number], truth),
  );
  const [border, vpn] = sensors as [(typeof sensors)[number], (typeof sensors)[number]];
  const identities = createIdentities(join(outDir, 'identity'), centre, endDay * MICROS_PER_DAY);
  const world = createWorld(centre, startDay, {
    observe(flow: Flow) {
      (flow.sensor === 'zeek-border' ? border : vpn).observe(flow);
      identities.observe(flow);
    },
    enter: identities.enter,
  });
  const makers = [
    createNormalLife(world),
    createRemoteAccess(world),
    createBackground(world),
    ...campaigns.map((plan, index) =>
      createCampaign(world, plan, index, days, truth.campaigns[index] as (typeof truth.campaigns)[number]),
    ),
  ];

  await mkdir(join(outDir, 'identity'), { recursive: true });
  await writeFacilityFiles(outDir, centre);
  let files = 0;
  let compressedBytes = 0;
  const writeOut = async (beforeHour: number) => {
    const telling = identities.flushBefore(beforeHour / HOURS_PER_DAY);
    for (const written of await Promise.all(writers.map((writer) => writer.flushBefore(beforeHour)))) {
      files += written.files;
      compressedBytes += written.bytes;
    }
    await telling;
  };
  let writing = Promise.resolve();
  for (let day = startDay; day < endDay; day++) {
    for (const make of makers) make(day);
    for (const sensor of sensors) sensor.reportHealth(day);
    // A day is compressed while the next one is made; no more than two are in memory.
    await writing;
    writing = writeOut((day + 1) * HOURS_PER_DAY);
    options.progress?.(day + 1 - startDay, days);
  }
  await writing;

  const head: TruthHead = {
    simulated: true,
    version: 1,
    seed,
    scale,
    from: formatDay(startDay),
    to: formatDay(endDay),
    outages: names.flatMap((sensor) =>
      outages[sensor].slice(0, -1).map((outage) => ({ sensor, ...instants(outage) })),
    ),
  };
  const truthFile = join(outDir, 'truth.json');
  await writeFile(truthFile, `${JSON.stringify(truth.document(head, startDay, days), undefined, 1)}\n`);
  await writeFile(join(outDir, 'identity', 'members.csv'), membersCsv(centre, startDay));
  await writeFile(
    join(outDir, 'principals.json'),
    `${JSON.stringify(identities.document(), undefined, 1)}\n`,
  );
  const { connections, snapshots, copies, otherLines } = truth.counts;
  return {
    logsDir,
    weirYaml: join(outDir, 'weir.yaml'),
    truthFile,
    connections,
    lines: connections + copies + snapshots + otherLines,
    files,
    compressedBytes,
    hosts: centre.hosts.length,
    principals: centre.principals,
  };
}

function checkOptions({ seed, scale, days, startDay, campaigns }: SimulationOptions): void {
  const faults = [
    !/^[\w.-]{1,64}$/.test(seed) && `seed "${seed}": use up to 64 letters, digits, ".", "_" and "-"`,
    !(scale > 0 && scale <= 5) && `scale ${scale}: must lie above 0 and at most at 5`,
    !(Number.isInteger(days) && days >= 1 && days <= 3_650) &&
      `days ${days}: must be a whole number from 1 to 3650`,
    !(Number.isInteger(startDay) && startDay > 0) && `startDay ${startDay}: must be a day after 1970-01-01`,
    new Set(campaigns.map(({ name }) => name)).size < campaigns.length && 'campaigns: two have the same name',
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new ConfigurationError(`simulate: ${faults.join('; ')}`);
}

/**
 * The border sensor is out for three hours, a third into the time. Both are stopped a second before the last
 * midnight, so that no record touches the day after.
 */
function planOutages(startDay: number, days: number): Record<SensorName, Outage[]> {
  const end = {
    fromMicros: (startDay + days) * MICROS_PER_DAY - MICROS_PER_SECOND,
    toMicros: Number.MAX_SAFE_INTEGER,
  };
  const from = (startDay + Math.floor(days / 3)) * MICROS_PER_DAY + 13 * MICROS_PER_HOUR;
  const gap = { fromMicros: from, toMicros: from + 3 * MICROS_PER_HOUR };
  return { 'zeek-border': days < 3 ? [end] : [gap, end], 'zeek-vpn': [end] };
}

function instants({ fromMicros, toMicros }: Outage) {
  return { from: formatMicros(fromMicros), to: formatMicros(toMicros) };
}
