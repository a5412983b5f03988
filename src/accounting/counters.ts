import { z } from 'zod';
import type { Facility } from '../facility/facility.ts';
import type { Database } from '../ledger/duckdb/database.ts';
import { CELL_COLUMNS } from '../records/columns.ts';
import { FACT_COLUMNS } from '../records/families.ts';
import { sqlText } from '../records/sql-text.ts';
import { HOURS_PER_DAY, MICROS_PER_HOUR } from '../records/time.ts';
import { filesSql } from './facts.ts';

/** What left by a path in an hour, as its interfaces counted it and as flows tell it. */
export interface CountedHour {
  readonly path: string;
  readonly hour: number;
  /** Octets that the path's interfaces sent, in the seconds that are known. */
  readonly octets: bigint;
  /** Seconds of the hour of which every interface of the path has a sound reading: the least of them. */
  readonly knownSeconds: number;
  /** What left by the path as flows tell it: IP bytes where they are logged, else payload. */
  readonly flowBytes: bigint;
}

/** Between readings further apart nobody knows in which hour the octets were sent. */
const LONGEST_STEP_SECONDS = 3600;
/** Clocks of pollers are not that exact: so much more than a link can carry is still believed. */
const RATE_SLACK = 1.05;
/** Assumed where weir.yaml states no capacity: nothing sold today carries more over one link (1 Tbit/s). */
const ASSUMED_BITS_PER_SECOND = 1e12;
const WRAP_32 = 4_294_967_296;

const counted = z.object({
  path: z.string(),
  hour: z.number(),
  octets: z.bigint(),
  knownSeconds: z.bigint().transform(Number),
  interfaces: z.bigint().transform(Number),
});
const flowed = z.object({ path: z.string(), hour: z.number(), bytes: z.bigint() });

/**
 * Returns, for the hours in which any interface of a path has a sound reading, what the interfaces of weir.yaml
 * (`paths[].interfaces`) sent beside what flows tell of it.
 *
 * Octets are the steps between readings. A counter of 32 bits that fell has wrapped, where the link cannot have filled it
 * more than once in the time; any other that fell was reset, and what it counted before is unknown. Unknown as well are steps
 * of more than an hour and those above what the link can carry. A step over the end of an hour is spread by whole seconds
 * like a flow's bytes (rule 4). Where several sensors read an interface, the one with most readings counts.
 */
export async function countedHours(
  db: Database,
  files: { readonly counters: readonly string[]; readonly cells: readonly string[] },
  facility: Facility,
  { fromHour, toHour }: { readonly fromHour: number; readonly toHour: number },
): Promise<CountedHour[]> {
  const watched = facility.paths.flatMap((path) =>
    path.interfaces.map((name) => ({ name, path: path.name, bits: path.capacityBitsPerSecond })),
  );
  if (watched.length === 0 || files.counters.length === 0) return [];
  const hours = await db.rows(stepsSql(files.counters, watched, fromHour, toHour), counted);
  const flows = await flowsOf(db, files.cells, facility, fromHour, toHour);
  return hours.map(({ path, hour, octets, knownSeconds, interfaces }) => ({
    path,
    hour,
    octets,
    // Where one interface has no reading at all, the hour of the path is unknown.
    knownSeconds: interfaces === watched.filter((each) => each.path === path).length ? knownSeconds : 0,
    flowBytes: flows.get(`${hour} ${path}`) ?? 0n,
  }));
}

