import type { FLOW_PARTS } from '../records/flow-parts.ts';
import { sqlChoice, sqlText } from '../records/sql-text.ts';
import type { RecordRule } from './record.ts';
import { count, type Fault, missing, port, wrong } from './values.ts';

/** A field by its name in the log, as rejects call it, and as SQL text. */
export interface Named {
  readonly name: string;
  readonly text: string;
}

/** A time or length: `value` is SQL for its microseconds over `text`. */
interface Timed extends Named {
  readonly value: (text: string) => string;
}

const COUNTS = [
  'origBytes',
  'respBytes',
  'origPackets',
  'respPackets',
  'origIpBytes',
  'respIpBytes',
] as const;

/** The counts of a flow. Those that a log has not stay unset: what they can have been follows from the others. */
export type FlowCount = (typeof COUNTS)[number];

/** What a log says of a flow. */
export interface FlowFields {
  readonly start: Timed;
  /** When its last packet was seen, or … */
  readonly end?: Timed;
  /** … how long after the first. */
  readonly duration?: Timed;
  /** The ends: of a log that does not say who opened the connection, the sender and the receiver of the packets. */
  readonly orig: { readonly host: Named; readonly port: Named };
  readonly resp: { readonly host: Named; readonly port: Named };
  readonly proto: string;
  readonly counts: Readonly<Partial<Record<FlowCount, Named>>>;
  /** What a record is of a connection: see `FlowPart`. */
  readonly part: FlowPart;
  /** SQL that holds where the responder stands in the originator's place. */
  readonly reversed?: string;
  readonly uid?: string;
  readonly service?: string;
  readonly state?: string;
  readonly snapshot?: string;
  /**
   * Of a log of NAT: what the ends were seen as on the other side, SQL texts. Where they are unset or no addresses, the flow
   * is taken without.
   */
  readonly seen?: Readonly<Record<'orig' | 'resp', { readonly host: string; readonly port: string }>>;
  readonly faults?: readonly Fault[];
}

/**
 * `whole`: all of a connection, and both directions. `part`: both directions of a part of its time (Argus). `one-way`: one
 * direction of a part of its time, and nothing of who opened it (NetFlow and its kin). Of the latter the end with
 * the lower port is taken for the one that was connected to, so that both directions are of one service.
 *
 * Parts of one connection are added up, where whole records between the same ends at the same time are copies of each
 * other; so what is no whole says so in the record's `state`.
 */
type FlowPart = 'whole' | (typeof FLOW_PARTS)[keyof typeof FLOW_PARTS];

