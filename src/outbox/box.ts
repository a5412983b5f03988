import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LedgerError } from '../errors.ts';
import { unlessMissing, writeDurably } from '../ledger/files.ts';
import { message } from './message.ts';

/**
 * What a channel has been told and what waits to be sent: one file per channel in the ledger's folder, `outbox/`,
 * replaced as a whole with each step. It is no part of the journal: the journal is the truth about the centre's egress,
 * which receivers read or miss without changing it, and a message must be on disk *before* it is sent, where an entry
 * tells what has been.
 */
const known = z.strictObject({
  /** Of the last message on it, or of what stood there when the channel began. */
  revision: z.string(),
  /** Messages written on it so far. */
  messages: z.int().nonnegative(),
  closed: z.boolean(),
  /** What was last told, for whoever must take it back; null: it was there before the channel began. */
  told: z.json().nullable(),
});

const pending = z.strictObject({
  message,
  attempts: z.int().nonnegative(),
  lastTriedMillis: z.int().nullable(),
  lastError: z.string().nullable(),
});

const box = z.strictObject({
  format: z.literal(1),
  channel: z.string(),
  beganMillis: z.int(),
  /** By subject, `lead:4f…`. */
  known: z.record(z.string(), known),
  pending: z.array(pending),
});

/** What a channel knows of a subject. */
export type Known = z.infer<typeof known>;
/** A message that waits. */
export type Pending = z.infer<typeof pending>;
/** The state of a channel. */
export type Box = z.infer<typeof box>;

/**
 * Returns the state of a channel; undefined when it never ran.
 * @throws LedgerError when the file is damaged.
 */
export function readBox(ledgerDir: string, channel: string): Box | undefined {
  const path = boxPath(ledgerDir, channel);
  const text = unlessMissing(() => readFileSync(path, 'utf8'));
  if (text === undefined) return undefined;
  try {
    return box.parse(JSON.parse(text));
  } catch (cause) {
    throw new LedgerError(
      `${path} is damaged or of a newer version: restore it from a backup, or remove it to begin the channel anew`,
      { cause },
    );
  }
}

/** Writes the state of a channel: all of it or nothing, mode 0600. */
export function writeBox(ledgerDir: string, state: Box): void {
  writeDurably(boxPath(ledgerDir, state.channel), `${JSON.stringify(state)}\n`);
}

function boxPath(ledgerDir: string, channel: string): string {
  return join(ledgerDir, 'outbox', `${channel}.json`);
}
