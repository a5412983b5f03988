import { z } from 'zod';
import { parseAddress } from '../records/address.ts';
import { commandsOf, type Finding, gravityOf, type Telling, titleOf } from './finding.ts';

/**
 * A lead or campaign in the Elastic Common Schema, https://www.elastic.co/docs/reference/ecs. Fields that Elastic maps
 * as `ip` hold addresses only: a network there would make Elasticsearch refuse the whole document. What ECS has no
 * field for stands under `weir`.
 */
export const ECS_VERSION = '9.4.0';

const text = z.string().min(1);
const ip = z.string().refine((value) => parseAddress(value) !== undefined, 'must be one address');
const iso = z.iso.datetime();
/** A longer one is kept by Elasticsearch, and never found. */
const KEYWORD_MAX = 1024;
const keyword = text.max(KEYWORD_MAX);
const side = z.strictObject({ address: text, ip: ip.optional() });

/** The fields of ECS that Weir fills, with the values that ECS allows for them. */
export const ecsEvent = z.strictObject({
  '@timestamp': iso,
  ecs: z.strictObject({ version: z.literal(ECS_VERSION) }),
  message: text,
  labels: z.strictObject({ simulated: z.literal('true') }).optional(),
  event: z.strictObject({
    id: text,
    kind: z.literal('alert'),
    category: z.tuple([z.literal('network'), z.literal('intrusion_detection')]),
    type: z.tuple([z.literal('info')]),
    module: z.literal('weir'),
    dataset: z.literal('weir.findings'),
    provider: z.literal('weir detect'),
    action: text,
    severity: z.int().min(0).max(100),
    start: iso.optional(),
    created: iso,
    reason: keyword,
  }),
  observer: z.strictObject({ vendor: text, product: text, type: text, version: text }),
  organization: z.strictObject({ name: text }),
  rule: z.strictObject({ name: keyword, category: text, description: keyword, uuid: text }),
  threat: z.strictObject({
    framework: z.literal('MITRE ATT&CK'),
    tactic: z.strictObject({
      id: z.tuple([z.literal('TA0010')]),
      name: z.tuple([z.literal('Exfiltration')]),
    }),
  }),
  network: z.strictObject({ direction: z.literal('outbound') }),
  source: side.partial().extend({ bytes: z.number().nonnegative().optional() }).optional(),
  destination: side.extend({ as: z.strictObject({ number: z.int().positive() }).optional() }).optional(),
  related: z.strictObject({ ip: z.array(ip), hosts: z.array(text), user: z.array(text) }),
  user: z.strictObject({ name: text }).optional(),
  weir: z.record(z.string(), z.json()),
});
/** An event of ECS as Weir writes it. */
export type EcsEvent = z.infer<typeof ecsEvent>;

/** Elastic's own scale: low 21, medium 47, high 73, critical 99. */
const SEVERITIES = { informational: 21, medium: 47, high: 73 } as const;
const NAMES_MAX = 100;

/** Returns the ECS event that says what a finding says, and nothing more. */
export function ecsFinding(finding: Finding, telling: Telling): EcsEvent {
  const { principals, destinations } = finding;
  const [place, secondPlace] = destinations;
  const [principal, secondPrincipal] = principals;
  return {
    '@timestamp': new Date(Date.parse(finding.detectedAt)).toISOString(),
    ecs: { version: ECS_VERSION },
    message: finding.because,
    ...(finding.simulated ? { labels: { simulated: 'true' as const } } : {}),
    event: {
      id: telling.messageId,
      kind: 'alert',
      category: ['network', 'intrusion_detection'],
      type: ['info'],
      module: 'weir',
      dataset: 'weir.findings',
      provider: 'weir detect',
      action: `${finding.kind}-${telling.activity}`,
      severity: SEVERITIES[gravityOf(finding, telling.activity)],
      ...(finding.startedAt ? { start: `${finding.startedAt.estimate}T00:00:00.000Z` } : {}),
      created: new Date(telling.writtenMillis).toISOString(),
      reason: clipped(finding.because),
    },
    observer: { vendor: 'Weir', product: 'Weir', type: 'egress-meter', version: finding.weirVersion },
    organization: { name: finding.facility },
    rule: {
      name: clipped(titleOf(finding)),
      category: 'Unusual Egress',
      description: clipped(finding.evidence.map(({ channel }) => channel).join(', ') || finding.kind),
      uuid: finding.id,
    },
    threat: { framework: 'MITRE ATT&CK', tactic: { id: ['TA0010'], name: ['Exfiltration'] } },
    network: { direction: 'outbound' },
    ...sourceOf(finding),
    ...(place !== undefined && secondPlace === undefined
      ? { destination: { ...sideOf(place), ...systemOf(place) } }
      : {}),
    related: relatedOf(finding),
    ...(principal !== undefined && secondPrincipal === undefined ? { user: { name: principal } } : {}),
    weir: restOf(finding, telling),
  };
}

function sideOf(name: string): z.infer<typeof side> {
  return parseAddress(name) ? { address: name, ip: name } : { address: name };
}

/** What left is what the inside sent; one of several hosts would not be the source, but the bytes are all of them. */
function sourceOf({ hosts, amount }: Finding): { source?: EcsEvent['source'] } {
  const [host, secondHost] = hosts;
  const source = {
    ...(host !== undefined && secondHost === undefined ? sideOf(host) : {}),
    ...(amount ? { bytes: bytesOf(amount) } : {}),
  };
  return Object.keys(source).length > 0 ? { source } : {};
}

/** Returns a text as long as Elasticsearch indexes it; the whole stands in `message` or `weir`. */
function clipped(whole: string): string {
  if (whole.length <= KEYWORD_MAX) return whole;
  return `${whole.slice(0, KEYWORD_MAX - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function systemOf(name: string): { as?: { number: number } } {
  const number = Number(/^AS(\d{1,10})$/.exec(name)?.[1] ?? 0);
  return number > 0 ? { as: { number } } : {};
}

/** A long of ECS; beyond 2^53 the last digits round, the exact text stands in `weir.bytesOut`. */
function bytesOf(amount: NonNullable<Finding['amount']>): number {
  return Number(amount.of === 'whole' ? amount.estimate : amount.observed);
}

function relatedOf({ hosts, principals, destinations }: Finding): EcsEvent['related'] {
  const all = [...hosts, ...destinations].slice(0, 2 * NAMES_MAX);
  return {
    ip: [...new Set(all.filter((name) => parseAddress(name)))],
    hosts: hosts.filter((name) => !parseAddress(name)).slice(0, NAMES_MAX),
    user: principals.slice(0, NAMES_MAX),
  };
}

function restOf(finding: Finding, { activity }: Telling): EcsEvent['weir'] {
  const { id, kind, asOf, startedAt, amount, about, hosts, principals, destinations, leads, campaigns } =
    finding;
  return {
    id,
    kind,
    activity,
    asOf,
    startedAt,
    bytesOut: amount,
    ...(about === null ? {} : { about }),
    hosts: hosts.slice(0, NAMES_MAX),
    destinations: destinations.slice(0, NAMES_MAX),
    counts: { hosts: hosts.length, principals: principals.length, destinations: destinations.length },
    leads,
    campaigns,
    replaces: finding.replaces,
    ...(finding.incident ? { incident: finding.incident } : {}),
    ...(finding.decision ? { decision: finding.decision } : {}),
    commands: commandsOf(finding),
  };
}
