import { z } from 'zod';
import { bytesInterval, bytesText, coverage, instantText, window } from './common.ts';

/** What a report can be summed by. */
export const REPORT_KEYS = [
  'path',
  'host',
  'destination',
  'as',
  'service',
  'principal',
  'tenant',
  'initiator',
  'hour',
  'day',
] as const;
/** One of the keys a report can be summed by. */
export type ReportKey = (typeof REPORT_KEYS)[number];

/** One row of a report: everything that crossed the perimeter outward under one key. */
export const reportRow = z.strictObject({
  key: z.string(),
  name: z.string().optional(),
  bytesOut: bytesInterval,
  bytesIn: bytesText,
  flows: z.number().int().nonnegative(),
  firstSeen: instantText,
  lastSeen: instantText,
  /** By principal or tenant: part of the bytes is one of so many's who were present, at least and at most. */
  oneOf: z.strictObject({ least: z.number().int().positive(), most: z.number().int().positive() }).optional(),
});

/** A correction of counters that lie (docs/accounting.md, rules 3 to 5), with how often and how much. */
export const correction = z.strictObject({
  correction: z.string(),
  records: z.number().int().nonnegative(),
  bytes: bytesText,
});

/** What `weir report --json` prints. */
export const reportAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  window,
  by: z.enum(REPORT_KEYS),
  coverage,
  total: reportRow.omit({ key: true, name: true, firstSeen: true, lastSeen: true, oneOf: true }),
  rows: z.array(reportRow),
  apart: z.strictObject({
    transit: bytesText,
    carrier: bytesText,
    internal: bytesText,
    unclassified: bytesText,
    unclassifiedShare: z.number().min(0).max(1),
  }),
  couldHaveBeen: z.strictObject({
    bytes: bytesText.nullable(),
    paths: z.array(z.strictObject({ path: z.string(), blindHours: z.number(), bytes: bytesText.nullable() })),
  }),
  corrections: z.array(correction),
});
/** What `weir report` answers. */
export type ReportAnswer = z.infer<typeof reportAnswer>;
