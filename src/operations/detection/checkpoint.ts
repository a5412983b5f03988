import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openSeries, type SeriesFiles, saveSeries } from '../../accounting/series-tables.ts';
import { decodeState, encodePieces } from '../../detection/encoding.ts';
import type { Lead } from '../../detection/lead.ts';
import type { DetectionState } from '../../detection/state.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { publish, unlessMissing, writeDurably } from '../../ledger/files.ts';
import { HOURS_PER_DAY } from '../../records/time.ts';
import type { Audits } from './balance-day.ts';
import type { Habits } from './day-coverage.ts';

/** What allowances took from a pair on a day. */
export interface Taken {
  readonly day: number;
  readonly host: string;
  readonly network: string;
  readonly bytes: number;
}

/** Everything detection carries from one day to the next. */
export interface Carried {
  readonly state: DetectionState;
  readonly habits: Habits;
  readonly audits: Audits;
  readonly leads: Lead[];
  /** What the last day has earned already, where it was too little observed to be judged. */
  early: readonly Lead[];
  /** Bytes each allowance has taken so far. */
  usedBytes: ReadonlyMap<string, number>;
  readonly taken: Taken[];
  /** Days that were neither judged nor learned. */
  readonly blindDays: number[];
}

/** Old checkpoints of one chain that are kept beside the newest, so that a late fact need not replay all. */
const KEPT = 3;

const habitSchema = z.object({
  recordsByHour: z.array(z.number()).length(HOURS_PER_DAY),
  reports: z.boolean(),
  lastDay: z.number(),
});
const auditSchema = z.object({ presence: z.number(), lastDay: z.number() });
const leadSchema = z.custom<Lead>((value) => typeof value === 'object' && value !== null);
const carriedSchema = z.object({
  day: z.number(),
  habits: z.array(z.tuple([z.string(), habitSchema])),
  audits: z.array(z.tuple([z.string(), auditSchema])),
  leads: z.array(leadSchema),
  early: z.array(leadSchema),
  usedBytes: z.array(z.tuple([z.string(), z.number()])),
  taken: z.array(z.object({ day: z.number(), host: z.string(), network: z.string(), bytes: z.number() })),
  blindDays: z.array(z.number()),
});

/** A checkpoint that another run may be reading or writing is younger than this. */
const IN_USE_MILLIS = 3_600_000;

const SERIES = ['pairs', 'principalPairs', 'tenantPairs', 'hosts', 'networks', 'principals'] as const;

function seriesIn(folder: string, ending = ''): SeriesFiles {
  const path = (name: string) => join(folder, `${name}.parquet${ending}`);
  return {
    pairs: path('pairs'),
    principalPairs: path('principal-pairs'),
    tenantPairs: path('tenant-pairs'),
    hosts: path('hosts'),
    networks: path('networks'),
    principals: path('principals'),
  };
}

/**
 * The states of detection, kept so that one more day costs one day. A checkpoint is a folder named by the hash of all
 * that went into it, day by day; it is derived from the ledger and may be deleted at any time. Several runs may work at
 * once: a folder gets its name when it is whole, and one that goes while it is read is as good as none.
 */
export function checkpointsIn(ledgerDir: string) {
  const folder = join(ledgerDir, 'cache', 'detection');
  return {
    /** Returns the carried state of the latest of these names that was kept, and its position among them. */
    async load(
      db: Database,
      names: readonly string[],
    ): Promise<{ carried: Carried; position: number } | undefined> {
      for (let position = names.length - 1; position >= 0; position -= 1) {
        const own = join(folder, names[position] ?? '');
        if (!existsSync(join(own, 'carried.json'))) continue;
        const carried = await read(db, own).catch((error: unknown) => {
          if (existsSync(join(own, 'carried.json'))) throw error;
          return undefined;
        });
        if (carried) return { carried, position };
      }
      return undefined;
    },
    /** Writes the tables of series as they are now, for a state that is kept later. Returns where. */
    async draft(db: Database): Promise<string> {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const own = mkdtempSync(join(folder, 'new-'));
      await saveSeries(db, seriesIn(own, '.new'));
      return own;
    },
    /** Keeps a state under its name, beside the drafted tables; where another run has just done so, that one stands. */
    keep(own: string, name: string, day: number, carried: Carried): void {
      const written = seriesIn(own, '.new');
      const final = seriesIn(own);
      for (const key of SERIES) publish(written[key], final[key]);
      writeDurably(join(own, 'state'), encodePieces(carried.state));
      const { state: _state, habits, audits, usedBytes, ...rest } = carried;
      const kept = { ...rest, day, habits: [...habits], audits: [...audits], usedBytes: [...usedBytes] };
      writeDurably(join(own, 'carried.json'), JSON.stringify(kept));
      if (existsSync(join(folder, name))) rmSync(own, { recursive: true });
      else nameFolder(own, join(folder, name));
    },
    /** Removes all but the newest checkpoints of this chain, and those of chains that no longer hold, once nobody uses them. */
    sweep(names: readonly string[]): void {
      const present = new Set(unlessMissing(() => readdirSync(folder)) ?? []);
      const kept = new Set(names.filter((name) => present.has(name)).slice(-KEPT));
      for (const name of present) {
        const own = join(folder, name);
        const madeAt = unlessMissing(() => statSync(own).mtimeMs) ?? 0;
        const inUse = !names.includes(name) && Date.now() - madeAt < IN_USE_MILLIS;
        if (!kept.has(name) && !inUse) rmSync(own, { recursive: true, force: true });
      }
    },
  };
}

async function read(db: Database, own: string): Promise<Carried> {
  const kept = carriedSchema.parse(JSON.parse(readFileSync(join(own, 'carried.json'), 'utf8')));
  const state = decodeState(readFileSync(join(own, 'state')));
  await openSeries(db, seriesIn(own));
  const { habits, audits, usedBytes } = kept;
  return {
    ...kept,
    state,
    habits: new Map(habits),
    audits: new Map(audits),
    usedBytes: new Map(usedBytes),
  };
}

/** Gives a whole checkpoint its name; another run that was faster wrote the same. */
function nameFolder(own: string, to: string): void {
  try {
    renameSync(own, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
    rmSync(own, { recursive: true });
  }
}
