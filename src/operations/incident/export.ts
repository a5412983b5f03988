import type { IncidentCase } from '../../incidents/case.ts';
import { csvOf } from '../../incidents/csv.ts';
import { htmlOf } from '../../incidents/html.ts';
import { ocsfOf } from '../../incidents/ocsf.ts';
import { stixOf } from '../../incidents/stix.ts';
import { timesketchOf } from '../../incidents/timesketch.ts';
import type { TlpLevel } from '../../ledger/incident-entry.ts';
import { type CaseQuestion, incidentShow } from './read.ts';

/** In which forms a case leaves Weir, and how a file of each should end. */
export const EXPORT_FORMS = {
  html: '.html',
  stix: '.stix.json',
  ocsf: '.ocsf.ndjson',
  timesketch: '.jsonl',
  csv: '.csv',
} as const;
/** One of the forms. */
export type ExportForm = keyof typeof EXPORT_FORMS;

/** A case to be exported; marked as the case is unless told otherwise. */
export interface ExportQuestion extends CaseQuestion {
  readonly form: ExportForm;
  readonly tlp?: TlpLevel;
}

/** A case in one of its forms. */
export interface Exported {
  readonly incident: string;
  readonly asOf: number;
  readonly tlp: TlpLevel;
  readonly text: string;
}

/** Returns a case as the text of a file. The same case as of the same position gives the same bytes. */
export async function exportIncident(question: ExportQuestion): Promise<Exported> {
  const told = await incidentShow(question);
  const tlp = question.tlp ?? told.incident.tlp;
  const marked: IncidentCase = { ...told, incident: { ...told.incident, tlp } };
  return { incident: told.incident.id, asOf: told.asOf, tlp, text: WRITERS[question.form](marked) };
}

const WRITERS: Readonly<Record<ExportForm, (told: IncidentCase) => string>> = {
  html: htmlOf,
  stix: (told) => `${JSON.stringify(stixOf(told), undefined, 2)}\n`,
  ocsf: ocsfOf,
  timesketch: timesketchOf,
  csv: csvOf,
};
