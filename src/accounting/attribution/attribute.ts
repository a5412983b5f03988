import { z } from 'zod';
import { assertIdentity } from '../../errors.ts';
import type { Facility } from '../../facility/facility.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { sqlText } from '../../records/sql-text.ts';
import { MICROS_PER_DAY } from '../../records/time.ts';
import { EVER, type FactFiles, flowSql, IDENTITY_FAMILIES, type IdentityFiles } from '../facts.ts';
import type { Perspective } from '../perspective.ts';
import { farParts } from '../relays/relays.ts';
import { type ClockOffset, OWN_CONNECTIONS, openClock, openMeetings } from './connections.ts';
import { loadIdentity } from './identity.ts';
import { isNameless, openNameless } from './nameless.ts';
import { openPlaces } from './places.ts';
import { membersSql, nameKeySql, openPresence, presentAt, presentEver } from './presence.ts';
import { openStays, openStretches } from './stretches.ts';
import { openTransfers } from './transfers.ts';

/** Who opened the connections of one day, as SQL for the statement that sums them. */
export interface Attribution {
  /**
   * Extends a relation of connections (`kind, tuple, startedAt, presenceKey, lentKey`) with `who`: a row of `who_is`, or 0
   * where nobody is known.
   */
  attributed(relation: string): string;
  readonly clock: readonly ClockOffset[];
}

/** What says who it was, the strongest first. Each has a number, so that one `who` tells it with the principals. */
const BASES = {
  transfer: '6364136223846793005',
  connection: '1442695040888963407',
  lease: '3935559000370003845',
  presence: '0',
} as const;
type Basis = keyof typeof BASES;

/** SQL for `who` of principals known on some basis. */
function whoSql(basis: Basis, sharers: string): string {
  return basis === 'presence' ? sharers : `xor(${sharers}, ${BASES[basis]}::UBIGINT)`;
}

/** The temporary tables of one day's attribution. */
export const ATTRIBUTION_TABLES: readonly string[] = [
  ...IDENTITY_FAMILIES.map((family) => `identity_${family}`),
  ...[
    'session_stretch',
    'lease_stretch',
    'place',
    'session_begin',
    'meeting',
    'clock',
    'lent',
    'login',
    'foreign_login',
    'stay',
    'nameless',
    'login_flow',
  ],
  ...['stay', 'lent'].flatMap((table) =>
    ['member', 'interval', 'width', 'slot'].map((part) => `${table}_${part}`),
  ),
  ...[
    'transfer_stretch',
    'transfer_part',
    'transfer_flow',
    'transfer_share',
    'early_flow',
    'known_flow',
    'who_is',
    'wanted_sharer',
    'sharer_member',
    'sharer',
  ],
];

/** Returns whether a ledger holds any record that says who was where. */
export function hasIdentity(identity: IdentityFiles): boolean {
  return IDENTITY_FAMILIES.some((family) => identity(family, EVER).length > 0);
}

/**
 * Finds out who can have opened the connections that have bytes on a day (docs/attribution.md): at the moment each
 * began, by the clock of the flows. Returns undefined where no record says anything. Needs the tables of settle.ts.
 */
export async function openAttribution(
  db: Database,
  files: FactFiles,
  day: number,
  facility: Facility,
  perspective: Perspective,
  withParts: boolean,
  loaded: LoadedRecords,
): Promise<Attribution | undefined> {
  if (!hasIdentity(files.identity)) return undefined;
  const begun = await openEarlyFlows(db, day, withParts);
  await openRecords(db, files.identity, [day, ...begun], facility, perspective, loaded);
  if (loaded.records === 0n) return undefined;
  const { machineOf, isInside } = perspective;
  await openMeetings(db, flowSql(files), day, machineOf);
  const clock = await openClock(db, day);
  await openStays(db, machineOf, isInside);
  await openNameless(db, flowSql(files), day, perspective);
  const there = ['stay', 'nameless'].map(
    (table) => `SELECT machineKey AS key, principal, since, until FROM ${table}`,
  );
  await openPresence(db, 'stay', `(${there.join(' UNION ALL ')})`, day);
  await openPresence(db, 'lent', 'lent', day);
  await openTransfers(db, flowSql(files), day, machineOf);
  await openKnownFlows(db, withParts);
  await openNames(db, withParts);
  const known = (await countOf(db, 'known_flow')) > 0n;
  const joins = [
    known ? 'LEFT JOIN known_flow k ON k.tuple = r.tuple AND k.startedAt = r.startedAt' : '',
    presentAt('lent', 'l', 'r.lentKey'),
    presentAt('stay', 's', 'r.presenceKey'),
  ];
  const who = `CASE WHEN r.kind > 2 THEN 0 ELSE coalesce(${known ? 'k.who, ' : ''}${whoSql('lease', 'l.sharers')}, ${whoSql('presence', 's.sharers')}, 0) END::UBIGINT AS who`;
  return {
    attributed: (relation) => `(SELECT r.*, ${who} FROM ${relation} r ${joins.join(' ')})`,
    clock,
  };
}

