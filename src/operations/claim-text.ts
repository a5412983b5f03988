import { readFile, stat } from 'node:fs/promises';
import { ConfigurationError } from '../errors.ts';

const MAX_CLAIM_BYTES = 4_000_000;

/**
 * Returns the text of a claim file.
 * @throws ConfigurationError when it cannot be read, or is larger than any claim.
 */
export async function claimText(file: string): Promise<string> {
  const refuse = (reason: string, cause?: unknown) =>
    new ConfigurationError(`${file}: ${reason}`, cause === undefined ? {} : { cause });
  const { size } = await stat(file).catch((cause: Error) => {
    throw refuse(`cannot be read: ${cause.message}`, cause);
  });
  if (size > MAX_CLAIM_BYTES) throw refuse(`larger than ${MAX_CLAIM_BYTES} bytes; is it a claim file?`);
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw refuse(`cannot be read: ${cause.message}`, cause);
  });
}
