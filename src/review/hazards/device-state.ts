import { type CompiledAcl, PERMIT_ALL } from '../../acl/compile.ts';
import { type ConfigLine, toConfigLine } from '../../diagnostics/source-span.ts';
import { isAddressed } from '../../model/addressed.ts';
import type { Device } from '../../model/device/device.ts';
import type { Direction, Interface, TerminalLine } from '../../model/router-config.ts';
import type { ListTracker, TrackedList } from '../list-tracker.ts';

export interface HazardPlace {
  /** `FastEthernet0/0` or `line vty 0 4`. */
  readonly name: string;
  readonly direction: Direction;
}

/** What filters at one place in one state. */
export interface PlaceState {
  /** Name of the bound list, whether it exists or not; null: none is bound. */
  readonly acl: string | null;
  /** null: no such list, or none bound. */
  readonly list: TrackedList | null;
  /** The list that IOS-XE looks up first. */
  readonly common: TrackedList | null;
  /** Shut down, or not there. */
  readonly closed: boolean;
  readonly line: ConfigLine | null;
}

const NOT_THERE: PlaceState = { acl: null, list: null, common: null, closed: true, line: null };

/** One state of the device, as the hazards look at it. */
export class DeviceState {
  readonly device: Device;
  private readonly tracker: ListTracker;
  /** Interfaces that the text shows without an address and that are in use all the same. */
  private readonly bare: ReadonlySet<string>;
  private readonly known = new Map<string, PlaceState>();

  constructor(device: Device, tracker: ListTracker, bare: ReadonlySet<string>) {
    this.device = device;
    this.tracker = tracker;
    this.bare = bare;
  }

  list(name: string): TrackedList | null {
    return this.tracker.list(this.device, name);
  }

  /** See `ListTracker.whole`. */
  whole(name: string): CompiledAcl | null {
    return this.tracker.whole(this.device, name);
  }

  places(): readonly HazardPlace[] {
    const out: HazardPlace[] = [];
    for (const name of this.device.interfaces.keys())
      out.push({ name, direction: 'in' }, { name, direction: 'out' });
    for (const line of loginLines(this.device)) out.push({ name: terminalName(line), direction: 'in' });
    return out;
  }

  at(place: HazardPlace): PlaceState {
    const key = `${place.name} ${place.direction}`;
    let state = this.known.get(key);
    if (!state) {
      state = this.look(place);
      this.known.set(key, state);
    }
    return state;
  }

  private look(place: HazardPlace): PlaceState {
    const iface = this.device.interfaces.get(place.name);
    if (iface) return this.atInterface(iface, place.direction);
    const line = this.terminalAt(place.name);
    if (line === undefined) return NOT_THERE;
    const access = line.accessClassIn;
    return {
      acl: access?.acl ?? null,
      list: access ? this.list(access.acl) : null,
      common: null,
      closed: false,
      line: toConfigLine((access ?? line).span),
    };
  }

  /**
   * The record that holds these terminal lines, however the text parts them just then. Who logs in to lines that are
   * not there takes others, and an open one rather than a guarded one.
   */
  private terminalAt(name: string): TerminalLine | undefined {
    const [, kind, first, last = first] = name.split(' ');
    const lines = [...this.device.lines.values()].filter((l) => l.kind === kind);
    const holding = lines.find((l) => l.first <= Number(first) && Number(last) <= l.last);
    return (
      holding ?? (kind === 'vty' ? (lines.find((l) => l.accessClassIn === null) ?? lines[0]) : undefined)
    );
  }

  private atInterface(iface: Interface, direction: Direction): PlaceState {
    const binding = iface.bindings[direction];
    return {
      acl: binding?.acl ?? null,
      list: binding ? this.list(binding.acl) : null,
      common: binding?.common === undefined ? null : this.list(binding.common),
      closed: iface.shutdown || !(isAddressed(iface) || this.bare.has(iface.name)),
      line: toConfigLine((binding ?? iface).span),
    };
  }
}

