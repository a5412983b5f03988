import { z } from 'zod';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { FLOW_COLUMNS } from '../../records/columns.ts';
import { ENDED } from '../../records/flow-time.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { type DayRange, EVER, filesSql, IDENTITY_FAMILIES, type IdentityFiles } from '../facts.ts';
import { type Perspective, perspectiveOn } from '../perspective.ts';
import { type RelayLook, relayLookOn } from '../relays/look.ts';
import { hiddenSpans } from '../relays/touched-days.ts';
import { addressKeySql } from '../zone-sql.ts';
import { openAccounts } from './accounts.ts';
import { ATTRIBUTION_TABLES } from './attribute.ts';
import { BEGINS } from './connections.ts';
import { CLOCK_REACH_MICROS, loadIdentity, TRANSFER_SLACK_MICROS } from './identity.ts';
import { openPlaces } from './places.ts';
import { openStays, openStretches } from './stretches.ts';

/** A connection through NAT that lasts longer may be told in the log of a later day than is looked into. */
const LONGEST_HIDDEN_DAYS = 31;

/** What new records are told apart by: what the tables say of who was where, by the key it is looked up by. */
const said = (isInside: Perspective['isInside']): Readonly<Record<string, string>> => ({
  stay: 'SELECT machineKey AS key, principal, since, until FROM stay',
  lent: 'SELECT key, principal, since, until FROM lent',
  begin: `SELECT ${addressKeySql('outerHi', 'outerLo')} AS key, concat_ws(' ', sensor, principal, outerPort, serverKey) AS principal,
    since, since AS until FROM session_begin`,
  transfer: `SELECT ${addressKeySql('peerHi', 'peerLo')} AS key, concat_ws(' ', sensor, principal, serverHi, serverLo, serverName, bytes, direction, path) AS principal,
    startedAt - ${TRANSFER_SLACK_MICROS} AS since, endedAt + ${TRANSFER_SLACK_MICROS} AS until FROM identity_transfer WHERE peerLo IS NOT NULL
    UNION ALL SELECT ${addressKeySql('outerHi', 'outerLo')}, concat_ws(' ', sensor, principal, server),
      since - ${TRANSFER_SLACK_MICROS}, since + ${TRANSFER_SLACK_MICROS} FROM session_stretch WHERE kind = 'data' AND outerLo IS NOT NULL`,
  // What a proxy's log says is looked up by the server outside that was asked.
  fetched: `SELECT ${addressKeySql('serverHi', 'serverLo')} AS key, concat_ws(' ', sensor, principal, peerHi, peerLo, bytes, direction) AS principal,
    startedAt - ${TRANSFER_SLACK_MICROS} AS since, endedAt + ${TRANSFER_SLACK_MICROS} AS until FROM identity_transfer WHERE peerLo IS NOT NULL AND serverLo IS NOT NULL AND NOT ${isInside('serverHi', 'serverLo')}`,
});

/**
 * SQL for the moments about which the records say something else with and without the new ones: `kind, key, since,
 * until`. What is no stretch but a moment is compared as a whole.
 */
const CHANGED = (() => {
  const steps = ['before', 'after'].flatMap((name) =>
    ['since', 'until'].map((edge) => {
      const step = edge === 'since' ? 1 : -1;
      const [before, after] = name === 'before' ? [step, 0] : [0, step];
      return `SELECT kind, key, principal, ${edge} AS moment, ${before} AS before, ${after} AS after FROM said_${name} WHERE since < until`;
    }),
  );
  const other = (one: string, another: string) =>
    `(SELECT kind, key, principal, since FROM said_${one} WHERE since = until EXCEPT SELECT kind, key, principal, since FROM said_${another} WHERE since = until)`;
  return `SELECT kind, key, since, since AS until FROM (${other('before', 'after')} UNION ALL ${other('after', 'before')})
    UNION ALL SELECT kind, key, moment, next FROM (
      SELECT kind, key, moment, lead(moment) OVER edges AS next, sum(before) OVER sofar > 0 AS was, sum(after) OVER sofar > 0 AS now
      FROM (SELECT kind, key, principal, moment, sum(before) AS before, sum(after) AS after FROM (${steps.join(' UNION ALL ')}) GROUP BY ALL)
      WINDOW edges AS (PARTITION BY kind, key, principal ORDER BY moment),
        sofar AS (PARTITION BY kind, key, principal ORDER BY moment ROWS UNBOUNDED PRECEDING))
    WHERE was <> now`;
})();

/**
 * Returns the days whose attribution new records can change: those on which who was where differs with and without
 * them, and those into which connections last that began there. Ascending; days without any traffic may be among them.
 * @param known the records before, @param added the new ones, @param flows files of flows that last over a midnight,
 * @param translations files of what logs of NAT say of connections on some days.
 */
