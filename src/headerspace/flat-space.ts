import type { AddressPattern } from '../model/address.ts';
import { TCP } from '../model/packet.ts';
import { countRanges, intersectRanges, type Ranges, toRanges, unionRanges } from '../model/ports.ts';
import { ALL_BYTES, ALL_FLAGS, type Box, type FragmentSet, NON_INITIAL, WHOLE } from './box.ts';

/**
 * Boxes as rows of 32-bit words, for the loops that decide the product's speed.
 *
 * Protocols, fragments, flags, tos and ttl take few different values in one list. They are cut into atoms: the
 * classes of values that none of the list's boxes tells apart. One bit set of atoms ("kinds") stands for
 * protocol, fragment and flags together, so that subtracting them never splits a box in three; tos and ttl have
 * their own words, none at all in a list that does not ask for them.
 *
 * Row: source value and wildcard, destination value and wildcard, l4a low and high, l4b low and high, then the
 * atom words. Ports are one interval a row, so a box with several becomes several rows.
 */
export const SRC = 0;
export const SRC_FREE = 1;
export const DST = 2;
export const DST_FREE = 3;
export const A_LO = 4;
export const A_HI = 5;
export const B_LO = 6;
export const B_HI = 7;
export const SETS = 8;

/** How rows are laid out behind their addresses and slots. */
export interface RowLayout {
  /** Words a row. */
  readonly stride: number;
  /** Where the words of one atom set begin and end within a row: kinds, then tos and ttl where asked for. */
  readonly sets: readonly (readonly [from: number, to: number])[];
}

export interface FlatSpace extends RowLayout {
  /**
   * Appends the box's rows. A box that is not made of whole atoms gets every atom it touches; decodeRow puts
   * its own limits back.
   */
  readonly encode: (box: Box, into: RowBuffer) => void;
  /** Whether the box is made of whole atoms. */
  readonly tells: (box: Box) => boolean;
  /** Disjoint boxes of a row that was cut out of `within`'s rows. */
  readonly decode: (words: Int32Array, at: number, within: Box) => readonly Box[];
}

/** Rows end to end, growing as needed. */
export class RowBuffer {
  words: Int32Array;
  length = 0;
  readonly stride: number;

  constructor(stride: number, rows = 16) {
    this.stride = stride;
    this.words = new Int32Array(stride * rows);
  }

  get rows(): number {
    return this.length / this.stride;
  }

  /** Room for one more row; answers where it starts. */
  extend(): number {
    const at = this.length;
    this.length += this.stride;
    if (this.length > this.words.length) {
      const grown = new Int32Array(this.words.length * 2 + this.stride);
      grown.set(this.words);
      this.words = grown;
    }
    return at;
  }

  /** Adds a copy of the row at `at`. */
  append(words: Int32Array, at: number): void {
    const to = this.extend();
    copyRow(words, at, this.words, to, this.stride);
  }
}

/** For rows of a dozen words a plain loop beats TypedArray.set. */
export function copyRow(from: Int32Array, at: number, into: Int32Array, to: number, stride: number): void {
  for (let w = 0; w < stride; w++) into[to + w] = from[at + w]!;
}

/** Writes the row of what two rows share, at the start of `into`; false when that is nothing. */
export function intersectRows(
  space: FlatSpace,
  a: Int32Array,
  i: number,
  b: Int32Array,
  j: number,
  into: Int32Array,
): boolean {
  for (let field = SRC; field <= DST; field += DST - SRC) {
    const bothFixed = ~(a[i + field + 1]! | b[j + field + 1]!);
    if (((a[i + field]! ^ b[j + field]!) & bothFixed) !== 0) return false;
    into[field] = a[i + field]! | b[j + field]!;
    into[field + 1] = a[i + field + 1]! & b[j + field + 1]!;
  }
  for (let field = A_LO; field <= B_LO; field += B_LO - A_LO) {
    into[field] = Math.max(a[i + field]!, b[j + field]!);
    into[field + 1] = Math.min(a[i + field + 1]!, b[j + field + 1]!);
    if (into[field]! > into[field + 1]!) return false;
  }
  const { sets } = space;
  for (let s = 0; s < sets.length; s++) {
    let common = 0;
    for (let w = sets[s]![0]; w < sets[s]![1]; w++) common |= into[w] = a[i + w]! & b[j + w]!;
    if (common === 0) return false;
  }
  return true;
}

