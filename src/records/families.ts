import {
  COVERAGE_COLUMNS,
  type Column,
  column,
  FLOW_COLUMNS,
  GIVEN_COLUMNS,
  HANDSHAKE_COLUMNS,
  optional,
} from './columns.ts';

/** Records beside flows: who was where, what was read, what was moved. Their columns are defined as in columns.ts. */

function address(name: string, doc: string, make: typeof column = column): readonly Column[] {
  return [
    make(`${name}Hi`, 'half', `${doc}, upper 64 bits`),
    make(`${name}Lo`, 'half', `${doc}, lower 64 bits`),
  ];
}

/** What an interface has carried since its counters began: cumulative, as read, with resets and wraps in it. */
const COUNTER_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'when the counters were read'),
  column('sensor', 'text', 'what wrote the log'),
  column('device', 'text', 'router, switch or host'),
  column('interface', 'text', 'interface by its name, else its index'),
  optional('intervalMicros', 'micros', 'time between readings, where the log states it'),
  optional('outOctets', 'count', 'octets sent since the counter began (ifHCOutOctets)'),
  optional('inOctets', 'count', 'octets received since the counter began (ifHCInOctets)'),
  optional('counterBits', 'count', 'width after which the counters wrap: 32 or 64; unset where not known'),
];

/** An address bound to an identity, a host or a device for a time (DHCP, VPN, NAT). */
const LEASE_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'from when the address was lent'),
  optional('endedAt', 'micros', 'until when; unset when the log does not say'),
  column('sensor', 'text', 'what wrote the log'),
  ...address('address', 'the address lent'),
  optional('principal', 'text', 'identity it was lent to'),
  optional('hostName', 'text', 'name of the host it was lent to'),
  optional('mac', 'text', 'hardware address, lower case with colons'),
];

/** Somebody logged in: VPN, SSH, portal. */
const SESSION_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'begin of the session; of an `end` that does not say when it began, the end'),
  optional('endedAt', 'micros', 'end of the session; unset while it is open or where the log does not say'),
  optional('observedAt', 'micros', 'when the line was true: the time of a snapshot, else of the event'),
  column('sensor', 'text', 'what wrote the log'),
  optional('uid', 'text', 'what joins the lines of one session, as the log says it'),
  column('kind', 'text', 'vpn, ssh, portal or data (a data server: no presence on its host)'),
  column('event', 'text', 'begin, end or snapshot: what the line tells of the session'),
  optional('principal', 'text', 'identity as logged'),
  ...address('outer', 'address the client came from', optional),
  optional('outerPort', 'port', 'port the client came from'),
  ...address('assigned', 'inner address it was given', optional),
  ...address('assigned6', 'inner IPv6 address it was given beside an IPv4 address', optional),
  optional('server', 'text', 'host that served it'),
  optional('bytesIn', 'count', 'bytes from the client, cumulative'),
  optional('bytesOut', 'count', 'bytes to the client, cumulative'),
];

/** Work that a scheduler ran for somebody. */
const JOB_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'begin of the job'),
  optional('endedAt', 'micros', 'end of the job; unset while it runs'),
  column('sensor', 'text', 'what wrote the log'),
  column('jobId', 'text', "the scheduler's identifier, array index included"),
  optional(
    'rawId',
    'text',
    'the identifier that other logs know it by, where it differs (of a job of an array: JobIDRaw)',
  ),
  optional('principal', 'text', 'who it ran for'),
  optional('account', 'text', 'account or project it was charged to'),
  optional('hosts', 'text', 'names of its nodes, expanded, separated by commas'),
  optional('state', 'text', 'state as the scheduler wrote it'),
];

/** Somebody read or wrote storage. */
const ACCESS_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'begin of the access or of the interval it sums up'),
  optional('endedAt', 'micros', 'end of it'),
  column('sensor', 'text', 'what wrote the log'),
  optional('principal', 'text', 'identity as logged'),
  optional('jobId', 'text', 'job it was done by'),
  optional('hostName', 'text', 'host it was done from'),
  optional('path', 'text', 'file or folder'),
  column('operation', 'text', 'read, write or open'),
  optional('bytesRead', 'count', 'bytes read; the size of the file, where only the opening is logged'),
  column('bytesReadIsBound', 'flag', 'true where bytesRead is the most that can have been read'),
  optional('bytesWritten', 'count', 'bytes written'),
  optional(
    'counter',
    'text',
    'where bytes are cumulative, as read, with resets in them: what counts them, with the job (Lustre target)',
  ),
  optional('counterSince', 'micros', 'when that counter began, where the log says so'),
];

