import type { Ipv4 } from '../model/address.ts';
import type { Interface } from '../model/router-config.ts';
import { findInterface, type Network, type Router } from './network.ts';
import { learnedDefault, type Route, routesTo } from './routes.ts';

/** Where packets of a source enter the modelled network. */
export type Ingress =
  | {
      readonly kind: 'enters';
      readonly router: Router;
      readonly interface: Interface;
      /** Set where the text did not decide and we had to choose. */
      readonly assumption: string | null;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The interface whose connected or routed networks hold the source; else the default route's; else the only
 * interface with an inbound list, else the only one there is. Dotted default routes match last by prefix length.
 */
export function findIngress(network: Network, source: Ipv4): Ingress {
  const found: { router: Router; interface: Interface; length: number; route: Route }[] = [];
  for (const router of network.routers) {
    // The global table first: it wins where a VRF uses the same addresses, and the rival is named.
    const tables = new Set([null, ...router.routes.map((r) => r.vrf)]);
    for (const route of [...tables].flatMap((vrf) => routesTo(router.routes, vrf, source))) {
      if (route.egress.kind !== 'interface') continue;
      const iface = router.config.interfaces.get(route.egress.interface);
      // A next hop that is another router of ours means that the source enters there, not here.
      const hop = route.egress.nextHop;
      if (hop !== null && network.routers.some((r) => r !== router && ownsAddress(r, hop))) continue;
      if (iface) found.push({ router, interface: iface, length: route.prefixLength, route });
    }
  }
  found.sort((a, b) => Number(b.route.connected) - Number(a.route.connected) || b.length - a.length);
  const best = found[0];
  if (best) {
    const rivals = found.filter((f) => f.length === best.length && f.interface !== best.interface);
    const assumption =
      rivals.length === 0
        ? learnedDefault(best.route)
        : `several interfaces lead to this source; taken: ${best.interface.name}, and not ${rivals.map((r) => r.interface.name).join(', ')}`;
    return { kind: 'enters', router: best.router, interface: best.interface, assumption };
  }
  return soleInterface(network);
}

const ownsAddress = (router: Router, address: Ipv4): boolean =>
  [...router.config.interfaces.values()].some((i) => i.addresses.some((a) => a.address === address));

function soleInterface(network: Network): Ingress {
  const all = network.routers.flatMap((router) =>
    [...router.config.interfaces.values()].filter((i) => !i.shutdown).map((i) => ({ router, interface: i })),
  );
  const withList = all.filter((c) => c.interface.bindings.in !== null);
  const choice = withList.length === 1 ? withList[0] : all.length === 1 ? all[0] : undefined;
  if (!choice) {
    return {
      kind: 'unknown',
      reason:
        'no connected or routed network holds the source, and no single interface has an inbound list; name the interface with --in',
    };
  }
  const why = withList.length === 1 ? 'the only interface with an inbound list' : 'the only interface';
  return {
    kind: 'enters',
    ...choice,
    assumption: `packets from this source are taken to enter at ${choice.interface.name}, ${why}, because no route leads back to it`,
  };
}

/** The declared interface, `router` null meaning the only router that has it. */
export function declaredIngress(network: Network, router: string | null, written: string): Ingress {
  const candidates = network.routers.filter((r) => router === null || r.name === router);
  for (const candidate of candidates) {
    const iface = findInterface(candidate.config, written);
    if (iface) return { kind: 'enters', router: candidate, interface: iface, assumption: null };
  }
  const known = candidates.flatMap((r) => [...r.config.interfaces.keys()]);
  return {
    kind: 'unknown',
    reason: `there is no interface "${written}"${router === null ? '' : ` on router "${router}"`}; known: ${known.join(', ') || 'none'}`,
  };
}
