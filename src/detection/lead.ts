import { BALANCE_STATISTICS } from '../records/day-statistics.ts';
import { formatDay } from '../records/time.ts';
import { balanceWords, INNOCENT_BALANCE } from './balance-words.ts';
import { formatBytes } from './byte-words.ts';
import type { Bet } from './channels.ts';
import type { BalanceAmounts, BalanceStatistic, Family, Statistic } from './input.ts';

export { formatBytes };

/** A channel whose evidence passed its threshold. */
export interface LeadChannel {
  readonly statistic: Statistic | BalanceStatistic;
  readonly bet: Bet;
  /** log mean R of a patient bet; log ratio to the record of a loud rule; deviations of a habit; log gigabytes of a surplus. */
  readonly logEvidence: number;
  readonly threshold: number;
  /** The day after which the evidence began to add up. */
  readonly sinceDay: number;
  /** Of a channel of the mass balance of one principal: what it weighed. */
  readonly balance?: BalanceAmounts;
}

/** Returns whether a statistic belongs to the mass balance (balance.ts). */
export function isBalance(statistic: Statistic | BalanceStatistic): statistic is BalanceStatistic {
  return (BALANCE_STATISTICS as readonly string[]).includes(statistic);
}

/** When something changed: days since 1970, the interval by likelihood (changepoint.ts). */
export interface DayEstimate {
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
}

/** An entity whose evidence passed its threshold, as shown to a person. */
export interface Lead {
  /** The same evidence has the same id in every replay. */
  readonly id: string;
  readonly family: Family;
  readonly entity: string;
  readonly raisedOnDay: number;
  readonly detectedAtMicros: number;
  readonly channels: readonly LeadChannel[];
  readonly baselineBytesPerDay: number;
  readonly observedBytesPerDay: number;
  readonly changePoint: DayEstimate;
  readonly because: string;
}

/** Returns 16 hexadecimal digits that depend on the text only (two FNV-1a-like 32-bit hashes, mixed). */
export function stableHash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
  }
  a = Math.imul(a ^ (b >>> 15), 0xc2b2ae35) ^ b;
  b = Math.imul(b ^ (a >>> 13), 0x27d4eb2f) ^ a;
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

/** What each family is called in a sentence. */
const FAMILY_WORDS: Readonly<Record<Family, string>> = {
  host: 'host',
  principal: 'identity',
  tenant: 'tenant',
  network: 'destination network',
  as: 'destination AS',
  path: 'path',
  centre: 'the whole centre',
};

/** Returns what a lead's entity is called inside a sentence. */
export function nameEntity(family: Family, entity: string): string {
  const words = family === 'as' && /^AS\d/.test(entity) ? 'destination' : FAMILY_WORDS[family];
  return family === 'centre' ? words : `${words} ${entity}`;
}

/** Returns a text with its first letter capital. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What each statistic is called in a sentence. */
export const STATISTIC_WORDS: Readonly<Record<Statistic | BalanceStatistic, string>> = {
  bytes: 'bytes of one day',
  clip0: 'volume in streams counted up to 30 MB a day',
  clip1: 'volume in streams counted up to 300 MB a day',
  clip2: 'volume in streams counted up to 3 GB a day',
  clip3: 'volume in streams counted up to 30 GB a day',
  novel0: 'volume between pairs new in 60 days, each counted up to 30 MB a day',
  novel1: 'volume between pairs new in 60 days, each counted up to 300 MB a day',
  novel2: 'volume between pairs new in 60 days, each counted up to 3 GB a day',
  novel3: 'volume between pairs new in 60 days, each counted up to 30 GB a day',
  firstContacts: 'first contacts',
  persistent: 'new contacts that stay',
  maxHourBytes: 'the largest hour',
  largestFirstContactBytes: 'the largest sum over a first contact',
  beyondMade: 'egress that nothing covers which its sender made or brought in',
  beyondTenant: "egress that nothing covers which its sender's tenant made or brought in",
  beyondRead: 'egress that nothing covers which its sender read, made or brought in',
  readsBeyond: 'reads beyond what is usual',
};

