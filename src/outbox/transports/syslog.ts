import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectEncrypted } from 'node:tls';
import type { SyslogChannel } from '../../facility/channels.ts';
import { weirVersion } from '../../version.ts';
import { failed, type Message, type Send, type Sent } from '../message.ts';
import { readTls } from './secrets.ts';

/** authpriv: receivers keep it apart from what everybody may read. RFC 5424, table 1. */
const FACILITY = 10;
/** RFC 5424, table 2: error, warning, notice. */
const SEVERITIES = { high: 3, medium: 4, informational: 5 } as const;
const TIMEOUT_MILLIS = 20_000;
/** For the receiver to close its side too, or to complain. */
const PARTING_MILLIS = 2_000;

/**
 * Returns the function that sends messages by syslog, each over a connection of its own: the protocol has no answer,
 * and a connection that the receiver closes in good order is the nearest thing to one.
 */
export function syslogSender(channel: SyslogChannel): Send {
  const { host, port, encrypted, tls, name } = channel;
  const material = encrypted ? readTls(tls, name) : undefined;
  const open = () =>
    material
      ? connectEncrypted({ host, port, ...material, ...(isIP(host) ? {} : { servername: host }) })
      : connectPlain({ host, port });
  return (message) => exchange(open(), encrypted ? 'secureConnect' : 'connect', frameOf(message));
}

/** Returns a message as RFC 5424 has it, behind its length in bytes (RFC 6587 3.4.1, RFC 5425 4.3). */
export function frameOf(message: Message): Buffer {
  const priority = FACILITY * 8 + SEVERITIES[message.gravity];
  const at = new Date(message.writtenMillis).toISOString();
  const host =
    hostname()
      .replace(/[^\x21-\x7e]/g, '_')
      .slice(0, 255) || '-';
  const origin = `[origin software="Weir" swVersion="${weirVersion.replace(/["\\\]]/g, '_')}"]`;
  // The JSON is ASCII, so no byte order mark has to say that it is UTF-8 (RFC 5424 6.4).
  const text = `<${priority}>1 ${at} ${host} weir ${process.pid} ${message.kind} ${origin} ${message.json}`;
  return Buffer.from(`${Buffer.byteLength(text)} ${text}`);
}

function exchange(socket: Socket, ready: 'connect' | 'secureConnect', frame: Buffer): Promise<Sent> {
  return new Promise((resolve) => {
    let written = false;
    const settle = (sent: Sent) => {
      socket.destroy();
      resolve(sent);
    };
    socket.setTimeout(TIMEOUT_MILLIS);
    // One listener for both waits: what was handed over whole and is met with silence was taken.
    socket.once('timeout', () =>
      settle(written ? { ok: true } : failed(new Error(`no answer within ${TIMEOUT_MILLIS / 1000} s`))),
    );
    socket.once(ready, () => socket.end(frame));
    socket.once('finish', () => {
      written = true;
      socket.setTimeout(PARTING_MILLIS);
    });
    socket.once('error', (error) => settle(failed(error)));
    socket.once('close', () =>
      settle(written ? { ok: true } : failed(new Error('the receiver closed the connection'))),
    );
    socket.resume();
  });
}
