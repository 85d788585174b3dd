declare const ipv4Brand: unique symbol;
declare const wildcardBrand: unique symbol;

/** An IPv4 address as an unsigned 32-bit integer. */
export type Ipv4 = number & { readonly [ipv4Brand]: true };

/** An IOS wildcard mask as an unsigned 32-bit integer: a set bit means "don't care". Never a netmask. */
export type WildcardMask = number & { readonly [wildcardBrand]: true };

/** The addresses that agree with `address` wherever `wildcard` has a 0 bit; `address` has 0 under every set bit. */
export interface AddressPattern {
  readonly address: Ipv4;
  readonly wildcard: WildcardMask;
}

const OCTETS = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function parseDottedQuad(text: string): number | undefined {
  const m = OCTETS.exec(text);
  if (!m) return undefined;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const octet = Number(m[i]);
    if (octet > 255) return undefined;
    value = value * 256 + octet;
  }
  return value;
}

/** Dotted quad to address; undefined for anything else. */
export const parseIpv4 = (text: string): Ipv4 | undefined => parseDottedQuad(text) as Ipv4 | undefined;

export const parseWildcardMask = (text: string): WildcardMask | undefined =>
  parseDottedQuad(text) as WildcardMask | undefined;

export const formatIpv4 = (value: number): string =>
  `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;

/** Takes any number as 32 bits, unsigned. */
export const toIpv4 = (value: number): Ipv4 => (value >>> 0) as Ipv4;
const toWildcardMask = (value: number): WildcardMask => (value >>> 0) as WildcardMask;

/** IOS stores `A AND NOT W` (10.4.4.2 0.0.255.255 shows as 10.4.0.0), so every pattern is built through here. */
export const toAddressPattern = (address: number, wildcard: number): AddressPattern => ({
  address: toIpv4(address & ~wildcard),
  wildcard: toWildcardMask(wildcard),
});

export const ANY_ADDRESS: AddressPattern = toAddressPattern(0, 0xffffffff);
export const hostPattern = (address: number): AddressPattern => toAddressPattern(address, 0);

/** The pattern of `address/length`, length 0–32. */
export const prefixPattern = (address: number, length: number): AddressPattern =>
  toAddressPattern(address, length === 0 ? 0xffffffff : length === 32 ? 0 : 0xffffffff >>> length);

/** The widest prefixes that together are the addresses first–last, disjoint. */
export function prefixesOfRange(first: number, last: number): readonly AddressPattern[] {
  const out: AddressPattern[] = [];
  for (let at = first; at <= last; ) {
    let size = at === 0 ? 2 ** 32 : (at & -at) >>> 0;
    while (at + size - 1 > last) size /= 2;
    out.push(prefixPattern(at, 32 - Math.log2(size)));
    at += size;
  }
  return out;
}

export const patternContains = (p: AddressPattern, address: number): boolean =>
  ((address ^ p.address) & ~p.wildcard) === 0;

/** True when every address of `inner` is in `outer`. */
export const patternCovers = (outer: AddressPattern, inner: AddressPattern): boolean =>
  (inner.wildcard & ~outer.wildcard) === 0 && patternContains(outer, inner.address);

export const samePattern = (a: AddressPattern, b: AddressPattern): boolean =>
  a.address === b.address && a.wildcard === b.wildcard;

/** Equal for equal patterns only. */
export const patternKey = ({ address, wildcard }: AddressPattern): string => `${address}/${wildcard}`;

export const patternsOverlap = (a: AddressPattern, b: AddressPattern): boolean =>
  ((a.address ^ b.address) & ~(a.wildcard | b.wildcard)) === 0;

/** `A wildcard`, the one spelling of JSON documents: `10.0.0.0 0.255.255.255`. */
export const formatPattern = (p: AddressPattern): string =>
  `${formatIpv4(p.address)} ${formatIpv4(p.wildcard)}`;

/** The spelling an engineer reads: `any`, `host A`, or `A wildcard`. */
export function describePattern(p: AddressPattern): string {
  if (p.wildcard === 0xffffffff) return 'any';
  if (p.wildcard === 0) return `host ${formatIpv4(p.address)}`;
  return formatPattern(p);
}

/** Prefix length of a contiguous netmask; undefined when the mask has holes. */
export function netmaskLength(mask: number): number | undefined {
  const inverted = ~mask >>> 0;
  if ((inverted & (inverted + 1)) !== 0) return undefined;
  return 32 - (inverted === 0 ? 0 : 32 - Math.clz32(inverted));
}

/** Prefix length of the network that an address has by its class, for statements that take no mask. */
export function classLength(address: number): number {
  const first = address >>> 24;
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}

/** How many addresses a pattern leaves free, as a power of two. */
export function freeBits(pattern: AddressPattern): number {
  let count = 0;
  for (let rest = pattern.wildcard >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
