import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import { formatProblems, type Problem, problemsOf } from '../facility/problems.ts';
import { parseByteCount } from '../records/byte-text.ts';
import { parseDay } from '../records/time.ts';

/** An assertion of theft from outside: what was said, by whom, when. Nothing in it is taken for true. */
export interface Claim {
  readonly title: string;
  readonly note: string | undefined;
  /** How many times smaller what crossed may have been than the data claimed, at most. */
  readonly packedAtMost: number;
  readonly statements: readonly Statement[];
}

/** What one source said. Days are UTC days since 1970. */
export interface Statement {
  readonly id: string;
  readonly source: Source;
  /** The day the statement speaks of: what it claims to be gone had left by the end of it. */
  readonly asOfDay: number;
  readonly volume: VolumeRange | undefined;
  readonly window: StatedWindow | undefined;
  readonly channel: ClaimedChannel | undefined;
  readonly note: string | undefined;
}

export interface Source {
  readonly who: string;
  readonly saidOnDay: number;
  readonly url: string | undefined;
}

/** Bytes claimed; `most` is null where no end was stated ("more than"). */
export interface VolumeRange {
  readonly least: bigint;
  readonly most: bigint | null;
}

/** Two days between which a day lies, both counted. */
export interface DayRange {
  readonly earliest: number;
  readonly latest: number;
}

/** When it is said to have happened; whatever was not said is undefined. */
export interface StatedWindow {
  readonly from: DayRange | undefined;
  /** The last day of it. */
  readonly to: DayRange | undefined;
  readonly lastedDays: { readonly least: number; readonly most: number } | undefined;
}

/** By which way it is said to have left; `named` is a path or on-site channel of weir.yaml. */
export type ClaimedChannel =
  | { readonly kind: 'remote' | 'onSite' | 'unknown' }
  | { readonly kind: 'named'; readonly name: string };

const MAX_CLAIM_CHARS = 1_000_000;
const MAX_STATEMENTS = 50;
const MAX_DAYS = 36_500;
const DEFAULT_PACKING = 10;

const text = z.string().trim().min(1, 'must not be empty').max(2000, 'must have at most 2000 characters');

const day = z
  .string()
  .refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && parseDay(value) !== undefined, {
    error: (issue) => `"${issue.input}" is no date: write YYYY-MM-DD`,
  })
  .transform((value) => parseDay(value) ?? 0);

const bytes = z
  .string()
  .refine((value) => (parseByteCount(value) ?? 0n) > 0n, {
    error: (issue) => `"${issue.input}" is no byte count: write a number and an SI unit, such as 10PB`,
  })
  .transform((value) => parseByteCount(value) ?? 0n);

const volume = z.union([
  bytes.transform((exact): VolumeRange => ({ least: exact, most: exact })),
  z
    .strictObject({ moreThan: bytes.describe('More than this; no end is stated.') })
    .transform(({ moreThan }): VolumeRange => ({ least: moreThan, most: null })),
  z
    .strictObject({
      least: bytes.describe('At least this.'),
      most: bytes.describe('At most this.'),
    })
    .refine(({ least, most }) => least <= most, '`least` must not be above `most`')
    .transform((range): VolumeRange => range),
]);

const dayOrRange = z.union([
  day.transform((exact): DayRange => ({ earliest: exact, latest: exact })),
  z
    .strictObject({ earliest: day.describe('Not before this day.'), latest: day.describe('Not after it.') })
    .refine(({ earliest, latest }) => earliest <= latest, '`earliest` must not be after `latest`')
    .transform((range): DayRange => range),
]);

const dayCount = z
  .number()
  .int('must be a whole number of days')
  .min(1, 'must be at least 1 day')
  .max(MAX_DAYS, `must be at most ${MAX_DAYS} days`);
const lasted = z.union([
  dayCount.transform((exact) => ({ least: exact, most: exact })),
  z
    .strictObject({ least: dayCount, most: dayCount })
    .refine(({ least, most }) => least <= most, '`least` must not be above `most`'),
]);

const window = z
  .strictObject({
    from: dayOrRange.optional().describe('First day (UTC), or `{ earliest, latest }`; unknown, if absent.'),
    to: dayOrRange.optional().describe('Last day (UTC), counted, or `{ earliest, latest }`.'),
    lastedDays: lasted.optional().describe('How many days it took, or `{ least, most }`.'),
  })
  .refine(({ from, to, lastedDays }) => from ?? to ?? lastedDays, 'say `from`, `to` or `lastedDays`')
  .refine(
    ({ from, to }) => !from || !to || from.earliest <= to.latest,
    'must not end before it begins: see `to`',
  )
  .transform(({ from, to, lastedDays }): StatedWindow => ({ from, to, lastedDays }));

