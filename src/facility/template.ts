import { parse } from 'yaml';
import type { z } from 'zod';
import type { weirYamlSchema } from './schema.ts';

/** What `weir init` and `weir simulate` know: weir.yaml's own keys, and why networks are thought inside. */
export type ConfigAnswers = z.input<typeof weirYamlSchema> & {
  /** A sentence for each inside CIDR, written beside it as a comment. */
  readonly insideBecause?: Readonly<Record<string, string>>;
};

interface Section {
  readonly key: string;
  readonly comment: string;
  /** What stands there, commented out, when the answers say nothing. */
  readonly example: string;
}

const SECTIONS: readonly Section[] = [
  {
    key: 'zones',
    comment: 'Zones: access, management, computing or storage (NIST SP 800-223). The narrower network wins.',
    example: '- { name: transfer-nodes, kind: access, networks: [192.0.2.64/28] }',
  },
  {
    key: 'paths',
    comment:
      'Ways out. capacityGbps bounds what can have left unseen. A path with gateways is a VPN: its tunnels\nare carriers, what they carry is counted at its pools.',
    example: '- { name: border, capacityGbps: 100, sensors: [zeek-1] }',
  },
  {
    key: 'sensors',
    comment:
      'What writes the logs. files: globs below the imported folder; "**" takes what no other sensor claims.\ntimezone is needed only for logs that state none.',
    example: '- { name: zeek-1, files: "zeek-1/**", timezone: UTC }',
  },
  {
    key: 'hosts',
    comment: 'Hosts with several addresses; each is counted as one host.',
    example: '- { name: dtn-1, addresses: [192.0.2.65, "2001:db8:0:1::65"] }',
  },
  {
    key: 'tenants',
    comment: 'Client organisations or projects and their identities.',
    example: '- { name: climate, principals: [alice, svc-climate] }',
  },
  {
    key: 'mappings',
    comment: 'Ready-made cells or series: which column is what. See docs/configuration.md.',
    example:
      '- { name: nightly, files: "series/*.csv.gz", time: time, per: hour, host: entity, bytesOut: bytes_out, path: { value: border } }',
  },
  { key: 'asn', comment: 'Address ranges and their autonomous systems: CSV or MMDB.', example: './asn.mmdb' },
  {
    key: 'detection',
    comment: 'At most this many leads a week that are not malicious, for the whole centre.',
    example: '{ leadsPerWeek: 1 }',
  },
  {
    key: 'checks',
    comment: '`weir check` exits 3 past these.',
    example: '{ maxUnclassifiedShare: 0.05, minCoverage: 0.9 }',
  },
  {
    key: 'retention',
    comment: 'How long the ledger keeps what.',
    example: '{ recordsDays: 400, cellsDays: 3650 }',
  },
  {
    key: 'notify',
    comment: 'Where new leads and incidents are sent (docs/notify.md). Secrets lie in files of their own.',
    example: '- { name: siem, kind: syslog, target: "tls://siem.example.org:6514", format: ocsf }',
  },
  { key: 'ledger', comment: 'Where the ledger lies, relative to this file.', example: './ledger' },
];

const HEAD = `# What Weir knows about this centre. Every key: docs/configuration.md.
# After a change, \`weir check\` says what it means; days it touches are built again.
`;

/** Returns the text of a commented weir.yaml; what the answers leave out stands there as an example. */
export function renderConfig(answers: ConfigAnswers): string {
  const { facility, networks, insideBecause = {}, ...rest } = answers;
  const values: Readonly<Record<string, unknown>> = rest;
  return [
    HEAD,
    `facility: ${flow(facility)}\n`,
    renderNetworks(networks ?? {}, insideBecause),
    ...SECTIONS.map((section) => renderSection(section, values[section.key])),
  ].join('\n');
}

function renderNetworks(
  { inside = [], remoteAccess = [], relays = [] }: NonNullable<ConfigAnswers['networks']>,
  because: Readonly<Record<string, string>>,
): string {
  const list = (entries: readonly unknown[]) =>
    entries.map((entry) => {
      const why = typeof entry === 'string' ? because[entry] : undefined;
      return `    - ${flow(entry)}${why ? ` # ${oneLine(why)}` : ''}`;
    });
  const block = (key: string, note: string, entries: readonly unknown[]) =>
    entries.length === 0 ? [`  # ${note}`, `  ${key}: []`] : [`  # ${note}`, `  ${key}:`, ...list(entries)];
  return [
    'networks:',
    ...block('inside', "The centre's networks. An entry may be dated: { cidr, from, to, zone }.", inside),
    ...block('remoteAccess', 'Pools lent to VPN clients: numbered inside, standing outside.', remoteAccess),
    ...block('relays', 'NAT, proxies, load balancers, S3 gateways: addresses that stand for others.', relays),
    '',
  ].join('\n');
}

function renderSection({ key, comment, example }: Section, value: unknown): string {
  const notes = comment.split('\n').map((line) => `# ${line}`);
  const absent = value === undefined || (Array.isArray(value) && value.length === 0);
  if (absent) {
    const lines = example.startsWith('- ') ? [`# ${key}:`, `#   ${example}`] : [`# ${key}: ${example}`];
    return [...notes, ...lines, ''].join('\n');
  }
  const lines = Array.isArray(value)
    ? [`${key}:`, ...value.map((item) => `  - ${flow(item)}`)]
    : [`${key}: ${flow(value)}`];
  return [...notes, ...lines, ''].join('\n');
}

/** Returns a value as YAML on one line; a text that is not plainly a text is quoted as in JSON. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).filter(([, item]) => item !== undefined);
    return pairs.length === 0
      ? '{}'
      : `{ ${pairs.map(([key, item]) => `${key}: ${flow(item)}`).join(', ')} }`;
  }
  if (typeof value !== 'string') return String(value);
  const plain = /^[\p{L}\p{N}_.][\p{L}\p{N}_./ -]*$/u.test(value) && parse(value) === value;
  return plain ? value : JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u0085]+/gu, ' ');
}
