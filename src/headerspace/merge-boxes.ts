import { type AddressPattern, samePattern } from '../model/address.ts';
import { hasPorts } from '../model/packet.ts';
import { type Ranges, sameRanges, unionRanges } from '../model/ports.ts';
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
  let columns: Columns | null = null;
  const ids = new SetIds();
  for (let before = Number.POSITIVE_INFINITY; merged.length > 1 && merged.length < before; ) {
    before = merged.length;
    for (const field of ORDER) {
      const [first] = merged;
      if (merged.length < 2 || merged.every((box) => box[field] === first![field])) continue;
      const few = merged.length <= FEW_BOXES;
      if (!few) columns ??= new Columns(merged, ids);
      const joined = joinGroups(field, merged, few ? numberFew(field, merged) : numberAlike(field, columns!));
      if (joined !== merged) columns = null;
      merged = joined;
    }
  }
  return merged;
}

function joinGroups(field: Field, boxes: readonly Box[], numbers: GroupNumbers): readonly Box[] {
  if (numbers.count === boxes.length) return boxes;
  return gather(boxes, numbers).flatMap((alike) => (alike.length === 1 ? alike : joinAlike(field, alike)));
}

/** Up to so many boxes are held against each other: less work than columns of them. */
const FEW_BOXES = 6;

/** As `numberAlike` does, for few boxes. */
function numberFew(field: Field, boxes: readonly Box[]): GroupNumbers {
  const group = new Int32Array(boxes.length);
  let count = 0;
  for (let i = 0; i < boxes.length; i++) {
    let first = 0;
    while (first < i && !areAlikeBut(field, boxes[first]!, boxes[i]!)) first++;
    group[i] = first < i ? group[first]! : count++;
  }
  return { group, count };
}

function areAlikeBut(field: Field, a: Box, b: Box): boolean {
  for (const other of ORDER) if (other !== field && !isSame(other, a, b)) return false;
  return field !== 'protocols' || slotReading(a) === slotReading(b);
}

function isSame(field: Field, a: Box, b: Box): boolean {
  switch (field) {
    case 'fragments':
      return a.fragments === b.fragments;
    case 'source':
    case 'destination':
      return samePattern(a[field], b[field]);
    default:
      return a[field] === b[field] || sameRanges(a[field], b[field]);
  }
}

/**
 * Boxes that agree in all fields but one, in groups; those of one group come in the order given, and so do the groups by
 * their first. Instead of the field `but`, their `labels`, one for each box, are to agree.
 */
export const groupAlike = (
  boxes: readonly Box[],
  field: Field,
  instead?: Instead,
): readonly (readonly Box[])[] =>
  gather(boxes, numberAlike(field, new Columns(boxes, new SetIds()), instead));

interface Instead {
  readonly but: Field;
  readonly labels: readonly string[];
}

/** One number for each box, from 0 to `count`: equal number, one group. */
interface GroupNumbers {
  readonly group: Int32Array;
  readonly count: number;
}

/** Groups by all fields but one; of those in which all boxes agree, nothing has to be held against anything. */
function numberAlike(field: Field, columns: Columns, instead?: Instead): GroupNumbers {
  const others = ORDER.filter((other) => other !== field && other !== instead?.but);
  const parting = others.flatMap((other) => columns.parting(other));
  const hashes = columns.hashesOf(others);
  const also: Int32Array[] = [];
  if (field === 'protocols') also.push(columns.slotReadings());
  if (instead !== undefined) also.push(new ValueIds().ofAll(instead.labels));
  for (const column of also) addHashes(column, hashes);
  return numberRows([...parting, ...also], hashes);
}

const isConstant = (column: Int32Array): boolean => column.every((id) => id === column[0]);

/** Adds to each row's hash what the column says of it: so the hash of some columns is a sum that each has a part in. */
function addHashes(column: Int32Array, hashes: Int32Array, salt = 0): void {
  for (let row = 0; row < hashes.length; row++) {
    const mixed = Math.imul(column[row]! ^ salt, 0x9e3779b1);
    hashes[row] = (hashes[row]! + Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)) | 0;
  }
}

/** The fields of boxes as columns of numbers: equal number, equal value. */
class Columns {
  readonly count: number;
  private readonly boxes: readonly Box[];
  private readonly ids: SetIds;
  private readonly made = new Map<Field, readonly Int32Array[]>();
  private readonly hashes = new Map<Field, Int32Array>();

  constructor(boxes: readonly Box[], ids: SetIds) {
    this.count = boxes.length;
    this.boxes = boxes;
    this.ids = ids;
  }

  /** Those of a field in which not all boxes agree. */
  parting(field: Field): readonly Int32Array[] {
    let columns = this.made.get(field);
    if (columns === undefined) {
      columns = this.make(field).filter((column) => !isConstant(column));
      this.made.set(field, columns);
    }
    return columns;
  }

  /** One hash a box, of all of these fields. */
  hashesOf(fields: readonly Field[]): Int32Array {
    const sums = new Int32Array(this.count);
    for (const field of fields) {
      if (this.parting(field).length === 0) continue;
      const hashes = this.hashesOfOne(field);
      for (let row = 0; row < sums.length; row++) sums[row] = (sums[row]! + hashes[row]!) | 0;
    }
    return sums;
  }

