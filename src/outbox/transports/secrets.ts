import { readFileSync, statSync } from 'node:fs';
import { ConfigurationError } from '../../errors.ts';
import type { SecretPlace, TlsFiles } from '../../facility/channels.ts';

/** Read and write for others. */
const OTHERS = 0o007;
const SECRET_CHARS_MAX = 10_000;

/**
 * Returns the secret that lies at a place, without the newline that editors add. It goes into no message of an error.
 * @throws ConfigurationError when it is not there, empty, or lies open to others.
 */
export function readSecret(place: SecretPlace, channel: string): string {
  const secret = 'env' in place ? process.env[place.env] : readPrivate(place.file, channel);
  const where = 'env' in place ? `the environment variable ${place.env}` : place.file;
  const trimmed = secret?.replace(/\r?\n$/, '') ?? '';
  if (trimmed !== '' && trimmed.length <= SECRET_CHARS_MAX) return trimmed;
  throw new ConfigurationError(`notify channel ${channel}: ${where} holds no secret; put it there`);
}

function readPrivate(file: string, channel: string): string {
  try {
    if ((statSync(file).mode & OTHERS) !== 0) {
      throw new ConfigurationError(
        `notify channel ${channel}: ${file} lies open to every user of this machine; chmod 600 it`,
      );
    }
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw unreadable(file, channel, cause);
  }
}

/** Certificates as node:tls takes them. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly minVersion: 'TLSv1.2';
}

/**
 * Returns the certificates of a channel. Receivers are always verified: no setting turns that off.
 * @throws ConfigurationError when a file cannot be read, or the key lies open to others.
 */
export function readTls({ caFile, certFile, keyFile }: TlsFiles, channel: string): TlsMaterial {
  const read = (file: string) => {
    try {
      return readFileSync(file, 'utf8');
    } catch (cause) {
      throw unreadable(file, channel, cause);
    }
  };
  return {
    minVersion: 'TLSv1.2',
    ...(caFile === undefined ? {} : { ca: read(caFile) }),
    ...(certFile === undefined ? {} : { cert: read(certFile) }),
    ...(keyFile === undefined ? {} : { key: readPrivate(keyFile, channel) }),
  };
}

function unreadable(file: string, channel: string, cause: unknown): ConfigurationError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConfigurationError(`notify channel ${channel}: cannot read ${file}: ${reason}`, { cause });
}
