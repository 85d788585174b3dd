import type { TcpFlagMatch } from '../model/access-list.ts';
import {
  type AddressPattern,
  ANY_ADDRESS,
  hostPattern,
  patternContains,
  patternCovers,
  patternsOverlap,
  samePattern,
} from '../model/address.ts';
import { hasPorts, ICMP, IGMP, type Packet, SCTP, TCP, UDP } from '../model/packet.ts';
import {
  ALL_PORTS,
  intersectRanges,
  type Ranges,
  rangesHave,
  rangesOf,
  sameRanges,
  subtractRanges,
} from '../model/ports.ts';

/** Bit set of the two ways a packet arrives: 1 whole (or first fragment), 2 non-initial fragment. */
export type FragmentSet = 1 | 2 | 3;
export const WHOLE = 1;
export const NON_INITIAL = 2;
const WHOLE_AND_NON_INITIAL = 3;

/**
 * A product of independent conditions, one a field; packets are its elements. No field is ever empty.
 *
 * `l4a` and `l4b` are 0–65535: source and destination port for tcp, udp and sctp; ICMP type t and code c
 * fill [256t, 256t+255] and [256c, 256c+255]; IGMP type t fills l4a's [4096t, 4096t+4095]. So every protocol
 * has the same domain, and a field that a packet lacks is simply full.
 *
 * Invariant: l4a or l4b not full ⇒ whole packets only, of protocols that all read the slot alike (ports, ICMP,
 * or IGMP); tcpFlags not full ⇒ whole TCP only. It keeps packets apart that differ, and only those: no box
 * speaks of "GRE packets with destination port 80".
 */
export interface Box {
  readonly source: AddressPattern;
  readonly destination: AddressPattern;
  /** 0–255 */
  readonly protocols: Ranges;
  readonly fragments: FragmentSet;
  readonly l4a: Ranges;
  readonly l4b: Ranges;
  /** The 64 combinations of the six flags. */
  readonly tcpFlags: Ranges;
  /** The type-of-service octet. */
  readonly tos: Ranges;
  readonly ttl: Ranges;
}

export const ALL_BYTES: Ranges = [[0, 255]];
export const ALL_FLAGS: Ranges = [[0, 63]];
/** ALL_PORTS under the name of what it means here. */
export const ALL_SLOTS: Ranges = ALL_PORTS;
const PORT_PROTOCOLS: Ranges = [
  [TCP, TCP],
  [UDP, UDP],
  [SCTP, SCTP],
];

const FULL: Box = {
  source: ANY_ADDRESS,
  destination: ANY_ADDRESS,
  protocols: ALL_BYTES,
  fragments: WHOLE_AND_NON_INITIAL,
  l4a: ALL_SLOTS,
  l4b: ALL_SLOTS,
  tcpFlags: ALL_FLAGS,
  tos: ALL_BYTES,
  ttl: ALL_BYTES,
};

/** Every packet. */
export const fullBox = (): Box => FULL;

const isFullSlot = (r: Ranges): boolean =>
  r === ALL_SLOTS || (r.length === 1 && r[0]![0] === 0 && r[0]![1] === 65535);

const flagSets = new Map<string, Ranges>();

/** The combinations that a flag condition holds for; the same object for the same condition. */
export function flagsMatching(match: TcpFlagMatch): Ranges {
  const key = match.kind === 'established' ? match.kind : `${match.kind} ${match.set} ${match.clear}`;
  let set = flagSets.get(key);
  if (set === undefined) {
    set = listFlags(match);
    flagSets.set(key, set);
  }
  return set;
}

function listFlags(match: TcpFlagMatch): Ranges {
  const combinations: number[] = [];
  for (let flags = 0; flags < 64; flags++) {
    const holds =
      match.kind === 'established'
        ? (flags & 0b010100) !== 0
        : match.kind === 'any'
          ? (flags & match.set) !== 0 || (~flags & match.clear) !== 0
          : (flags & match.set) === match.set && (flags & match.clear) === 0;
    if (holds) combinations.push(flags);
  }
  return rangesOf(combinations);
}