function stepsSql(
  counters: readonly string[],
  watched: readonly { readonly name: string; readonly path: string; readonly bits: number | undefined }[],
  fromHour: number,
  toHour: number,
): string {
  const rows = watched.map(
    ({ name, path, bits }) =>
      `(${sqlText(name)}, ${sqlText(path)}, ${Math.floor(((bits ?? ASSUMED_BITS_PER_SECOND) / 8) * RATE_SLACK)}::HUGEINT)`,
  );
  const near = `startedAt >= ${(fromHour - 1) * MICROS_PER_HOUR} AND startedAt < ${(toHour + 1) * MICROS_PER_HOUR}`;
  return `WITH watched AS (SELECT * FROM (VALUES ${rows.join(', ')}) AS w(name, path, bytesPerSecond)),
    reading AS (SELECT device || ':' || interface AS name, sensor, startedAt // 1000000 AS readAt, max(outOctets)::HUGEINT AS octets,
        min(counterBits) AS bits
      FROM ${filesSql(counters, FACT_COLUMNS.counter)} WHERE outOctets IS NOT NULL AND ${near} GROUP BY ALL),
    chosen AS (SELECT name, sensor FROM reading WHERE name IN (SELECT name FROM watched) GROUP BY name, sensor
      QUALIFY row_number() OVER (PARTITION BY name ORDER BY count(*) DESC, sensor) = 1),
    step AS (SELECT name, readAt AS until, lag(readAt) OVER line AS since, octets, lag(octets) OVER line AS before, bits
      FROM reading SEMI JOIN chosen USING (name, sensor) WINDOW line AS (PARTITION BY name ORDER BY readAt)),
    sent AS (SELECT name, path, since, until, until - since AS lasted, bytesPerSecond * (until - since + 1) AS most, bits,
        CASE WHEN octets >= before THEN octets - before WHEN bits = 32 THEN octets + ${WRAP_32} - before END AS bytes
      FROM step JOIN watched USING (name) WHERE since IS NOT NULL AND until - since <= ${LONGEST_STEP_SECONDS}),
    sound AS (SELECT * FROM sent WHERE bytes <= most AND (bits IS DISTINCT FROM 32 OR most < ${WRAP_32})),
    part AS (SELECT name, path, since // 3600 + late AS hour,
        least((since // 3600 + 1) * 3600, until) - since AS early, lasted, bytes, late,
        weir_passed(bytes, early, lasted) AS firstPart
      FROM (SELECT *, unnest(CASE WHEN (until - 1) // 3600 > since // 3600 THEN [0, 1] ELSE [0] END) AS late FROM sound))
    SELECT path, hour::INTEGER AS hour, sum(octets)::UBIGINT AS octets, min(seconds)::BIGINT AS "knownSeconds", count(*) AS interfaces
    FROM (SELECT name, path, hour, sum(CASE WHEN late = 0 THEN firstPart ELSE bytes - firstPart END) AS octets,
        sum(CASE WHEN late = 0 THEN early ELSE lasted - early END) AS seconds FROM part GROUP BY name, path, hour)
    WHERE hour >= ${fromHour} AND hour < ${toHour} GROUP BY path, hour ORDER BY path, hour`;
}

/**
 * What flows tell of each path and hour. Tunnels leave by the wire as well: those of a path without interfaces of its own
 * count with the one path that has some, where there is but one.
 */
async function flowsOf(
  db: Database,
  cells: readonly string[],
  { paths }: Facility,
  fromHour: number,
  toHour: number,
): Promise<Map<string, bigint>> {
  const known = paths.filter(({ interfaces }) => interfaces.length > 0).map(({ name }) => name);
  const [only] = known;
  const carriedBy =
    known.length === 1 && only !== undefined
      ? `CASE WHEN kind = 'carrier' AND path NOT IN (${known.map(sqlText).join(', ')}) THEN ${sqlText(only)} ELSE path END`
      : 'path';
  // A cell that was given for a whole day lies in its first hour, but its bytes left in all of them.
  const rows = await db.rows(
    `SELECT ${carriedBy} AS path, hour + part AS hour, sum(bytes // hours + CASE WHEN part < bytes % hours THEN 1 ELSE 0 END)::UBIGINT AS bytes
     FROM (SELECT *, unnest(range(0, hours))::INTEGER AS part FROM (
       SELECT kind, path, hour, 1 + (lastAt - firstAt) // ${MICROS_PER_HOUR} AS hours, greatest(bytesOut, ipBytesOut) AS bytes
       FROM ${filesSql(cells, CELL_COLUMNS)} WHERE kind IN ('egress', 'transit', 'carrier')
         AND hour > ${fromHour - HOURS_PER_DAY} AND hour < ${toHour}))
     WHERE hour + part >= ${fromHour} AND hour + part < ${toHour} GROUP BY ALL`,
    flowed,
  );
  return new Map(rows.map(({ path, hour, bytes }) => [`${hour} ${path}`, bytes]));
}
