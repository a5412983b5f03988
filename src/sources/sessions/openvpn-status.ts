import type { LogFormat, SensorSettings } from '../format.ts';
import type { RecordRule } from '../record.ts';
import { type Field, separatedRelation, shownLine } from '../relation.ts';
import { rewriteLines } from '../rewritten-lines.ts';
import { instant, stampIn } from '../values.ts';
import { earlier, sessionRule } from './session-rule.ts';

/** Columns of the rewritten lines; the first is `openvpn-status`. `…Epoch` is set where the file has seconds since 1970. */
const FIELDS = [
  'kind',
  'updated',
  'updatedEpoch',
  'name',
  'user',
  'address',
  'port',
  'virtual',
  'virtual6',
  'received',
  'sent',
  'since',
  'sinceEpoch',
];
const KIND = 'openvpn-status';
const LAYOUT = { source: KIND, encoding: 'csv', fields: FIELDS, separator: '\t', quote: '' } as const;

const FIRST_LINE = /^(?:\xef\xbb\xbf)*(?:OpenVPN CLIENT LIST|TITLE[,\t]OpenVPN )/;

/**
 * OpenVPN's status file in versions 1, 2 and 3, one snapshot after another. What says when a snapshot was taken stands
 * above its clients, so every client's line is rewritten to one that carries it; all other lines become comments.
 */
export const openvpnStatus: LogFormat = {
  name: KIND,
  title: 'OpenVPN status file',
  rewrites(head) {
    if (!FIRST_LINE.test(head.toString('latin1', 0, 64))) return undefined;
    return (bytes) => rewriteLines(bytes, createSnapshots());
  },
  recognise({ lines }) {
    const rows = lines.flatMap((line) => (line.startsWith(`${KIND}\t`) ? [line.split('\t')] : []));
    if (rows.length === 0) return lines.some((line) => line === TITLE) ? { layout: LAYOUT } : undefined;
    const isLocal = rows.some((row) => row[2] === '' || row[12] === '');
    return isLocal ? { layout: LAYOUT, needs: ['timezone'] } : { layout: LAYOUT };
  },
  reading: (layout) => ({
    source: KIND,
    relation: (path, rejects, numbers) => separatedRelation(path, layout, rejects, numbers),
    shown: shownLine(layout),
    streams: { '': { rule: clientRule } },
  }),
};

const TITLE = `# ${KIND}`;

/** Returns the rewriting of one line after another. */
function createSnapshots(): (line: string) => string {
  let updated = ['', ''];
  let columns: readonly string[] = [];
  let since = new Map<string, string>();
  let isRouting = false;
  return (line) => {
    if (FIRST_LINE.test(line)) {
      [updated, columns, since, isRouting] = [['', ''], [], new Map(), false];
      return TITLE;
    }
    const parts = line.split(line.includes('\t') ? '\t' : ',');
    const [first = '', second = ''] = parts;
    if (first === 'Updated' || first === 'TIME') updated = [second, parts[2] ?? ''];
    else if (first === 'HEADER' && second === 'CLIENT_LIST') columns = parts.slice(2);
    else if (first === 'Common Name') columns = parts;
    else if (first === 'Virtual Address') isRouting = true;
    else if (first === 'CLIENT_LIST') return row(columns, parts.slice(1), updated);
    else if (isRouting && parts.length === 4) return route(parts, updated, since);
    else if (!isRouting && !HEADED.test(first) && columns.length > 0 && parts.length > 1) {
      since.set(parts[1] ?? '', parts[4] ?? '');
      if (since.size > MOST_CLIENTS) since = new Map();
      return row(columns, parts, updated);
    }
    return `# ${line}`;
  };
}

const HEADED = /^(?:ROUTING|GLOBAL|END|HEADER)/;
/** No server has as many clients; a file that says so must not fill the memory. */
const MOST_CLIENTS = 100_000;

