import { patternsMinus } from '../headerspace/address-region.ts';
import { type Box, makeBox } from '../headerspace/box.ts';
import {
  type AddressPattern,
  ANY_ADDRESS,
  formatIpv4,
  hostPattern,
  type Ipv4,
  parseIpv4,
  patternContains,
  prefixPattern,
} from '../model/address.ts';
import { type Device, NO_ACCOUNT, toRouterConfig } from '../model/device/device.ts';
import { TCP, UDP } from '../model/packet.ts';
import type { Ranges } from '../model/ports.ts';
import type { Interface, PeerSetting, RouterConfig, RoutingProcess } from '../model/router-config.ts';
import { buildRoutes, routesTo } from './routes.ts';

/** A routing neighbourship, which lives on packets that arrive. */
export interface Adjacency {
  /** The same for what is the same neighbourship in another state. */
  readonly key: string;
  readonly process: RoutingProcess;
  /** Named by the configuration; null: whoever answers on the network. */
  readonly neighbour: Ipv4 | null;
  /** The neighbour is on a network of the interface itself. */
  readonly beside: boolean;
  /** It lives while some packet of one way gets in. Several only where the text does not show which one it takes. */
  readonly ways: readonly [AdjacencyWay, ...AdjacencyWay[]];
}

export interface AdjacencyWay {
  readonly interface: string;
  readonly hellos: readonly [Box, ...Box[]];
}

interface Hello {
  readonly protocol: number;
  readonly port?: number;
  readonly ttl?: Ranges;
  readonly groups: readonly string[];
}

/** Where each protocol's hellos go. OSPF's go to all routers (224.0.0.5), whatever else does to the designated one. */
function helloOf({ protocol, version }: RoutingProcess, iface: Interface): Hello | null {
  switch (protocol) {
    case 'ospf':
      return { protocol: 89, groups: ['224.0.0.5'], ttl: [1, 255].map((n) => [n, n] as const) };
    case 'eigrp':
      return { protocol: 88, groups: ['224.0.0.10'], ttl: [[1, 2]] };
    case 'igrp':
      return { protocol: 9, groups: ['255.255.255.255'] };
    case 'rip':
      return {
        protocol: UDP,
        port: 520,
        groups: [...(version === 2 ? [] : ['255.255.255.255']), ...(version === 1 ? [] : ['224.0.0.9'])],
      };
    case 'hsrp':
      return {
        protocol: UDP,
        port: 1985,
        groups: [iface.hsrpVersion === 2 ? '224.0.0.102' : '224.0.0.2'],
        ttl: [[1, 1]],
      };
    case 'vrrp':
      return { protocol: 112, groups: ['224.0.0.18'], ttl: [[255, 255]] };
    case 'glbp':
      return { protocol: UDP, port: 3222, groups: ['224.0.0.102'], ttl: [[255, 255]] };
    case 'bgp':
    case 'isis':
    case 'other':
      return null;
  }
}

/** Routers mark what they say to one another as internetwork control. */
const CONTROL: Ranges = [[0xc0, 0xdf]];
const BGP_PORT: Ranges = [[179, 179]];
const CLIENT_PORTS: Ranges = [[1024, 65535]];

const known = new WeakMap<object, WeakMap<object, WeakMap<object, readonly Adjacency[]>>>();

/** The neighbourships that a device has, as far as its text tells. */
export function adjacenciesOf(device: Device): readonly Adjacency[] {
  if (device.routing.size === 0) return [];
  const byInterfaces =
    known.get(device.routing) ?? new WeakMap<object, WeakMap<object, readonly Adjacency[]>>();
  known.set(device.routing, byInterfaces);
  const byRoutes = byInterfaces.get(device.interfaces) ?? new WeakMap<object, readonly Adjacency[]>();
  byInterfaces.set(device.interfaces, byRoutes);
  let found = byRoutes.get(device.routes);
  if (!found) {
    const config = toRouterConfig(device, { file: '', excerpt: false, account: NO_ACCOUNT });
    const carriers = [...config.interfaces.values()].filter(
      (i) => !i.shutdown && !/^(?:Loop|Null)/.test(i.name),
    );
    const running = config.routing.filter((process) => !process.shutdown);
    found = running.flatMap((process) =>
      process.protocol === 'bgp'
        ? sessionsOf(config, process, carriers)
        : carriers.flatMap((iface) => onInterface(config, process, iface)),
    );
    byRoutes.set(device.routes, found);
  }
  return found;
}

