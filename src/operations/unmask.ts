import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ConfigurationError, InputError, InternalError } from '../errors.ts';
import type { Facility } from '../facility/facility.ts';
import { PSEUDONYM_PREFIX, pseudonymOf, readPseudonymKey } from '../facility/pseudonyms.ts';
import { newId } from '../ledger/entries.ts';
import { openLedger } from '../ledger/files.ts';
import { append } from '../ledger/journal.ts';
import type { UnmaskAnswer } from './answers/unmask.ts';

/** Whose name is asked for, by whom, and who agrees. */
export interface UnmaskRequest {
  readonly facility: Facility;
  readonly ledgerDir: string;
  /** As reports print it: `person-` and 20 digits. */
  readonly pseudonym: string;
  readonly by: string;
  readonly approvedBy: string;
  /** Files with the names to try: a directory in any form, or a list. */
  readonly directories: readonly string[];
  readonly note: string;
}

const PSEUDONYM = new RegExp(`^${PSEUDONYM_PREFIX}[0-9a-f]{20}$`);
const LONGEST_NAME_CHARS = 256;

/**
 * Returns the name behind a pseudonym. A keyed name cannot be turned back: the names of a directory are tried. That
 * it was asked for, by whom and why stands in the journal before anybody is told; the name itself does not.
 * @throws ConfigurationError when the two are one, or what is needed is not stated.
 * @throws InputError when a directory cannot be read.
 */
export async function unmask(request: UnmaskRequest): Promise<UnmaskAnswer> {
  const { facility, ledgerDir, pseudonym, directories } = request;
  const [by, approvedBy, note] = [request.by.trim(), request.approvedBy.trim(), request.note.trim()];
  if (!facility.pseudonyms)
    throw new ConfigurationError('unmask: weir.yaml has no pseudonyms; names stand as logged');
  if (!PSEUDONYM.test(pseudonym))
    throw new ConfigurationError(
      `unmask: ${pseudonym} is no pseudonym; reports print them as ${PSEUDONYM_PREFIX}…`,
    );
  if (by === '' || approvedBy === '' || note === '')
    throw new ConfigurationError('unmask: say who asks (--by), who agrees (--approve) and why (--note)');
  if (by.toLowerCase() === approvedBy.toLowerCase())
    throw new ConfigurationError('unmask: it takes two people; --by and --approve name the same one');
  openLedger(ledgerDir);
  const key = readPseudonymKey(facility.pseudonyms.keyFile);
  const { name, tried } = await search(directories, (candidate) => pseudonymOf(key, candidate) === pseudonym);
  const payload = { v: 1, action: 'unmask', pseudonym, by, approvedBy, note, found: name !== undefined };
  const entry = await append(ledgerDir, () => ({ kind: 'audit', id: newId(), payload }));
  if (!entry) throw new InternalError('an audit entry was not written');
  return { entry: entry.seq, pseudonym, name: name ?? null, by, approvedBy, tried };
}

/** Tries each word of the files, and each field of those that are separated, as a name. */
async function search(
  files: readonly string[],
  isIt: (candidate: string) => boolean,
): Promise<{ name: string | undefined; tried: number }> {
  const seen = new Set<string>();
  for (const file of files) {
    try {
      for await (const line of createInterface({
        input: createReadStream(file),
        crlfDelay: Number.POSITIVE_INFINITY,
      })) {
        for (const candidate of candidatesOf(line)) {
          if (seen.has(candidate)) continue;
          seen.add(candidate);
          if (isIt(candidate)) return { name: candidate, tried: seen.size };
        }
      }
    } catch (cause) {
      throw new InputError(`cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }
  return { name: undefined, tried: seen.size };
}

function candidatesOf(line: string): string[] {
  const encoded = /^[\w;.-]+:: *([A-Za-z0-9+/=]+)$/.exec(line)?.[1];
  const decoded = encoded === undefined ? [] : [Buffer.from(encoded, 'base64').toString('utf8')];
  const fields = [/[,;\t]/, /[:,]/, /[\s,;:="]+/].flatMap((separator) => line.split(separator));
  return [line, ...fields, ...decoded]
    .map((text) => text.trim().replace(/^"(.*)"$/, '$1'))
    .filter((text) => text !== '' && text.length <= LONGEST_NAME_CHARS);
}
