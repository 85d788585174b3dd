import type { AddressPattern } from '../model/address.ts';
import { hasPorts } from '../model/packet.ts';
import { type Ranges, unionRanges } from '../model/ports.ts';
import { ALL_SLOTS, type Box, type FragmentSet } from './box.ts';

type Field = keyof Box;
// Ports first: ranges of one service join before their addresses part company.
const ORDER: readonly Field[] = [
  'l4b',
  'l4a',
  'tcpFlags',
  'tos',
  'ttl',
  'protocols',
  'fragments',
  'destination',
  'source',
];

/** The same packets in fewer boxes: joins disjoint boxes that differ in one field only, until none are left. */
export function mergeBoxes(boxes: readonly Box[]): readonly Box[] {
  let merged = boxes;
  for (let before = Number.POSITIVE_INFINITY; merged.length > 1 && merged.length < before; ) {
    before = merged.length;
    for (const field of ORDER) merged = mergeAlong(field, merged);
  }
  return merged;
}

function mergeAlong(field: Field, boxes: readonly Box[]): readonly Box[] {
  const alike = new Map<string, Box[]>();
  for (const box of boxes) {
    const key = keyWithout(field, box);
    const group = alike.get(key);
    if (group) group.push(box);
    else alike.set(key, [box]);
  }
  if (alike.size === boxes.length) return boxes;
  return [...alike.values()].flatMap((group) => (group.length === 1 ? group : joinGroup(field, group)));
}

function joinGroup(field: Field, group: readonly Box[]): readonly Box[] {
  const [first] = group as readonly [Box, ...Box[]];
  switch (field) {
    case 'source':
    case 'destination':
      return joinPatterns(group.map((box) => box[field])).map((pattern) => ({ ...first, [field]: pattern }));
    case 'fragments':
      return [
        { ...first, fragments: group.reduce<number>((all, box) => all | box.fragments, 0) as FragmentSet },
      ];
    default:
      return [{ ...first, [field]: group.map((box) => box[field]).reduce(unionRanges) }];
  }
}

/** Joins patterns that differ in one fixed bit, as often as that goes. */
function joinPatterns(patterns: readonly AddressPattern[]): readonly AddressPattern[] {
  const exact = (address: number, wildcard: number): string => `${address >>> 0}/${wildcard >>> 0}`;
  const present = new Map<string, AddressPattern>();
  const waiting = [...patterns];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { address, wildcard } = next;
    let joined = false;
    for (let bit = 1; bit !== 0 && !joined; bit = (bit << 1) >>> 0) {
      if (wildcard & bit) continue;
      const twin = exact(address ^ bit, wildcard);
      if (!present.delete(twin)) continue;
      waiting.push({ address: (address & ~bit) >>> 0, wildcard: (wildcard | bit) >>> 0 } as AddressPattern);
      joined = true;
    }
    if (!joined) present.set(exact(address, wildcard), next);
  }
  return [...present.values()];
}

const ids = new WeakMap<Ranges, string>();
function rangesKey(set: Ranges): string {
  let key = ids.get(set);
  if (key === undefined) ids.set(set, (key = set.join(' ')));
  return key;
}

function keyWithout(field: Field, box: Box): string {
  let key = '';
  for (const other of ORDER) {
    if (other === field) continue;
    const value = box[other];
    if (other === 'source' || other === 'destination') {
      const { address, wildcard } = value as AddressPattern;
      key += `${address}/${wildcard}|`;
    } else key += other === 'fragments' ? `${value as number}|` : `${rangesKey(value as Ranges)}|`;
  }
  return field === 'protocols' ? `${key}${slotReading(box)}` : key;
}

/** Protocols that read limited l4 slots differently stay apart: ICMP type 3 is not source port 768. */
function slotReading(box: Box): string {
  if (rangesKey(box.l4a) === ALL && rangesKey(box.l4b) === ALL) return 'any';
  const protocol = box.protocols[0]![0];
  return hasPorts(protocol) ? 'ports' : `${protocol}`;
}
const ALL = rangesKey(ALL_SLOTS);
