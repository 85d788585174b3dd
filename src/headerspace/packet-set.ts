import type { AddressPattern } from '../model/address.ts';
import { freeBits } from '../model/address.ts';
import { hasPorts, ICMP, IGMP, type Packet, TCP } from '../model/packet.ts';
import { countRanges, type Ranges, toRanges } from '../model/ports.ts';
import { pushAll } from '../model/push-all.ts';
import { patternsMinus } from './address-region.ts';
import {
  type Box,
  boxContains,
  boxCovers,
  boxDestinationPorts,
  boxesOverlap,
  boxHasPorts,
  boxIsIcmp,
  boxProtocols,
  fullBox,
  intersectBoxes,
  NON_INITIAL,
  subtractBox,
  WHOLE,
} from './box.ts';
import { isHabitual, namesNobody, naturalPacket } from './witness.ts';

/** A set of packets as pairwise disjoint boxes. */
export type PacketSet = readonly Box[];

export const EMPTY_SET: PacketSet = [];
export const allPackets = (): PacketSet => [fullBox()];

export const isEmpty = (set: PacketSet): boolean => set.length === 0;

export const setContains = (set: PacketSet, packet: Packet): boolean =>
  set.some((box) => boxContains(box, packet));

export function intersect(a: PacketSet, b: PacketSet): PacketSet {
  const out: Box[] = [];
  for (const x of a)
    for (const y of b) {
      const both = intersectBoxes(x, y);
      if (both) out.push(both);
    }
  return out;
}

/** `a` without `b`; b's boxes may overlap one another. */
export const subtract = (a: PacketSet, b: readonly Box[]): PacketSet =>
  trySubtract(a, b, Number.POSITIVE_INFINITY)!;

/** The same, or null as soon as more than `most` boxes are at hand. */
export function trySubtract(a: PacketSet, b: readonly Box[], most: number): PacketSet | null {
  let rest: Box[] = [...a];
  for (const cut of b) {
    if (rest.length === 0) break;
    if (!rest.some((box) => boxesOverlap(box, cut))) continue;
    rest = rest.flatMap((box) => subtractBox(box, cut));
    if (rest.length > most) return null;
  }
  return rest;
}

export const union = (a: PacketSet, b: PacketSet): PacketSet => [...a, ...subtract(b, a)];

/** Disjoint boxes of the union of boxes that may overlap. */
export const disjoint = (boxes: readonly Box[]): PacketSet => tryDisjoint(boxes, Number.POSITIVE_INFINITY)!;

/** The same, or null as soon as more than `most` boxes are at hand. */
export function tryDisjoint(boxes: readonly Box[], most: number): PacketSet | null {
  const out: Box[] = [];
  // Boxes as they came, not what is left of each: few wide cuts leave fewer pieces than thousands of small ones.
  const taken: Box[] = [];
  for (const box of boxes) {
    if (taken.some((earlier) => boxCovers(earlier, box))) continue;
    const left = trySubtract([box], taken, most - out.length);
    if (left === null) return null;
    pushAll(out, left);
    taken.push(box);
  }
  return out;
}

/** True when every packet of `inner` is in `outer`. */
export const covers = (outer: readonly Box[], inner: PacketSet): boolean =>
  inner.every((box) => isEmpty(subtract([box], outer)));

export const sameSet = (a: PacketSet, b: PacketSet): boolean => covers(a, b) && covers(b, a);

/** One packet of the set, as ordinary as the set allows; null when the set is empty. */
export function witness(set: PacketSet): Packet | null {
  let first: Packet | null = null;
  let habitual: Packet | null = null;
  for (const box of set) {
    const packet = naturalPacket(box);
    if (namesNobody(packet, box)) return packet;
    if (isHabitual(packet)) habitual ??= packet;
    first ??= packet;
  }
  return habitual ?? first;
}

const countAddresses = (box: Box): bigint => 1n << BigInt(freeBits(box.source) + freeBits(box.destination));

/** How many different layer-4 headers the box allows a whole packet of this protocol. */
function countHeaders(box: Box, protocol: number): bigint {
  const slots = (width: number): bigint => BigInt(countRanges(box.l4a) / width);
  if (hasPorts(protocol)) {
    const ports = slots(1) * BigInt(countRanges(box.l4b));
    return protocol === TCP ? ports * BigInt(countRanges(box.tcpFlags)) : ports;
  }
  if (protocol === ICMP) return slots(256) * BigInt(countRanges(box.l4b) / 256);
  if (protocol === IGMP) return slots(4096);
  return 1n;
}

function countBox(box: Box): bigint {
  let headers = 0n;
  for (const protocol of boxProtocols(box)) {
    if (box.fragments & WHOLE) headers += countHeaders(box, protocol);
    if (box.fragments & NON_INITIAL) headers += 1n;
  }
  return countAddresses(box) * headers * BigInt(countRanges(box.tos) * countRanges(box.ttl));
}

/** How many different packets (every field of Packet that the protocol carries) the set has. */
export const countPackets = (set: PacketSet): bigint => set.reduce((sum, box) => sum + countBox(box), 0n);

/** Addresses × ports, or × ICMP types × codes, or addresses alone; every other field projected out. */
export const countProjected = (box: Box): bigint => BigInt(projectedSize(box));

/** The same in decimals. */
export function writeProjected(box: Box): string {
  const size = projectedSize(box);
  // Of thousands of boxes most are small.
  return Number.isSafeInteger(size) ? `${size}` : `${BigInt(size)}`;
}

/** Exact, however large: a power of two times at most 2^32. */
function projectedSize(box: Box): number {
  const addresses = 2 ** (freeBits(box.source) + freeBits(box.destination));
  if (boxHasPorts(box)) return addresses * countRanges(box.l4a) * countRanges(box.l4b);
  if (boxIsIcmp(box)) return addresses * (countRanges(box.l4a) / 256) * (countRanges(box.l4b) / 256);
  return addresses;
}

/** Destination ports for which some packet of the set exists. */
export const projectDestinationPorts = (set: PacketSet): Ranges =>
  toRanges(set.flatMap((box) => [...boxDestinationPorts(box)]));

function disjointPatterns(patterns: Iterable<AddressPattern>): readonly AddressPattern[] {
  let out: AddressPattern[] = [];
  const widestFirst = [...patterns].sort((a, b) => freeBits(b) - freeBits(a));
  for (const pattern of widestFirst) {
    out = [...out, ...out.reduce(patternsMinus, [pattern])];
  }
  return out;
}

/** Source addresses for which some packet of the set exists, as disjoint patterns. */
export const projectSources = (set: PacketSet): readonly AddressPattern[] =>
  disjointPatterns(set.map((box) => box.source));
