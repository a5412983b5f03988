import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../ledger/duckdb/database.ts';
import { ensureTenants, settleTenants, tenantVersions } from './tenants.ts';

describe('settleTenants', () => {
  const span = (tenant: string, fromDay: number, toDay: number) => ({
    principal: 'alice',
    tenant,
    fromDay,
    toDay,
  });

  it('gives a principal one tenant a day: the membership that began last, then the first by name', () => {
    expect(
      settleTenants([span('a', 0, 100), span('b', 10, 20), span('d', 15, 16), span('c', 15, 16)]),
    ).toEqual([
      span('a', 0, 10),
      span('b', 10, 15),
      span('c', 15, 16),
      span('b', 16, 20),
      span('a', 20, 100),
    ]);
  });

  it('leaves gaps between memberships, joins what touches, and passes over what ends before it begins', () => {
    expect(settleTenants([span('a', 0, 5), span('a', 5, 7), span('b', 9, 9), span('b', 12, 14)])).toEqual([
      span('a', 0, 7),
      span('b', 12, 14),
    ]);
  });
});

describe('tenantVersions', () => {
  /** The version of each of the days 100 to 109 (or to `lastDay`) where (principal, tenant, fromDay, toDay) hold. */
  async function versions(spans: readonly string[], lastDay = 109): Promise<string[]> {
    const root = mkdtempSync(join(tmpdir(), 'weir-tenants-'));
    const db = await openDatabase({ root, temporary: join(root, 'engine') });
    await ensureTenants(db);
    if (spans.length > 0) await db.run(`INSERT INTO tenant_span VALUES ${spans.join(', ')}`);
    const found = await tenantVersions(db, 100, lastDay);
    db.close();
    rmSync(root, { recursive: true, force: true });
    return found;
  }

  it('change on the days on which somebody comes or goes, and on no other', async () => {
    const found = await versions([
      "('alice', 'a', 103, 106)",
      "('bob', 'a', 50, 90)",
      "('bob', 'b', 108, 900)",
    ]);
    expect(found.slice(0, 3)).toEqual(['', '', '']);
    const changes = found.flatMap((each, i) => (i > 0 && each !== found[i - 1] ? [100 + i] : []));
    expect(changes).toEqual([103, 106, 108]);
    // Who goes leaves another trace than who never came.
    expect(found[7]).not.toBe('');
  });

  it('of a day know nothing of later ones, and tell tenants and principals apart', async () => {
    const both = ["('alice', 'a', 90, 900)", "('bob', 'b', 105, 900)"];
    const all = await versions(both);
    expect(await versions([...both].reverse(), 104)).toEqual(all.slice(0, 5));
    expect((await versions(["('alice', 'a', 90, 900)"])).slice(0, 5)).toEqual(all.slice(0, 5));
    expect((await versions(["('alice', 'b', 90, 900)"]))[0]).not.toBe(all[0]);
    expect((await versions(["('alic', 'ea', 90, 900)"]))[0]).not.toBe(all[0]);
    expect(await versions([])).toEqual(Array.from({ length: 10 }, () => ''));
  });
});
