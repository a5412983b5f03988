import { createHash } from 'node:crypto';

/** Namespace of what Weir names itself: STIX reserves its own for cyber-observables (STIX 2.1, section 2.9). */
const WEIR_NAMESPACE = '7b3a5a1e-6f0c-5d0e-9c5e-2f6a6f1c0b47';
/** Namespace of cyber-observables' ids (STIX 2.1, section 2.9). */
const STIX_NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/** Returns a name-based UUID, version 5 (RFC 9562, section 5.5). */
export function uuidv5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Returns the id of an object of ours: the same for the same parts, whoever exports them and when. */
export function stixId(type: string, ...parts: readonly (string | number)[]): string {
  return `${type}--${uuidv5(WEIR_NAMESPACE, JSON.stringify([type, ...parts]))}`;
}

/**
 * Returns the id of a cyber-observable: STIX wants the same for everybody who saw the same, made of the properties that
 * identify it as canonical JSON (RFC 8785). The properties given here are texts, integers and lists of texts.
 */
export function observableId(
  type: string,
  contributing: Readonly<Record<string, string | number | readonly string[]>>,
): string {
  const sorted = Object.fromEntries(Object.entries(contributing).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${type}--${uuidv5(STIX_NAMESPACE, JSON.stringify(sorted))}`;
}
