import type { Ace } from '../model/access-list.ts';
import {
  type AddressPattern,
  ANY_ADDRESS,
  patternCovers,
  prefixPattern,
  samePattern,
} from '../model/address.ts';
import type { Direction, Interface, RouterConfig } from '../model/router-config.ts';
import type { Site } from '../model/site.ts';
import { findInterface, type Router } from '../router/network.ts';

/** Whether a binding filters what strangers send to the network's own hosts, or what those send out. */
export type Facing = {
  /** Names of the interfaces that strangers' packets come in by; empty: the text does not tell. */
  readonly outside: ReadonlySet<string>;
  /** Somebody wrote it down: a route, a translation, a vantage or a description. False where only weak signs speak. */
  readonly stated: boolean;
  /** `unknown` when no interface is known to be the outside. */
  readonly of: (iface: Interface, direction: Direction) => 'toward-own' | 'outward' | 'unknown';
};

/**
 * The outside is where strangers enter: a vantage of any source, NAT's outside, the default route. Only where none of
 * these tells do weaker signs decide, the best of them first.
 */
export function findFacing(config: RouterConfig, router: Router, site: Site | null): Facing {
  const interfaces = [...config.interfaces.values()];
  const sure = interfaces.filter(
    (i) =>
      i.natSide === 'outside' ||
      // A floating default through the inside is a way round, not the Internet.
      (i.natSide !== 'inside' &&
        router.routes.some(
          (r) => r.prefixLength === 0 && r.egress.kind === 'interface' && r.egress.interface === i.name,
        )) ||
      strangersEnter(config, site, i),
  );
  let outside = sure;
  let stated = sure.length > 0;
  const lines = interfaces.filter((i) => !/^(Loopback|Null)/.test(i.name));
  for (const hint of HINTS) {
    if (outside.length > 0) break;
    const fits = lines.filter((i) => i.natSide !== 'inside' && hint.fits(config, i));
    if (fits.length === 1 || (hint.several && fits.length > 0 && fits.length < lines.length)) {
      outside = fits;
      stated = hint.stated;
    }
  }
  const names = new Set(outside.map((i) => i.name));
  return {
    outside: names,
    stated,
    of: (iface, direction) => {
      if (names.size === 0) return 'unknown';
      return names.has(iface.name) === (direction === 'in') ? 'toward-own' : 'outward';
    },
  };
}

interface Hint {
  readonly fits: (config: RouterConfig, iface: Interface) => boolean;
  /** Several interfaces may be the outside by it, as long as not all are. */
  readonly several: boolean;
  readonly stated: boolean;
}

const HINTS: readonly Hint[] = [
  {
    several: true,
    stated: true,
    fits: (_, i) => /\b(outside|internet|wan|isp|uplink|upstream|extern(al)?)\b/i.test(i.description ?? ''),
  },
  { several: true, stated: false, fits: (config, i) => !i.shutdown && refusesForgedSources(config, i) },
  {
    several: true,
    stated: false,
    fits: (_, i) => /^(outside|internet|wan|external)([^a-z]|$)/i.test(i.bindings.in?.acl ?? ''),
  },
  {
    several: true,
    stated: false,
    fits: (_, i) => !i.shutdown && i.addresses.some((a) => isPublic(a.address)),
  },
  { several: false, stated: false, fits: (_, i) => !i.shutdown && i.bindings.in !== null },
  {
    several: false,
    stated: false,
    fits: (config, i) => !i.shutdown && i.bindings.in !== null && !letsOnlyItsOwnIn(config, i),
  },
];

const inboundAces = (config: RouterConfig, iface: Interface): readonly Ace[] =>
  (config.acls.get(iface.bindings.in?.acl ?? '')?.entries ?? []).filter((e): e is Ace => e.kind === 'ace');

/** The inbound list denies private and loopback sources, as one does towards strangers. */
function refusesForgedSources(config: RouterConfig, iface: Interface): boolean {
  const refused = new Set<AddressPattern>();
  for (const { action, match } of inboundAces(config, iface)) {
    if (action !== 'deny' || match.protocol.kind !== 'ip' || match.source.kind !== 'pattern') continue;
    const { pattern } = match.source;
    const block = PRIVATE.find((p) => samePattern(p, pattern));
    if (block) refused.add(block);
  }
  return refused.size >= 2;
}

/** Its permits name sources of the interface's own networks: what comes in there comes from own hosts. */
function letsOnlyItsOwnIn(config: RouterConfig, iface: Interface): boolean {
  const permits = inboundAces(config, iface).filter((ace) => ace.action === 'permit');
  return (
    permits.length > 0 &&
    permits.every(({ match: { source } }) =>
      iface.addresses.some(
        (a) =>
          a.prefixLength !== null &&
          source.kind === 'pattern' &&
          patternCovers(prefixPattern(a.address, a.prefixLength), source.pattern),
      ),
    )
  );
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
  prefixPattern(0xa9fe0000, 16),
];

const isPublic = (address: number): boolean =>
  !PRIVATE.some((p) => ((address ^ p.address) & ~p.wildcard) === 0);
