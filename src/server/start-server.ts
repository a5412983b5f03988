import { ConfigurationError } from '../errors.ts';
import { createServer, type ServerOptions } from './create-server.ts';
import type { ServerOperations } from './server-operations.ts';

/** A server that listens. */
export interface RunningServer {
  /** Where the console is, for a person to open. */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the server on `host` (default the loopback) and `port`; port 0 takes a free one. Returns where it listens.
 * @throws ConfigurationError when it may not or cannot listen there.
 */
export async function startServer(
  operations: ServerOperations,
  { port, ...options }: ServerOptions & { port: number },
): Promise<RunningServer> {
  const host = options.host ?? '127.0.0.1';
  const app = await createServer(operations, options);
  try {
    return { url: await app.listen({ host, port }), close: () => app.close() };
  } catch (error) {
    await app.close();
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ConfigurationError(
      reason === 'EADDRINUSE'
        ? `Port ${port} on ${host} is in use. Stop what uses it, or choose another with --port.`
        : `Weir cannot listen on port ${port} of ${host} (${reason}). Choose another with --host and --port.`,
      { cause: error },
    );
  }
}
