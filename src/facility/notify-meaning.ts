import { endpointOf, isLoopback } from './channels.ts';
import type { ChannelYaml } from './notify-schema.ts';
import type { KeyPath, Problem } from './problems.ts';

/** Keys that only some kinds can use; a key in the wrong place is a misunderstanding, not a remark. */
const KINDS_OF_KEY: readonly [keyof ChannelYaml, readonly ChannelYaml['kind'][]][] = [
  ['secretFile', ['webhook', 'smtp']],
  ['secretEnv', ['webhook', 'smtp']],
  ['tokenFile', ['webhook']],
  ['tokenEnv', ['webhook']],
  ['from', ['smtp']],
  ['to', ['smtp']],
  ['tls', ['syslog', 'webhook', 'smtp']],
];

/** Returns what is wrong with the channels under `notify:`, each at its place. */
export function channelProblems(channels: readonly ChannelYaml[]): Problem[] {
  return channels.flatMap((channel, index) => {
    const at = (key: string, message: string): Problem => ({
      path: ['notify', index, key] as KeyPath,
      message,
    });
    return [...misplaced(channel, at), ...targetProblems(channel, at), ...secretProblems(channel, at)];
  });
}

type At = (key: string, message: string) => Problem;

function misplaced(channel: ChannelYaml, at: At): Problem[] {
  return KINDS_OF_KEY.flatMap(([key, kinds]) =>
    channel[key] === undefined || kinds.includes(channel.kind)
      ? []
      : [at(key, `belongs to ${kinds.join(' and ')} only; take it out of this ${channel.kind} channel`)],
  );
}

function targetProblems({ kind, target }: ChannelYaml, at: At): Problem[] {
  if (kind === 'file') return [];
  if (kind === 'webhook') return webhookProblems(target, at);
  const endpoint = endpointOf(target);
  const protocols = kind === 'syslog' ? ['tcp', 'tls'] : ['smtp', 'smtps'];
  if (endpoint && protocols.includes(endpoint.protocol)) {
    if (kind === 'smtp' || endpoint.user === undefined) return [];
    return [at('target', 'syslog knows no user; write tcp://host:601 or tls://host:6514')];
  }
  const example =
    kind === 'syslog' ? 'tcp://host:601 or tls://host:6514' : 'smtps://user@host:465 or smtp://host:587';
  return [at('target', `must be ${example}, without a password`)];
}

function webhookProblems(target: string, at: At): Problem[] {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (!url || !['https:', 'http:'].includes(url.protocol))
    return [at('target', 'must be an https:// address')];
  if (url.username || url.password) {
    return [at('target', 'must hold no user or password; name a token with tokenFile or tokenEnv')];
  }
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return [];
  return [at('target', 'must be https:// : over http:// anybody on the way reads where the data went')];
}

function secretProblems(channel: ChannelYaml, at: At): Problem[] {
  const { kind, secretFile, secretEnv, tokenFile, tokenEnv, tls } = channel;
  const secret = secretFile ?? secretEnv;
  const problems: Problem[] = [];
  if (secretFile !== undefined && secretEnv !== undefined)
    problems.push(at('secretEnv', 'give secretFile or secretEnv, not both'));
  if (tokenFile !== undefined && tokenEnv !== undefined)
    problems.push(at('tokenEnv', 'give tokenFile or tokenEnv, not both'));
  if ((tls?.cert === undefined) !== (tls?.key === undefined))
    problems.push(at('tls', 'cert and key belong together'));
  if (kind === 'webhook' && (secret ?? tokenFile ?? tokenEnv) === undefined)
    problems.push(at('kind', 'a webhook is signed: name its key with secretFile or secretEnv, or a token'));
  return kind === 'smtp' ? [...problems, ...mailProblems(channel, secret, at)] : problems;
}

function mailProblems({ target, from, to }: ChannelYaml, secret: string | undefined, at: At): Problem[] {
  const user = endpointOf(target)?.user;
  const problems: Problem[] = [];
  if (from === undefined || to === undefined) problems.push(at('kind', 'smtp needs from and to'));
  if (user !== undefined && secret === undefined)
    problems.push(at('target', `name the password of ${user} with secretFile or secretEnv`));
  if (user === undefined && secret !== undefined)
    problems.push(at('target', 'a password needs its user: write smtps://user@host:465'));
  return problems;
}
