import {
  type Amount,
  type PrincipalBalance,
  principalBalances,
  serverBalances,
} from '../accounting/mass-balance.ts';
import { COUNTER_LOOK_BACK_DAYS } from '../accounting/reads.ts';
import { formatBytes } from '../detection/lead.ts';
import { hostNames } from '../facility/zones.ts';
import { formatHost } from '../records/address.ts';
import { HOURS_PER_DAY } from '../records/time.ts';
import type { Finding } from './answers/check.ts';
import type { ReportAnswer } from './answers/report.ts';
import type { HourWindow, Reading } from './reading.ts';
import { JOB_DAYS } from './reads-in.ts';

/** Transfer logs count files, flows what carried them: within this share and these bytes the two agree. */
const AGREES_WITHIN = 0.05;
const AGREES_BYTES = 1e9;

type BalanceRow = NonNullable<ReportAnswer['balance']>[number];

/**
 * Returns what each principal read from storage, moved by transfer services and sent by flows in whole days of a period,
 * the largest first; days are summed.
 */
export async function balanceIn(reading: Reading, window: HourWindow): Promise<BalanceRow[]> {
  const { fromDay, toDay } = daysOf(window);
  const { db, builtFiles, factFiles } = reading;
  const files = {
    cells: { cells: builtFiles('cell', fromDay, toDay), sharers: builtFiles('sharer', fromDay, toDay) },
    reads: {
      access: factFiles('access', fromDay - COUNTER_LOOK_BACK_DAYS, toDay),
      job: factFiles('job', fromDay - JOB_DAYS, toDay),
    },
    transfers: factFiles('transfer', fromDay, toDay),
  };
  const sums = new Map<string, PrincipalBalance>();
  for (const each of await principalBalances(db, files, { fromDay, toDay })) {
    const known = sums.get(each.principal);
    sums.set(each.principal, known ? added(known, each) : each);
  }
  const size = ({ bytesRead, bytesOut, bytesMoved }: PrincipalBalance) =>
    bytesRead.estimate + bytesOut.estimate + bytesMoved;
  return [...sums.values()]
    .sort((a, b) => compare(size(b), size(a)) || (a.principal < b.principal ? -1 : 1))
    .map(rowOf);
}

function added(a: PrincipalBalance, b: PrincipalBalance): PrincipalBalance {
  const sum = (x: Amount, y: Amount) => ({
    low: x.low + y.low,
    estimate: x.estimate + y.estimate,
    high: x.high + y.high,
  });
  return {
    ...a,
    bytesRead: sum(a.bytesRead, b.bytesRead),
    readIsBounded: a.readIsBounded && b.readIsBounded,
    bytesOut: sum(a.bytesOut, b.bytesOut),
    bytesMoved: a.bytesMoved + b.bytesMoved,
  };
}

function rowOf({ principal, bytesRead, readIsBounded, bytesOut, bytesMoved }: PrincipalBalance): BalanceRow {
  const text = ({ low, estimate, high }: Amount) => ({
    low: String(low),
    estimate: String(estimate),
    high: String(high),
  });
  const beyond = (certain: bigint, most: bigint) => String(certain > most ? certain - most : 0n);
  return {
    principal,
    bytesRead: text(bytesRead),
    readIsBounded,
    bytesOut: text(bytesOut),
    bytesMoved: String(bytesMoved),
    readNotLeft: beyond(bytesRead.low, bytesOut.high),
    leftNotRead: readIsBounded ? beyond(bytesOut.low, bytesRead.high) : '0',
  };
}

/** Returns findings on servers whose transfer logs tell of more than flows saw leave them: a path that nobody watches. */
export async function transferFindings(reading: Reading, window: HourWindow): Promise<Finding[]> {
  const { fromDay, toDay } = daysOf(window);
  const transfers = reading.factFiles('transfer', fromDay, toDay);
  if (transfers.length === 0) return [];
  const files = { cells: reading.builtFiles('cell', fromDay, toDay), transfers };
  const names = hostNames(reading.facility);
  const balances = await serverBalances(reading.db, files, { fromDay, toDay }, reading.facility);
  return balances.flatMap(({ hostKey, bytesMoved, bytesOut }) => {
    const [moved, seen] = [Number(bytesMoved), Number(bytesOut)];
    if (moved <= seen * (1 + AGREES_WITHIN) + AGREES_BYTES) return [];
    return [
      {
        severity: 'warning' as const,
        subject: `host ${names.get(hostKey) ?? formatHost(hostKey)}`,
        finding: `In the period its transfer logs say that ${formatBytes(moved)} went outside; flows saw at most ${formatBytes(seen)} leave it.`,
        todo: 'See whether it leaves by a path that no sensor watches, or a sensor misses some.',
      },
    ];
  });
}

function daysOf({ fromHour, toHour }: HourWindow) {
  return { fromDay: Math.floor(fromHour / HOURS_PER_DAY), toDay: Math.floor((toHour - 1) / HOURS_PER_DAY) };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
