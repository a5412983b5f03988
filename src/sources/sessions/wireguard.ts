import type { LogFormat, SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import { type Field, separatedRelation, shownLine } from '../relation.ts';
import { rewriteLines } from '../rewritten-lines.ts';
import { instant, instantIn, isZoneless } from '../values.ts';
import { earlier, sessionRule } from './session-rule.ts';

/** Columns of the rewritten lines; the first is `wireguard`. */
const FIELDS = [
  'kind',
  'time',
  'interface',
  'key',
  'address',
  'port',
  'host',
  'host6',
  'handshake',
  'received',
  'sent',
];
const KIND = 'wireguard';
const LAYOUT = { source: KIND, encoding: 'csv', fields: FIELDS, separator: '\t', quote: '' } as const;

const KEY = '[A-Za-z0-9+/]{43}=';
/** A peer, of `wg show wg0 dump` or with the interface in front, of `wg show all dump`; and an interface. */
const PEER = new RegExp(
  `^(?:([^\\t]{1,15})\\t)?(${KEY})\\t(?:${KEY}|\\(none\\))\\t([^\\t]*)\\t([^\\t]*)\\t(\\d+)\\t(\\d+)\\t(\\d+)\\t(?:\\d+|off)$`,
);
const INTERFACE = new RegExp(
  `^(?:[^\\t]{1,15}\\t)?(?:${KEY}|\\(none\\))\\t(?:${KEY}|\\(none\\))\\t\\d+\\t(?:off|0x[0-9a-f]+)$`,
);
const LOOKS_LIKE = new RegExp(
  `^(?:[^\\t\\n]{1,15}\\t)?(?:${KEY}|\\(none\\))\\t(?:${KEY}|\\(none\\))\\t`,
  'm',
);
/** What whoever takes the snapshots writes above each of them: `date -u +'# %FT%TZ'`. */
const TIME =
  /^# *(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?|\d{10}(?:\.\d+)?) *$/;

/**
 * Snapshots of `wg show all dump`, each under a line with its time. Every peer's line is rewritten to one that carries it.
 * Private and preshared keys are in the dump: they go no further than here.
 */
export const wireguard: LogFormat = {
  name: KIND,
  title: 'WireGuard dump',
  rewrites(head) {
    if (!LOOKS_LIKE.test(head.toString('latin1'))) return undefined;
    return (bytes) => rewriteLines(bytes, createSnapshots());
  },
  recognise({ lines }) {
    const rows = lines.flatMap((line) => (line.startsWith(`${KIND}\t`) ? [line.split('\t')] : []));
    const times = lines.flatMap((line) => TIME.exec(line)?.[1] ?? []);
    if (rows.length === 0 && !lines.some((line) => line.startsWith(`# ${KIND}`))) return undefined;
    if (times.length === 0) return { layout: LAYOUT, refused: TIMELESS };
    return times.some((time) => isZoneless(time))
      ? { layout: LAYOUT, needs: ['timezone'] }
      : { layout: LAYOUT };
  },
  reading: (layout) => ({
    source: KIND,
    relation: (path, rejects, numbers) => separatedRelation(path, layout, rejects, numbers),
    shown: shownLine(layout),
    streams: { '': { rule: peerRule } },
  }),
};

const TIMELESS =
  'WireGuard dump that does not say when it was taken: write a line such as `# 2026-03-01T00:00:00Z` above each snapshot';

/** Returns the rewriting of one line after another. */
function createSnapshots(): (line: string) => string {
  let time = '';
  return (line) => {
    const stamp = TIME.exec(line)?.[1];
    if (stamp !== undefined) time = stamp;
    if (line === '' || line.startsWith('#')) return line;
    if (INTERFACE.test(line)) return `# ${KIND} interface`;
    const [, name = '', key = '', endpoint = '', allowed = '', handshake = '', received = '', sent = ''] =
      PEER.exec(line) ?? [];
    // What is none may hold a key all the same.
    if (key === '') return `${KIND}\tnot a line of the dump`;
    if (handshake === '0') return `# ${KIND} peer without a handshake`;
    const [, address = endpoint.replace(/^\(none\)$/, ''), port = ''] =
      /^\[?([0-9a-fA-F.:]+?)(?:%[^\]]*)?\]?:(\d+)$/.exec(endpoint) ?? [];
    const hosts = allowed
      .split(',')
      .flatMap((network) => /^([0-9a-fA-F.:]+)\/(?:32|128)$/.exec(network)?.[1] ?? []);
    const host = hosts.find((text) => text.includes('.')) ?? '';
    const host6 = hosts.find((text) => text.includes(':')) ?? '';
    return [KIND, time, name, key, address, port, host, host6, handshake, received, sent].join('\t');
  };
}

function peerRule(field: Field, sensor: SensorSettings): RecordRule {
  const time = field('time');
  const at =
    sensor.timezone === undefined
      ? `CASE WHEN regexp_matches(${time}, '(Z|[+-]\\d{2}:\\d{2})$|^[\\d.]+$') THEN ${instant(time)} END`
      : instantIn(time, sensor.timezone);
  return sessionRule(
    {
      kind: 'vpn',
      event: 'snapshot',
      at: { name: 'time', text: time, value: at, expected: 'a time between 1990 and 2100 with its zone' },
      since: {
        name: 'latest handshake',
        text: field('handshake'),
        // The time above the snapshot was taken a moment before it.
        value: earlier(instant(field('handshake')), at),
      },
      uid: `concat(${field('interface')}, '/', ${field('key')})`,
      principal: field('key'),
      outer: { name: 'endpoint', text: field('address') },
      outerPort: { name: 'port', text: field('port') },
      assigned: { name: 'allowed IPs', text: field('host') },
      assigned6: { name: 'allowed IPs', text: field('host6') },
      bytesIn: { name: 'received', text: field('received') },
      bytesOut: { name: 'sent', text: field('sent') },
    },
    sensor,
  );
}
