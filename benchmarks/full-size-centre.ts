/**
 * The power bench's centre at full size as ready-made daily cells: 3,000 hosts, 20,000 principals, 34,000 networks of
 * 2,500 ASes, some 26,000 cells a day, imported as `weir import` does.
 */
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Facility } from '../src/facility/facility.ts';
import { parseFacility } from '../src/facility/load.ts';
import { importLogs } from '../src/operations/import/import.ts';
import { formatDay } from '../src/records/time.ts';
import { WORK } from './generate.ts';
import { type Centre, FULL, PATHS } from './power/centre.ts';
import { everydayCentre } from './power/everyday.ts';

/** The first of its days, in days since 1970. */
export const FIRST_DAY = 20_089;
const SEED = 70_001;
const DAYS_PER_FILE = 30;

const FACILITY = `facility:
  name: Benchmark
networks:
  inside: [10.0.0.0/8]
asn: asn.csv
paths:
${PATHS.map((name) => `  - name: ${name}\n    kind: border`).join('\n')}
mappings:
  - name: cells
    files: ['*.cells.csv']
    time: day
    per: day
    bytesOut: bytes
    host: host
    destination: network
    principal: principal
    path: path
`;

const folder = join(WORK, 'full-size');

/** Returns the facility of the centre; its table of ASes is there once a centre was imported. */
export function fullSizeFacility(): Facility {
  return parseFacility(FACILITY, 'weir.yaml', folder);
}

/** Imports the first days of the centre's life. Returns the cells. */
export async function importFullSize(ledgerDir: string, days: number): Promise<number> {
  const centre = everydayCentre(FULL, SEED);
  if (!(days >= 1 && days <= centre.days.length))
    throw new Error(`${days} days: the centre lives for ${centre.days.length}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'asn.csv'), asTableOf(centre));
  let cells = 0;
  for (let from = 0; from < days; from += DAYS_PER_FILE) {
    const to = Math.min(from + DAYS_PER_FILE, days);
    const path = join(folder, `${from}.cells.csv`);
    await pipeline(Readable.from(linesOf(centre, from, to)), createWriteStream(path));
    const options = { facility: fullSizeFacility(), ledgerDir, paths: [path], cwd: folder };
    const { answer, failed } = await importLogs({ ...options, progress: () => undefined });
    rmSync(path);
    const [commit] = answer.commits;
    if (failed > 0 || !commit || commit.rejected > 0) throw new Error(`days ${from} to ${to} failed`);
    cells += commit.accepted;
  }
  return cells;
}

const networkOf = (network: number) => `60.${network >> 8}.${network & 255}.0/24`;
const hostOf = (host: number) => `10.1.${host >> 8}.${host & 255}`;

function asTableOf({ world }: Centre): string {
  const lines = Array.from(
    { length: FULL.networks },
    (_, network) =>
      `${networkOf(network)},${4_200_000_000 + (world.asOfNetwork[network] as number)},simulated`,
  );
  return ['cidr,asn,name', ...lines, ''].join('\n');
}

function* linesOf({ days, world }: Centre, from: number, to: number): Generator<string> {
  yield 'day,host,network,principal,path,bytes\n';
  for (let day = from; day < to; day++) {
    const { host, network, principal, bytes } = days[day] as Centre['days'][number];
    const date = formatDay(FIRST_DAY + day);
    const lines = Array.from(
      bytes,
      (each, i) =>
        `${date},${hostOf(host[i] as number)},${networkOf(network[i] as number)},user${principal[i]},${PATHS[world.pathOfHost[host[i] as number] as number]},${each}\n`,
    );
    yield lines.join('');
  }
}
