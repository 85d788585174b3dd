import { type Box, intersectBoxes, makeBox } from '../headerspace/box.ts';
import { type AddressPattern, patternCovers, patternsOverlap } from '../model/address.ts';
import type { Interface } from '../model/router-config.ts';
import { groupFate } from './group-addresses.ts';
import { hostOf } from './neighbours.ts';
import { ownerOf, type Router } from './network.ts';
import { type PrefixTree, prefixTree } from './prefix-tree.ts';
import type { Route } from './route.ts';
import { choicesFor } from './routes.ts';

/** Packets that a route hands to the network behind an interface. */
export interface Delivery {
  /** All with such destinations. */
  readonly box: Box;
  /** Destinations among them that longer prefixes take. */
  readonly taken: readonly AddressPattern[];
  readonly out: Interface;
}

/**
 * Everything of these boxes that `followPath` may deliver if every list permits it, by the routes alone, longest prefix
 * first; parts may overlap. Asked before lists are looked at, it spares whoever wants deliveries the rest. Null where more
 * than routes decides: translation, policy routing, VRFs.
 */
export function deliveriesOf(
  router: Router,
  ingress: Interface,
  boxes: readonly Box[],
): readonly Delivery[] | null {
  const isToHosts = ({ destination }: Box): boolean => {
    const host = hostOf(destination);
    return host === null || (!ownerOf(router, host) && groupFate(router, ingress, host) === null);
  };
  const interfaces = [...router.config.interfaces.values()];
  if (router.config.nat.length > 0 || interfaces.some((i) => i.natSide !== null || i.vrf !== null))
    return null;
  if (!router.config.settings.ipRouting || hasPolicyRouting(ingress)) return null;
  const tree = prefixTree(router.routes, null);
  return boxes.filter(isToHosts).flatMap((box) => deliveriesOfBox(router, tree, box));
}

function deliveriesOfBox(router: Router, tree: PrefixTree, box: Box): readonly Delivery[] {
  return choicesFor(router.routes, null, box.destination).flatMap((choice): readonly Delivery[] => {
    const prefix = tree.at(choice.destination);
    const part = intersectBoxes(box, makeBox({ destination: choice.destination }));
    // Of several choices for one prefix, the first carries.
    if (prefix?.choices[0]?.routes[0] !== choice.routes[0] || part === null) return [];
    const longer = prefix!.longer.map(({ destination }) => destination);
    if (longer.some((destination) => patternCovers(destination, part.destination))) return [];
    const taken = longer.filter((destination) => patternsOverlap(destination, part.destination));
    return choice.routes.flatMap((route): Delivery[] => {
      const out = interfaceOf(router, route);
      return out ? [{ box: part, taken, out }] : [];
    });
  });
}

export const hasPolicyRouting = ({ effects }: Interface): boolean =>
  effects.some((e) => e.family === 'policy-route');

/** The interface by which a route leaves; null: by none that the text shows. */
export const interfaceOf = (router: Router, { egress }: Route): Interface | null =>
  egress.kind === 'interface' ? (router.config.interfaces.get(egress.interface) ?? null) : null;
