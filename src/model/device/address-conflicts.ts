import { formatIpv4, patternsOverlap, prefixPattern } from '../address.ts';
import type { Interface, InterfaceAddress } from '../router-config.ts';
import type { Draft } from './draft.ts';
import { type Effect, refused } from './effect.ts';
import { liveRows } from './rows.ts';

/**
 * The networks of two interfaces in use must not overlap in one table: a router refuses such an address, and refuses
 * to bring up an interface that has one. What a text holds is taken as it stands. Null: none overlaps.
 */
export function refuseOverlap(
  draft: Draft,
  iface: Interface,
  addresses: readonly InterfaceAddress[],
): Effect | null {
  if (draft.reading !== 'terminal') return null;
  for (const mine of addresses)
    for (const other of draft.device.interfaces.values()) {
      if (other.name === iface.name || other.shutdown || other.vrf !== iface.vrf) continue;
      if (liveRows(other.addresses).some((theirs) => overlap(mine, theirs)))
        return refused('overlap', `% ${networkOf(mine)} overlaps with ${other.name}`);
    }
  return null;
}

const overlap = (a: InterfaceAddress, b: InterfaceAddress): boolean =>
  a.prefixLength !== null &&
  b.prefixLength !== null &&
  patternsOverlap(prefixPattern(a.address, a.prefixLength), prefixPattern(b.address, b.prefixLength));

const networkOf = ({ address, prefixLength }: InterfaceAddress): string =>
  formatIpv4(prefixPattern(address, prefixLength ?? 32).address);
