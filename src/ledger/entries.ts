import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { LedgerError } from '../errors.ts';
import { formlessPayload, incidentPayload } from './incident-entry.ts';

/** What stands in `previous` of the first entry. */
export const ZERO_SHA256 = '0'.repeat(64);

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const day = z.int();
const decimal = z.string().regex(/^\d{1,39}$/);
const id = z.string().regex(/^[0-9a-z][0-9a-z-]{3,63}$/);
const payload = z.record(z.string(), z.json());

/** A path inside the ledger: relative, forward slashes, never upwards, so that no entry can name a foreign file. */
const ledgerPath = z
  .string()
  .max(512)
  .regex(/^[\w@=+,.-]+(\/[\w@=+,.-]+)*$/)
  .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'));

const ascendingDays = z
  .array(day)
  .refine((days) => days.every((each, i) => i === 0 || each > (days[i - 1] ?? each)), {
    message: 'days must be ascending and unique',
  });

const lineCounts = { lines: count, accepted: count, rejected: count, comments: count };

const streamCounts = z.strictObject({
  source: z.string().min(1),
  ...lineCounts,
  bytesOut: decimal.optional(),
});

/** One immutable file of rows, named by the entry that published it. Days are the UTC days its rows touch. */
const dataFileSchema = z
  .strictObject({
    path: ledgerPath,
    family: z.string().min(1),
    rows: count,
    bytes: count,
    sha256: sha256Hex,
    fromDay: day,
    toDay: day,
  })
  .refine((file) => file.fromDay <= file.toDay, { message: 'fromDay is after toDay' });

/**
 * One input file's share of a commit: bytes [bytesFrom, bytesTo) of its *decompressed* content. `prefixSha256` hashes
 * [0, bytesTo), `head` the first bytes: a file that grew, was rotated, renamed or compressed is found again by them.
 */
const inputRangeSchema = z
  .strictObject({
    sensor: z.string().min(1),
    path: z.string().min(1),
    source: z.string().min(1),
    bytesFrom: count,
    bytesTo: count,
    prefixSha256: sha256Hex,
    head: z.strictObject({ bytes: count, sha256: sha256Hex }),
    ...lineCounts,
    bytesOut: decimal,
    /** Earliest and latest instant of the accepted lines; null when there is none. */
    fromMicros: z.int().nullable(),
    toMicros: z.int().nullable(),
    /** False where the compression carries no checksum (a zstd frame without one). */
    verified: z.boolean(),
    streams: z.array(streamCounts),
  })
  .refine((input) => input.bytesFrom <= input.bytesTo, { message: 'bytesFrom is after bytesTo' })
  .refine((input) => input.lines === input.accepted + input.rejected + input.comments, {
    message: 'lines are not accepted + rejected + comments',
  });

const commit = z.strictObject({
  kind: z.literal('commit'),
  id,
  simulated: z.boolean(),
  inputs: z.array(inputRangeSchema).min(1),
  files: z.array(dataFileSchema),
  days: ascendingDays,
  contentSha256: sha256Hex,
});

const builtDay = z.strictObject({
  day,
  inputsSha256: sha256Hex,
  files: z.array(dataFileSchema),
  totals: z.record(z.string(), z.string()),
});

const build = z.strictObject({ kind: z.literal('build'), id, days: z.array(builtDay).min(1) });

/** Files that take the place of others, row for row. */
const compact = z.strictObject({
  kind: z.literal('compact'),
  id,
  replaced: z.array(ledgerPath).min(1),
  files: z.array(dataFileSchema).min(1),
});

/** Files that stop being part of the ledger: by the retention policy, or because a newer build stands for their day. */
const expire = z.strictObject({
  kind: z.literal('expire'),
  id,
  reason: z.enum(['policy', 'superseded']),
  paths: z.array(ledgerPath).min(1),
});

/** Days frozen with the build they had: later facts of such a day are kept and shown, but change no figure. */
const seal = z.strictObject({
  kind: z.literal('seal'),
  id,
  days: z.array(z.strictObject({ day, inputsSha256: sha256Hex })).min(1),
});

const decision = z.strictObject({
  kind: z.literal('decision'),
  id,
  verb: z.enum(['register', 'expected', 'dismissed', 'confirmed']),
  by: z.string().min(1),
  note: z.string(),
  payload,
});

