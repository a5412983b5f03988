import { createHmac } from 'node:crypto';
import { request as requestPlain } from 'node:http';
import { type RequestOptions, request as requestEncrypted } from 'node:https';
import type { WebhookChannel } from '../../facility/channels.ts';
import { weirVersion } from '../../version.ts';
import { failed, type Message, type Send, type Sent } from '../message.ts';
import { readSecret, readTls } from './secrets.ts';

const TIMEOUT_MILLIS = 20_000;
/** Stands in a target for the message's id. */
const ID = '{id}';

/**
 * Returns the function that posts messages, signed as Standard Webhooks has it (https://www.standardwebhooks.com): the
 * HMAC-SHA256 of `id.timestamp.body`. The id is the idempotency key as well.
 * @throws ConfigurationError when a secret or certificate cannot be read.
 */
export function webhookSender(channel: WebhookChannel): Send {
  const { name, signingKey, token, tokenScheme, url } = channel;
  const key = signingKey === undefined ? undefined : keyOf(readSecret(signingKey, name));
  const authorization = token === undefined ? undefined : `${tokenScheme} ${readSecret(token, name)}`;
  const tls = readTls(channel.tls, name);
  return (message) => {
    // A URL as browsers read it writes braces as %7B and %7D.
    const target = new URL(url.replaceAll(ID, message.id));
    const seconds = String(Math.floor(Date.now() / 1000));
    const headers = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(message.json)),
      'user-agent': `Weir/${weirVersion}`,
      'idempotency-key': message.id,
      'webhook-id': message.id,
      'webhook-timestamp': seconds,
      ...(key === undefined ? {} : { 'webhook-signature': signatureOf(key, message, seconds) }),
      ...(authorization === undefined ? {} : { authorization }),
    };
    return post(target, { ...tls, method: 'POST', headers }, message.json, url.includes(ID));
  };
}

/** Returns `v1,` and the signature in base64. @param seconds since 1970, as in the header. */
export function signatureOf(
  key: Buffer,
  { id, json }: Pick<Message, 'id' | 'json'>,
  seconds: string,
): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${json}`).digest('base64')}`;
}

/** `whsec_` and base64 are Standard Webhooks' way to write a key; anything else is the key's own bytes. */
export function keyOf(secret: string): Buffer {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  return encoded === undefined ? Buffer.from(secret) : Buffer.from(encoded, 'base64');
}

function post(target: URL, options: RequestOptions, body: string, named: boolean): Promise<Sent> {
  return new Promise((resolve) => {
    const send = target.protocol === 'http:' ? requestPlain : requestEncrypted;
    const request = send(target, { ...options, agent: false }, (response) => {
      response.resume();
      response.once('error', (error) => resolve(failed(error)));
      resolve(answerOf(response.statusCode ?? 0, response.headers['retry-after'], named));
    });
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${TIMEOUT_MILLIS / 1000} s`)),
      TIMEOUT_MILLIS,
    );
    request.once('error', (error) => resolve(failed(error)));
    request.once('close', () => clearTimeout(timer));
    request.end(body);
  });
}

/** What a receiver says in its body stays unread: it may echo the token, and it is not for a terminal. */
function answerOf(status: number, retryAfter: string | undefined, named: boolean): Sent {
  if (status >= 200 && status < 300) return { ok: true };
  // Where the id names what is made, a conflict says that it was made already.
  if (status === 409 && named) return { ok: true };
  const passing = status >= 500 || [408, 409, 425, 429].includes(status);
  const redirect =
    status >= 300 && status < 400 ? '; redirects are not followed, name the final address' : '';
  return {
    ok: false,
    lasting: !passing,
    ...(redirect !== '' || OF_EVERY.includes(status) ? { ofEvery: true } : {}),
    reason: `the receiver answered ${status}${redirect}`,
    waitMillis: waitOf(retryAfter),
  };
}

/** Not about a message but about who sends it, and to where: unauthorised, forbidden, not found, method not allowed, gone. */
const OF_EVERY = [401, 403, 404, 405, 410];

/** Retry-After in seconds or as a date (RFC 9110 10.2.3). */
function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,6}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const until = Date.parse(retryAfter);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}
