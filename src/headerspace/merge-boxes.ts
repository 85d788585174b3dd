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
    for (const field of ORDER) if (merged.length > 1) merged = mergeAlong(field, merged);
  }
  return merged;
}

function mergeAlong(field: Field, boxes: readonly Box[]): readonly Box[] {
  const [first] = boxes as readonly [Box, ...Box[]];
  if (boxes.every((box) => box[field] === first[field])) return boxes;
  const numbers = numberAlike(boxes, field);
  if (numbers.count === boxes.length) return boxes;
  return gather(boxes, numbers).flatMap((alike) => (alike.length === 1 ? alike : joinAlike(field, alike)));
}

/**
 * Boxes that agree in all fields but one, in groups; those of one group come in the order given, and so do the groups by
 * their first. Instead of the field `but`, their `labels`, one for each box, are to agree.
 */
export const groupAlike = (
  boxes: readonly Box[],
  field: Field,
  instead?: Instead,
): readonly (readonly Box[])[] => gather(boxes, numberAlike(boxes, field, instead));

interface Instead {
  readonly but: Field;
  readonly labels: readonly string[];
}

/** One number for each box, from 0 to `count`: equal number, one group. */
interface GroupNumbers {
  readonly group: Int32Array;
  readonly count: number;
}

function numberAlike(boxes: readonly Box[], field: Field, instead?: Instead): GroupNumbers {
  const group = new Int32Array(boxes.length);
  const [first] = boxes;
  if (first === undefined) return { group, count: 0 };
  let count = 1;
  const part = (ids: ArrayLike<number>): void => {
    count = refine(group, count, ids);
  };
  // Refines the groups field by field, so that at the end boxes of one group agree in all fields but this one.
  for (const other of ORDER) {
    if (other === field || other === instead?.but || boxes.every((box) => box[other] === first[other]))
      continue;
    if (other === 'fragments') part(boxes.map((box) => box.fragments));
    else if (other === 'source' || other === 'destination') {
      part(boxes.map((box) => box[other].address));
      part(boxes.map((box) => box[other].wildcard));
    } else part(setIds(boxes, other));
  }
  if (field === 'protocols') part(new ValueIds().ofAll(boxes.map(slotReading)));
  if (instead !== undefined) part(new ValueIds().ofAll(instead.labels));
  return { group, count };
}

function gather(boxes: readonly Box[], { group, count }: GroupNumbers): readonly (readonly Box[])[] {
  const members: Box[][] = Array.from({ length: count }, () => []);
  boxes.forEach((box, i) => {
    members[group[i]!]!.push(box);
  });
  return members;
}

/** Parts each group by a second number below 2^32; answers how many groups there are then: fewer than 2^21. */
function refine(group: Int32Array, groups: number, ids: ArrayLike<number>): number {
  const known = new Map<number, number>();
  for (let i = 0; i < group.length; i++) {
    const key = ids[i]! * groups + group[i]!;
    let id = known.get(key);
    if (id === undefined) {
      id = known.size;
      known.set(key, id);
    }
    group[i] = id;
  }
  return known.size;
}

/** Numbers for values: equal number, equal value. */
class ValueIds {
  private readonly byKey = new Map<string | number, number>();

  ofAll(keys: readonly (string | number)[]): Int32Array {
    return Int32Array.from(keys, (key) => this.of(key));
  }

  of(key: string | number): number {
    let id = this.byKey.get(key);
    if (id === undefined) {
      id = this.byKey.size;
      this.byKey.set(key, id);
    }
    return id;
  }
}

function setIds(
  boxes: readonly Box[],
  field: Exclude<Field, 'source' | 'destination' | 'fragments'>,
): Int32Array {
  const seen = new Map<Ranges, number>();
  const ids = new ValueIds();
  return Int32Array.from(boxes, (box) => {
    const set = box[field];
    let id = seen.get(set);
    if (id === undefined) {
      id = ids.of(set.join(' '));
      seen.set(set, id);
    }
    return id;
  });
}

/** Protocols that read limited l4 slots differently stay apart: ICMP type 3 is not source port 768. */
function slotReading(box: Box): string {
  if (isAll(box.l4a) && isAll(box.l4b)) return 'any';
  const protocol = box.protocols[0]![0];
  return hasPorts(protocol) ? 'ports' : `${protocol}`;
}

const isAll = (set: Ranges): boolean => set === ALL_SLOTS || (set[0]![0] === 0 && set[0]![1] === 65535);

function joinAlike(field: Field, alike: readonly Box[]): readonly Box[] {
  const [first] = alike as readonly [Box, ...Box[]];
  switch (field) {
    case 'source':
    case 'destination':
      return joinPatterns(alike.map((box) => box[field])).map((pattern) => ({ ...first, [field]: pattern }));
    case 'fragments':
      return [
        { ...first, fragments: alike.reduce<number>((all, box) => all | box.fragments, 0) as FragmentSet },
      ];
    default:
      return [{ ...first, [field]: alike.map((box) => box[field]).reduce(unionRanges) }];
  }
}

/** Joins patterns that differ in one fixed bit, as often as that goes. */
export function joinPatterns(patterns: readonly AddressPattern[]): readonly AddressPattern[] {
  const present = new Map<number, Map<number, AddressPattern>>();
  const waiting = [...patterns].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { address, wildcard } = next;
    let peers = present.get(wildcard);
    if (peers === undefined) {
      peers = new Map();
      present.set(wildcard, peers);
    }
    let joined = false;
    for (let fixed = ~wildcard; fixed !== 0 && !joined; fixed &= fixed - 1) {
      const bit = fixed & -fixed;
      if (!peers.delete((address ^ bit) >>> 0)) continue;
      waiting.push({ address: (address & ~bit) >>> 0, wildcard: (wildcard | bit) >>> 0 } as AddressPattern);
      joined = true;
    }
    if (!joined) peers.set(address, next);
  }
  return [...present.values()].flatMap((peers) => [...peers.values()]);
}
