const PERMISSION = 'run weir as a user who has it, or give it to this one';
const ROOM = 'make room and run the command again: what it did not finish counts nowhere';

/** What a machine refuses, by the error code of the system: in plain words, and what to do about it. */
const REFUSALS: Readonly<Record<string, readonly [what: string, todo: string]>> = {
  EACCES: ['no permission', PERMISSION],
  EPERM: ['no permission', PERMISSION],
  EROFS: ['the file system is read-only', 'name a folder that can be written to'],
  ENOSPC: ['no space is left', ROOM],
  EDQUOT: ['the quota is used up', ROOM],
  EIO: [
    'the device reports an error',
    'look after the disk; weir ledger verify says what of the ledger is whole',
  ],
  ENOTDIR: ['a part of the path is a file, not a folder', 'name another path'],
  EISDIR: ['it is a folder, not a file', 'name a file'],
  ELOOP: ['it is a symbolic link that leads to itself', 'name another path'],
  EMFILE: ['too many files are open', 'raise the limit (ulimit -n)'],
  ENFILE: ['too many files are open on this machine', 'close some programs'],
};

/**
 * Returns in one line what the machine refused, where, and what to do about it; undefined for an error that is no such refusal.
 * The engine's words tell a full disk only.
 * @param place what it was about, where the error does not say.
 */
export function refusalOf(error: unknown, place?: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path = 'weir', syscall } = error as NodeJS.ErrnoException;
  const engine = /No space left on device/i.test(error.message) ? 'ENOSPC' : '';
  // Node says ENOENT of a folder it may not make on a read-only file system.
  const known = REFUSALS[code === 'ENOENT' && syscall === 'mkdir' ? 'EROFS' : (code ?? engine)];
  if (!known) return undefined;
  const [what, todo] = known;
  return `${place ?? path}: ${what}; ${todo}`;
}
