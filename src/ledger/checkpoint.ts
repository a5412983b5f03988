import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { ConfigurationError, LedgerError } from '../errors.ts';
import { readLedger } from './files.ts';
import { readSnapshot } from './snapshot.ts';

/** A signed word about the ledger, to be kept where whoever can change the ledger cannot change it. */
export const checkpointSchema = z.strictObject({
  format: z.literal('weir-checkpoint-1'),
  ledgerId: z.uuid(),
  seq: z.int().positive(),
  entrySha256: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  /** Ed25519 over all the fields before, base64. */
  signature: z.base64(),
});

export type Checkpoint = z.infer<typeof checkpointSchema>;

/** Returns a fresh Ed25519 key pair as PEM texts (PKCS #8 and SPKI). The private one must not stay with the ledger. */
export function generateKeys(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** A fixed order of fields, so that the signature does not depend on how the JSON file was written. */
function signedBytes(checkpoint: Omit<Checkpoint, 'signature'>): Buffer {
  const { format, ledgerId, seq, entrySha256, at } = checkpoint;
  return Buffer.from(JSON.stringify([format, ledgerId, seq, entrySha256, at]));
}

/**
 * Returns a checkpoint of the ledger's last entry, signed with an Ed25519 private key (PEM).
 * @throws ConfigurationError when the key is none, LedgerError when the journal is empty or broken.
 */
export async function createCheckpoint(ledgerDir: string, privateKey: string): Promise<Checkpoint> {
  const snapshot = await readSnapshot(ledgerDir);
  if (snapshot.position === 0)
    throw new LedgerError(`the journal in ${ledgerDir} is empty: nothing to sign yet`);
  const unsigned = {
    format: 'weir-checkpoint-1' as const,
    ledgerId: readLedger(ledgerDir).id,
    seq: snapshot.position,
    entrySha256: snapshot.entrySha256,
    at: new Date().toISOString(),
  };
  const key = ed25519(() => createPrivateKey(privateKey), 'private');
  return { ...unsigned, signature: sign(null, signedBytes(unsigned), key).toString('base64') };
}

/**
 * Returns whether a checkpoint was signed by the owner of a public key (PEM).
 * @throws ConfigurationError when the key is no Ed25519 public key.
 */
export function signatureHolds(checkpoint: Checkpoint, publicKey: string): boolean {
  const key = ed25519(() => createPublicKey(publicKey), 'public');
  return verify(null, signedBytes(checkpoint), key, Buffer.from(checkpoint.signature, 'base64'));
}

function ed25519<Key extends { asymmetricKeyType?: string | undefined }>(
  read: () => Key,
  which: string,
): Key {
  let key: Key | undefined;
  try {
    key = read();
  } catch {
    // The cause is not passed on: OpenSSL's message may quote the key.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new ConfigurationError(
    `the ${which} key is not an Ed25519 key in PEM; weir ledger keys makes a pair`,
  );
}
