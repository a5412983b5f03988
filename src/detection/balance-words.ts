/** What a channel of the mass balance says in words: which imbalance, since when, against what is usual. */
import { formatDay } from '../records/time.ts';
import { formatBytes } from './byte-words.ts';
import type { BalanceAmounts, BalanceStatistic } from './input.ts';

/** What would make an imbalance innocent. */
export const INNOCENT_BALANCE: Readonly<Record<BalanceStatistic, string>> = {
  beyondMade:
    'data of its project that others made, the same results fetched again and again, what was written or brought in where no log tells, or an announced transfer: register it and it is taken out',
  beyondTenant:
    'data of other tenants that it may share, the same results fetched again and again, what was written or brought in where no log tells, or an announced transfer: register it and it is taken out',
  beyondRead:
    'data that no storage log covers: a file system or an archive without audit, or what a service made in passing',
  readsBeyond:
    'work on what others wrote, outside the scheduler; else look for a path without a sensor and for media, because what was read is not seen to leave',
};

interface Weighed {
  readonly statistic: string;
  readonly logEvidence: number;
  readonly threshold: number;
  readonly sinceDay: number;
  readonly balance?: BalanceAmounts;
}

/** Returns the sentences of a channel that weighed one principal; none of another channel. */
export function balanceWords({ statistic, logEvidence, threshold, sinceDay, balance }: Weighed): string[] {
  if (!balance) return [];
  const { out, made, read, usualAWeek, tenant } = balance;
  const inBytes = (logGigabytes: number) => formatBytes(1e9 * Math.exp(logGigabytes));
  const since = `Since ${formatDay(sinceDay + 1)}`;
  const beyond = `${inBytes(logEvidence)} more`;
  const lead = `a lead takes ${inBytes(threshold)}`;
  const weeks = `In fourteen weeks it sent ${formatBytes(out)}, made or brought in ${formatBytes(made)} and read ${formatBytes(read)} outside jobs`;
  const usual = `usual are ${formatBytes(usualAWeek)} a week`;
  switch (statistic as BalanceStatistic) {
    case 'beyondMade':
      return [
        ` ${since} ${beyond} left than anything it made or brought in covers, twice counted (${usual}); ${lead}. ${weeks}.`,
      ];
    case 'beyondTenant':
      return [
        ` ${since} ${beyond} left than anything covers that anybody of ${tenant ?? 'its tenant'} made or brought in, twice counted (${usual}); ${lead}. ${weeks}.`,
      ];
    case 'beyondRead':
      return [
        ` ${since} ${beyond} left than everything covers that it read, made or brought in (${usual}): storage without a log, or a log without its lines; ${lead}. ${weeks}.`,
      ];
    case 'readsBeyond':
      return [
        ` ${since} it read ${beyond} outside jobs than its usual level, and its usual ratio to what reads lead to, allow (${usual}), and nothing so large is seen to leave; ${lead}. ${weeks}.`,
      ];
  }
}
