/**
 * The types of the HTTP API's answers: the one file of `src/` that the console may import, and only as types,
 * so that nothing of the server ever ends up in the page.
 */
export type { CheckAnswer } from '../operations/answers/check.ts';
export type { BytesInterval, Coverage, Window } from '../operations/answers/common.ts';
export type { CampaignAnswer, DetectAnswer, LeadAnswer } from '../operations/answers/detect.ts';
export type { FacilityAnswer } from '../operations/answers/facility.ts';
export type { PlantedAnswer, PlantedCampaign } from '../operations/answers/planted.ts';
export type { ReportAnswer, ReportKey } from '../operations/answers/report.ts';
export type { Problem } from './problems.ts';