/** Places whose filter may be another one in the second state: those that differ themselves, or use a list that does. */
export function placesTouched(before: DeviceState, after: DeviceState): readonly HazardPlace[] {
  const [old, now] = [before.device, after.device];
  if (old === now) return [];
  const all = old.objectGroups !== now.objectGroups || old.timeRanges !== now.timeRanges;
  const places = new Map<string, HazardPlace>();
  const add = (place: HazardPlace): void => {
    places.set(`${place.name} ${place.direction}`, place);
  };
  if (all || old.lines !== now.lines || old.interfaces !== now.interfaces)
    for (const state of [before, after])
      for (const place of state.places()) if (all || isChanged(place, old, now)) add(place);
  if (!all && old.acls !== now.acls) {
    const isTouched = (name: string): boolean => old.acls.get(name) !== now.acls.get(name);
    for (const { place, lists } of usesOfLists(now)) if (lists.some(isTouched)) add(place);
  }
  return [...places.values()];
}

/** Lines are told apart by their ranges, which any of them may move. */
const isChanged = ({ name }: HazardPlace, old: Device, now: Device): boolean => {
  const iface = old.interfaces.get(name) ?? now.interfaces.get(name);
  return iface === undefined
    ? old.lines !== now.lines
    : old.interfaces.get(name) !== now.interfaces.get(name);
};

interface UseOfLists {
  readonly place: HazardPlace;
  readonly lists: readonly string[];
}

/** What follows from the two tables is found once for all states that share them. */
const knownUses = new WeakMap<
  Device['interfaces'],
  { readonly lines: Device['lines']; readonly uses: readonly UseOfLists[] }
>();

function usesOfLists({ interfaces, lines }: Device): readonly UseOfLists[] {
  const known = knownUses.get(interfaces);
  if (known?.lines === lines) return known.uses;
  const uses: UseOfLists[] = [];
  for (const { name, bindings } of interfaces.values())
    for (const direction of ['in', 'out'] as const) {
      const binding = bindings[direction];
      if (binding)
        uses.push({
          place: { name, direction },
          lists: binding.common === undefined ? [binding.acl] : [binding.acl, binding.common],
        });
    }
  for (const line of loginLines({ lines }))
    if (line.accessClassIn)
      uses.push({
        place: { name: terminalName(line), direction: 'in' },
        lists: [line.accessClassIn.acl],
      });
  knownUses.set(interfaces, { lines, uses });
  return uses;
}

/** Those that take ssh or telnet to the router; to a console or an auxiliary port nobody logs in from afar. */
const loginLines = ({ lines }: Pick<Device, 'lines'>): readonly TerminalLine[] =>
  [...lines.values()].filter((line) => line.kind === 'vty');

/** An excerpt often leaves addresses out: what had none at the start is taken to carry packets without one. */
export const bareInterfaces = (device: Device): ReadonlySet<string> =>
  new Set([...device.interfaces.values()].filter((i) => !isAddressed(i)).map((i) => i.name));

export const terminalName = (line: TerminalLine): string => `line ${line.kind} ${line.first} ${line.last}`;

const PERMIT_NONE: CompiledAcl = { acl: null, entries: [], otherwise: 'deny' };

/** What the place does to packets, as one list. */
export function filterOf(state: PlaceState): CompiledAcl {
  if (state.closed) return PERMIT_NONE;
  const { list, common } = state;
  if (common === null) return list?.compiled ?? PERMIT_ALL;
  if (list === null) return common.compiled;
  return { ...list.compiled, entries: [...common.entries, ...list.entries] };
}

/** Bound, but by a list that holds nothing or is not there: everything passes. */
export const boundToNothing = (state: PlaceState): boolean =>
  !state.closed &&
  state.acl !== null &&
  (state.list === null || state.list.entries.length === 0) &&
  (state.common === null || state.common.entries.length === 0);

/** The same packets pass: a list that is missing or empty filters as no list does. */
export const samePlaceState = (a: PlaceState, b: PlaceState): boolean =>
  a.closed === b.closed &&
  (a.closed || (effective(a.list) === effective(b.list) && effective(a.common) === effective(b.common)));

const effective = (list: TrackedList | null): TrackedList | null =>
  list !== null && list.entries.length > 0 ? list : null;
