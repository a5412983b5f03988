import { formatDay } from '../../src/records/time.ts';

/** How many days the invented centre was watched. */
export const DAYS = 120;
/** The first of them, as a UTC day number. */
export const FIRST_DAY = 20_454; // 2026-01-01

/** Returns the nth of them. */
export const dayAt = (day: number) => formatDay(FIRST_DAY + day);
/** All of them. */
export const window = { from: `${dayAt(0)}T00:00:00Z`, to: `${dayAt(DAYS)}T00:00:00Z` };
/** Their numbers. */
export const days = Array.from({ length: DAYS }, (_, day) => day);
