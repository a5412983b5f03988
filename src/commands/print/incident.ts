import type {
  IncidentAnswer,
  IncidentSaidAnswer,
  IncidentsAnswer,
} from '../../operations/answers/incident.ts';
import { oneOfText } from './one-of.ts';
import { safeText } from './safe-text.ts';
import { renderTable } from './table.ts';
import { counted, formatBytes, formatInstant } from './units.ts';

const SHOWN_ROWS = 30;
const NAMES = 5;
const right = { align: 'right' } as const;

/** Returns what was written for a person. */
export function saidText({ entry, incident }: IncidentSaidAnswer): string {
  const { id, title, status, tlp } = incident;
  return [
    `Case ${safeText(id)} (${status}, TLP:${tlp.toUpperCase()}), entry ${entry}: ${safeText(title)}\n`,
    holdText(incident),
    `Next: weir incident show ${safeText(id)}\n`,
  ].join('');
}

function holdText({ hold, holdReleased }: IncidentSaidAnswer['incident']): string {
  if (holdReleased) return 'Its records go by retention again.\n';
  if (!hold) return 'It holds no records: --hold-from names days whose records outlive retention.\n';
  return `Records from ${hold.from} ${hold.to ? `to ${hold.to}` : 'on, until it is contained,'} outlive retention.\n`;
}

/** Returns the cases for a person. */
export function incidentsText({ incidents }: IncidentsAnswer): string {
  if (incidents.length === 0) return 'No case was opened.\n';
  return renderTable(
    [
      { title: 'CASE' },
      { title: 'STATUS' },
      { title: 'TLP' },
      { title: 'OPENED (UTC)' },
      { title: 'ACKNOWLEDGED' },
      { title: 'CONTAINED' },
      { title: 'HOLDS' },
      { title: 'TITLE', whole: true },
    ],
    incidents.map(({ id, status, tlp, openedAt, acknowledgedAt, containedAt, hold, title }) => [
      id,
      status,
      tlp.toUpperCase(),
      formatInstant(openedAt),
      formatInstant(acknowledgedAt),
      formatInstant(containedAt),
      hold ? `${hold.from}..${hold.to ?? ''}` : '-',
      title,
    ]),
  );
}

/** Returns a case for a person. */
export function caseText(told: IncidentAnswer): string {
  const { incident, figures, asOf, simulated } = told;
  const figure = (name: string, { because, command }: { because: string; command: string }) =>
    `  ${name}: ${safeText(because)}\n      ${safeText(command)}\n`;
  return [
    `TLP:${incident.tlp.toUpperCase()}  ${safeText(incident.title)}\n`,
    `Case ${safeText(incident.id)}, ${incident.status}, as of entry ${asOf} (${formatInstant(told.asOfAt)} UTC)${simulated ? ', simulated' : ''}\n\n`,
    figure('Loss', figures.loss),
    figure('Dwell time', figures.dwell),
    figure('Reporting gap', figures.reportingGap),
    figure('Passed in all', figures.observed),
    `\nTimeline:\n${timelineText(told)}`,
    sheetText(told),
    peopleText(told),
    tenantsText(told),
    `\n${holdText(incident)}Hand it over: weir incident export ${safeText(incident.id)} --form html|stix|ocsf|timesketch|csv --out FILE\n`,
  ].join('');
}

function timelineText({ timeline }: IncidentAnswer): string {
  return renderTable(
    [
      { title: 'WHEN (UTC)' },
      { title: 'WHAT' },
      { title: 'WHO' },
      { title: 'ENTRY', ...right },
      { title: '', whole: true },
    ],
    timeline.map(({ at, kind, text, by, reference, entry }) => [
      `${at.low === at.high ? '' : '~'}${formatInstant(at.estimate)}`,
      kind,
      by ?? reference ?? '',
      entry === null ? '' : String(entry),
      text,
    ]),
  );
}

function sheetText({ sheet: { days, rows } }: IncidentAnswer): string {
  if (!days || rows.length === 0) return '';
  const shown = rows.slice(0, SHOWN_ROWS);
  const table = renderTable(
    [
      { title: 'CUT' },
      { title: 'NAME' },
      { title: 'CASE', ...right },
      { title: 'OTHERS', ...right },
      { title: 'LAST (UTC)' },
      { title: 'WHO ELSE', whole: true },
    ],
    shown.map(({ cut, name, bytesOutOfCase, bytesOutOfOthers, counterparts, lastSeen }) => [
      cut,
      name,
      formatBytes(bytesOutOfCase),
      formatBytes(bytesOutOfOthers),
      formatInstant(lastSeen),
      counted(counterparts, cut === 'destination' ? 'host' : 'destination'),
    ]),
  );
  const more =
    rows.length > shown.length ? `… and ${counted(rows.length - shown.length, 'row')} more (--json)\n` : '';
  return `\nWhat can be cut, and what breaks (${days.from} to ${days.to}):\n${table}${more}`;
}

const SHARE_COLUMNS = [
  { title: 'NOBODY ELSE', ...right },
  { title: 'WITH ITS SHARE', ...right },
  { title: 'AT MOST', ...right },
  { title: 'HOW SURE' },
] as const;

/** That nobody else is known is all that logs say, even of one who was there alone. */
function sureText(
  key: string,
  bytesOut: IncidentAnswer['people'][number]['bytesOut'],
  oneOf: IncidentAnswer['people'][number]['oneOf'],
): string {
  if (oneOf) return oneOfText({ key, bytesOut, oneOf });
  return key === 'unknown' ? 'nobody known' : 'nobody else known';
}

function peopleText({ people }: IncidentAnswer): string {
  if (people.length === 0) return '';
  const shown = people.slice(0, SHOWN_ROWS);
  const rows = shown.map(({ principal, bytesOut, oneOf, bases }) => [
    principal,
    formatBytes(bytesOut.low),
    formatBytes(bytesOut.estimate),
    formatBytes(bytesOut.high),
    sureText(principal, bytesOut, oneOf),
    bases.join(' '),
  ]);
  const table = renderTable([{ title: 'IDENTITY' }, ...SHARE_COLUMNS, { title: 'BY', whole: true }], rows);
  const more = people.length - shown.length;
  return `\nWho can have sent it (a share is an equal part, no suspicion; presence alone is weak, even of one):\n${table}${more > 0 ? `… and ${counted(more, 'identity', 'identities')} more (--json)\n` : ''}`;
}

function tenantsText({ tenants }: IncidentAnswer): string {
  if (tenants.length === 0) return '';
  const rows = tenants.map(({ tenant, bytesOut, bytesOutLow, bytesOutHigh, oneOf, principals }) => [
    tenant,
    formatBytes(bytesOutLow),
    formatBytes(bytesOut),
    formatBytes(bytesOutHigh),
    sureText(tenant, { low: bytesOutLow, estimate: bytesOut, high: bytesOutHigh }, oneOf),
    principals.length > NAMES ? counted(principals.length, 'identity', 'identities') : principals.join(' '),
  ]);
  return `\nTenants touched:\n${renderTable([{ title: 'TENANT' }, ...SHARE_COLUMNS, { title: 'IDENTITIES', whole: true }], rows)}`;
}
