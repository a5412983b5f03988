import type { Ending, Flow } from './flow.ts';
import { type ZeekValue, zeekTime } from './zeek-writer.ts';

/** The part of a flow that one record tells of. */
export interface SeenPart {
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly origBytes: number;
  readonly respBytes: number;
  /** Payload that the sensor knows it missed; counted in the payload, not in the IP bytes, as Zeek does. */
  readonly missedBytes: number;
  /** False where the sensor came too late for the handshake. */
  readonly sawBegin: boolean;
  /** False where the sensor stopped, or writes a snapshot, while the connection went on. */
  readonly sawEnd: boolean;
}

/** Payload of a full TCP segment with timestamps, and of a tunnel packet. */
const SEGMENT_BYTES = 1_448;
const DATAGRAM_BYTES = 1_400;

/** Returns a conn record's values in the order of its columns, packets and IP bytes consistent with the payload. */
export function connectionValues(flow: Flow, part: SeenPart, uid: string): readonly ZeekValue[] {
  const { orig, resp } = packetsOf(flow, part);
  const silent = flow.ending === 'attempt';
  const duration = silent ? undefined : zeekTime(part.toMicros - part.fromMicros);
  return [
    zeekTime(part.fromMicros),
    uid,
    flow.orig,
    flow.origPort,
    flow.resp,
    flow.respPort,
    flow.protocol,
    part.sawBegin ? flow.service : undefined,
    duration,
    silent ? undefined : part.origBytes,
    silent ? undefined : part.respBytes,
    stateOf(flow, part),
    isLocal(flow.orig),
    isLocal(flow.resp),
    part.missedBytes,
    historyOf(flow, part),
    orig.packets,
    orig.ipBytes,
    resp.packets,
    resp.ipBytes,
    undefined,
  ];
}

/** Packets and IP bytes of one direction. */
interface Carried {
  readonly packets: number;
  readonly ipBytes: number;
}

/** Returns what both directions look like on the wire: payload, acknowledgements and headers. */
export function packetsOf(flow: Flow, part: SeenPart): { orig: Carried; resp: Carried } {
  const ipHeader = flow.orig.includes(':') ? 40 : 20;
  if (flow.ending === 'attempt' || flow.ending === 'rejected') {
    const answered = flow.ending === 'rejected' ? 1 : 0;
    return {
      orig: { packets: 1, ipBytes: ipHeader + 24 },
      resp: { packets: answered, ipBytes: answered * (ipHeader + 20) },
    };
  }
  if (flow.protocol === 'udp') {
    const datagrams = (bytes: number) => carried(bytes, Math.ceil(bytes / DATAGRAM_BYTES), ipHeader + 8);
    return { orig: datagrams(part.origBytes), resp: datagrams(part.respBytes) };
  }
  // Zeek counts missed payload from sequence numbers; its packets were never seen. They are the larger side's.
  const origMissed = part.origBytes >= part.respBytes ? part.missedBytes : 0;
  const origSeen = part.origBytes - origMissed;
  const respSeen = part.respBytes - (part.missedBytes - origMissed);
  const origSegments = Math.ceil(origSeen / SEGMENT_BYTES);
  const respSegments = Math.ceil(respSeen / SEGMENT_BYTES);
  const control = (part.sawBegin ? 1 : 0) + (part.sawEnd ? 1 : 0);
  return {
    orig: carried(origSeen, origSegments + Math.ceil(respSegments / 2) + control + 1, ipHeader + 32),
    resp: carried(respSeen, respSegments + Math.ceil(origSegments / 2) + control, ipHeader + 32),
  };
}

function carried(bytes: number, packets: number, headerBytes: number): Carried {
  return { packets, ipBytes: bytes + packets * headerBytes };
}

function stateOf(flow: Flow, part: SeenPart): string {
  if (flow.protocol === 'udp') return part.respBytes > 0 ? 'SF' : 'S0';
  if (flow.ending === 'attempt') return 'S0';
  if (flow.ending === 'rejected') return 'REJ';
  if (!part.sawBegin) return 'OTH';
  if (!part.sawEnd) return 'S1';
  return flow.ending === 'reset' ? 'RSTO' : 'SF';
}

const FAREWELLS: Readonly<Record<Ending, string>> = { closed: 'Ff', reset: 'R', attempt: '', rejected: '' };

/** Zeek's letters: capitals from the originator, small ones from the responder. */
function historyOf(flow: Flow, part: SeenPart): string {
  if (flow.protocol === 'udp') return part.respBytes > 0 ? 'Dd' : 'D';
  if (flow.ending === 'attempt') return 'S';
  if (flow.ending === 'rejected') return 'Sr';
  const data = `${part.origBytes > 0 ? 'D' : ''}${part.respBytes > 0 ? 'ad' : 'a'}`;
  const gap = part.missedBytes === 0 ? '' : part.origBytes >= part.respBytes ? 'G' : 'g';
  return `${part.sawBegin ? 'ShA' : 'A'}${data}${gap}${part.sawEnd ? FAREWELLS[flow.ending] : ''}`;
}

/** Zeek's local networks are all the centre's, the remote-access pool included. */
function isLocal(address: string): boolean {
  return address.startsWith('10.') || address.startsWith('192.0.2.') || address.startsWith('2001:db8:10:');
}
