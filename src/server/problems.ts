import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ConfigurationError, InternalError, WeirError } from '../errors.ts';
import { BusyError } from './share.ts';

/** An error as the API answers it (RFC 9457, `application/problem+json`). */
export const problem = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
});
/** An error as the API answers it. */
export type Problem = z.infer<typeof problem>;

const TITLES: Record<number, string> = {
  400: 'The question is wrong',
  403: 'Not from here',
  404: 'No such thing',
  421: 'Not this host',
  429: 'Too many requests',
  500: 'A defect in Weir',
  503: 'No answer now',
};

/** Sends an error as a problem document. Returns the reply, so that hooks can return it. */
export function sendProblem(reply: FastifyReply, status: number, detail: string): FastifyReply {
  const body: Problem = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail };
  return reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(body);
}

/** Answers whatever a route threw: the user's errors in full, defects by their log id only. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, detail } = explain(error, request.id);
  if (status === 500) request.log.error({ err: error }, 'defect');
  else if (status === 503) request.log.warn({ reason: detail }, 'no answer');
  if (status === 503) reply.header('retry-after', '5');
  return sendProblem(reply, status, detail);
}

function explain(error: FastifyError, requestId: string): { status: number; detail: string } {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const mistakes = error.validation.map(({ instancePath, message }) => {
      const parameter = instancePath.replace(/^\//, '');
      return parameter ? `${parameter}: ${message}` : message;
    });
    return { status: 400, detail: mistakes.join('; ') };
  }
  if (error instanceof ConfigurationError) return { status: 400, detail: error.message };
  if (error instanceof BusyError) return { status: 503, detail: error.message };
  if (error instanceof WeirError && !(error instanceof InternalError)) {
    return { status: 503, detail: error.message };
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return { status, detail: error.message };
  return { status: 500, detail: `This should not happen. The log has the cause under request ${requestId}.` };
}