/** Which class each value of a small domain belongs to, and the values of each class. */
interface Partition {
  readonly classOf: Int32Array;
  readonly classes: readonly Ranges[];
}

const MOST_KEPT = 1000;
const partitions = new Map<string, Partition>();

/** Lists by the hundred, cut out of one another, ask for the same few sets. */
function partition(size: number, sets: readonly Ranges[]): Partition {
  const key = `${size} ${sets.map(keyOf).join('|')}`;
  let known = partitions.get(key);
  if (known === undefined) {
    known = makePartition(size, sets);
    if (partitions.size >= MOST_KEPT) partitions.clear();
    partitions.set(key, known);
  }
  return known;
}

/** Looks at the stretches of values between the bounds of the sets: they are few, and alike within. */
function makePartition(size: number, sets: readonly Ranges[]): Partition {
  const starts = [...new Set([0, ...sets.flatMap((set) => set.flatMap(([lo, hi]) => [lo, hi + 1]))])]
    .filter((v) => v < size)
    .sort((a, b) => a - b);
  const classOfStretch = new Int32Array(starts.length);
  let count = 1;
  for (const set of sets) {
    const member = starts.map((v) => set.some(([lo, hi]) => lo <= v && v <= hi));
    const outside = new Set<number>();
    member.forEach((isIn, i) => {
      if (!isIn) outside.add(classOfStretch[i]!);
    });
    const inside = new Map<number, number>();
    member.forEach((isIn, i) => {
      const old = classOfStretch[i]!;
      if (!isIn || !outside.has(old)) return;
      const split = inside.get(old) ?? count++;
      inside.set(old, split);
      classOfStretch[i] = split;
    });
  }
  const classOf = new Int32Array(size);
  const classes: (readonly [number, number])[][] = Array.from({ length: count }, () => []);
  starts.forEach((from, i) => {
    const end = starts[i + 1] ?? size;
    classOf.fill(classOfStretch[i]!, from, end);
    classes[classOfStretch[i]!]!.push([from, end - 1]);
  });
  return { classOf, classes: classes.map((ranges) => toRanges(ranges)) };
}

const whole = new WeakMap<Partition, WeakMap<Ranges, boolean>>();

/** Whether the set is made of whole classes. Boxes by the thousand hold the same few sets. */
const isWhole = (part: Partition, set: Ranges): boolean =>
  remember(
    remember(whole, part, () => new WeakMap()),
    set,
    () =>
      part.classes.every((values) => {
        const common = countRanges(intersectRanges(values, set));
        return common === 0 || common === countRanges(values);
      }),
  );

const keyOf = (set: Ranges): string => set.join(' ');

/** The different sets that boxes ask for in one field; equal objects are looked at once. */
function distinctSets(boxes: readonly Box[], read: (box: Box) => Ranges): readonly Ranges[] {
  const seen = new Set<Ranges>();
  let last: Ranges | null = null;
  for (let i = 0; i < boxes.length; i++) {
    const set = read(boxes[i]!);
    if (set !== last) seen.add(set);
    last = set;
  }
  const byKey = new Map<string, Ranges>();
  for (const set of seen) byKey.set(keyOf(set), set);
  return [...byKey.values()];
}

/** One atom of kinds: a class of protocols, whole or not, and for whole TCP a class of flag combinations. */
interface Kind {
  readonly protocols: Ranges;
  readonly fragments: typeof WHOLE | typeof NON_INITIAL;
  /** null where flags are not told apart. */
  readonly flags: Ranges | null;
}

function listKinds(protocols: Partition, flags: Partition): readonly Kind[] {
  const kinds: Kind[] = [];
  for (const set of protocols.classes) {
    const isTcp = set.length === 1 && set[0]![0] === TCP && set[0]![1] === TCP;
    if (isTcp && flags.classes.length > 1)
      for (const f of flags.classes) kinds.push({ protocols: set, fragments: WHOLE, flags: f });
    else kinds.push({ protocols: set, fragments: WHOLE, flags: null });
    kinds.push({ protocols: set, fragments: NON_INITIAL, flags: null });
  }
  return kinds;
}

const touches = (a: Ranges, b: Ranges): boolean => intersectRanges(a, b).length > 0;

/** The value kept under `key`, made on first need. */
function remember<K extends WeakKey, V>(kept: WeakMap<K, V>, key: K, make: () => V): V {
  let value = kept.get(key);
  if (value === undefined) {
    value = make();
    kept.set(key, value);
  }
  return value;
}

