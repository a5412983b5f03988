import { beginText, microsText } from '../ended-time.ts';
import { flowRule } from '../flow-rule.ts';
import type { SensorSettings, Stream } from '../format.ts';
import type { Field } from '../relation.ts';
import { PAN_TIME, panColumn } from '../sessions/globalprotect.ts';
import { instantIn, missing, seconds } from '../values.ts';

/** Columns of PAN-OS's TRAFFIC log by their place, as documented for 8.0 to 11.1; later ones stand behind these. */
const PLACES = {
  serial: 3,
  subtype: 5,
  time_generated: 7,
  src: 8,
  dst: 9,
  natsrc: 10,
  natdst: 11,
  app: 15,
  vsys: 16,
  sessionid: 23,
  sport: 25,
  dport: 26,
  natsport: 27,
  natdport: 28,
  proto: 30,
  action: 31,
  bytes_sent: 33,
  bytes_received: 34,
  start: 36,
  elapsed: 37,
  pkts_sent: 45,
  pkts_received: 46,
} as const;
type Column = keyof typeof PLACES;
/** Names for applications that PAN-OS could not tell. */
const NO_APPLICATION = ['incomplete', 'insufficient-data', 'not-applicable', 'unknown-tcp', 'unknown-udp'];

/** Returns SQL for the stream of a TRAFFIC line: only the end of a session counts all of it. */
export function paloaltoTrafficStream(place: Field): string {
  const subtype = place(panColumn(PLACES.subtype));
  return `CASE WHEN ${subtype} = 'end' THEN 'traffic' WHEN ${subtype} IN ('start', 'drop', 'deny') THEN 'traffic-' || ${subtype} ELSE 'traffic-other' END`;
}

/** Sessions that have ended. */
export const PALOALTO_TRAFFIC_STREAMS: Readonly<Record<string, Stream>> = { traffic: { rule: session } };

/**
 * Times are of the firewall's clock: the session's begin, and when the line was generated. The begin is in no other zone than
 * the sensor's, even where a column with a zone stands behind.
 */
function session(place: Field, sensor: SensorSettings) {
  const column = (name: Column) => place(panColumn(PLACES[name]));
  const named = (name: Column) => ({ name, text: column(name) });
  const { timezone } = sensor;
  const clock = (text: string) => {
    const iso = `replace(${text}, '/', '-')`;
    return timezone === undefined ? 'NULL::BIGINT' : instantIn(iso, timezone);
  };
  const none = NO_APPLICATION.map((name) => `'${name}'`).join(', ');
  const app = column('app');
  // Where a published address was called, the server behind it is the end.
  const isTranslated = `coalesce(${column('natdst')} NOT IN ('0.0.0.0', '::', ${column('dst')}), false)`;
  const isHidden = `coalesce(${column('natsrc')} NOT IN ('0.0.0.0', '::'), false)`;
  return flowRule(
    {
      start: {
        name: 'start',
        text: beginText(column('start'), clock(column('start')), `'0'`),
        value: microsText,
      },
      duration: { ...named('elapsed'), value: seconds },
      orig: { host: named('src'), port: named('sport') },
      resp: {
        host: {
          name: 'dst',
          text: `CASE WHEN ${isTranslated} THEN ${column('natdst')} ELSE ${column('dst')} END`,
        },
        port: {
          name: 'dport',
          text: `CASE WHEN ${isTranslated} THEN ${column('natdport')} ELSE ${column('dport')} END`,
        },
      },
      proto: column('proto'),
      counts: {
        origPackets: named('pkts_sent'),
        origIpBytes: named('bytes_sent'),
        respPackets: named('pkts_received'),
        respIpBytes: named('bytes_received'),
      },
      part: 'whole',
      seen: {
        orig: {
          host: `CASE WHEN ${isHidden} THEN ${column('natsrc')} ELSE ${column('src')} END`,
          port: `CASE WHEN ${isHidden} THEN ${column('natsport')} ELSE ${column('sport')} END`,
        },
        resp: { host: column('dst'), port: column('dport') },
      },
      uid: `concat_ws('/', ${column('serial')}, ${column('vsys')}, ${column('sessionid')}, ${column('start')})`,
      service: `CASE WHEN ${app} NOT IN (${none}) THEN CASE ${app} WHEN 'web-browsing' THEN 'http' ELSE ${app} END END`,
      state: column('action'),
      faults: [
        { when: 'v_startedAt IS NULL', says: `start: not ${PAN_TIME}` },
        ...(['elapsed', 'bytes_sent', 'bytes_received', 'pkts_sent', 'pkts_received'] as const).map((name) =>
          missing(name, column(name)),
        ),
      ],
    },
    sensor.name,
  );
}