const detection = z.strictObject({
  kind: z.literal('detection'),
  id,
  throughDay: day,
  inputsSha256: sha256Hex,
  files: z.array(dataFileSchema),
  /** Paths of earlier detection files that nobody needs any more. */
  replaced: z.array(ledgerPath).default([]),
});

const incident = z.strictObject({
  kind: z.literal('incident'),
  id,
  payload: z.union([incidentPayload, formlessPayload]),
});
const audit = z.strictObject({ kind: z.literal('audit'), id, payload });

/** What an entry says. */
export const bodySchema = z.discriminatedUnion('kind', [
  commit,
  build,
  compact,
  expire,
  seal,
  decision,
  detection,
  incident,
  audit,
]);

/** Every kind of entry. */
export const ENTRY_KINDS = bodySchema.options.map(({ shape }) => shape.kind.value);

/** Where and when an entry was said, and after what: `previous` is the sha256 of the previous entry's exact bytes. */
const envelopeSchema = z.strictObject({
  seq: z.int().positive(),
  at: z.iso.datetime(),
  previous: sha256Hex,
  writer: z.strictObject({ weir: z.string(), host: z.string(), pid: z.int() }),
});

export type DataFile = z.infer<typeof dataFileSchema>;
export type InputRange = z.infer<typeof inputRangeSchema>;
export type Body = z.infer<typeof bodySchema>;
export type BodyInput = z.input<typeof bodySchema>;
type Envelope = z.infer<typeof envelopeSchema>;
export type Entry = Envelope & Body;
export type EntryOf<Kind extends Body['kind']> = Envelope & Extract<Body, { kind: Kind }>;

/** Returns the sha256 of bytes or UTF-8 text, in hex. */
export function sha256Of(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Returns a fresh random id for a commit, build or any other body. */
export function newId(): string {
  return randomBytes(10).toString('hex');
}

/** Returns the identity of what a commit holds: the same for the same ranges in any order, whatever the files are called. */
export function contentSha256Of(
  inputs: readonly Pick<InputRange, 'sensor' | 'prefixSha256' | 'bytesFrom' | 'bytesTo'>[],
): string {
  const sensors = new Map(inputs.map(({ sensor }) => [sensor, JSON.stringify(sensor)]));
  const identities = inputs.map(
    ({ sensor, prefixSha256, bytesFrom, bytesTo }) =>
      `[${sensors.get(sensor)},"${prefixSha256}",${bytesFrom},${bytesTo}]`,
  );
  return sha256Of(identities.sort().join('\n'));
}

/** Returns the files that a body publishes. */
export function publishedFiles(body: Body): readonly DataFile[] {
  if (body.kind === 'build') return body.days.flatMap((built) => built.files);
  return body.kind === 'commit' || body.kind === 'compact' || body.kind === 'detection' ? body.files : [];
}

/** Returns the paths that a body takes out of the ledger. */
export function removedPaths(body: Body): readonly string[] {
  if (body.kind === 'expire') return body.paths;
  return body.kind === 'compact' || body.kind === 'detection' ? body.replaced : [];
}

const CHECKSUM = /,"checksum":"([0-9a-f]{64})"\}\n$/;

/**
 * Returns an entry's exact bytes: one line of JSON with its newline. The last field is the sha256 of all before it,
 * because the newest entry has no successor whose `previous` would show a flipped bit.
 */
export function encodeEntry(entry: Entry): Buffer {
  const core = JSON.stringify(entry).slice(0, -1);
  return Buffer.from(`${core},"checksum":"${sha256Of(core)}"}\n`);
}

/** Returns whether a line ends in the checksum of its own beginning, to the byte. */
export function checksumHolds(line: Buffer): boolean {
  const text = line.toString('latin1');
  const match = CHECKSUM.exec(text);
  return match !== null && match[1] === sha256Of(line.subarray(0, match.index));
}

/**
 * Returns the entry that a line holds. Does not check the checksum (`checksumHolds` does).
 * @throws LedgerError when it is no entry that this version of Weir knows.
 */
export function decodeEntry(line: Buffer, where: string): Entry {
  try {
    const { seq, at, previous, writer, checksum: _, ...rest } = JSON.parse(line.toString('utf8'));
    return { ...envelopeSchema.parse({ seq, at, previous, writer }), ...bodySchema.parse(rest) };
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new LedgerError(
      `${where} is not a journal entry this version of Weir can read (damaged, or written by a newer one): ${detail}`,
      { cause },
    );
  }
}
