import { z } from 'zod';
import { instantText } from './common.ts';

/** One message, sent or waiting. */
export const notice = z.strictObject({
  /** The same for every attempt at it. */
  id: z.string(),
  kind: z.enum(['lead', 'campaign', 'incident']),
  /** What `weir explain` and `weir decide` take. */
  subject: z.string(),
  activity: z.enum(['create', 'update', 'close']),
  title: z.string(),
  writtenAt: instantText,
});

/** A message that was not delivered, and why. */
export const waitingNotice = notice.extend({
  attempts: z.number().int().nonnegative(),
  error: z.string().nullable(),
});

/** What a channel did. */
export const channelRun = z.strictObject({
  name: z.string(),
  kind: z.enum(['file', 'syslog', 'webhook', 'smtp']),
  /** Its first run: what was there then is known, and not sent unless asked for. */
  first: z.boolean(),
  /** Leads, campaigns and incidents that were taken as known. */
  known: z.number().int().nonnegative(),
  sent: z.array(notice),
  /** For the next run. */
  waiting: z.array(waitingNotice),
  /** Why the channel could not be used at all; what a receiver remarked. */
  remarks: z.array(z.string()),
  failed: z.boolean(),
});

/** What `weir notify --json` prints. */
export const notifyAnswer = z.strictObject({
  asOf: z.number().int().nonnegative(),
  channels: z.array(channelRun),
});
/** What `weir notify` answers. */
export type NotifyAnswer = z.infer<typeof notifyAnswer>;
/** What a channel did. */
export type ChannelRun = z.infer<typeof channelRun>;
