import { DuckDBTypeId, StatementType } from '@duckdb/node-api';
import { z } from 'zod';
import {
  CELL_COLUMNS,
  type Column,
  columnList,
  REJECT_COLUMNS,
  SHARER_COLUMNS,
  sqlType,
} from '../../records/columns.ts';
import {
  FACT_COLUMNS,
  type FactFamily,
  NUMBERS_COLUMNS,
  TRANSLATION_COLUMNS,
} from '../../records/families.ts';
import { sqlTextList } from '../../records/sql-text.ts';
import { MICROS_PER_HOUR } from '../../records/time.ts';
import type { Database } from './database.ts';

/** What a person may ask for by name: the family of files behind a view, and the columns it has. */
interface View {
  readonly name: string;
  readonly family: string;
  readonly built: boolean;
  readonly columns: readonly Column[];
  /** Columns made for reading, beside the stored ones. */
  readonly readable: readonly string[];
  /** SQL of the instant (microseconds) or hour that places a row in time; undefined where a row has none. */
  readonly time: { readonly column: string; readonly unit: 'micros' | 'hour' } | undefined;
}

const STARTED = { column: 'startedAt', unit: 'micros' } as const;
const AT = 'make_timestamp("startedAt") AS "time"';

/** What makes a record readable, beside its time: its addresses as text, its end as a timestamp. */
const READABLE: Readonly<Partial<Record<FactFamily, readonly string[]>>> = {
  flow: [addressText('orig'), addressText('resp')],
  lease: [endText(), addressText('address')],
  session: [
    endText(),
    'make_timestamp("observedAt") AS "observed"',
    addressText('outer'),
    addressText('assigned'),
    addressText('assigned6'),
  ],
  job: [endText()],
  access: [endText(), 'make_timestamp("counterSince") AS "counting"'],
  transfer: [endText(), addressText('server'), addressText('peer')],
  member: [endText()],
  account: [endText()],
};

function addressText(name: string): string {
  return `weir_address("${name}Hi", "${name}Lo") AS "${name}"`;
}

function endText(): string {
  return 'make_timestamp("endedAt") AS "end"';
}

const FACT_VIEWS: readonly View[] = Object.entries(FACT_COLUMNS).map(([name, columns]) => ({
  name,
  family: name,
  built: false,
  columns,
  readable: [AT, ...(READABLE[name as FactFamily] ?? [])],
  time: STARTED,
}));

/** The views of `weir ledger query`. Addresses and times stand beside the stored numbers as text and timestamp. */
export const VIEWS: readonly View[] = [
  ...FACT_VIEWS,
  {
    name: 'translation',
    family: 'translation',
    built: false,
    columns: TRANSLATION_COLUMNS,
    readable: [AT, endText(), ...['orig', 'resp', 'seenOrig', 'seenResp'].map(addressText)],
    time: STARTED,
  },
  {
    name: 'numbers',
    family: 'numbers',
    built: false,
    columns: NUMBERS_COLUMNS,
    readable: [AT, endText()],
    time: STARTED,
  },
  {
    name: 'cell',
    family: 'cell',
    built: true,
    columns: CELL_COLUMNS,
    readable: [
      'make_timestamp("hour"::BIGINT * 3600000000) AS "time"',
      'coalesce("hostName", weir_host("hostKey")) AS "host"',
      'coalesce("networkName", weir_network("networkKey")) AS "network"',
    ],
    time: { column: 'hour', unit: 'hour' },
  },
  { name: 'sharer', family: 'sharer', built: true, columns: SHARER_COLUMNS, readable: [], time: undefined },
  { name: 'reject', family: 'reject', built: false, columns: REJECT_COLUMNS, readable: [], time: undefined },
];

/** SQL for `:a:b:…:` with its first longest run of zeros as `::` (RFC 5952). */
const SHORTENED = `CASE ${[8, 7, 6, 5, 4, 3, 2].map((zeros) => `WHEN contains(groups, '${':0'.repeat(zeros)}:') THEN regexp_replace(groups, '${':0'.repeat(zeros)}:', '::')`).join(' ')} ELSE groups END`;

