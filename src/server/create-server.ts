import { access } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import pino, { type DestinationStream } from 'pino';
import { addGuards, assertBinding, type Binding } from './guards.ts';
import { handleError, sendProblem } from './problems.ts';
import { addRoutes } from './routes.ts';
import type { ServerOperations } from './server-operations.ts';
import { createShare } from './share.ts';

/** Settings of the server; each has a default that is safe on a laptop. */
export interface ServerOptions extends Partial<Binding> {
  /** Folder of the built console; default `web/dist` beside the program. */
  consoleFolder?: string;
  /** Requests a minute that one address may make; default 600. */
  requestsPerMinute?: number;
  /** Questions computed at once; default 2. */
  runningLimit?: number;
  /** Where log lines go; default stderr. */
  log?: DestinationStream;
  /** Least level logged; default `warn`. */
  logLevel?: 'silent' | 'error' | 'warn' | 'info';
}

const CONSOLE_FOLDER = fileURLToPath(new URL('../../web/dist', import.meta.url));
const WAITING_LIMIT = 64;
const STDERR = 2;

/** Everything from this server, nothing inline, nobody may frame it, no form, no plug-in. */
const CONTENT_SECURITY_POLICY = {
  'default-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
  'script-src-attr': ["'none'"],
};

/**
 * Returns a server of the API and the console, ready to be asked (`inject`) or to listen (`listen`).
 * @throws ConfigurationError when `host` is not the loopback and that was not asked for explicitly.
 */
export async function createServer(
  operations: ServerOperations,
  options: ServerOptions = {},
): Promise<FastifyInstance> {
  const binding: Binding = {
    host: options.host ?? '127.0.0.1',
    allowNonLoopback: options.allowNonLoopback ?? false,
    allowedHosts: options.allowedHosts ?? [],
  };
  assertBinding(binding);

  const logger: FastifyBaseLogger = pino(
    { level: options.logLevel ?? 'warn' },
    options.log ?? pino.destination({ dest: STDERR, sync: true }),
  );
  const app = Fastify({
    loggerInstance: logger,
    // Our own line for each request, because Fastify's carries the query string, and queries name people.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024,
    requestTimeout: 30_000,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, 404, 'There is nothing here. The API is described at /v1/openapi.json.'),
  );
  app.addHook('onResponse', async (request, reply) => {
    const { pathname } = new URL(request.url, 'http://weir.invalid');
    request.log.info(
      {
        method: request.method,
        path: pathname,
        status: reply.statusCode,
        elapsedMs: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });

  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    // The console is plain HTTP on the loopback; a proxy that adds TLS adds HSTS too.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  addGuards(app, binding);
  await app.register(rateLimit, { max: options.requestsPerMinute ?? 600, timeWindow: 60_000 });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Weir',
        version: '1',
        description:
          'What left a shared computing centre, and what deserves a look. Bytes are decimal strings, times UTC.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
    },
    transform: jsonSchemaTransform,
  });

  addRoutes(app, operations, createShare(options.runningLimit ?? 2, WAITING_LIMIT));
  app.get('/v1/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger(), null, 2)),
  );
  await addConsole(app, options.consoleFolder ?? CONSOLE_FOLDER);
  await app.ready();
  return app;
}

/** Adds the built console, or a word on how to build it. */
async function addConsole(app: FastifyInstance, folder: string): Promise<void> {
  const built = await access(path.join(folder, 'index.html')).then(
    () => true,
    () => false,
  );
  if (!built) {
    app.get('/', { schema: { hide: true } }, async (_request, reply) =>
      reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send('The console is not built: run `npm run build`.\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    schemaHide: true,
    cacheControl: false,
    setHeaders: (reply, file) => {
      // Files under assets/ are named by their content; the page itself must always be asked for.
      const fixed = file.startsWith(path.join(folder, 'assets') + path.sep);
      reply.header('cache-control', fixed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
