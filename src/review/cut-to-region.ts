import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import { type Box, boxesOverlap } from '../headerspace/box.ts';

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

/** The same decisions for packets of the region, by the lines that can have a say there. */
export function cutToRegion(list: CompiledAcl, region: readonly Box[]): CompiledAcl {
  if (list.entries.length === 0) return list;
  const near = nearEntries(list.entries, region);
  const kept: CompiledEntry[] = [];
  for (const index of near) {
    const entry = list.entries[index]!;
    if (touches(entry, region)) kept.push({ ...entry, index: kept.length });
  }
  return { ...list, entries: kept };
}

/** Entries of which some box shares addresses with the region, ascending. */
function nearEntries(entries: readonly CompiledEntry[], region: readonly Box[]): readonly number[] {
  const { words, rows } = addressRows(entries);
  const found: number[] = [];
  for (const { source, destination } of region) {
    const s = source.address | 0;
    const sFree = source.wildcard | 0;
    const d = destination.address | 0;
    const dFree = destination.wildcard | 0;
    for (let at = 0, end = rows * WIDTH; at < end; at += WIDTH)
      if (
        ((words[at]! ^ s) & ~(words[at + 1]! | sFree)) === 0 &&
        ((words[at + 2]! ^ d) & ~(words[at + 3]! | dFree)) === 0
      )
        found.push(words[at + 4]!);
  }
  return region.length === 1 && isRising(found) ? found : [...new Set(found)].sort((a, b) => a - b);
}

const isRising = (values: readonly number[]): boolean =>
  values.every((v, i) => i === 0 || v > values[i - 1]!);

function touches(entry: CompiledEntry, region: readonly Box[]): boolean {
  for (const box of entry.may) for (const r of region) if (boxesOverlap(box, r)) return true;
  return false;
}
