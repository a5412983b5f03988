import { assertSize, type Directory, type Entry as Told } from './membership.ts';

type Entry = Map<string, string[]>;

const MOST_VALUES = 1_000_000;

/**
 * LDIF (RFC 2849) of POSIX accounts and groups: numbers of accounts; members by `memberUid`, by the `uid` of a `member` or `uniqueMember`, and by
 * the group number of an account.
 */
export function createLdif(): Directory {
  const groups = new Map<string, string>();
  const primary = new Map<string, string>();
  let entry: Entry = new Map();
  let unfolded = '';
  let values = 0;

  function take(): void {
    const [, name, isBase64, value = ''] = /^([A-Za-z][\w;.-]*):(:?) *(.*)$/.exec(unfolded) ?? [];
    unfolded = '';
    if (name === undefined) return;
    values += 1;
    assertSize(values > MOST_VALUES ? Number.MAX_SAFE_INTEGER : 0);
    const key = name.toLowerCase();
    // Lines are handled as bytes; decoded text becomes bytes again.
    const text = isBase64 ? Buffer.from(value, 'base64').toString('latin1') : value;
    entry.set(key, [...(entry.get(key) ?? []), text]);
  }

  function finish(): Told[] {
    take();
    const one = (key: string) => entry.get(key)?.[0];
    const all = (...keys: string[]) => keys.flatMap((key) => entry.get(key) ?? []);
    const [uid, group, gid, number] = [one('uid'), one('cn'), one('gidnumber'), one('uidnumber')];
    const classes = all('objectclass').map((text) => text.toLowerCase());
    const members = [...all('memberuid'), ...all('member', 'uniquemember').flatMap(uidOf)];
    const isGroup =
      members.length > 0 || classes.some((text) => /^(posixgroup|groupof(unique)?names|group)$/.test(text));
    if (isGroup && group !== undefined && gid !== undefined) groups.set(gid, group);
    if (!isGroup && uid !== undefined && gid !== undefined) primary.set(uid, gid);
    assertSize(groups.size + primary.size);
    entry = new Map();
    values = 0;
    const isAccount = !isGroup && uid !== undefined && /^\d+$/.test(number ?? '');
    if (isAccount) return [{ principal: uid, uid: number ?? '' }];
    if (!isGroup || group === undefined) return [];
    return members
      .filter((principal) => principal !== group)
      .map((principal) => ({ principal, tenant: group }));
  }

  return {
    line(line) {
      if (line.startsWith('#')) return [];
      if (line === '') return finish();
      if (line.startsWith(' ')) unfolded += line.slice(1);
      else {
        take();
        unfolded = line;
      }
      return [];
    },
    end() {
      const last = finish();
      const own = [...primary].flatMap(([principal, gid]) => {
        const tenant = groups.get(gid);
        return tenant === undefined || tenant === principal ? [] : [{ principal, tenant }];
      });
      return [...last, ...own];
    },
  };
}

/** The account that a distinguished name begins with; a name that begins otherwise names no account. */
function uidOf(name: string): string[] {
  const uid = /^uid=((?:[^,\\]|\\.)+)/i.exec(name)?.[1];
  return uid === undefined ? [] : [uid.replace(/\\(.)/g, '$1')];
}
