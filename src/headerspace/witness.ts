import { type AddressPattern, freeBits, type Ipv4, patternContains, toIpv4 } from '../model/address.ts';
import { ACK, FIN, hasPorts, ICMP, IGMP, type Packet, PSH, RST, SYN, TCP, UDP } from '../model/packet.ts';
import { type Ranges, rangesHave } from '../model/ports.ts';
import { type Box, NON_INITIAL, WHOLE } from './box.ts';

const EPHEMERAL = 49152;
const quad = (a: number, b: number, c: number, d: number): number =>
  ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;

// What fills the free bits, in order of preference; the first that makes a unicast address wins.
const SOURCE_FILLS = [
  quad(0, 0, 0, 1),
  quad(198, 51, 100, 1),
  quad(10, 0, 0, 1),
  quad(64, 0, 0, 1),
  quad(1, 0, 0, 1),
];
const DESTINATION_FILLS = [
  quad(0, 0, 0, 2),
  quad(192, 0, 2, 2),
  quad(10, 0, 0, 2),
  quad(64, 0, 0, 2),
  quad(1, 0, 0, 2),
];
const FLAGS_BY_HABIT = [SYN, ACK, SYN | ACK, PSH | ACK, RST, RST | ACK, FIN | ACK, 0];
const PROTOCOLS_BY_HABIT = [TCP, UDP, ICMP];
const ICMP_BY_HABIT = [8 * 256];
const TOS_BY_HABIT = [0];
const TTL_BY_HABIT = [64, 128, 255];

function isUnicast(address: number): boolean {
  const first = address >>> 24;
  return first >= 1 && first <= 223 && first !== 127;
}

/** Networks for documents, private and shared ones: no witness of a wide set need name somebody's host. */
const NOBODYS: readonly (readonly [network: number, length: number])[] = [
  [quad(198, 51, 100, 0), 24],
  [quad(203, 0, 113, 0), 24],
  [quad(192, 0, 2, 0), 24],
  [quad(10, 0, 0, 0), 8],
  [quad(172, 16, 0, 0), 12],
  [quad(192, 168, 0, 0), 16],
  [quad(100, 64, 0, 0), 10],
];

const isNobodys = (address: Ipv4): boolean =>
  NOBODYS.some(([network, length]) => (address ^ network) >>> (32 - length) === 0);

/** Wider than any network that somebody writes down: what is left of everything when lines are taken out. */
const isWide = (pattern: AddressPattern): boolean => freeBits(pattern) > 24;

/** What documents call a host at either end of a packet. */
interface Habits {
  readonly fills: readonly number[];
  /** Of wide sets: addresses that are nobody's, in order of preference. */
  readonly nobodys: readonly Ipv4[];
}

const habitsOf = (fills: readonly number[]): Habits => ({
  fills,
  nobodys: [...fills, ...NOBODYS.map(([network]) => network | 1)].map(toIpv4).filter(isNobodys),
});
const AS_SOURCE = habitsOf(SOURCE_FILLS);
const AS_DESTINATION = habitsOf(DESTINATION_FILLS);

function chooseAddress(pattern: AddressPattern, { fills, nobodys }: Habits, taken: Ipv4 | null): Ipv4 {
  if (isWide(pattern))
    for (const address of nobodys) if (address !== taken && patternContains(pattern, address)) return address;
  let fallback: Ipv4 | null = null;
  for (const bits of fills) {
    const address = fill(pattern, bits);
    if (!isUnicast(address)) continue;
    if (address !== taken) return address;
    fallback = address;
  }
  return fallback ?? fill(pattern, fills[0]!);
}

const fill = (pattern: AddressPattern, bits: number): Ipv4 =>
  toIpv4(pattern.address | (bits & pattern.wildcard));

const lowest = (set: Ranges): number => set[0]![0];

/** The first wish that the set has, or else its lowest value. */
function prefer(set: Ranges, wishes: readonly number[]): number {
  const [lo, hi] = set[0]!;
  if (lo === hi && set.length === 1) return lo;
  for (const wish of wishes) if (rangesHave(set, wish)) return wish;
  return lo;
}

function chooseSourcePort(ports: Ranges): number {
  for (const [, hi] of ports)
    if (hi >= EPHEMERAL) return Math.max(EPHEMERAL, ports.find((r) => r[1] >= EPHEMERAL)![0]);
  return firstUsablePort(ports);
}

