import { type Box, makeBox } from '../headerspace/box.ts';
import { type AddressPattern, prefixPattern } from '../model/address.ts';
import type { Router } from './network.ts';

/** The network that an address has by its class; null for multicast and above. */
function majorNetwork(address: number): AddressPattern | null {
  const first = address >>> 24;
  if (first < 128) return prefixPattern(address, 8);
  if (first < 192) return prefixPattern(address, 16);
  return first < 224 ? prefixPattern(address, 24) : null;
}

const lengthOf = ({ wildcard }: AddressPattern): number => Math.clz32(wildcard);

/**
 * `no ip classless`: for a subnet of a major network of which the table knows a part, no route that is wider than the
 * major network counts, the default least of all. Gives the packets that such a route must not carry.
 */
export function refusedByClass(router: Router, vrf: string | null, prefixLength: number): readonly Box[] {
  if (router.config.settings.ipClassless) return [];
  const majors = new Map<string, AddressPattern>();
  for (const route of router.routes) {
    const major = route.vrf === vrf ? majorNetwork(route.destination.address) : null;
    if (major && route.prefixLength >= lengthOf(major) && prefixLength < lengthOf(major))
      majors.set(`${major.address}`, major);
  }
  return [...majors.values()].map((destination) => makeBox({ destination }));
}
