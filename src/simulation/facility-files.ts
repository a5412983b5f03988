import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Centre, NETWORKS } from './centre.ts';
import { SNAPSHOT_SECONDS } from './sensor.ts';

/** Writes `weir.yaml` and the `as.csv` it names: what a real centre would have to say about itself. */
export async function writeFacilityFiles(outDir: string, centre: Centre): Promise<void> {
  await writeFile(join(outDir, 'weir.yaml'), `${weirYaml(centre)}`);
  await writeFile(join(outDir, 'as.csv'), asTable(centre));
}

function weirYaml(centre: Centre): string {
  const dual = centre.hosts.flatMap(({ name, address, address6 }) =>
    address6 ? [{ name, addresses: [address, address6] }] : [],
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
    sensors: ['zeek-border', 'zeek-vpn'].map((name) => ({
      name,
      files: `${name}/**`,
      timezone: 'UTC',
      snapshotIntervalSeconds: SNAPSHOT_SECONDS,
    })),
    hosts: dual,
    asn: 'as.csv',
  };
  return `# A centre that does not exist: written by weir simulate, seed ${centre.seed}.\n${stringify(document)}`;
}

function asTable(centre: Centre): string {
  const rows = centre.internet.systems.flatMap(({ cidrs, asn, name, country }) =>
    cidrs.map((cidr) => `${cidr},${asn},${name},${country}`),
  );
  return `${['cidr,asn,name,country', ...rows].join('\n')}\n`;
}
