import { sqlText } from '../records/sql-text.ts';
import { flowRule } from './flow-rule.ts';
import type { LogFormat, SensorSettings } from './format.ts';
import type { RecordRule } from './record.ts';
import { type Field, jsonRelation } from './relation.ts';
import { count, isZoneless, missing, seconds, wrong } from './values.ts';
import { zonedTime } from './zoned-time.ts';

/** The keys of EVE that Weir reads. */
const KEYS: readonly string[] = [
  'timestamp',
  'event_type',
  'flow_id',
  'src_ip',
  'src_port',
  'dest_ip',
  'dest_port',
  'proto',
  'icmp_type',
  'icmp_code',
  'app_proto',
  ...['start', 'end', 'pkts_toserver', 'pkts_toclient', 'bytes_toserver', 'bytes_toclient', 'state'].map(
    (key) => `flow/${key}`,
  ),
  ...['start', 'end', 'pkts', 'bytes'].map((key) => `netflow/${key}`),
  'tls/sni',
  'tls/ja3/hash',
  'tls/ja4',
  'ssh/client/software_version',
  'ssh/client/hassh/hash',
  'ssh/server/software_version',
  'host',
  'stats/uptime',
  'stats/decoder/pkts',
  'stats/capture/kernel_drops',
];

/** Suricata's EVE: every kind of event in one file of JSON lines, told apart by `event_type`. */
export const suricata: LogFormat = {
  name: 'suricata',
  title: 'Suricata EVE JSON',
  recognise({ keys, objects }) {
    if (!['event_type', 'timestamp'].every((key) => keys.includes(key))) return undefined;
    // Versions before 2.0 wrote local times without their offset.
    const isLocal = objects.some(({ timestamp }) => typeof timestamp === 'string' && isZoneless(timestamp));
    const layout = { source: 'suricata', encoding: 'ndjson', fields: keys } as const;
    return isLocal ? { layout, needs: ['timezone'] } : { layout };
  },
  reading: () => ({
    source: 'suricata',
    relation: (path, rejects) => jsonRelation(path, KEYS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'not a JSON object',
    // Without totals (`totals: no`) there is nothing of the whole.
    streamOf: (field) =>
      `CASE WHEN ${field('event_type')} = 'stats' AND ${field('stats/decoder/pkts')} IS NULL THEN 'stats of threads' ELSE ${field('event_type')} END`,
    streams: {
      flow: { rule: flowEvent },
      netflow: { rule: netflowEvent },
      stats: { rule: statsEvent },
      tls: {
        rule: (field, sensor) =>
          handshake('ssl', field, sensor, field('tls/sni'), field('tls/ja4', 'tls/ja3/hash')),
      },
      ssh: {
        rule: (field, sensor) =>
          handshake(
            'ssh',
            field,
            sensor,
            field('ssh/server/software_version'),
            field('ssh/client/hassh/hash', 'ssh/client/software_version'),
          ),
      },
    },
  }),
};

/** Returns SQL for an event's time; the zone is that of times without an offset, which are refused where it is not stated. */
function timeOf(sensor: SensorSettings): (text: string) => string {
  return (text) => zonedTime(text, sensor.timezone);
}

/** The ends of an event, and what all flows of EVE have in common. Applications it could not tell are `failed`. */
function common(field: Field) {
  const named = (name: string, ...others: string[]) => ({ name, text: field(name, ...others) });
  const app = field('app_proto');
  return {
    orig: { host: named('src_ip'), port: named('src_port', 'icmp_type') },
    resp: { host: named('dest_ip'), port: named('dest_port', 'icmp_code') },
    proto: field('proto'),
    uid: field('flow_id'),
    service: `CASE WHEN ${app} NOT IN ('failed', 'unknown') THEN CASE ${app} WHEN 'tls' THEN 'ssl' ELSE ${app} END END`,
  };
}

function flowEvent(field: Field, sensor: SensorSettings): RecordRule {
  const named = (name: string) => ({ name: `flow.${name}`, text: field(`flow/${name}`) });
  return flowRule(
    {
      ...common(field),
      start: { ...named('start'), value: timeOf(sensor) },
      end: { ...named('end'), value: timeOf(sensor) },
      counts: {
        origPackets: named('pkts_toserver'),
        respPackets: named('pkts_toclient'),
        origIpBytes: named('bytes_toserver'),
        respIpBytes: named('bytes_toclient'),
      },
      state: field('flow/state'),
      part: 'whole',
      faults: [missing('flow.bytes_toserver', field('flow/bytes_toserver'))],
    },
    sensor.name,
  );
}

/**
 * Each direction of a flow as a record of its own. Both bear the flow's id, so that they are settled as one connection,
 * together with its `flow` event where both are logged; the first is that of the packets to the server.
 */
function netflowEvent(field: Field, sensor: SensorSettings): RecordRule {
  const named = (name: string) => ({ name: `netflow.${name}`, text: field(`netflow/${name}`) });
  return flowRule(
    {
      ...common(field),
      start: { ...named('start'), value: timeOf(sensor) },
      end: { ...named('end'), value: timeOf(sensor) },
      counts: { origPackets: named('pkts'), origIpBytes: named('bytes') },
      part: 'one-way',
      faults: [missing('netflow.bytes', field('netflow/bytes'))],
    },
    sensor.name,
  );
}

/**
 * What Suricata says of its own sight: counts since it began, packets it looked at and packets that the kernel dropped
 * before it could.
 */
function statsEvent(field: Field, sensor: SensorSettings): RecordRule {
  return {
    family: 'coverage',
    texts: {
      t_ts: field('timestamp'),
      t_uptime: field('stats/uptime'),
      t_seen: field('stats/decoder/pkts'),
      t_lost: field('stats/capture/kernel_drops'),
    },
    values: {
      startedAt: timeOf(sensor)('t_ts'),
      uptime: seconds('t_uptime'),
      seen: count('t_seen'),
      lost: count('t_lost'),
    },
    columns: {
      startedAt: 'startedAt',
      sensor: sqlText(sensor.name),
      node: field('host'),
      intervalMicros: 'NULL::BIGINT',
      report: `'suricata'`,
      seen: 'seen',
      lost: 'coalesce(lost, 0)',
      since: 'startedAt - uptime',
    },
    faults: [
      missing('timestamp', 't_ts'),
      wrong('timestamp', 't_ts', 'startedAt', 'a time between 1990 and 2100'),
      missing('stats.uptime', 't_uptime'),
      wrong('stats.uptime', 't_uptime', 'uptime', 'a number of seconds'),
      missing('stats.decoder.pkts', 't_seen'),
      wrong('stats.decoder.pkts', 't_seen', 'seen', 'a count below 2^53'),
      wrong('stats.capture.kernel_drops', 't_lost', 'lost', 'a count below 2^53'),
    ],
  };
}

function handshake(
  protocol: 'ssl' | 'ssh',
  field: Field,
  sensor: SensorSettings,
  serverName: string,
  fingerprint: string,
): RecordRule {
  return {
    family: 'handshake',
    texts: {
      t_ts: field('timestamp'),
      t_uid: field('flow_id'),
      t_name: serverName,
      t_fingerprint: fingerprint,
    },
    values: { startedAt: timeOf(sensor)('t_ts') },
    columns: {
      startedAt: 'startedAt',
      sensor: sqlText(sensor.name),
      uid: 't_uid',
      protocol: sqlText(protocol),
      serverName: `nullif(t_name, '')`,
      clientFingerprint: `nullif(t_fingerprint, '')`,
      content: 'NULL::VARCHAR',
    },
    faults: [
      missing('timestamp', 't_ts'),
      wrong('timestamp', 't_ts', 'startedAt', 'a time between 1990 and 2100'),
      missing('flow_id', 't_uid'),
    ],
  };
}
