import { join } from 'node:path';
import { expect, test } from 'vitest';
import { relayBytes } from '../../src/accounting/relays/relay-query.ts';
import { parseFacility } from '../../src/facility/load.ts';
import { openDatabase } from '../../src/ledger/duckdb/database.ts';
import { hostKey, parseAddress } from '../../src/records/address.ts';
import { CELL_COLUMNS, sqlType } from '../../src/records/columns.ts';
import { sqlText } from '../../src/records/sql-text.ts';
import { temporaryFolder } from '../support/ledgers.ts';
import { writeParquet } from '../support/parquet.ts';

const FACILITY = parseFacility(
  `facility: { name: Test Centre }
networks: { inside: [10.0.0.0/8, 192.0.2.0/24], relays: [192.0.2.5, 192.0.2.6, 192.0.2.7] }
paths: [{ name: border, sensors: [zeek] }]
hosts: [{ name: gateway, addresses: [10.0.0.50, 192.0.2.7] }]
`,
  'weir.yaml',
  '/nowhere',
);
const DAY = 20_500;

interface Cell {
  readonly host: string;
  readonly hour: number;
  readonly out: number;
  readonly came?: number;
  readonly via?: string;
  readonly kind?: string;
  readonly named?: string;
}

function rowOf({ host, hour, out, came = 0, via, kind = 'egress', named }: Cell): string {
  const address = parseAddress(host);
  if (!address) throw new Error(host);
  const values: Readonly<Record<string, string>> = {
    hour: String(hour),
    kind: sqlText(kind),
    hostKey: String(hostKey(address)),
    hostName: named === undefined ? 'NULL' : sqlText(named),
    bytesOut: String(out),
    bytesIn: String(came),
    via: via === undefined ? 'NULL' : sqlText(via),
  };
  const columns = CELL_COLUMNS.map(
    ({ name, type }) => `${values[name] ?? (type === 'text' ? "'x'" : '0')}::${sqlType(type)} AS "${name}"`,
  );
  return `SELECT ${columns.join(', ')}`;
}

test('what passed relays is told by the logs that know whose it is, and by relay and day where none does', async () => {
  const dir = temporaryFolder();
  const file = join(dir, 'cells.parquet');
  const hour = DAY * 24;
  const cells: Cell[] = [
    { host: '10.0.0.1', hour, out: 5, came: 1, via: 'NAT log of b' },
    { host: '10.0.0.2', hour: hour + 30, out: 50, came: 10, via: 'NAT log of a', kind: 'transit' },
    { host: '10.0.0.3', hour, out: 60, via: 'log of c' },
    { host: '192.0.2.5', hour, out: 100, came: 7 },
    { host: '192.0.2.5', hour: hour + 47, out: 200 },
    // The address of a named host stands for the host.
    { host: '10.0.0.50', hour, out: 1000 },
    // No relay's, known after all, no egress, without a byte, outside the hours, or of a series that names its hosts.
    { host: '10.0.0.9', hour, out: 1e6 },
    { host: '192.0.2.6', hour, out: 2e6, via: 'NAT log of b' },
    { host: '192.0.2.6', hour, out: 3e6, kind: 'carrier' },
    { host: '192.0.2.6', hour, out: 0 },
    { host: '192.0.2.6', hour: hour + 48, out: 4e6 },
    { host: '192.0.2.6', hour: hour - 1, out: 5e6 },
    { host: '192.0.2.6', hour, out: 6e6, named: 'vm-1' },
  ];
  await writeParquet(file, cells.map(rowOf).join(' UNION ALL '));
  const db = await openDatabase({ root: dir, temporary: join(dir, 'engine'), threads: 1 });
  try {
    const { resolved, unresolved } = await relayBytes(db, [file], FACILITY, {
      fromHour: hour,
      toHour: hour + 48,
    });
    expect(resolved).toEqual([
      { via: 'NAT log of b', bytes: 2_000_006n },
      { via: 'NAT log of a', bytes: 60n },
      { via: 'log of c', bytes: 60n },
    ]);
    expect(unresolved).toEqual([
      { relay: 0, bytes: 307n, days: [DAY, DAY + 1] },
      { relay: 2, bytes: 1000n, days: [DAY] },
    ]);
    const none = await relayBytes(
      db,
      [file],
      { ...FACILITY, relays: [] },
      { fromHour: hour, toHour: hour + 48 },
    );
    expect([none.resolved.length, none.unresolved]).toEqual([3, []]);
  } finally {
    db.close();
  }
});
