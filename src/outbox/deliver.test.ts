import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/ledgers.ts';
import { httpReceiver } from '../../tests/support/receivers.ts';
import type { WebhookChannel } from '../facility/channels.ts';
import type { Box } from './box.ts';
import { deliver } from './deliver.ts';
import { webhookSender } from './transports/webhook.ts';

const QUICK = { attempts: 3, firstWaitMillis: 1, longestWaitMillis: 5 };

/** A channel with three messages that wait. */
const BOX: Box = {
  format: 1,
  channel: 'hook',
  beganMillis: 0,
  known: {},
  pending: ['a', 'b', 'c'].map((letter) => ({
    message: {
      id: letter.repeat(32),
      kind: 'lead',
      subject: letter.repeat(16),
      activity: 'create',
      gravity: 'medium',
      writtenMillis: 0,
      json: '{}',
      title: 'a lead',
      letter: 'a lead\n',
    },
    attempts: 0,
    lastTriedMillis: null,
    lastError: null,
  })),
};

async function delivered(statuses: readonly number[]) {
  const { port, got } = await httpReceiver(statuses);
  const channel: WebhookChannel = {
    kind: 'webhook',
    name: 'hook',
    format: 'ocsf',
    subjects: ['lead'],
    tls: { caFile: undefined, certFile: undefined, keyFile: undefined },
    url: `http://127.0.0.1:${port}/`,
    signingKey: undefined,
    token: undefined,
    tokenScheme: 'Bearer',
  };
  const { sent, waiting } = await deliver(temporaryFolder(), BOX, webhookSender(channel), QUICK);
  return {
    asked: got.map(({ headers }) => String(headers['webhook-id'])[0]).join(''),
    sent: sent.map(({ id }) => id[0]).join(''),
    waiting: waiting.map(({ message, attempts }) => `${message.id[0]}${attempts}`),
  };
}

it('lets the next messages pass one that is refused for what it is', async () => {
  expect(await delivered([422, 200])).toEqual({ asked: 'abc', sent: 'bc', waiting: ['a1'] });
});

it('asks no more where every message would be refused: a wrong password is shown once', async () => {
  for (const status of [401, 403, 404, 302])
    expect(await delivered([status])).toEqual({ asked: 'a', sent: '', waiting: ['a1', 'b0', 'c0'] });
});

it('tries one that is not taken now again, and keeps the order', async () => {
  expect(await delivered([503, 503, 200])).toEqual({ asked: 'aaabc', sent: 'abc', waiting: [] });
  expect(await delivered([503])).toEqual({ asked: 'aaa', sent: '', waiting: ['a3', 'b0', 'c0'] });
});
