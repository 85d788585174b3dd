import type { BoxProduct } from '../acl/ace-boxes.ts';
import type { CompiledEntry } from '../acl/compile.ts';
import { hullOf } from '../headerspace/address-sets.ts';
import { ALL_BYTES, ALL_SLOTS, type Box } from '../headerspace/box.ts';
import { type AddressPattern, hostPattern } from '../model/address.ts';
import { ICMP, TCP, UDP } from '../model/packet.ts';
import type { Ranges } from '../model/ports.ts';

/**
 * The boxes of a list's entries, and of those that its later states add, in rows of eight words: source and destination
 * with their wildcards, kinds of packets, the outermost ports at both ends, and the entry's number. A line with object
 * groups takes one row, which spans its members. A row may have more packets than its box, never fewer.
 *
 * A review cuts each of hundreds of states to regions of its own; they differ by a line or two, which alone are laid out
 * anew. So a region is held against every line once, however many states have it.
 */
export class EntryRows {
  private words = new Int32Array(0);
  private length = 0;
  private readonly entries: CompiledEntry[] = [];
  private readonly numbers = new Map<CompiledEntry, number>();

  /** How many entries have a number: those from 0 on. */
  get count(): number {
    return this.entries.length;
  }

  get rows(): number {
    return this.length / WIDTH;
  }

  /** The entry's number; an entry that has none is laid out. */
  numberOf(entry: CompiledEntry): number {
    const known = this.numbers.get(entry);
    if (known !== undefined) return known;
    const number = this.entries.length;
    this.entries.push(entry);
    this.numbers.set(entry, number);
    if (entry.product) this.write(spanOf(entry.product), number);
    else for (const box of entry.may) this.write(outlineOf(box), number);
    return number;
  }

  entryOf(number: number): CompiledEntry {
    return this.entries[number]!;
  }

  /** The number of each row from `first` on that may share packets with the asked ones. */
  eachNear(asked: Outline, first: number, tell: (number: number) => void): void {
    const { words, length } = this;
    const { source, destination, kinds, l4a, l4b } = asked;
    const s = source.address | 0;
    const sFree = source.wildcard | 0;
    const d = destination.address | 0;
    const dFree = destination.wildcard | 0;
    for (let at = first * WIDTH; at < length; at += WIDTH)
      if (
        ((words[at]! ^ s) & ~(words[at + 1]! | sFree)) === 0 &&
        ((words[at + 2]! ^ d) & ~(words[at + 3]! | dFree)) === 0 &&
        (words[at + 4]! & kinds) !== 0 &&
        meet(words[at + 5]!, l4a) &&
        meet(words[at + 6]!, l4b)
      )
        tell(words[at + 7]!);
  }

  private write({ source, destination, kinds, l4a, l4b }: Outline, number: number): void {
    const at = this.length;
    this.length += WIDTH;
    if (this.length > this.words.length) {
      const grown = new Int32Array(Math.max(this.words.length * 2, 64 * WIDTH));
      grown.set(this.words);
      this.words = grown;
    }
    const { words } = this;
    words[at] = source.address;
    words[at + 1] = source.wildcard;
    words[at + 2] = destination.address;
    words[at + 3] = destination.wildcard;
    words[at + 4] = kinds;
    words[at + 5] = l4a;
    words[at + 6] = l4b;
    words[at + 7] = number;
  }
}

const WIDTH = 8;

/** What a row says of boxes: their addresses, and of all else the outermost. */
export interface Outline extends Pick<Box, 'source' | 'destination'> {
  /** One bit for each class of protocols, of whole packets and of later fragments. */
  readonly kinds: number;
  /** The lowest value in the upper half of the word, the highest in the lower half. */
  readonly l4a: number;
  readonly l4b: number;
}

export const outlineOf = ({ source, destination, protocols, fragments, l4a, l4b }: Box): Outline => ({
  source,
  destination,
  kinds: kindsOf(protocols, fragments),
  l4a: endsOf(l4a),
  l4b: endsOf(l4b),
});

