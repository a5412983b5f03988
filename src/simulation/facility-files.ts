import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Centre, NETWORKS } from './centre.ts';
import { SNAPSHOT_SECONDS } from './sensor.ts';

/** Writes `weir.yaml` and the `as.csv` it names: what a real centre would have to say about itself. */
export async function writeFacilityFiles(outDir: string, centre: Centre): Promise<void> {
  await writeFile(join(outDir, 'weir.yaml'), weirYaml(centre, false));
  await writeFile(join(outDir, 'weir-identities.yaml'), weirYaml(centre, true));
  await writeFile(join(outDir, 'as.csv'), asTable(centre));
}

/** Logs that tell who it was; nodes have names in them, so that their addresses must be stated. */
const IDENTITY_SENSORS = [
  { name: 'openvpn', files: 'openvpn/**', timezone: 'UTC' },
  { name: 'auth', files: 'auth/**', timezone: 'UTC' },
  { name: 'slurm', files: 'slurm/**', timezone: 'UTC' },
  { name: 'members', files: 'members.csv' },
];

function weirYaml(centre: Centre, withIdentities: boolean): string {
  const dual = centre.hosts.flatMap(({ name, address, address6 }) =>
    address6 ? [{ name, addresses: [address, address6] }] : [],
  );
  const nodes = centre.hosts.flatMap(({ name, address, address6 }) =>
    address6 ? [] : [{ name, addresses: [address] }],
  );
  const document = {
    facility: { name: 'Simulated Centre', names: ['SIMC'], simulated: true },
    networks: NETWORKS,
    paths: [
      {
        name: 'border',
        capacityGbps: Math.max(10, Math.round(100 * centre.scale)),
        sensors: ['zeek-border'],
      },
      {
        name: 'vpn',
        capacityGbps: Math.max(1, Math.round(10 * centre.scale)),
        gateways: [centre.gateway],
        sensors: ['zeek-vpn'],
      },
    ],
    sensors: [
      ...['zeek-border', 'zeek-vpn'].map((name) => ({
        name,
        files: `${name}/**`,
        timezone: 'UTC',
        snapshotIntervalSeconds: SNAPSHOT_SECONDS,
      })),
      ...(withIdentities ? IDENTITY_SENSORS : []),
    ],
    hosts: withIdentities ? [...dual, ...nodes] : dual,
    asn: 'as.csv',
    ...(withIdentities ? { ledger: './ledger-identities' } : {}),
  };
  return `# A centre that does not exist: written by weir simulate, seed ${centre.seed}.\n${stringify(document)}`;
}

function asTable(centre: Centre): string {
  const rows = centre.internet.systems.flatMap(({ cidrs, asn, name, country }) =>
    cidrs.map((cidr) => `${cidr},${asn},${name},${country}`),
  );
  return `${['cidr,asn,name,country', ...rows].join('\n')}\n`;
}