function onInterface(config: RouterConfig, process: RoutingProcess, iface: Interface): readonly Adjacency[] {
  const hello = helloOf(process, iface);
  const own = ownAddresses(config, iface);
  if (hello === null || !runsOn(process, iface, own)) return [];
  if (isMute(process, iface)) return [];
  const groups = hello.groups.map((group) => hostPattern(parseIpv4(group)!));
  const boxes = (sources: readonly AddressPattern[], destinations: readonly AddressPattern[]): Box[] =>
    sources.flatMap((source) =>
      destinations.map((destination) =>
        makeBox({
          protocol: hello.protocol,
          source,
          destination,
          ...(hello.port === undefined ? {} : { destinationPorts: [[hello.port, hello.port]] }),
          ...(hello.ttl === undefined ? {} : { ttl: hello.ttl }),
          tos: CONTROL,
          fragments: 'whole',
        }),
      ),
    );
  const named = [...new Set(process.neighbours)].filter((n) => isNeighbourOn(process, n, iface));
  const place = [
    iface.name,
    networksOf(iface)
      .map((n) => n.address)
      .join(),
    iface.encapsulation ?? '',
    areaOf(process, iface, own) ?? '',
  ].join(' ');
  const make = (neighbour: Ipv4 | null, [first, ...rest]: readonly Box[]): Adjacency[] =>
    first === undefined
      ? []
      : [
          {
            key: `${nameOf(process)} ${neighbour ?? ''} ${place}`,
            process,
            neighbour,
            beside: true,
            ways: [{ interface: iface.name, hellos: [first, ...rest] }],
          },
        ];
  if (named.length === 0) return make(null, boxes(strangersOn(iface, own), groups));
  // With a neighbour named, EIGRP leaves the group alone; the others may speak either way.
  const heard = [...(process.protocol === 'eigrp' ? [] : groups), ...own.map(hostPattern)];
  return named.flatMap((n) => make(n, boxes([hostPattern(n)], heard)));
}

/** What a neighbourship needs both ends to agree on; the number of an OSPF process is its router's own affair. */
function nameOf({ protocol, id, autonomousSystem, vrf }: RoutingProcess): string {
  return `${protocol} ${protocol === 'ospf' ? '' : (autonomousSystem ?? id)} ${vrf ?? ''}`;
}

function runsOn(process: RoutingProcess, iface: Interface, own: readonly Ipv4[]): boolean {
  if (process.interfaces?.includes(iface.name)) return true;
  return (
    (process.vrf ?? null) === iface.vrf &&
    own.some((address) => process.networks.some((p) => patternContains(p, address)))
  );
}

/** The narrowest network that holds the interface says its area, unless a line of its own does. */
function areaOf(process: RoutingProcess, iface: Interface, own: readonly Ipv4[]): string | undefined {
  if (process.interfaces?.includes(iface.name)) return iface.ospfArea;
  const [narrowest] = process.networks
    .filter((n) => own.some((address) => patternContains(n, address)))
    .toSorted((a, b) => a.wildcard - b.wildcard);
  return narrowest?.area;
}

/** Where they say nothing, OSPF and EIGRP have no neighbours; RIP and IGRP hear them all the same. */
const isMute = ({ protocol, passive, shutdown }: RoutingProcess, iface: Interface): boolean =>
  shutdown === true ||
  (protocol === 'ospf' && iface.ospfShutdown === true) ||
  ((protocol === 'ospf' || protocol === 'eigrp') &&
    passive !== undefined &&
    passive.byDefault !== passive.except.includes(iface.name));

/** An unnumbered interface speaks with the address that it borrows. */
function ownAddresses(config: RouterConfig, { addresses, addressing }: Interface): readonly Ipv4[] {
  const from = addressing.kind === 'unnumbered' ? config.interfaces.get(addressing.interface) : undefined;
  return (from?.addresses ?? addresses).map((a) => a.address);
}

const networksOf = (iface: Interface): readonly AddressPattern[] =>
  iface.addresses.flatMap((a) => (a.prefixLength === null ? [] : [prefixPattern(a.address, a.prefixLength)]));

const isOn = (iface: Interface, address: Ipv4): boolean =>
  networksOf(iface).some((n) => patternContains(n, address));

function isNeighbourOn({ peerSettings }: RoutingProcess, neighbour: Ipv4, iface: Interface): boolean {
  const through = peerSettings?.find((s) => s.kind === 'interface' && s.peer === formatIpv4(neighbour));
  return through
    ? through.value === iface.name
    : networksOf(iface).some((n) => patternContains(n, neighbour));
}

