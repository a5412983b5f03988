/** What the benchmarks import into: a facility that holds the generated hosts, and ledgers made for one run. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Facility } from '../src/facility/facility.ts';
import { parseFacility } from '../src/facility/load.ts';
import { importLogs } from '../src/operations/import/import.ts';
import { WORK } from './generate.ts';

const FACILITY = `facility:
  name: Benchmark
networks:
  inside: [10.0.0.0/8]
paths:
  - name: border
    kind: border
    capacityGbps: 100
sensors:
  - name: border-zeek
    files: ['**']
    watches: [border]
`;

/** Returns the facility of the generated logs. */
export function benchmarkFacility(): Facility {
  return parseFacility(FACILITY, 'weir.yaml', WORK);
}

/** Imports a file or folder as `weir import` does, into a ledger of its own that is removed afterwards. Returns accepted lines. */
export async function importFresh(
  path: string,
  then: (ledgerDir: string) => Promise<void> = async () => undefined,
): Promise<number> {
  const ledgerDir = join(WORK, `ledger-${process.pid}`);
  try {
    const { answer } = await importLogs({
      facility: benchmarkFacility(),
      ledgerDir,
      paths: [path],
      cwd: WORK,
      progress: () => undefined,
    });
    await then(ledgerDir);
    return answer.commits.reduce((sum, { accepted }) => sum + accepted, 0);
  } finally {
    rmSync(ledgerDir, { recursive: true, force: true });
  }
}
