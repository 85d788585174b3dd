import { type Box, intersectBoxes, makeBox } from '../headerspace/box.ts';
import { patternCovers, patternsOverlap } from '../model/address.ts';
import type { Interface } from '../model/router-config.ts';
import { groupFate } from './group-addresses.ts';
import { untranslatedAt } from './nat.ts';
import { hostOf } from './neighbours.ts';
import { ownerOf, type Router } from './network.ts';
import { prefixTree } from './prefix-tree.ts';
import type { Route } from './route.ts';
import { choicesFor } from './routes.ts';
import { isSure, type Way, wayOf, waysInward, waysOutward, within } from './translated-ways.ts';

/** Packets that a route hands to the network behind an interface: none of `apart`, among which longer prefixes' are. */
export interface Delivery extends Way {
  readonly out: Interface;
}

/**
 * Everything of these boxes that `followPath` may deliver if every list permits it, by translation and the routes alone,
 * longest prefix first; parts may overlap. Asked before lists are looked at, it spares whoever wants deliveries the rest.
 * Null where a policy routes.
 */
export function deliveriesOf(
  router: Router,
  ingress: Interface,
  boxes: readonly Box[],
): Iterable<Delivery> | null {
  return !router.config.settings.ipRouting || hasPolicyRouting(ingress)
    ? null
    : byRoutes(router, ingress, boxes);
}

/** One by one, since the first of them often tells enough. */
function* byRoutes(router: Router, ingress: Interface, boxes: readonly Box[]): Generator<Delivery> {
  const doubted = untranslatedAt(router, ingress);
  const inDoubt = (box: Box): readonly Box[] =>
    doubted.flatMap((destination) => intersectBoxes(box, makeBox({ destination })) ?? []);
  for (const box of boxes) {
    if (doubted.some((d) => patternCovers(d, box.destination))) continue;
    for (const way of waysInward(router, ingress, { ...wayOf(box), apart: inDoubt(box) })) {
      if (!goesToHosts(router, ingress, way)) continue;
      for (const { out, ...routedWay } of routed(router, tableOf(ingress, way), way))
        for (const onward of waysOutward(router, ingress, out, routedWay)) yield { ...onward, out };
    }
  }
}

/** The table that packets are routed by: a rule's own, where it has one, or that of the interface they came in by. */
export const tableOf = (ingress: Interface, { header }: Way): string | null =>
  header.vrf === undefined ? ingress.vrf : header.vrf;

function goesToHosts(router: Router, ingress: Interface, way: Way): boolean {
  const host = hostOf(way.header.box.destination);
  return (
    host === null ||
    (ownerOf(router, host)?.vrf !== tableOf(ingress, way) && groupFate(router, ingress, host) === null)
  );
}

function* routed(router: Router, table: string | null, way: Way): Generator<Delivery> {
  const tree = prefixTree(router.routes, table);
  for (const choice of choicesFor(router.routes, table, way.header.box.destination)) {
    const prefix = tree.at(choice.destination);
    const part = within(way, makeBox({ destination: choice.destination }));
    // Of several choices for one prefix, the first carries.
    if (prefix?.choices[0]?.routes[0] !== choice.routes[0] || part === null) continue;
    const { destination } = part.header.box;
    const longer = prefix!.longer.filter((p) => patternsOverlap(p.destination, destination));
    if (longer.some((p) => patternCovers(p.destination, destination))) continue;
    const taken = longer.flatMap((p) => within(part, makeBox({ destination: p.destination })) ?? []);
    const apart = [...part.apart, ...taken.filter(isSure).map(({ sent }) => sent)];
    for (const route of choice.routes) {
      const out = interfaceOf(router, route);
      if (out) yield { ...part, apart, out };
    }
  }
}

export const hasPolicyRouting = ({ effects }: Interface): boolean =>
  effects.some((e) => e.family === 'policy-route');

/** The interface by which a route leaves; null: by none that the text shows. */
export const interfaceOf = (router: Router, { egress }: Route): Interface | null =>
  egress.kind === 'interface' ? (router.config.interfaces.get(egress.interface) ?? null) : null;
