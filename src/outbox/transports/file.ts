import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import type { FileChannel } from '../../facility/channels.ts';
import { failed, type Message, type Send } from '../message.ts';

/** As far back as a copy is looked for: messages of one crash are the last ones written. */
const LOOK_BACK_BYTES = 1 << 20;

/** Returns the function that appends messages to a file, a line each, mode 0600. */
export function fileSender({ path }: FileChannel): Send {
  return async (message) => {
    try {
      appendLine(path, message);
      return { ok: true };
    } catch (error) {
      return failed(error);
    }
  };
}

/** A line is written once even if a crash kept its writing from being recorded; a torn one is ended, not joined. */
function appendLine(path: string, { id, json }: Message): void {
  // Without O_NONBLOCK, a pipe that nobody reads would hold the run for ever.
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
  const handle = openSync(path, flags, 0o600);
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw new Error(`${path} is no regular file`);
    const tail = Buffer.alloc(Math.min(stat.size, LOOK_BACK_BYTES));
    readSync(handle, tail, 0, tail.length, stat.size - tail.length);
    if (tail.includes(`"${id}"`) && tail.includes(`${json}\n`)) return;
    const begin = tail.length === 0 || tail.at(-1) === 0x0a ? '' : '\n';
    const line = Buffer.from(`${begin}${json}\n`);
    for (let done = 0; done < line.length; ) done += writeSync(handle, line, done);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
