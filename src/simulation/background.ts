import { MICROS_PER_HOUR } from '../records/time.ts';
import { pickAddress, pickNetwork, pickSystem } from './internet.ts';
import { createRandom, type Random } from './random.ts';
import { instantOn } from './rhythm.ts';
import type { World } from './world.ts';

const DNS_PER_HOST = 40;
const NTP_PER_HOST = 8;
const PROBES_PER_HOST = 40;
const PROBES_PER_SCAN = 60;
const SCANNED_PORTS = [22, 23, 80, 443, 445, 3_389, 5_432, 8_080];

/** Returns the maker of a day's noise at the border: name and time service, scans that carry no byte. */
export function createBackground(world: World): (day: number) => void {
  const { centre, startDay } = world;
  const random = createRandom(`${centre.seed}/background`);
  const servers = Array.from({ length: 6 }, () => address(world, 0, random));

  return (day) => {
    const today = createRandom(`${centre.seed}/background/${day}`);
    const count = centre.hosts.length;
    for (let n = today.poisson(count * DNS_PER_HOST); n > 0; n--) {
      exchange(
        world,
        day,
        centre.resolver,
        today.pick(servers),
        53,
        28 + today.int(40),
        60 + today.int(300),
        today,
      );
    }
    for (let n = today.poisson(count * NTP_PER_HOST); n > 0; n--) {
      exchange(world, day, today.pick(centre.hosts).address, today.pick(servers), 123, 48, 48, today);
    }
    for (let scans = today.poisson((count * PROBES_PER_HOST) / PROBES_PER_SCAN); scans > 0; scans--) {
      scan(world, day, address(world, day - startDay, today), today);
    }
  };
}

/** One question and its answer; one in a hundred stays unanswered. */
function exchange(
  world: World,
  day: number,
  orig: string,
  resp: string,
  respPort: number,
  asked: number,
  answered: number,
  random: Random,
): void {
  world.observe({
    sensor: 'zeek-border',
    meaning: 'border',
    startedAtMicros: instantOn(day, 'flat', random),
    durationMicros: 4_000 + random.int(60_000),
    orig,
    origPort: world.nextPort(orig),
    resp,
    respPort,
    protocol: 'udp',
    service: respPort === 53 ? 'dns' : 'ntp',
    origBytes: asked,
    respBytes: random.chance(0.01) ? 0 : answered,
    insideOpened: true,
    ending: 'closed',
  });
}

function scan(world: World, day: number, scanner: string, random: Random): void {
  const began = instantOn(day, 'flat', random);
  const port = random.pick(SCANNED_PORTS);
  for (let probes = random.poisson(PROBES_PER_SCAN); probes > 0; probes--) {
    const rejected = random.chance(0.2);
    world.observe({
      sensor: 'zeek-border',
      meaning: 'border',
      startedAtMicros: began + random.int(MICROS_PER_HOUR / 4),
      durationMicros: rejected ? 200 + random.int(900) : 0,
      orig: scanner,
      origPort: world.nextPort(scanner),
      resp: random.pick(world.centre.hosts).address,
      respPort: port,
      protocol: 'tcp',
      origBytes: 0,
      respBytes: 0,
      insideOpened: false,
      ending: rejected ? 'rejected' : 'attempt',
    });
  }
}

/** An IPv4 address somewhere outside. */
function address(world: World, day: number, random: Random): string {
  for (;;) {
    const network = pickNetwork(pickSystem(world.centre.internet, day, random), day, true, random);
    if (network.ipv4) return pickAddress(network, random);
  }
}
