import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { InputError } from '../errors.ts';
import { objectPerLine } from './json-documents.ts';
import { type RewriteFrom, wholeLines } from './rewrite.ts';

/** First bytes of the files that nfcapd writes, in either order of bytes. */
const MAGIC = ['0ca5', 'a50c'];

/** Returns whether an input is a capture of nfcapd (or of nfpcapd, sfcapd). */
export function isNfcapd(head: Buffer): boolean {
  return head.length > 4 && MAGIC.includes(head.toString('hex', 0, 2));
}

/**
 * Has an installed nfdump write a capture as JSON, in UTC, and yields its records one to a line. The input's own bytes
 * are read too, so that what reads it knows that it was whole.
 * @throws InputError when nfdump is missing or says anything on its standard error: it ends well whatever it met.
 */
export async function* readNfcapd(
  bytes: AsyncIterable<Buffer>,
  { path, compression }: RewriteFrom,
): AsyncGenerator<Buffer, void, void> {
  if (compression !== 'none') {
    throw new InputError(`${compression} of an nfcapd capture; unpack it first: nfdump reads files only`);
  }
  for await (const _ of bytes) {
    // Nothing is kept: the tool reads the file itself.
  }
  yield* objectPerLine()(inUtc(captured(path)), { path, compression });
}

/** The times are written in the zone that the tool is run in, without saying so; here it is said. */
async function* inUtc(lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  for await (const block of wholeLines(lines)) {
    const text = block.toString('latin1');
    yield Buffer.from(text.replace(/^(\s*"(?:t_)?(?:first|last)" ?: ?"[\d:.T-]+)"/gm, '$1Z"'), 'latin1');
  }
}

async function* captured(path: string): AsyncGenerator<Buffer, void, void> {
  const child = spawn('nfdump', ['-q', '-r', path, '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' },
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    if (said.length < 1000) said += data.toString('utf8');
  });
  const failed = new Promise<never>((_, reject) =>
    child.once('error', (error) => reject(toInputError(error))),
  );
  const ended = once(child, 'close');
  failed.catch(() => undefined);
  ended.catch(() => undefined);
  try {
    await Promise.race([once(child, 'spawn'), failed]);
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) yield chunk;
    const [code] = await ended;
    const complaint = said.split('\n')[0]?.replaceAll(path, 'it').trim();
    if (code !== 0 || complaint)
      throw new InputError(`nfdump could not read it: ${complaint || `exit code ${code}`}`);
  } finally {
    child.kill();
  }
}

function toInputError(error: Error): InputError {
  const isMissing = 'code' in error && error.code === 'ENOENT';
  return new InputError(
    isMissing
      ? 'is a capture of nfcapd, and nfdump is not installed here: install the package nfdump (Debian, Ubuntu: apt install nfdump)'
      : `nfdump could not be started: ${error.message}`,
  );
}
