import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';

/** A receiver on this machine, with what it got. */
export interface Receiver<Got> {
  readonly port: number;
  readonly got: Got[];
}

/** What an HTTP receiver got. */
export interface Posted {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What an SMTP receiver got: the envelope's receivers and the message's bytes as text. */
export interface Mailed {
  readonly to: readonly string[];
  readonly data: string;
}

/** Makes a certificate for 127.0.0.1 and localhost, signed by itself; returns its files. */
export function selfSigned(folder: string): { certFile: string; keyFile: string } {
  const certFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...key, '-days', '2', ...subject, '-keyout', keyFile, '-out', certFile],
    { stdio: 'ignore' },
  );
  return { certFile, keyFile };
}

/** Takes syslog messages by octet counting, over TCP or, with a certificate, TLS. Parses frames as they come. */
export async function syslogReceiver(tls?: { certFile: string; keyFile: string }): Promise<Receiver<string>> {
  const got: string[] = [];
  const take = (socket: Socket) => {
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const space = rest.indexOf(' ');
        const length = space < 0 ? Number.NaN : Number(rest.subarray(0, space).toString());
        if (Number.isNaN(length) || rest.length < space + 1 + length) return;
        got.push(rest.subarray(space + 1, space + 1 + length).toString());
        rest = rest.subarray(space + 1 + length);
      }
    });
    socket.on('error', () => undefined);
  };
  const server = tls
    ? createTls({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, take)
    : createTcp(take);
  return { port: await listening(server), got };
}

/** Takes posts; answers with the statuses in turn, and with the last one from then on. */
export async function httpReceiver(
  statuses: readonly number[] = [200],
  headers: Record<string, string> = {},
): Promise<Receiver<Posted>> {
  const got: Posted[] = [];
  const server = createHttp((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(statuses[got.length - 1] ?? statuses.at(-1) ?? 200, headers).end();
    });
  });
  return { port: await listening(server), got };
}

/** Takes mail; `refuse` names receivers it does not know. */
export async function mailReceiver(refuse: readonly string[] = []): Promise<Receiver<Mailed>> {
  const got: Mailed[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) =>
      done(refuse.includes(address) ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null),
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        got.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          data: Buffer.concat(parts).toString(),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, got };
}

/** Returns a port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcp();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (server.address() as AddressInfo).port;
}
