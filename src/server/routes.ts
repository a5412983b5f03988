import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { checkAnswer } from '../operations/answers/check.ts';
import { detectAnswer } from '../operations/answers/detect.ts';
import { facilityAnswer } from '../operations/answers/facility.ts';
import { plantedAnswer } from '../operations/answers/planted.ts';
import { reportAnswer } from '../operations/answers/report.ts';
import { problem, sendProblem } from './problems.ts';
import { detectQuery, noQuery, reportQuery } from './queries.ts';
import type { ServerOperations } from './server-operations.ts';
import type { Share } from './share.ts';

const PROBLEMS = {
  400: problem.describe('The question is wrong; `detail` says how.'),
  429: problem.describe('Too many requests.'),
  503: problem.describe('The ledger cannot be read, or too many questions wait.'),
};

/** Adds the API's routes, each a question passed on to an operation. */
export function addRoutes(fastify: FastifyInstance, operations: ServerOperations, share: Share): void {
  const app = fastify.withTypeProvider<ZodTypeProvider>();
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/v1/')) reply.header('cache-control', 'no-store');
  });

  app.get(
    '/v1/report',
    {
      schema: {
        operationId: 'report',
        summary: 'How much left, summed by a key',
        querystring: reportQuery,
        response: { 200: reportAnswer, ...PROBLEMS },
      },
    },
    (request) => share(questionKey('report', request.query), () => operations.report(request.query)),
  );

  app.get(
    '/v1/detect',
    {
      schema: {
        operationId: 'detect',
        summary: 'Leads and ranked campaigns, with the promise they are made under',
        querystring: detectQuery,
        response: { 200: detectAnswer, ...PROBLEMS },
      },
    },
    (request) => share(questionKey('detect', request.query), () => operations.detect(request.query)),
  );

  app.get(
    '/v1/check',
    {
      schema: {
        operationId: 'check',
        summary: 'What each sensor covers, and what is wrong with the set-up',
        querystring: noQuery,
        response: { 200: checkAnswer, ...PROBLEMS },
      },
    },
    () => share('check', () => operations.check()),
  );

  app.get(
    '/v1/facility',
    {
      schema: {
        operationId: 'facility',
        summary: 'The centre, and whether its telemetry is simulated',
        querystring: noQuery,
        response: { 200: facilityAnswer, ...PROBLEMS },
      },
    },
    () => share('facility', () => operations.facility()),
  );

  app.get(
    '/v1/planted',
    {
      schema: {
        operationId: 'planted',
        summary: 'What the simulation planted: the truth beside the findings',
        querystring: noQuery,
        response: {
          200: plantedAnswer,
          404: problem.describe('The telemetry is not simulated.'),
          ...PROBLEMS,
        },
      },
    },
    async (_request, reply) => {
      const planted = await share('planted', async () => operations.planted?.());
      return planted ?? sendProblem(reply, 404, 'Nothing was planted here: the telemetry is not simulated.');
    },
  );
}

/** Returns a key that is equal for equal questions, whatever the order of their parameters. */
function questionKey(route: string, query: object): string {
  return JSON.stringify([route, Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
