import { assertSize, type Directory, type Membership } from './membership.ts';

const ACCOUNT = /^([^:\s]+):[^:]*:(\d+):(\d+):[^:]*:[^:]*:[^:]*$/;
const GROUP = /^([^:\s]+):[^:]*:(\d+):([^:]*)$/;

/**
 * `getent passwd` and `getent group`, one behind the other in any order. A group named as its only owner is a private one
 * and no tenant.
 */
export function createGetent(): Directory {
  const groups = new Map<string, string>();
  const primary = new Map<string, string>();
  return {
    line(line) {
      const [, account, uid = '', gid = ''] = ACCOUNT.exec(line) ?? [];
      if (account !== undefined) {
        primary.set(account, gid);
        assertSize(groups.size + primary.size);
        return [{ principal: account, uid }];
      }
      const [, name, number = '', list = ''] = GROUP.exec(line) ?? [];
      if (name === undefined) return [];
      groups.set(number, name);
      assertSize(groups.size + primary.size);
      return list
        .split(',')
        .filter((principal) => principal !== '' && principal !== name)
        .map((principal): Membership => ({ principal, tenant: name }));
    },
    end() {
      return [...primary].flatMap(([principal, gid]) => {
        const tenant = groups.get(gid);
        return tenant === undefined || tenant === principal ? [] : [{ principal, tenant }];
      });
    },
  };
}