/** A file that a service moved across the perimeter. */
const TRANSFER_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'begin of the transfer'),
  column('endedAt', 'micros', 'end of it; the begin, where the log has one time only'),
  column('sensor', 'text', 'what wrote the log'),
  optional('principal', 'text', 'identity as logged'),
  ...address('server', 'address of the server', optional),
  ...address('peer', 'address at the other end', optional),
  optional('serverName', 'text', 'name of the server, where it is no address'),
  optional('peerName', 'text', 'name of the other end, where it is no address'),
  optional('path', 'text', 'file'),
  column('direction', 'text', 'out (from the server) or in (to it)'),
  column('bytes', 'count', 'bytes of the file moved'),
  column('protocol', 'text', 'gridftp, globus, rsync, ftp, sftp, xrootd, http, s3'),
];

/** Who belongs to which tenant, and from when. */
const MEMBER_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'begin of the day from which it holds'),
  optional('endedAt', 'micros', 'begin of the day from which it holds no more; unset while it holds'),
  column('sensor', 'text', 'what wrote the log'),
  column('principal', 'text', 'identity'),
  column('tenant', 'text', 'client organisation or project'),
];

/** Which name a user number is, and from when. */
const ACCOUNT_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'begin of the day from which it holds'),
  optional('endedAt', 'micros', 'begin of the day from which it holds no more; unset while it holds'),
  column('sensor', 'text', 'what wrote the log'),
  column('uid', 'text', 'number, as logs of storage and jobs have it'),
  column('principal', 'text', 'identity'),
];

/**
 * A connection as the other side of a NAT saw it, written beside the flow of the same line: a row for each side on which
 * an end bore another address. An importer makes it of flows with `seen…` columns; no log and no mapping gives it by itself.
 */
export const TRANSLATION_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'begin of the connection; its end, where the log does not say when it began'),
  column('endedAt', 'micros', 'until when the NAT knew it, or when it was listed'),
  column('timed', 'flag', 'whether the log says when it began'),
  column('sensor', 'text', 'what wrote the log'),
  column('proto', 'text', 'transport protocol'),
  ...['orig', 'resp'].flatMap((end) => [
    ...address(end, `${end === 'orig' ? 'originator' : 'responder'} address, as it is in the flow`),
    column(`${end}Port`, 'port', 'its port'),
  ]),
  ...['seenOrig', 'seenResp'].flatMap((end) => [
    ...address(end, `what the ${end === 'seenOrig' ? 'originator' : 'responder'} was seen as on that side`),
    column(`${end}Port`, 'port', 'its port there'),
  ]),
];

/**
 * The numbers that lines of a log bear one after the other, whether they were read or left alone: a run within an hour. An
 * importer makes it beside the records.
 */
export const NUMBERS_COLUMNS: readonly Column[] = [
  column('startedAt', 'micros', 'time of the first of these lines'),
  column('endedAt', 'micros', 'time of the last'),
  column('sensor', 'text', 'what wrote the log'),
  column('series', 'text', 'what numbers the lines: host, metadata target; empty where the log does not say'),
  column('firstNumber', 'count', 'least number'),
  column('lastNumber', 'count', 'greatest number'),
  column('lines', 'count', 'how many numbers there are'),
];

/** Families of records as sensors and mappings give them: what a commit's files may hold. */
export const FACT_COLUMNS = {
  flow: FLOW_COLUMNS,
  handshake: HANDSHAKE_COLUMNS,
  coverage: COVERAGE_COLUMNS,
  given: GIVEN_COLUMNS,
  counter: COUNTER_COLUMNS,
  lease: LEASE_COLUMNS,
  session: SESSION_COLUMNS,
  job: JOB_COLUMNS,
  access: ACCESS_COLUMNS,
  transfer: TRANSFER_COLUMNS,
  member: MEMBER_COLUMNS,
  account: ACCOUNT_COLUMNS,
} as const satisfies Readonly<Record<string, readonly Column[]>>;

/** The name of one of them. */
export type FactFamily = keyof typeof FACT_COLUMNS;

/** Returns whether a family's records say when they ended. */
export function hasEnd(family: string): boolean {
  const columns: readonly Column[] = FACT_COLUMNS[family as FactFamily] ?? [];
  return columns.some(({ name }) => name === 'endedAt');
}
