import { type CompiledAcl, PERMIT_ALL } from '../acl/compile.ts';
import { type ConfigLine, toConfigLine } from '../diagnostics/source-span.ts';
import { isAddressed } from '../model/addressed.ts';
import type { Direction, Interface, RouterConfig, TerminalLine } from '../model/router-config.ts';
import type { Router } from '../router/network.ts';

/** A point of the router that packets pass: an interface in one direction, or the logins of its terminal lines. */
export interface GatePlace {
  readonly key: string;
  /** `FastEthernet0/0` or `line vty 0 4`. */
  readonly name: string;
  readonly direction: Direction;
  /** Set for terminal lines. */
  readonly terminal?: Pick<TerminalLine, 'kind' | 'first' | 'last'>;
}

/** What stands at a gate. */
export interface Gate {
  readonly filter: CompiledAcl;
  /** Name of the bound list, also of one that does not exist; null: none is bound. */
  readonly acl: string | null;
  /** Set where no packet passes at all: the line that says so. */
  readonly closedBy: ConfigLine | null;
  readonly closed: boolean;
}

/** No packet passes: the interface is shut down, gone, or has lost its address. */
const PERMIT_NONE: CompiledAcl = { acl: null, entries: [], otherwise: 'deny' };

/** Every place at which one of the two configurations may filter. */
export function gatePlaces(before: RouterConfig, after: RouterConfig): readonly GatePlace[] {
  const places = new Map<string, GatePlace>();
  for (const config of [before, after]) {
    for (const name of config.interfaces.keys())
      for (const direction of ['in', 'out'] as const)
        places.set(`${name} ${direction}`, { key: `${name} ${direction}`, name, direction });
  }
  return [...places.values(), ...terminalPlaces(before, after)];
}

/** Runs of terminal lines that both configurations treat as one, however each of them groups its lines. */
function terminalPlaces(before: RouterConfig, after: RouterConfig): readonly GatePlace[] {
  const places: GatePlace[] = [];
  // Nobody logs in to a console, an auxiliary port or a modem line by ssh or telnet to the router.
  const kind = 'vty';
  const lines = [...before.lines, ...after.lines].filter((l) => l.kind === kind);
  const borders = [...new Set(lines.flatMap((l) => [l.first, l.last + 1]))].sort((a, b) => a - b);
  borders.slice(0, -1).forEach((first, i) => {
    const last = borders[i + 1]! - 1;
    if (!lines.some((l) => l.first <= first && last <= l.last)) return;
    const terminal = { kind, first, last } as const;
    const name = first === last ? `line ${kind} ${first}` : `line ${kind} ${first} ${last}`;
    for (const direction of ['in', 'out'] as const)
      places.push({ key: `${name} ${direction}`, name, direction, terminal });
  });
  return places;
}

/** `other` is the state that this one is held against: what was never there has not been closed. */
export function gateAt(router: Router, place: GatePlace, other: RouterConfig): Gate {
  const { config } = router;
  const iface = config.interfaces.get(place.name);
  if (iface || other.interfaces.has(place.name))
    return interfaceGate(router, iface, other.interfaces.get(place.name), place.direction);
  return terminalGate(router, place);
}

/** Lines that the text does not have take no login; lines without an access-class take everybody's. */
function terminalGate(router: Router, place: GatePlace): Gate {
  const { terminal } = place;
  const line = router.config.lines.find(
    (l) => terminal && l.kind === terminal.kind && l.first <= terminal.first && terminal.last <= l.last,
  );
  if (!line) return { filter: PERMIT_NONE, acl: null, closedBy: null, closed: true };
  const access = place.direction === 'in' ? line.accessClassIn : line.accessClassOut;
  const filter = access ? router.list(access.acl, undefined, 'unsolicited') : PERMIT_ALL;
  return { filter, acl: access?.acl ?? null, closedBy: null, closed: false };
}

function interfaceGate(
  router: Router,
  iface: Interface | undefined,
  other: Interface | undefined,
  direction: Direction,
): Gate {
  const binding = iface?.bindings[direction] ?? null;
  const acl = binding?.acl ?? null;
  if (iface === undefined || !carries(iface, other, router.config.excerpt))
    return { filter: PERMIT_NONE, acl, closedBy: iface ? toConfigLine(iface.span) : null, closed: true };
  const filter = binding ? router.list(binding.acl, binding.common, 'unsolicited') : PERMIT_ALL;
  return { filter, acl, closedBy: null, closed: false };
}

/** An interface without an address carries nothing, unless the other state has none either and this is all we see. */
function carries(iface: Interface, other: Interface | undefined, excerpt: boolean): boolean {
  if (iface.shutdown) return false;
  if (isAddressed(iface)) return true;
  return excerpt || (other !== undefined && !isAddressed(other));
}

/** The configuration with every interface shut at whose gates no packet passes, also those that only `other` has. */
export function closeGates(config: RouterConfig, other: RouterConfig): RouterConfig {
  const interfaces = new Map(config.interfaces);
  for (const [name, iface] of other.interfaces)
    if (!interfaces.has(name)) interfaces.set(name, { ...iface, shutdown: true });
  for (const [name, iface] of config.interfaces)
    if (!iface.shutdown && !carries(iface, other.interfaces.get(name), config.excerpt))
      interfaces.set(name, { ...iface, shutdown: true });
  return { ...config, interfaces };
}
