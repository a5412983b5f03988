import type { LineRewriter } from '../line-rewrite.ts';

/**
 * An event of the Linux audit system is several records with the same number, and records of several events may
 * alternate. Openings of files are brought together on the line of their last record.
 */
const RECORD = /^(?:node=(\S+) )?type=(\w+) msg=audit\((\d+\.\d+):(\d+)\): ?(.*)$/s;
/** Values are quoted, or hexadecimal where they hold what a quote could not. */
const PAIR = /([\w-]+)=("[^"]*"|[^\s"]\S*|)/g;
/** What stands between the numbers and the names of the enriched format. */
const GROUP_SEPARATOR = String.fromCharCode(0x1d);

/** Where open's flags stand among the arguments, by architecture and number of the call (Linux' syscall tables). */
const OPEN_CALLS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  c000003e: { '2': 'a1', '257': 'a2', '437': '', '304': 'a2' },
  '40000003': { '5': 'a1', '295': 'a2', '437': '', '342': 'a2' },
  c00000b7: { '56': 'a2', '437': '', '265': 'a2' },
  c0000015: { '5': 'a1', '286': 'a2', '437': '' },
};

/** Events begun and not ended; auditd writes far fewer at a time. */
const MOST_PENDING = 256;
/** auid of a process that nobody's login began. */
const UNSET = new Set(['4294967295', '-1', 'unset']);

type Pairs = Readonly<Record<string, string>>;
type Opening = { told: Record<string, string>; cwd: string; path: string; records: number; items: number };

/** Returns what joins the records of openings; every other record becomes one that names its type. */
export function createEventJoiner(): LineRewriter {
  const pending = new Map<string, Opening>();

  function finished(key: string, opening: Opening): string {
    pending.delete(key);
    const { told, cwd, path } = opening;
    const isRelative = path !== '' && !path.startsWith('/') && cwd !== '';
    const whole = isRelative ? `${cwd.replace(/\/$/, '')}/${path.replace(/^\.\//, '')}` : path;
    return JSON.stringify({ ...told, ...(whole === '' ? {} : { path: whole }) });
  }

  function begun(key: string, opening: Opening): string {
    pending.set(key, opening);
    if (opening.items === 0) return finished(key, opening);
    const [oldest] = pending.size > MOST_PENDING ? [...pending] : [];
    return oldest ? finished(...oldest) : '';
  }

  return {
    line(text) {
      const [, node, type = '', time = '', serial = '', rest = ''] = RECORD.exec(text) ?? [];
      if (type === '') return text;
      const key = `${node ?? ''} ${time} ${serial}`;
      const pairs = pairsOf(rest);
      const opening = pending.get(key);
      if (type === 'SYSCALL') {
        const told = openingOf(pairs, { serial, time }, node);
        if (told)
          return begun(key, {
            told,
            cwd: '',
            path: '',
            records: 0,
            items: Number(pairs.items || Number.POSITIVE_INFINITY),
          });
      }
      if (opening && type === 'CWD') opening.cwd = textOf(pairs.cwd);
      // Without its last field the record was cut.
      if (opening && type === 'PATH' && pairs.nametype !== undefined) {
        opening.records += 1;
        if (pairs.nametype !== 'PARENT') opening.path = textOf(pairs.name);
        if (opening.records >= opening.items) return finished(key, opening);
      }
      return opening
        ? ''
        : JSON.stringify({ audit: type, serial, time, ...(node === undefined ? {} : { host: node }) });
    },
    rest: () => [...pending.values()].map(({ told }) => JSON.stringify({ ...told, isCut: 'true' })).join(' '),
  };
}

function pairsOf(text: string): Pairs {
  const pairs: Record<string, string> = Object.create(null);
  for (const [, key = '', value = ''] of text.replaceAll(GROUP_SEPARATOR, ' ').matchAll(PAIR))
    pairs[key] ??= value;
  return pairs;
}

/** Returns what an opening's first record says; undefined for any other call. */
function openingOf(
  pairs: Pairs,
  stamp: { readonly serial: string; readonly time: string },
  node: string | undefined,
): Record<string, string> | undefined {
  const argument = OPEN_CALLS[pairs.arch ?? '']?.[pairs.syscall ?? ''];
  if (argument === undefined) return undefined;
  // auditd's enriched format adds the names, in capitals, behind the numbers.
  const login = [pairs.AUID, pairs.auid].find((id) => id !== undefined && !UNSET.has(unquoted(id)));
  const user = login ?? pairs.UID ?? pairs.uid;
  return {
    audit: 'open',
    ...stamp,
    ...(user === undefined ? {} : { user: unquoted(user) }),
    ...(node === undefined ? {} : { host: node }),
    ...(argument !== '' && pairs[argument] !== undefined ? { flags: pairs[argument] } : {}),
    success: pairs.success ?? '',
  };
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text;
}

/** Returns the name of a file or folder: one without quotes is hexadecimal. */
function textOf(text: string | undefined): string {
  if (text === undefined || text === '(null)') return '';
  const isCoded = /^(?:[0-9A-Fa-f]{2})+$/.test(text);
  return isCoded ? Buffer.from(text, 'hex').toString('latin1') : unquoted(text);
}
