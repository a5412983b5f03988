import { z } from 'zod';
import { parseAddress, parseNetwork } from '../records/address.ts';
import { parseByteCount } from '../records/byte-text.ts';
import { parseDay } from '../records/time.ts';
import { mappingSchema, sensorSchema } from './log-schema.ts';
import { channelSchema } from './notify-schema.ts';

/**
 * The shape of weir.yaml as the operator writes it. Descriptions end up in docs/configuration.md and in
 * docs/schemas/weir.yaml.schema.json; what the text means is settled in resolve.ts.
 */
const name = z.string().trim().min(1, 'must not be empty: give it a name');

const network = z.string().refine((text) => parseNetwork(text) !== undefined, {
  error: (issue) => `"${issue.input}" is no network: write an address or CIDR such as 192.0.2.0/24`,
});

const address = z.string().refine((text) => parseAddress(text) !== undefined, {
  error: (issue) => `"${issue.input}" is no address: write one such as 192.0.2.7 or 2001:db8::7`,
});

const date = z.string().refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseDay(text) !== undefined, {
  error: (issue) => `"${issue.input}" is no date: write YYYY-MM-DD`,
});

const datedEntry = z.strictObject({
  cidr: network.describe('The network in CIDR notation, or one address.'),
  from: date.optional().describe('First day on which the entry holds; always, if absent.'),
  to: date.optional().describe('First day on which it holds no more (exclusive); never, if absent.'),
  zone: name.optional().describe('Name of the zone it belongs to.'),
});
const networkEntry = z.union([network, datedEntry]);
const relayEntry = z.union([
  network,
  datedEntry.extend({
    logs: z
      .array(name)
      .default([])
      .describe('Names of the sensors that write its own logs: of its NAT, or of whom it sent what.'),
  }),
]);

const networkList = z.array(networkEntry);
const days = z.number().int('must be a whole number of days').positive('must be at least 1');

const facilitySchema = z.strictObject({
  name: name.describe('Name of the centre, as reports print it.'),
  names: z
    .array(name)
    .default([])
    .describe('Other names and abbreviations, in any script; feeds are searched for them.'),
  simulated: z
    .boolean()
    .default(false)
    .describe('Written by `weir simulate` only: marks telemetry of a centre that does not exist.'),
  channelsComplete: z
    .boolean()
    .default(false)
    .describe(
      'Whether `paths` and `onSite` together are every way by which data can leave; only then does `weir assess` ever say *not possible*.',
    ),
});

const networksSchema = z.strictObject({
  inside: networkList.default([]).describe("The centre's networks."),
  remoteAccess: networkList
    .default([])
    .describe('Pools lent to VPN clients: numbered inside, standing outside.'),
  relays: z
    .array(relayEntry)
    .default([])
    .describe('Addresses that stand for others: NAT, proxies, load balancers, S3 gateways.'),
});

const zoneSchema = z.strictObject({
  name: name.describe('Name of the zone.'),
  kind: z.enum(['access', 'management', 'computing', 'storage']).describe('Its kind (NIST SP 800-223).'),
  networks: networkList.default([]).describe('Its networks; the most specific zone wins.'),
});

const pathSchema = z.strictObject({
  name: name.describe('Name of the path.'),
  kind: z
    .enum(['border', 'vpn', 'transfer', 'portal', 'backup', 'media'])
    .optional()
    .describe('What it is; `vpn` if it has gateways, else `border`.'),
  capacityGbps: z
    .number()
    .positive('must be above 0')
    .max(1_000_000, 'must be in gigabits per second, at most 1,000,000')
    .optional()
    .describe('Capacity out of the centre in 10^9 bit/s; `weir check` names paths without one.'),
  gateways: networkList
    .default([])
    .describe('Inside addresses of its tunnel ends (VPN concentrators): a tunnel is a carrier.'),
  pools: networkList
    .optional()
    .describe('Remote-access pools behind it; all of them, if this is the only `vpn` path.'),
  hosts: networkList.default([]).describe('Inside hosts that leave by this path, such as transfer nodes.'),
  sensors: z.array(name).default([]).describe('Names of the sensors that watch it.'),
  interfaces: z
    .array(name.regex(/^.+:.+$/, 'must be a device and its interface, such as router1:eth0'))
    .default([])
    .describe(
      'Interfaces through which all of it leaves, as `device:interface` of the counters that are imported: what they sent is compared with its flows.',
    ),
});

const bytesPerDay = z.string().refine((text) => (parseByteCount(text) ?? 0n) > 0n, {
  error: (issue) => `"${issue.input}" is no byte count: write a number and an SI unit, such as 20TB`,
});

