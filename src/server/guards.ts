import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ConfigurationError } from '../errors.ts';
import { sendProblem } from './problems.ts';

/** Where the server listens, and who may reach it. */
export interface Binding {
  /** Address or name to listen on. */
  host: string;
  /** Says explicitly that another address than the loopback is meant. */
  allowNonLoopback: boolean;
  /** Names under which the server may be asked, besides `host` and the loopback's. */
  allowedHosts: readonly string[];
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1'];

/**
 * Returns normally when the binding is to the loopback, or explicitly is not.
 * @throws ConfigurationError otherwise: whoever reaches the server sees everything.
 */
export function assertBinding(binding: Binding): void {
  if (isLoopback(binding.host) || binding.allowNonLoopback) return;
  throw new ConfigurationError(
    `Weir does not serve on ${binding.host}: it has no accounts yet, so whoever reaches that address reads everything ` +
      'in the ledger. Serve on 127.0.0.1 and reach it through an SSH tunnel, or say --allow-non-loopback if a proxy ' +
      'with accounts stands before it.',
  );
}

function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.includes(host) || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * Refuses requests that a foreign page has a browser make: those whose Host header names another server (DNS
 * rebinding), and questions to the API that carry the browser's own mark of another site.
 */
export function addGuards(app: FastifyInstance, binding: Binding): void {
  const names = new Set(
    [...LOOPBACK_NAMES, binding.host, ...binding.allowedHosts].map((name) => name.toLowerCase()),
  );
  app.addHook('onRequest', async (request, reply) => {
    if (!names.has(hostName(request.headers.host))) {
      return sendProblem(
        reply,
        421,
        'The Host header names a server that this is not. Ask by its address, or allow the name with --allow-host.',
      );
    }
    const site = request.headers['sec-fetch-site'];
    if (request.url.startsWith('/v1/') && (site === 'cross-site' || site === 'same-site')) {
      return sendProblem(reply, 403, 'Only this console’s own page may ask from within a browser.');
    }
    return undefined;
  });
}

/** Returns the name in a Host header, without port and brackets, in lower case; empty when there is none. */
function hostName(header: string | undefined): string {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i.exec(header ?? '');
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase();
}