export interface BoxFields {
  readonly source?: AddressPattern | undefined;
  readonly destination?: AddressPattern | undefined;
  readonly protocol?: number | 'ip' | readonly number[] | undefined;
  readonly sourcePorts?: Ranges | undefined;
  readonly destinationPorts?: Ranges | undefined;
  readonly icmp?: { readonly type: number; readonly code: number | null } | undefined;
  readonly igmpType?: number | undefined;
  readonly tcpFlags?: TcpFlagMatch | { readonly exactly: number } | undefined;
  /** Default: both, or whole where a layer-4 condition stands. */
  readonly fragments?: 'whole' | 'non-initial' | 'both' | undefined;
  readonly tos?: Ranges | undefined;
  readonly ttl?: Ranges | undefined;
}

// The one shared set of each protocol alone: lists name the same few thousands of times.
const protocolSets: readonly Ranges[] = Array.from({ length: 256 }, (_, n) => [[n, n]]);
const onlyProtocol = (number: number): Ranges => protocolSets[number]!;

function protocolsOf(protocol: BoxFields['protocol']): Ranges {
  if (protocol === undefined || protocol === 'ip') return ALL_BYTES;
  return typeof protocol === 'number' ? onlyProtocol(protocol) : rangesOf(protocol);
}

function fragmentsOf(fragments: BoxFields['fragments']): FragmentSet {
  if (fragments === 'whole') return WHOLE;
  return fragments === 'non-initial' ? NON_INITIAL : WHOLE_AND_NON_INITIAL;
}

/**
 * The box of these conditions. A layer-4 condition narrows the protocols to those that have the field, and the
 * packets to whole ones. Null when nothing can meet them all (a port of GRE, a flag of a later fragment).
 */
export function tryMakeBox(fields: BoxFields): Box | null {
  let protocols = protocolsOf(fields.protocol);
  let fragments: number = fragmentsOf(fields.fragments);
  let l4a = ALL_SLOTS;
  let l4b = ALL_SLOTS;
  let tcpFlags = ALL_FLAGS;
  if (fields.sourcePorts || fields.destinationPorts) {
    protocols = among(protocols, PORT_PROTOCOLS);
    fragments &= WHOLE;
    l4a = fields.sourcePorts ?? ALL_SLOTS;
    l4b = fields.destinationPorts ?? ALL_SLOTS;
  }
  if (fields.icmp) {
    protocols = among(protocols, onlyProtocol(ICMP));
    fragments &= WHOLE;
    l4a = scaled(fields.icmp.type, 256);
    if (fields.icmp.code !== null) l4b = scaled(fields.icmp.code, 256);
  }
  if (fields.igmpType !== undefined) {
    protocols = among(protocols, onlyProtocol(IGMP));
    fragments &= WHOLE;
    l4a = scaled(fields.igmpType, 4096);
  }
  if (fields.tcpFlags) {
    protocols = among(protocols, onlyProtocol(TCP));
    fragments &= WHOLE;
    tcpFlags =
      'exactly' in fields.tcpFlags ? rangesOf([fields.tcpFlags.exactly]) : flagsMatching(fields.tcpFlags);
  }
  const tos = fields.tos ?? ALL_BYTES;
  const ttl = fields.ttl ?? ALL_BYTES;
  if (fragments === 0 || protocols.length === 0 || l4a.length === 0 || l4b.length === 0) return null;
  if (tcpFlags.length === 0 || tos.length === 0 || ttl.length === 0) return null;
  return {
    source: fields.source ?? ANY_ADDRESS,
    destination: fields.destination ?? ANY_ADDRESS,
    protocols,
    fragments: fragments as FragmentSet,
    l4a,
    l4b,
    tcpFlags,
    tos,
    ttl,
  };
}

/** Those protocols that have the field. */
const among = (protocols: Ranges, carriers: Ranges): Ranges =>
  rangesCover(carriers, protocols) ? protocols : intersectRanges(protocols, carriers);

