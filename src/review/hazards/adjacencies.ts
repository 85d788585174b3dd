import type { CompiledAcl } from '../../acl/compile.ts';
import { coverWithin, type Piece } from '../../acl/decide.ts';
import { hullOf } from '../../headerspace/address-sets.ts';
import { type Box, boxDestination, boxesOverlap, boxSource, makeBox } from '../../headerspace/box.ts';
import { naturalPacket } from '../../headerspace/witness.ts';
import type { Ipv4 } from '../../model/address.ts';
import { type Packet, UDP } from '../../model/packet.ts';
import type { RoutingProcess } from '../../model/router-config.ts';
import { type Adjacency, type AdjacencyWay, adjacenciesOf } from '../../router/adjacencies.ts';
import { withoutOptions } from '../../router/plain-packets.ts';
import { cutToRegion, filterAlike } from '../cut-to-region.ts';
import { type DeviceState, filterOf } from './device-state.ts';
import type { TunnelWatch } from './tunnels.ts';

export interface CutAdjacency {
  readonly protocol: RoutingProcess['protocol'];
  readonly id: string;
  readonly neighbour: Ipv4 | null;
  readonly interface: string;
  /** What cut it: a list, an interface that carries nothing, or a configuration that no longer asks for it. */
  readonly by:
    | { readonly kind: 'list'; readonly acl: string }
    | { readonly kind: 'closed' | 'not-configured' }
    /** It came by a tunnel. */
    | { readonly kind: 'tunnel'; readonly why: string };
  readonly witness: Packet;
}

/** What a gate lets in of the hellos of a way: of a host that a line names for them, or of anybody. */
interface Admitted {
  readonly box: Box;
  readonly named: boolean;
}

/** Watches routing neighbourships by the inbound list of the interface that each one uses, and by what carries a tunnel. */
export class AdjacencyWatch {
  private readonly tunnels: TunnelWatch;
  private readonly known = new WeakMap<DeviceState, ReadonlyMap<string, Adjacency>>();
  private readonly admitted = new WeakMap<CompiledAcl, WeakMap<AdjacencyWay, readonly Admitted[]>>();

  /** Most edits leave the lines near a neighbour's hellos as they were. */
  private readonly last = new WeakMap<
    AdjacencyWay,
    { readonly near: CompiledAcl; readonly found: readonly Admitted[] }
  >();

  constructor(tunnels: TunnelWatch) {
    this.tunnels = tunnels;
  }

  /** Those that lived before and do not any more. */
  cut(before: DeviceState, after: DeviceState): readonly CutAdjacency[] {
    if (before.device === after.device) return [];
    const is = this.living(after);
    return [...this.living(before)].flatMap(([key, adjacency]) => {
      const { process, neighbour, beside, ways } = adjacency;
      const now = is.get(key);
      const way = ways.find((w) => this.admits(before, w).length > 0) ?? ways[0];
      const lost = (who: Ipv4 | null, hello: Box): CutAdjacency => ({
        protocol: process.protocol,
        id: process.id,
        neighbour: who,
        interface: way.interface,
        by: this.whatCut(after, key, way),
        witness: naturalPacket(hello),
      });
      // A session with a neighbour on the same network does not move to another way.
      if (!now || (beside && !now.beside)) return [lost(neighbour, way.hellos[0])];
      if (neighbour !== null) return [];
      return this.strangersLost(this.admits(before, way), this.admits(after, now.ways[0]), lost);
    });
  }

  /** Of neighbours that nothing but the lists names, those that are let in no more; null where all are others now. */
  private strangersLost(
    before: readonly Admitted[],
    after: readonly Admitted[],
    lost: (who: Ipv4 | null, hello: Box) => CutAdjacency,
  ): readonly CutAdjacency[] {
    if (before === after) return [];
    const stays = ({ box }: Admitted): boolean => after.some((a) => boxesOverlap(a.box, box));
    const gone = new Map(
      before.filter((a) => a.named && !stays(a)).map(({ box }) => [boxSource(box).address, box]),
    );
    for (const { box } of before.filter(stays)) gone.delete(boxSource(box).address);
    if (gone.size > 0) return [...gone].map(([who, box]) => lost(who, box));
    return before.some(stays) ? [] : [lost(null, before[0]!.box)];
  }

  private living(state: DeviceState): ReadonlyMap<string, Adjacency> {
    let living = this.known.get(state);
    if (!living) {
      const all = adjacenciesOf(state.device).filter(({ ways }) =>
        ways.some((way) => this.admits(state, way).length > 0),
      );
      living = new Map(all.map((a) => [a.key, a]));
      this.known.set(state, living);
    }
    return living;
  }

  private admits(state: DeviceState, way: AdjacencyWay): readonly Admitted[] {
    if (this.tunnels.whyCut(state, way.interface) !== null) return [];
    const gate = filterOf(state.at({ name: way.interface, direction: 'in' }));
    const answers = this.admitted.get(gate) ?? new WeakMap<AdjacencyWay, readonly Admitted[]>();
    this.admitted.set(gate, answers);
    let found = answers.get(way);
    if (found === undefined) {
      // A long list is looked through once for all senders, and what is near them once more for each.
      const near = withoutOptions(cutToRegion(cutToRegion(gate, [outlineOf(way.hellos)]), way.hellos));
      const last = this.last.get(way);
      found =
        last && filterAlike(last.near, near, way.hellos)
          ? last.found
          : coverWithin(near, way.hellos)
              .filter((p) => p.verdict === 'permit')
              .map(({ box, decidedBy }) => ({ box, named: namesSender(decidedBy) }));
      this.last.set(way, { near, found });
      answers.set(way, found);
    }
    return found;
  }

  private whatCut(after: DeviceState, key: string, way: AdjacencyWay): CutAdjacency['by'] {
    const gate = after.at({ name: way.interface, direction: 'in' });
    if (gate.closed) return { kind: 'closed' };
    const why = this.tunnels.whyCut(after, way.interface);
    if (why !== null) return { kind: 'tunnel', why };
    if (!adjacenciesOf(after.device).some((a) => a.key === key)) return { kind: 'not-configured' };
    return gate.acl === null ? { kind: 'closed' } : { kind: 'list', acl: gate.acl };
  }
}

const outlineOf = (boxes: readonly Box[]): Box =>
  makeBox({ source: hullOf(boxes.map(boxSource)), destination: hullOf(boxes.map(boxDestination)) });

/** A line for one host that says which protocol, and with ports which of them: it knows a neighbour. */
function namesSender(decidedBy: Piece['decidedBy']): boolean {
  if (decidedBy === null || decidedBy === 'implicit-deny' || decidedBy.kind !== 'ace') return false;
  const { source, protocol, destinationPorts } = decidedBy.match;
  if (source.kind !== 'pattern' || source.pattern.wildcard !== 0 || protocol.kind !== 'number') return false;
  return protocol.number !== UDP || destinationPorts !== undefined;
}
