import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import { type Box, boxCovers, boxesOverlap, sameBox } from '../headerspace/box.ts';
import { patternsOverlap } from '../model/address.ts';

/**
 * The addresses of a list's boxes in rows of five words: source and destination with their wildcards, and the entry.
 * A review cuts the same list to hundreds of regions, and addresses alone rule out nearly every line.
 */
interface AddressRows {
  readonly words: Int32Array;
  readonly rows: number;
}

const WIDTH = 5;
const known = new WeakMap<readonly CompiledEntry[], AddressRows>();

function addressRows(entries: readonly CompiledEntry[]): AddressRows {
  let rows = known.get(entries);
  if (rows) return rows;
  rows = layOut(entries);
  known.set(entries, rows);
  return rows;
}

function layOut(entries: readonly CompiledEntry[]): AddressRows {
  let count = 0;
  for (const entry of entries) count += entry.may.length;
  const words = new Int32Array(count * WIDTH);
  let at = 0;
  entries.forEach((entry, index) => {
    for (const box of entry.may) {
      words[at] = box.source.address;
      words[at + 1] = box.source.wildcard;
      words[at + 2] = box.destination.address;
      words[at + 3] = box.destination.wildcard;
      words[at + 4] = index;
      at += WIDTH;
    }
  });
  return { words, rows: count };
}

/** Lays a list out that begins with `head` and ends with `tail` entries of one that is laid out already. */
export function inheritAddressRows(
  base: readonly CompiledEntry[],
  entries: readonly CompiledEntry[],
  head: number,
  tail: number,
): void {
  const old = known.get(base);
  if (!old) return;
  const middle = layOut(entries.slice(head, entries.length - tail));
  const first = old.words.subarray(0, rowOf(old, head) * WIDTH);
  const last = old.words.subarray(rowOf(old, base.length - tail) * WIDTH);
  const words = new Int32Array(first.length + middle.words.length + last.length);
  words.set(first);
  words.set(middle.words, first.length);
  words.set(last, first.length + middle.words.length);
  const shift = (from: number, to: number, by: number): void => {
    for (let at = from + WIDTH - 1; at < to; at += WIDTH) words[at] = words[at]! + by;
  };
  shift(first.length, first.length + middle.words.length, head);
  shift(first.length + middle.words.length, words.length, entries.length - base.length);
  known.set(entries, { words, rows: words.length / WIDTH });
}

/** The first row of an entry. */
function rowOf({ words, rows }: AddressRows, entry: number): number {
  let lo = 0;
  let hi = rows;
  while (lo < hi) {
    const middle = (lo + hi) >>> 1;
    if (words[middle * WIDTH + WIDTH - 1]! < entry) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}

/** Up to so many entries are looked at one by one: less work than laying their addresses out. */
const FEW = 64;

/**
 * The same decisions for packets of the region, by the lines that can have a say there. Of a line of many boxes, as one
 * with an object group is, those boxes alone.
 */
export function cutToRegion(list: CompiledAcl, region: readonly Box[]): CompiledAcl {
  const { entries } = list;
  if (entries.length === 0) return list;
  const groups = groupByAddresses(region);
  const near = entries.length <= FEW ? entries.keys() : nearEntries(entries, groups);
  const kept: CompiledEntry[] = [];
  for (const index of near) {
    const entry = entries[index]!;
    const may = touching(entry.may, groups);
    if (may.length > 0) kept.push(narrowed(entry, may, groups, kept.length));
  }
  return { ...list, entries: kept };
}

/** Boxes with the same addresses: one look at these speaks for all. */
type SameAddresses = readonly [Box, ...Box[]];

function groupByAddresses(region: readonly Box[]): readonly SameAddresses[] {
  const [first] = region;
  if (first !== undefined && region.length === 1) return [[first]];
  const groups = new Map<string, [Box, ...Box[]]>();
  for (const box of region) {
    const { source: s, destination: d } = box;
    const key = `${s.address} ${s.wildcard} ${d.address} ${d.wildcard}`;
    const group = groups.get(key);
    if (group) group.push(box);
    else groups.set(key, [box]);
  }
  return [...groups.values()];
}

/** Entries of which some box shares addresses with the region, ascending. */
function nearEntries(entries: readonly CompiledEntry[], groups: readonly SameAddresses[]): readonly number[] {
  const { words, rows } = addressRows(entries);
  const found: number[] = [];
  for (const [{ source, destination }] of groups) {
    const s = source.address | 0;
    const sFree = source.wildcard | 0;
    const d = destination.address | 0;
    const dFree = destination.wildcard | 0;
    for (let at = 0, end = rows * WIDTH; at < end; at += WIDTH)
      if (
        ((words[at]! ^ s) & ~(words[at + 1]! | sFree)) === 0 &&
        ((words[at + 2]! ^ d) & ~(words[at + 3]! | dFree)) === 0 &&
        words[at + 4] !== found.at(-1)
      )
        found.push(words[at + 4]!);
  }
  return groups.length === 1 ? found : [...new Set(found)].sort((a, b) => a - b);
}

/** Those of the boxes that share packets with the region; the very array when all do. */
function touching(boxes: readonly Box[], groups: readonly SameAddresses[]): readonly Box[] {
  const touches = (box: Box): boolean =>
    groups.some(
      (group) =>
        patternsOverlap(box.source, group[0].source) &&
        patternsOverlap(box.destination, group[0].destination) &&
        group.some((r) => boxesOverlap(box, r)),
    );
  const found = boxes.filter(touches);
  return found.length === boxes.length ? boxes : found;
}

/** The entry with no other boxes than those that touch the region; what was one array stays one. */
function narrowed(
  entry: CompiledEntry,
  may: readonly Box[],
  groups: readonly SameAddresses[],
  index: number,
): CompiledEntry {
  if (may === entry.may) return { ...entry, index };
  const part = (boxes: readonly Box[]): readonly Box[] =>
    boxes === entry.may ? may : touching(boxes, groups);
  return { ...entry, index, may, must: part(entry.must), asked: part(entry.asked) };
}

/**
 * True for lists that do the same to every packet of the region because their lines match the same boxes, place by place,
 * as far down as packets of the region get.
 */
export function filterAlike(a: CompiledAcl, b: CompiledAcl, region: readonly Box[]): boolean {
  for (const [i, entry] of a.entries.entries()) {
    const other = b.entries[i];
    if (
      other === undefined ||
      entry.action !== other.action ||
      !sameBoxes(entry.must, other.must) ||
      !sameBoxes(entry.may, other.may)
    )
      return false;
    if (region.every((box) => entry.must.some((whole) => boxCovers(whole, box)))) return true;
  }
  return a.entries.length === b.entries.length && a.otherwise === b.otherwise;
}

const sameBoxes = (a: readonly Box[], b: readonly Box[]): boolean =>
  a === b || (a.length === b.length && a.every((box, i) => box === b[i] || sameBox(box, b[i]!)));
