import type { Field } from '../relation.ts';
import type { Message, MessageKind } from './message.ts';
import type { SessionFields } from './session-rule.ts';

/** Since 9.8 the part that serves one connection is a program of its own. */
const PROGRAMS = 'sshd(?:-session)?';

/** An address as OpenSSH writes it; a name, where UseDNS put one, is no address and a reject. */
const FROM = '(?<from>[^ ]+) port (?<port>\\d+)';

/**
 * What OpenSSH's server says of sessions. The messages before a login hold what a stranger typed: only those behind it
 * are read, and each from its first character on. User names of accounts hold no blank in front of `from`.
 */
export const OPENSSH: readonly MessageKind[] = [
  {
    name: 'ssh-begin',
    programs: PROGRAMS,
    begins: 'Accepted [^ ]+ for ',
    pattern: `Accepted [^ ]+ for (?<user>.+?) from ${FROM}(?: ssh2(?:: .*)?)?$`,
    session: (group, message) => ({ ...client(group, message), event: 'begin', principal: group('user') }),
  },
  {
    name: 'ssh-disconnected',
    programs: PROGRAMS,
    begins:
      '(?:Disconnected from (?:user [^ ]+ )?|Connection (?:closed|reset) by |Timeout, client not responding from (?:user [^ ]+ )?|Read error from remote host )[0-9a-fA-F:.%]+ port \\d+(?:$|:)',
    pattern: `(?:Disconnected from|Connection (?:closed|reset) by|Timeout, client not responding from|Read error from remote host) (?:user (?<user>[^ ]+) )?(?<from>[^ ]+) port (?<port>\\d+)(?::.*)?$`,
    session: (group, message) => ({ ...client(group, message), event: 'end', principal: group('user') }),
  },
  {
    name: 'ssh-closed',
    programs: PROGRAMS,
    begins: 'pam_unix\\(sshd:session\\): session closed for user ',
    pattern: 'pam_unix\\(sshd:session\\): session closed for user (?<user>[^ ]+)$',
    session: (group, message) => ({ ...served(message), event: 'end', principal: group('user') }),
  },
];

/** The process that let somebody in closes the session; that it was disconnected another one says, with the client's port. */
function served({ at, host, pid }: Message): Pick<SessionFields, 'kind' | 'at' | 'uid' | 'server'> {
  return {
    kind: 'ssh',
    at,
    uid: `CASE WHEN ${pid} IS NOT NULL THEN concat(${host}, '[', ${pid}, ']') END`,
    server: host,
  };
}

function client(group: Field, message: Message) {
  return {
    ...served(message),
    outer: { name: 'from', text: group('from') },
    outerPort: { name: 'port', text: group('port') },
  };
}
