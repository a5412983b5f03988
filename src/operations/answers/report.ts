import { z } from 'zod';
import { bytesInterval, bytesText, coverage, instantText, pathReconciliation, window } from './common.ts';

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
  /** By host or principal: which logs of relays say so of some of it, in words (NAT log of nat-1). */
  via: z.array(z.string()).optional(),
  /** By principal or tenant: part of the bytes is one of so many's who were present, at least and at most. */
  oneOf: z.strictObject({ least: z.number().int().positive(), most: z.number().int().positive() }).optional(),
});

/** A correction of counters that lie (docs/accounting.md, rules 3 to 5), with how often and how much. */
export const correction = z.strictObject({
  correction: z.string(),
  records: z.number().int().nonnegative(),
  bytes: bytesText,
});

/** One principal's reads against what left, over the whole days of the period. */
export const balanceRow = z.strictObject({
  principal: z.string(),
  bytesRead: bytesInterval,
  /** False where files were opened whose size no log says. */
  readIsBounded: z.boolean(),
  bytesOut: bytesInterval,
  bytesMoved: bytesText,
  /** Read for certain, and more than can have left: no sign of theft by itself, for jobs read what stays. */
  readNotLeft: bytesText,
  /** Left for certain, and more than can have been read: storage that no log covers. */
  leftNotRead: bytesText,
});

/** What `weir report --json` prints. */
export const reportAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  window,
  by: z.enum(REPORT_KEYS),
  coverage,
  total: reportRow.omit({ key: true, name: true, firstSeen: true, lastSeen: true, oneOf: true, via: true }),
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
  /** Only where weir.yaml names interfaces. */
  reconciliation: z.array(pathReconciliation).optional(),
  corrections: z.array(correction),
  /** With --balance: what each principal read from storage and moved by transfer services, against what left. */
  balance: z.array(balanceRow).optional(),
});
/** What `weir report` answers. */
export type ReportAnswer = z.infer<typeof reportAnswer>;
