import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { z } from 'zod';
import { sqlText } from '../../records/sql-text.ts';
import { ADDRESS_MACROS } from '../../sources/values.ts';

/** An embedded query engine over Parquet files; it owns no file of its own. */
export interface Database {
  readonly connection: DuckDBConnection;
  /** Runs one statement. */
  run(sql: string): Promise<void>;
  /** Runs one query and parses each row; small results only. */
  rows<Row>(sql: string, schema: z.ZodType<Row>): Promise<Row[]>;
  close(): void;
}

/** What an engine may use. */
export interface DatabaseLimits {
  /** Folder it may read and write, and keep its temporary files under. */
  readonly root: string;
  readonly temporary: string;
  readonly memoryMegabytes?: number;
  readonly threads?: number;
  /** Further macros its statements use. */
  readonly macros?: readonly string[];
}

const DEFAULT_MEMORY_MEGABYTES = 1_200;

/**
 * Opens an engine that reaches only the given folder, loads no extension and cannot be reconfigured.
 * @throws Error when the native library cannot start.
 */
export async function openDatabase(limits: DatabaseLimits): Promise<Database> {
  await mkdir(limits.temporary, { recursive: true, mode: 0o700 });
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads ?? Math.max(1, availableParallelism())),
    memory_limit: `${limits.memoryMegabytes ?? DEFAULT_MEMORY_MEGABYTES}MB`,
    temp_directory: limits.temporary,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET allowed_directories = [${sqlText(limits.root)}, ${sqlText(limits.temporary)}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  for (const macro of [...ADDRESS_MACROS, ...(limits.macros ?? [])]) await connection.run(macro);
  return {
    connection,
    run: async (sql) => {
      await connection.run(sql);
    },
    rows: async (sql, schema) => {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJS().map((row) => schema.parse(row));
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Returns whether a statement failed for what is in the data, such as a value that its own check refuses, not for itself. */
export function isOfData(error: unknown): boolean {
  return error instanceof Error && /^(Invalid Input|Conversion) Error: /.test(error.message);
}
