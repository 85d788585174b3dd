import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { PacketSet } from '../headerspace/packet-set.ts';
import { type Ipv4, patternContains, prefixPattern } from '../model/address.ts';
import type { Interface, InterfaceAddress } from '../model/router-config.ts';
import type { Entrance } from './neighbours.ts';
import { findInterface, type Network, ownerOf, type Router } from './network.ts';
import { followPath } from './path.ts';
import { learnedDefault, type Route } from './route.ts';
import { routesTo } from './routes.ts';
import type { PathOptions, PathPiece } from './walk.ts';
import { agree } from './ways.ts';

/** Where packets of a source enter the modelled network. */
export type Ingress =
  | {
      readonly kind: 'enters';
      readonly router: Router;
      readonly interface: Interface;
      /** Set where the text did not decide and we had to choose. */
      readonly assumption: string | null;
      /** Where they may enter as well, by routes just as good. */
      readonly alternatives: readonly Entrance[];
      /** Where the same address would enter another table. */
      readonly inOtherTables?: readonly Entrance[];
      /** The routes that lead to the alternatives, this one's first. */
      readonly routes: readonly SourceSpan[];
      /** How surely the text says so: prefix length of the route back, more for a network of the interface itself. */
      readonly certainty: number;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** More than any prefix length. */
const DECLARED = 33;

interface Candidate extends Entrance {
  readonly route: Route;
}

/**
 * The interface whose connected or routed networks hold the source; else the default route's; else the only
 * interface with an inbound list, else the only one there is. Dotted default routes match last by prefix length.
 */
export function findIngress(network: Network, source: Ipv4): Ingress {
  const found = network.routers
    .flatMap((router) => candidatesOf(network, router, source))
    .sort(
      (a, b) =>
        Number(b.route.connected) - Number(a.route.connected) || b.route.prefixLength - a.route.prefixLength,
    );
  const [best] = found;
  return best ? entering(best, found) : soleInterface(network);
}

function candidatesOf(network: Network, router: Router, source: Ipv4): readonly Candidate[] {
  // The global table first: it wins where a VRF uses the same addresses, and the rival is named.
  const tables = new Set([null, ...router.routes.map((r) => r.vrf)]);
  const found: Candidate[] = [];
  for (const route of [...tables].flatMap((vrf) => routesTo(router.routes, vrf, source))) {
    if (route.egress.kind !== 'interface') continue;
    const iface = router.config.interfaces.get(route.egress.interface);
    // A next hop that is another router of ours means that the source enters there, not here.
    const hop = route.egress.nextHop;
    if (hop !== null && network.routers.some((r) => r !== router && ownerOf(r, hop) !== undefined)) continue;
    if (iface) found.push({ router, interface: iface, route });
  }
  return found;
}

function entering(best: Candidate, found: readonly Candidate[]): Ingress {
  const rivals = found.filter(
    ({ route, interface: i }) =>
      i !== best.interface &&
      // What a tracked route hides counts as well, whatever its length.
      (best.route.conditional ||
        (route.connected === best.route.connected && route.prefixLength === best.route.prefixLength)),
  );
  const otherTable = (c: Candidate): boolean => c.router === best.router && c.route.vrf !== best.route.vrf;
  const alternatives = rivals.filter((c) => !otherTable(c));
  const hidden = rivals.filter(otherTable);
  const names = (all: readonly Candidate[]): string => all.map((c) => c.interface.name).join(', ');
  const assumption =
    alternatives.length > 0
      ? `several interfaces lead to this source, and each was followed: ${names([best, ...alternatives])}`
      : hidden.length > 0
        ? `several interfaces lead to this source; taken: ${best.interface.name}, and not ${names(hidden)}, which is in another VRF`
        : learnedDefault(best.route);
  return {
    kind: 'enters',
    router: best.router,
    interface: best.interface,
    assumption,
    alternatives,
    inOtherTables: hidden,
    routes: [best, ...alternatives].map((c) => c.route.span),
    certainty: certaintyOf(best),
  };
}

/** A next hop that is reached by way of others says no more of the source than the default route does. */
function certaintyOf({ route, router, interface: out }: Candidate): number {
  if (route.connected) return DECLARED;
  const written = router.config.routes.find((r) => r.span === route.span)?.nextHop;
  if (written?.kind !== 'address') return route.prefixLength;
  const beside = ({ address, prefixLength }: InterfaceAddress): boolean =>
    prefixLength !== null && patternContains(prefixPattern(address, prefixLength), written.address);
  return out.addresses.some(beside) ? route.prefixLength : 0;
}

/** Follows packets from wherever they may enter: what differs between the entrances is undetermined. */
export function followFrom(
  network: Network,
  ingress: Extract<Ingress, { kind: 'enters' }>,
  set: PacketSet,
  options: PathOptions,
): readonly PathPiece[] {
  const entrances: readonly Entrance[] = [ingress, ...ingress.alternatives];
  return agree(
    entrances.map((e) => followPath(network, e.router, e.interface, set, options)),
    {
      lines: ingress.routes,
      why: 'packets from this source may enter by several interfaces, and their lists differ',
    },
  );
}

function soleInterface(network: Network): Ingress {
  const all = network.routers.flatMap((router) =>
    [...router.config.interfaces.values()].filter((i) => !i.shutdown).map((i) => ({ router, interface: i })),
  );
  const withList = all.filter((c) => c.interface.bindings.in !== null);
  const choice = withList.length === 1 ? withList[0] : all.length === 1 ? all[0] : undefined;
  if (!choice) {
    return {
      kind: 'unknown',
      reason: 'no connected or routed network holds the source, and no single interface has an inbound list',
    };
  }
  const why = withList.length === 1 ? 'the only interface with an inbound list' : 'the only interface';
  return {
    kind: 'enters',
    ...choice,
    alternatives: [],
    routes: [],
    certainty: -1,
    assumption: `packets from this source are taken to enter at ${choice.interface.name}, ${why}, because no route leads back to it`,
  };
}

/** The declared interface, `router` null meaning the only router that has it. */
export function declaredIngress(network: Network, router: string | null, written: string): Ingress {
  const candidates = network.routers.filter((r) => router === null || r.name === router);
  for (const candidate of candidates) {
    const iface = findInterface(candidate.config, written);
    if (iface)
      return {
        kind: 'enters',
        router: candidate,
        interface: iface,
        assumption: null,
        alternatives: [],
        routes: [],
        certainty: DECLARED,
      };
  }
  const known = candidates.flatMap((r) => [...r.config.interfaces.keys()]);
  return {
    kind: 'unknown',
    reason: `there is no interface "${written}"${router === null ? '' : ` on router "${router}"`}; known: ${known.join(', ') || 'none'}`,
  };
}

/**
 * Where packets of a source enter after a change. Who sends them stays where it is: a route back that is gone leaves
 * the entrance as it was, and only one at least as sure shows another.
 */
export function entranceAfter(now: Ingress, was: Ingress, network: Network): Ingress {
  if (was.kind === 'unknown' || (now.kind === 'enters' && now.certainty >= was.certainty)) return now;
  const stayed = declaredIngress(network, was.router.name, was.interface.name);
  return stayed.kind === 'enters' ? stayed : now;
}