/** Which days the tables of records and stretches can answer for, of one range of days that are built together. */
export interface LoadedRecords {
  /** The last day of the range. */
  readonly lastDay: number;
  days: ReadonlySet<number>;
  records: bigint;
}

/**
 * Loads what can say who was where on some days, unless it is there: the next day is loaded with each, for its log has
 * connections that began on this one. The more there is, the same it says of a day.
 */
async function openRecords(
  db: Database,
  files: IdentityFiles,
  wanted: readonly number[],
  facility: Facility,
  { machineOf }: Perspective,
  loaded: LoadedRecords,
): Promise<void> {
  if (wanted.every((day) => loaded.days.has(day))) return;
  const [day = 0] = wanted;
  const all = [...new Set([...wanted, Math.min(day + 1, loaded.lastDay)])];
  const days = all.map((each) => ({ fromDay: each, toDay: each }));
  // Transfers count over all the life of a connection, all else at its begin.
  const lives = [{ fromDay: Math.min(...all), toDay: Math.max(...all) }];
  loaded.records = 0n;
  for (const family of IDENTITY_FAMILIES) {
    await loadIdentity(db, files, family, family === 'transfer' ? lives : days);
    loaded.records += await countOf(db, `identity_${family}`);
  }
  loaded.days = new Set(all);
  if (loaded.records === 0n) return;
  await openStretches(db);
  await openPlaces(db, facility, machineOf);
}

async function countOf(db: Database, table: string): Promise<bigint> {
  const [row] = await db.rows(`SELECT count(*) AS n FROM ${table}`, z.object({ n: z.bigint() }));
  return row?.n ?? 0n;
}

/**
 * Puts connections that began before the day and have a moment on it into `early_flow`; returns the days they began on.
 * A part of a relay's connection may begin after the day, too.
 */
async function openEarlyFlows(db: Database, day: number, withParts: boolean): Promise<number[]> {
  const from = day * MICROS_PER_DAY;
  const parts = withParts ? `UNION ALL ${farParts(from, from + MICROS_PER_DAY)}` : '';
  await db.run(`CREATE OR REPLACE TEMP TABLE early_flow AS
    SELECT origHi, origLo, origPort, respHi, respLo, respPort, tuple, startedAt, presenceKey, lentKey, max(endedAt) AS endedAt,
      max(CASE WHEN origInner THEN "out" ELSE "in" END) AS origCount, max(CASE WHEN origInner THEN "in" ELSE "out" END) AS respCount
    FROM suspect_fact WHERE startedAt < ${from} GROUP BY ALL HAVING max(endedAt) >= ${from} ${parts}`);
  const rows = await db.rows(
    `SELECT DISTINCT startedAt // ${MICROS_PER_DAY} AS day FROM early_flow ORDER BY day`,
    z.object({ day: z.bigint().transform(Number) }),
  );
  return rows.map((row) => row.day);
}

/** Makes `known_flow(tuple, startedAt, who)`: connections whose principals are found one by one, the strongest basis each. */
async function openKnownFlows(db: Database, withParts: boolean): Promise<void> {
  const early = (key: string) =>
    `(SELECT DISTINCT ${key} AS key, tuple, startedAt FROM early_flow WHERE ${key} IS NOT NULL)`;
  const earlyWho = (basis: Basis, table: string, key: string) =>
    `SELECT e.tuple, e.startedAt, ${whoSql(basis, 'p.sharers')} AS who, ${Object.keys(BASES).indexOf(basis)} AS rank
     FROM ${early(key)} e JOIN (${presentEver(table, early(key))}) p ON p.key = e.key AND p.startedAt = e.startedAt`;
  await db.run(`CREATE OR REPLACE TEMP TABLE known_flow AS
    SELECT tuple, startedAt, arg_min(who, (rank, who)) AS who FROM (
      ${withParts ? `SELECT partTuple AS tuple, partStartedAt AS startedAt, ${whoSql('transfer', nameKeySql('principal'))} AS who, 0 AS rank FROM relay_part WHERE principal IS NOT NULL UNION ALL` : ''}
      SELECT tuple, startedAt, ${whoSql('transfer', 'sharers')} AS who, 0 AS rank FROM transfer_flow
      UNION ALL SELECT tuple, startedAt, ${whoSql('connection', nameKeySql('principal'))}, 1 FROM (${OWN_CONNECTIONS})
      UNION ALL ${earlyWho('lease', 'lent', 'lentKey')}
      UNION ALL ${earlyWho('presence', 'stay', 'presenceKey')})
    GROUP BY tuple, startedAt`);
}

