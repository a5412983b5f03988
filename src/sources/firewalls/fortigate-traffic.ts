import { beginText, microsText } from '../ended-time.ts';
import { flowRule } from '../flow-rule.ts';
import type { SensorSettings, Stream } from '../format.ts';
import type { Field } from '../relation.ts';
import { fortigateTime, fortigateTimeText } from '../sessions/fortigate-vpn.ts';
import { missing, seconds } from '../values.ts';

/** Actions of sessions that the firewall did not let through. */
const REFUSED = ['deny', 'ip-conn', 'dns', 'blocked'];

/**
 * Returns SQL for the stream of a FortiGate traffic line: what it tells of a session. Message 20 counts one that goes on, since
 * its begin; those that say `start` count nothing yet.
 */
export function fortigateTrafficStream(field: Field): string {
  const refused = REFUSED.map((action) => `'${action}'`).join(', ');
  return `CASE WHEN ${field('action')} IN (${refused}) THEN 'traffic-refused' WHEN ${field('action')} = 'start' THEN 'traffic-start'
    WHEN right(${field('logid')}, 6) = '000020' THEN 'traffic-going-on' ELSE 'traffic' END`;
}

/** Traffic lines of a FortiGate. */
export const FORTIGATE_TRAFFIC_STREAMS: Readonly<Record<string, Stream>> = {
  traffic: { rule: (field, sensor) => session(field, sensor, 'false') },
  'traffic-going-on': { rule: (field, sensor) => session(field, sensor, 'true') },
};

/** A line is written when its session ends, or while it goes on. Bytes are those of IP packets. */
function session(field: Field, sensor: SensorSettings, snapshot: string) {
  const named = (name: string) => ({ name, text: field(name) });
  // Where a published address was called, the server behind it is the end.
  const isTranslated = `coalesce(contains(${field('trandisp')}, 'dnat') AND ${field('tranip')} NOT IN ('0.0.0.0', '::'), false)`;
  const timeText = fortigateTimeText(field);
  return flowRule(
    {
      start: {
        name: 'eventtime',
        text: beginText(timeText, fortigateTime(field, sensor), field('duration')),
        value: microsText,
      },
      duration: { ...named('duration'), value: seconds },
      orig: { host: named('srcip'), port: named('srcport') },
      resp: {
        host: {
          name: 'dstip',
          text: `CASE WHEN ${isTranslated} THEN ${field('tranip')} ELSE ${field('dstip')} END`,
        },
        port: {
          name: 'dstport',
          text: `CASE WHEN ${isTranslated} THEN ${field('tranport')} ELSE ${field('dstport')} END`,
        },
      },
      proto: field('proto'),
      counts: {
        origPackets: named('sentpkt'),
        origIpBytes: named('sentbyte'),
        respPackets: named('rcvdpkt'),
        respIpBytes: named('rcvdbyte'),
      },
      part: 'whole',
      seen: {
        orig: {
          host: `CASE WHEN contains(${field('trandisp')}, 'snat') THEN ${field('transip')} ELSE ${field('srcip')} END`,
          port: `CASE WHEN contains(${field('trandisp')}, 'snat') THEN ${field('transport')} ELSE ${field('srcport')} END`,
        },
        resp: { host: field('dstip'), port: field('dstport') },
      },
      uid: `concat_ws('/', ${field('devid')}, ${field('vd')}, ${field('sessionid')})`,
      state: field('action'),
      snapshot,
      faults: ['duration', 'sentbyte', 'rcvdbyte', 'policyid'].map((name) => missing(name, field(name))),
    },
    sensor.name,
  );
}
