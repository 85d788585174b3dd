import { type Box, makeBox } from '../headerspace/box.ts';
import { type AddressPattern, ANY_ADDRESS, formatIpv4, hostPattern, type Ipv4 } from '../model/address.ts';
import { UDP } from '../model/packet.ts';
import type { Interface, RouterConfig, TunnelEnds } from '../model/router-config.ts';
import { mayLearnOn } from './adjacencies.ts';
import { DISTANT_TTL } from './plain-packets.ts';
import { buildRoutes, routesTo } from './routes.ts';

/** How the packets of a tunnel travel, as far as the text tells. */
export type Carriage =
  | {
      readonly kind: 'carried';
      /** The same for the same tunnel in another state: its other end would not know another one. */
      readonly ends: string;
      /** Packets in which the other end's come in; those of any one box are enough. */
      readonly arriving: readonly Box[];
      readonly leaving: readonly Box[];
      /** Both ends are known, so that one packet of a box stands for all. */
      readonly exact: boolean;
      /** Interfaces by which the other end is reached: the only one, or every one that may be it. */
      readonly carriers: readonly string[];
    }
  /** IOS keeps the tunnel's line protocol down. */
  | { readonly kind: 'down'; readonly why: string };

const PROTOCOLS: Readonly<Record<Exclude<TunnelEnds['mode'], 'other'>, number>> = {
  gre: 47,
  'multipoint-gre': 47,
  ipip: 4,
  ipsec: 50,
};

/** Whole, and with the 255 hops to go that IOS gives them, less those that the way has. */
const WHOLE = { fragments: 'whole', ttl: DISTANT_TTL } as const;

/** Encrypted packets as peers exchange them: ESP, AH, and ESP in UDP behind translation (RFC 3948). */
const ENCRYPTED = [
  { protocol: 50 },
  { protocol: 51 },
  { protocol: UDP, destinationPorts: [[4500, 4500]] as const },
];

/**
 * What carries a tunnel interface's packets: the outer ones meet the lists of the interface that they use, the inner
 * ones the tunnel's. A tunnel is up while its source is an address of an interface that is up, a destination is set
 * (multipoint ones need none) and a route leads there other than the tunnel's own (Cisco: Implementing Tunnels; a route
 * through itself is recursive and takes it down). null: no tunnel, or one that is not followed.
 */
export function carriageOf(config: RouterConfig, name: string): Carriage | null {
  const iface = config.interfaces.get(name);
  const ends = iface?.tunnel;
  if (!iface || ends === undefined || ends.mode === 'other' || ends.source === null) return null;
  const source = sourceOf(config, ends);
  if (source === 'none') return { kind: 'down', why: 'its source is no address of an interface that is up' };
  const multipoint = ends.mode === 'multipoint-gre';
  if (ends.destination === null && !multipoint) return { kind: 'down', why: 'it has no destination' };
  const destination = multipoint ? null : ends.destination;
  const carriers = carriersOf(config, name, ends.vrf, destination);
  if (carriers.length === 0)
    return {
      kind: 'down',
      why: `no route leads to its other end ${destination === null ? '' : formatIpv4(destination)}`.trimEnd(),
    };
  const here = patternOf(source);
  const there = patternOf(destination);
  const packets = packetsOf(config, iface, ends.mode, carriers);
  return {
    kind: 'carried',
    ends: [ends.mode, source, destination, ends.key, ends.vrf, isProtected(iface)].join(' '),
    arriving: packets.map((p) => makeBox({ ...p, source: there, destination: here, ...WHOLE })),
    leaving: packets.map((p) => makeBox({ ...p, source: here, destination: there, ...WHOLE })),
    exact: source !== null && destination !== null,
    carriers,
  };
}

const patternOf = (address: Ipv4 | null): AddressPattern =>
  address === null ? ANY_ADDRESS : hostPattern(address);

/** null: an address that the text does not show. */
function sourceOf(config: RouterConfig, { source, vrf }: TunnelEnds): Ipv4 | null | 'none' {
  const up = [...config.interfaces.values()].filter((i) => !i.shutdown && i.vrf === vrf);
  if (typeof source !== 'string')
    return up.some((i) => i.addresses.some((a) => a.address === source)) ? source : 'none';
  const own = up.find((i) => i.name === source);
  if (!own) return 'none';
  const [first] = own.addresses;
  if (first) return first.address;
  return own.addressing.kind === 'none' || own.addressing.kind === 'unstated' ? 'none' : null;
}

function carriersOf(
  config: RouterConfig,
  tunnel: string,
  vrf: string | null,
  destination: Ipv4 | null,
): readonly string[] {
  const others = [...config.interfaces.values()].filter(
    (i) => !i.shutdown && i.vrf === vrf && i.name !== tunnel && !/^(?:Loop|Null)/.test(i.name),
  );
  const anywhere = others.filter((i) => i.tunnel === undefined);
  if (destination === null) return anywhere.map((i) => i.name);
  const routes = routesTo(buildRoutes(config), vrf, destination);
  const through = others.filter((i) =>
    routes.some((r) => r.egress.kind === 'interface' && r.egress.interface === i.name),
  );
  if (through.length > 0) return through.map((i) => i.name);
  if (routes.length > 0) return [];
  // BGP's routes lead wherever those to its neighbours do.
  const anyhow = config.routing.some((p) => p.protocol === 'bgp');
  return anywhere.filter((i) => anyhow || mayLearnOn(config, i)).map((i) => i.name);
}

const isProtected = (iface: Interface): boolean => iface.effects.some((e) => e.family === 'crypto-map');

/** Under protection, or with a crypto map where they leave, the outer packets are encrypted ones. */
function packetsOf(
  config: RouterConfig,
  iface: Interface,
  mode: Exclude<TunnelEnds['mode'], 'other'>,
  carriers: readonly string[],
): readonly Parameters<typeof makeBox>[0][] {
  const plain = { protocol: PROTOCOLS[mode] };
  if (isProtected(iface)) return ENCRYPTED;
  const mayEncrypt = carriers.some((name) => isProtected(config.interfaces.get(name)!));
  return mayEncrypt ? [plain, ...ENCRYPTED] : [plain];
}
