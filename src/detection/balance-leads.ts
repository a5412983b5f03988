/** From the channels of the mass balance to leads: one for each entity in thirty days, together with those of its other channels. */

import { judgeBalance, LEAST_AUDIT, missDay, takeProducts } from './balance.ts';
import { type BalanceCrossing, type BalanceState, createBalance, weighedOf } from './balance-state.ts';
import { weekOf } from './baseline.ts';
import type { DayStatistics, Family } from './input.ts';
import { QUIET_DAYS } from './judge.ts';
import { explainLead, type Lead, type LeadChannel, stableHash } from './lead.ts';
import { levels } from './raise.ts';
import { type DetectionState, tableOf } from './state.ts';

/** Takes the products of a day whose egress was too little observed to be judged. */
export function passBalance(state: DetectionState, today: DayStatistics): void {
  const { balance } = state;
  if (!balance) return;
  const week = weekOf(state, today.day);
  if (today.balance && today.balance.watched >= LEAST_AUDIT)
    takeProducts(balance, today.balance, today.day, week);
  else missDay(balance, today.balance, today.day, week);
}

/** Judges the balance of a day and returns the day's leads with its own. @param shown what the other channels raised. */
export function withBalance(state: DetectionState, today: DayStatistics, shown: readonly Lead[]): Lead[] {
  const given = today.balance;
  if (given && !state.balance) state.balance = createBalance(today.day, weekOf(state, today.day));
  const { balance } = state;
  if (!balance) return [...shown];
  if (!given || given.watched < LEAST_AUDIT) {
    passBalance(state, today);
    return [...shown];
  }
  const crossings = judgeBalance(balance, given, today, weekOf(state, today.day));
  const leads = [...shown];
  for (const own of groupsOf(crossings)) addLead(state, balance, today, own, leads);
  return leads;
}

/** Crossings by their entity, in the order in which they came. */
function groupsOf(crossings: readonly BalanceCrossing[]): BalanceCrossing[][] {
  const groups = new Map<number, BalanceCrossing[]>();
  for (const each of crossings) {
    const own = groups.get(each.row);
    if (own) own.push(each);
    else groups.set(each.row, [each]);
  }
  return [...groups.values()];
}

function addLead(
  state: DetectionState,
  balance: BalanceState,
  today: DayStatistics,
  crossings: readonly BalanceCrossing[],
  leads: Lead[],
): void {
  const { row, type } = crossings[0] as BalanceCrossing;
  const { family } = type;
  const entity = row < 0 ? 'centre' : (balance.principals.keys[row] as string);
  const channels = crossings.map((crossing) => channelOf(state, balance, today, entity, crossing));
  const at = leads.findIndex((lead) => lead.family === family && lead.entity === entity);
  const there = leads[at];
  if (there) {
    const merged = { ...there, channels: [...there.channels, ...channels] };
    leads[at] = { ...merged, because: explainLead(merged) };
  } else {
    if (today.day - lastLeadDay(state, balance, family, row, entity) < QUIET_DAYS) return;
    leads.push(leadOf(state, today, family, entity, channels));
  }
  noteLead(state, balance, family, row, entity, today.day);
}

function channelOf(
  state: DetectionState,
  balance: BalanceState,
  today: DayStatistics,
  entity: string,
  { row, type, logEvidence, threshold, sinceDay }: BalanceCrossing,
): LeadChannel {
  const channel = { statistic: type.statistic, bet: type.bet, logEvidence, threshold, sinceDay };
  if (row < 0) return channel;
  const tenant = today.balance?.tenantOf.get(entity);
  const amounts = weighedOf(balance, row, type, weekOf(state, today.day));
  return { ...channel, balance: { ...amounts, ...(tenant === undefined ? {} : { tenant }) } };
}

function leadOf(
  state: DetectionState,
  today: DayStatistics,
  family: Family,
  entity: string,
  channels: readonly LeadChannel[],
): Lead {
  const sinceDay = Math.min(...channels.map((channel) => channel.sinceDay));
  const table = tableOf(state, family);
  const row = table.index.get(entity);
  const { baseline, observed } =
    row === undefined ? { baseline: 0, observed: 0 } : levels(state, table, row, today, sinceDay + 1);
  const lead = {
    family,
    entity,
    raisedOnDay: today.day,
    detectedAtMicros: today.arrivedThroughMicros,
    channels,
    baselineBytesPerDay: baseline,
    observedBytesPerDay: observed,
    changePoint: {
      low: Math.max(state.firstDay, sinceDay - 6),
      estimate: Math.min(today.day, sinceDay + 1),
      high: today.day,
    },
  };
  return { id: stableHash([family, entity, today.day].join('|')), ...lead, because: explainLead(lead) };
}

function lastLeadDay(
  state: DetectionState,
  balance: BalanceState,
  family: Family,
  row: number,
  entity: string,
): number {
  const table = tableOf(state, family);
  const other = table.index.get(entity);
  const own = row < 0 ? balance.poolLeadDay : (balance.principals.columns.leadDay[row] as number);
  const last = Math.max(own, other === undefined ? 0 : (table.columns.leadDay[other] as number));
  return last === 0 ? Number.NEGATIVE_INFINITY : last - 1;
}

/** Both the balance and the other channels keep silent about it for a while. */
function noteLead(
  state: DetectionState,
  balance: BalanceState,
  family: Family,
  row: number,
  entity: string,
  day: number,
): void {
  if (row < 0) balance.poolLeadDay = day + 1;
  else balance.principals.columns.leadDay[row] = day + 1;
  const table = tableOf(state, family);
  const other = table.index.get(entity);
  if (other !== undefined) table.columns.leadDay[other] = day + 1;
}
