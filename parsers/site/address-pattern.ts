import {
  type AddressPattern,
  ANY_ADDRESS,
  hostPattern,
  parseIpv4,
  parseWildcardMask,
  prefixPattern,
  toAddressPattern,
} from '../../src/model/address.ts';

/** `any`, `A`, `A/len` or `A wildcard`; undefined for anything else. */
export function parsePattern(text: string): AddressPattern | undefined {
  if (text === 'any') return ANY_ADDRESS;
  const [first = '', second] = text.trim().split(/\s+/);
  const [base = '', length] = first.split('/');
  const addr = parseIpv4(base);
  if (addr === undefined) return undefined;
  if (second !== undefined) {
    const wildcard = parseWildcardMask(second);
    return wildcard === undefined || length !== undefined ? undefined : toAddressPattern(addr, wildcard);
  }
  if (length === undefined) return hostPattern(addr);
  if (!/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  return prefixPattern(addr, Number(length));
}
