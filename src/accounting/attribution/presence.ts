import type { Database } from '../../ledger/duckdb/database.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { isNameless } from './nameless.ts';

/** A key's day is cut into slots so short that hardly one holds more changes than this. */
const CHANGES_PER_SLOT = 16;
/** Slots of 2^37 µs are longer than a day, those of 2^24 µs last 17 seconds. */
const LONGEST_SLOT_BITS = 37;
const SHORTEST_SLOT_BITS = 24;

/** What a principal, or a set of them, is called in 64 bits: the exclusive or of the hashes of its names. */
export function nameKeySql(principal: string): string {
  return `md5_number_lower(${principal})`;
}

/**
 * Makes of stretches `from(key, principal, since, until)` the tables
 *
 * - `TABLE_member`: the same, of each principal under one key no two that overlap;
 * - `TABLE_slot(key, slot, since, until, sharers, present)`: who is present when on the day, by elementary intervals
 *   with anybody known in them; an interval comes once for each slot of the day that it reaches into;
 * - `TABLE_width(key, bits)`: how long the slots of a key are, so that a moment finds its interval by equality. An
 *   ASOF join would sort all connections of the day for it.
 */
export async function openPresence(db: Database, table: string, from: string, day: number): Promise<void> {
  const start = day * MICROS_PER_DAY;
  const end = start + MICROS_PER_DAY;
  // Of two stretches that are alike, the two windows could put the one or the other first.
  await db.run(`CREATE OR REPLACE TEMP TABLE ${table}_member AS
    WITH marked AS (SELECT *, since > coalesce(max(until) OVER (PARTITION BY key, principal ORDER BY since, until
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), since - 1) AS opens
      FROM (SELECT DISTINCT key, principal, since, until FROM ${from} WHERE since < until)),
    islands AS (SELECT *, sum(opens::INTEGER) OVER (PARTITION BY key, principal ORDER BY since, until ROWS UNBOUNDED PRECEDING) AS island FROM marked)
    SELECT key, principal, min(since) AS since, max(until) AS until FROM islands GROUP BY key, principal, island`);
  await db.run(`CREATE OR REPLACE TEMP TABLE ${table}_interval AS
    WITH clipped AS (SELECT key, ${nameKeySql('principal')} AS name, (NOT ${isNameless('principal')})::INTEGER AS named, greatest(since, ${start}) AS since, least(until, ${end}) AS until
      FROM ${table}_member WHERE since < ${end} AND until > ${start}),
    change AS (SELECT key, moment, bit_xor(name) AS names, sum(step)::BIGINT AS step, sum(step * named)::BIGINT AS named FROM (
        SELECT key, since AS moment, name, named, 1 AS step FROM clipped UNION ALL SELECT key, until, name, named, -1 FROM clipped) GROUP BY key, moment),
    running AS (SELECT key, moment AS since, lead(moment) OVER moments AS until, bit_xor(names) OVER sofar AS sharers, sum(step) OVER sofar AS present, sum(named) OVER sofar AS named
      FROM change WINDOW moments AS (PARTITION BY key ORDER BY moment), sofar AS (PARTITION BY key ORDER BY moment ROWS UNBOUNDED PRECEDING))
    SELECT key, since, until, sharers, present::UBIGINT AS present FROM running WHERE named > 0 AND until IS NOT NULL`);
  await db.run(`CREATE OR REPLACE TEMP TABLE ${table}_width AS
    SELECT key, greatest(${SHORTEST_SLOT_BITS}, ${LONGEST_SLOT_BITS} - ceil(log2(greatest(count(*) / ${CHANGES_PER_SLOT}, 1)))::INTEGER) AS bits
    FROM ${table}_interval GROUP BY key`);
  await db.run(`CREATE OR REPLACE TEMP TABLE ${table}_slot AS
    SELECT i.*, unnest(range(since >> bits, ((until - 1) >> bits) + 1)) AS slot FROM ${table}_interval i JOIN ${table}_width USING (key)`);
}

/** SQL for joins of a relation `r` with who was present: the row of `alias` is NULL where nobody was. */
export function presentAt(table: string, alias: string, key: string): string {
  return `LEFT JOIN ${table}_width ${alias}_width ON ${alias}_width.key = ${key}
    LEFT JOIN ${table}_slot ${alias} ON ${alias}.key = ${alias}_width.key AND ${alias}.slot = r.startedAt >> ${alias}_width.bits
      AND r.startedAt >= ${alias}.since AND r.startedAt < ${alias}.until`;
}

/** SQL for the sets of principals at single moments of a relation (`key, startedAt`), whatever day they lie on. */
export function presentEver(table: string, relation: string): string {
  return `SELECT key, startedAt, bit_xor(${nameKeySql('principal')}) AS sharers, count(*)::UBIGINT AS present
    FROM (SELECT DISTINCT r.key, r.startedAt, m.principal FROM ${relation} r JOIN ${table}_member m
      ON m.key = r.key AND m.since <= r.startedAt AND r.startedAt < m.until)
    GROUP BY key, startedAt HAVING bool_or(NOT ${isNameless('principal')})`;
}

/** SQL for the members of some sets: `sharers, principal`; `wanted` is a relation of set keys. */
export function membersSql(table: string, wanted: string): string {
  return `SELECT s.sharers, m.principal FROM (SELECT sharers, arg_min(key, (since, key)) AS key, min(since) AS since FROM ${table}_interval
      WHERE sharers IN ${wanted} GROUP BY sharers) s
    JOIN ${table}_member m ON m.key = s.key AND m.since <= s.since AND s.since < m.until`;
}
