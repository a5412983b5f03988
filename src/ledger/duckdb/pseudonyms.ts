import { createHash } from 'node:crypto';
import { NO_NAME, PSEUDONYM_PREFIX } from '../../facility/pseudonyms.ts';
import { sqlText } from '../../records/sql-text.ts';
import type { Reading } from '../../sources/format.ts';
import type { RecordRule } from '../../sources/record.ts';
import type { Database } from './database.ts';

/** A block of SHA-256, to which HMAC fills the key. */
const BLOCK_BYTES = 64;

/**
 * Makes the macro `weir_person(name)`, which is `pseudonymOf` under a key. The key is in variables of the connection, so
 * that no statement, and no message about one, holds it.
 */
export async function openPseudonyms(db: Database, key: Buffer): Promise<void> {
  // HMAC's own rule: a key longer than a block is hashed first.
  const short = key.length > BLOCK_BYTES ? createHash('sha256').update(key).digest() : key;
  const block = Buffer.concat([short, Buffer.alloc(BLOCK_BYTES - short.length)]);
  for (const [name, pad] of [
    ['weir_inner', 0x36],
    ['weir_outer', 0x5c],
  ] as const) {
    const hex = Buffer.from(block.map((byte) => byte ^ pad)).toString('hex');
    await db.run(`SET VARIABLE ${name} = unhex('${hex}')`);
  }
  await db.run(`CREATE OR REPLACE TEMP MACRO weir_person(name) AS CASE WHEN name IS NULL OR name = ${sqlText(NO_NAME)} THEN name
    ELSE ${sqlText(PSEUDONYM_PREFIX)} || left(sha256(getvariable('weir_outer') || unhex(sha256(getvariable('weir_inner') || encode(name)))), 20) END`);
}

/** Columns that hold a name by themselves or within what joins a session's lines. */
const NAMES = new Set(['principal', 'uid']);
/** Families whose `uid` is made of what a person is called, or is a person's number; those of flows are the sensor's own. */
const NAMED_UIDS = new Set(['session', 'account']);

/** Returns the same reading with every name replaced before anything is written. */
export function masked(reading: Reading): Reading {
  const streams = Object.entries(reading.streams).map(([name, stream]) => [
    name,
    { ...stream, rule: (...args: Parameters<typeof stream.rule>) => maskedRule(stream.rule(...args)) },
  ]);
  return { ...reading, streams: Object.fromEntries(streams) };
}

function maskedRule(rule: RecordRule): RecordRule {
  const columns = Object.entries(rule.columns).map(([name, sql]) => {
    const isName = NAMES.has(name) && (name === 'principal' || NAMED_UIDS.has(rule.family));
    return [name, isName ? `weir_person((${sql})::VARCHAR)` : sql];
  });
  return { ...rule, columns: Object.fromEntries(columns) };
}
