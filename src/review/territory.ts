import { patternsMinus } from '../headerspace/address-region.ts';
import {
  type AddressPattern,
  hostPattern,
  patternKey,
  patternsOverlap,
  prefixPattern,
} from '../model/address.ts';
import type { Interface, NatRule, RouterConfig } from '../model/router-config.ts';
import { poolNetwork } from '../router/nat-pools.ts';
import { globalPattern } from '../router/nat-static.ts';
import type { Router } from '../router/network.ts';
import { routeGroups } from '../router/routes.ts';

/** Where the addresses of a pattern live, as far as the text tells. */
export interface Location {
  /** Interfaces behind which some of them are routed. */
  readonly interfaces: ReadonlySet<string>;
  /** Those of them behind which only a default route puts some. */
  readonly byDefault: ReadonlySet<string>;
  /** Some are the router's own, or the broadcast of a network that it is connected to. */
  readonly own: boolean;
  /** Some are multicast or the limited broadcast, which belong to no interface. */
  readonly special: boolean;
  /** Some have no route, and the text shows all the routing there is. */
  readonly unrouted: boolean;
  /** Some may be anywhere: a route or the routing protocols leave it open. */
  readonly unknown: boolean;
}

export interface GlobalAddress {
  readonly pattern: AddressPattern;
  readonly rule: NatRule;
}

export interface Territory {
  readonly locate: (pattern: AddressPattern, vrf: string | null) => Location;
  /** The router's own addresses, those that it shares with a neighbour included. */
  readonly own: readonly AddressPattern[];
  /** Addresses that only translation gives meaning to. */
  readonly natGlobals: readonly GlobalAddress[];
  /** False when an excerpt without a default route, or a routing protocol, leaves routes unseen. */
  readonly complete: boolean;
  /** Networks connected to an interface, where their masks are written. */
  readonly connected: (iface: Interface) => readonly AddressPattern[];
}

const SPECIAL: readonly AddressPattern[] = [prefixPattern(0xe0000000, 4), hostPattern(0xffffffff)];

/** The broadcast addresses of the connected networks: the router itself takes what is sent to them. */
const broadcastsOf = (config: RouterConfig): readonly AddressPattern[] =>
  [...config.interfaces.values()].flatMap((i) =>
    i.addresses.flatMap((a) => {
      if (a.prefixLength === null || a.prefixLength > 30) return [];
      const { address, wildcard } = prefixPattern(a.address, a.prefixLength);
      return [hostPattern((address | wildcard) >>> 0)];
    }),
  );
const GROUPS_OF_GATEWAYS: readonly string[] = ['hsrp', 'vrrp', 'glbp'];

export function findTerritory(config: RouterConfig, router: Router): Territory {
  const own = [
    ...[...config.interfaces.values()].flatMap((i) => i.addresses.map((a) => hostPattern(a.address))),
    ...config.routing.flatMap((r) => (r.virtualAddress ? [hostPattern(r.virtualAddress)] : [])),
  ];
  const taken = [...own, ...broadcastsOf(config)];
  // An excerpt may leave out routes; with a default route in it, what it shows accounts for every address.
  const complete =
    (!config.excerpt || router.routes.some((r) => r.prefixLength === 0)) &&
    config.routing.every((r) => GROUPS_OF_GATEWAYS.includes(r.protocol)) &&
    [...config.interfaces.values()].every(
      (i) => i.addressing.kind !== 'dhcp' && i.addresses.every((a) => a.prefixLength !== null),
    );
  return {
    own,
    complete,
    natGlobals: config.nat.flatMap((rule) => globalsOf(config, router, rule)),
    connected: (iface) =>
      iface.addresses.flatMap((a) =>
        a.prefixLength === null ? [] : [prefixPattern(a.address, a.prefixLength)],
      ),
    locate: remembered((pattern, vrf) => locate(router, taken, complete, pattern, vrf)),
  };
}

/** Several rules ask for the same few addresses of a list once for each interface that it is bound to. */
function remembered(find: Territory['locate']): Territory['locate'] {
  const known = new Map<string, Location>();
  return (pattern, vrf) => {
    const key = `${patternKey(pattern)} ${vrf ?? ''}`;
    let found = known.get(key);
    if (!found) {
      found = find(pattern, vrf);
      known.set(key, found);
    }
    return found;
  };
}

function globalsOf(config: RouterConfig, router: Router, rule: NatRule): readonly GlobalAddress[] {
  if (rule.kind === 'static') {
    const pattern = rule.side === 'inside' ? globalPattern(router, rule) : null;
    return pattern ? [{ pattern, rule }] : [];
  }
  const pool = rule.pool === null ? undefined : config.natPools.get(rule.pool);
  const pattern = pool ? poolNetwork(pool) : null;
  return pattern ? [{ pattern, rule }] : [];
}

function locate(
  router: Router,
  own: readonly AddressPattern[],
  complete: boolean,
  pattern: AddressPattern,
  vrf: string | null,
): Location {
  const interfaces = new Set<string>();
  const byDefault = new Set<string>();
  let unknown = false;
  let rest: readonly AddressPattern[] = [pattern];
  const take = (part: AddressPattern): boolean => {
    if (!rest.some((p) => patternsOverlap(p, part))) return false;
    rest = patternsMinus(rest, part);
    return true;
  };
  let special = false;
  for (const s of SPECIAL) special = take(s) || special;
  let mine = false;
  for (const o of own) mine = take(o) || mine;
  for (const group of routeGroups(router.routes, vrf)) {
    if (rest.length === 0) break;
    if (!take(group[0]!.destination)) continue;
    for (const route of group) {
      if (route.egress.kind === 'interface') {
        const { interface: name } = route.egress;
        // The default route comes last of all.
        if (route.prefixLength === 0 && !interfaces.has(name)) byDefault.add(name);
        interfaces.add(name);
      } else if (route.egress.kind === 'unknown') unknown = true;
      if (route.conditional) unknown = true;
    }
  }
  const left = rest.length > 0;
  return {
    interfaces,
    byDefault,
    own: mine,
    special,
    unrouted: left && complete,
    unknown: unknown || (left && !complete),
  };
}
