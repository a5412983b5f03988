import type { CheckAnswer } from '../operations/answers/check.ts';
import type { DetectAnswer } from '../operations/answers/detect.ts';
import type { FacilityAnswer } from '../operations/answers/facility.ts';
import type { PlantedAnswer } from '../operations/answers/planted.ts';
import type { ReportAnswer } from '../operations/answers/report.ts';
import type { DetectQuery, ReportQuery } from './queries.ts';

/** All that the server asks of the rest of Weir: one function per question of its API. */
export interface ServerOperations {
  report(query: ReportQuery): Promise<ReportAnswer>;
  detect(query: DetectQuery): Promise<DetectAnswer>;
  check(): Promise<CheckAnswer>;
  facility(): Promise<FacilityAnswer>;
  /** What the simulation planted; undefined, or left out, for real telemetry. */
  planted?(): Promise<PlantedAnswer | undefined>;
}
