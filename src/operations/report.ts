import type { NamedCellFiles } from '../accounting/attribution/shares.ts';
import { openTenants } from '../accounting/attribution/tenants.ts';
import { type CellFilter, type CellSums, sumCells, sumKinds } from '../accounting/cell-query.ts';
import { ALL_CORRECTIONS } from '../accounting/corrections.ts';
import { coverageRows } from '../accounting/coverage-query.ts';
import { ConfigurationError } from '../errors.ts';
import { type AsTable, loadAsTable } from '../facility/asn.ts';
import type { Facility } from '../facility/facility.ts';
import { hostNames } from '../facility/zones.ts';
import { formatHost, formatNetwork } from '../records/address.ts';
import { formatDay, formatHour, formatMicros, HOURS_PER_DAY } from '../records/time.ts';
import type { ReportAnswer, ReportKey } from './answers/report.ts';
import { balanceIn } from './balance.ts';
import { coverageOf } from './coverage.ts';
import { type HourWindow, type Question, type Reading, windowOf, withReading } from './reading.ts';
import { counterBound, countersIn, reconciliationOf } from './reconcile.ts';
import { assertMeant, filterOf, type ReportFilters } from './report-filters.ts';

/** What a report is asked for. */
export interface ReportQuestion extends Question, ReportFilters {
  readonly by: ReportKey;
  readonly from?: string;
  readonly to?: string;
  /** Whether to set reads and transfers against what left, by principal. */
  readonly balance?: boolean;
}

type Row = ReportAnswer['rows'][number];

/** Returns what left in a period, summed by one key, with its interval, and apart from it what nobody watched. */
export function report(question: ReportQuestion): Promise<ReportAnswer> {
  return withReading(question, async (reading) => {
    const { db, snapshot, facility } = reading;
    const window = windowOf(snapshot, question.from, question.to);
    const [fromDay, toDay] = [dayOf(window.fromHour), dayOf(window.toHour - 1)];
    const files = {
      cells: reading.builtFiles('cell', fromDay, toDay),
      sharers: reading.builtFiles('sharer', fromDay, toDay),
    };
    await prepareTenants(reading, question, fromDay, toDay);
    const filter = { ...window, ...filterOf(question, facility) };
    const [total] = await sumCells(db, files, 'nothing', filter);
    const rows = await rowsBy(reading, files, question.by, filter);
    if (rows.length === 0) {
      const isNamed = async (one: ReportFilters) =>
        (await sumCells(db, files, 'nothing', { ...window, ...filterOf(one, facility) })).length > 0;
      await assertMeant(question, facility, isNamed);
    }
    const coverage = await coverageIn(reading, window);
    return {
      asOf: snapshot.position,
      window: { from: formatHour(window.fromHour), to: formatHour(window.toHour) },
      by: question.by,
      coverage: coverage.answer,
      total: totalOf(total),
      rows,
      apart: await apartOf(reading, files.cells, window),
      couldHaveBeen: coverage.couldHaveBeen,
      ...(coverage.reconciliation.length > 0 ? { reconciliation: coverage.reconciliation } : {}),
      corrections: correctionsIn(reading, window),
      ...(question.balance ? { balance: await balanceIn(reading, window) } : {}),
    };
  });
}

/** Opens the table of tenants where the question is about them. @throws ConfigurationError when there is none of a name. */
async function prepareTenants(
  { db, facility, factFiles }: Reading,
  { by, tenant }: ReportQuestion,
  fromDay: number,
  toDay: number,
): Promise<void> {
  if (by !== 'tenant' && tenant === undefined) return;
  const tenants = await openTenants(db, factFiles('member', fromDay, toDay), facility);
  if (tenant === undefined || tenant === 'unknown' || tenants.has(tenant)) return;
  throw new ConfigurationError(
    `--tenant ${tenant}: neither weir.yaml nor a member record names such a tenant`,
  );
}

/** Returns how the sensors covered a period, and how interface counters compare with flows. */
export async function coverageIn(reading: Reading, window: HourWindow) {
  const days = { fromDay: dayOf(window.fromHour), toDay: dayOf(window.toHour - 1) };
  const files = reading.builtFiles('coverage-cell', days.fromDay, days.toDay);
  const rows = await coverageRows(reading.db, files, days);
  const counted = await countersIn(reading, window);
  const view = coverageOf(rows, reading.facility, window, counterBound(counted, reading.facility));
  return { ...view, reconciliation: reconciliationOf(counted, reading.facility, view.span) };
}

function dayOf(hour: number): number {
  return Math.floor(hour / HOURS_PER_DAY);
}

async function rowsBy(
  reading: Reading,
  files: NamedCellFiles,
  by: ReportKey,
  filter: CellFilter,
): Promise<Row[]> {
  const { db, facility } = reading;
  if (by === 'as')
    return heaviestFirst(byAs(await sumCells(db, files, 'destination', filter), await asTableOf(facility)));
  const sums = await sumCells(db, files, by, filter);
  const names = by === 'host' ? hostNames(facility) : new Map<bigint, string>();
  const rows = sums.map((each) => ({
    ...rowOf(keyText(by, each), each, by === 'host' ? names.get(BigInt(each.key)) : undefined),
    ...(by === 'principal' || by === 'tenant' ? oneOf(each) : {}),
    ...(each.via.length > 0 ? { via: each.via } : {}),
  }));
  return by === 'hour' || by === 'day' ? rows.sort((a, b) => compare(a.key, b.key)) : heaviestFirst(rows);
}