/** Makes `who_is(who, basis, present, principal, sharers)`: what each `who` stands for in the columns of a cell. */
async function openNames(db: Database, withParts: boolean): Promise<void> {
  const names = `SELECT DISTINCT principal FROM (SELECT principal FROM stay_member UNION ALL SELECT principal FROM lent_member
    UNION ALL SELECT principal FROM meeting UNION ALL SELECT principal FROM transfer_share
    ${withParts ? 'UNION ALL SELECT principal FROM relay_part WHERE principal IS NOT NULL' : ''})`;
  const single = (
    basis: string,
  ) => `SELECT ${whoSql(basis as Basis, 'name')} AS who, ${sqlText(basis)} AS basis,
    1::UBIGINT AS present, principal, 0::UBIGINT AS sharers FROM single`;
  const several = (
    basis: Basis,
    sets: string,
  ) => `SELECT DISTINCT ${whoSql(basis, 'sharers')} AS who, ${sqlText(basis)} AS basis,
    present, 'unknown' AS principal, sharers FROM (${sets}) WHERE present > 1`;
  const presence = (table: string, key: string) =>
    `SELECT sharers, present FROM ${table}_interval UNION ALL SELECT sharers, present FROM (${presentEver(table, `(SELECT DISTINCT ${key} AS key, startedAt FROM early_flow)`)})`;
  await db.run(`CREATE OR REPLACE TEMP TABLE who_is AS
    WITH single AS (SELECT principal, ${nameKeySql('principal')} AS name FROM (${names}) WHERE NOT ${isNameless('principal')})
    ${Object.keys(BASES).map(single).join(' UNION ALL ')}
    UNION ALL ${several('transfer', 'SELECT sharers, present FROM transfer_flow')}
    UNION ALL ${several('lease', presence('lent', 'lentKey'))}
    UNION ALL ${several('presence', presence('stay', 'presenceKey'))}`);
}

/**
 * Returns the relation of who shares the cells of a day, in the columns of a sharer; `cells` is a relation of the day's
 * cells. Needs the tables of openAttribution.
 * @throws InternalError when a cell is shared by nobody.
 */
export async function sharerSql(db: Database, cells: string, day: number): Promise<string> {
  const wanted = '(SELECT sharers FROM wanted_sharer)';
  const early = (table: string, key: string) => `SELECT e.sharers, m.principal FROM (
      SELECT sharers, arg_min(key, (startedAt, key)) AS key, min(startedAt) AS startedAt
      FROM (${presentEver(table, `(SELECT DISTINCT ${key} AS key, startedAt FROM early_flow)`)}) WHERE sharers IN ${wanted} GROUP BY sharers) e
    JOIN ${table}_member m ON m.key = e.key AND m.since <= e.startedAt AND e.startedAt < m.until`;
  const sources = [
    `SELECT sharers, principal, weight FROM transfer_share WHERE sharers IN ${wanted}`,
    ...[
      membersSql('stay', wanted),
      membersSql('lent', wanted),
      early('stay', 'presenceKey'),
      early('lent', 'lentKey'),
    ].map((members) => `SELECT sharers, principal, 1::UBIGINT AS weight FROM (${members})`),
  ];
  await db.run(
    `CREATE OR REPLACE TEMP TABLE wanted_sharer AS SELECT DISTINCT sharers FROM ${cells} WHERE sharers > 0`,
  );
  await db.run(
    'CREATE OR REPLACE TEMP TABLE sharer_member (sharers UBIGINT, principal VARCHAR, weight UBIGINT)',
  );
  for (const source of sources) {
    await db.run(`INSERT INTO sharer_member ${source}`);
    // The same set may be found in several places: the first will do.
    await db.run('DELETE FROM wanted_sharer WHERE sharers IN (SELECT sharers FROM sharer_member)');
  }
  // Those whom no log names share as `unknown`, together.
  await db.run(`CREATE OR REPLACE TEMP TABLE sharer AS
    SELECT ${day}::INTEGER AS day, sharers, principal,
      (sum(weight) OVER names - weight)::UBIGINT AS fromWeight, (sum(weight) OVER names)::UBIGINT AS toWeight,
      (sum(weight) OVER (PARTITION BY sharers))::UBIGINT AS total
    FROM (SELECT sharers, CASE WHEN ${isNameless('principal')} THEN 'unknown' ELSE principal END AS principal, sum(weight) AS weight
      FROM sharer_member GROUP BY ALL)
    WINDOW names AS (PARTITION BY sharers ORDER BY principal ROWS UNBOUNDED PRECEDING)`);
  const [odd] = await db.rows(
    `SELECT count(*) AS n FROM (SELECT DISTINCT sharers, present FROM ${cells} WHERE sharers > 0) c
     LEFT JOIN (SELECT sharers, count(*) AS members FROM sharer_member GROUP BY sharers) s USING (sharers)
     WHERE coalesce(s.members, 0) <> c.present`,
    z.object({ n: z.bigint() }),
  );
  assertIdentity(odd?.n === 0n, () => `${odd?.n} sets of principals have not the members their cells count`);
  return 'sharer';
}