const scaled = (value: number, scale: number): Ranges => [[value * scale, value * scale + scale - 1]];

/** tryMakeBox for conditions that the caller knows to be satisfiable. */
export function makeBox(fields: BoxFields): Box {
  const box = tryMakeBox(fields);
  if (box === null) throw new Error('no packet meets these conditions');
  return box;
}

/** The box of exactly this packet. */
export const boxOfPacket = (packet: Packet): Box => {
  const { protocol } = packet;
  const whole = !packet.nonInitialFragment;
  const slots = whole ? packetSlots(packet) : null;
  return {
    source: hostPattern(packet.source),
    destination: hostPattern(packet.destination),
    protocols: rangesOf([protocol]),
    fragments: whole ? WHOLE : NON_INITIAL,
    l4a: slots ? slots[0] : ALL_SLOTS,
    l4b: slots ? slots[1] : ALL_SLOTS,
    tcpFlags: whole && protocol === TCP ? rangesOf([packet.tcpFlags & 63]) : ALL_FLAGS,
    tos: rangesOf([packet.tosByte]),
    ttl: rangesOf([packet.ttl]),
  };
};

function packetSlots(packet: Packet): readonly [Ranges, Ranges] | null {
  if (hasPorts(packet.protocol)) return [rangesOf([packet.sourcePort]), rangesOf([packet.destinationPort])];
  if (packet.protocol === ICMP) return [scaled(packet.icmpType, 256), scaled(packet.icmpCode, 256)];
  if (packet.protocol === IGMP) return [scaled(packet.igmpType, 4096), ALL_SLOTS];
  return null;
}

export function boxContains(box: Box, packet: Packet): boolean {
  const way = packet.nonInitialFragment ? NON_INITIAL : WHOLE;
  if (
    (box.fragments & way) === 0 ||
    !rangesHave(box.protocols, packet.protocol) ||
    !patternContains(box.source, packet.source) ||
    !patternContains(box.destination, packet.destination) ||
    !rangesHave(box.tos, packet.tosByte) ||
    !rangesHave(box.ttl, packet.ttl)
  )
    return false;
  if (packet.nonInitialFragment) return true;
  switch (packet.protocol) {
    case TCP:
      return rangesHave(box.tcpFlags, packet.tcpFlags & 63) && portsHold(box, packet);
    case UDP:
    case SCTP:
      return portsHold(box, packet);
    case ICMP:
      return rangesHave(box.l4a, packet.icmpType * 256) && rangesHave(box.l4b, packet.icmpCode * 256);
    case IGMP:
      return rangesHave(box.l4a, packet.igmpType * 4096);
    default:
      return true;
  }
}

const portsHold = (box: Box, packet: Packet): boolean =>
  rangesHave(box.l4a, packet.sourcePort) && rangesHave(box.l4b, packet.destinationPort);

export const boxSource = (box: Box): AddressPattern => box.source;
export const boxDestination = (box: Box): AddressPattern => box.destination;

/** Protocol numbers, ascending; all 256 for `ip`. */
export function boxProtocols(box: Box): readonly number[] {
  const numbers: number[] = [];
  for (const [lo, hi] of box.protocols) for (let n = lo; n <= hi; n++) numbers.push(n);
  return numbers;
}

export const boxIsAnyProtocol = (box: Box): boolean => sameRanges(box.protocols, ALL_BYTES);

/** True when every packet of the box carries ports. */
export const boxHasPorts = (box: Box): boolean =>
  box.fragments === WHOLE && box.protocols.every(([lo, hi]) => lo === hi && hasPorts(lo));

export const boxIsIcmp = (box: Box): boolean => box.fragments === WHOLE && isExactly(box.protocols, ICMP);

export const boxIsWholeTcp = (box: Box): boolean => box.fragments === WHOLE && isExactly(box.protocols, TCP);

const isExactly = (set: Ranges, value: number): boolean =>
  set.length === 1 && set[0]![0] === value && set[0]![1] === value;