/** A client. Of version 1, its virtual addresses are in the routing table only. */
function row(columns: readonly string[], values: readonly string[], updated: readonly string[]): string {
  if (columns.length !== values.length) return `${KIND}\t${values.length} of ${columns.length} columns`;
  const value = (name: string) => values[columns.indexOf(name)] ?? '';
  const name = value('Common Name');
  // The handshake is not over: nobody is connected yet.
  if (name === 'UNDEF') return `# ${KIND}: not connected yet`;
  return joined(updated, {
    name,
    user: value('Username').replace(/^UNDEF$/, ''),
    real: value('Real Address'),
    virtual: value('Virtual Address'),
    virtual6: value('Virtual IPv6 Address'),
    received: value('Bytes Received'),
    sent: value('Bytes Sent'),
    since: value('Connected Since'),
    sinceEpoch: value('Connected Since (time_t)'),
  });
}

/** A line of version 1's routing table: which address a client has. Networks behind clients are nobody's address. */
function route(
  [virtual = '', name = '', real = '']: readonly string[],
  updated: readonly string[],
  since: ReadonlyMap<string, string>,
): string {
  if (!/^[0-9a-fA-F.:]+$/.test(virtual) || !/[.:]/.test(virtual))
    return `# ${KIND}: a network or a hardware address`;
  const isSix = virtual.includes(':');
  return joined(updated, {
    name,
    real,
    virtual: isSix ? '' : virtual,
    virtual6: isSix ? virtual : '',
    since: since.get(real) ?? '',
  });
}

interface Client {
  readonly name: string;
  readonly real: string;
  readonly virtual: string;
  readonly virtual6: string;
  readonly since: string;
  readonly user?: string;
  readonly received?: string;
  readonly sent?: string;
  readonly sinceEpoch?: string;
}

function joined([updated = '', epoch = '']: readonly string[], client: Client): string {
  const { user = '', received = '', sent = '', sinceEpoch = '' } = client;
  const [, address = client.real, port = ''] =
    /^(?:(?:udp|tcp)[46](?:-server)?:)?\[?([0-9a-fA-F.:]+?)\]?:(\d+)$/.exec(client.real) ?? [];
  const { name, virtual, virtual6, since } = client;
  const values = [
    KIND,
    updated,
    epoch,
    name,
    user,
    address,
    port,
    virtual,
    virtual6,
    received,
    sent,
    since,
    sinceEpoch,
  ];
  return values.map((text) => text.replaceAll('\t', ' ')).join('\t');
}

function clientRule(field: Field, sensor: SensorSettings): RecordRule {
  const at = timeOf(field, 'updated', sensor);
  return sessionRule(
    {
      kind: 'vpn',
      event: 'snapshot',
      at: { name: 'updated', text: field('updatedEpoch', 'updated'), value: at },
      since: {
        name: 'connected since',
        text: field('sinceEpoch', 'since'),
        value: earlier(timeOf(field, 'since', sensor), at),
      },
      uid: `concat(${field('address')}, ':' || ${field('port')})`,
      principal: field('user', 'name'),
      outer: { name: 'real address', text: field('address') },
      outerPort: { name: 'port', text: field('port') },
      assigned: { name: 'virtual address', text: field('virtual') },
      assigned6: { name: 'virtual IPv6 address', text: field('virtual6') },
      bytesIn: { name: 'bytes received', text: field('received') },
      bytesOut: { name: 'bytes sent', text: field('sent') },
    },
    sensor,
  );
}

/** Before 2.5 times were written as ctime does, with the year at the end. */
function timeOf(field: Field, name: string, { timezone }: SensorSettings): string {
  const [epoch, text] = [field(`${name}Epoch`), field(name)];
  if (timezone === undefined) return instant(epoch);
  const local = `coalesce(${stampIn(text, '%Y-%m-%d %H:%M:%S', timezone)}, ${stampIn(text, '%a %b %d %H:%M:%S %Y', timezone)})`;
  return `CASE WHEN ${epoch} IS NOT NULL THEN ${instant(epoch)} ELSE ${local} END`;
}
