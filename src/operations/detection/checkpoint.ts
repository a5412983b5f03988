import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openSeries, saveSeries } from '../../accounting/day-series.ts';
import { decodeState, encodeState } from '../../detection/encoding.ts';
import type { Lead } from '../../detection/lead.ts';
import type { DetectionState } from '../../detection/state.ts';
import type { Database } from '../../ledger/duckdb/database.ts';
import { publish, writeDurably } from '../../ledger/files.ts';
import type { Habits } from './day-coverage.ts';

/** Everything detection carries from one day to the next. */
export interface Carried {
  readonly state: DetectionState;
  readonly habits: Habits;
  readonly leads: Lead[];
  /** Bytes each allowance has taken so far. */
  usedBytes: ReadonlyMap<string, number>;
  /** What allowances took from which pair on which day. */
  readonly taken: {
    readonly day: number;
    readonly host: string;
    readonly network: string;
    readonly bytes: number;
  }[];
  /** Days that were neither judged nor learned. */
  readonly blindDays: number[];
}

/** Old checkpoints of one chain that are kept beside the newest, so that a late fact need not replay all. */
const KEPT = 3;

const habitSchema = z.object({ recordsPerHour: z.number(), reports: z.boolean(), lastDay: z.number() });
const carriedSchema = z.object({
  day: z.number(),
  habits: z.array(z.tuple([z.string(), habitSchema])),
  leads: z.array(z.custom<Lead>((value) => typeof value === 'object' && value !== null)),
  usedBytes: z.array(z.tuple([z.string(), z.number()])),
  taken: z.array(z.object({ day: z.number(), host: z.string(), network: z.string(), bytes: z.number() })),
  blindDays: z.array(z.number()),
});

/**
 * The states of detection, kept so that one more day costs one day. A checkpoint is named by the hash of all
 * that went into it, day by day; it is derived from the ledger and may be deleted at any time.
 */
export function checkpointsIn(ledgerDir: string) {
  const folder = join(ledgerDir, 'cache', 'detection');
  const files = (name: string) => ({
    pairs: join(folder, `${name}-pairs.parquet`),
    principalPairs: join(folder, `${name}-principal-pairs.parquet`),
    hosts: join(folder, `${name}-hosts.parquet`),
    networks: join(folder, `${name}-networks.parquet`),
  });
  return {
    /** Returns the carried state of the latest of these names that was kept, and its position among them. */
    async load(
      db: Database,
      names: readonly string[],
    ): Promise<{ carried: Carried; position: number } | undefined> {
      for (let position = names.length - 1; position >= 0; position -= 1) {
        const name = names[position] ?? '';
        if (!existsSync(join(folder, `${name}.json`))) continue;
        const kept = carriedSchema.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
        const state = decodeState(readFileSync(join(folder, `${name}.state`)));
        await openSeries(db, files(name));
        const carried = { ...kept, state, habits: new Map(kept.habits), usedBytes: new Map(kept.usedBytes) };
        return { carried, position };
      }
      return undefined;
    },
    /** Keeps a state; the small file that makes it count is written last. */
    async save(db: Database, name: string, day: number, carried: Carried): Promise<void> {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const final = files(name);
      const temporary = {
        pairs: `${final.pairs}.new`,
        principalPairs: `${final.principalPairs}.new`,
        hosts: `${final.hosts}.new`,
        networks: `${final.networks}.new`,
      };
      await saveSeries(db, temporary);
      for (const key of ['pairs', 'principalPairs', 'hosts', 'networks'] as const)
        publish(temporary[key], final[key]);
      writeDurably(join(folder, `${name}.state`), encodeState(carried.state));
      const { state: _state, habits, usedBytes, ...rest } = carried;
      const kept = { ...rest, day, habits: [...habits], usedBytes: [...usedBytes] };
      writeDurably(join(folder, `${name}.json`), JSON.stringify(kept));
    },
    /** Removes all but the newest checkpoints of this chain, and all of chains that no longer hold. */
    sweep(names: readonly string[]): void {
      if (!existsSync(folder)) return;
      const present = new Set(
        readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : [])),
      );
      const kept = new Set(names.filter((name) => present.has(name)).slice(-KEPT));
      for (const file of readdirSync(folder)) {
        if (![...kept].some((name) => file.startsWith(name))) rmSync(join(folder, file), { force: true });
      }
    },
  };
}
