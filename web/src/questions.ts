import type {
  CheckAnswer,
  DetectAnswer,
  FacilityAnswer,
  PlantedAnswer,
  ReportAnswer,
} from '../../src/server/api-types.ts';
import { ask } from './api.ts';
import { alignDays, drawnPaths, type EgressDays } from './egress-days.ts';

/** Everything the page asks, each answer on its own, so that one failure does not blank the rest. */
export interface Questions {
  facility: Promise<FacilityAnswer>;
  report: Promise<ReportAnswer>;
  egress: Promise<EgressDays>;
  detect: Promise<DetectAnswer>;
  planted: Promise<PlantedAnswer | undefined>;
  check: Promise<CheckAnswer>;
}

/** Asks everything the page shows, all at the journal position of the first answer, so that the figures fit each other. */
export function askAll(): Questions {
  const facility = ask('facility', {});
  const report = ask('report', { by: 'path' });
  const check = ask('check', {});
  const egress = Promise.all([report, check.catch(() => undefined)]).then(([byPath, seen]) =>
    askEgress(byPath, seen),
  );
  const detect = report.then(({ asOf }) => ask('detect', { asOf }));
  const planted = facility.then(({ simulated }) => (simulated ? ask('planted', {}) : undefined));
  return { facility, report, egress, detect, planted, check };
}

async function askEgress(byPath: ReportAnswer, check: CheckAnswer | undefined): Promise<EgressDays> {
  const { asOf } = byPath;
  const names = drawnPaths(byPath);
  const [daily, all] = await Promise.all([
    Promise.all(
      names.map(async (name) => ({ name, report: await ask('report', { by: 'day', path: name, asOf }) })),
    ),
    names.length < byPath.rows.length ? ask('report', { by: 'day', asOf }) : undefined,
  ]);
  return alignDays(byPath, daily, all, check);
}
