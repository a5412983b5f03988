import type { DuckDBDataChunk, DuckDBMaterializedResult } from '@duckdb/node-api';
import { InternalError } from '../../errors.ts';

/** The arrays that columns of these types become. */
interface Arrays {
  readonly INTEGER: Int32Array;
  readonly UINTEGER: Uint32Array;
  readonly DOUBLE: Float64Array;
  readonly VARCHAR: string[];
}

type Columns<Types extends readonly (keyof Arrays)[]> = { -readonly [I in keyof Types]: Arrays[Types[I]] };

const ARRAYS = { INTEGER: Int32Array, UINTEGER: Uint32Array, DOUBLE: Float64Array };

/**
 * Returns a result column by column; numbers are copied by the thousand and not one by one. What is NULL there is no number
 * here: the query must not return any.
 * @throws InternalError when a column has another type than stated.
 */
export function columnsOf<const Types extends readonly (keyof Arrays)[]>(
  result: DuckDBMaterializedResult,
  types: Types,
): Columns<Types> {
  const chunks = Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index));
  const columns = types.map((type, column) =>
    type === 'VARCHAR' ? textsOf(chunks, column) : numbersOf(chunks, column, result.rowCount, ARRAYS[type]),
  );
  return columns as Columns<Types>;
}

function numbersOf(
  chunks: readonly DuckDBDataChunk[],
  column: number,
  length: number,
  make: (typeof ARRAYS)[keyof typeof ARRAYS],
): Int32Array | Uint32Array | Float64Array {
  const values = new make(length);
  let at = 0;
  for (const chunk of chunks) {
    const { items } = chunk.getColumnVector(column) as unknown as { items?: unknown };
    if (!(items instanceof make)) throw new InternalError(`column ${column} of a result is no ${make.name}`);
    values.set(items, at);
    at += items.length;
  }
  return values;
}

function textsOf(chunks: readonly DuckDBDataChunk[], column: number): string[] {
  const texts: string[] = [];
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(column);
    for (let i = 0; i < vector.itemCount; i++) {
      const text = vector.getItem(i);
      if (typeof text !== 'string') throw new InternalError(`column ${column} of a result holds no text`);
      texts.push(text);
    }
  }
  return texts;
}
