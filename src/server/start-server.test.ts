import { afterEach, describe, expect, it } from 'vitest';
import { fixedOperations } from '../../tests/end-to-end/fixed-operations.ts';
import { ConfigurationError } from '../errors.ts';
import { type RunningServer, startServer } from './start-server.ts';

const running: RunningServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(options: Partial<Parameters<typeof startServer>[1]> = {}) {
  const server = await startServer(fixedOperations(), { port: 0, logLevel: 'silent', ...options });
  running.push(server);
  return server;
}

describe('startServer', () => {
  it('listens on the loopback and says where', async () => {
    const { url } = await start();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const answer = await fetch(`${url}/v1/facility`);
    expect(await answer.json()).toEqual({ name: 'Example Computing Centre', simulated: true });
  });

  it('names a port that is in use', async () => {
    const port = Number(new URL((await start()).url).port);
    await expect(start({ port })).rejects.toThrow(ConfigurationError);
    await expect(start({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
  });

  it('does not listen beyond the loopback', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow(/no accounts yet/);
  });
});
