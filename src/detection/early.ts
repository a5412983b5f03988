import { advance } from './advance.ts';
import { decodeState, encodeState } from './encoding.ts';
import type { DayStatistics } from './input.ts';
import type { Lead } from './lead.ts';
import type { DetectionState } from './state.ts';

/**
 * Returns the leads that a day has earned already while it is still being logged and too little of it was observed to
 * judge it. The day is taken as if it were over: bytes and counts only grow, and a whole day's weight is the
 * largest, so what crosses now crosses when the day is whole; not so the mass balance, whose products may still be
 * logged: it waits. The state stays as it was: nothing is learned from a part.
 * @param today the day after the state's last, with what was seen of it so far.
 */
export function earlyLeads(state: DetectionState, today: DayStatistics): readonly Lead[] {
  return advance(decodeState(encodeState(state)), { ...today, coverage: 1, balance: undefined }).leads;
}
