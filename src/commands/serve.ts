import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { ConfigurationError } from '../errors.ts';
import { findConfig } from '../facility/load.ts';
import { check } from '../operations/check.ts';
import { detect } from '../operations/detect.ts';
import { planted } from '../operations/planted.ts';
import { rememberWhileStill } from '../operations/remember.ts';
import { report } from '../operations/report.ts';
import type { ServerOptions } from '../server/create-server.ts';
import type { DetectQuery, ReportQuery } from '../server/queries.ts';
import type { ServerOperations } from '../server/server-operations.ts';
import { contextOf, type Subject, stated, subjectOf } from './context.ts';

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
      const server = await startServer(serverOperations(subject, configFile), {
        ...options,
        logLevel: verbose ? 'info' : 'warn',
        port,
      });
      context.answer({ url: server.url }, ({ url }) => `The console is at ${url} (stop with Ctrl+C)\n`);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
    });
}

/** Returns how the server's questions are answered, from the same operations as the commands. */
export function serverOperations({ facility, ledgerDir }: Subject, configFile: string): ServerOperations {
  const subject = { facility, ledgerDir, progress: () => undefined };
  const truthFile = join(dirname(configFile), 'truth.json');
  return {
    report: rememberWhileStill(ledgerDir, (query: ReportQuery) =>
      report({ ...subject, ...stated(query), ...endOf(query.to) }),
    ),
    detect: rememberWhileStill(ledgerDir, (query: DetectQuery) =>
      detect({ ...subject, ...stated(query), ...endOf(query.to) }),
    ),
    check: async () => (await check(subject)).answer,
    facility: async () => ({ name: facility.name, simulated: facility.simulated }),
    planted: async () => (facility.simulated && existsSync(truthFile) ? planted(truthFile) : undefined),
  };
}

/** The API does not count the day `to`, the commands do: they are told the instant it begins at. */
function endOf(to: string | undefined): { to?: string } {
  return to === undefined ? {} : { to: to.includes('T') ? to : `${to}T00:00:00Z` };
}

/** Returns a port number. @throws ConfigurationError when it is none. */
export function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new ConfigurationError(`port ${text}: give a number from 0 to 65535`);
}
