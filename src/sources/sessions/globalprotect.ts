import { sqlText } from '../../records/sql-text.ts';
import type { SensorSettings, Stream } from '../format.ts';
import type { Field } from '../relation.ts';
import { instantIn, seconds } from '../values.ts';
import type { SessionFields } from './session-rule.ts';
import { sessionRule } from './session-rule.ts';

/** Columns of PAN-OS's GLOBALPROTECT log from the first on, as documented for PAN-OS 9.1.3 and later. */
const NAMES: readonly string[] = [
  'future_use',
  'receive_time',
  'serial',
  'type',
  'subtype',
  'config_version',
  'time_generated',
  'vsys',
  'event_id',
  'stage',
  'auth_method',
  'tunnel_type',
  'src_user',
  'src_region',
  'machine_name',
  'public_ip',
  'public_ipv6',
  'private_ip',
  'private_ipv6',
  'host_id',
  'serial_number',
  'client_version',
  'client_os',
  'client_os_version',
  'repeat_count',
  'reason',
  'error',
  'description',
  'status',
  'location',
  'login_duration',
  'connect_method',
  'error_code',
  'portal',
  'sequence_number',
  'action_flags',
  'high_res_timestamp',
];

/** Returns how fields are reached by these names where the relation names its columns by their place. */
function named(place: Field): Field {
  return (...names) => place(...names.map((name) => panColumn(NAMES.indexOf(name) + 1)));
}

/** Returns the name of a PAN-OS column by its place, from 1. */
export function panColumn(place: number): string {
  return `c${place}`;
}

/** Returns SQL for the stream of a GLOBALPROTECT line: what it tells of a session, else the event's own affair. */
export function globalprotectStream(place: Field): string {
  const field = named(place);
  const isDone = `${field('status')} = 'success'`;
  return `CASE WHEN ${field('event_id')} = 'gateway-connected' AND ${isDone} THEN 'globalprotect-begin'
    WHEN ${field('event_id')} = 'gateway-logout' AND ${isDone} THEN 'globalprotect-end' ELSE 'globalprotect-other' END`;
}

/** The lines of GlobalProtect gateways that tell of sessions. */
export const GLOBALPROTECT_STREAMS: Readonly<Record<string, Stream>> = {
  'globalprotect-begin': {
    rule: (field, sensor) => sessionRule({ ...client(named(field), sensor), event: 'begin' }, sensor),
  },
  'globalprotect-end': {
    rule: (place, sensor) => {
      const field = named(place);
      const length = `nullif(${field('login_duration')}, '0')`;
      const lasted = { name: 'login_duration', text: length, value: seconds(length) };
      return sessionRule({ ...client(field, sensor), event: 'end', lasted }, sensor);
    },
  },
};

function client(field: Field, sensor: SensorSettings): Omit<SessionFields, 'event'> {
  const text = panTimeText(field);
  const given = (name: string, unset: string) => `nullif(${field(name)}, ${sqlText(unset)})`;
  return {
    kind: 'vpn',
    at: { name: 'time_generated', text, value: panTime(text, sensor), expected: PAN_TIME },
    uid: `concat_ws('/', ${field('src_user')}, ${field('host_id')})`,
    principal: field('src_user'),
    outer: {
      name: 'public_ip',
      text: `coalesce(${given('public_ip', '0.0.0.0')}, nullif(${given('public_ipv6', '0.0.0.0')}, '::'))`,
    },
    assigned: { name: 'private_ip', text: given('private_ip', '0.0.0.0') },
    assigned6: { name: 'private_ipv6', text: `nullif(${given('private_ipv6', '0.0.0.0')}, '::')` },
    server: field('serial'),
  };
}

/** Returns SQL for the time of a PAN-OS line: with its zone where there is one, else as the firewall's clock shows it. */
export function panTimeText(field: Field): string {
  const high = `CASE WHEN regexp_full_match(${field('high_res_timestamp')}, '\\d{4}-\\d{2}-\\d{2}T.*') THEN ${field('high_res_timestamp')} END`;
  return `coalesce(${high}, replace(${field('time_generated')}, '/', '-'))`;
}

/** Returns SQL for microseconds since 1970 of such a time; NULL where it has no zone and weir.yaml states none. */
export function panTime(text: string, { timezone }: SensorSettings): string {
  const hasZone = `regexp_matches(${text}, '(Z|[+-]\\d{2}:\\d{2})$')`;
  const local = timezone === undefined ? 'NULL::BIGINT' : instantIn(text, timezone);
  return `CASE WHEN ${hasZone} THEN ${instantIn(text, 'UTC')} ELSE ${local} END`;
}

/** What is expected of it, for rejects. */
export const PAN_TIME =
  'a time between 1990 and 2100 with its zone: state `timezone:` of the sensor in weir.yaml';
