import {
  type AddressPattern,
  ANY_ADDRESS,
  hostPattern,
  type Ipv4,
  patternCovers,
  patternKey,
  patternsOverlap,
  prefixPattern,
} from '../model/address.ts';
import { pushAll } from '../model/push-all.ts';
import type { Interface, RouterConfig } from '../model/router-config.ts';
import { NextHops } from './next-hops.ts';
import type { Route } from './route.ts';

/**
 * Connected networks of usable interfaces, then static routes with their next hops resolved; without `ip routing`
 * the router is a host, whose only route beyond its networks is the default gateway.
 */
export function buildRoutes(config: RouterConfig): readonly Route[] {
  const connected = [...config.interfaces.values()].flatMap((i) => connectedRoutes(i));
  const nextHops = new NextHops(config, connected);
  if (!config.settings.ipRouting) return [...connected, ...gatewayRoutes(config, nextHops)];
  const resolved = config.routes.flatMap((route) =>
    nextHops.egressesOf(route).map(
      (egress): Route => ({
        destination: route.destination,
        prefixLength: route.prefixLength,
        distance: route.distance,
        vrf: route.vrf,
        egress,
        conditional: route.track !== null,
        connected: false,
        learned: false,
        span: route.span,
      }),
    ),
  );
  return [...connected, ...resolved, ...learnedRoutes(config)];
}

function gatewayRoutes(config: RouterConfig, nextHops: NextHops): readonly Route[] {
  const gateway = config.settings.defaultGateway;
  if (gateway === null) return [];
  const span = [...config.interfaces.values()][0]?.span;
  if (!span) return [];
  return nextHops.towards(gateway, null).map((egress) => ({
    destination: ANY_ADDRESS,
    prefixLength: 0,
    distance: 1,
    vrf: null,
    egress,
    conditional: false,
    connected: false,
    learned: false,
    span,
  }));
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

type Groups = readonly (readonly Route[])[];
const grouped = new WeakMap<readonly Route[], Map<string | null, Groups>>();

/**
 * Splits the table for a lookup: groups of equally good routes, best first. The first group that contains a
 * destination carries its packets; while every route of it is conditional, the next group may.
 */
export function routeGroups(routes: readonly Route[], vrf: string | null): Groups {
  const tables = grouped.get(routes) ?? new Map<string | null, Groups>();
  grouped.set(routes, tables);
  const known = tables.get(vrf);
  if (known) return known;
  const groups = groupRoutes(routes, vrf);
  tables.set(vrf, groups);
  return groups;
}

function groupRoutes(routes: readonly Route[], vrf: string | null): Groups {
  const groups = new Map<string, Route[]>();
  for (const route of routes) {
    if (route.vrf !== vrf) continue;
    const key = `${route.prefixLength}/${route.destination.address}/${route.distance}`;
    const group = groups.get(key);
    if (group) group.push(route);
    else groups.set(key, [route]);
  }
  return [...groups.values()].sort(
    (a, b) => b[0]!.prefixLength - a[0]!.prefixLength || a[0]!.distance - b[0]!.distance,
  );
}

/** What carries the packets to one of the table's destinations. */
export interface Choice {
  readonly destination: AddressPattern;
  /** Every route that may: all equally good ones, and behind routes that may be withdrawn the next best. */
  readonly routes: readonly Route[];
  /** All of them may be withdrawn. */
  readonly mayFail: boolean;
}

/** The choices that concern these destinations, longest prefix first: the first that contains a packet's carries it. */
export function choicesFor(
  routes: readonly Route[],
  vrf: string | null,
  destinations: AddressPattern,
): readonly Choice[] {
  const key = `${vrf ?? ''} ${patternKey(destinations)}`;
  const last = answered.get(routes);
  if (last?.key === key) return last.choices;
  const choices = chooseFrom(routeGroups(routes, vrf), destinations);
  answered.set(routes, { key, choices });
  return choices;
}

/** The last answer of each table: the pieces of one question mostly share their destination. */
const answered = new WeakMap<
  readonly Route[],
  { readonly key: string; readonly choices: readonly Choice[] }
>();

function chooseFrom(all: Groups, destinations: AddressPattern): readonly Choice[] {
  const groups = all.filter((g) => patternsOverlap(g[0]!.destination, destinations));
  return groups.map((group, index) => {
    const { destination } = group[0]!;
    const candidates = [...group];
    for (let next = index + 1; candidates.every((r) => r.conditional) && next < groups.length; next++)
      if (patternCovers(groups[next]![0]!.destination, destination)) pushAll(candidates, groups[next]!);
    return { destination, routes: candidates, mayFail: candidates.every((r) => r.conditional) };
  });
}

/** The routes that a single address may take; empty when none. */
export const routesTo = (routes: readonly Route[], vrf: string | null, address: Ipv4): readonly Route[] =>
  choicesFor(routes, vrf, hostPattern(address))[0]?.routes ?? [];