/** Returns how the lines of a flow log become flows. */
export function flowRule(fields: FlowFields, sensor: string): RecordRule {
  const { start, end, duration, orig, resp, part } = fields;
  const counts = COUNTS.flatMap((column) => {
    const named = fields.counts[column];
    return named ? [{ column, ...named }] : [];
  });
  const swapped = part === 'one-way' ? SWAPPED : fields.reversed;
  const either = (own: string, other: string) =>
    swapped ? `CASE WHEN ${swapped} THEN ${other} ELSE ${own} END` : own;
  const counted = (column: FlowCount) => (fields.counts[column] ? `n_${column}` : 'NULL::UBIGINT');
  return {
    family: 'flow',
    texts: {
      t_start: start.text,
      t_end: end?.text ?? 'NULL::VARCHAR',
      t_duration: duration?.text ?? 'NULL::VARCHAR',
      t_orig: orig.host.text,
      t_resp: resp.host.text,
      t_origPort: orig.port.text,
      t_respPort: resp.port.text,
      t_proto: `lower(trim(${fields.proto}))`,
      t_uid: fields.uid ?? 'NULL::VARCHAR',
      t_service: fields.service ?? 'NULL::VARCHAR',
      t_state: part === 'whole' ? (fields.state ?? 'NULL::VARCHAR') : sqlText(part),
      ...Object.fromEntries(counts.map(({ column, text }) => [`t_${column}`, text])),
      ...seenStep(fields, (end, { host, port: portText }) => ({
        [`t_seen${end}`]: host,
        [`t_seen${end}Port`]: portText,
      })),
    },
    parts: {
      origPlain: 'weir_plain(t_orig)',
      respPlain: 'weir_plain(t_resp)',
      origParts: 'weir_parts(weir_plain(t_orig))',
      respParts: 'weir_parts(weir_plain(t_resp))',
      endMicros: end?.value('t_end') ?? 'NULL::BIGINT',
      lengthMicros: duration?.value('t_duration') ?? 'NULL::BIGINT',
      ...seenStep(fields, (end) => ({
        [`seen${end}Plain`]: `weir_plain(t_seen${end})`,
        [`seen${end}Parts`]: `weir_parts(weir_plain(t_seen${end}))`,
      })),
    },
    values: {
      v_startedAt: start.value('t_start'),
      v_origHi: 'weir_hi(origPlain)',
      v_origLo: 'weir_lo(origPlain, origParts)',
      v_respHi: 'weir_hi(respPlain)',
      v_respLo: 'weir_lo(respPlain, respParts)',
      v_origPort: port('t_origPort'),
      v_respPort: port('t_respPort'),
      v_proto: PROTOCOL,
      ...Object.fromEntries(counts.map(({ column }) => [`n_${column}`, count(`t_${column}`)])),
    },
    columns: {
      startedAt: 'v_startedAt',
      durationMicros: lengthOf(fields),
      uid: `nullif(t_uid, '')`,
      sensor: sqlChoice(sensor),
      snapshot: fields.snapshot ?? 'false',
      origHi: either('v_origHi', 'v_respHi'),
      origLo: either('v_origLo', 'v_respLo'),
      origPort: `coalesce(${either('v_origPort', 'v_respPort')}, 0)`,
      respHi: either('v_respHi', 'v_origHi'),
      respLo: either('v_respLo', 'v_origLo'),
      respPort: `coalesce(${either('v_respPort', 'v_origPort')}, 0)`,
      proto: 'v_proto',
      service: `nullif(t_service, '')`,
      origBytes: either(counted('origBytes'), counted('respBytes')),
      respBytes: either(counted('respBytes'), counted('origBytes')),
      missedBytes: 'NULL::UBIGINT',
      origPackets: either(counted('origPackets'), counted('respPackets')),
      origIpBytes: either(counted('origIpBytes'), counted('respIpBytes')),
      respPackets: either(counted('respPackets'), counted('origPackets')),
      respIpBytes: either(counted('respIpBytes'), counted('origIpBytes')),
      state: 't_state',
      history: 'NULL::VARCHAR',
      parents: 'NULL::VARCHAR',
      ...seenStep(fields, (end) => ({
        [`seen${end}Hi`]: `weir_hi(seen${end}Plain)`,
        [`seen${end}Lo`]: `weir_lo(seen${end}Plain, seen${end}Parts)`,
        [`seen${end}Port`]: port(`t_seen${end}Port`),
      })),
    },
    faults: [
      missing(start.name, 't_start'),
      wrong(start.name, 't_start', 'v_startedAt', 'a time between 1990 and 2100'),
      ...(end ? [wrong(end.name, 't_end', 'endMicros', 'a time between 1990 and 2100')] : []),
      ...(end ? [LONG(end.name)] : []),
      ...(duration
        ? [wrong(duration.name, 't_duration', 'lengthMicros', 'a number of seconds below two years')]
        : []),
      missing(orig.host.name, 't_orig'),
      missing(resp.host.name, 't_resp'),
      wrong(orig.host.name, 't_orig', 'v_origLo', 'an IP address'),
      wrong(resp.host.name, 't_resp', 'v_respLo', 'an IP address'),
      wrong(orig.port.name, 't_origPort', 'v_origPort', 'a port'),
      wrong(resp.port.name, 't_respPort', 'v_respPort', 'a port'),
      ...counts.map(({ column, name }) => wrong(name, `t_${column}`, `n_${column}`, 'a count below 2^53')),
      ...(fields.faults ?? []),
    ],
  };
}

/** One step of a rule for what the ends were seen as; nothing for logs that do not tell. */
function seenStep(
  { seen }: FlowFields,
  step: (end: 'Orig' | 'Resp', told: { host: string; port: string }) => Record<string, string>,
): Record<string, string> {
  return seen ? { ...step('Orig', seen.orig), ...step('Resp', seen.resp) } : {};
}

/** The sender has the lower port. Types of ICMP are no ports: its ends stay as they are. */
const SWAPPED = `coalesce(v_proto <> 'icmp' AND v_origPort < v_respPort, false)`;

const TWO_YEARS_MICROS = 63_158_400_000_000;

/** An end before the start is a clock that was set back: the flow has no length then, and that is no reject. */
const LONG = (name: string): Fault => ({
  when: `endMicros - v_startedAt > ${TWO_YEARS_MICROS}`,
  says: `${name}: more than two years after the start`,
});

/**
 * SQL for the length of a flow. A part ends just before the next one of the same packets' stream may
 * begin: times are cut to what the log writes, and two that touch would be taken for two sights of one.
 */
function lengthOf({ end, part }: FlowFields): string {
  const length = end ? 'greatest(endMicros - v_startedAt, 0)' : 'greatest(lengthMicros, 0)';
  return part === 'whole' ? length : `greatest(${length} - 1, 0)`;
}

/** Protocols by the names that Zeek gives them; it says `icmp` for ICMPv6 too. */
const PROTOCOL = `CASE t_proto WHEN '6' THEN 'tcp' WHEN '17' THEN 'udp' WHEN '132' THEN 'sctp' WHEN '47' THEN 'gre' WHEN '50' THEN 'esp'
  WHEN '1' THEN 'icmp' WHEN '58' THEN 'icmp' WHEN 'icmp6' THEN 'icmp' WHEN 'icmpv6' THEN 'icmp' WHEN 'ipv6-icmp' THEN 'icmp'
  WHEN 'icmp-v6' THEN 'icmp' ELSE nullif(t_proto, '') END`;
