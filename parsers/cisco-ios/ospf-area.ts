import { parseIpv4 } from '../../src/model/address.ts';

/** `0.0.0.1` is area 1. */
export function canonicalArea(text: string): string {
  const dotted = text.includes('.') ? parseIpv4(text) : undefined;
  return dotted === undefined ? text : String(dotted);
}