/** Port 0 is on no real packet: taken only when nothing else is left. */
const firstUsablePort = (ports: Ranges): number => {
  const [lo, hi] = ports[0]!;
  if (lo > 0) return lo;
  return hi > 0 ? 1 : (ports[1]?.[0] ?? 0);
};

function chooseDestinationPort(ports: Ranges, protocol: number): number {
  const usual = protocol === UDP ? 53 : 80;
  return ports[0]![0] <= 1 && rangesHave(ports, usual) ? usual : firstUsablePort(ports);
}

/** The packet of the box that looks most like one an ordinary sender sends. */
export function naturalPacket(box: Box): Packet {
  const protocol = prefer(box.protocols, PROTOCOLS_BY_HABIT);
  const source = chooseAddress(box.source, AS_SOURCE, null);
  const whole = (box.fragments & WHOLE) !== 0;
  const ports = whole && hasPorts(protocol);
  const icmp = whole && protocol === ICMP;
  // Told field by field: of thousands of packets, spreading takes longer than all else.
  return {
    sourcePort: ports ? chooseSourcePort(box.l4a) : 0,
    destinationPort: ports ? chooseDestinationPort(box.l4b, protocol) : 0,
    icmpType: icmp ? prefer(box.l4a, ICMP_BY_HABIT) >>> 8 : 0,
    icmpCode: icmp ? lowest(box.l4b) >>> 8 : 0,
    igmpType: whole && protocol === IGMP ? lowest(box.l4a) >>> 12 : 0,
    tcpFlags: whole && protocol === TCP ? prefer(box.tcpFlags, FLAGS_BY_HABIT) : 0,
    nonInitialFragment: !whole && box.fragments === NON_INITIAL,
    tosByte: prefer(box.tos, TOS_BY_HABIT),
    ttl: prefer(box.ttl, TTL_BY_HABIT),
    source,
    destination: chooseAddress(box.destination, AS_DESTINATION, source),
    protocol,
  };
}

export const isHabitual = (packet: Packet): boolean =>
  !packet.nonInitialFragment && isUnicast(packet.source) && isUnicast(packet.destination);

/** True where both ends are the list's own terms, or nobody's. */
export const namesNobody = (packet: Packet, box: Box): boolean =>
  isHabitual(packet) &&
  (isNobodys(packet.source) || !isWide(box.source)) &&
  (isNobodys(packet.destination) || !isWide(box.destination));

/** Addresses that documents use for "some stranger" and "some host", the most telling first. */
const ORDINARY_SOURCES = [quad(198, 51, 100, 1), quad(203, 0, 113, 1), quad(192, 0, 2, 1), ...SOURCE_FILLS];
const ORDINARY_DESTINATIONS = [
  quad(192, 0, 2, 2),
  quad(198, 51, 100, 2),
  quad(203, 0, 113, 2),
  ...DESTINATION_FILLS,
];

/** Packets of the box that a person can read, the most natural one first: the others have other addresses. */
export function ordinaryPackets(box: Box): readonly Packet[] {
  const natural = naturalPacket(box);
  return [
    natural,
    ...ORDINARY_SOURCES.map((bits) => ({ ...natural, source: fill(box.source, bits) })),
    ...ORDINARY_DESTINATIONS.map((bits) => ({ ...natural, destination: fill(box.destination, bits) })),
  ].filter((p, i) => i === 0 || (isUnicast(p.source) && isUnicast(p.destination)));
}

const FIELDS = [
  'protocol',
  'nonInitialFragment',
  'source',
  'destination',
  'sourcePort',
  'destinationPort',
  'icmpType',
  'icmpCode',
  'igmpType',
  'tcpFlags',
  'tosByte',
  'ttl',
] as const;

/**
 * Brings a packet closer to more ordinary ones, field by field, as far as `holds` stays true. Found by chance,
 * a witness has random addresses and ports; this one a person can read.
 */
export function makeOrdinary(
  found: Packet,
  models: readonly Packet[],
  holds: (packet: Packet) => boolean,
): Packet {
  const whole = models.find(holds);
  if (whole) return whole;
  let packet = found;
  for (const field of FIELDS)
    for (const value of new Set(models.map((m) => m[field]))) {
      if (packet[field] === value) break;
      const closer = { ...packet, [field]: value };
      if (!holds(closer)) continue;
      packet = closer;
      break;
    }
  return packet;
}
