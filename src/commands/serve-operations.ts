import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { check } from '../operations/check.ts';
import { detect } from '../operations/detect.ts';
import { planted } from '../operations/planted.ts';
import { rememberWhileStill } from '../operations/remember.ts';
import { report } from '../operations/report.ts';
import type { DetectQuery, ReportQuery } from '../server/queries.ts';
import type { ServerOperations } from '../server/server-operations.ts';
import { type Subject, stated } from './context.ts';

/** Returns how the server's questions are answered, from the same operations as the commands. */
export function serverOperations({ facility, ledgerDir }: Subject, configFile: string): ServerOperations {
  const subject = { facility, ledgerDir, progress: () => undefined };
  const truthFile = join(dirname(configFile), 'truth.json');
  return {
    report: rememberWhileStill(ledgerDir, (query: ReportQuery) =>
      report({ ...subject, ...stated(query), ...endOf(query.to) }),
    ),
    detect: rememberWhileStill(ledgerDir, (query: DetectQuery) =>
      detect({ ...subject, ...stated(query), ...endOf(query.to) }),
    ),
    check: async () => (await check(subject)).answer,
    facility: async () => ({ name: facility.name, simulated: facility.simulated }),
    planted: async () => (facility.simulated && existsSync(truthFile) ? planted(truthFile) : undefined),
  };
}

/** The API does not count the day `to`, the commands do: they are told the instant it begins at. */
function endOf(to: string | undefined): { to?: string } {
  return to === undefined ? {} : { to: to.includes('T') ? to : `${to}T00:00:00Z` };
}