const channel = z.union([
  z.enum(['remote', 'onSite', 'unknown']).transform((kind): ClaimedChannel => ({ kind })),
  z
    .strictObject({ name: text.describe('Name of a path or on-site channel of weir.yaml.') })
    .transform(({ name }): ClaimedChannel => ({ kind: 'named', name })),
]);

const statement = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,60}$/, 'letters, digits, _ . and - only, at most 60'),
  source: z
    .strictObject({
      who: text.describe('Who said it.'),
      saidOn: day.describe('On which day (UTC).'),
      url: z
        .httpUrl('must be an http or https address')
        .max(2000)
        .optional()
        .describe('Where it can be read; never the page of a seller.'),
    })
    .describe('Who said it, and when.'),
  asOf: day.optional().describe('The day it speaks of; the day it was said, if absent.'),
  volume: volume
    .optional()
    .describe('How much: `10PB`, `{ moreThan: 10PB }` or `{ least: 1TB, most: 2TB }`.'),
  window: window.optional().describe('When.'),
  channel: channel.optional().describe('By which way: `remote`, `onSite`, `unknown` or `{ name: vpn }`.'),
  note: text.optional().describe('What else matters, in your own words.'),
});

const claimSchema = z.strictObject({
  title: text.describe('What the claim is called in answers.'),
  note: text.optional().describe('What a reader must know, such as that it is unconfirmed.'),
  packedAtMost: z
    .number()
    .min(1, 'must be at least 1')
    .max(1000)
    .default(DEFAULT_PACKING)
    .describe('How many times smaller the data may have left than they are claimed to be, packed.'),
  statements: z.array(statement).min(1).max(MAX_STATEMENTS).describe('What was said, source by source.'),
});

/** Returns the JSON Schema of a claim file, as editors read it. */
export function claimJsonSchema(): Record<string, unknown> {
  return { title: 'claim.yaml', ...z.toJSONSchema(claimSchema, { io: 'input' }) };
}

/**
 * Returns the claim that the text of a claim file holds.
 * @param file name of the file, for messages.
 * @throws ConfigurationError listing every problem as `claim.yaml:12:5 statements[0].volume: what to do`.
 */
export function parseClaim(source: string, file: string): Claim {
  if (source.length > MAX_CLAIM_CHARS)
    throw new ConfigurationError(`${file}: larger than ${MAX_CLAIM_CHARS} characters; is it a claim file?`);
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const places = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      if (error.code === 'MULTIPLE_DOCS')
        return `${file}:${line}:${col} holds several documents; keep one claim in a file`;
      return `${file}:${line}:${col} not valid YAML: ${error.message}`;
    });
    throw new ConfigurationError(places.join('\n'));
  }
  const complain = (problems: readonly Problem[]) =>
    new ConfigurationError(formatProblems(file, document, lines, problems));
  const parsed = claimSchema.safeParse(plainValue(document, file), { reportInput: true });
  if (!parsed.success) throw complain(problemsOf(parsed.error.issues, claimJsonSchema));
  const twice = takenIds(parsed.data.statements);
  if (twice.length > 0) throw complain(twice);
  const { title, note, packedAtMost, statements } = parsed.data;
  return {
    title,
    note,
    packedAtMost,
    statements: statements.map(({ id, source: { who, saidOn, url }, asOf, ...said }) => ({
      id,
      source: { who, saidOnDay: saidOn, url },
      asOfDay: asOf ?? saidOn,
      volume: said.volume,
      window: said.window,
      channel: said.channel,
      note: said.note,
    })),
  };
}

function takenIds(statements: readonly { id: string }[]): Problem[] {
  return statements.flatMap(({ id }, index) =>
    statements.findIndex((other) => other.id === id) < index
      ? [{ path: ['statements', index, 'id'], message: `the id ${id} is taken already; choose another` }]
      : [],
  );
}

/** Returns the document as plain data; the parser's limit on aliases keeps a small file from growing large. */
function plainValue(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`${file}: not valid YAML: ${reason}`, { cause: error });
  }
}
