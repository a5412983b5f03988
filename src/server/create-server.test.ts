import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { fixedOperations } from '../../tests/end-to-end/fixed-operations.ts';
import { ConfigurationError, LedgerError } from '../errors.ts';
import { detectAnswer } from '../operations/answers/detect.ts';
import { reportAnswer } from '../operations/answers/report.ts';
import { createServer, type ServerOptions } from './create-server.ts';
import type { ReportQuery } from './queries.ts';
import type { ServerOperations } from './server-operations.ts';

const open: FastifyInstance[] = [];

async function server(change: Partial<ServerOperations> = {}, options: ServerOptions = {}) {
  const app = await createServer({ ...fixedOperations(), ...change }, { logLevel: 'silent', ...options });
  open.push(app);
  return app;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

describe('the API', () => {
  it('answers each question with its operation’s answer', async () => {
    const app = await server();
    const report = await app.inject('/v1/report?by=path');
    expect(report.statusCode).toBe(200);
    expect(reportAnswer.parse(report.json()).rows.map((row) => row.key)).toContain('border');
    expect(detectAnswer.parse((await app.inject('/v1/detect')).json()).campaigns).toHaveLength(2);
    expect((await app.inject('/v1/check')).json().sensors).toHaveLength(3);
    expect((await app.inject('/v1/facility')).json()).toEqual({
      name: 'Example Computing Centre',
      simulated: true,
    });
    expect((await app.inject('/v1/planted')).json().campaigns).toHaveLength(3);
  });

  it('passes the query on, validated and typed', async () => {
    const asked: ReportQuery[] = [];
    const app = await server({
      report: async (query) => {
        asked.push(query);
        return fixedOperations().report(query);
      },
    });
    const query = 'by=day&from=2026-01-01&to=2026-02-01T12:00:00Z&asOf=41&path=vpn&initiator=outside';
    expect((await app.inject(`/v1/report?${query}`)).statusCode).toBe(200);
    expect(asked).toEqual([
      {
        by: 'day',
        from: '2026-01-01',
        to: '2026-02-01T12:00:00Z',
        asOf: 41,
        path: 'vpn',
        initiator: 'outside',
      },
    ]);
  });

  it.each([
    ['/v1/report', 'by'],
    ['/v1/report?by=colour', 'by'],
    ['/v1/report?by=day&by=hour', 'by'],
    ['/v1/report?by=day&from=yesterday', 'from: expected a UTC day'],
    ['/v1/report?by=day&from=2026-02-30', 'from: no such date'],
    ['/v1/report?by=day&from=2026-02-03T25:00:00Z', 'from: no such date'],
    ['/v1/report?by=day&from=2026-02-02&to=2026-02-01', 'to: must be later'],
    ['/v1/report?by=day&asOf=-1', 'asOf: expected a journal position'],
    ['/v1/report?by=day&asOf=', 'asOf: expected a journal position'],
    ['/v1/report?by=day&host=', 'host'],
    ['/v1/report?by=day&initiator=me', 'initiator'],
    [`/v1/report?by=day&path=${'x'.repeat(201)}`, 'path'],
    ['/v1/report?by=day&pathh=vpn', 'pathh'],
    ['/v1/detect?by=day', 'by'],
    ['/v1/check?all=1', 'all'],
  ])('refuses %s with a message that names the mistake', async (url, message) => {
    const answer = await (await server()).inject(url);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json().detail).toContain(message);
  });

  it('says 404 where nothing was planted, and where nothing is', async () => {
    const app = await server({ planted: async () => undefined });
    expect((await app.inject('/v1/planted')).statusCode).toBe(404);
    expect((await app.inject('/v1/nothing')).json().status).toBe(404);
  });

  it('tells the user’s errors in full and keeps defects to the log', async () => {
    const app = await server({
      report: async () => Promise.reject(new ConfigurationError('there is no path “vpnn”')),
      detect: async () => Promise.reject(new LedgerError('entry 41 of the journal is missing')),
      check: async () => Promise.reject(new Error('secret inner state')),
    });
    expect((await app.inject('/v1/report?by=day')).json()).toMatchObject({
      status: 400,
      detail: 'there is no path “vpnn”',
    });
    expect((await app.inject('/v1/detect')).json()).toMatchObject({
      status: 503,
      detail: 'entry 41 of the journal is missing',
    });
    const defect = await app.inject('/v1/check');
    expect(defect.statusCode).toBe(500);
    expect(defect.body).not.toContain('secret');
  });

  it('never sends an answer that breaks its own schema', async () => {
    const app = await server({ facility: async () => ({ name: 'X', simulated: 'yes' }) as never });
    expect((await app.inject('/v1/facility')).statusCode).toBe(500);
  });

  it('computes equal questions asked together once', async () => {
    let runs = 0;
    const app = await server({
      detect: async () => {
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return fixedOperations().detect({});
      },
    });
    const answers = await Promise.all([
      app.inject('/v1/detect?from=2026-01-01&asOf=4'),
      app.inject('/v1/detect?asOf=4&from=2026-01-01'),
    ]);
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200]);
    expect(runs).toBe(1);
  });

  it('is described in docs/schemas/openapi.json as it is (update with `npx vitest run src/server -u`)', async () => {
    const answer = await (await server()).inject('/v1/openapi.json');
    expect(answer.json().openapi).toBe('3.1.0');
    await expect(`${answer.body}\n`).toMatchFileSnapshot('../../docs/schemas/openapi.json');
  });
});

