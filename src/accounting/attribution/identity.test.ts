import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Database, openDatabase } from '../../ledger/duckdb/database.ts';
import { FACT_COLUMNS } from '../../records/families.ts';
import { MICROS_PER_DAY, MICROS_PER_HOUR } from '../../records/time.ts';
import { filesSql } from '../facts.ts';
import { loadIdentity } from './identity.ts';
import { SESSION_STRETCHES } from './session-stretches.ts';

const root = mkdtempSync(join(tmpdir(), 'weir-identity-'));
let db: Database;
beforeAll(async () => {
  db = await openDatabase({ root, temporary: join(root, 'engine') });
});
afterAll(() => {
  db.close();
  rmSync(root, { recursive: true, force: true });
});

const DAY = 20_500;

/** A session as the log of its server tells it: some of its lines may be missing, but none is wrong. */
const session = fc.record({
  idleHours: fc.integer({ min: 1, max: 80 }),
  hours: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300 })),
  begin: fc.boolean(),
  end: fc.constantFrom('', 'end', 'end by port', 'end by port'),
  listings: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 3 }),
  saysLength: fc.boolean(),
});
type Session = typeof session extends fc.Arbitrary<infer Value> ? Value : never;

/** Sessions of one process, one after the other, from eleven days before the day of interest on. */
const process = fc.array(session, { minLength: 1, maxLength: 8 });

/**
 * The lines of a process. An end may be told under its uid, or, as OpenSSH does, which lists no sessions, by another process
 * with the client's port.
 */
function linesOf(sessions: readonly Session[], name: number): string[] {
  let at = -11 * 24;
  return sessions.flatMap(({ idleHours, hours, begin, end, listings, saysLength }) => {
    at += idleHours;
    const from = at;
    at += hours;
    const line = (hour: number, told: string, since: number) => {
      const micros = (of: number) => DAY * MICROS_PER_DAY + Math.round(of * MICROS_PER_HOUR);
      const isEnd = told.startsWith('end');
      const uid = told === 'end by port' ? `by ${name}` : `${name}`;
      const who = told === 'begin' || told === 'snapshot' ? `'p${name}'` : 'NULL';
      return `('s${name}', ${micros(since)}, ${isEnd ? micros(hour) : 'NULL'}, ${micros(hour)}, '${uid}', '${told.split(' ')[0]}', ${who}, ${told === 'end' ? 'NULL' : 40_000})`;
    };
    const since = (hour: number) => (saysLength ? from : hour);
    return [
      ...(begin ? [line(from, 'begin', from)] : []),
      ...listings
        .map((part) => from + (hours * part) / 100)
        .map((hour) => line(hour, 'snapshot', since(hour))),
      ...(end === '' ? [] : [line(at, listings.length > 0 ? 'end' : end, since(at))]),
    ];
  });
}

/** Who was in a session where, in each hour of the day, by what was loaded for some days. */
async function present(path: string, fromDay: number, toDay: number): Promise<string[]> {
  await loadIdentity(db, () => [path], 'session', [{ fromDay, toDay }]);
  const rows = await db.rows(
    `SELECT DISTINCT server, hour, principal FROM (SELECT * FROM (${SESSION_STRETCHES}) WHERE principal IS NOT NULL),
       (SELECT ${DAY * MICROS_PER_DAY} + unnest(range(24)) * ${MICROS_PER_HOUR} + 1 AS hour)
     WHERE since <= hour AND hour < until ORDER BY ALL`,
    z.object({ server: z.string(), hour: z.bigint(), principal: z.string() }),
  );
  return rows.map(({ server, hour, principal }) => `${server} ${hour} ${principal}`);
}

test('lines left out because they can say nothing of a day say nothing of it, whichever days are loaded with it', async () => {
  let files = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(process, { minLength: 400, maxLength: 400 }), async (processes) => {
      files += 1;
      const path = join(root, `${files}.parquet`);
      const rows = processes.flatMap(linesOf);
      await db.run(`COPY (SELECT * FROM ${filesSql([], FACT_COLUMNS.session)} UNION ALL BY NAME
        SELECT *, 'sshd' AS sensor, 'ssh' AS kind, 0::UBIGINT AS outerHi, 7::UBIGINT AS outerLo
        FROM (VALUES ${rows.join(', ')}) AS v(server, startedAt, endedAt, observedAt, uid, event, principal, outerPort))
        TO '${path}' (FORMAT parquet)`);
      const all = await present(path, DAY - 30, DAY + 30);
      expect(all.length).toBeGreaterThan(1_000);
      expect(await present(path, DAY, DAY)).toEqual(all);
      expect(await present(path, DAY - 1, DAY + 1)).toEqual(all);
    }),
    { numRuns: 2, endOnFailure: true },
  );
});
