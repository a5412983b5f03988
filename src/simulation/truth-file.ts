import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InputError } from '../errors.ts';

/** A byte count as text: exact beyond 2^53. */
const bytes = z.string().regex(/^\d+$/);
const instant = z.iso.datetime();

const sums = z.strictObject({
  /** Recorded by the sensor and placed by the rules of accounting: what an exact ledger shows. */
  bytesOut: bytes,
  bytesIn: bytes,
  /** Left while the sensor was out: what no ledger can show. */
  bytesOutUnrecorded: bytes,
});

const campaign = z.strictObject({
  name: z.string(),
  path: z.enum(['border', 'vpn']),
  firstByteAt: instant.nullable(),
  lastByteAt: instant.nullable(),
  bytesOut: bytes,
  bytesOutUnrecorded: bytes,
  /** Recorded bytes by date. */
  perDay: z.record(z.string(), bytes),
  hosts: z.array(z.string()),
  /** VPN accounts; Zeek's logs name no others. */
  principals: z.array(z.string()),
  destinations: z.strictObject({
    /** Outside networks that received the bytes; for the VPN the pool's. */
    networks: z.array(z.string()),
    asns: z.array(z.number().int()),
    /** Where the VPN clients really were. */
    tunnelNetworks: z.array(z.string()),
  }),
});

/** What `truth.json` holds (docs/simulation.md). */
const truthSchema = z.strictObject({
  simulated: z.literal(true),
  version: z.literal(1),
  seed: z.string(),
  scale: z.number(),
  from: z.iso.date(),
  /** First day after the simulation. */
  to: z.iso.date(),
  outages: z.array(z.strictObject({ sensor: z.string(), from: instant, to: instant })),
  counts: z.strictObject({
    connections: z.number().int(),
    snapshots: z.number().int(),
    copies: z.number().int(),
    otherLines: z.number().int(),
  }),
  days: z.array(
    z.strictObject({
      day: z.iso.date(),
      paths: z.strictObject({ border: sums, vpn: sums }),
      carrier: sums,
      transit: sums,
    }),
  ),
  campaigns: z.array(campaign),
});

/** What really happened in a simulated centre. */
export type TruthDocument = z.output<typeof truthSchema>;

/**
 * Returns the truth that a simulation wrote beside its logs.
 * @throws InputError when the file cannot be read or is no truth.
 */
export async function readTruth(file: string): Promise<TruthDocument> {
  try {
    return truthSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new InputError(`${file}: not the truth of a simulation: ${reason}`, { cause });
  }
}
