import { balanceTables } from './balance-state.ts';
import { takesPart } from './budget.ts';
import { poissonUpperBound } from './poisson.ts';
import type { DetectionState } from './state.ts';
import { PROMISE_DAYS } from './state.ts';

/** What Weir promises about leads that are nobody's theft, from this ledger's own past. */
export interface LeadPromise {
  /** The budget b. */
  readonly leadsPerWeek: number;
  /** Leads a week that were raised on the days judged so far (at most 52 weeks). */
  readonly observedLeadsPerWeek: number;
  /** One-sided 95 % upper bound of that rate (Garwood, exact Poisson). */
  readonly upperBound95: number;
  /** The most leads on one day. */
  readonly worstDay: number;
  /** Chance of three leads or more in a week. */
  readonly chanceOfThreeInAWeek: number;
  /** Days on which a lead was possible. */
  readonly historyDays: number;
  readonly blindDays: number;
  /** `family/statistic/bet` of thresholds beyond anything observed. */
  readonly extrapolatedThresholds: readonly string[];
  readonly unproven: boolean;
  readonly because: string;
}

/** Days of judged history before the promise may be called proven, and after a change of sensors. */
const PROVEN_DAYS = 84;
const CHANGED_DAYS = 28;
const MOST_BLIND = 0.1;

/** Returns the promise as of the state's last day. */
export function promiseOf(state: DetectionState): LeadPromise {
  const days = judgedDays(state);
  const leads = days.reduce((sum, day) => sum + day.leads, 0);
  const weeks = days.length / 7;
  const observed = weeks > 0 ? leads / weeks : 0;
  const upper = weeks > 0 ? poissonUpperBound(leads) / weeks : Number.POSITIVE_INFINITY;
  const tables = [...state.tables, ...(state.balance ? balanceTables(state.balance) : [])];
  const extrapolated = tables.flatMap((table) =>
    table.calibrations
      .filter((calibration) => calibration.extrapolated && takesPart(table))
      .map(({ type }) => `${type.family}/${type.statistic}/${type.bet}`),
  );
  const doubts = doubtsOf(state, days.length, observed);
  return {
    leadsPerWeek: state.leadsPerWeek,
    observedLeadsPerWeek: observed,
    upperBound95: upper,
    worstDay: days.reduce((most, day) => Math.max(most, day.leads), 0),
    chanceOfThreeInAWeek: Math.max(threeOrMore(Math.max(observed, state.leadsPerWeek)), shareOfThrees(days)),
    historyDays: days.length,
    blindDays: state.blindDays,
    extrapolatedThresholds: extrapolated,
    unproven: doubts.length > 0,
    because: wordsOf(state, days.length, leads, upper, doubts),
  };
}

interface Judged {
  readonly day: number;
  readonly leads: number;
}

/** The days of the last year on which a lead was possible, in order. */
function judgedDays(state: DetectionState): Judged[] {
  const days: Judged[] = [];
  if (state.firstDay < 0) return days;
  const from = Math.max(state.firstDay, state.lastDay - PROMISE_DAYS + 1);
  for (let day = from; day <= state.lastDay; day++) {
    const leads = state.leadCounts[(day - state.firstDay) % PROMISE_DAYS] as number;
    if (leads >= 0) days.push({ day, leads });
  }
  return days;
}

function threeOrMore(rate: number): number {
  return 1 - Math.exp(-rate) * (1 + rate + (rate * rate) / 2);
}

function shareOfThrees(days: readonly Judged[]): number {
  let crowded = 0;
  let sum = 0;
  for (let end = 0, start = 0; end < days.length; end++) {
    sum += (days[end] as Judged).leads;
    while ((days[start] as Judged).day <= (days[end] as Judged).day - 7)
      sum -= (days[start++] as Judged).leads;
    if (sum >= 3) crowded += 1;
  }
  return days.length === 0 ? 0 : crowded / days.length;
}

function doubtsOf(state: DetectionState, historyDays: number, observed: number): string[] {
  const doubts: string[] = [];
  const total = state.judgedDays + state.blindDays;
  if (historyDays < PROVEN_DAYS)
    doubts.push(`only ${historyDays} of ${PROVEN_DAYS} days could be judged so far`);
  if (observed > state.leadsPerWeek) {
    doubts.push(`${observed.toFixed(2)} leads a week were raised, thefts included, which is over the budget`);
  }
  if (total > 0 && state.blindDays > MOST_BLIND * total)
    doubts.push(`${state.blindDays} of ${total} days are blind`);
  if (state.changedDay >= 0 && state.lastDay - state.changedDay < CHANGED_DAYS) {
    doubts.push(`a sensor or the perimeter changed ${state.lastDay - state.changedDay} days ago`);
  }
  return doubts;
}

function wordsOf(
  state: DetectionState,
  days: number,
  leads: number,
  upper: number,
  doubts: readonly string[],
) {
  const bound = Number.isFinite(upper) ? upper.toFixed(2) : 'unknown';
  const history = `${leads} lead${leads === 1 ? ' was' : 's were'} raised on ${days} judged days, so at most ${bound} a week with 95 % confidence, thefts included`;
  const status = doubts.length === 0 ? 'The promise rests on this history' : `Unproven: ${doubts.join('; ')}`;
  return `Budget ${state.leadsPerWeek} a week; ${history}. ${status}. It is no promise against someone who knows the thresholds.`;
}
