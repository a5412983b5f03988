import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  formatDay,
  formatMicros,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_SECOND,
} from '../records/time.ts';
import type { Centre, Host } from './centre.ts';
import type { Flow } from './flow.ts';

const compress = promisify(gzip);

/** A remote-access session as the gateway knows it. */
export interface KnownSession {
  readonly principal: string;
  readonly startedAtMicros: number;
  readonly durationMicros: number;
  readonly poolAddress: string;
  readonly outsideAddress: string;
  readonly outsidePort: number;
}

/** The logs that tell who it was, written beside those of the network and in step with them. */
export interface Identities {
  /** Tells of a session before its flows. */
  enter(session: KnownSession): void;
  observe(flow: Flow): void;
  /** Writes and forgets all lines before a day. */
  flushBefore(day: number): Promise<void>;
  /** Who was behind how much of what left, recorded by the network's sensors or not. */
  document(): PrincipalsDocument;
}

/** What `principals.json` holds: a name with its tenant, and bytes as text. */
interface PrincipalsDocument {
  readonly simulated: true;
  readonly seed: string;
  readonly principals: readonly {
    readonly principal: string;
    readonly tenant: string;
    readonly bytesOut: Readonly<Record<'vpn' | 'ssh' | 'job', string>>;
  }[];
}

type LogName = 'openvpn' | 'auth' | 'slurm';
type Cause = 'vpn' | 'ssh' | 'job';

const JOB_MICROS = 8 * MICROS_PER_HOUR;
const SLURM_HEADER = 'JobID|User|Account|State|Start|End|NodeList';
/** sshd's process numbers begin anew below this. */
const PIDS = 4_000_000;

/**
 * Returns the writer of OpenVPN's log, of the hosts' auth.log and of sacct's output below `folder`, all of the flows it is
 * told and marked as simulated. It draws no random numbers: with it and without it the network's logs are the same.
 * @param endMicros when the simulation ends; nothing is logged from then on.
 */
