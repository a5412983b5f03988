import { createHmac } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { ConfigurationError } from '../errors.ts';
import type { Facility } from './facility.ts';

/** Read, write and execute for others. */
const OTHERS = 0o007;
const KEY_CHARS_MIN = 32;
const KEY_CHARS_MAX = 4096;
/** Of the hash that stands for a name: 80 bits, so that no two of a million people share one. */
const SHOWN_DIGITS = 20;

/** What a keyed name begins with; a name that begins so was already one. */
export const PSEUDONYM_PREFIX = 'person-';

/** What stands where nobody is known; it is no name. */
export const NO_NAME = 'unknown';

/**
 * Returns the keyed name that stands for a name: HMAC-SHA256 (RFC 2104) of its UTF-8, the first 80 bits. Without the key
 * nobody can tell which name it is by trying names.
 */
export function pseudonymOf(key: Buffer, name: string): string {
  if (name === NO_NAME) return name;
  const digest = createHmac('sha256', key).update(name, 'utf8').digest('hex');
  return `${PSEUDONYM_PREFIX}${digest.slice(0, SHOWN_DIGITS)}`;
}

/**
 * Returns the key of a file without the line end that editors add. It goes into no message of an error.
 * @throws ConfigurationError when it cannot be read, lies open to others, or is too short to be a key.
 */
export function readPseudonymKey(file: string): Buffer {
  const problem = (what: string, cause?: unknown) =>
    new ConfigurationError(`pseudonyms: ${file} ${what}`, { cause });
  let text: string;
  try {
    if ((statSync(file).mode & OTHERS) !== 0)
      throw problem('lies open to every user of this machine; chmod 600 it');
    text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw problem(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (text.length >= KEY_CHARS_MIN && text.length <= KEY_CHARS_MAX) return Buffer.from(text, 'utf8');
  throw problem(`is no key: put ${KEY_CHARS_MIN} random characters or more there (openssl rand -hex 32)`);
}

/**
 * Returns a facility whose tenants and on-site channels name principals as the ledger does. Only then is the key needed to
 * read: keep people out of `tenants:` and `readBy:`, and those who read the ledger need none.
 */
export function withKeyedNames(facility: Facility): Facility {
  const { pseudonyms, tenants, onSite } = facility;
  const people = [...tenants.map(({ principals }) => principals), ...onSite.map(({ readBy }) => readBy)];
  if (!pseudonyms || people.every((names) => names.length === 0)) return facility;
  const key = readPseudonymKey(pseudonyms.keyFile);
  const keyed = (names: readonly string[]) => names.map((name) => pseudonymOf(key, name));
  return {
    ...facility,
    tenants: tenants.map((tenant) => ({ ...tenant, principals: keyed(tenant.principals) })),
    onSite: onSite.map((channel) => ({ ...channel, readBy: keyed(channel.readBy) })),
  };
}
