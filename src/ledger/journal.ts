import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InternalError, LedgerError } from '../errors.ts';
import { weirVersion } from '../version.ts';
import { assertAdmissible } from './admission.ts';
import { type Body, type BodyInput, bodySchema, type Entry, encodeEntry, sha256Of } from './entries.ts';
import { faultPoint } from './faults.ts';
import { type Ledger, readLedger, syncPath, unlessMissing, writeExclusively } from './files.ts';
import { blockOf, rolledPath, singlePath } from './reading.ts';
import { foldWritten, readSnapshot, type Snapshot } from './snapshot.ts';

/** What to append after a snapshot; undefined when, seen from there, nothing is left to say. */
export type Prepare = (snapshot: Snapshot) => BodyInput | undefined | Promise<BodyInput | undefined>;

/** Each lost race means that somebody else's entry was written, so this many in a row is a defect, not bad luck. */
const ATTEMPTS_MAX = 1000;

/**
 * Appends one entry and makes it durable. `prepare` is called again, with the newer snapshot, whenever another process
 * was faster: it must look there for whatever would make its entry wrong or needless.
 * @returns the entry, or undefined when `prepare` had nothing to say.
 * @throws InternalError, InputError or LedgerError when the body may not follow (admission.ts); nothing is written then.
 */
export async function append(ledgerDir: string, prepare: Prepare): Promise<Entry | undefined> {
  const ledger = readLedger(ledgerDir);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const snapshot = await readSnapshot(ledgerDir);
    const prepared = await prepare(snapshot);
    if (prepared === undefined) return undefined;
    const body = validBody(prepared);
    assertAdmissible(ledger, snapshot, body);
    const entry: Entry = {
      seq: snapshot.position + 1,
      at: new Date().toISOString(),
      previous: snapshot.entrySha256,
      writer: { weir: weirVersion, host: hostname(), pid: process.pid },
      ...body,
    };
    const bytes = encodeEntry(entry);
    if (takeNumber(ledger, entry.seq, bytes)) {
      foldWritten(ledgerDir, entry, sha256Of(bytes));
      rollBefore(ledger, entry.seq + 1);
      return entry;
    }
    await sleep(Math.random() * Math.min(attempt, 20));
  }
  throw new LedgerError(
    `no entry could be appended to the journal in ${ledgerDir} in ${ATTEMPTS_MAX} attempts`,
  );
}

function validBody(prepared: BodyInput): Body {
  const parsed = bodySchema.safeParse(prepared);
  if (parsed.success) return parsed.data;
  throw new InternalError(`a ${prepared.kind} entry is not valid: ${parsed.error.message}`);
}

/**
 * Writes the entry under its number unless the number is taken. A roll may just have freed it: the rolled file is
 * there before the first single one goes, so if it is there now, the number was taken and is given back.
 */
function takeNumber(ledger: Ledger, seq: number, bytes: Buffer): boolean {
  const path = singlePath(ledger.dir, seq);
  if (!writeExclusively(path, bytes, 'append')) return false;
  if (!existsSync(rolledPath(ledger, seq))) return true;
  unlessMissing(() => unlinkSync(path));
  return false;
}

/**
 * Rolls the last full block before an entry number into one file, or finishes a roll that a crash cut short.
 * Does nothing when there is nothing to do.
 */
export function rollBefore(ledger: Ledger, seq: number): void {
  const { first, last } = blockOf(ledger, seq - ledger.entriesPerRoll);
  if (first < 1) return;
  const rolled = rolledPath(ledger, first);
  if (!existsSync(rolled)) {
    const singles: Buffer[] = [];
    for (let each = first; each <= last; each += 1) {
      const bytes = unlessMissing(() => readFileSync(singlePath(ledger.dir, each)));
      // Somebody else has rolled the block meanwhile; the removal below is theirs, or the next append's.
      if (bytes === undefined) return;
      singles.push(bytes);
    }
    // link(), not rename(): if another process rolls too, its file stays and this one, perhaps read half-way
    // through that process's removals, goes.
    writeExclusively(rolled, Buffer.concat(singles), 'roll');
  }
  removeSingles(ledger, first, last);
}

/** From the first to the last, so that the last one, while it is there, shows that a removal was cut short. */
function removeSingles(ledger: Ledger, first: number, last: number): void {
  if (!existsSync(singlePath(ledger.dir, last))) return;
  for (let seq = first; seq <= last; seq += 1) {
    unlessMissing(() => unlinkSync(singlePath(ledger.dir, seq)));
    faultPoint('roll:single-removed');
  }
  syncPath(join(ledger.dir, 'journal'));
  faultPoint('roll:done');
}