/** The space whose atoms tell all of these boxes apart. */
export function flatSpaceOf(boxes: readonly Box[]): FlatSpace {
  const protocols = partition(
    256,
    distinctSets(boxes, (b) => b.protocols),
  );
  const flags = partition(
    64,
    distinctSets(boxes, (b) => b.tcpFlags),
  );
  const tos = partition(
    256,
    distinctSets(boxes, (b) => b.tos),
  );
  const ttl = partition(
    256,
    distinctSets(boxes, (b) => b.ttl),
  );
  const kinds = listKinds(protocols, flags);

  const sets: (readonly [number, number])[] = [];
  let stride = SETS;
  for (const [atoms, always] of [
    [kinds.length, true],
    [tos.classes.length, false],
    [ttl.classes.length, false],
  ] as const) {
    const words = always || atoms > 1 ? Math.ceil(atoms / 32) : 0;
    sets.push([stride, stride + words]);
    stride += words;
  }
  const [kindWords, tosWords, ttlWords] = sets as [[number, number], [number, number], [number, number]];

  // Few different sets occur in a list: their words are worked out once each.
  const kindCache = new WeakMap<Ranges, WeakMap<Ranges, Map<FragmentSet, Int32Array>>>();
  const byteCache = new WeakMap<Partition, WeakMap<Ranges, Int32Array>>();

  function kindsTouched(box: Box): Int32Array {
    const byFlags = remember(kindCache, box.protocols, () => new WeakMap());
    const byFragments = remember(byFlags, box.tcpFlags, () => new Map());
    let words = byFragments.get(box.fragments);
    if (words === undefined) {
      words = new Int32Array(kindWords[1] - kindWords[0]);
      for (const [i, kind] of kinds.entries())
        if (
          (kind.fragments & box.fragments) !== 0 &&
          touches(kind.protocols, box.protocols) &&
          (kind.flags === null || touches(kind.flags, box.tcpFlags))
        )
          words[i >>> 5]! |= 1 << (i & 31);
      byFragments.set(box.fragments, words);
    }
    return words;
  }

  const classesTouched = (part: Partition, set: Ranges, words: number): Int32Array =>
    remember(
      remember(byteCache, part, () => new WeakMap()),
      set,
      () => {
        const bits = new Int32Array(words);
        for (const [lo, hi] of set)
          for (let v = lo; v <= hi; v++) bits[part.classOf[v]! >>> 5]! |= 1 << (part.classOf[v]! & 31);
        return bits;
      },
    );

  function encode(box: Box, into: RowBuffer): void {
    const kindBits = kindsTouched(box);
    const tosBits =
      tosWords[0] === tosWords[1] ? null : classesTouched(tos, box.tos, tosWords[1] - tosWords[0]);
    const ttlBits =
      ttlWords[0] === ttlWords[1] ? null : classesTouched(ttl, box.ttl, ttlWords[1] - ttlWords[0]);
    const { l4a, l4b } = box;
    // Lists by the thousand lines are laid out before this is compiled for speed: iterators would take most of it.
    for (let a = 0; a < l4a.length; a++)
      for (let b = 0; b < l4b.length; b++) {
        const at = into.extend();
        const words = into.words;
        words[at + SRC] = box.source.address;
        words[at + SRC_FREE] = box.source.wildcard;
        words[at + DST] = box.destination.address;
        words[at + DST_FREE] = box.destination.wildcard;
        words[at + A_LO] = l4a[a]![0];
        words[at + A_HI] = l4a[a]![1];
        words[at + B_LO] = l4b[b]![0];
        words[at + B_HI] = l4b[b]![1];
        copyRow(kindBits, 0, words, at + kindWords[0], kindBits.length);
        if (tosBits) words.set(tosBits, at + tosWords[0]);
        if (ttlBits) words.set(ttlBits, at + ttlWords[0]);
      }
  }

  const tells = (box: Box): boolean =>
    isWhole(protocols, box.protocols) &&
    isWhole(flags, box.tcpFlags) &&
    isWhole(tos, box.tos) &&
    isWhole(ttl, box.ttl);

  const classesIn = (
    part: Partition,
    words: Int32Array,
    at: number,
    span: readonly [number, number],
  ): Ranges =>
    span[0] === span[1]
      ? ALL_BYTES
      : toRanges(part.classes.filter((_, i) => (words[at + span[0] + (i >>> 5)]! >>> (i & 31)) & 1).flat());

  function decode(words: Int32Array, at: number, within: Box): readonly Box[] {
    const source = patternAt(words, at + SRC);
    const destination = patternAt(words, at + DST);
    const l4a = intervalAt(words, at + A_LO, within.l4a);
    const l4b = intervalAt(words, at + B_LO, within.l4b);
    const tosLeft = limit(classesIn(tos, words, at, tosWords), within.tos);
    const ttlLeft = limit(classesIn(ttl, words, at, ttlWords), within.ttl);
    return productsAt(words, at, within).map(({ protocols: those, fragments, tcpFlags }) => ({
      source,
      destination,
      protocols: those,
      fragments,
      l4a,
      l4b,
      tcpFlags,
      tos: tosLeft,
      ttl: ttlLeft,
    }));
  }

  // Most rows cut out of one box have the same kinds, and are asked about in a row.
  let lastWithin: Box | null = null;
  const known = new Map<string, readonly KindProduct[]>();
  function productsAt(words: Int32Array, at: number, within: Box): readonly KindProduct[] {
    if (within !== lastWithin) {
      known.clear();
      lastWithin = within;
    }
    let key = '';
    for (let w = kindWords[0]; w < kindWords[1]; w++) key += `${words[at + w]!} `;
    let result = known.get(key);
    if (result === undefined) {
      const present = kinds.filter((_, i) => (words[at + kindWords[0] + (i >>> 5)]! >>> (i & 31)) & 1);
      result = productsOf(present, within);
      known.set(key, result);
    }
    return result;
  }

  return { stride, sets: sets.filter(([from, to]) => to > from), encode, tells, decode };
}

