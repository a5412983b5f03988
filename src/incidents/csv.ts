import { safeText } from '../records/safe-text.ts';
import type { IncidentCase } from './case.ts';
import { presenceInWords } from './people.ts';
import { tlpLabel } from './tlp.ts';

const COLUMNS = [
  'tlp',
  'facility',
  'simulated',
  'incident',
  'as_of',
  'section',
  'what',
  'name',
  'when',
  'when_low',
  'when_high',
  'value',
  'value_low',
  'value_high',
  'unit',
  'by',
  'reference',
  'entry',
  'text',
  'command',
] as const;
type Cells = Partial<Record<(typeof COLUMNS)[number], string | number | null>>;

/** A plain number never computes anything; all else that begins like a formula is held down by an apostrophe. */
const NUMBER = /^-?\d+(\.\d+)?$/;
const FORMULA = /^[\s\uff1d\uff0b\uff0d\uff20=+\-@|%]/;

/** Returns a value as one cell: always quoted, formulas defused, characters that act written as escapes. */
export function csvCell(value: string | number | null | undefined): string {
  const text = safeText(String(value ?? ''));
  const harmless = NUMBER.test(text) || !FORMULA.test(text) ? text : `'${text}`;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/**
 * Returns a case as one table (RFC 4180): figures, timeline, leads, traffic, people, tenants and containment sheet, told apart
 * by `section`. Bytes and seconds are plain numbers with their unit beside them; all of them carry their command.
 */
export function csvOf(told: IncidentCase): string {
  const common: Cells = {
    tlp: tlpLabel(told.incident.tlp),
    facility: told.facility,
    simulated: told.simulated ? 'simulated' : '',
    incident: told.incident.id,
    as_of: told.asOf,
  };
  const rows = [...figures(told), ...timeline(told), ...leads(told), ...traffic(told), ...cuts(told)];
  const lines = rows.map((row) => COLUMNS.map((name) => csvCell({ ...common, ...row }[name])).join(','));
  return [COLUMNS.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function figures({ figures: { loss, observed, dwell, reportingGap } }: IncidentCase): Cells[] {
  const interval = (
    value: { low: string | number; estimate: string | number; high: string | number } | null,
  ) => (value ? { value: value.estimate, value_low: value.low, value_high: value.high } : {});
  const row = (what: string, unit: string, because: string, command: string): Cells => ({
    section: 'figure',
    what,
    unit,
    text: because,
    command,
  });
  return [
    { ...row('loss', 'B', loss.because, loss.command), ...interval(loss.bytesOut) },
    { ...row('observed', 'B', observed.because, observed.command), ...interval(observed.bytesOut) },
    { ...row('dwell time', 's', dwell.because, dwell.command), ...interval(dwell.seconds) },
    {
      ...row('reporting gap', 's', reportingGap.because, reportingGap.command),
      ...interval(reportingGap.seconds),
    },
  ];
}

function timeline({ timeline: events }: IncidentCase): Cells[] {
  return events.map(({ at, kind, text, by, reference, entry, command }) => ({
    section: 'timeline',
    what: kind,
    when: at.estimate,
    when_low: at.low,
    when_high: at.high,
    by,
    reference,
    entry,
    text,
    command,
  }));
}

function leads({ leads: all }: IncidentCase): Cells[] {
  return all.map(({ id, family, entity, detectedAt, observedBytesPerDay, because, command }) => ({
    section: 'lead',
    what: family,
    name: entity,
    when: detectedAt,
    value: observedBytesPerDay,
    unit: 'B/day',
    reference: id,
    text: because,
    command,
  }));
}

function traffic({ traffic: rows, people, tenants }: IncidentCase): Cells[] {
  return [
    ...rows.map(
      ({ host, destination, path, principal, service, bytesOut, firstSeen, lastSeen, command }): Cells => ({
        section: 'traffic',
        what: path,
        name: `${host} to ${destination}`,
        when: firstSeen,
        when_low: firstSeen,
        when_high: lastSeen,
        value: bytesOut.estimate,
        value_low: bytesOut.low,
        value_high: bytesOut.high,
        unit: 'B',
        by: principal === 'unknown' ? '' : principal,
        text: service,
        command,
      }),
    ),
    ...people.map(
      ({ principal, bytesOut, oneOf, bases, command }): Cells => ({
        section: 'person',
        what: presenceInWords(principal, { oneOf, low: bytesOut.low }),
        name: principal,
        value: bytesOut.estimate,
        value_low: bytesOut.low,
        value_high: bytesOut.high,
        unit: 'B',
        text: bases.join(' '),
        command,
      }),
    ),
    ...tenants.map(
      ({ tenant, bytesOut, bytesOutLow, bytesOutHigh, oneOf, principals, command }): Cells => ({
        section: 'tenant',
        what: presenceInWords(tenant, { oneOf, low: bytesOutLow }),
        name: tenant,
        value: bytesOut,
        value_low: bytesOutLow,
        value_high: bytesOutHigh,
        unit: 'B',
        text: principals.join(' '),
        command,
      }),
    ),
  ];
}

function cuts({ sheet: { days, rows } }: IncidentCase): Cells[] {
  return rows.map(({ cut, name, bytesOutOfOthers, counterparts, lastSeen, command }) => ({
    section: 'containment',
    what: cut,
    name,
    when: lastSeen,
    value: bytesOutOfOthers,
    unit: 'B',
    text: `others, ${days?.from ?? ''} to ${days?.to ?? ''}; ${counterparts} ${cut === 'destination' ? 'hosts' : 'destinations'}`,
    command,
  }));
}
