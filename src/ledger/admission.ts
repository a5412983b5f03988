import { statSync } from 'node:fs';
import { join } from 'node:path';
import { assertIdentity, LedgerError } from '../errors.ts';
import { type Body, contentSha256Of, type DataFile, publishedFiles, removedPaths } from './entries.ts';
import { assertSameKind, type Ledger, unlessMissing } from './files.ts';
import { rangeKey } from './fold.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Checks that a body may follow a snapshot. Whoever prepares bodies must already have seen to all this; the journal
 * cannot be mended, so it is asked once more on the way in.
 * @throws InternalError, InputError (simulated telemetry) or LedgerError (a named file is not there).
 */
export function assertAdmissible(ledger: Ledger, snapshot: Snapshot, body: Body): void {
  assertConsistent(ledger, snapshot, body);
  for (const file of publishedFiles(body)) assertPublished(ledger, file);
}

/**
 * Checks that what a body says agrees with all that was said before it, without looking at the files it names.
 * @throws InternalError or InputError.
 */
export function assertConsistent(ledger: Ledger, snapshot: Snapshot, body: Body): void {
  assertIdentity(!snapshot.hasId(body.id), () => `the journal already has an entry with id ${body.id}`);
  if (body.kind === 'commit') assertCommit(ledger, snapshot, body);
  if (body.kind === 'build') assertNotSealed(snapshot, body);
  if (body.kind === 'seal') assertSealable(snapshot, body);
  for (const path of removedPaths(body)) {
    assertIdentity(
      snapshot.file(path) !== undefined,
      () => `${body.kind} removes ${path}, no part of the ledger`,
    );
  }
  if (body.kind === 'compact') assertSameRows(snapshot, body);
  if (body.kind === 'expire' && body.reason === 'policy') assertSealed(snapshot, body);
  for (const { path } of publishedFiles(body)) {
    assertIdentity(!snapshot.wasNamed(path), () => `${body.kind} publishes ${path}, a name used before`);
  }
}

type BodyOf<Kind extends Body['kind']> = Extract<Body, { kind: Kind }>;

function assertCommit(ledger: Ledger, snapshot: Snapshot, body: BodyOf<'commit'>): void {
  assertSameKind(ledger, body.simulated);
  assertIdentity(
    body.contentSha256 === contentSha256Of(body.inputs),
    () => `commit ${body.id} has a contentSha256 that is not that of its inputs`,
  );
  const keys = new Set<string>();
  for (const input of body.inputs) {
    const key = rangeKey(input);
    assertIdentity(
      input.bytesFrom === input.bytesTo || !keys.has(key),
      () => `commit ${body.id} takes ${input.path} twice`,
    );
    keys.add(key);
    const taken = snapshot.overlapping(input)[0];
    assertIdentity(
      taken === undefined,
      () =>
        `bytes ${input.bytesFrom}-${input.bytesTo} of ${input.path} were committed by entry ${taken?.seq} already`,
    );
  }
}

function assertNotSealed(snapshot: Snapshot, body: BodyOf<'build'>): void {
  const days = body.days.map((built) => built.day);
  assertIdentity(new Set(days).size === days.length, () => `build ${body.id} names a day twice`);
  const sealed = days.find((day) => snapshot.isSealed(day));
  assertIdentity(sealed === undefined, () => `build ${body.id} touches the sealed day ${sealed}`);
}

function assertSealable(snapshot: Snapshot, body: BodyOf<'seal'>): void {
  for (const { day, inputsSha256 } of body.days) {
    assertIdentity(!snapshot.isSealed(day), () => `day ${day} is sealed already`);
    assertIdentity(
      snapshot.buildsOf(day).some((built) => built.inputsSha256 === inputsSha256),
      () => `day ${day} cannot be sealed with a build it does not have`,
    );
  }
}

function assertSealed(snapshot: Snapshot, body: BodyOf<'expire'>): void {
  const factDays = snapshot.factDays();
  for (const path of body.paths) {
    const file = snapshot.file(path);
    const open = factDays.find(
      (day) => file && day >= file.fromDay && day <= file.toDay && !snapshot.isSealed(day),
    );
    assertIdentity(open === undefined, () => `${path} cannot expire: its day ${open} is not sealed`);
  }
}

/** Compaction moves rows and loses none: per family as many rows as before, of one origin. */
function assertSameRows(snapshot: Snapshot, body: BodyOf<'compact'>): void {
  const before = body.replaced.flatMap((path) => snapshot.file(path) ?? []);
  assertIdentity(
    new Set(before.map((file) => file.origin)).size === 1,
    () => `compact ${body.id} mixes facts with built files`,
  );
  const rows = new Map<string, number>();
  for (const file of before) rows.set(file.family, (rows.get(file.family) ?? 0) + file.rows);
  for (const file of body.files) rows.set(file.family, (rows.get(file.family) ?? 0) - file.rows);
  for (const [family, difference] of rows) {
    assertIdentity(
      difference === 0,
      () => `compact ${body.id} changes the rows of family ${family} by ${-difference}`,
    );
  }
}

function assertPublished(ledger: Ledger, file: DataFile): void {
  const bytes = unlessMissing(() => statSync(join(ledger.dir, file.path)))?.size;
  if (bytes === file.bytes) return;
  throw new LedgerError(
    `${join(ledger.dir, file.path)} has ${bytes ?? 'no'} bytes instead of ${file.bytes}; nothing was recorded, run the command again`,
  );
}
