import type { NeededSetting, SensorSettings } from './format.ts';
import type { Field } from './relation.ts';
import { instantIn, stampIn } from './values.ts';

/**
 * The head of a line as syslog daemons and collectors write it: of RFC 5424, of RFC 3164 (`Mar  1 10:00:00 host
 * program[7]: `), the same with an ISO-8601 time (rsyslog's and syslog-ng's own file formats) or with a year (Cisco).
 * Its groups are the fields of `SyslogFields`; the time is in one of `iso`, `dated` and `stamp`.
 */
export const SYSLOG_HEAD =
  '(?:<\\d{1,3}>(?:\\d{1,2} )?)?' +
  '(?:(?<iso>\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d{1,9})?(?:Z|[+-]\\d{2}:?\\d{2})?)' +
  '|(?<dated>[A-Z][a-z]{2} +\\d{1,2} \\d{4} \\d{2}:\\d{2}:\\d{2})(?:\\.\\d{1,9})?' +
  '|(?<stamp>[A-Z][a-z]{2} +\\d{1,2} (?:[+-]\\d )?\\d{2}:\\d{2}:\\d{2})(?:\\.\\d{1,9})?)' +
  '(?: (?<zone>UTC|GMT|Z))?:? ';

/** All of a line before its message: head, host, and the program where it names one. */
export const SYSLOG_LINE = `${SYSLOG_HEAD}(?<host>[^ ]+) (?:(?<program>[^ :\\[]+)(?:\\[(?<pid>\\d+)\\]:?|:| (?<procid>[^ ]+) [^ ]+ (?:-|\\[.*?\\])) +)?`;

/** Returns SQL for the text of a line's time, set where it has one. */
export function syslogTimeText(field: Field): string {
  return field('iso', 'dated', 'stamp');
}

/**
 * Returns SQL for microseconds since 1970 of the time in a head. NULL where it lacks a zone or a year and weir.yaml does
 * not state it.
 */
export function syslogTime(field: Field, sensor: SensorSettings): string {
  const { timezone, year } = sensor;
  const iso = `regexp_replace(replace(${field('iso')}, ',', '.'), '([+-]\\d{2})(\\d{2})$', '\\1:\\2')`;
  const [dated, stamp, isUtc] = [field('dated'), field('stamp'), `${field('zone')} IS NOT NULL`];
  const inZone = (of: (zone: string) => string) =>
    `CASE WHEN ${isUtc} THEN ${of('UTC')} ELSE ${timezone === undefined ? 'NULL::BIGINT' : of(timezone)} END`;
  const ofIso = `CASE WHEN ${hasZone(iso)} THEN ${instantIn(iso, 'UTC')} ELSE ${inZone((zone) => instantIn(iso, zone))} END`;
  // Behind a turn of the year a line says how many years later than the first it is (year.ts).
  const later = `regexp_extract(${stamp}, ' ([+-]\\d) ', 1)`;
  const laterStamp = `(${year} + TRY_CAST(${later} AS INTEGER)) || ' ' || regexp_replace(${stamp}, ' [+-]\\d ', ' ')`;
  const ofStamp =
    year === undefined
      ? 'NULL::BIGINT'
      : inZone(
          (zone) =>
            `CASE WHEN ${later} <> '' THEN ${stampIn(laterStamp, '%Y %b %d %H:%M:%S', zone)} ELSE ${stampIn(stamp, '%b %d %H:%M:%S', zone, year)} END`,
        );
  return `CASE WHEN ${iso} IS NOT NULL THEN ${ofIso}
    WHEN ${dated} IS NOT NULL THEN ${inZone((zone) => stampIn(dated, '%b %d %Y %H:%M:%S', zone))}
    ELSE ${ofStamp} END`;
}

function hasZone(iso: string): string {
  return `regexp_matches(${iso}, '(Z|[+-]\\d{2}:\\d{2})$')`;
}

const HEAD = new RegExp(`^${SYSLOG_HEAD}`);

/** Returns what the heads of the first lines leave unsaid. */
export function syslogNeeds(lines: readonly string[]): NeededSetting[] {
  const heads = lines.flatMap((line) => {
    const groups = HEAD.exec(line)?.groups;
    return groups ? [groups] : [];
  });
  const isZoneless = heads.some(
    ({ iso, zone }) => zone === undefined && !/(Z|[+-]\d{2}:?\d{2})$/.test(iso ?? ''),
  );
  const isYearless = heads.some(({ stamp }) => stamp !== undefined);
  return [...(isZoneless ? (['timezone'] as const) : []), ...(isYearless ? (['year'] as const) : [])];
}

/** What is expected of a time, for rejects. */
export const SYSLOG_TIME =
  'a time between 1990 and 2100 with its year and zone: state `year:` and `timezone:` of the sensor in weir.yaml';
