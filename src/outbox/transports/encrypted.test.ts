import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/support/ledgers.ts';
import {
  authority,
  httpReceiver,
  type Identity,
  mailReceiver,
  signedBy,
  syslogReceiver,
} from '../../../tests/support/receivers.ts';
import { resolveChannels } from '../../facility/channels.ts';
import { channelSchema } from '../../facility/notify-schema.ts';
import { asciiJson, type Message } from '../message.ts';
import { senderOf } from './sender.ts';

const MESSAGE: Message = {
  id: 'a'.repeat(32),
  kind: 'lead',
  subject: '202ffdc730695c98',
  activity: 'create',
  gravity: 'medium',
  writtenMillis: Date.parse('2026-03-01T12:00:00.123Z'),
  json: asciiJson({ uid: 'a'.repeat(32) }),
  title: '[Weir] new lead',
  letter: 'Hello\n',
};

/** An authority of the centre's own, one that nobody trusts, and receivers' certificates by them. */
let folder = '';
let good: Identity;
let elsewhere: Identity;
let stranger: Identity;

/** Not a name of this machine as far as Weir knows, so that encryption is demanded; it leads to it all the same. */
const OUTSIDE = '127.1';

beforeAll(() => {
  folder = temporaryFolder();
  const centre = authority(folder, 'centre');
  good = signedBy(centre, folder, 'good', ['DNS:localhost', `DNS:${OUTSIDE}`, 'IP:127.0.0.1']);
  elsewhere = signedBy(centre, folder, 'elsewhere', ['DNS:elsewhere.example']);
  stranger = signedBy(authority(folder, 'nobody'), folder, 'stranger', ['DNS:localhost', `DNS:${OUTSIDE}`]);
  writeFileSync(join(folder, 'password'), 'open sesame\n', { mode: 0o600 });
  writeFileSync(join(folder, 'wrong'), 'open barley\n', { mode: 0o600 });
});

function sender(yaml: Record<string, unknown>) {
  const [channel] = resolveChannels([channelSchema.parse({ name: 'c', ...yaml })], folder);
  if (!channel) throw new Error('no channel');
  return senderOf(channel);
}

const TRUST = { tls: { ca: 'centre-ca.pem' } };
const letters = { kind: 'smtp', from: 'weir@c.example', to: ['soc@c.example'] };
const refused = (reason: RegExp) => ({ ok: false, lasting: false, reason: expect.stringMatching(reason) });

describe('a webhook by https', () => {
  const hook = (port: number, more: object = TRUST) =>
    sender({ kind: 'webhook', target: `https://localhost:${port}/x`, secretFile: 'password', ...more });

  it('reaches a receiver whose certificate the centre signed', async () => {
    const { port, got } = await httpReceiver([200], {}, good);
    expect(await hook(port)(MESSAGE)).toEqual({ ok: true });
    expect(got).toMatchObject([{ url: '/x', body: MESSAGE.json }]);
  });

  it('gives nothing to one that it cannot verify', async () => {
    const unknown = await httpReceiver([200], {}, stranger);
    const other = await httpReceiver([200], {}, elsewhere);
    const plain = await httpReceiver();
    expect(await hook(unknown.port)(MESSAGE)).toMatchObject(refused(/unable to verify|issuer certificate/));
    expect(await hook(other.port)(MESSAGE)).toMatchObject(refused(/ERR_TLS_CERT_ALTNAME_INVALID/));
    expect(await hook(plain.port)(MESSAGE)).toMatchObject(refused(/^[A-Z_]+: [a-z ]+$/));
    const good2 = await httpReceiver([200], {}, good);
    expect(await hook(good2.port, {})(MESSAGE)).toMatchObject(refused(/unable to verify|issuer certificate/));
    expect([...unknown.got, ...other.got, ...plain.got, ...good2.got]).toEqual([]);
  });
});

describe('mail', () => {
  it('begins TLS where it is offered, logs in, and is delivered encrypted', async () => {
    const { port, got } = await mailReceiver({ tls: good, logins: { weir: 'open sesame' } });
    const target = `smtp://weir@${OUTSIDE}:${port}`;
    expect(await sender({ ...letters, ...TRUST, target, secretFile: 'password' })(MESSAGE)).toEqual({
      ok: true,
    });
    expect(got).toMatchObject([{ encrypted: true, user: 'weir', to: ['soc@c.example'] }]);
  });

  it('goes over TLS from the first byte as well', async () => {
    const { port, got } = await mailReceiver({ tls: good, implicit: true, logins: { weir: 'open sesame' } });
    const target = `smtps://weir@localhost:${port}`;
    expect(await sender({ ...letters, ...TRUST, target, secretFile: 'password' })(MESSAGE)).toEqual({
      ok: true,
    });
    expect(got).toMatchObject([{ encrypted: true, user: 'weir' }]);
  });

  it('is not sent, and no password shown, where no TLS is offered or the receiver cannot be verified', async () => {
    const logins = { weir: 'open sesame' };
    const plain = await mailReceiver({ logins });
    const unknown = await mailReceiver({ tls: stranger, logins });
    const other = await mailReceiver({ tls: elsewhere, logins });
    const mail = (port: number) =>
      sender({ ...letters, ...TRUST, target: `smtp://weir@${OUTSIDE}:${port}`, secretFile: 'password' });
    // It would be the same for every message: nothing to try again, and nothing to try the next one for.
    const never = { ok: false, lasting: true, ofEvery: true, reason: expect.stringContaining('STARTTLS') };
    expect(await mail(plain.port)(MESSAGE)).toMatchObject(never);
    expect(await mail(unknown.port)(MESSAGE)).toMatchObject(refused(/unable to verify|issuer certificate/));
    expect(await mail(other.port)(MESSAGE)).toMatchObject(refused(/does not match certificate/));
    expect([...plain.got, ...unknown.got, ...other.got]).toEqual([]);
  });

  it('is refused for good with a wrong password, which no message repeats', async () => {
    const { port, got } = await mailReceiver({ tls: good, logins: { weir: 'open sesame' } });
    const target = `smtp://weir@${OUTSIDE}:${port}`;
    const outcome = await sender({ ...letters, ...TRUST, target, secretFile: 'wrong' })(MESSAGE);
    expect(outcome).toMatchObject({ ok: false, lasting: true, ofEvery: true });
    expect(outcome).toMatchObject({ reason: expect.stringContaining('535') });
    expect(JSON.stringify(outcome)).not.toContain('barley');
    expect(got).toEqual([]);
  });
});

it('syslog is taken to a receiver whose certificate the centre signed, and to none of another name', async () => {
  const { port, got } = await syslogReceiver(good);
  const other = await syslogReceiver(elsewhere);
  const syslog = (to: number) => sender({ kind: 'syslog', target: `tls://localhost:${to}`, ...TRUST });
  expect(await syslog(port)(MESSAGE)).toEqual({ ok: true });
  expect(await syslog(other.port)(MESSAGE)).toMatchObject(refused(/ERR_TLS_CERT_ALTNAME_INVALID/));
  expect([got.length, other.got.length]).toEqual([1, 0]);
});
