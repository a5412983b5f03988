import type { LogFormat, SensorSettings } from '../format.ts';
import { type LineRewriter, lineByLine } from '../line-rewrite.ts';
import { type Field, jsonRelation } from '../relation.ts';
import { type SessionFields, sessionRule } from '../sessions/session-rule.ts';
import { ownHost } from '../settings.ts';
import { instantIn } from '../values.ts';
import { transferRule } from './transfer-rule.ts';

/**
 * An XRootD server's own log. Its lines name neither the server, which stands at the top of each file, nor a client's port;
 * a third-party copy has its begin and its end on lines of their own. They are brought together before anything else
 * reads them.
 */
const LINE = /^(\d{2})(\d{2})(\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?) (\d+) (.*)$/;
/** At the start and after a rotation: the instance, and the host it runs on. */
const SERVER =
  /^(?:\+{6} |\d{6} \d{2}:\d{2}:\d{2}(?:\.\d+)? \d+ )xrootd [^\s@]*@([^\s:]+)(?: initialization started\.|:\d+ running )/;
/** `user.pid:fd@host`: what the client says of itself, and where it is. */
const SESSION =
  /^Xrootd(?:Xeq|Bridge): (\S+\.\d+:\d+@(\S+)) (?:(?:(?:pub|pvt) IP\w+ )?(?:TLSv[\d.]+ )?(?:admin )?login( as (.*))?|disc (\d+:\d{2}:\d{2})(?: \(.*\))?)$/;
const COPY = /^TPC_(Pull|Push)Request: event=(\w+), local=(.*)$/;
const COPY_BEGIN = /^(?:PULL|PUSH)_START$/;
/** What may be the last that is said of a copy; the first of them counts. */
const COPY_END = /^(?:TRANSFER_\w+|PERFMARKER_FAIL|RESPONSE_FAIL)$/;
const COPY_FIELDS =
  /^(?<path>.*), remote=(?<remote>\S+), user=(?<user>[^;]*?)(?:, streams=\d+)?(?:, bytes_transferred=(?<bytes>\d+))?(?:, status=\d+)?(?:, tpc_status=-?\d+)?$/;
const REMOTE = /^[a-z]+:\/\/(?:[^/@]*@)?(?:\[([^\]]*)\]|([^/:]+))/;

/** What the server calls those whom nobody has authenticated. */
const NOBODY = new Set(['', 'nobody', '(anonymous)']);
/** A server has fewer copies under way. */
const MOST_COPIES = 10_000;
/** What is longer, or has more parts, is no line of the server, and would be looked through again and again. */
const LONGEST_SAID = 16_384;
const MOST_PARTS = 64;

function createJoiner(): LineRewriter {
  let server: string | undefined;
  const begun = new Map<string, string | undefined>();
  return {
    line(text) {
      server = SERVER.exec(text)?.[1] ?? server;
      const [, year, month, day, clock, , said = ''] = LINE.exec(text) ?? [];
      const at = `20${year}-${month}-${day} ${clock}`;
      if (clock === undefined || said.length > LONGEST_SAID) return messageLine(text);
      return sessionLine(said, at, server) ?? copyLine(said, at, server, begun, text) ?? messageLine(text);
    },
    rest: () => '',
  };
}

/** Damage is not hidden among what is left alone. */
function messageLine(text: string): string {
  return text.includes('\0') ? text : JSON.stringify({ xrootd: 'message' });
}

function sessionLine(said: string, at: string, server: string | undefined): string | undefined {
  const [whole, uid, from = '', , name = '', length] = SESSION.exec(said) ?? [];
  if (whole === undefined) return undefined;
  const told = { at, server, uid, from: addressOf(from) };
  if (length !== undefined) return JSON.stringify({ xrootd: 'end', ...told, length });
  // Without `as` nobody has authenticated the client: its name is what it says of itself.
  return JSON.stringify({ xrootd: 'begin', ...told, user: NOBODY.has(name) ? undefined : name });
}

/** Returns the address in a client's place, undefined for a name. IPv4 may be written as `[::192.0.2.1]`. */
function addressOf(from: string): string | undefined {
  const bracketed = /^\[(?:::(?=\d+\.))?([^\]]*)\]$/.exec(from)?.[1];
  return bracketed ?? (/^[\d.]+$/.test(from) ? from : undefined);
}