/** Returns whether a lead is about nothing but reads: what was read is not seen to leave, so no pair carried it. */
export function isReadsAlone({ channels }: Pick<Lead, 'channels'>): boolean {
  return channels.every(({ statistic }) => statistic === 'readsBeyond');
}

/** Returns whether a bet compares an entity with its own habit. */
export function isHabit(bet: Bet): boolean {
  return bet === 'day' || bet === 'week' || bet === 'month';
}

/** Returns whether a bet speaks of one day only. */
export function isOneDay(bet: Bet): boolean {
  return bet === 'loud' || bet === 'day' || bet === 'surplus';
}

const INNOCENT: Readonly<Record<Bet, string>> = {
  surplus: 'one announced transfer: register it and it is taken out',
  surpluses: 'announced transfers: register them and they are taken out',
  mean: 'a new legitimate use at this level (a project, a mirror, a backup) that its owner can name',
  z: 'ordinary growth of the whole, which shows as many small rises rather than as a few pairs',
  loud: 'one announced transfer: register it and it is taken out',
  day: 'one announced transfer: register it and it is taken out',
  week: 'a new legitimate use at this level (a project, a mirror, a backup) that its owner can name',
  month: 'a new legitimate use at this level (a project, a mirror, a backup) that its owner can name',
};

/** Returns the sentences that explain a lead: what paid, against what, and what would make it innocent. */
export function explainLead(lead: Omit<Lead, 'because' | 'id'>): string {
  const name = sentence(nameEntity(lead.family, lead.entity));
  const strongest = [...lead.channels].sort(
    (a, b) => b.logEvidence - b.threshold - (a.logEvidence - a.threshold),
  )[0] as LeadChannel;
  const loud = lead.channels.find((channel) => channel.bet === 'loud');
  const level = `${formatBytes(lead.observedBytesPerDay)} a day since ${formatDay(lead.changePoint.estimate)}, usual were ${formatBytes(lead.baselineBytesPerDay)} a day`;
  const record = loud
    ? ` On ${formatDay(lead.raisedOnDay)} ${STATISTIC_WORDS[loud.statistic]} came to ${Math.exp(loud.logEvidence).toPrecision(3)} times the record that it and its peers had set.`
    : '';
  const beyond = lead.channels.find(
    ({ bet, statistic }) => (bet === 'surplus' || bet === 'surpluses') && !isBalance(statistic),
  );
  const balance = lead.channels.flatMap((channel) => balanceWords(channel)).join('');
  const others = lead.channels.length - 1;
  const more = others > 0 ? ` ${others} more channel${others > 1 ? 's' : ''} passed on the same day.` : '';
  return `${name}: ${level}.${record}${beyond ? surplusWords(beyond) : ''}${balance}${strongestWords(strongest)}${more} It would be innocent if it were ${isBalance(strongest.statistic) ? INNOCENT_BALANCE[strongest.statistic] : INNOCENT[strongest.bet]}.`;
}

function strongestWords({ bet, statistic, logEvidence, threshold, sinceDay }: LeadChannel): string {
  const what = STATISTIC_WORDS[statistic];
  if (bet === 'loud' || bet === 'surplus' || bet === 'surpluses') return '';
  if (isHabit(bet)) {
    return ` Its ${bet} of ${what} lies ${logEvidence.toFixed(1)} of its own deviations above what is usual for it; a lead takes ${threshold.toFixed(1)}.`;
  }
  return ` Strongest evidence: ${what}, log evidence ${logEvidence.toFixed(1)} against a threshold of ${threshold.toFixed(1)}, adding up since ${formatDay(sinceDay)}.`;
}

function surplusWords({ bet, logEvidence, threshold }: LeadChannel): string {
  const when = bet === 'surplus' ? 'that day' : 'over about the last month';
  const inBytes = (logGigabytes: number) => formatBytes(1e9 * Math.exp(logGigabytes));
  return ` What lies beyond the upper edge of its own habit came to ${inBytes(logEvidence)} ${when}; a lead takes ${inBytes(threshold)}.`;
}
