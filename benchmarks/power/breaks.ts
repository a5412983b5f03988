/** How many honest principals break the balance, nuisance by nuisance. */
import { judgeBalance, missDay } from '../../src/detection/balance.ts';
import { createBalance } from '../../src/detection/balance-state.ts';
import type { DayStatistics } from '../../src/detection/input.ts';
import { type Centre, DAYS, HISTORY_DAYS, type Rows } from './centre.ts';
import { nameOf } from './statistics.ts';
import { HONEST, MIXED, type Nuisances, storageOf } from './storage.ts';
import { LOGS, storageDay } from './storage-day.ts';

/** Uncovered egress of a week that counts as a break, bytes. */
export const BREAK_BYTES = 10e9;
/** Weeks of a ring of balance-rows.ts, and statistics of each. */
const [RING, BEYONDS] = [16, 3];

/** What one nuisance by itself does to honest principals. */
export interface Breaks {
  readonly nuisance: string;
  /** Of those who sent in the judged half-year: the share that broke its own balance, its tenant's, and that of its reads. */
  readonly own: number;
  readonly tenant: number;
  readonly reads: number;
  /** Share of all egress that was uncovered, of the own and the tenant's balance. */
  readonly ownBytes: number;
  readonly tenantBytes: number;
}

const NUISANCES: readonly (readonly [string, Nuisances])[] = [
  ['none', HONEST],
  [
    `shared project data: ${MIXED.sharedData * 100} % of people and of large exports`,
    { ...HONEST, sharedData: MIXED.sharedData },
  ],
  [
    `repeated downloads: ${MIXED.repeatedDownloads * 100} % of people, two of five`,
    { ...HONEST, repeatedDownloads: MIXED.repeatedDownloads },
  ],
  [
    `jobs and people that read what others wrote: ${MIXED.othersData * 100} %`,
    { ...HONEST, othersData: MIXED.othersData },
  ],
  [
    `days without storage logs: ${MIXED.missingAudit * 100} %`,
    { ...HONEST, missingAudit: MIXED.missingAudit },
  ],
  ['all of them', MIXED],
];

/** Returns what each nuisance does to a clean centre. */
export function breaksOf(centre: Centre): Breaks[] {
  return NUISANCES.map(([nuisance, level]) => ({ nuisance, ...measure(centre, level) }));
}

function measure(centre: Centre, nuisances: Nuisances): Omit<Breaks, 'nuisance'> {
  const storage = storageOf(centre, nuisances);
  const logs = LOGS[2] as (typeof LOGS)[number];
  const balance = createBalance(0, 0);
  const broke = [new Set<string>(), new Set<string>(), new Set<string>()] as const;
  const beyond = [0, 0, 0];
  const senders = new Set<string>();
  let sent = 0;
  for (let day = 0; day < DAYS; day++) {
    const week = Math.floor(day / 7);
    const given = storageDay(centre, storage, logs, day, undefined);
    if (!given) throw new Error('a centre with storage logs has a day of them');
    if (given.watched === 0 || (centre.coverage[day] as number) < 0.5) missDay(balance, given, day, week);
    else judgeBalance(balance, given, egressOf(centre.days[day] as Rows, day), week);
    if (day < HISTORY_DAYS) continue;
    for (const [name, bytes] of bytesBy(centre.days[day] as Rows)) {
      senders.add(name);
      sent += bytes;
    }
    if (day % 7 !== 6) continue;
    const { index, columns } = balance.principals;
    for (const [name, row] of index) {
      if (columns.week[row] !== week) continue;
      broke.forEach((names, s) => {
        const bytes = columns.beyond[(row * RING + (week % RING)) * BEYONDS + s] as number;
        beyond[s] = (beyond[s] as number) + bytes;
        if (bytes > BREAK_BYTES) names.add(name);
      });
    }
  }
  const share = (names: ReadonlySet<string>) => names.size / senders.size;
  return {
    own: share(broke[0]),
    tenant: share(broke[1]),
    reads: share(broke[2]),
    ownBytes: (beyond[0] as number) / sent,
    tenantBytes: (beyond[1] as number) / sent,
  };
}

function bytesBy(rows: Rows): Map<string, number> {
  const sums = new Map<number, number>();
  rows.principal.forEach((p, i) => {
    sums.set(p, (sums.get(p) ?? 0) + (rows.bytes[i] as number));
  });
  return new Map([...sums].map(([p, bytes]) => [nameOf('principal', p), bytes]));
}

function egressOf(rows: Rows, day: number): DayStatistics {
  const sums = bytesBy(rows);
  const bytes = Float64Array.from(sums.values());
  const statistics = { bytes } as unknown as DayStatistics['families'][number]['statistics'];
  const families = [{ family: 'principal' as const, entities: [...sums.keys()], statistics }];
  return { day, coverage: 1, arrivedThroughMicros: 0, families };
}