  private hashesOfOne(field: Field): Int32Array {
    let hashes = this.hashes.get(field);
    if (hashes === undefined) {
      hashes = new Int32Array(this.count);
      for (const [i, column] of this.parting(field).entries())
        addHashes(column, hashes, (2 * ORDER.indexOf(field) + i) << 24);
      this.hashes.set(field, hashes);
    }
    return hashes;
  }

  slotReadings(): Int32Array {
    return new ValueIds().ofAll(this.boxes.map(slotReading));
  }

  private make(field: Field): readonly Int32Array[] {
    const column = (number: (box: Box) => number): Int32Array => {
      const numbers = new Int32Array(this.count);
      this.boxes.forEach((box, i) => {
        numbers[i] = number(box);
      });
      return numbers;
    };
    switch (field) {
      case 'fragments':
        return [column((box) => box.fragments)];
      case 'source':
      case 'destination':
        return [column((box) => box[field].address), column((box) => box[field].wildcard)];
      default:
        return [column((box) => this.ids.of(box[field]))];
    }
  }
}

/** Numbers rows of the columns by the order in which the first of their like comes. */
function numberRows(columns: readonly Int32Array[], hashes: Int32Array): GroupNumbers {
  const count = hashes.length;
  const group = new Int32Array(count);
  let size = 16;
  while (size < 2 * count) size *= 2;
  /** The first row of a group, plus one, by hash; whoever finds a place taken goes on to the next. */
  const slots = new Int32Array(size);
  const areAlike = (a: number, b: number): boolean => {
    if (hashes[a] !== hashes[b]) return false;
    for (const column of columns) if (column[a] !== column[b]) return false;
    return true;
  };
  let groups = 0;
  for (let row = 0; row < count; row++) {
    const hash = hashes[row]!;
    let slot = (hash ^ (hash >>> 16)) & (size - 1);
    let first = slots[slot]! - 1;
    while (first !== -1 && !areAlike(first, row)) {
      slot = (slot + 1) & (size - 1);
      first = slots[slot]! - 1;
    }
    if (first === -1) {
      slots[slot] = row + 1;
      group[row] = groups++;
    } else group[row] = group[first]!;
  }
  return { group, count: groups };
}

function gather(boxes: readonly Box[], { group, count }: GroupNumbers): readonly (readonly Box[])[] {
  const members: Box[][] = Array.from({ length: count }, () => []);
  boxes.forEach((box, i) => {
    members[group[i]!]!.push(box);
  });
  return members;
}

/** Numbers for values: equal number, equal value. */
class ValueIds {
  private readonly byKey = new Map<string, number>();

  ofAll(keys: readonly string[]): Int32Array {
    return Int32Array.from(keys, (key) => this.of(key));
  }

  of(key: string): number {
    let id = this.byKey.get(key);
    if (id === undefined) {
      id = this.byKey.size;
      this.byKey.set(key, id);
    }
    return id;
  }
}

/** The same for sets. Boxes by the thousand hold the same few arrays, but for ports that were cut out. */
class SetIds {
  private readonly seen = new Map<Ranges, number>();
  private readonly single = new Map<number, number>();
  private readonly values = new Map<string, number>();
  private count = 0;

  of(set: Ranges): number {
    const [[lo, hi]] = set as readonly [Ranges[number]];
    if (set.length === 1) return this.number(this.single, lo * 65_536 + hi);
    let id = this.seen.get(set);
    if (id === undefined) {
      id = this.number(this.values, set.join(' '));
      this.seen.set(set, id);
    }
    return id;
  }

  private number<Key>(known: Map<Key, number>, key: Key): number {
    let id = known.get(key);
    if (id === undefined) {
      id = this.count++;
      known.set(key, id);
    }
    return id;
  }
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

/** Up to so many patterns each is held against each other: mostly no two of them join. */
const FEW_PATTERNS = 8;

/** Joins patterns that differ in one fixed bit, as often as that goes. */
export function joinPatterns(patterns: readonly AddressPattern[]): readonly AddressPattern[] {
  if (patterns.length <= FEW_PATTERNS && areApart(patterns)) return patterns;
  /** The bits in which two of them differ at all: no others are ever joined in. */
  const telling = patterns.reduce((bits, { address }) => bits | (address ^ patterns[0]!.address), 0);
  // By address as 32 bits with a sign: numbers beyond 2^31 take longer to look up.
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
    for (let fixed = ~wildcard & telling; fixed !== 0 && !joined; fixed &= fixed - 1) {
      const bit = fixed & -fixed;
      if (!peers.delete(address ^ bit)) continue;
      waiting.push({ address: (address & ~bit) >>> 0, wildcard: (wildcard | bit) >>> 0 } as AddressPattern);
      joined = true;
    }
    if (!joined) peers.set(address | 0, next);
  }
  return [...present.values()].flatMap((peers) => [...peers.values()]);
}

/** Whether all are as wide, and any two differ in two fixed bits or more. */
function areApart(patterns: readonly AddressPattern[]): boolean {
  for (let i = 0; i < patterns.length; i++) {
    const { address, wildcard } = patterns[i]!;
    for (let j = 0; j < i; j++) {
      const differing = address ^ patterns[j]!.address;
      if (wildcard !== patterns[j]!.wildcard || (differing & (differing - 1)) === 0) return false;
    }
  }
  return true;
}
