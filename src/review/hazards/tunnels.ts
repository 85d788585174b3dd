import { coverWithin } from '../../acl/decide.ts';
import type { Box } from '../../headerspace/box.ts';
import { type Device, NO_ACCOUNT, toRouterConfig } from '../../model/device/device.ts';
import type { Direction } from '../../model/router-config.ts';
import { withoutOptions } from '../../router/plain-packets.ts';
import { type Carriage, carriageOf } from '../../router/tunnels.ts';
import { RegionCuts } from '../cut-to-region.ts';
import { type DeviceState, filterOf, type PlaceState } from './device-state.ts';

type Carried = Extract<Carriage, { kind: 'carried' }>;

/**
 * Watches the packets in which tunnels travel. Where the other end's arrive is settled by the state at the start, as
 * for an operator: a change of this router's routes does not move them. Whether a list bound outbound sees a packet that
 * the router itself has put into another depends on the switching path; it is taken to, for what may be cut is said.
 */
export class TunnelWatch {
  private readonly start: DeviceState;
  private readonly answers = new WeakMap<DeviceState, Map<string, string | null>>();
  private readonly cuts = new Map<string, RegionCuts>();
  private known: readonly {
    readonly name: string;
    readonly device: Device;
    readonly carriage: Carriage | null;
  }[] = [];

  constructor(start: DeviceState) {
    this.start = start;
  }

  /** Why the interface, a tunnel, carries nothing; null: it does, as far as is known, or it was none at the start. */
  whyCut(state: DeviceState, name: string): string | null {
    if (state.device.interfaces.get(name)?.tunnel === undefined) return null;
    const known = this.answers.get(state) ?? new Map<string, string | null>();
    this.answers.set(state, known);
    const last = known.get(name);
    if (last !== undefined) return last;
    // A tunnel that is carried by itself, by way of others, is not followed round.
    known.set(name, null);
    const why = this.ask(state, name);
    known.set(name, why);
    return why;
  }

  private ask(state: DeviceState, name: string): string | null {
    const before = this.carriage(this.start, name);
    if (before?.kind !== 'carried') return null;
    const now = this.carriage(state, name);
    if (now === null) return `${name} is no longer carried as its other end expects`;
    if (now.kind === 'down') return `${name} is down: ${now.why}`;
    if (now.ends !== before.ends) return `${name} has other ends than before`;
    return this.whyShut(state, name, before, 'in') ?? this.whyShut(state, name, now, 'out');
  }

  /** What stands against the packets on every way that they may take. */
  private whyShut(
    state: DeviceState,
    tunnel: string,
    carriage: Carried,
    direction: Direction,
  ): string | null {
    const boxes = direction === 'in' ? carriage.arriving : carriage.leaving;
    const key = `${direction} ${boxes.length} ${carriage.ends}`;
    let why: string | null = null;
    for (const name of carriage.carriers) {
      const below = this.whyCut(state, name);
      const gate = state.at({ name, direction });
      if (below === null && !gate.closed && this.admits(gate, key, boxes, carriage.exact)) return null;
      why ??=
        below ??
        (gate.closed
          ? `${name}, which carries ${tunnel}, carries no packets any more`
          : `list ${gate.acl} (${name} ${direction}) denies the packets that carry ${tunnel}`);
    }
    return why;
  }

  /** Where both ends are known their packets are all alike; else some sender's that gets through is enough. */
  private admits(gate: PlaceState, key: string, boxes: readonly Box[], exact: boolean): boolean {
    const filter = filterOf(gate);
    return boxes.some((box, index) => {
      const cuts = this.cutsTo(`${key} ${index}`, box);
      const pieces = coverWithin(withoutOptions(cuts.cut(filter)), [box]);
      return exact ? pieces.every((p) => p.verdict === 'permit') : pieces.some((p) => p.verdict !== 'deny');
    });
  }

  private cutsTo(key: string, box: Box): RegionCuts {
    const cuts = this.cuts.get(key) ?? new RegionCuts([box]);
    this.cuts.set(key, cuts);
    return cuts;
  }

  /** Lists have no say in it: most states have the carriage of the state before. */
  private carriage(state: DeviceState, name: string): Carriage | null {
    const { device } = state;
    const found = this.known.find(
      (k) =>
        k.name === name &&
        k.device.interfaces === device.interfaces &&
        k.device.routes === device.routes &&
        k.device.routing === device.routing &&
        k.device.settings === device.settings,
    );
    if (found) return found.carriage;
    const config = toRouterConfig(device, { file: '', excerpt: false, account: NO_ACCOUNT });
    const carriage = carriageOf(config, name);
    this.known = [{ name, device, carriage }, ...this.known.slice(0, REMEMBERED - 1)];
    return carriage;
  }
}

const REMEMBERED = 64;
