import { DuckDBInstance } from '@duckdb/node-api';
import { sqlText } from '../../src/records/sql-text.ts';

/** Writes the rows of a query to a Parquet file. */
export async function writeParquet(path: string, query: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO ${sqlText(path)} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}
