import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
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

/** What an SMTP receiver got: the envelope's receivers, the message's bytes as text, and how it came. */
export interface Mailed {
  readonly to: readonly string[];
  readonly data: string;
  readonly encrypted: boolean;
  /** Who logged in. */
  readonly user: string | undefined;
}

/** A certificate and its key, PEM files. */
export interface Identity {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Makes a certificate for 127.0.0.1 and localhost, signed by itself; returns its files. */
export function selfSigned(folder: string): Identity {
  const certFile = join(folder, 'cert.pem');
  const keyFile = join(folder, 'key.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  openssl('req', '-x509', ...NEW_KEY, '-days', '2', ...subject, ...out({ certFile, keyFile }));
  return { certFile, keyFile };
}

/** Makes an authority, `NAME-ca.pem`, of a centre's own. */
export function authority(folder: string, name: string): Identity {
  const made = { certFile: join(folder, `${name}-ca.pem`), keyFile: join(folder, `${name}-ca.key`) };
  openssl('req', '-x509', ...NEW_KEY, '-days', '2', '-subj', `/CN=${name}`, ...out(made));
  return made;
}

/**
 * Makes a certificate signed by an authority.
 * @param names as in a certificate: `DNS:localhost`, `IP:127.0.0.1`.
 */
export function signedBy(ca: Identity, folder: string, name: string, names: readonly string[]): Identity {
  const made = { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) };
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  writeFileSync(extensions, names.length > 0 ? `subjectAltName=${names.join(',')}\n` : '');
  openssl('req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', made.keyFile, '-out', request);
  const signing = ['-CA', ca.certFile, '-CAkey', ca.keyFile, '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', request, ...signing, '-extfile', extensions, '-out', made.certFile);
  return made;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(...words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'ignore' });
}

function out({ certFile, keyFile }: Identity): string[] {
  return ['-keyout', keyFile, '-out', certFile];
}

/** Returns an identity as node:tls takes it. */
function pemOf({ certFile, keyFile }: Identity): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

/** Takes syslog messages by octet counting, over TCP or, with a certificate, TLS. Parses frames as they come. */
export async function syslogReceiver(tls?: Identity): Promise<Receiver<string>> {
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
  const server = tls ? createTls(pemOf(tls), take) : createTcp(take);
  return { port: await listening(server), got };
}

/** Takes posts; answers with the statuses in turn, and with the last one from then on. */
export async function httpReceiver(
  statuses: readonly number[] = [200],
  headers: Record<string, string> = {},
  tls?: Identity,
): Promise<Receiver<Posted>> {
  const got: Posted[] = [];
  const take: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(statuses[got.length - 1] ?? statuses.at(-1) ?? 200, headers).end();
    });
  };
  const server = tls ? createHttps(pemOf(tls), take) : createHttp(take);
  return { port: await listening(server), got };
}

/** How a mail receiver is set up; it takes everything from everybody unless told otherwise. */
export interface MailHabits {
  /** Receivers that it does not know. */
  readonly refuse?: readonly string[];
  /** Its certificate: it offers STARTTLS then. */
  readonly tls?: Identity;
  /** TLS from the first byte. */
  readonly implicit?: boolean;
  /** Names and passwords that it demands. */
  readonly logins?: Readonly<Record<string, string>>;
}

/** Takes mail. */
export async function mailReceiver(habits: MailHabits = {}): Promise<Receiver<Mailed>> {
  const { refuse = [], tls, implicit = false, logins } = habits;
  const got: Mailed[] = [];
  const server = new SMTPServer({
    ...(tls ? { ...pemOf(tls), secure: implicit } : { disabledCommands: ['STARTTLS'] }),
    authOptional: logins === undefined,
    onAuth: ({ username = '', password }, _session, done) =>
      logins?.[username] !== undefined && logins[username] === password
        ? done(null, { user: username })
        : done(Object.assign(new Error('wrong name or password'), { responseCode: 535 })),
    onRcptTo: ({ address }, _session, done) =>
      done(refuse.includes(address) ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null),
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        got.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          data: Buffer.concat(parts).toString(),
          encrypted: session.secure,
          user: session.user,
        });
        done();
      });
    },
  });
  // A client that turns away in the middle of a handshake is no error of the receiver.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, got };
}

/** Takes connections, reads nothing and closes none: a receiver that hangs. */
export async function silentReceiver(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = createTcp({ allowHalfOpen: true }, (socket) => {
    connections += 1;
    socket.pause().on('error', () => undefined);
  });
  return { port: await listening(server), connections: () => connections };
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
