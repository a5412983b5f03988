/** Ready-made cells of pairs (host, network) that live for months: every day has as many as every other. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Facility } from '../src/facility/facility.ts';
import { parseFacility } from '../src/facility/load.ts';
import { importLogs } from '../src/operations/import/import.ts';
import { WORK } from './generate.ts';

const HOSTS = 2_000;
const NETWORKS = 10_000;
/** After so many days a pair makes way for another. */
const LIFE_DAYS = 200;

const FACILITY = `facility:
  name: Benchmark
networks:
  inside: [10.0.0.0/8]
paths:
  - name: border
    kind: border
mappings:
  - name: pairs
    files: ['*.pairs.parquet']
    format: parquet
    time: day
    per: day
    bytesOut: bytes
    host: host
    destination: network
    path: {value: border}
`;

/** Returns the facility of the pairs. */
export function pairFacility(): Facility {
  return parseFacility(FACILITY, 'weir.yaml', WORK);
}

/** Writes the days [fromDay, toDay] (days since 1970) and imports them as `weir import` does. */
export async function importPairDays(
  ledgerDir: string,
  pairs: number,
  fromDay: number,
  toDay: number,
): Promise<void> {
  const file = join(WORK, `${fromDay}-${toDay}.pairs.parquet`);
  await writePairs(file, pairs, fromDay, toDay);
  const facility = pairFacility();
  const options = { facility, ledgerDir, paths: [file], cwd: WORK, progress: () => undefined };
  const { answer, failed } = await importLogs(options);
  rmSync(file);
  const accepted = answer.commits.reduce((sum, commit) => sum + commit.accepted, 0);
  if (failed > 0 || accepted !== pairs * (toDay - fromDay + 1))
    throw new Error(`${accepted} of ${pairs} pairs a day from ${fromDay} to ${toDay}`);
}

async function writePairs(file: string, pairs: number, fromDay: number, toDay: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  // Levels over four orders of magnitude, days within half and one and a half of them: nothing to find.
  await connection.run(`COPY (
    SELECT (DATE '1970-01-01' + day::INTEGER)::VARCHAR AS day,
      '10.1.' || (hash(pair, life, 1) % ${HOSTS} // 250) || '.' || (1 + hash(pair, life, 1) % ${HOSTS} % 250) AS host,
      '60.' || (hash(pair, life, 2) % ${NETWORKS} // 250) || '.' || (hash(pair, life, 2) % ${NETWORKS} % 250) || '.0/24' AS network,
      (exp(10 + 9 * (hash(pair, life, 3) % 1000000) / 1e6) * (0.5 + (hash(pair, day) % 1000000) / 1e6))::BIGINT AS bytes
    FROM (SELECT pair, day, (day + pair * 37 % ${LIFE_DAYS}) // ${LIFE_DAYS} AS life
      FROM range(${pairs}) p(pair), range(${fromDay}, ${toDay + 1}) d(day)) ORDER BY day, pair)
    TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}