export function createIdentities(folder: string, centre: Centre, endMicros: number): Identities {
  const hosts = new Map<string, Host>(
    centre.hosts.flatMap((host) =>
      [host.address, ...(host.address6 ? [host.address6] : [])].map((at) => [at, host]),
    ),
  );
  const lines = new Map<string, { log: LogName; day: number; list: [number, string][] }>();
  const leases = new Map<string, string>();
  const jobs = new Map<string, number>();
  const bytes = new Map<string, Record<Cause, bigint>>();
  let pid = 1_000;

  function log(name: LogName, atMicros: number, line: string): void {
    if (atMicros >= endMicros) return;
    const day = Math.floor(atMicros / MICROS_PER_DAY);
    const key = `${name}/${day}`;
    const bucket = lines.get(key) ?? { log: name, day, list: [] };
    lines.set(key, bucket);
    bucket.list.push([atMicros, line]);
  }

  function count(principal: string, cause: Cause, sent: number): void {
    const known = bytes.get(principal) ?? { vpn: 0n, ssh: 0n, job: 0n };
    bytes.set(principal, { ...known, [cause]: known[cause] + BigInt(sent) });
  }

  function vpn(atMicros: number, text: string): void {
    log('openvpn', atMicros, `${formatMicros(atMicros).slice(0, 19).replace('T', ' ')} ${text}`);
  }

  /** A login by SSH: the connection is the session. */
  function login(flow: Flow, host: Host, principal: string): void {
    pid = 1_000 + ((pid - 999) % PIDS);
    const [from, to] = [flow.startedAtMicros, flow.startedAtMicros + flow.durationMicros];
    const head = (at: number) => `${formatMicros(at).slice(0, 19)}+00:00 ${host.name} sshd[${pid}]:`;
    const client = `${flow.orig} port ${flow.origPort}`;
    log(
      'auth',
      from,
      `${head(from)} Accepted publickey for ${principal} from ${client} ssh2: ED25519 SHA256:simulated`,
    );
    const ended = flow.ending === 'reset' ? 'Connection reset by' : `Disconnected from user ${principal}`;
    log('auth', to, `${head(to)} ${ended} ${client}`);
    log('auth', to, `${head(to)} pam_unix(sshd:session): session closed for user ${principal}`);
  }

  /** A node works for one job at a time, of eight hours; there is one where something was sent. */
  function work(flow: Flow, host: Host): void {
    const slot = Math.floor(flow.startedAtMicros / JOB_MICROS);
    const principal = someone(centre, `job/${host.name}/${slot}`);
    count(principal, 'job', flow.origBytes);
    const key = `${host.name}/${slot}`;
    if (jobs.has(key)) return;
    jobs.set(key, slot);
    const [from, to] = [slot * JOB_MICROS, (slot + 1) * JOB_MICROS - MICROS_PER_SECOND];
    const id = 1 + (Number.parseInt(digest(`${centre.seed}/${key}`).slice(0, 8), 16) % 99_999_999);
    const time = (at: number) => formatMicros(at).slice(0, 19);
    const values = [id, principal, tenantOf(centre, principal), 'COMPLETED', time(from), time(to), host.name];
    // sacct is asked when the job is over.
    log('slurm', to, values.join('|'));
  }

  return {
    enter(session) {
      const { principal, poolAddress, outsideAddress, outsidePort } = session;
      leases.set(poolAddress, principal);
      const peer = `${outsideAddress}:${outsidePort}`;
      const client = `${principal}/${peer}`;
      const end = session.startedAtMicros + session.durationMicros;
      vpn(session.startedAtMicros, `${peer} [${principal}] Peer Connection Initiated with [AF_INET]${peer}`);
      vpn(session.startedAtMicros, `${client} MULTI: primary virtual IP for ${client}: ${poolAddress}`);
      vpn(end, `${client} SIGTERM[soft,remote-exit] received, client-instance exiting`);
    },
    observe(flow) {
      const host = hosts.get(flow.resp);
      const lent = leases.get(flow.insideOpened ? flow.resp : flow.orig);
      if (flow.meaning === 'vpn' && lent !== undefined)
        count(lent, 'vpn', flow.insideOpened ? flow.origBytes : flow.respBytes);
      if (
        flow.service === 'ssh' &&
        (flow.ending === 'closed' || flow.ending === 'reset') &&
        !flow.insideOpened &&
        host
      ) {
        const principal = lent ?? someone(centre, `ssh/${host.name}/${flow.orig}`);
        login(flow, host, principal);
        if (flow.meaning === 'border') count(principal, 'ssh', flow.respBytes);
      }
      const node = hosts.get(flow.orig);
      if (flow.meaning === 'border' && flow.insideOpened && node?.role === 'node') work(flow, node);
    },
    async flushBefore(day) {
      for (const [key, slot] of jobs) if ((slot + 1) * JOB_MICROS <= day * MICROS_PER_DAY) jobs.delete(key);
      const ready = [...lines].filter(([, bucket]) => bucket.day < day);
      for (const [key, { log: name, day: of, list }] of ready) {
        lines.delete(key);
        list.sort((a, b) => a[0] - b[0]);
        const head = [
          `#weir-simulated seed=${centre.seed} version=1`,
          ...(name === 'slurm' ? [SLURM_HEADER] : []),
        ];
        const text = [...head, ...list.map(([, line]) => line), ''].join('\n');
        const packed = await compress(Buffer.from(text), { level: 1 });
        await mkdir(join(folder, name), { recursive: true });
        await writeFile(join(folder, name, `${formatDay(of)}.log.gz`), packed);
      }
    },
    document: () => ({
      simulated: true,
      seed: centre.seed,
      principals: [...bytes]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([principal, { vpn: overVpn, ssh, job }]) => ({
          principal,
          tenant: tenantOf(centre, principal),
          bytesOut: { vpn: String(overVpn), ssh: String(ssh), job: String(job) },
        })),
    }),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Who does a thing is settled by the thing, so that asking again gives the same person. */
function someone(centre: Centre, what: string): string {
  const number = Number.parseInt(digest(`${centre.seed}/${what}`).slice(0, 12), 16) % centre.principals;
  return `p${String(number).padStart(5, '0')}`;
}

function tenantOf(centre: Centre, principal: string): string {
  return `t${String(Number.parseInt(principal.slice(1), 10) % centre.tenants).padStart(4, '0')}`;
}

/** CSV of who belongs to which tenant, for the whole simulation. */
export function membersCsv(centre: Centre, startDay: number): string {
  const rows = Array.from({ length: centre.principals }, (_, number) => {
    const principal = `p${String(number).padStart(5, '0')}`;
    return `${principal},${tenantOf(centre, principal)},${formatDay(startDay)}`;
  });
  return [`#weir-simulated seed=${centre.seed} version=1`, 'principal,tenant,from', ...rows, ''].join('\n');
}
