import type { CompiledAcl } from '../../acl/compile.ts';
import { coverWithin } from '../../acl/decide.ts';
import { naturalPacket } from '../../headerspace/witness.ts';
import type { Ipv4 } from '../../model/address.ts';
import type { Packet } from '../../model/packet.ts';
import type { RoutingProcess } from '../../model/router-config.ts';
import { type Adjacency, type AdjacencyWay, adjacenciesOf } from '../../router/adjacencies.ts';
import { cutToRegion } from '../cut-to-region.ts';
import { type DeviceState, filterOf } from './device-state.ts';

export interface CutAdjacency {
  readonly protocol: RoutingProcess['protocol'];
  readonly id: string;
  readonly neighbour: Ipv4 | null;
  readonly interface: string;
  /** What cut it: a list, an interface that carries nothing, or a configuration that no longer asks for it. */
  readonly by:
    | { readonly kind: 'list'; readonly acl: string }
    | { readonly kind: 'closed' | 'not-configured' };
  readonly witness: Packet;
}

/** Watches routing neighbourships by the inbound list of the interface that each one uses. */
export class AdjacencyWatch {
  private readonly known = new WeakMap<DeviceState, ReadonlyMap<string, Adjacency>>();
  private readonly admitted = new WeakMap<CompiledAcl, WeakMap<AdjacencyWay, boolean>>();

  /** Those that lived before and do not any more. */
  cut(before: DeviceState, after: DeviceState): readonly CutAdjacency[] {
    if (before.device === after.device) return [];
    const is = this.living(after);
    return [...this.living(before)].flatMap(([key, { process, neighbour, beside, ways }]) => {
      const now = is.get(key);
      // A session with a neighbour on the same network does not move to another way.
      if (now && (now.beside || !beside)) return [];
      const way = ways.find((w) => this.isOpen(before, w)) ?? ways[0];
      return [
        {
          protocol: process.protocol,
          id: process.id,
          neighbour,
          interface: way.interface,
          by: whatCut(after, key, way),
          witness: naturalPacket(way.hellos[0]),
        },
      ];
    });
  }

  private living(state: DeviceState): ReadonlyMap<string, Adjacency> {
    let living = this.known.get(state);
    if (!living) {
      const all = adjacenciesOf(state.device).filter(({ ways }) =>
        ways.some((way) => this.isOpen(state, way)),
      );
      living = new Map(all.map((a) => [a.key, a]));
      this.known.set(state, living);
    }
    return living;
  }

  private isOpen(state: DeviceState, way: AdjacencyWay): boolean {
    const gate = filterOf(state.at({ name: way.interface, direction: 'in' }));
    const answers = this.admitted.get(gate) ?? new WeakMap<AdjacencyWay, boolean>();
    this.admitted.set(gate, answers);
    let open = answers.get(way);
    if (open === undefined) {
      open = coverWithin(cutToRegion(gate, way.hellos), way.hellos).some((p) => p.verdict === 'permit');
      answers.set(way, open);
    }
    return open;
  }
}

function whatCut(after: DeviceState, key: string, way: AdjacencyWay): CutAdjacency['by'] {
  const gate = after.at({ name: way.interface, direction: 'in' });
  if (gate.closed) return { kind: 'closed' };
  if (!adjacenciesOf(after.device).some((a) => a.key === key)) return { kind: 'not-configured' };
  return gate.acl === null ? { kind: 'closed' } : { kind: 'list', acl: gate.acl };
}
