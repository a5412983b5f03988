import ipaddr from 'ipaddr.js';

/**
 * An IP address as one 16-byte value in two unsigned 64-bit halves. IPv4 and IPv4-mapped IPv6 are the
 * same address: `hi` is 0 and `lo` is 0x0000ffff_aabbccdd.
 */
export interface Address {
  readonly hi: bigint;
  readonly lo: bigint;
}

/** A network in CIDR notation as the closed range of its addresses. */
export interface Network {
  readonly cidr: string;
  readonly first: Address;
  readonly last: Address;
}

/** `lo` of 0.0.0.0; `lo` of an IPv4 address is this plus its 32-bit value. */
export const IPV4_BASE = 0xffff_0000_0000n;
const IPV4_LAST = 0xffff_ffff_ffffn;
const HALF_MAX = 0xffff_ffff_ffff_ffffn;

/** Returns whether an address is IPv4 (or IPv4-mapped). */
export function isIpv4(address: Address): boolean {
  return address.hi === 0n && address.lo >= IPV4_BASE && address.lo <= IPV4_LAST;
}

/** Returns the address a text stands for, a zone suffix (`%eth0`) ignored; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  const percent = text.indexOf('%');
  const plain = percent < 0 ? text : text.slice(0, percent);
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return fromBytes(ipaddr.IPv4.parse(plain).toByteArray());
  if (!ipaddr.IPv6.isValid(plain)) return undefined;
  return fromBytes(ipaddr.IPv6.parse(plain).toByteArray());
}

/** Returns the canonical text: dotted quad for IPv4 and mapped addresses, RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  if (isIpv4(address)) return formatIpv4(address.lo);
  return new ipaddr.IPv6(toBytes(address)).toRFC5952String();
}

/**
 * Returns the network of a CIDR text; a bare address is a network of one.
 * Bits behind the prefix are cleared. Returns undefined when the text is none.
 */
export function parseNetwork(text: string): Network | undefined {
  const [base = '', bits, ...rest] = text.trim().split('/');
  const address = parseAddress(base);
  if (!address || rest.length > 0) return undefined;
  const width = base.includes(':') ? 128 : 32;
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (prefix < 0 || prefix > width) return undefined;
  const hostBits = BigInt(width - prefix);
  const value = (address.hi << 64n) | address.lo;
  const first = (value >> hostBits) << hostBits;
  const last = first | ((1n << hostBits) - 1n);
  return { cidr: text.trim(), first: split(first), last: split(last) };
}

/** Returns whether an address lies in a network. */
export function contains(network: Network, address: Address): boolean {
  return compareAddresses(network.first, address) <= 0 && compareAddresses(address, network.last) <= 0;
}

/** Returns a negative, zero or positive number as `a` sorts before, with or after `b`. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.hi !== b.hi) return a.hi < b.hi ? -1 : 1;
  if (a.lo !== b.lo) return a.lo < b.lo ? -1 : 1;
  return 0;
}

/**
 * Returns the 64-bit key of an inside host: an IPv4 address whole, an IPv6 address as its /64, because
 * privacy addresses change daily. IPv6 prefixes in use never begin with 16 zero bits, so keys cannot meet.
 */
export function hostKey(address: Address): bigint {
  return address.hi === 0n ? address.lo : address.hi;
}

/** Returns the 64-bit key of an outside network: /24 of IPv4, /48 of IPv6. */
export function networkKey(address: Address): bigint {
  return address.hi === 0n ? (address.lo >> 8n) << 8n : (address.hi >> 16n) << 16n;
}

/** Returns the text of a host key: `192.0.2.7` or `2001:db8:0:1::/64`. */
export function formatHost(key: bigint): string {
  return key >= IPV4_BASE && key <= IPV4_LAST ? formatIpv4(key) : `${formatAddress({ hi: key, lo: 0n })}/64`;
}

/** Returns the text of a network key: `192.0.2.0/24` or `2001:db8:1::/48`. */
export function formatNetwork(key: bigint): string {
  if (key >= IPV4_BASE && key <= IPV4_LAST) return `${formatIpv4(key)}/24`;
  return `${formatAddress({ hi: key, lo: 0n })}/48`;
}

function formatIpv4(lo: bigint): string {
  const value = Number(lo & 0xffff_ffffn);
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function split(value: bigint): Address {
  return { hi: (value >> 64n) & HALF_MAX, lo: value & HALF_MAX };
}

function fromBytes(bytes: readonly number[]): Address {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return bytes.length === 4 ? { hi: 0n, lo: IPV4_BASE + value } : split(value);
}

function toBytes(address: Address): number[] {
  const value = (address.hi << 64n) | address.lo;
  return Array.from({ length: 16 }, (_, index) => Number((value >> BigInt(8 * (15 - index))) & 255n));
}
