import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND } from '../records/time.ts';
import { type Flow, inWholeSeconds, type SensorName, spreadBytes } from './flow.ts';
import { createRandom, type Random } from './random.ts';
import type { Truth } from './truth.ts';
import { connectionValues, packetsOf, type SeenPart } from './zeek-connection.ts';
import { type ZeekWriter, zeekTime } from './zeek-writer.ts';

/** A time in which a sensor saw nothing: Zeek was stopped at its begin and started again at its end. */
export interface Outage {
  readonly fromMicros: number;
  readonly toMicros: number;
}

/** A simulated sensor: sees flows, writes what Zeek would, and tells the truth what it wrote. */
export interface Sensor {
  observe(flow: Flow): void;
  /** Writes the sensor's own health for a day: capture_loss.log and stats.log. */
  reportHealth(day: number): void;
}

/** Snapshots of open connections are this far apart. */
export const SNAPSHOT_SECONDS = 600;
const COPY_PROBABILITY = 0.002;
/** Sensors report every five minutes, two seconds before the clock would have it, and so never at midnight. */
const HEALTH_MICROS = 300 * MICROS_PER_SECOND;
const HEALTH_LEAD_MICROS = 2 * MICROS_PER_SECOND;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PAIRS = Array.from({ length: 3_844 }, (_, n) => `${BASE62[Math.floor(n / 62)]}${BASE62[n % 62]}`);

/** Returns a sensor that is blind in its outages, the last of which is the end of the simulation. */
export function createSensor(
  name: SensorName,
  seed: string,
  outages: readonly Outage[],
  writer: ZeekWriter,
  truth: Truth,
): Sensor {
  const random = createRandom(`${seed}/sensor/${name}`);
  const workers = name === 'zeek-border' ? ['worker-1', 'worker-2'] : ['zeek'];
  const packetsPerHour = new Map<number, number>();
  const losses = createLosses(seed, name);

  function observe(flow: Flow): void {
    const end = flow.startedAtMicros + flow.durationMicros;
    const cut = outages.some((outage) => flow.startedAtMicros < outage.toMicros && end > outage.fromMicros);
    const crosses = Math.floor(flow.startedAtMicros / MICROS_PER_DAY) !== Math.ceil(end / MICROS_PER_DAY) - 1;
    if (!cut && !(crosses && flow.durationMicros > 0) && !flow.snapshots) {
      record(flow, wholeOf(flow), true);
      return;
    }
    const whole = inWholeSeconds(flow);
    for (const part of partsOf(whole, outages)) {
      if (part.seen) record(whole, part, !cut && !crosses);
      else count(whole, part, false);
    }
  }

  function record(flow: Flow, part: SeenPart, mayCopy: boolean): void {
    const uid = uidFrom(random);
    const missedBytes = flow.snapshots ? 0 : losses.missed(flow, part, random);
    const seen = missedBytes === 0 ? part : { ...part, missedBytes };
    if (flow.snapshots) recordSnapshots(flow, part, uid);
    else count(flow, part, true);
    writer.write('conn', part.toMicros, connectionValues(flow, seen, uid));
    truth.counts.connections++;
    if (flow.handshake && part.sawBegin) recordHandshake(flow, uid);
    if (
      mayCopy &&
      !flow.snapshots &&
      flow.protocol === 'tcp' &&
      workers.length > 1 &&
      random.unit() < COPY_PROBABILITY
    ) {
      // The other worker of a badly balanced cluster logs the same connection under a uid of its own.
      writer.write('conn', part.toMicros, connectionValues(flow, seen, uidFrom(random)));
      truth.counts.copies++;
    }
    const hour = Math.floor(part.toMicros / MICROS_PER_HOUR);
    const { orig, resp } = packetsOf(flow, seen);
    packetsPerHour.set(hour, (packetsPerHour.get(hour) ?? 0) + orig.packets + resp.packets);
  }

  /** Cumulative snapshots at a constant rate; the truth places each increment between its snapshots (rule 4). */
  function recordSnapshots(flow: Flow, part: SeenPart, uid: string): void {
    const seconds = (part.toMicros - part.fromMicros) / MICROS_PER_SECOND;
    let before = { ...part, toMicros: part.fromMicros, origBytes: 0, respBytes: 0 };
    for (let elapsed = SNAPSHOT_SECONDS; ; elapsed += SNAPSHOT_SECONDS) {
      const last = elapsed >= seconds;
      const now = {
        ...part,
        toMicros: last ? part.toMicros : part.fromMicros + elapsed * MICROS_PER_SECOND,
        origBytes: spreadBytes(part.origBytes, seconds, elapsed),
        respBytes: spreadBytes(part.respBytes, seconds, elapsed),
        sawEnd: false,
      };
      const origBytes = now.origBytes - before.origBytes;
      const respBytes = now.respBytes - before.respBytes;
      count(flow, { ...now, fromMicros: before.toMicros, origBytes, respBytes }, true);
      if (last) return;
      writer.write('open_conn', now.toMicros, connectionValues(flow, now, uid));
      truth.counts.snapshots++;
      before = now;
    }
  }

  function count(flow: Flow, part: SeenPart, recorded: boolean): void {
    truth.add({
      meaning: flow.meaning,
      fromMicros: part.fromMicros,
      toMicros: part.toMicros,
      bytesOut: flow.insideOpened ? part.origBytes : part.respBytes,
      bytesIn: flow.insideOpened ? part.respBytes : part.origBytes,
      recorded,
      campaign: flow.campaign,
    });
  }

  function recordHandshake({ handshake, ...flow }: Flow, uid: string): void {
    if (!handshake) return;
    const at = flow.startedAtMicros + 30_000;
    const head = [zeekTime(at), uid, flow.orig, flow.origPort, flow.resp, flow.respPort];
    const { serverName, fingerprint } = handshake;
    const rest =
      handshake.log === 'ssl'
        ? ['TLSv13', 'TLS_AES_256_GCM_SHA384', serverName, false, true, fingerprint]
        : [2, true, 1, 'SSH-2.0-OpenSSH_9.6', 'SSH-2.0-OpenSSH_8.0', fingerprint];
    writer.write(handshake.log, at, [...head, ...rest]);
    truth.counts.otherLines++;
  }

  function reportHealth(day: number): void {
    const dayEnd = (day + 1) * MICROS_PER_DAY;
    for (let end = dayEnd - MICROS_PER_DAY + HEALTH_MICROS; end <= dayEnd; end += HEALTH_MICROS) {
      const at = end - HEALTH_LEAD_MICROS;
      const out = outages.some(
        ({ fromMicros, toMicros }) => at > fromMicros && end - HEALTH_MICROS < toMicros,
      );
      if (!out) for (const peer of workers) reportWorker(peer, at, (end / HEALTH_MICROS) % 3 === 0);
    }
    for (const hour of packetsPerHour.keys())
      if (hour * MICROS_PER_HOUR < dayEnd) packetsPerHour.delete(hour);
  }

  function reportWorker(peer: string, at: number, withLoss: boolean): void {
    const hour = Math.floor(at / MICROS_PER_HOUR);
    const packets = Math.ceil((packetsPerHour.get(hour) ?? 0) / 12 / workers.length) + 50;
    const dropped = Math.round(packets * losses.share(hour));
    const seen = [packets - dropped, packets * 900, dropped, packets];
    writer.write('stats', at, [zeekTime(at), peer, 420, ...seen, 12, 6]);
    truth.counts.otherLines++;
    if (!withLoss) return;
    const acks = Math.ceil(packets * 1.5);
    const gaps = Math.round(acks * losses.share(hour));
    const percent = ((100 * gaps) / acks).toFixed(6);
    writer.write('capture_loss', at, [zeekTime(at), '900.000000', peer, gaps, acks, percent]);
    truth.counts.otherLines++;
  }

  return { observe, reportHealth };
}

