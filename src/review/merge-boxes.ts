import {
  ALL_FLAGS,
  ALL_SLOTS,
  type Box,
  boxCovers,
  type FragmentSet,
  intersectBoxes,
} from '../headerspace/box.ts';
import { countPackets, intersect, subtract } from '../headerspace/packet-set.ts';
import type { AddressPattern } from '../model/address.ts';
import { type Ranges, sameRanges, unionRanges } from '../model/ports.ts';

/**
 * The same packets in fewer, still disjoint boxes. `terms` are boxes that a reader knows from the configuration:
 * where one of them is wholly part of the set, it becomes one box again, however it was cut up before.
 */
export function mergeBoxes(boxes: readonly Box[], terms: readonly Box[]): readonly Box[] {
  const whole: Box[] = [];
  let rest = boxes;
  for (const term of terms) {
    if (rest.length < 2) break;
    const inside = intersect(rest, [term]);
    if (inside.length < 2 || countPackets(inside) !== countPackets([term])) continue;
    whole.push(term);
    rest = subtract(rest, [term]);
  }
  return [...whole, ...mergeNeighbours(rest)];
}

/** Boxes that two lines have in common, widest first: where the one decided before and the other decides now. */
export function commonTerms(before: readonly Box[], after: readonly Box[]): readonly Box[] {
  const terms: Box[] = [];
  for (const a of before)
    for (const b of after) {
      const both = intersectBoxes(a, b);
      if (both && !terms.some((t) => boxCovers(t, both))) terms.push(both);
    }
  return terms;
}

type RangeField = 'protocols' | 'l4a' | 'l4b' | 'tcpFlags' | 'tos' | 'ttl';
const RANGE_FIELDS: readonly RangeField[] = ['l4b', 'l4a', 'tcpFlags', 'tos', 'ttl', 'protocols'];
const PATTERN_FIELDS = ['source', 'destination'] as const;

/** Joins boxes that differ in one field only, over and over until none are left. */
function mergeNeighbours(boxes: readonly Box[]): readonly Box[] {
  let current = boxes;
  for (;;) {
    const size = current.length;
    if (size < 2) return current;
    for (const field of PATTERN_FIELDS)
      current = mergeField(current, field, (group) => joinPatterns(group, field));
    for (const field of RANGE_FIELDS)
      current = mergeField(current, field, (group) => joinRanges(group, field));
    current = mergeField(current, 'fragments', joinFragments);
    if (current.length === size) return current;
  }
}

function mergeField(
  boxes: readonly Box[],
  field: keyof Box,
  join: (group: readonly Box[]) => readonly Box[],
): readonly Box[] {
  const groups = new Map<string, Box[]>();
  for (const box of boxes) {
    const key = keyWithout(box, field);
    const group = groups.get(key);
    if (group) group.push(box);
    else groups.set(key, [box]);
  }
  return [...groups.values()].flatMap((group) => (group.length === 1 ? group : join(group)));
}

const patternKey = (p: AddressPattern): string => `${p.address}/${p.wildcard}`;

function keyWithout(box: Box, field: keyof Box): string {
  const parts: string[] = [];
  if (field !== 'source') parts.push(patternKey(box.source));
  if (field !== 'destination') parts.push(patternKey(box.destination));
  if (field !== 'fragments') parts.push(String(box.fragments));
  for (const f of RANGE_FIELDS) if (f !== field) parts.push(box[f].join(' '));
  return parts.join('|');
}

function joinRanges(group: readonly Box[], field: RangeField): readonly Box[] {
  // A layer-4 condition means one thing for ports and another for ICMP: only boxes without any join protocols.
  if (field === 'protocols' && asksLayer4(group[0]!)) return group;
  const joined = group.reduce<Ranges>((all, box) => unionRanges(all, box[field]), []);
  return [{ ...group[0]!, [field]: joined }];
}

const asksLayer4 = (box: Box): boolean =>
  !sameRanges(box.l4a, ALL_SLOTS) || !sameRanges(box.l4b, ALL_SLOTS) || !sameRanges(box.tcpFlags, ALL_FLAGS);

function joinFragments(group: readonly Box[]): readonly Box[] {
  if (asksLayer4(group[0]!)) return group;
  const fragments = group.reduce<number>((all, box) => all | box.fragments, 0) as FragmentSet;
  return [{ ...group[0]!, fragments }];
}

/** Pairs of patterns that differ in one bit become one, lowest bits first, so that prefixes grow back. */
function joinPatterns(group: readonly Box[], field: 'source' | 'destination'): readonly Box[] {
  const byWildcard = new Map<number, Set<number>>();
  const add = (wildcard: number, address: number): void => {
    const known = byWildcard.get(wildcard);
    if (known) known.add(address);
    else byWildcard.set(wildcard, new Set([address]));
  };
  for (const box of group) add(box[field].wildcard, box[field].address);
  const waiting = [...byWildcard.keys()].sort((a, b) => a - b);
  for (let at = 0; at < waiting.length; at++) {
    const wildcard = waiting[at]!;
    const addresses = byWildcard.get(wildcard)!;
    for (let bit = 1, i = 0; i < 32; i++, bit = (bit << 1) >>> 0) {
      if ((wildcard & bit) !== 0) continue;
      for (const address of [...addresses]) {
        const sibling = (address ^ bit) >>> 0;
        if (!addresses.has(address) || !addresses.has(sibling)) continue;
        addresses.delete(address);
        addresses.delete(sibling);
        const wider = (wildcard | bit) >>> 0;
        if (!byWildcard.has(wider)) waiting.push(wider);
        add(wider, (address & ~bit) >>> 0);
      }
    }
  }
  const patterns = [...byWildcard].flatMap(([wildcard, addresses]) =>
    [...addresses].map((address) => ({ address, wildcard }) as AddressPattern),
  );
  if (patterns.length === group.length) return group;
  return patterns.map((pattern) => ({ ...group[0]!, [field]: pattern }));
}