/** All ports where the box's packets have none or are not limited. */
export const boxSourcePorts = (box: Box): Ranges => (boxHasPorts(box) ? box.l4a : ALL_PORTS);
export const boxDestinationPorts = (box: Box): Ranges => (boxHasPorts(box) ? box.l4b : ALL_PORTS);

/** Types and codes of an ICMP box, 0–255 each; null for any other. */
export const boxIcmp = (box: Box): { readonly types: Ranges; readonly codes: Ranges } | null =>
  boxIsIcmp(box) ? { types: unscale(box.l4a), codes: unscale(box.l4b) } : null;

const unscale = (slots: Ranges): Ranges => slots.map(([lo, hi]) => [lo >>> 8, hi >>> 8]);

/** The flag combinations of a whole-TCP box; null for any other. */
export const boxTcpFlags = (box: Box): Ranges | null => (boxIsWholeTcp(box) ? box.tcpFlags : null);

/** The same packets sent from elsewhere (NAT). */
export const withSource = (box: Box, source: AddressPattern): Box => ({ ...box, source });
export const withDestination = (box: Box, destination: AddressPattern): Box => ({ ...box, destination });

/** The same packets with other ports; only for a box all of whose packets carry ports. */
export function withPorts(box: Box, ports: { readonly source?: Ranges; readonly destination?: Ranges }): Box {
  if (!boxHasPorts(box)) throw new Error('only whole tcp, udp and sctp packets have ports to rewrite');
  return { ...box, l4a: ports.source ?? box.l4a, l4b: ports.destination ?? box.l4b };
}

/** Same packets seen from the other end: addresses and, where all have them, ports exchanged. */
export const swapEnds = (box: Box): Box => ({
  ...box,
  source: box.destination,
  destination: box.source,
  ...(boxHasPorts(box) ? { l4a: box.l4b, l4b: box.l4a } : {}),
});

function rangesMeet(a: Ranges, b: Ranges): boolean {
  if (a === b) return true;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const x = a[i]!;
    const y = b[j]!;
    if (x[0] <= y[1] && y[0] <= x[1]) return true;
    if (x[1] < y[1]) i++;
    else j++;
  }
  return false;
}

function rangesCover(outer: Ranges, inner: Ranges): boolean {
  if (outer === inner) return true;
  let i = 0;
  for (const [lo, hi] of inner) {
    while (i < outer.length && outer[i]![1] < lo) i++;
    if (i === outer.length || outer[i]![0] > lo || outer[i]![1] < hi) return false;
  }
  return true;
}

/** Keeps the object of a field that is not cut, so that unconstrained fields stay the shared constants. */
const meet = (a: Ranges, b: Ranges): Ranges =>
  rangesCover(b, a) ? a : rangesCover(a, b) ? b : intersectRanges(a, b);

export const boxesOverlap = (a: Box, b: Box): boolean =>
  patternsOverlap(a.source, b.source) &&
  patternsOverlap(a.destination, b.destination) &&
  (a.fragments & b.fragments) !== 0 &&
  rangesMeet(a.protocols, b.protocols) &&
  rangesMeet(a.l4a, b.l4a) &&
  rangesMeet(a.l4b, b.l4b) &&
  rangesMeet(a.tcpFlags, b.tcpFlags) &&
  rangesMeet(a.tos, b.tos) &&
  rangesMeet(a.ttl, b.ttl);

export const boxCovers = (outer: Box, inner: Box): boolean =>
  patternCovers(outer.source, inner.source) &&
  patternCovers(outer.destination, inner.destination) &&
  (inner.fragments & ~outer.fragments) === 0 &&
  rangesCover(outer.protocols, inner.protocols) &&
  rangesCover(outer.l4a, inner.l4a) &&
  rangesCover(outer.l4b, inner.l4b) &&
  rangesCover(outer.tcpFlags, inner.tcpFlags) &&
  rangesCover(outer.tos, inner.tos) &&
  rangesCover(outer.ttl, inner.ttl);

