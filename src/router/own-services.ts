import type { SourceSpan } from '../diagnostics/source-span.ts';
import { type Box, boxDestination, makeBox, withDestination } from '../headerspace/box.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
import type { Ace } from '../model/access-list.ts';
import { ANY_ADDRESS, hostPattern, toIpv4 } from '../model/address.ts';
import { TCP, UDP } from '../model/packet.ts';
import { pushAll } from '../model/push-all.ts';
import type { Interface, RouterConfig, TerminalLine } from '../model/router-config.ts';
import { throughControlPlane } from './control-plane.ts';
import { applyList } from './filter.ts';
import type { Router } from './network.ts';
import { type Arrival, arrive, assuming, drop, type PathPiece, type Walker } from './walk.ts';
import { agree, anyPermits } from './ways.ts';

/** A way into one of the router's services, with the list that guards it; several are alternatives. */
interface Door {
  readonly place: string;
  /** null: open to everyone. */
  readonly acl: string | null;
  /** Packets that arrive in a VRF pass as well. */
  readonly vrfAlso: boolean;
  readonly span: SourceSpan;
}

interface Service {
  readonly asks: Box;
  readonly doors: readonly Door[];
}

/**
 * To the router itself only the arrival interface's inbound list counts, whichever own address is meant; then the
 * control plane's policy, and each service's own list, which looks at the source (TAC 116101).
 */
export function toRouterItself(
  router: Router,
  ingress: Interface,
  own: Interface,
  walker: Walker,
): readonly PathPiece[] {
  const arrival: Arrival = { kind: 'router', router, interface: own };
  return throughControlPlane(router.config, ingress, walker).flatMap((policed) =>
    toServices(router, ingress, policed, arrival),
  );
}

function toServices(
  router: Router,
  ingress: Interface,
  policed: Walker,
  arrival: Arrival,
): readonly PathPiece[] {
  const pieces: PathPiece[] = [];
  let rest: PacketSet = [policed.current];
  for (const { asks, doors } of servicesOf(router.config)) {
    const asked = intersect(rest, [asks]);
    if (asked.length === 0) continue;
    rest = subtract(rest, [asks]);
    for (const box of asked)
      pushAll(pieces, throughDoors(router, ingress, doors, { ...policed, current: box }, arrival));
  }
  return [...rest.map((box) => arrive({ ...policed, current: box }, arrival)), ...pieces];
}

const service = (protocol: number, ports: readonly number[], doors: readonly Door[]): Service => ({
  asks: makeBox({ protocol, destinationPorts: ports.map((p) => [p, p] as const) }),
  doors,
});

function servicesOf(config: RouterConfig): readonly Service[] {
  return [
    service(TCP, [22], terminalDoors(config, 'ssh')),
    service(TCP, [23], terminalDoors(config, 'telnet')),
    service(TCP, config.settings.httpServer === false ? [443] : [80, 443], listDoors(config, 'http')),
    service(UDP, [123], listDoors(config, 'ntp')),
    service(UDP, [161], listDoors(config, 'snmp')),
  ].filter((s) => s.doors.length > 0);
}

const terminalDoors = (config: RouterConfig, protocol: 'ssh' | 'telnet'): readonly Door[] =>
  config.lines
    .filter((line) => line.kind === 'vty' && speaks(line, protocol))
    .map((line) => ({
      place: `vty ${line.first} ${line.last}`,
      acl: line.accessClassIn?.acl ?? null,
      vrfAlso: line.accessClassIn?.vrfAlso ?? true,
      span: line.accessClassIn?.span ?? line.span,
    }));

/** `transport input` not written: the 12.x default, all. */
const speaks = ({ transportInput }: TerminalLine, protocol: string): boolean =>
  transportInput === null || transportInput.includes('all') || transportInput.includes(protocol);

function listDoors(config: RouterConfig, use: 'http' | 'ntp' | 'snmp'): readonly Door[] {
  const guarded = config.references
    .filter((r) => r.use === use && !/^snmp-server tftp/i.test(r.owner ?? ''))
    .map((r): Door => ({ place: use, acl: r.acl, vrfAlso: true, span: r.span }));
  const open = config.settings.effects
    .filter((e) => e.family === 'open-service' && e.name?.startsWith(`${use}-`))
    .map((e): Door => ({ place: use, acl: null, vrfAlso: true, span: e.span }));
  return guarded.length === 0 ? [] : [...guarded, ...open];
}

/** Whoever asks takes whichever door lets him in: a free terminal line, a community he knows. */
function throughDoors(
  router: Router,
  ingress: Interface,
  doors: readonly Door[],
  walker: Walker,
  arrival: Arrival,
): readonly PathPiece[] {
  const open = doors.find((d) => d.acl === null);
  if (open) {
    const why = open.place.startsWith('vty')
      ? `line ${open.place} has no access-class (line ${open.span.line})`
      : `no list guards line ${open.span.line}`;
    return [arrive(assuming(walker, why), arrival)];
  }
  return anyPermits(doors.map((door) => throughDoor(router, ingress, door, walker, arrival)));
}

function throughDoor(
  router: Router,
  ingress: Interface,
  door: Door,
  walker: Walker,
  arrival: Arrival,
): readonly PathPiece[] {
  const acl = door.acl ?? '';
  const compiled = router.list(acl, undefined, 'unsolicited');
  const place = { router: router.name, interface: door.place, direction: 'in' as const, acl };
  const enterBy = (from: Walker): readonly PathPiece[] =>
    applyList(compiled, place, from, (passed) => [admit(ingress, door, passed, arrival)]);
  const particular = compiled.entries.find(({ entry }) => entry.kind === 'ace' && namesDestination(entry));
  if (!particular || !door.place.startsWith('vty')) return enterBy(walker);
  // Before CSCuw89081 the list sees no destination at all, so that a particular one never matches.
  const asked = boxDestination(walker.current);
  const blind: Walker = {
    ...walker,
    current: withDestination(walker.current, NO_ADDRESS),
    apply: (b) => withDestination(walker.apply(b), NO_ADDRESS),
    undo: (b) => walker.undo(withDestination(b, asked)),
  };
  return agree([enterBy(walker), enterBy(blind)], {
    lines: [particular.entry.span],
    why: 'not every release compares the destination in an access-class',
  });
}

/** An access-class refuses logins that arrive in a VRF, unless it says `vrf-also`. */
function admit(ingress: Interface, door: Door, passed: Walker, arrival: Arrival): PathPiece {
  if (ingress.vrf === null || door.vrfAlso) return arrive(passed, arrival);
  const why = `the access-class of ${door.place} says nothing of vrf-also, and ${ingress.name} is in VRF ${ingress.vrf}`;
  return drop(passed, why, door.span);
}

const NO_ADDRESS = hostPattern(toIpv4(0));

const namesDestination = ({ match: { destination } }: Ace): boolean =>
  destination.kind !== 'pattern' || destination.pattern.wildcard !== ANY_ADDRESS.wildcard;