const onSiteSchema = z.strictObject({
  name: name.describe('Name of the channel.'),
  kind: z
    .enum(['media', 'tape', 'link', 'console'])
    .describe(
      'What it is: portable media and disks, tape, a backup or replication link that no path lists, or a console.',
    ),
  capacityPerDay: bytesPerDay
    .optional()
    .describe('The most it can carry out in a day, such as `20TB`; without it, it has no bound.'),
  logged: z
    .boolean()
    .default(false)
    .describe('Whether a log of its use exists; Weir names it as a place to look, and does not read it.'),
  loggedBy: z
    .array(name)
    .default([])
    .describe('Sensors whose logs of transfers hold, together, all that goes this way: they bound it then.'),
  readBy: z
    .array(name)
    .default([])
    .describe(
      'Identities that read from storage all that goes this way, and storage logs hold it all: they bound it then.',
    ),
});

const hostSchema = z.strictObject({
  name: name.describe('Name of the host.'),
  addresses: z.array(address).min(1).describe('Its addresses: they are counted as one host.'),
});

const tenantSchema = z.strictObject({
  name: name.describe('Name of the client organisation or project.'),
  principals: z.array(name).default([]).describe('Its user and service identities.'),
});

const detectionSchema = z.strictObject({
  leadsPerWeek: z
    .number()
    .positive('must be above 0')
    .max(1000)
    .default(1)
    .describe('At most this many leads a week that are not malicious, for the whole centre.'),
});

const share = z.number().min(0, 'must be between 0 and 1').max(1, 'must be between 0 and 1');
const checksSchema = z.strictObject({
  maxUnclassifiedShare: share
    .default(0.05)
    .describe('Largest share of bytes that may be neither egress nor ingress before `check` exits 3.'),
  minCoverage: share.default(0.9).describe("Smallest share of a path's time seen before `check` exits 3."),
});

const retentionSchema = z.strictObject({
  recordsDays: days.default(400).describe('Days that records are kept.'),
  cellsDays: days.default(3650).describe('Days that cells are kept.'),
});

/** weir.yaml, strict: an unknown key is an error, never ignored. */
export const weirYamlSchema = z.strictObject({
  facility: facilitySchema.describe('The centre.'),
  networks: networksSchema.prefault({}).describe('What is inside, what is lent out, what stands for others.'),
  zones: z.array(zoneSchema).default([]).describe('Zones of the centre.'),
  paths: z
    .array(pathSchema)
    .optional()
    .describe('Ways out; by default one `border` that every sensor watches.'),
  onSite: z
    .array(onSiteSchema)
    .default([])
    .describe('Ways out that cross no network: media, tape, consoles; `weir assess` weighs them.'),
  sensors: z
    .array(sensorSchema)
    .optional()
    .describe('What writes the logs; by default one that takes every file.'),
  hosts: z.array(hostSchema).default([]).describe('Hosts with several addresses.'),
  tenants: z.array(tenantSchema).default([]).describe('Client organisations and projects.'),
  asn: name.optional().describe('CSV or MMDB file of address ranges and their autonomous systems.'),
  mappings: z.array(mappingSchema).default([]).describe('Ready-made cells or series and their columns.'),
  detection: detectionSchema.prefault({}).describe('How detection is tuned.'),
  checks: checksSchema.prefault({}).describe('What `weir check` demands.'),
  retention: retentionSchema.prefault({}).describe('How long the ledger keeps what.'),
  notify: z.array(channelSchema).default([]).describe('Where new leads and incidents are sent.'),
  pseudonyms: z
    .strictObject({
      keyFile: name.describe(
        'File of the key, relative to weir.yaml: 32 characters or more, readable by nobody else.',
      ),
    })
    .optional()
    .describe(
      'Where it stands, every principal is kept under a keyed name; the ledger never holds the name.',
    ),
  ledger: name.default('./ledger').describe('Folder of the ledger, relative to weir.yaml.'),
});

/** weir.yaml after validation, defaults filled in, texts not yet parsed. */
export type WeirYaml = z.infer<typeof weirYamlSchema>;

/** One entry of a network list: a CIDR text, or one with its days. */
export type NetworkEntry = z.infer<typeof networkEntry>;

/** Returns the JSON Schema of weir.yaml, as editors read it. */
export function weirYamlJsonSchema(): Record<string, unknown> {
  return { title: 'weir.yaml', ...z.toJSONSchema(weirYamlSchema, { io: 'input' }) };
}
