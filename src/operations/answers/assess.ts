import { z } from 'zod';
import { PICTURE_GROUPS } from '../../claims/picture.ts';
import { VERDICT_KINDS } from '../../claims/verdict.ts';
import { bytesInterval, bytesText, dayText } from './common.ts';

const volume = z.strictObject({ least: bytesText, most: bytesText.nullable() });
const channel = z.strictObject({
  kind: z.enum(['remote', 'onSite', 'unknown', 'named']),
  name: z.string().nullable(),
});
const dayRange = z.strictObject({ earliest: dayText, latest: dayText });
const dayCounts = z.strictObject({ least: z.number().int(), most: z.number().int() });

/** A statement as the claim file has it, with its defaults. */
const statement = z.strictObject({
  id: z.string(),
  who: z.string(),
  saidOn: dayText,
  asOf: dayText,
  url: z.string().nullable(),
  volume: volume.nullable(),
  window: z
    .strictObject({
      from: dayRange.nullable(),
      to: dayRange.nullable(),
      lastedDays: dayCounts.nullable(),
    })
    .nullable(),
  channel: channel.nullable(),
  note: z.string().nullable(),
});

/** A window that was assessed: from its earliest first day to its last day, counted. `from` is null where nobody says. */
const window = z.strictObject({
  from: dayText.nullable(),
  to: dayText,
  leastDays: z.number().int().nullable(),
  mostDays: z.number().int().nullable(),
});

const side = z.enum(['remote', 'onSite', 'either']);

/** What can have left in one window, way by way; null is without bound. */
const bounds = z.strictObject({
  id: z.string(),
  window,
  channels: z.array(
    z.strictObject({
      name: z.string(),
      side,
      seen: bytesInterval,
      expected: bytesInterval.nullable(),
      unexplained: bytesInterval.nullable(),
      unseenHours: z.number().nonnegative(),
      couldHaveBeen: bytesText.nullable(),
      most: bytesText.nullable(),
      because: z.array(z.string()),
      sentence: z.string(),
    }),
  ),
  remote: bytesText.nullable(),
  onSite: bytesText.nullable(),
  total: bytesText.nullable(),
  /** The most each identity can have read; `boundBytes` of them are not certain, `unsizedReads` have no size. */
  storageReads: z
    .strictObject({
      byPrincipal: z.array(z.strictObject({ principal: z.string(), bytesRead: bytesText })),
      boundBytes: bytesText,
      unsizedReads: z.number().int().nonnegative(),
    })
    .nullable(),
});

/** The verdict on one reading of the claim. */
const verdict = z.strictObject({
  kind: z.enum(VERDICT_KINDS),
  headline: z.string(),
  because: z.array(z.string()),
  statements: z.array(z.string()),
  /** Whether one statement said all of it. */
  asSaid: z.boolean(),
  volume: volume.nullable(),
  channel,
  /** Id of its bounds. */
  bounds: z.string(),
  neededBitsPerSecond: z.strictObject({ low: z.number(), high: z.number().nullable() }).nullable(),
  paths: z.array(
    z.strictObject({
      name: z.string(),
      neededShare: z.number().nullable(),
      alone: z.boolean().nullable(),
    }),
  ),
  unwatched: z.array(z.string()),
});

const picture = z.strictObject({
  title: z.string(),
  window: z.string(),
  bars: z.array(
    z.strictObject({
      group: z.enum(PICTURE_GROUPS),
      label: z.string(),
      text: z.string(),
      from: z.number(),
      to: z.number(),
      open: z.boolean(),
      markFrom: z.number().nullable(),
      markTo: z.number().nullable(),
    }),
  ),
  ticks: z.array(z.strictObject({ at: z.number(), text: z.string() })),
  claimedAt: z.number().nullable(),
});

/** What `weir assess --json` prints. */
export const assessAnswer = z.strictObject({
  /** Journal position of the ledger that was asked; null where there is none. */
  asOf: z.number().int().nonnegative().nullable(),
  claim: z.strictObject({ title: z.string(), note: z.string().nullable(), packedAtMost: z.number() }),
  headline: z.string(),
  statements: z.array(statement),
  contradictions: z.array(
    z.strictObject({
      between: z.array(z.string()),
      about: z.enum(['volume', 'duration', 'begin', 'end', 'order', 'channel']),
      sentence: z.string(),
    }),
  ),
  paths: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      side,
      capacityBytesPerDay: bytesText.nullable(),
      watchedBy: z.array(z.string()),
    }),
  ),
  channelsComplete: z.boolean(),
  bounds: z.array(bounds),
  verdicts: z.array(verdict),
  /** Statements that leave no time together, and readings beyond the number assessed. */
  leftOut: z.strictObject({
    impossible: z.array(z.strictObject({ volume: z.string(), window: z.string() })),
    readings: z.number().int().nonnegative(),
  }),
  picture: picture.nullable(),
});
/** What `weir assess` answers. */
export type AssessAnswer = z.infer<typeof assessAnswer>;
