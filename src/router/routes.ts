import type { SourceSpan } from '../diagnostics/source-span.ts';
import {
  ANY_ADDRESS,
  type AddressPattern,
  type Ipv4,
  patternContains,
  prefixPattern,
} from '../model/address.ts';
import type { Interface, RouterConfig, StaticRoute } from '../model/router-config.ts';

export type Egress =
  | { readonly kind: 'interface'; readonly interface: string; readonly nextHop: Ipv4 | null }
  | { readonly kind: 'null' }
  /** The text does not say where these packets leave. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Route {
  readonly destination: AddressPattern;
  readonly prefixLength: number;
  /** Administrative distance: connected 0, static 1 unless written. */
  readonly distance: number;
  readonly vrf: string | null;
  readonly egress: Egress;
  /** Tracked: present or withdrawn by an object that the text does not decide. */
  readonly conditional: boolean;
  readonly connected: boolean;
  /** The default route that a DHCP lease usually brings; no statement of the text says so. */
  readonly learned: boolean;
  readonly span: SourceSpan;
}

/** What to say where such a route carries packets; null for every other. */
export const learnedDefault = (route: Route): string | null =>
  route.learned
    ? `a default route is taken to come with the address that DHCP assigns (line ${route.span.line})`
    : null;

/** Connected networks of usable interfaces, then static routes with their next hops resolved. */
export function buildRoutes(config: RouterConfig): readonly Route[] {
  const connected = [...config.interfaces.values()].flatMap((i) => connectedRoutes(i));
  const resolved = config.routes.map(
    (route): Route => ({
      destination: route.destination,
      prefixLength: route.prefixLength,
      distance: route.distance,
      vrf: route.vrf,
      egress: resolveNextHop(config, connected, route),
      conditional: route.track !== null,
      connected: false,
      learned: false,
      span: route.span,
    }),
  );
  return [...connected, ...resolved.filter((r) => !isDown(config, r)), ...learnedRoutes(config)];
}

const DHCP_DISTANCE = 254;

function learnedRoutes(config: RouterConfig): readonly Route[] {
  return [...config.interfaces.values()].flatMap((i): Route[] =>
    i.shutdown || i.addressing.kind !== 'dhcp'
      ? []
      : [
          {
            destination: ANY_ADDRESS,
            prefixLength: 0,
            distance: DHCP_DISTANCE,
            vrf: i.vrf,
            egress: { kind: 'interface', interface: i.name, nextHop: null },
            conditional: false,
            connected: false,
            learned: true,
            span: i.addressing.span,
          },
        ],
  );
}

function connectedRoutes(iface: Interface): Route[] {
  if (iface.shutdown) return [];
  return iface.addresses.flatMap((a) =>
    a.prefixLength === null
      ? []
      : [
          {
            destination: prefixPattern(a.address, a.prefixLength),
            prefixLength: a.prefixLength,
            distance: 0,
            vrf: iface.vrf,
            egress: { kind: 'interface', interface: iface.name, nextHop: null },
            conditional: false,
            connected: true,
            learned: false,
            span: a.span,
          },
        ],
  );
}

/** A route through an interface that is shut down is not installed. */
function isDown(config: RouterConfig, route: Route): boolean {
  return (
    route.egress.kind === 'interface' && config.interfaces.get(route.egress.interface)?.shutdown === true
  );
}

function resolveNextHop(config: RouterConfig, connected: readonly Route[], route: StaticRoute): Egress {
  const hop = route.nextHop;
  switch (hop.kind) {
    case 'null':
      return { kind: 'null' };
    case 'interface':
      return { kind: 'interface', interface: hop.interface, nextHop: hop.address };
    case 'dhcp': {
      const learned = [...config.interfaces.values()].filter(
        (i) => i.addressing.kind === 'dhcp' && !i.shutdown,
      );
      return learned.length === 1
        ? { kind: 'interface', interface: learned[0]!.name, nextHop: null }
        : { kind: 'unknown', reason: 'the next hop comes from DHCP' };
    }
    case 'address':
      return recurse(config, connected, hop.address, route.vrf, 8);
  }
}

function recurse(
  config: RouterConfig,
  connected: readonly Route[],
  address: Ipv4,
  vrf: string | null,
  depth: number,
): Egress {
  const direct = connected
    .filter((r) => r.vrf === vrf && patternContains(r.destination, address))
    .sort((a, b) => b.prefixLength - a.prefixLength)[0];
  if (direct?.egress.kind === 'interface')
    return { kind: 'interface', interface: direct.egress.interface, nextHop: address };
  const via = config.routes
    .filter((r) => r.vrf === vrf && r.prefixLength > 0 && patternContains(r.destination, address))
    .sort((a, b) => b.prefixLength - a.prefixLength || a.distance - b.distance)[0];
  if (!via || depth === 0)
    return { kind: 'unknown', reason: 'the next hop is on no network that the text shows' };
  switch (via.nextHop.kind) {
    case 'address':
      return recurse(config, connected, via.nextHop.address, vrf, depth - 1);
    case 'interface':
      return { kind: 'interface', interface: via.nextHop.interface, nextHop: via.nextHop.address };
    case 'null':
      return { kind: 'null' };
    case 'dhcp':
      return { kind: 'unknown', reason: 'the next hop comes from DHCP' };
  }
}

/**
 * Splits the table for a lookup: groups of equally good routes, best first. The first group that contains a
 * destination carries its packets; while every route of it is conditional, the next group may.
 */
export function routeGroups(routes: readonly Route[], vrf: string | null): readonly (readonly Route[])[] {
  const groups = new Map<string, Route[]>();
  for (const route of routes) {
    if (route.vrf !== vrf) continue;
    const key = `${32 - route.prefixLength + 100}/${route.destination.address}/${route.distance + 1000}`;
    const group = groups.get(key);
    if (group) group.push(route);
    else groups.set(key, [route]);
  }
  return [...groups.values()].sort(
    (a, b) => b[0]!.prefixLength - a[0]!.prefixLength || a[0]!.distance - b[0]!.distance,
  );
}

/** The routes that a single address takes, all equally good; empty when none. */
export function routesTo(routes: readonly Route[], vrf: string | null, address: Ipv4): readonly Route[] {
  for (const group of routeGroups(routes, vrf)) {
    if (patternContains(group[0]!.destination, address)) return group;
  }
  return [];
}
