import { z } from 'zod';
import { REPORT_KEYS } from '../operations/answers/report.ts';
import { parseDay } from '../records/time.ts';

/** Names in a query are short; anything longer is a mistake or an attack. */
const NAME_LENGTH_MAX = 200;

const name = z.string().min(1).max(NAME_LENGTH_MAX);

const moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z)?$/, {
    error: 'expected a UTC day (2026-01-31) or instant (2026-01-31T13:00:00Z)',
  })
  .refine((text) => parseDay(text) !== undefined && !Number.isNaN(Date.parse(text)), {
    error: 'no such date',
  });

const journalPosition = z
  .string()
  .regex(/^\d{1,15}$/, { error: 'expected a journal position: a whole number, 0 or more' })
  .transform(Number);

const period = {
  from: moment.optional().describe('First instant or UTC day counted.'),
  to: moment.optional().describe('First instant or UTC day no longer counted.'),
  asOf: journalPosition.optional().describe('Journal position to answer at; the newest one when left out.'),
};

const FROM_BEFORE_TO = { error: 'must be later than `from`', path: ['to'] };

function inOrder(query: { from?: string | undefined; to?: string | undefined }): boolean {
  return !query.from || !query.to || Date.parse(query.from) < Date.parse(query.to);
}

/** Query of `GET /v1/detect`. */
export const detectQuery = z.strictObject(period).refine(inOrder, FROM_BEFORE_TO);
/** Query of `GET /v1/detect`, validated. */
export type DetectQuery = z.output<typeof detectQuery>;

/** Query of `GET /v1/report`: the flags of `weir report`. */
export const reportQuery = z
  .strictObject({
    by: z.enum(REPORT_KEYS).describe('What the rows are summed by.'),
    ...period,
    host: name.optional(),
    destination: name.optional(),
    service: name.optional(),
    principal: name.optional(),
    tenant: name.optional(),
    path: name.optional(),
    initiator: z.enum(['inside', 'outside']).optional().describe('Who opened the connection.'),
  })
  .refine(inOrder, FROM_BEFORE_TO);
/** Query of `GET /v1/report`, validated. */
export type ReportQuery = z.output<typeof reportQuery>;

/** Query of the routes that take none. */
export const noQuery = z.strictObject({});
