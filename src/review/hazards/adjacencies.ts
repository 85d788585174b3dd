import { coverWithin } from '../../acl/decide.ts';
import { type Box, makeBox } from '../../headerspace/box.ts';
import { naturalPacket } from '../../headerspace/witness.ts';
import {
  type AddressPattern,
  ANY_ADDRESS,
  hostPattern,
  type Ipv4,
  parseIpv4,
  patternContains,
  prefixPattern,
} from '../../model/address.ts';
import { type Packet, TCP, UDP } from '../../model/packet.ts';
import type { Interface, RoutingProcess } from '../../model/router-config.ts';
import { cutToRegion } from '../cut-to-region.ts';
import { type DeviceState, filterOf } from './device-state.ts';

/** A routing neighbourship that lives on packets arriving at one interface. */
interface Adjacency {
  readonly process: RoutingProcess;
  readonly interface: string;
  /** It lives while some packet of one of these gets in. */
  readonly hellos: readonly Box[];
}

export interface CutAdjacency {
  readonly protocol: RoutingProcess['protocol'];
  readonly id: string;
  readonly interface: string;
  readonly acl: string | null;
  readonly witness: Packet;
}

/** Where each protocol's hellos go. */
const MULTICAST: Readonly<
  Partial<
    Record<
      RoutingProcess['protocol'],
      readonly [protocol: number, port: number | null, groups: readonly string[]]
    >
  >
> = {
  ospf: [89, null, ['224.0.0.5', '224.0.0.6']],
  eigrp: [88, null, ['224.0.0.10']],
  igrp: [9, null, ['255.255.255.255']],
  rip: [UDP, 520, ['255.255.255.255', '224.0.0.9']],
  hsrp: [UDP, 1985, ['224.0.0.2', '224.0.0.102']],
  vrrp: [112, null, ['224.0.0.18']],
  glbp: [UDP, 3222, ['224.0.0.102']],
};

const BGP_PORT = 179;

/** Watches the neighbourships of the start, by the inbound list of the interface that each one uses. */
export class AdjacencyWatch {
  private readonly adjacencies: readonly Adjacency[];
  private readonly known = new WeakMap<DeviceState, ReadonlySet<Adjacency>>();

  constructor(start: DeviceState) {
    const interfaces = [...start.device.interfaces.values()].filter((i) => !i.shutdown);
    this.adjacencies = [...start.device.routing.values()].flatMap((process) =>
      interfaces.flatMap((iface) => adjacenciesOf(process, iface)),
    );
  }

  cut(before: DeviceState, after: DeviceState): readonly CutAdjacency[] {
    if (this.adjacencies.length === 0 || before.device === after.device) return [];
    const was = this.living(before);
    const is = this.living(after);
    return [...was]
      .filter((a) => !is.has(a))
      .map((a) => ({
        protocol: a.process.protocol,
        id: a.process.id,
        interface: a.interface,
        acl: after.at({ name: a.interface, direction: 'in' }).acl,
        witness: naturalPacket(a.hellos[0]!),
      }));
  }

  private living(state: DeviceState): ReadonlySet<Adjacency> {
    let living = this.known.get(state);
    if (!living) {
      living = new Set(this.adjacencies.filter((a) => isAlive(state, a)));
      this.known.set(state, living);
    }
    return living;
  }
}

function isAlive(state: DeviceState, adjacency: Adjacency): boolean {
  const gate = filterOf(state.at({ name: adjacency.interface, direction: 'in' }));
  return adjacency.hellos.some((box) =>
    coverWithin(cutToRegion(gate, [box]), [box]).some((piece) => piece.verdict === 'permit'),
  );
}

function adjacenciesOf(process: RoutingProcess, iface: Interface): readonly Adjacency[] {
  const found = (hellos: readonly Box[]): readonly Adjacency[] =>
    hellos.length === 0 ? [] : [{ process, interface: iface.name, hellos }];
  const own = iface.addresses.map((a) => a.address);
  const networks = iface.addresses.map(
    (a): AddressPattern => (a.prefixLength === null ? ANY_ADDRESS : prefixPattern(a.address, a.prefixLength)),
  );
  if (process.protocol === 'bgp') {
    const here = process.neighbours.filter((n) =>
      networks.some((p) => p.wildcard !== 0xffffffff && patternContains(p, n)),
    );
    return here.flatMap((n) => found(own.flatMap((address) => bgpBoxes(n, address))));
  }
  const hello = MULTICAST[process.protocol];
  const joined =
    process.interfaces?.includes(iface.name) ||
    own.some((address) => process.networks.some((p) => patternContains(p, address)));
  if (!hello || !joined) return [];
  const [protocol, port, groups] = hello;
  return found(
    networks.flatMap((source) =>
      groups.map((group) =>
        makeBox({
          protocol,
          source,
          destination: hostPattern(parseIpv4(group)!),
          ...(port === null ? {} : { destinationPorts: [[port, port]] }),
          fragments: 'whole',
        }),
      ),
    ),
  );
}

const bgpBoxes = (neighbour: Ipv4, own: Ipv4): readonly Box[] =>
  [
    { destinationPorts: [[BGP_PORT, BGP_PORT]] as const },
    { sourcePorts: [[BGP_PORT, BGP_PORT]] as const },
  ].map((ports) =>
    makeBox({
      protocol: TCP,
      source: hostPattern(neighbour),
      destination: hostPattern(own),
      fragments: 'whole',
      ...ports,
    }),
  );
