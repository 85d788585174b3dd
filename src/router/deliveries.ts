import { type Box, boxDestination, makeBox } from '../headerspace/box.ts';
import { intersect } from '../headerspace/packet-set.ts';
import type { Interface } from '../model/router-config.ts';
import type { Router } from './network.ts';
import { choicesFor } from './routes.ts';

/** Packets that a route hands to the network behind an interface. */
export interface Delivery {
  readonly box: Box;
  readonly out: Interface;
}

/**
 * Everything of these boxes that `followPath` may deliver if every list permits it, by the routes alone, longest prefix
 * first; parts may overlap, and a longer prefix may take packets out of a shorter one's. Asked before lists are looked at,
 * it spares whoever wants deliveries the rest. Null where more than routes decides: translation, policy routing, VRFs.
 */
export function deliveriesOf(
  router: Router,
  ingress: Interface,
  boxes: readonly Box[],
): readonly Delivery[] | null {
  const interfaces = [...router.config.interfaces.values()];
  if (interfaces.some((i) => i.natSide !== null || i.vrf !== null)) return null;
  if (!router.config.settings.ipRouting || ingress.effects.some((e) => e.family === 'policy-route'))
    return null;
  return boxes.flatMap((box) =>
    choicesFor(router.routes, null, boxDestination(box)).flatMap(({ destination, routes }) =>
      routes.flatMap(({ egress }): Delivery[] => {
        const out = egress.kind === 'interface' ? router.config.interfaces.get(egress.interface) : undefined;
        return out ? intersect([box], [makeBox({ destination })]).map((part) => ({ box: part, out })) : [];
      }),
    ),
  );
}
