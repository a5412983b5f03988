import type { Layout } from '../../sources/layout.ts';
import type { LineOrigin, LogCount } from './ingest.ts';

/** A staged chunk as the store takes it. */
export interface ChunkToWrite {
  readonly path: string;
  readonly layout: Layout;
  readonly sensor: string;
  readonly lines: number;
  readonly origins: readonly LineOrigin[];
}

/** A file of records just written, not yet part of the ledger. */
export interface WrittenFile {
  readonly family: string;
  readonly path: string;
  readonly rows: number;
  /** Whether its flows tell what their ends were seen as on the other side of a NAT. */
  readonly translates?: boolean;
}

/** What became of a chunk. */
export interface WrittenChunk {
  readonly files: readonly WrittenFile[];
  readonly logs: readonly { readonly source: string; readonly counts: readonly LogCount[] }[];
  readonly leftAlone: readonly { readonly input: number; readonly what: string; readonly lines: number }[];
}