type Part = SeenPart & { readonly seen: boolean };

function wholeOf(flow: Flow): SeenPart {
  return {
    fromMicros: flow.startedAtMicros,
    toMicros: flow.startedAtMicros + flow.durationMicros,
    origBytes: flow.origBytes,
    respBytes: flow.respBytes,
    missedBytes: 0,
    sawBegin: true,
    sawEnd: true,
  };
}

/** Cuts a flow of whole seconds at the outages; what lies after the last one is outside the simulation. */
function partsOf(flow: Flow, outages: readonly Outage[]): Part[] {
  const seconds = flow.durationMicros / MICROS_PER_SECOND;
  const end = flow.startedAtMicros + flow.durationMicros;
  const flowed = (bytes: number, micros: number) =>
    spreadBytes(bytes, seconds, (micros - flow.startedAtMicros) / MICROS_PER_SECOND);
  const edges = outages.flatMap(({ fromMicros, toMicros }) => [fromMicros, toMicros]);
  const cuts = [flow.startedAtMicros, ...edges.filter((at) => at > flow.startedAtMicros && at < end), end];
  const final = outages[outages.length - 1]?.fromMicros ?? Infinity;
  return cuts.slice(1).flatMap((toMicros, index): Part[] => {
    const fromMicros = cuts[index] ?? flow.startedAtMicros;
    if (fromMicros >= final) return [];
    const bytes = (total: number) => flowed(total, toMicros) - flowed(total, fromMicros);
    const seen = !outages.some((outage) => fromMicros >= outage.fromMicros && fromMicros < outage.toMicros);
    return [
      {
        fromMicros,
        toMicros,
        origBytes: bytes(flow.origBytes),
        respBytes: bytes(flow.respBytes),
        missedBytes: 0,
        sawBegin: index === 0,
        sawEnd: toMicros === end,
        seen,
      },
    ];
  });
}

/** One hour in fifty a sensor is overrun and loses two or three packets in a hundred. */
function createLosses(seed: string, name: string) {
  const shares = new Map<number, number>();
  const share = (hour: number) => {
    let known = shares.get(hour);
    if (known === undefined) {
      const random = createRandom(`${seed}/loss/${name}/${hour}`);
      known = random.chance(0.02) ? 0.02 + random.unit() * 0.01 : 0.0001;
      shares.set(hour, known);
      if (shares.size > 2_000) shares.delete(shares.keys().next().value ?? hour);
    }
    return known;
  };
  /** Missed payload stays below what headers add, so that the record's payload never exceeds its IP bytes. */
  const missed = (flow: Flow, part: SeenPart, random: Random) => {
    if (flow.protocol !== 'tcp' || part.origBytes + part.respBytes < 1_000_000) return 0;
    const lost = share(Math.floor(part.fromMicros / MICROS_PER_HOUR));
    return random.chance(lost * 10) ? Math.round(Math.max(part.origBytes, part.respBytes) * 0.01) : 0;
  };
  return { share, missed };
}

/** Returns a connection identifier as Zeek makes them: C and 17 or 18 letters and digits. */
function uidFrom(random: Random): string {
  let uid = 'C';
  for (let word = 0; word < 4; word++) {
    const bits = random.uint32();
    uid += `${PAIRS[bits % 3_844]}${PAIRS[(bits >>> 12) % 3_844]}`;
  }
  return uid + PAIRS[random.uint32() % 3_844];
}
