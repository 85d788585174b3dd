import type { CompiledAcl } from '../acl/compile.ts';
import { PERMIT_ALL } from '../acl/compile.ts';
import type { ConfigLine } from '../diagnostics/source-span.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import type { Direction, Interface, RouterConfig, TerminalLine } from '../model/router-config.ts';
import type { Router } from '../router/network.ts';

/** A point of the router that packets pass: an interface in one direction, or the logins of its terminal lines. */
export interface GatePlace {
  readonly key: string;
  /** `FastEthernet0/0` or `line vty 0 4`. */
  readonly name: string;
  readonly direction: Direction;
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
    for (const line of config.lines)
      for (const direction of ['in', 'out'] as const) {
        const name = terminalName(line);
        places.set(`${name} ${direction}`, { key: `${name} ${direction}`, name, direction });
      }
  }
  return [...places.values()];
}

const terminalName = (line: TerminalLine): string =>
  line.first === line.last
    ? `line ${line.kind} ${line.first}`
    : `line ${line.kind} ${line.first} ${line.last}`;

/** `other` is the state that this one is held against: what was never there has not been closed. */
export function gateAt(router: Router, place: GatePlace, other: RouterConfig): Gate {
  const { config } = router;
  const iface = config.interfaces.get(place.name);
  if (iface || other.interfaces.has(place.name))
    return interfaceGate(router, iface, other.interfaces.get(place.name), place.direction);
  const line = config.lines.find((l) => terminalName(l) === place.name);
  const access = line && (place.direction === 'in' ? line.accessClassIn : line.accessClassOut);
  return access
    ? {
        filter: router.list(access.acl, undefined, 'unsolicited'),
        acl: access.acl,
        closedBy: null,
        closed: false,
      }
    : { filter: PERMIT_ALL, acl: null, closedBy: null, closed: false };
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
  if (hasAddress(iface)) return true;
  return excerpt || (other !== undefined && !hasAddress(other));
}

const hasAddress = (i: Interface): boolean => i.addresses.length > 0 || i.addressing.kind !== 'none';