export const sameBox = (a: Box, b: Box): boolean =>
  a === b ||
  (samePattern(a.source, b.source) &&
    samePattern(a.destination, b.destination) &&
    boxCovers(a, b) &&
    boxCovers(b, a));

/** The same boxes in the same order. */
export const sameBoxes = (a: readonly Box[], b: readonly Box[]): boolean =>
  a === b || (a.length === b.length && a.every((box, i) => sameBox(box, b[i]!)));

/** What two patterns that overlap share. */
export const intersectPatterns = (a: AddressPattern, b: AddressPattern): AddressPattern =>
  patternCovers(b, a)
    ? a
    : patternCovers(a, b)
      ? b
      : ({
          address: (a.address | b.address) >>> 0,
          wildcard: (a.wildcard & b.wildcard) >>> 0,
        } as AddressPattern);

export function intersectBoxes(a: Box, b: Box): Box | null {
  if (!boxesOverlap(a, b)) return null;
  return {
    source: intersectPatterns(a.source, b.source),
    destination: intersectPatterns(a.destination, b.destination),
    protocols: meet(a.protocols, b.protocols),
    fragments: (a.fragments & b.fragments) as FragmentSet,
    l4a: meet(a.l4a, b.l4a),
    l4b: meet(a.l4b, b.l4b),
    tcpFlags: meet(a.tcpFlags, b.tcpFlags),
    tos: meet(a.tos, b.tos),
    ttl: meet(a.ttl, b.ttl),
  };
}

/** Disjoint patterns, widest first, that together are `a` without `b`; `a` and `b` overlap. */
export function subtractPattern(a: AddressPattern, b: AddressPattern): readonly AddressPattern[] {
  const out: AddressPattern[] = [];
  let { address, wildcard } = a as { address: number; wildcard: number };
  for (let cut = wildcard & ~b.wildcard; cut !== 0; ) {
    const bit = 0x80000000 >>> Math.clz32(cut);
    cut &= ~bit;
    wildcard = (wildcard & ~bit) >>> 0;
    const same = b.address & bit;
    out.push({ address: (address | (same ^ bit)) >>> 0, wildcard } as AddressPattern);
    address = (address | same) >>> 0;
  }
  return out;
}

const CUT_FIELDS = ['tos', 'ttl', 'l4b', 'l4a', 'tcpFlags'] as const;

/**
 * Disjoint boxes that together are `a` without `b`. Protocols and fragments are cut first: what is left then
 * lies inside b's own protocols, where b's layer-4 fields mean something (the invariant of Box).
 */
export function subtractBox(a: Box, b: Box): readonly Box[] {
  if (!boxesOverlap(a, b)) return [a];
  const out: Box[] = [];
  let rest = a;
  if (!rangesCover(b.protocols, a.protocols)) {
    out.push({ ...a, protocols: subtractRanges(a.protocols, b.protocols) });
    rest = { ...rest, protocols: meet(a.protocols, b.protocols) };
  }
  const otherWay = a.fragments & ~b.fragments;
  if (otherWay !== 0) {
    out.push({ ...rest, fragments: otherWay as FragmentSet });
    rest = { ...rest, fragments: (a.fragments & b.fragments) as FragmentSet };
  }
  for (const source of subtractPattern(a.source, b.source)) out.push({ ...rest, source });
  rest = { ...rest, source: intersectPatterns(a.source, b.source) };
  for (const destination of subtractPattern(a.destination, b.destination)) out.push({ ...rest, destination });
  rest = { ...rest, destination: intersectPatterns(a.destination, b.destination) };
  for (const field of CUT_FIELDS) {
    if (rangesCover(b[field], rest[field])) continue;
    out.push({ ...rest, [field]: subtractRanges(rest[field], b[field]) });
    rest = { ...rest, [field]: meet(rest[field], b[field]) };
  }
  return out;
}

/** True when l4 slots or flags limit the box: only packets that carry them are in it. */
export const boxAsksLayer4 = (box: Box): boolean =>
  !isFullSlot(box.l4a) || !isFullSlot(box.l4b) || !sameRanges(box.tcpFlags, ALL_FLAGS);
