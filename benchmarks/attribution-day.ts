/**
 * A day of a centre whose truth is known: shared login nodes, re-used VPN addresses, jobs, a data server that several use at
 * once from one place, a NAT, and clocks of the session logs that are off by half a minute. Every flow has a service of its own, so that every cell is one flow.
 */

const DAY_SECONDS = Date.UTC(2026, 2, 2) / 1000;
const LAST_SECOND = 86_399;
export const [PRINCIPALS, LOGIN_NODES, NODES] = [20_000, 20, 2_980];
const POOL = 600;
const [LOGINS, VPNS, JOBS, TRANSFERS, BEHIND_NAT, NOBODYS] = [12_000, 5_000, 6_000, 12_000, 5_000, 3_000];
/** Places with a data server of their own: whoever moves files to one of them comes from its one address. */
const SITES = 300;
/** How far the clocks of the logs are ahead of the flows, in seconds. */
export const [SSHD_AHEAD, OPENVPN_AHEAD, GRIDFTP_AHEAD] = [30, -30, 30];
/** Address of the data server. */
export const DATA_SERVER = '10.0.0.40';
const LOST_SHARE = 0.1;

/** Returns draws in [0, 1): xorshift. */
function drawing(seed: number): () => number {
  let state = seed || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Returns the address of a login node. */
export const login = (index: number) => `10.1.0.${index + 1}`;
/** Returns the address of a node. */
export const node = (index: number) => `10.2.${index >> 8}.${index & 255}`;
/** Returns the name of a node. */
export const name = (index: number) => `cn${String(index).padStart(4, '0')}`;

/** Why a flow can, or cannot, be attributed. */
export type Kind =
  | 'own connection'
  | 'VPN'
  | 'job'
  | 'transfer'
  | 'transfers at once'
  | 'login node'
  | 'behind NAT'
  | 'nobody';

/** A line of a log, at a second of the day. */
export interface LogLine {
  readonly at: number;
  readonly text: string;
}

/** What happened on the day, and what was logged of it. */
export interface SimulatedDay {
  /** Who opened the connection of a service, and why one can tell. */
  readonly truth: ReadonlyMap<string, { readonly kind: Kind; readonly who: string }>;
  readonly conns: readonly string[];
  readonly sshd: readonly LogLine[];
  readonly openvpn: readonly LogLine[];
  readonly sacct: readonly string[];
  readonly gridftp: readonly LogLine[];
}

/** What the parts of a day draw from and write to. */
interface Making {
  readonly upTo: (count: number) => number;
  readonly lasting: (meanSeconds: number) => number;
  readonly principal: () => string;
  readonly outside: () => string;
  readonly size: () => number;
  /** Which lines are missing is drawn apart, so that the day is the same with and without them. */
  readonly isLost: () => boolean;
  /** Whether sshd's log says nothing of a second: it lacks an hour, and is cut off. */
  readonly isUnlogged: (at: number) => boolean;
  readonly flow: (
    kind: Kind,
    who: string,
    at: number,
    from: string,
    to: string,
    sent: number,
    got: number,
    lasts?: number,
  ) => void;
}

/**
 * Returns the day that a seed stands for.
 * @param incomplete whether a tenth of the sessions and jobs leave no line, a tenth of the others no end, and sshd's log lacks
 * an hour and breaks off two hours before midnight.
 */
export function simulateDay(seed: number, incomplete: boolean): SimulatedDay {
  const random = drawing(seed * 0x9e3779b9);
  const losing = drawing(seed * 0x85ebca6b);
  const truth = new Map<string, { kind: Kind; who: string }>();
  const conns: string[] = [];
  const upTo = (count: number) => Math.floor(random() * count);
  const making: Making = {
    upTo,
    lasting: (meanSeconds) => Math.ceil(-Math.log(1 - random()) * meanSeconds),
    principal: () => `u${upTo(PRINCIPALS)}`,
    outside: () => `${60 + upTo(40)}.${upTo(256)}.${upTo(256)}.${1 + upTo(250)}`,
    size: () => Math.ceil(Math.exp(8 + 8 * random())),
    isLost: () => {
      const drawn = losing();
      return incomplete && drawn < LOST_SHARE;
    },
    isUnlogged: (at) => incomplete && (Math.floor(at / 3_600) === 10 || at >= 22 * 3_600),
    flow: (kind, who, at, from, to, sent, got, lasts = 5) => {
      const id = `f${conns.length}`;
      truth.set(id, { kind, who });
      const part = String(upTo(1e6)).padStart(6, '0');
      const ends = [...from.split(' '), ...to.split(' ')];
      conns.push([`${DAY_SECONDS + at}.${part}`, id, ...ends, 'tcp', id, `${lasts}.0`, sent, got].join('\t'));
    },
  };
  const sshd = logins(making);
  const openvpn = vpns(making);
  const { sacct, busy } = jobs(making);
  strangers(making, busy);
  const gridftp = transfers(making);
  return { truth, conns, sshd, openvpn, sacct, gridftp };
}

/** Logins with what they open: returns sshd's log. */
function logins({ upTo, lasting, principal, outside, size, isLost, isUnlogged, flow }: Making): LogLine[] {
  const sshd: LogLine[] = [];
  for (let index = 0; index < LOGINS; index += 1) {
    const [who, host, from] = [principal(), upTo(LOGIN_NODES), upTo(LAST_SECOND)];
    const to = Math.min(LAST_SECOND, from + lasting(7_200));
    const client = [outside(), 1024 + upTo(60_000)];
    flow('own connection', who, from, client.join(' '), `${login(host)} 22`, 2_000, size(), to - from);
    const [noLine, noEnd] = [isLost(), isLost()];
    const says = (at: number, text: string) =>
      !noLine &&
      !isUnlogged(at) &&
      sshd.push({
        at,
        text: `${new Date((DAY_SECONDS + at + SSHD_AHEAD) * 1000).toISOString().replace('Z', '+00:00')} login${host} sshd[${index + 10}]: ${text}`,
      });
    says(from + 1, `Accepted publickey for ${who} from ${client[0]} port ${client[1]} ssh2`);
    if (!noEnd) says(to, `pam_unix(sshd:session): session closed for user ${who}`);
    for (let flows = upTo(3); flows > 0; flows -= 1)
      flow(
        'login node',
        who,
        from + 2 + upTo(Math.max(1, to - from - 3)),
        `${login(host)} ${1024 + upTo(60_000)}`,
        `${outside()} 443`,
        size(),
        500,
      );
  }
  return sshd;
}

/** VPN sessions with what they pull from nodes: returns OpenVPN's log. */
function vpns({ upTo, lasting, principal, outside, size, isLost, flow }: Making): LogLine[] {
  const openvpn: LogLine[] = [];
  const freeAt = Array.from({ length: POOL }, () => 0);
  for (let index = 0, from = 0; index < VPNS; index += 1) {
    from = Math.min(LAST_SECOND - 60, from + lasting(80_000 / VPNS));
    const slot = freeAt.findIndex((at) => at < from - 90);
    if (slot < 0) continue;
    const to = Math.min(LAST_SECOND, from + 60 + lasting(3_600));
    freeAt[slot] = to;
    const [who, address] = [principal(), `10.200.${slot >> 8}.${slot & 255}`];
    const client = `${outside()}:${1024 + upTo(60_000)}`;
    const [noLine, noEnd] = [isLost(), isLost()];
    const says = (at: number, text: string) =>
      !noLine &&
      openvpn.push({
        at,
        text: `${new Date((DAY_SECONDS + at + OPENVPN_AHEAD) * 1000).toISOString().slice(0, 19).replace('T', ' ')} ${text}`,
      });
    says(from + 1, `${client} [${who}] Peer Connection Initiated with [AF_INET]${client}`);
    says(from + 1, `${who}/${client} MULTI: primary virtual IP for ${who}/${client}: ${address}`);
    if (!noEnd) says(to, `${who}/${client} SIGTERM[soft,remote-exit] received, client-instance exiting`);
    flow('own connection', who, from, client.replace(':', ' '), '10.0.0.10 1194', 500, 900, to - from);
    for (let flows = 1 + upTo(4); flows > 0; flows -= 1)
      flow(
        'VPN',
        who,
        from + 3 + upTo(Math.max(1, to - from - 5)),
        `${address} ${1024 + upTo(60_000)}`,
        `${node(upTo(NODES))} 22`,
        500,
        size(),
      );
  }
  return openvpn;
}

/** Jobs with what they send: returns Slurm's table, and the nodes that ever had one. */
function jobs({ upTo, lasting, principal, outside, size, isLost, flow }: Making): {
  sacct: string[];
  busy: ReadonlySet<number>;
} {
  const sacct = ['JobID|JobIDRaw|User|Account|State|Start|End|NodeList'];
  const busy = new Set<number>();
  const takenUntil = new Map<number, number>();
  const begins = Array.from({ length: JOBS }, () => upTo(LAST_SECOND - 60)).sort((a, b) => a - b);
  for (const [index, from] of begins.entries()) {
    const who = principal();
    const to = Math.min(LAST_SECOND, from + 60 + lasting(5_000));
    // A node has one job at a time, as schedulers give them out whole.
    const wanted = Array.from({ length: 1 + upTo(3) }, () => upTo(NODES));
    const nodes = [...new Set(wanted)].filter((each) => (takenUntil.get(each) ?? 0) < from);
    for (const each of nodes) takenUntil.set(each, to);
    for (const each of nodes) busy.add(each);
    const text = (at: number) => new Date((DAY_SECONDS + at) * 1000).toISOString().slice(0, 19);
    if (!isLost())
      sacct.push(
        `${index}|${index}|${who}|a|COMPLETED|${text(from)}|${text(to)}|${nodes.map(name).join(',')}`,
      );
    for (const each of nodes)
      flow(
        'job',
        who,
        from + 1 + upTo(to - from - 1),
        `${node(each)} ${1024 + upTo(60_000)}`,
        `${outside()} 443`,
        size(),
        500,
      );
  }
  return { sacct, busy };
}

/** Connections of whom no log tells: behind a NAT, and from idle nodes. */
function strangers({ upTo, principal, outside, size, flow }: Making, busy: ReadonlySet<number>): void {
  for (let index = 0; index < BEHIND_NAT; index += 1)
    flow(
      'behind NAT',
      principal(),
      upTo(LAST_SECOND),
      `10.0.0.5 ${1024 + upTo(60_000)}`,
      `${outside()} 443`,
      size(),
      500,
    );
  const idle = Array.from({ length: NODES }, (_, index) => index).filter((index) => !busy.has(index));
  for (let index = 0; index < NOBODYS; index += 1)
    flow(
      'nobody',
      'nobody',
      upTo(LAST_SECOND),
      `${node(idle[upTo(idle.length)] ?? 0)} ${1024 + upTo(60_000)}`,
      `${outside()} 443`,
      size(),
      500,
    );
}

/** A file that somebody moved between the data server and a place. */
interface Moved {
  readonly who: string;
  readonly site: string;
  readonly isOut: boolean;
  readonly from: number;
  readonly to: number;
}

/** Two that lie further apart are never at once, whatever a log's clock says. */
const APART_SECONDS = 180;

/** Files that are moved in one to four streams, often several people's to one place at once: returns GridFTP's log. */
function transfers({ upTo, lasting, principal, size, isLost, flow }: Making): LogLine[] {
  const gridftp: LogLine[] = [];
  const bySite = new Map<string, Moved[]>();
  for (let index = 0; index < TRANSFERS; index += 1) {
    // A few places are busy all day, most are not.
    const place = Math.min(upTo(SITES), upTo(SITES), upTo(SITES));
    const [site, from] = [`192.0.${place >> 8}.${place & 255}`, upTo(LAST_SECOND - 120)];
    const to = Math.min(LAST_SECOND, from + 2 + lasting(400));
    const moved = { who: principal(), site, isOut: upTo(10) < 7, from, to };
    bySite.set(site, [...(bySite.get(site) ?? []), moved]);
  }
  const stamp = (at: number) =>
    `${new Date((DAY_SECONDS + at + GRIDFTP_AHEAD) * 1000).toISOString().slice(0, 19).replace(/[-T:]/g, '')}.500000`;
  for (const [site, here] of bySite)
    for (const { who, isOut, from, to } of here) {
      const others = here.filter((other) => other.who !== who);
      const isAlone = others.every(
        (other) => other.from > to + APART_SECONDS || from > other.to + APART_SECONDS,
      );
      const kind = isAlone ? 'transfer' : 'transfers at once';
      let bytes = 0;
      for (let streams = 1 + upTo(4); streams > 0; streams -= 1) {
        const part = size();
        bytes += part;
        const [sent, got] = isOut ? [200, part] : [part, 200];
        flow(
          kind,
          who,
          from,
          `${site} ${1024 + upTo(60_000)}`,
          `${DATA_SERVER} ${50_000 + upTo(5_000)}`,
          sent,
          got,
          to - from,
        );
      }
      const type = isOut ? 'RETR' : 'STOR';
      if (!isLost())
        gridftp.push({
          at: to,
          text: `DATE=${stamp(to)} HOST=dtn PROG=globus-gridftp-server NL.EVNT=FTP_INFO START=${stamp(from)} USER=${who} FILE=/data/a file BUFFER=131072 BLOCK=262144 NBYTES=${bytes} VOLUME=/ STREAMS=1 STRIPES=1 DEST=[${site}] TYPE=${type} CODE=226`,
        });
    }
  return gridftp;
}
