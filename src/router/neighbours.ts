import {
  type AddressPattern,
  hostPattern,
  type Ipv4,
  patternContains,
  prefixPattern,
} from '../model/address.ts';
import type { Interface } from '../model/router-config.ts';
import { isTranslated } from './nat.ts';
import { type Network, ownerOf, type Router } from './network.ts';
import type { Route } from './route.ts';
import { routesTo } from './routes.ts';

/** A router's interface, where packets come in. */
export interface Entrance {
  readonly router: Router;
  readonly interface: Interface;
}

/** The networks of an interface, as far as its masks are known. */
export const networksOf = (iface: Interface): readonly AddressPattern[] =>
  iface.addresses.flatMap((a) => (a.prefixLength === null ? [] : [prefixPattern(a.address, a.prefixLength)]));

/**
 * Who takes the packets that leave by an interface: the routers that own the next hop (several share a virtual
 * one), else, where the route names none, those of the network that would answer for the address (proxy ARP) or stand
 * at the other end of a line. None: they are handed to the network as it is.
 */
export function nextRouters(
  network: Network,
  from: Router,
  out: Interface,
  route: Route | null,
  destination: Ipv4 | null,
): readonly Entrance[] {
  const hop = route?.egress.kind === 'interface' ? route.egress.nextHop : null;
  const address = hop ?? destination;
  if (address === null) return [];
  const owners = neighboursOn(network, from, out).filter(({ router, interface: i }) =>
    router.ownAddresses.some((own) => own.address === address && own.interface === i),
  );
  const sole = owners.filter((o) => !isShared(o, address));
  if (sole.length > 0) return sole.slice(0, 1);
  if (owners.length > 0) return owners;
  if (hop !== null || route === null || route.connected) return [];
  return neighboursOn(network, from, out).filter(
    ({ router, interface: i }) =>
      (i.proxyArp || isLine(out)) &&
      routesTo(router.routes, i.vrf, address).some(
        (r) => r.egress.kind === 'interface' && r.egress.interface !== i.name,
      ),
  );
}

const isShared = ({ router }: Entrance, address: Ipv4): boolean =>
  router.ownAddresses.some((own) => own.address === address && own.shared);

/** Interfaces on the same network as this one. Where it shows no network of its own, any may be. */
function neighboursOn(network: Network, from: Router, out: Interface): readonly Entrance[] {
  const networks = networksOf(out);
  const found: Entrance[] = [];
  for (const router of network.routers)
    for (const i of router.config.interfaces.values()) {
      if (i.shutdown || (router === from && i.vrf === out.vrf)) continue;
      const joins =
        networks.length === 0 || i.addresses.some((a) => networks.some((n) => patternContains(n, a.address)));
      if (joins) found.push({ router, interface: i });
    }
  return found;
}

/** A line has one other end, whatever address is meant. */
const isLine = (out: Interface): boolean => /^(?:Serial|Tunnel|Dialer|Multilink|POS|ATM|BRI)/i.test(out.name);

/** Interfaces through which a host of this network may answer: it may have any of their routers as its gateway. */
export function gatewaysOf(network: Network, delivered: Entrance, host: Ipv4 | null): readonly Entrance[] {
  const onSegment = networksOf(delivered.interface).find((n) => host !== null && patternContains(n, host));
  if (!onSegment) return [delivered];
  const others = network.routers.flatMap((router) =>
    [...router.config.interfaces.values()]
      .filter((i) => i !== delivered.interface && !i.shutdown && router !== delivered.router)
      .filter((i) => i.addresses.some((a) => patternContains(onSegment, a.address)))
      .map((i) => ({ router, interface: i })),
  );
  return [delivered, ...others];
}

/**
 * True when both ends sit on one connected network, so that no router stands between. A router is no neighbour:
 * what is sent to one of its own addresses, or to one that it translates, meets the inbound list.
 */
export function onOneSegment(network: Network, a: Ipv4, b: Ipv4): boolean {
  if (network.routers.some((r) => ownerOf(r, b) !== undefined || isTranslated(r, b))) return false;
  return network.routers.some((r) =>
    r.routes.some(
      (route) =>
        route.connected && patternContains(route.destination, a) && patternContains(route.destination, b),
    ),
  );
}

export const hostOf = (pattern: AddressPattern): Ipv4 | null =>
  pattern.wildcard === hostPattern(0).wildcard ? pattern.address : null;
