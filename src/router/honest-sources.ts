import { AddressRegion, patternsMinus } from '../headerspace/address-region.ts';
import type { Box } from '../headerspace/box.ts';
import { type AddressPattern, hostPattern, patternCovers, prefixPattern } from '../model/address.ts';
import type { Interface } from '../model/router-config.ts';
import { hasPolicyRouting, interfaceOf } from './deliveries.ts';
import { networksOf } from './neighbours.ts';
import type { Router } from './network.ts';
import { type Prefix, prefixTree } from './prefix-tree.ts';
import type { Route } from './route.ts';
import { routesMayBeMissing, sharesItsNetworks } from './unknown-routes.ts';

/** The sources of packets that come in by an interface, but for those that are forged for sure. */
export interface HonestSources {
  readonly all: AddressRegion;
  /** Those to which answers may leave by an interface; null: where routes alone do not tell by which. */
  readonly byWayBack: ReadonlyMap<Interface | null, AddressRegion>;
}

/** No host sends from these: "this" network, loopback, groups, everyone (RFC 1122, 3.2.1.3). */
const NOBODY: readonly AddressPattern[] = [
  prefixPattern(0x00000000, 8),
  prefixPattern(0x7f000000, 8),
  prefixPattern(0xe0000000, 4),
  hostPattern(0xffffffff),
];

/** Hosts of the segment that these packets go back to, if they go there: between them no router stands. */
export const ownSegment = (
  entered: Interface,
  out: Interface,
  { destination }: Box,
): readonly AddressPattern[] =>
  out === entered ? networksOf(out).filter((network) => patternCovers(network, destination)) : [];

const known = new WeakMap<Router, Map<string, HonestSources>>();

/**
 * Who may honestly speak at an interface. Forged for sure is what no host sends from, and what the routes place elsewhere:
 * every route that may ever carry packets there leaves by another interface of this text, or nowhere. In doubt a source is
 * honest (see the README of src/review). `strangersEnter`: the Internet is there, whatever the default route says.
 */
export function honestSources(router: Router, entered: Interface, strangersEnter: boolean): HonestSources {
  const answers = known.get(router) ?? new Map<string, HonestSources>();
  known.set(router, answers);
  const key = `${entered.name} ${strangersEnter}`;
  const sources = answers.get(key) ?? findSources(router, entered, strangersEnter);
  answers.set(key, sources);
  return sources;
}

function findSources(router: Router, entered: Interface, strangersEnter: boolean): HonestSources {
  const { root } = prefixTree(router.routes, entered.vrf);
  const placed = routesPlaceSources(router);
  const isHonest = (prefix: Prefix): boolean =>
    !placed || !isElsewhere(router, entered, prefix, strangersEnter);
  const ways = new Map<Prefix, ReadonlySet<Interface | null>>();
  const wayBack = (prefix: Prefix): ReadonlySet<Interface | null> => {
    const found = ways.get(prefix) ?? waysBack(router, entered, prefix);
    ways.set(prefix, found);
    return found;
  };
  const all = regionOf(root, isHonest);
  const byWayBack = new Map<Interface | null, AddressRegion>();
  for (const out of [...router.config.interfaces.values(), null]) {
    const region = regionOf(root, (prefix) => isHonest(prefix) && wayBack(prefix).has(out));
    if (region.within.length > 0) byWayBack.set(out, region);
  }
  return { all, byWayBack };
}

/** Not where sources are translated (overlapping networks have the same addresses on both sides) or more than one table leads. */
const routesPlaceSources = ({ config }: Router): boolean =>
  !config.nat.some((rule) => rule.kind !== 'rotary' && (rule.side === 'outside' || rule.nvi === true)) &&
  ![...config.interfaces.values()].some((i) => i.vrf !== null || hasPolicyRouting(i));

function isElsewhere(
  router: Router,
  entered: Interface,
  { choices }: Prefix,
  strangersEnter: boolean,
): boolean {
  const { config } = router;
  const leadsAway = (route: Route): boolean => {
    if (route.learned || route.egress.kind === 'unknown') return false;
    if (route.egress.kind === 'null') return true;
    const out = interfaceOf(router, route);
    return out !== null && out !== entered && !sharesItsNetworks(config, out);
  };
  const [carrying] = choices;
  if (carrying === undefined || carrying.mayFail) return false;
  const { connected, prefixLength } = carrying.routes[0]!;
  return (
    (connected || !routesMayBeMissing(config)) &&
    (prefixLength > 0 || !strangersEnter) &&
    // Also those that only stand in for the best: over these, packets come in while it is down.
    choices.every(({ routes }) => routes.every(leadsAway))
  );
}

/** Without a route, an answer leaves where the request came in. */
function waysBack(router: Router, entered: Interface, { choices }: Prefix): ReadonlySet<Interface | null> {
  const [carrying] = choices;
  const led = (carrying?.routes ?? []).filter(({ egress }) => egress.kind !== 'null');
  const ways = led.map((route) => interfaceOf(router, route));
  return new Set(carrying === undefined || carrying.mayFail ? [...ways, entered] : ways);
}

/** The addresses whose longest prefix is as asked, without those of nobody. */
function regionOf(root: Prefix, isIn: (prefix: Prefix) => boolean): AddressRegion {
  const within: AddressPattern[] = [];
  const without: AddressPattern[] = [...NOBODY];
  const visit = (prefix: Prefix, around: 'in' | 'hole' | 'out'): void => {
    const here = isIn(prefix);
    if (here && around === 'out') within.push(prefix.destination);
    if (!here && around === 'in')
      without.push(
        ...nextIn(prefix, isIn).reduce<readonly AddressPattern[]>(patternsMinus, [prefix.destination]),
      );
    const inside = here ? 'in' : around === 'out' ? 'out' : 'hole';
    for (const longer of prefix.longer) visit(longer, inside);
  };
  visit(root, 'out');
  return new AddressRegion(within, without);
}

const nextIn = (prefix: Prefix, isIn: (prefix: Prefix) => boolean): readonly AddressPattern[] =>
  prefix.longer.flatMap((longer) => (isIn(longer) ? [longer.destination] : nextIn(longer, isIn)));
