/** Weir under test: the very functions that `weir detect` runs, fed day by day. */
import { advance } from '../../src/detection/advance.ts';
import type { DayStatistics } from '../../src/detection/input.ts';
import { isBalance, type Lead } from '../../src/detection/lead.ts';
import { createState, type DetectionState } from '../../src/detection/state.ts';
import type { Alarm } from './alarm.ts';

/** Returns the channel of a lead that is furthest above its threshold. */
export function strongest({ channels }: Lead): Lead['channels'][number] {
  const sorted = [...channels].sort((a, b) => b.logEvidence - b.threshold - (a.logEvidence - a.threshold));
  return sorted[0] as Lead['channels'][number];
}

/** Returns a lead as an alarm that can be compared with a rival's. */
export function alarmOf(lead: Lead): Alarm {
  const { statistic: paid, bet, sinceDay } = strongest(lead);
  const fromDay = bet === 'loud' ? lead.raisedOnDay : Math.min(lead.raisedOnDay, sinceDay + 1);
  // What nothing covers is egress: whose it was, the bytes tell.
  const statistic = isBalance(paid) ? 'bytes' : paid;
  return { day: lead.raisedOnDay, family: lead.family, entity: lead.entity, statistic, fromDay };
}

/** Advances a state through days and returns the leads. `until` may end the run after any day. */
export function judgeDays(
  state: DetectionState,
  days: Iterable<DayStatistics>,
  until: (leads: readonly Lead[], today: DayStatistics) => boolean = () => false,
): Lead[] {
  const all: Lead[] = [];
  for (const today of days) {
    const { leads } = advance(state, today);
    all.push(...leads);
    if (until(leads, today)) break;
  }
  return all;
}

/** Returns a state that knows nothing, and a copy of one that can be led elsewhere. */
export const newState = (leadsPerWeek: number): DetectionState => createState({ leadsPerWeek });
export const copyOf = (state: DetectionState): DetectionState => structuredClone(state);
