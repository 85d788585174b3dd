import { ANY_ADDRESS, type AddressPattern, patternCovers, prefixPattern } from '../model/address.ts';
import type { Direction, Interface, RouterConfig } from '../model/router-config.ts';
import type { Site } from '../model/site.ts';
import { findInterface, type Router } from '../router/network.ts';

/** Whether a binding filters what strangers send to the network's own hosts, or what those send out. */
export type Facing = {
  /** Names of the interfaces that strangers' packets come in by; empty: the text does not tell. */
  readonly outside: ReadonlySet<string>;
  /** `unknown` when no interface is known to be the outside. */
  readonly of: (iface: Interface, direction: Direction) => 'toward-own' | 'outward' | 'unknown';
};

/**
 * The outside is where strangers enter: a vantage of any source, NAT's outside, the default route. Only where none of
 * these tells do a description, a public address among private ones, or the sole inbound list decide.
 */
export function findFacing(config: RouterConfig, router: Router, site: Site | null): Facing {
  const interfaces = [...config.interfaces.values()];
  const sure = interfaces.filter(
    (i) =>
      i.natSide === 'outside' ||
      router.routes.some(
        (r) => r.prefixLength === 0 && r.egress.kind === 'interface' && r.egress.interface === i.name,
      ) ||
      strangersEnter(config, site, i),
  );
  const hints: readonly ((i: Interface) => boolean)[] = [
    (i) => /\b(outside|internet|wan|isp|uplink|upstream|extern(al)?)\b/i.test(i.description ?? ''),
    (i) => !i.shutdown && i.addresses.some((a) => isPublic(a.address)),
    (i) => !i.shutdown && i.bindings.in !== null,
  ];
  let outside = sure;
  for (const hint of hints) {
    if (outside.length > 0) break;
    const fits = interfaces.filter(hint);
    if (fits.length === 1 || (fits.length > 0 && fits.length < interfaces.length && hint !== hints[2]))
      outside = fits;
  }
  const names = new Set(outside.map((i) => i.name));
  return {
    outside: names,
    of: (iface, direction) => {
      if (names.size === 0) return 'unknown';
      return names.has(iface.name) === (direction === 'in') ? 'toward-own' : 'outward';
    },
  };
}

const strangersEnter = (config: RouterConfig, site: Site | null, iface: Interface): boolean =>
  site !== null &&
  [...site.vantages.values()].some(
    (v) =>
      v.enters !== null &&
      v.sources.some((s) => patternCovers(s, ANY_ADDRESS)) &&
      findInterface(config, v.enters.interface) === iface,
  );

const PRIVATE: readonly AddressPattern[] = [
  prefixPattern(0x0a000000, 8),
  prefixPattern(0xac100000, 12),
  prefixPattern(0xc0a80000, 16),
  prefixPattern(0x64400000, 10),
  prefixPattern(0x7f000000, 8),
];

const isPublic = (address: number): boolean =>
  !PRIVATE.some((p) => ((address ^ p.address) & ~p.wildcard) === 0);