function keyText(by: ReportKey, { key, name }: CellSums): string {
  switch (by) {
    case 'host':
      return name ?? formatHost(BigInt(key));
    case 'destination':
      return name ?? formatNetwork(BigInt(key));
    case 'hour':
      return formatHour(Number(key));
    case 'day':
      return formatDay(Number(key));
    default:
      return key;
  }
}

/** Returns the facility's AS table. @throws ConfigurationError when weir.yaml names none. */
async function asTableOf(facility: Facility): Promise<AsTable> {
  if (facility.asnFile) return loadAsTable(facility.asnFile);
  throw new ConfigurationError(
    'weir.yaml names no AS table: set `asn:` to a CSV or MMDB file to report by AS',
  );
}

function byAs(sums: readonly CellSums[], table: AsTable): Row[] {
  const key = ({ key: network, name }: CellSums) => {
    if (name !== null) return /^AS\d+$/.test(name) ? name : 'unknown';
    const found = table.asOfNetworkKey(BigInt(network));
    return found ? `AS${found.asn}` : 'unknown';
  };
  const names = new Map<string, string>(
    sums.flatMap((each): [string, string][] => {
      const found = each.name === null ? table.asOfNetworkKey(BigInt(each.key)) : undefined;
      return found?.name ? [[`AS${found.asn}`, found.name]] : [];
    }),
  );
  return merged(sums, key).map((each) => rowOf(each.key, each, names.get(each.key)));
}

/** Adds up sums that come under one key. */
function merged(sums: readonly CellSums[], keyOf: (sums: CellSums) => string): CellSums[] {
  const byKey = new Map<string, CellSums>();
  for (const each of sums) {
    const key = keyOf(each);
    const known = byKey.get(key);
    byKey.set(key, known ? added(known, each) : { ...each, key, name: null });
  }
  return [...byKey.values()];
}

function added(a: CellSums, b: CellSums): CellSums {
  return {
    ...a,
    bytesOut: a.bytesOut + b.bytesOut,
    bytesOutLow: a.bytesOutLow + b.bytesOutLow,
    bytesOutHigh: a.bytesOutHigh + b.bytesOutHigh,
    bytesIn: a.bytesIn + b.bytesIn,
    flows: a.flows + b.flows,
    firstAt: Math.min(a.firstAt, b.firstAt),
    lastAt: Math.max(a.lastAt, b.lastAt),
  };
}

function rowOf(key: string, sums: CellSums, name: string | undefined): Row {
  const { bytesOut, bytesOutLow, bytesOutHigh, bytesIn, flows, firstAt, lastAt } = sums;
  return {
    key,
    ...(name === undefined ? {} : { name }),
    bytesOut: { low: String(bytesOutLow), estimate: String(bytesOut), high: String(bytesOutHigh) },
    bytesIn: String(bytesIn),
    flows: Number(flows),
    firstSeen: formatMicros(firstAt),
    lastSeen: formatMicros(lastAt),
  };
}

/** What of a row is only one's of several who were present. */
function oneOf({ sharedLeast, sharedMost }: CellSums): Pick<Row, 'oneOf'> {
  return sharedLeast === null || sharedMost === null
    ? {}
    : { oneOf: { least: sharedLeast, most: sharedMost } };
}

function totalOf(sums: CellSums | undefined): ReportAnswer['total'] {
  if (!sums) return { bytesOut: { low: '0', estimate: '0', high: '0' }, bytesIn: '0', flows: 0 };
  const { bytesOut, bytesIn, flows } = rowOf('', sums, undefined);
  return { bytesOut, bytesIn, flows };
}

function heaviestFirst(rows: Row[]): Row[] {
  const bytes = new Map(rows.map((row) => [row, BigInt(row.bytesOut.estimate)]));
  return rows.sort((a, b) => {
    const difference = (bytes.get(b) ?? 0n) - (bytes.get(a) ?? 0n);
    return difference === 0n ? compare(a.key, b.key) : difference > 0n ? 1 : -1;
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function apartOf(
  { db }: Reading,
  files: readonly string[],
  window: HourWindow,
): Promise<ReportAnswer['apart']> {
  const kinds = new Map((await sumKinds(db, files, window)).map(({ kind, bytes }) => [kind, bytes]));
  const bytes = (kind: string) => kinds.get(kind) ?? 0n;
  const all = [...kinds.values()].reduce((sum, each) => sum + each, 0n);
  const unclassified = bytes('unclassified');
  return {
    transit: String(bytes('transit')),
    carrier: String(bytes('carrier')),
    internal: String(bytes('internal')),
    unclassified: String(unclassified),
    unclassifiedShare: all === 0n ? 0 : Number(((unclassified + bytes('internal')) * 1_000_000n) / all) / 1e6,
  };
}

/** Sums the corrections of the builds that stand for the period's days. */
function correctionsIn(reading: Reading, { fromHour, toHour }: HourWindow): ReportAnswer['corrections'] {
  const sums = new Map<string, { records: number; bytes: bigint }>();
  for (let day = dayOf(fromHour); day <= dayOf(toHour - 1); day += 1) {
    const totals = reading.totalsOn(day);
    for (const name of Object.keys(ALL_CORRECTIONS)) {
      const records = Number(totals[`correction.${name}.records`] ?? 0);
      if (records === 0) continue;
      const known = sums.get(name) ?? { records: 0, bytes: 0n };
      sums.set(name, {
        records: known.records + records,
        bytes: known.bytes + BigInt(totals[`correction.${name}.bytes`] ?? 0),
      });
    }
  }
  return [...sums.entries()]
    .sort(([a], [b]) => compare(a, b))
    .map(([name, { records, bytes }]) => ({
      correction: `${name}: ${ALL_CORRECTIONS[name]}`,
      records,
      bytes: String(bytes),
    }));
}