export async function daysTouched(
  db: Database,
  known: IdentityFiles,
  added: IdentityFiles,
  flows: (days: DayRange) => readonly string[],
  translations: (days: DayRange) => readonly string[],
  range: DayRange,
  facility: Facility,
): Promise<number[]> {
  const both: IdentityFiles = (family, days) => [...known(family, days), ...added(family, days)];
  await describe(db, known, range, facility, 'before');
  await describe(db, both, range, facility, 'after');
  await db.run(
    `CREATE OR REPLACE TEMP TABLE touched AS SELECT kind, key, since - ${CLOCK_REACH_MICROS} AS since, until + ${CLOCK_REACH_MICROS} AS until FROM (${CHANGED})`,
  );
  const [span] = await db.rows(
    `SELECT min(since) // ${MICROS_PER_DAY} AS "from", max(until) // ${MICROS_PER_DAY} AS "to" FROM touched`,
    z.object({
      from: z.bigint().transform(Number).nullable(),
      to: z.bigint().transform(Number).nullable(),
    }),
  );
  const look = relayLookOn(facility, range.fromDay);
  const days =
    span?.from == null || span.to === null
      ? []
      : await daysIn(
          db,
          flows({ fromDay: span.from, toDay: span.to }),
          perspectiveOn(facility, range.fromDay),
          look && {
            look,
            translations: translations({ fromDay: span.from - 1, toDay: span.to + LONGEST_HIDDEN_DAYS }),
          },
        );
  for (const table of [...ATTRIBUTION_TABLES, 'account_span', 'said_before', 'said_after', 'touched'])
    await db.run(`DROP TABLE IF EXISTS ${table}`);
  return days;
}

/** Puts what records say of who was where, clocks uncorrected, into `said_NAME`. */
async function describe(
  db: Database,
  files: IdentityFiles,
  range: DayRange,
  facility: Facility,
  name: string,
): Promise<void> {
  const { machineOf, isInside } = perspectiveOn(facility, range.fromDay);
  await openAccounts(db, files('account', EVER));
  for (const family of IDENTITY_FAMILIES) await loadIdentity(db, files, family, [range]);
  await db.run('CREATE OR REPLACE TEMP TABLE clock (sensor VARCHAR, offsetMicros BIGINT)');
  await openStretches(db);
  await openPlaces(db, facility, machineOf);
  await db.run(BEGINS);
  await openStays(db, machineOf, isInside);
  const parts = Object.entries(said(isInside)).map(
    ([kind, sql]) => `SELECT '${kind}' AS kind, * FROM (${sql})`,
  );
  await db.run(
    `CREATE OR REPLACE TEMP TABLE said_${name} AS SELECT DISTINCT * FROM (${parts.join(' UNION ALL ')})`,
  );
}

/** Returns the days of the stretches in `touched`, and those of flows that began in one of them or last through it. */
async function daysIn(
  db: Database,
  flowFiles: readonly string[],
  { machineOf }: Perspective,
  relays: { readonly look: RelayLook; readonly translations: readonly string[] } | undefined,
): Promise<number[]> {
  const ends = ['orig', 'resp'].map(
    (side) =>
      `SELECT startedAt AS momentAt, startedAt, ${ENDED} AS endedAt, ${addressKeySql(`${side}Hi`, `${side}Lo`)} AS key, ${machineOf(`${side}Hi`, `${side}Lo`)} AS machineKey FROM overnight`,
  );
  const hidden = relays ? [hiddenSpans(flowFiles, relays.translations, relays.look, machineOf)] : [];
  const rows = await db.rows(
    `WITH overnight AS (SELECT DISTINCT origHi, origLo, respHi, respLo, startedAt, durationMicros FROM ${filesSql(flowFiles, FLOW_COLUMNS)}
       WHERE startedAt // ${MICROS_PER_DAY} < (${ENDED}) // ${MICROS_PER_DAY}),
     span AS (SELECT since, until FROM touched UNION ALL
       SELECT f.startedAt, f.endedAt FROM (${[...ends, ...hidden].join(' UNION ALL ')}) f
       JOIN touched t ON t.key IN (f.key, f.machineKey) AND f.momentAt <= t.until
         AND t.since <= CASE WHEN t.kind IN ('transfer', 'fetched') THEN f.endedAt ELSE f.momentAt END)
     SELECT DISTINCT unnest(range(since // ${MICROS_PER_DAY}, until // ${MICROS_PER_DAY} + 1)) AS day FROM span ORDER BY day`,
    z.object({ day: z.bigint().transform(Number) }),
  );
  return rows.map(({ day }) => day);
}
