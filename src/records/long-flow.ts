import { MICROS_PER_HOUR } from './time.ts';

/**
 * A connection at least this long, and every snapshot of one still open, is kept in a file of its own
 * beside the others, so that a day finds it without reading the day it began on.
 */
export const LONG_MICROS = MICROS_PER_HOUR;

/** SQL over flow columns that tells long connections and snapshots from all others. */
export const IS_LONG = `(snapshot OR coalesce(durationMicros, 0) >= ${LONG_MICROS})`;