describe('the server’s defences', () => {
  it('refuses to serve beyond the loopback unless told to, and says why', async () => {
    await expect(server({}, { host: '0.0.0.0' })).rejects.toThrow(/no accounts yet/);
    await expect(server({}, { host: '::' })).rejects.toThrow(ConfigurationError);
    await expect(server({}, { host: 'weir.example.org' })).rejects.toThrow(ConfigurationError);
    await expect(server({}, { host: '127.0.0.1.example.org' })).rejects.toThrow(ConfigurationError);
    await expect(server({}, { host: '0.0.0.0', allowNonLoopback: true })).resolves.toBeDefined();
    await expect(server({}, { host: '::1' })).resolves.toBeDefined();
  });

  it('sends a policy without inline code and without other origins', async () => {
    const { headers } = await (await server()).inject('/v1/facility');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1@evil.example', '[::1].evil.example', ':80'])(
    'refuses the host %j',
    async (host) => {
      const answer = await (await server()).inject({ url: '/v1/facility', headers: { host } });
      expect(answer.statusCode).toBe(421);
      expect(answer.body).not.toContain('Example Computing Centre');
    },
  );

  it.each(['localhost:8417', '127.0.0.1:1', 'LOCALHOST', '[::1]:80'])(
    'answers to the host %s',
    async (host) => {
      expect((await (await server()).inject({ url: '/v1/facility', headers: { host } })).statusCode).toBe(
        200,
      );
    },
  );

  it('answers to a name it was allowed', async () => {
    const app = await server({}, { allowedHosts: ['Weir.example.org'] });
    const headers = { host: 'weir.example.org' };
    expect((await app.inject({ url: '/v1/facility', headers })).statusCode).toBe(200);
  });

  it('refuses questions that another site’s page has a browser ask', async () => {
    const app = await server();
    const ask = (site: string) => app.inject({ url: '/v1/facility', headers: { 'sec-fetch-site': site } });
    expect((await ask('cross-site')).statusCode).toBe(403);
    expect((await ask('same-site')).statusCode).toBe(403);
    expect((await ask('same-origin')).statusCode).toBe(200);
    expect((await ask('none')).statusCode).toBe(200);
  });

  it('limits the rate', async () => {
    const app = await server({}, { requestsPerMinute: 3 });
    const codes: number[] = [];
    for (let request = 0; request < 5; request += 1)
      codes.push((await app.inject('/v1/facility')).statusCode);
    expect(codes).toEqual([200, 200, 200, 429, 429]);
  });

  it('logs requests without what they asked for', async () => {
    const lines: string[] = [];
    const log = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const app = await server({}, { log, logLevel: 'info' });
    await app.inject('/v1/report?by=day&principal=u10233');
    await app.inject('/v1/report?by=nothing&principal=u10233');
    await app.inject('/nowhere?principal=u10233');
    expect(lines.filter((line) => line.includes('"path":"/v1/report"'))).toHaveLength(2);
    expect(lines.join('')).not.toContain('u10233');
  });

  it('serves no file outside the console’s folder', async () => {
    const app = await server({}, { consoleFolder: new URL('.', import.meta.url).pathname });
    for (const url of ['/../errors.ts', '/%2e%2e/errors.ts', '/..%2ferrors.ts', '//etc/passwd']) {
      expect((await app.inject(url)).statusCode).toBeGreaterThanOrEqual(400);
    }
  });

  it('says how to build the console where it is not built', async () => {
    const answer = await (await server({}, { consoleFolder: '/nonexistent' })).inject('/');
    expect(answer.body).toContain('npm run build');
  });
});
