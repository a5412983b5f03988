/** A process of its own that imports: `import-child.ts <ledger> <folder of weir.yaml> <path>…`; prints the answer as JSON. */
import { join } from 'node:path';
import { loadFacility } from '../../src/facility/load.ts';
import { importLogs } from '../../src/operations/import/import.ts';

const [ledgerDir = '', folder = '', ...paths] = process.argv.slice(2);
const facility = await loadFacility(join(folder, 'weir.yaml'));
const { answer } = await importLogs({ facility, ledgerDir, paths, cwd: folder, progress: () => undefined });
process.stdout.write(JSON.stringify(answer));
