import { type Box, makeBox } from '../headerspace/box.ts';
import { classLength, prefixPattern } from '../model/address.ts';
import type { Router } from './network.ts';

/**
 * `no ip classless`: for a subnet of a major network of which the table knows a part, no route that is wider than the
 * major network counts, the default least of all. Gives the packets that such a route must not carry.
 */
export function refusedByClass(router: Router, vrf: string | null, prefixLength: number): readonly Box[] {
  if (router.config.settings.ipClassless) return [];
  const majors = new Map<number, Box>();
  for (const route of router.routes) {
    const { address } = route.destination;
    const length = classLength(address);
    if (route.vrf !== vrf || route.prefixLength < length || prefixLength >= length) continue;
    const major = prefixPattern(address, length);
    majors.set(major.address, makeBox({ destination: major }));
  }
  return [...majors.values()];
}