/** The text of an address from its two halves, and of the keys of hosts (/64) and networks (/24, /48). */
const TEXT_MACROS: readonly string[] = [
  `CREATE OR REPLACE TEMP MACRO weir_v4(lo) AS
     concat_ws('.', ((lo >> 24) & 255), ((lo >> 16) & 255), ((lo >> 8) & 255), (lo & 255))`,
  `CREATE OR REPLACE TEMP MACRO weir_half(half) AS
     concat_ws(':', hex((half >> 48) & 65535), hex((half >> 32) & 65535), hex((half >> 16) & 65535), hex(half & 65535))`,
  `CREATE OR REPLACE TEMP MACRO weir_v6(groups) AS
     regexp_replace(regexp_replace(${SHORTENED}, '^:([^:])', '\\1'), '([^:]):$', '\\1')`,
  `CREATE OR REPLACE TEMP MACRO weir_address(hi, lo) AS
     CASE WHEN lo IS NULL THEN NULL WHEN hi = 0 AND (lo >> 32) = 65535 THEN weir_v4(lo)
       ELSE weir_v6(':' || lower(weir_half(hi) || ':' || weir_half(lo)) || ':') END`,
  `CREATE OR REPLACE TEMP MACRO weir_host(key) AS
     CASE WHEN (key >> 32) = 65535 THEN weir_v4(key) ELSE weir_address(key, 0) || '/64' END`,
  `CREATE OR REPLACE TEMP MACRO weir_network(key) AS
     CASE WHEN (key >> 32) = 65535 THEN weir_v4(key) || '/24' ELSE weir_address(key, 0) || '/48' END`,
];

/** Makes a view over explicit files; rows outside [fromHour, toHour) are left out where a row has a time. */
export async function createViews(
  db: Database,
  filesOf: (family: string, built: boolean) => readonly string[],
  window: { readonly fromHour: number; readonly toHour: number } | undefined,
): Promise<void> {
  for (const macro of TEXT_MACROS) await db.run(macro);
  for (const { name, family, built, columns, readable, time } of VIEWS) {
    const source = relation(filesOf(family, built), columns);
    const unit = time?.unit === 'micros' ? MICROS_PER_HOUR : 1;
    const within =
      time && window
        ? `WHERE "${time.column}" >= ${window.fromHour * unit} AND "${time.column}" < ${window.toHour * unit}`
        : '';
    await db.run(
      `CREATE OR REPLACE TEMP VIEW "${name}" AS SELECT ${['*', ...readable].join(', ')} FROM ${source} ${within}`,
    );
  }
}

function relation(files: readonly string[], columns: readonly Column[]): string {
  if (files.length > 0) {
    // What an earlier version wrote has not all columns: those are unset.
    return `(SELECT ${columnList(columns)} FROM (SELECT * FROM read_parquet(${sqlTextList(files)}, union_by_name=true) UNION ALL BY NAME FROM ${relation([], columns)}))`;
  }
  return `(SELECT ${columns.map(({ name, type }) => `NULL::${sqlType(type)} AS "${name}"`).join(', ')} WHERE false)`;
}

const jsonValue = z.json();

/** The answer of a query: names of the columns, and rows of JSON values; 64-bit integers as text, times as ISO-8601 in UTC. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly z.infer<typeof jsonValue>[])[];
  /** Whether there were more rows than asked for. */
  readonly cut: boolean;
}

/**
 * Runs one SELECT statement and returns at most `limit` rows. Nothing else is run: COPY could overwrite the very
 * files that the ledger is made of.
 * @throws Error with the engine's message when the statement is wrong or is no single SELECT.
 */
export async function select(db: Database, sql: string, limit: number): Promise<QueryResult> {
  const statements = await db.connection.extractStatements(sql);
  if (statements.count !== 1) throw new Error(`one statement is run at a time, this is ${statements.count}`);
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT) throw new Error('only SELECT is run here');
  const reader = await prepared.streamAndReadUntil(limit + 1);
  const isTime = reader.columnTypes().map(({ typeId }) => typeId === DuckDBTypeId.TIMESTAMP);
  const rows = reader
    .getRowsJson()
    .map((row) => row.map((value, index) => (isTime[index] ? isoText(value) : jsonValue.parse(value))));
  return { columns: reader.columnNames(), rows: rows.slice(0, limit), cut: rows.length > limit };
}

/** The engine's text of a timestamp in UTC, as ISO-8601. */
function isoText(value: unknown): string | null {
  return typeof value === 'string' ? `${value.replace(' ', 'T')}Z` : null;
}
