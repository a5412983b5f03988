import { resolve } from 'node:path';
import { BUILD_VERSION } from '../../src/accounting/build.ts';
import { configSha256On } from '../../src/facility/zones.ts';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { mergeWith } from '../../src/ledger/duckdb/merge.ts';
import { openStage } from '../../src/ledger/files.ts';
import { compact, retain, type WantedFrom } from '../../src/ledger/maintain.ts';
import { retentionSchema } from '../../src/ledger/retention.ts';
import { parseDay } from '../../src/records/time.ts';
import type { TestLedger } from '../support/ledgers.ts';

function wantedFrom(ledger: TestLedger): WantedFrom {
  return (snapshot) => (day) =>
    snapshot.inputsSha256Of(day, configSha256On(ledger.facility, day), BUILD_VERSION);
}

/** Compacts what is due on a day; returns what was done. */
export async function compactAll(ledger: TestLedger, today: string): Promise<string[]> {
  const dir = resolve(ledger.dir);
  const stage = openStage(dir);
  const db = await openDatabase({ root: dir, temporary: stage.path('engine'), threads: 2 });
  try {
    const policy = retentionSchema.parse({});
    return await compact(dir, policy, parseDay(today) ?? 0, wantedFrom(ledger), mergeWith(db, stage, dir));
  } finally {
    db.close();
    stage.close();
  }
}

/** Seals and lets go what is due on a day under a policy. */
export function retainAll(ledger: TestLedger, today: string, recordsDays: number) {
  const policy = retentionSchema.parse({ recordsDays, supersededBuildsDays: 0 });
  return retain(ledger.dir, policy, parseDay(today) ?? 0, Date.now() + 60_000, wantedFrom(ledger));
}
