import { type Ipv4, patternContains, prefixPattern, toIpv4 } from '../model/address.ts';
import type { Interface } from '../model/router-config.ts';
import type { Router } from './network.ts';

/** What becomes of packets to many at once, which no route of the table carries. */
export type GroupFate =
  /** Heard by the router on the network of arrival, and not passed on. */
  | { readonly kind: 'heard' }
  /** Passed on by means that are not modelled. */
  | { readonly kind: 'unknown'; readonly reason: string };

const LINK_LOCAL_GROUPS = prefixPattern(0xe0000000, 24);
const GROUPS = prefixPattern(0xe0000000, 4);
const EVERYONE = toIpv4(0xffffffff);

/** null: an address of one host. */
export function groupFate(router: Router, ingress: Interface, destination: Ipv4): GroupFate | null {
  if (destination === EVERYONE || patternContains(LINK_LOCAL_GROUPS, destination)) return { kind: 'heard' };
  if (patternContains(GROUPS, destination))
    return { kind: 'unknown', reason: 'multicast routing is not modelled' };
  const behind = [...router.config.interfaces.values()].find(
    (i) => !i.shutdown && i.vrf === ingress.vrf && isBroadcastOf(i, destination),
  );
  if (!behind) return null;
  if (behind === ingress) return { kind: 'heard' };
  return {
    kind: 'unknown',
    reason: `whether ${behind.name} passes broadcasts of its network on is not modelled (since 12.0 it does not unless told to)`,
  };
}

/** The last address of a network; two addresses alone have none for all. */
const isBroadcastOf = ({ addresses }: Interface, address: Ipv4): boolean =>
  addresses.some(
    (a) =>
      a.prefixLength !== null &&
      a.prefixLength < 31 &&
      toIpv4(a.address | (0xffffffff >>> a.prefixLength)) === address,
  );
