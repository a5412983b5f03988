import { sqlText } from '../../records/sql-text.ts';
import type { SensorSettings, Stream } from '../format.ts';
import type { Field } from '../relation.ts';
import { instantIn, missing, seconds } from '../values.ts';
import type { SessionFields } from './session-rule.ts';
import { sessionRule } from './session-rule.ts';

/** Returns SQL for the stream of a FortiGate VPN event. */
export function fortigateVpnStream(field: Field): string {
  const kind = `CASE WHEN ${field('tunneltype')} = 'ssl-web' THEN 'portal' ELSE 'vpn' END`;
  return `CASE ${field('action')} WHEN 'tunnel-up' THEN ${kind} || '-begin' WHEN 'tunnel-down' THEN ${kind} || '-end'
    WHEN 'tunnel-stats' THEN ${kind} || '-snapshot' ELSE 'vpn-other' END`;
}

const EVENTS = ['begin', 'end', 'snapshot'] as const;

/** VPN events of a FortiGate, SSL and IPsec. */
export const FORTIGATE_VPN_STREAMS: Readonly<Record<string, Stream>> = Object.fromEntries(
  (['vpn', 'portal'] as const).flatMap((kind) =>
    EVENTS.map((event) => [
      `${kind}-${event}`,
      {
        rule: (field: Field, sensor: SensorSettings) =>
          sessionRule(tunnel(field, sensor, kind, event), sensor),
      },
    ]),
  ),
);

function tunnel(
  field: Field,
  sensor: SensorSettings,
  kind: 'vpn' | 'portal',
  event: (typeof EVENTS)[number],
): SessionFields {
  const set = (...names: string[]) =>
    `coalesce(${names.map((name) => `CASE WHEN ${field(name)} NOT IN ('N/A', '(null)', '0.0.0.0', '::') THEN ${field(name)} END`).join(', ')}, NULL)`;
  const at = {
    name: 'eventtime',
    text: fortigateTimeText(field),
    value: fortigateTime(field, sensor),
    expected: FORTIGATE_TIME,
  };
  const begun: SessionFields = {
    kind,
    event,
    at,
    // The number of an SSL tunnel is its own; IPsec numbers its phases, and the name of the tunnel is the client's.
    uid: `concat_ws('/', ${set('vpntunnel')}, ${set('tunnelid')}, ${set('remip')})`,
    principal: set('xauthuser', 'user'),
    outer: { name: 'remip', text: set('remip') },
    outerPort: { name: 'remport', text: `nullif(${set('remport')}, '0')` },
    assigned: { name: 'tunnelip', text: set('tunnelip', 'assignip') },
    server: field('devname'),
    // Every event has one: a line that was cut has not, and its last number may be cut as well.
    faults: [missing('msg', field('msg'))],
  };
  if (event === 'begin') return begun;
  return {
    ...begun,
    lasted: { name: 'duration', text: field('duration'), value: seconds(field('duration')) },
    bytesIn: { name: 'rcvdbyte', text: field('rcvdbyte') },
    bytesOut: { name: 'sentbyte', text: field('sentbyte') },
  };
}

/** Returns SQL for the text of a FortiGate line's time, set where it has one. */
export function fortigateTimeText(field: Field): string {
  return `coalesce(${field('eventtime')}, ${field('date')} || ' ' || ${field('time')})`;
}

/**
 * Returns SQL for microseconds since 1970 of a FortiGate line. `eventtime` has had seconds (6.0), then nanoseconds; without it
 * there is the device's clock, with `tz` in later releases. NULL where the zone is not said and weir.yaml does not.
 */
export function fortigateTime(field: Field, { timezone }: SensorSettings): string {
  const [event, tz] = [field('eventtime'), field('tz')];
  const micros = `TRY_CAST(rpad(left(${event}, 16), 16, '0') AS BIGINT)`;
  const clock = `${field('date')} || ' ' || ${field('time')}`;
  const zoned = `${clock} || left(${tz}, 3) || ':' || right(${tz}, 2)`;
  const ofEvent = `CASE WHEN regexp_full_match(${event}, '\\d{10}(\\d{3}){0,3}') THEN ${micros} END`;
  const ofClock = `CASE WHEN regexp_full_match(${tz}, '[+-]\\d{4}') THEN ${instantIn(zoned, 'UTC')}
    ELSE ${timezone === undefined ? 'NULL::BIGINT' : instantIn(clock, timezone)} END`;
  return `CASE WHEN ${event} IS NOT NULL THEN ${ofEvent} ELSE ${ofClock} END`;
}

/** What is expected of it, for rejects. */
export const FORTIGATE_TIME =
  'a time between 1990 and 2100 with its zone: state `timezone:` of the sensor in weir.yaml';

/** Returns whether a line leaves its zone unsaid. */
export function isZonelessFortigate(line: string): boolean {
  return !/(?:^|[\s,])(?:eventtime=\d{10}|tz="?[+-]\d{4})/.test(line);
}

/** Lines of a subtype that is left alone, by its name. */
export const SUBTYPE = (field: Field) =>
  `CASE WHEN regexp_full_match(${field('type')}, '[a-z-]{1,20}') THEN concat_ws('.', ${field('type')}, CASE WHEN regexp_full_match(${field('subtype')}, '[a-z-]{1,20}') THEN ${field('subtype')} END) ELSE ${sqlText('other')} END`;
