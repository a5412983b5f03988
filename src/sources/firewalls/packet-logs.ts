import { LOGGED_PACKET } from '../../records/flow-parts.ts';
import { sqlText } from '../../records/sql-text.ts';
import { flowRule } from '../flow-rule.ts';
import type { SensorSettings, Stream } from '../format.ts';
import type { Field } from '../relation.ts';
import { syslogTime, syslogTimeText } from '../syslog.ts';
import { groupField, groupsSql } from '../text-relation.ts';
import type { Fault } from '../values.ts';

/**
 * Firewalls that write a line for a packet, as a rule the first of a connection: that it was there, and no bytes of it. In
 * the system log they stand among everything else.
 */

/** pf of FreeBSD as pfSense and OPNsense log it: values between commas, the first nine of every packet. */
const FILTERLOG =
  '^\\d+,[^,]*,[^,]*,[^,]*,[^,]*,[a-z0-9-]+,(?:pass|block|rdr|nat|binat|scrub|match|unkn\\([^,]*\\)),(?:in|out|in/out),[46],';
/** Linux, as iptables and nftables have the kernel log a packet, behind a prefix of the operator's. */
const KERNEL =
  '^(?:\\[ *[\\d.]+\\] )?(?<prefix>.{0,128}?)IN=(?<in>[^ =]*) OUT=(?<out>[^ =]*) (?:PHYSIN=[^ ]+ )?(?:PHYSOUT=[^ ]+ )?(?:MAC=[^ ]* )?' +
  'SRC=(?<src>[^ ]*) DST=(?<dst>[^ ]*) LEN=(?<length>\\d+) (?:.*? )?PROTO=(?<proto>[^ ]+)(?: SPT=(?<from>[^ ]*) DPT=(?<to>[^ ]*) .*| TYPE=(?<type>\\d+) CODE=(?<code>\\d+) .*| .*)?$';

/** Returns SQL for the stream of a system log's line that tells of a packet; NULL for all others. */
export function packetStream(program: string, host: string, message: string): string {
  // Sent on to another host without its own name, filterlog stands where that would be.
  const byFilterlog = `(${program} = 'filterlog' OR (${program} IS NULL AND starts_with(${host}, 'filterlog')))`;
  const action = `split_part(${message}, ',', 7)`;
  return `CASE WHEN ${byFilterlog} AND regexp_matches(${message}, '${FILTERLOG}')
      THEN CASE WHEN ${action} = 'pass' THEN 'filterlog-pass' ELSE 'filterlog-' || regexp_extract(${action}, '^[a-z]+') END
    WHEN ${program} = 'kernel' AND regexp_matches(${message}, ' OUT=[^ ]* .*SRC=')
      THEN CASE WHEN regexp_matches(lower(split_part(${message}, 'IN=', 1)), 'drop|deny|reject|block|refuse') THEN 'firewall-refused' ELSE 'firewall-packet' END
    END`;
}

/** Returns whether a line of a system log tells of a packet; for its first lines. */
export function isPacket(program: string | undefined, host: string, message: string): boolean {
  const byFilterlog = program === 'filterlog' || (program === undefined && host.startsWith('filterlog'));
  return (
    (byFilterlog && new RegExp(FILTERLOG).test(message)) ||
    (program === 'kernel' && / OUT=[^ ]* .*SRC=/.test(message))
  );
}

/** Streams of packets that a firewall let pass. */
export const PACKET_STREAMS: Readonly<Record<string, Stream>> = {
  'filterlog-pass': {
    rule: (field, sensor) => {
      const value = (ofIpv4: number, ofIpv6: number) => {
        const at = (place: number) => `split_part(${field('message')}, ',', ${place})`;
        return `nullif(CASE WHEN ${at(9)} = '6' THEN ${at(ofIpv6)} ELSE ${at(ofIpv4)} END, '')`;
      };
      const proto = value(17, 13);
      const hasPorts = `lower(${proto}) IN ('tcp', 'udp')`;
      const ported = (text: string) => `CASE WHEN ${hasPorts} THEN ${text} END`;
      return packet(field, sensor, {
        src: value(19, 16),
        dst: value(20, 17),
        from: ported(value(21, 18)),
        to: ported(value(22, 19)),
        proto,
        // What stands behind the ports shows that the last one is whole.
        faults: [{ when: `${hasPorts} AND ${value(23, 20)} IS NULL`, says: 'data length: missing' }],
      });
    },
  },
  'firewall-packet': {
    rule: (field, sensor) => {
      const groups = groupsSql(field('message'), KERNEL);
      const group = groupField(groups, KERNEL);
      const { src, dst, from, to, proto } = {
        src: group('src'),
        dst: group('dst'),
        from: group('from', 'type'),
        to: group('to', 'code'),
        proto: group('proto'),
      };
      const hasPorts = `lower(${proto}) IN ('tcp', 'udp')`;
      return packet(field, sensor, {
        src,
        dst,
        from,
        to,
        proto,
        faults: [{ when: `${hasPorts} AND ${to} IS NULL`, says: 'DPT: missing' }],
      });
    },
  },
};

function packet(
  field: Field,
  sensor: SensorSettings,
  told: Readonly<Record<'src' | 'dst' | 'from' | 'to' | 'proto', string>> & {
    readonly faults: readonly Fault[];
  },
) {
  return flowRule(
    {
      start: { name: 'time', text: syslogTimeText(field), value: () => syslogTime(field, sensor) },
      orig: { host: { name: 'source', text: told.src }, port: { name: 'source port', text: told.from } },
      resp: {
        host: { name: 'destination', text: told.dst },
        port: { name: 'destination port', text: told.to },
      },
      proto: told.proto,
      counts: {},
      part: 'whole',
      state: sqlText(LOGGED_PACKET),
      faults: told.faults,
    },
    sensor.name,
  );
}
