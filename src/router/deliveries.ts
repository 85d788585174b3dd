import { type Box, boxCovers, makeBox } from '../headerspace/box.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
import type { Interface } from '../model/router-config.ts';
import { groupFate } from './group-addresses.ts';
import { hostOf } from './neighbours.ts';
import { ownerOf, type Router } from './network.ts';
import type { Route } from './route.ts';
import { type Choice, choicesFor } from './routes.ts';

/** Packets that a route hands to the network behind an interface. */
export interface Delivery {
  /** All with such destinations; a longer prefix may take some of them. */
  readonly box: Box;
  /** Those of the box that no longer prefix takes, where that can be told in few boxes; else the box. */
  readonly own: PacketSet;
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
  return boxes.filter(isToHosts).flatMap((box) =>
    carriedBy(router, box, 'destination').flatMap(({ part, own, routes }) =>
      routes.flatMap((route): Delivery[] => {
        const out = egressOf(router, route);
        return out ? [{ box: part, own, out }] : [];
      }),
    ),
  );
}

/** Requests whose answers leave the router in one way. */
export interface ReplyWay {
  readonly requests: PacketSet;
  /** null: by no interface, or by one that routes alone do not tell. */
  readonly out: Interface | null;
}

/**
 * Where the router sends on the answers to requests of this box, which come in at `ingress`. Together the ways hold the whole
 * box; where routes are equally good, it is there once for each.
 */
export function replyWays(router: Router, ingress: Interface, box: Box): readonly ReplyWay[] {
  const host = hostOf(box.source);
  if (hasPolicyRouting(ingress) || (host !== null && groupFate(router, ingress, host) !== null))
    return [{ requests: [box], out: null }];
  const carried = carriedBy(router, box, 'source');
  const ways = carried.flatMap(({ own, routes }) =>
    routes.map((route): ReplyWay => ({ requests: own, out: egressOf(router, route) ?? null })),
  );
  return [...ways, { requests: withoutRoute(box, carried), out: null }];
}

function withoutRoute(box: Box, carried: readonly Carried[]): PacketSet {
  const parts = carried.map(({ part }) => part);
  if (parts.some((part) => boxCovers(part, box))) return [];
  return parts.length > FEW ? [box] : subtract([box], parts);
}

const hasPolicyRouting = ({ effects }: Interface): boolean =>
  effects.some((e) => e.family === 'policy-route');

const egressOf = (router: Router, { egress }: Route): Interface | undefined =>
  egress.kind === 'interface' ? router.config.interfaces.get(egress.interface) : undefined;

/** What of a box the router's routes carry if packets go to the addresses at this end of it, longest prefix first. */
interface Carried {
  readonly part: Box;
  readonly own: PacketSet;
  readonly routes: readonly Route[];
}

/** With more choices than that, it is not told what longer prefixes take: that may be any number of boxes. */
const FEW = 32;

function carriedBy(router: Router, box: Box, end: 'source' | 'destination'): readonly Carried[] {
  const choices = choicesFor(router.routes, null, box[end]);
  const longer: Box[] = [];
  return choices.flatMap(({ destination, routes }: Choice): Carried[] => {
    const [part] = intersect([box], [makeBox({ [end]: destination })]);
    if (part === undefined) return [];
    const own = choices.length > FEW ? [part] : subtract([part], longer);
    longer.push(part);
    return [{ part, own, routes }];
  });
}