function copyLine(
  said: string,
  at: string,
  server: string | undefined,
  begun: Map<string, string | undefined>,
  text: string,
): string | undefined {
  const [whole, way, event = '', rest = ''] = COPY.exec(said) ?? [];
  if (whole === undefined) return undefined;
  const isBegin = COPY_BEGIN.test(event);
  if (!isBegin && !COPY_END.test(event)) return undefined;
  const fields = fieldsOf(rest);
  if (!fields) return text;
  const { path = '', remote = '', user = '', bytes = '0' } = fields;
  const key = JSON.stringify([way, path, remote, user]);
  const since = begun.get(key);
  const isTold = begun.has(key) && since === undefined;
  begun.delete(key);
  begun.set(key, isBegin ? at : undefined);
  const oldest = begun.size > MOST_COPIES ? begun.keys().next().value : undefined;
  if (oldest !== undefined) begun.delete(oldest);
  if (isBegin) return '';
  if (isTold) return messageLine(text);
  const [, inBrackets, host] = REMOTE.exec(remote) ?? [];
  return JSON.stringify({
    xrootd: 'copy',
    at,
    since,
    server,
    user: NOBODY.has(user) ? undefined : user,
    from: inBrackets ?? host,
    path,
    direction: way === 'Push' ? 'out' : 'in',
    bytes,
  });
}

/**
 * Returns the fields of a copy; undefined where they cannot be told apart. Names stand among them as they are, and behind
 * a failure what the other side answered: whatever could be another count makes the line a reject.
 */
function fieldsOf(rest: string): Readonly<Record<string, string | undefined>> | undefined {
  const ends = [...rest.matchAll(/; |$/g)];
  if (ends.length > MOST_PARTS) return undefined;
  const found = ends.flatMap(({ index }) => {
    const { groups } = COPY_FIELDS.exec(rest.slice(0, index)) ?? {};
    return groups ? [groups] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

const FIELDS = [
  'xrootd',
  'at',
  'since',
  'server',
  'uid',
  'from',
  'user',
  'length',
  'path',
  'direction',
  'bytes',
];

/** The text log of an XRootD server (`xrootd.log`): who was connected, and third-party copies over HTTP with their bytes. */
export const xrootdLog: LogFormat = {
  name: 'xrootd-log',
  title: 'XRootD server log',
  recognise({ objects }) {
    if (!objects.some(({ xrootd }) => typeof xrootd === 'string')) return undefined;
    return { layout: { source: 'xrootd-log', encoding: 'ndjson', fields: FIELDS }, needs: ['timezone'] };
  },
  reading: () => ({
    source: 'xrootd-log',
    relation: (path, rejects) => jsonRelation(path, FIELDS, rejects),
    shown: 'left(line, 1000)',
    notValid: 'a copy whose fields cannot be told apart, or damage',
    streamOf: (field) => field('xrootd'),
    streams: {
      begin: { rule: (field, sensor) => sessionRule(session(field, sensor, 'begin'), sensor) },
      end: { rule: (field, sensor) => sessionRule(session(field, sensor, 'end'), sensor) },
      copy: { rule: copyRule },
    },
  }),
  rewrites(head) {
    const lines = head.toString('latin1').split('\n').slice(0, -1);
    const isOwn = lines.some((line) => SERVER.test(line) || SESSION.test(LINE.exec(line)?.[6] ?? ''));
    return isOwn ? lineByLine(createJoiner) : undefined;
  },
};

function session(field: Field, sensor: SensorSettings, event: 'begin' | 'end'): SessionFields {
  const length = field('length');
  const part = (index: number) => `TRY_CAST(split_part(${length}, ':', ${index}) AS BIGINT)`;
  const micros = `(${part(1)} * 3600 + ${part(2)} * 60 + ${part(3)}) * 1000000`;
  return {
    kind: 'data',
    event,
    at: { name: 'time', text: field('at'), value: instantIn(field('at'), sensor.timezone ?? 'UTC') },
    ...(event === 'end'
      ? { lasted: { name: 'disc', text: length, value: `(CASE WHEN ${part(1)} < 17544 THEN ${micros} END)` } }
      : {}),
    uid: field('uid'),
    principal: field('user'),
    outer: { name: 'client', text: field('from') },
    server: `coalesce(${field('server')}, ${ownHost(sensor)})`,
  };
}

function copyRule(field: Field, sensor: SensorSettings) {
  const zone = sensor.timezone ?? 'UTC';
  return transferRule(
    {
      texts: { t_at: field('at'), t_since: field('since'), t_direction: field('direction') },
      startedAt: instantIn('t_since', zone),
      endedAt: instantIn('t_at', zone),
      time: { text: 't_at', column: 'time', expected: 'a time between 1990 and 2100' },
      bytes: { text: field('bytes'), column: 'bytes_transferred' },
      direction: 't_direction',
      principal: field('user'),
      server: `coalesce(${field('server')}, ${ownHost(sensor)})`,
      peer: field('from'),
      path: field('path'),
      protocol: 'xrootd',
    },
    sensor.name,
  );
}
