import { type Ipv4, patternContains, prefixPattern } from '../model/address.ts';
import type { RouterConfig, StaticRoute } from '../model/router-config.ts';
import type { Egress, Route } from './route.ts';
import { routesMayBeMissing } from './unknown-routes.ts';

/**
 * Resolves the next hops of static routes, which recurse through the table. A route whose next hop nothing leads to
 * is not installed, unless the text does not show the whole table. Equal routes to a next hop give several ways.
 */
export class NextHops {
  private readonly config: RouterConfig;
  private readonly connected: readonly Route[];
  /** By VRF, prefix length and network: the static routes there. */
  private readonly statics = new Map<string, StaticRoute[]>();
  /** Lengths that occur, longest first. */
  private readonly lengths: readonly number[];
  /** null: being resolved right now. */
  private readonly known = new Map<string, readonly Egress[] | null>();

  constructor(config: RouterConfig, connected: readonly Route[]) {
    this.config = config;
    this.connected = connected;
    for (const route of config.routes) {
      const key = keyOf(route.vrf, route.prefixLength, route.destination.address);
      const there = this.statics.get(key);
      if (there) there.push(route);
      else this.statics.set(key, [route]);
    }
    const lengths = [...config.routes, ...connected].map((r) => r.prefixLength);
    this.lengths = [...new Set(lengths)].sort((a, b) => b - a);
  }

  egressesOf(route: StaticRoute): readonly Egress[] {
    const hop = route.nextHop;
    switch (hop.kind) {
      case 'null':
        return [{ kind: 'null' }];
      case 'interface':
        return this.isDown(hop.interface)
          ? []
          : [{ kind: 'interface', interface: hop.interface, nextHop: hop.address }];
      case 'dhcp':
        return [this.leased()];
      case 'address':
        return this.towards(hop.address, route.global ? null : route.vrf);
    }
  }

  /** By which ways packets to a next hop leave: by the longest prefix, then the smallest distance. */
  towards(address: Ipv4, vrf: string | null): readonly Egress[] {
    const key = `${vrf ?? ''} ${address}`;
    const known = this.known.get(key);
    if (known !== undefined) return known ?? [];
    this.known.set(key, null);
    const found = this.resolve(address, vrf);
    this.known.set(key, found);
    return found;
  }

  private resolve(address: Ipv4, vrf: string | null): readonly Egress[] {
    for (const length of this.lengths) {
      const direct = this.connected.filter(
        (r) => r.vrf === vrf && r.prefixLength === length && patternContains(r.destination, address),
      );
      const found =
        direct.length > 0
          ? direct.flatMap((r) => reachedBy(r.egress, address))
          : this.throughStatics(address, vrf, length);
      if (found.length > 0) return found;
    }
    return routesMayBeMissing(this.config)
      ? [{ kind: 'unknown', reason: 'the next hop is on no network that the text shows' }]
      : [];
  }

  private throughStatics(address: Ipv4, vrf: string | null, length: number): readonly Egress[] {
    const network = prefixPattern(address, length).address;
    const there = this.statics.get(keyOf(vrf, length, network)) ?? [];
    const byDistance = [...there].sort((a, b) => a.distance - b.distance);
    for (const { distance } of byDistance) {
      const found = byDistance
        .filter((r) => r.distance === distance)
        .flatMap((r) => this.egressesOf(r).flatMap((egress) => reachedBy(egress, address)));
      if (found.length > 0) return found;
    }
    return [];
  }

  private leased(): Egress {
    const leasing = [...this.config.interfaces.values()].filter(
      (i) => i.addressing.kind === 'dhcp' && !i.shutdown,
    );
    return leasing.length === 1
      ? { kind: 'interface', interface: leasing[0]!.name, nextHop: null }
      : { kind: 'unknown', reason: 'the next hop comes from DHCP' };
  }

  /** A route through an interface that is shut down is not installed. */
  private isDown(name: string): boolean {
    return this.config.interfaces.get(name)?.shutdown === true;
  }
}

const keyOf = (vrf: string | null, length: number, network: number): string =>
  `${vrf ?? ''} ${network}/${length}`;

/** A network without a next hop of its own is asked for the address itself. */
const reachedBy = (egress: Egress, address: Ipv4): readonly Egress[] =>
  egress.kind === 'interface' ? [{ ...egress, nextHop: egress.nextHop ?? address }] : [egress];
