import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/support/ledgers.ts';
import {
  closedPort,
  httpReceiver,
  mailReceiver,
  selfSigned,
  silentReceiver,
  syslogReceiver,
} from '../../../tests/support/receivers.ts';
import { resolveChannels } from '../../facility/channels.ts';
import { channelSchema } from '../../facility/notify-schema.ts';
import { asciiJson, type Message } from '../message.ts';
import { senderOf } from './sender.ts';
import { keyOf, signatureOf } from './webhook.ts';

const NASTY = '=cmd|x!A1\r\nBcc: all@x.example\u2028\u202e\u0000 ü <83>1 "}\n{"a":1}';

function messageOf(id = 'a'.repeat(32)): Message {
  return {
    id,
    kind: 'lead',
    subject: '202ffdc730695c98',
    activity: 'create',
    gravity: 'medium',
    writtenMillis: Date.parse('2026-03-01T12:00:00.123Z'),
    json: asciiJson({ uid: id, name: NASTY }),
    title: `[Weir] new lead: ${NASTY}`,
    letter: `Hello\n${NASTY}\n`,
  };
}

function sender(folder: string, yaml: Record<string, unknown>) {
  const [channel] = resolveChannels([channelSchema.parse({ name: 'c', ...yaml })], folder);
  if (!channel) throw new Error('no channel');
  return senderOf(channel);
}

it('frames syslog by octets, with a header of RFC 5424, whatever a name holds', async () => {
  const { port, got } = await syslogReceiver();
  const send = sender('/', { kind: 'syslog', target: `tcp://127.0.0.1:${port}` });
  expect(await send(messageOf())).toEqual({ ok: true });
  expect(await send(messageOf('b'.repeat(32)))).toEqual({ ok: true });
  expect(got).toHaveLength(2);
  const [, header, json] =
    /^(<84>1 2026-03-01T12:00:00\.123Z \S+ weir \d+ lead \[origin [^\]]+\]) (.*)$/.exec(got[0] ?? '') ?? [];
  expect(header).toBeDefined();
  expect(JSON.parse(json ?? '')).toEqual({ uid: 'a'.repeat(32), name: NASTY });
  expect(got[0]).toMatch(/^[\x20-\x7e]+$/);
});

it('takes silence for an answer when the whole message was handed over: it is sent once', async () => {
  const { port, connections } = await silentReceiver();
  const send = sender('/', { kind: 'syslog', target: `tcp://127.0.0.1:${port}` });
  expect(await send(messageOf())).toEqual({ ok: true });
  expect(connections()).toBe(1);
});

it('speaks TLS to receivers it can verify, and to no others', async () => {
  const folder = temporaryFolder();
  const tls = selfSigned(folder);
  const { port, got } = await syslogReceiver(tls);
  const trusting = sender(folder, {
    kind: 'syslog',
    target: `tls://localhost:${port}`,
    tls: { ca: 'cert.pem' },
  });
  expect(await trusting(messageOf())).toEqual({ ok: true });
  expect(got).toHaveLength(1);
  const strict = sender(folder, { kind: 'syslog', target: `tls://localhost:${port}` });
  expect(await strict(messageOf())).toMatchObject({
    ok: false,
    lasting: false,
    reason: expect.stringContaining('self-signed'),
  });
  const plain = await syslogReceiver();
  const hopeful = sender(folder, {
    kind: 'syslog',
    target: `tls://localhost:${plain.port}`,
    tls: { ca: 'cert.pem' },
  });
  expect(
    await Promise.race([
      hopeful(messageOf()),
      new Promise((resolve) => setTimeout(() => resolve('silent'), 500)),
    ]),
  ).not.toEqual({ ok: true });
  expect([...got, ...plain.got]).toHaveLength(1);
  const nobody = sender('/', { kind: 'syslog', target: `tcp://127.0.0.1:${await closedPort()}` });
  expect(await nobody(messageOf())).toMatchObject({
    ok: false,
    lasting: false,
    reason: expect.stringContaining('ECONNREFUSED'),
  });
});

it('signs webhooks so that a receiver can check them, and shows a token', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'key'), 'whsec_c2VjcmV0\n', { mode: 0o600 });
  writeFileSync(join(folder, 'token'), 't0ken\n', { mode: 0o600 });
  const { port, got } = await httpReceiver();
  const send = sender(folder, {
    kind: 'webhook',
    target: `http://127.0.0.1:${port}/x?sourcetype=ocsf`,
    secretFile: 'key',
    tokenFile: 'token',
    tokenScheme: 'Splunk',
  });
  expect(await send(messageOf())).toEqual({ ok: true });
  const [{ headers, body, url } = { headers: {}, body: '', url: '' }] = got;
  expect(url).toBe('/x?sourcetype=ocsf');
  expect(headers).toMatchObject({ 'idempotency-key': 'a'.repeat(32), authorization: 'Splunk t0ken' });
  const seconds = String(headers['webhook-timestamp']);
  expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(600);
  expect(keyOf('whsec_c2VjcmV0').toString()).toBe('secret');
  expect(headers['webhook-signature']).toBe(
    signatureOf(Buffer.from('secret'), { id: 'a'.repeat(32), json: body }, seconds),
  );
  expect(signatureOf(Buffer.from('secret'), { id: 'a'.repeat(32), json: `${body} ` }, seconds)).not.toBe(
    headers['webhook-signature'],
  );
});

