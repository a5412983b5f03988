import type { Command } from 'commander';
import { ConfigurationError } from '../errors.ts';
import { findConfig } from '../facility/load.ts';
import type { ServerOptions } from '../server/create-server.ts';
import { contextOf, stated, subjectOf } from './context.ts';

interface ServeFlags {
  readonly host?: string;
  readonly port: number;
  readonly allowNonLoopback?: boolean;
  readonly allowHost?: string[];
  readonly verbose?: boolean;
}

const PORT = 8417;

/** Adds `weir serve`. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the console and its API, on this machine only')
    .option('--host <address>', 'address to listen on; default: 127.0.0.1')
    .option('--port <number>', 'port; 0 takes a free one', portNumber, PORT)
    .option('--allow-non-loopback', 'listen on another address: something with accounts stands before it')
    .option('--allow-host <names...>', 'further names by which browsers may reach it')
    .option('--verbose', 'log every request on stderr')
    .action(async ({ port, host, allowNonLoopback, allowHost, verbose }: ServeFlags, self: Command) => {
      const context = contextOf(self);
      const subject = await subjectOf(context);
      const configFile = findConfig(process.cwd(), context.flags.config);
      const options: ServerOptions = stated({ host, allowNonLoopback, allowedHosts: allowHost });
      // Loaded here, because no other command needs it.
      const { startServer } = await import('../server/start-server.ts');
      const { serverOperations } = await import('./serve-operations.ts');
      const server = await startServer(serverOperations(subject, configFile), {
        ...options,
        logLevel: verbose ? 'info' : 'warn',
        port,
      });
      context.answer({ url: server.url }, ({ url }) => `The console is at ${url} (stop with Ctrl+C)\n`);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
    });
}

/** Returns a port number. @throws ConfigurationError when it is none. */
export function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new ConfigurationError(`port ${text}: give a number from 0 to 65535`);
}