/** Where packets of some neighbour may come from: the network but for its own ends and this router. */
function strangersOn(iface: Interface, own: readonly Ipv4[]): readonly AddressPattern[] {
  const unnumbered = iface.addresses.length === 0 || iface.addresses.some((a) => a.prefixLength === null);
  const networks = unnumbered ? [ANY_ADDRESS] : networksOf(iface);
  return networks.flatMap((network) => {
    const ends =
      network.wildcard > 1 && !unnumbered ? [network.address, network.address + network.wildcard] : [];
    return [...own, ...ends]
      .reduce<readonly AddressPattern[]>(
        (left, address) => patternsMinus(left, hostPattern(address)),
        [network],
      )
      .toSorted((a, b) => a.address - b.address);
  });
}

/** BGP's sessions: with neighbours on a network of this router, or further away by the routes that lead there. */
function sessionsOf(
  config: RouterConfig,
  process: RoutingProcess,
  carriers: readonly Interface[],
): readonly Adjacency[] {
  return [...new Set(process.neighbours)].flatMap((neighbour): Adjacency[] => {
    const said = (kind: PeerSetting['kind']): string | undefined => peerSaid(process, neighbour, kind);
    if (said('shutdown') !== undefined) return [];
    const source = said('update-source');
    const [first, ...rest] = carriersOf(config, process, neighbour, carriers).flatMap((iface) => {
      const own = source === undefined ? iface : config.interfaces.get(source);
      const [hello, ...others] = (own ? ownAddresses(config, own) : []).flatMap((address) =>
        sessionBoxes(neighbour, address),
      );
      return hello === undefined ? [] : [{ interface: iface.name, hellos: [hello, ...others] as const }];
    });
    if (first === undefined) return [];
    const beside = carriers.some((i) => i.name === first.interface && isOn(i, neighbour));
    return [{ key: `${nameOf(process)} ${neighbour}`, process, neighbour, beside, ways: [first, ...rest] }];
  });
}

/** What a line about the neighbour says, or one about its group. */
function peerSaid(
  { peerSettings = [] }: RoutingProcess,
  neighbour: Ipv4,
  kind: PeerSetting['kind'],
): string | undefined {
  const about = (peer: string, what: PeerSetting['kind']): string | undefined =>
    peerSettings.find((s) => s.peer === peer && s.kind === what)?.value;
  const name = formatIpv4(neighbour);
  const group = about(name, 'peer-group');
  return about(name, kind) ?? (group === undefined ? undefined : about(group, kind));
}

/** By which interfaces the packets of a neighbour may arrive. */
function carriersOf(
  config: RouterConfig,
  process: RoutingProcess,
  neighbour: Ipv4,
  carriers: readonly Interface[],
): readonly Interface[] {
  const vrf = process.vrf ?? null;
  const here = carriers.filter((i) => i.vrf === vrf);
  const direct = here.filter((i) => isOn(i, neighbour));
  if (direct.length > 0) return direct;
  const routes = routesTo(buildRoutes(config), vrf, neighbour);
  const through = here.filter((i) =>
    routes.some((r) => r.egress.kind === 'interface' && r.egress.interface === i.name),
  );
  if (through.length > 0 && routes.every((r) => r.prefixLength > 0)) return through;
  // Another protocol may bring the route to it, by any interface on which that one runs.
  const learning = here.filter((i) => mayLearnOn(config, i, process));
  return [...new Set([...learning, ...through])];
}

/** Whether a routing protocol, but for one process, may bring routes that lead out of the interface. */
export const mayLearnOn = (config: RouterConfig, iface: Interface, except?: RoutingProcess): boolean =>
  config.routing.some(
    (p) => p !== except && learns(p) && runsOn(p, iface, ownAddresses(config, iface)) && !isMute(p, iface),
  );

const learns = ({ protocol }: RoutingProcess): boolean =>
  protocol !== 'hsrp' && protocol !== 'vrrp' && protocol !== 'glbp';

const sessionBoxes = (neighbour: Ipv4, own: Ipv4): readonly Box[] =>
  [
    { sourcePorts: CLIENT_PORTS, destinationPorts: BGP_PORT },
    { sourcePorts: BGP_PORT, destinationPorts: CLIENT_PORTS },
  ].map((ports) =>
    makeBox({
      protocol: TCP,
      source: hostPattern(neighbour),
      destination: hostPattern(own),
      tos: CONTROL,
      fragments: 'whole',
      ...ports,
    }),
  );