/** One outline of boxes with the same addresses. */
export function outlineOfAll(boxes: readonly [Box, ...Box[]]): Outline {
  const { source, destination } = boxes[0];
  let { kinds, l4a, l4b } = outlineOf(boxes[0]);
  for (const other of boxes.slice(1).map(outlineOf)) {
    kinds |= other.kinds;
    l4a = joinEnds(l4a, other.l4a);
    l4b = joinEnds(l4b, other.l4b);
  }
  return { source, destination, kinds, l4a, l4b };
}

const CLASSES = [TCP, UDP, ICMP];
const OTHERS = 1 << CLASSES.length;
const FRAGMENTED = CLASSES.length + 1;

function kindsOf(protocols: Ranges, fragments: number): number {
  let classes = 0;
  for (const [lo, hi] of protocols) {
    let known = 0;
    for (let i = 0; i < CLASSES.length; i++)
      if (lo <= CLASSES[i]! && CLASSES[i]! <= hi) {
        classes |= 1 << i;
        known++;
      }
    if (hi - lo + 1 > known) classes |= OTHERS;
  }
  return (fragments & 1 ? classes : 0) | (fragments & 2 ? classes << FRAGMENTED : 0);
}

const endsOf = (set: Ranges): number => (set[0]![0] << 16) | set[set.length - 1]![1];

const lowest = (ends: number): number => ends >>> 16;
const highest = (ends: number): number => ends & 0xffff;

const meet = (a: number, b: number): boolean => lowest(a) <= highest(b) && lowest(b) <= highest(a);

const joinEnds = (a: number, b: number): number =>
  (Math.min(lowest(a), lowest(b)) << 16) | Math.max(highest(a), highest(b));

const ALL_KINDS = kindsOf(ALL_BYTES, 3);

const spanOf = ({ sources, destinations }: BoxProduct): Outline => ({
  source: spanOfMembers(sources),
  destination: spanOfMembers(destinations),
  kinds: ALL_KINDS,
  l4a: endsOf(ALL_SLOTS),
  l4b: endsOf(ALL_SLOTS),
});

const spans = new WeakMap<readonly AddressPattern[], AddressPattern>();

/** Lines by the hundred name the same group, whose members are one array. An empty one spans some address that no box has. */
function spanOfMembers(members: readonly AddressPattern[]): AddressPattern {
  let span = spans.get(members);
  if (!span) {
    span = members.length === 0 ? hostPattern(0) : hullOf(members);
    spans.set(members, span);
  }
  return span;
}

/** The entries of one state by their numbers, in order. */
export interface NumberedEntries {
  readonly rows: EntryRows;
  readonly numbers: Int32Array;
}

const known = new WeakMap<readonly CompiledEntry[], NumberedEntries>();

export function numberEntries(entries: readonly CompiledEntry[]): NumberedEntries {
  let numbered = known.get(entries);
  if (!numbered) {
    const rows = new EntryRows();
    numbered = { rows, numbers: Int32Array.from(entries, (entry) => rows.numberOf(entry)) };
    known.set(entries, numbered);
  }
  return numbered;
}

/** Beyond so many entries of other states for each of its own, a state begins with rows of its own. */
const MOST_OTHERS = 1;

/**
 * Numbers a list that begins with `head` and ends with `tail` entries of one that is numbered already, but for those at
 * the places `again`, which were compiled anew.
 */
export function inheritNumbers(
  base: readonly CompiledEntry[],
  entries: readonly CompiledEntry[],
  { head, tail }: { readonly head: number; readonly tail: number },
  again: readonly number[],
): void {
  const old = known.get(base);
  if (!old || old.rows.count > (1 + MOST_OTHERS) * entries.length) return;
  const { rows } = old;
  const numbers = new Int32Array(entries.length);
  numbers.set(old.numbers.subarray(0, head));
  numbers.set(old.numbers.subarray(base.length - tail), entries.length - tail);
  for (let place = head; place < entries.length - tail; place++)
    numbers[place] = rows.numberOf(entries[place]!);
  for (const place of again) numbers[place] = rows.numberOf(entries[place]!);
  known.set(entries, { rows, numbers });
}
