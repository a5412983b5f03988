import { resolve } from 'node:path';
import type { ChannelYaml } from './notify-schema.ts';

/** Where a secret lies; weir.yaml never holds one. */
export type SecretPlace = { readonly file: string } | { readonly env: string };

/** PEM files, absolute. Undefined: the public authorities, no certificate of our own. */
export interface TlsFiles {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

interface Common {
  readonly name: string;
  readonly format: 'ocsf' | 'ecs';
  readonly subjects: readonly ('lead' | 'campaign' | 'incident')[];
  readonly tls: TlsFiles;
}

/** Lines of JSON at the end of a file. */
export interface FileChannel extends Common {
  readonly kind: 'file';
  /** Absolute. */
  readonly path: string;
}

/** RFC 5424 messages over TCP or TLS. */
export interface SyslogChannel extends Common {
  readonly kind: 'syslog';
  readonly host: string;
  readonly port: number;
  readonly encrypted: boolean;
}

/** Signed POST requests. */
export interface WebhookChannel extends Common {
  readonly kind: 'webhook';
  readonly url: string;
  readonly signingKey: SecretPlace | undefined;
  readonly token: SecretPlace | undefined;
  readonly tokenScheme: string;
}

/** Mail to people. */
export interface MailChannel extends Common {
  readonly kind: 'smtp';
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS. */
  readonly encrypted: boolean;
  readonly user: string | undefined;
  readonly password: SecretPlace | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

export type Channel = FileChannel | SyslogChannel | WebhookChannel | MailChannel;

/** The host, port and user of a target such as `tls://host:6514`; the port is the protocol's own where none is stated. */
export interface Endpoint {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
}

/** IANA's ports: syslog-conn, syslog-tls, submission, submissions. */
const PORTS: Readonly<Record<string, number>> = { tcp: 601, tls: 6514, smtp: 587, smtps: 465 };

/** Returns where a target of syslog or smtp points; undefined when it does not. */
export function endpointOf(target: string): Endpoint | undefined {
  const match = /^(tcp|tls|smtps?):\/\/(?:([^\s/@:]+)@)?(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/.exec(
    target,
  );
  const [, protocol = '', user, host = '', port] = match ?? [];
  const number = port === undefined ? PORTS[protocol] : Number(port);
  if (!match || number === undefined || number < 1 || number > 65_535) return undefined;
  return { protocol, host: host.replace(/^\[|\]$/g, ''), port: number, user: decoded(user) };
}

/** A user name may hold an @, written %40. */
function decoded(user: string | undefined): string | undefined {
  try {
    return user === undefined ? undefined : decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** Returns whether a host is this machine: nothing said to it can be overheard on the way. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}

/**
 * Returns the channels that a validated weir.yaml describes; those that make no sense (notify-meaning.ts, which must
 * have run before) are left out.
 * @param folder where relative paths start.
 */
export function resolveChannels(channels: readonly ChannelYaml[], folder: string): Channel[] {
  return channels.flatMap((yaml): Channel[] => {
    const { name, format, subjects, kind, target } = yaml;
    const file = (path: string | undefined) => (path === undefined ? undefined : resolve(folder, path));
    const tls = { caFile: file(yaml.tls?.ca), certFile: file(yaml.tls?.cert), keyFile: file(yaml.tls?.key) };
    const common = { name, format, subjects, tls };
    const place = (path: string | undefined, env: string | undefined): SecretPlace | undefined =>
      path === undefined ? (env === undefined ? undefined : { env }) : { file: resolve(folder, path) };
    const secret = place(yaml.secretFile, yaml.secretEnv);
    if (kind === 'file') return [{ ...common, kind, path: resolve(folder, target) }];
    if (kind === 'webhook') {
      const token = place(yaml.tokenFile, yaml.tokenEnv);
      return [{ ...common, kind, url: target, signingKey: secret, token, tokenScheme: yaml.tokenScheme }];
    }
    const endpoint = endpointOf(target);
    if (!endpoint) return [];
    const { host, port, user, protocol } = endpoint;
    if (kind === 'syslog') return [{ ...common, kind, host, port, encrypted: protocol === 'tls' }];
    const { from = '', to = [] } = yaml;
    return [
      { ...common, kind, host, port, encrypted: protocol === 'smtps', user, password: secret, from, to },
    ];
  });
}