const limit = (set: Ranges, within: Ranges): Ranges => {
  if (set === ALL_BYTES || set === within) return within;
  const both = intersectRanges(set, within);
  return keyOf(both) === keyOf(within) ? within : both;
};

const patternAt = (words: Int32Array, at: number): AddressPattern =>
  ({ address: words[at]! >>> 0, wildcard: words[at + 1]! >>> 0 }) as AddressPattern;

function intervalAt(words: Int32Array, at: number, within: Ranges): Ranges {
  const lo = words[at]!;
  const hi = words[at + 1]!;
  return within.length === 1 && within[0]![0] === lo && within[0]![1] === hi ? within : [[lo, hi]];
}

type KindProduct = Pick<Box, 'protocols' | 'fragments' | 'tcpFlags'>;

/** The fewest products of protocols × fragments × flags that make up these kinds within a box. */
function productsOf(kinds: readonly Kind[], within: Box): readonly KindProduct[] {
  const ways = new Map<string, { protocols: Ranges; fragments: number; flags: Ranges | null }>();
  for (const kind of kinds) {
    const protocols = intersectRanges(kind.protocols, within.protocols);
    if (protocols.length === 0) continue;
    const key = keyOf(protocols);
    const way = ways.get(key) ?? { protocols, fragments: 0, flags: null };
    way.fragments |= kind.fragments;
    if (kind.flags !== null)
      way.flags = [...(way.flags ?? []), ...intersectRanges(kind.flags, within.tcpFlags)];
    ways.set(key, way);
  }
  const groups = new Map<string, KindProduct>();
  const add = (protocols: Ranges, fragments: number, flags: Ranges): void => {
    const key = `${fragments} ${keyOf(flags)}`;
    const same = groups.get(key);
    const all = same ? unionRanges(same.protocols, protocols) : protocols;
    groups.set(key, {
      protocols: keyOf(all) === keyOf(within.protocols) ? within.protocols : all,
      fragments: fragments as FragmentSet,
      tcpFlags: flags,
    });
  };
  for (const { protocols, fragments, flags } of ways.values()) {
    const wholeFlags = flags === null ? within.tcpFlags : limit(toRanges(flags), within.tcpFlags);
    if (fragments & WHOLE && fragments & NON_INITIAL && keyOf(wholeFlags) !== keyOf(ALL_FLAGS)) {
      add(protocols, WHOLE, wholeFlags);
      add(protocols, NON_INITIAL, ALL_FLAGS);
    } else add(protocols, fragments, fragments & WHOLE ? wholeFlags : ALL_FLAGS);
  }
  return [...groups.values()];
}
