import { MICROS_PER_DAY, MICROS_PER_SECOND, SECONDS_PER_DAY } from '../records/time.ts';

/** The two sensors of the simulated centre. */
export type SensorName = 'zeek-border' | 'zeek-vpn';

/**
 * What a flow's outgoing bytes are under the rules of accounting: bytes that leave on a path, the outside of a
 * tunnel (its content is counted, it is not), or traffic of remote-access clients that only passes through.
 */
export type FlowMeaning = 'border' | 'vpn' | 'carrier' | 'transit';

/** How a connection ended, as far as Zeek can tell. */
export type Ending = 'closed' | 'reset' | 'attempt' | 'rejected';

/** What the handshake of a flow tells besides its connection record. */
interface Handshake {
  readonly log: 'ssl' | 'ssh';
  readonly serverName: string;
  /** ja3 or hassh of the client, 32 hex digits. */
  readonly fingerprint: string;
}

/** One conversation as it really happened; what a sensor makes of it is another matter (sensor.ts). */
export interface Flow {
  readonly sensor: SensorName;
  readonly meaning: FlowMeaning;
  readonly startedAtMicros: number;
  readonly durationMicros: number;
  readonly orig: string;
  readonly origPort: number;
  readonly resp: string;
  readonly respPort: number;
  readonly protocol: 'tcp' | 'udp';
  /** Zeek's name of the service, undefined where Zeek would not tell. */
  readonly service?: string | undefined;
  readonly origBytes: number;
  readonly respBytes: number;
  /** Whether the side that stands inside (for transit: the client) opened the connection. */
  readonly insideOpened: boolean;
  readonly ending: Ending;
  readonly handshake?: Handshake | undefined;
  /** Whether the sensor writes snapshots of it every ten minutes while it is open. */
  readonly snapshots?: boolean;
  /** Index of the planted campaign it belongs to. */
  readonly campaign?: number | undefined;
}

/**
 * Returns how many of `bytes` that flow evenly over `seconds` have flowed after `elapsed` seconds: the spread of
 * accounting rule 4, whole numbers throughout.
 */
export function spreadBytes(bytes: number, seconds: number, elapsed: number): number {
  if (elapsed >= seconds) return bytes;
  const rest = bytes % seconds;
  return ((bytes - rest) / seconds) * elapsed + Math.floor((rest * elapsed) / seconds);
}

/** Calls `add` with each UTC day that an evenly spread interval touches and its bytes; the sum is `bytes`. */
export function spreadOverDays(
  fromMicros: number,
  toMicros: number,
  bytes: number,
  add: (day: number, bytes: number) => void,
): void {
  const firstDay = Math.floor(fromMicros / MICROS_PER_DAY);
  // An end at midnight sharp belongs to the day before it.
  const lastDay = Math.max(firstDay, Math.ceil(toMicros / MICROS_PER_DAY) - 1);
  if (firstDay === lastDay) {
    add(firstDay, bytes);
    return;
  }
  const from = fromMicros / MICROS_PER_SECOND;
  const seconds = (toMicros - fromMicros) / MICROS_PER_SECOND;
  let before = 0;
  for (let day = firstDay; day <= lastDay; day++) {
    const after = spreadBytes(bytes, seconds, (day + 1) * SECONDS_PER_DAY - from);
    add(day, after - before);
    before = after;
  }
}

/**
 * Returns the flow with whole-second start and duration. Flows that cross a midnight or an outage are rounded so,
 * because only then does every engine that spreads by seconds give the same bytes to the same day.
 */
export function inWholeSeconds(flow: Flow): Flow {
  const startedAtMicros = Math.floor(flow.startedAtMicros / MICROS_PER_SECOND) * MICROS_PER_SECOND;
  const seconds = Math.max(1, Math.ceil(flow.durationMicros / MICROS_PER_SECOND));
  return { ...flow, startedAtMicros, durationMicros: seconds * MICROS_PER_SECOND };
}