it('signs as the published example of Standard Webhooks does', () => {
  const signature = signatureOf(
    keyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', json: '{"test": 2432232314}' },
    '1614265330',
  );
  expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

it.each([
  [503, '7', { ok: false, lasting: false, waitMillis: 7000 }],
  [429, undefined, { ok: false, lasting: false, waitMillis: undefined }],
  [401, undefined, { ok: false, lasting: true }],
  [
    302,
    undefined,
    { ok: false, lasting: true, reason: expect.stringContaining('redirects are not followed') },
  ],
  [409, undefined, { ok: false, lasting: false }],
])('knows what a webhook means by %i', async (status, retryAfter, expected) => {
  process.env.WEIR_TEST_KEY = 'k';
  const { port } = await httpReceiver([status], {
    ...(retryAfter ? { 'retry-after': retryAfter } : {}),
    location: '/',
  });
  const send = sender('/', {
    kind: 'webhook',
    target: `http://127.0.0.1:${port}/`,
    secretEnv: 'WEIR_TEST_KEY',
  });
  expect(await send(messageOf())).toMatchObject(expected);
});

it('takes a conflict for a copy where the id names what is made', async () => {
  process.env.WEIR_TEST_KEY = 'k';
  const { port, got } = await httpReceiver([409]);
  const target = `http://127.0.0.1:${port}/logs-weir/_create/{id}`;
  const send = sender('/', { kind: 'webhook', target, tokenEnv: 'WEIR_TEST_KEY', tokenScheme: 'ApiKey' });
  expect(await send(messageOf())).toEqual({ ok: true });
  expect(got[0]?.url).toBe(`/logs-weir/_create/${'a'.repeat(32)}`);
  expect(got[0]?.headers['webhook-signature']).toBeUndefined();
});

it('mails a letter that no name can turn into another, and says whom it did not reach', async () => {
  const { port, got } = await mailReceiver({ refuse: ['gone@c.example'] });
  const mail = { kind: 'smtp', target: `smtp://127.0.0.1:${port}`, from: 'weir@c.example' };
  const send = sender('/', { ...mail, to: ['soc@c.example', 'gone@c.example'] });
  expect(await send(messageOf())).toEqual({ ok: true, remark: 'not delivered to gone@c.example' });
  const [{ to, data } = { to: [], data: '' }] = got;
  expect(to).toEqual(['soc@c.example']);
  const head = data.split('\r\n\r\n')[0] ?? '';
  expect(head).toContain(`Message-ID: <${'a'.repeat(32)}@c.example>`);
  expect(head).not.toMatch(/^Bcc:/im);
  const attached = Buffer.from(
    /base64\r\nContent-Disposition: attachment[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(data)?.[1] ?? '',
    'base64',
  );
  expect(JSON.parse(attached.toString())).toEqual({ uid: 'a'.repeat(32), name: NASTY });
  const refused = sender('/', { ...mail, to: ['gone@c.example'] });
  expect(await refused(messageOf())).toMatchObject({ ok: false, lasting: true });
});

it('appends lines to a file once, ends a torn one, and takes nothing but a file', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'alerts.ndjson');
  const send = sender(folder, { kind: 'file', target: 'alerts.ndjson' });
  expect(await send(messageOf())).toEqual({ ok: true });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await send(messageOf())).toEqual({ ok: true });
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"torn":`);
  expect(await send(messageOf('b'.repeat(32)))).toEqual({ ok: true });
  expect(readFileSync(path, 'utf8').split('\n')).toEqual([
    messageOf().json,
    '{"torn":',
    messageOf('b'.repeat(32)).json,
    '',
  ]);
  const nowhere = sender(folder, { kind: 'file', target: 'missing/alerts.ndjson' });
  expect(await nowhere(messageOf())).toMatchObject({ ok: false, lasting: false });
  expect(await sender('/', { kind: 'file', target: folder })(messageOf())).toMatchObject({ ok: false });
});

it('refuses secrets that lie open or are not there, without naming them', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'open'), 'hush-hush', { mode: 0o644 });
  writeFileSync(join(folder, 'empty'), '\n', { mode: 0o600 });
  const webhook = { kind: 'webhook', target: 'https://h.example/' };
  expect(() => sender(folder, { ...webhook, secretFile: 'open' })).toThrow('chmod 600');
  expect(() => sender(folder, { ...webhook, secretFile: 'open' })).not.toThrow('hush');
  expect(() => sender(folder, { ...webhook, secretFile: 'empty' })).toThrow('holds no secret');
  expect(() => sender(folder, { ...webhook, secretFile: 'none' })).toThrow('cannot read');
  expect(() => sender(folder, { ...webhook, secretEnv: 'WEIR_TEST_UNSET' })).toThrow('WEIR_TEST_UNSET');
});
