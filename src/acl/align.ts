import type { Box } from '../headerspace/box.ts';
import { type AddressPattern, samePattern } from '../model/address.ts';
import { type Ranges, sameRanges } from '../model/ports.ts';
import type { BoxProduct } from './ace-boxes.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';

/** Entries that do the same to packets and that both lists have in the same order. */
export interface Alignment {
  /** Per entry of the earlier list, the place of its partner in the later one; -1: changed. */
  readonly partner: Int32Array;
  /** Per entry of the later list, the same the other way round. */
  readonly partnerBefore: Int32Array;
}

/**
 * Pairs off a run of entries that both lists have in the same order; the rest is changed. Any such run will do
 * for exactness, since a packet that meets none of the rest is decided alike; a long one keeps the work small.
 * A moved line counts as taken away here and put in there. Names, numbers and places in the text do not matter.
 */
export function alignEntries(before: CompiledAcl, after: CompiledAcl): Alignment {
  const last = lastAligned.get(before);
  if (last?.after === after) return last.alignment;
  const pair = { before, after, alignment: alignLines(before.entries, after.entries) };
  lastAligned.set(before, pair);
  lastAlignedAfter.set(after, pair);
  return pair.alignment;
}

export interface AlignedPair {
  readonly before: CompiledAcl;
  readonly after: CompiledAcl;
  readonly alignment: Alignment;
}

/** Each list as it was aligned last: the difference and the rules ask for the same pair. */
const lastAligned = new WeakMap<CompiledAcl, AlignedPair>();
const lastAlignedAfter = new WeakMap<CompiledAcl, AlignedPair>();

/** The last pair of which the list is the later one; undefined before it was aligned with any. */
export const alignedAs = (after: CompiledAcl): AlignedPair | undefined => lastAlignedAfter.get(after);

/** The same for lines whose lists nobody asks about again. */
export function alignLines(old: readonly CompiledEntry[], now: readonly CompiledEntry[]): Alignment {
  const partner = new Int32Array(old.length).fill(-1);
  const partnerBefore = new Int32Array(now.length).fill(-1);
  const pair = (i: number, j: number): void => {
    partner[i] = j;
    partnerBefore[j] = i;
  };
  let start = 0;
  while (start < old.length && start < now.length && sameEffect(old[start]!, now[start]!))
    pair(start, start++);
  let oldEnd = old.length;
  let nowEnd = now.length;
  while (oldEnd > start && nowEnd > start && sameEffect(old[oldEnd - 1]!, now[nowEnd - 1]!))
    pair(--oldEnd, --nowEnd);
  const [was, is] = [old.slice(start, oldEnd), now.slice(start, nowEnd)];
  for (const [i, j] of fewChanges(was, is) ?? longestRun(was, is)) pair(i + start, j + start);
  return { partner, partnerBefore };
}

/** So many lines are left out at one place, and in all, before the order is looked for another way. */
const APART = 32;
const ALL_APART = 64;

/** Side by side from the top: where the lists part, the nearest lines at which they meet again. Null where too many lines are left over. */
function fewChanges(
  old: readonly CompiledEntry[],
  now: readonly CompiledEntry[],
): readonly (readonly [number, number])[] | null {
  const run: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < old.length && j < now.length) {
    if (!sameEffect(old[i]!, now[j]!)) {
      const meeting = nextMeeting(old, now, i, j);
      if (meeting === null) break;
      [i, j] = meeting;
    }
    run.push([i++, j++]);
  }
  return old.length + now.length - 2 * run.length > ALL_APART ? null : run;
}

/** The places from `i` and `j` on, fewest lines away in all, at which two lines in a row (or the last ones) are the same. */
function nextMeeting(
  old: readonly CompiledEntry[],
  now: readonly CompiledEntry[],
  i: number,
  j: number,
): readonly [number, number] | null {
  const meets = (x: number, y: number): boolean =>
    sameEffect(old[x]!, now[y]!) &&
    (x + 1 === old.length || y + 1 === now.length || sameEffect(old[x + 1]!, now[y + 1]!));
  for (let away = 1; away <= APART; away++)
    for (let x = Math.min(i + away, old.length - 1); x >= i; x--) {
      const y = j + away - (x - i);
      if (y < now.length && meets(x, y)) return [x, y];
    }
  return null;
}

/**
 * Pairs the n-th occurrence of an effect on one side with its n-th on the other, and keeps the longest run of
 * pairs that ascends on both: O(n log n) however much was moved.
 */
function longestRun(
  old: readonly CompiledEntry[],
  now: readonly CompiledEntry[],
): readonly (readonly [number, number])[] {
  const partner = nthWithNth(old, now);
  // Patience: tops[k] is the old place that ends the run of length k + 1 with the lowest new place.
  const tops: number[] = [];
  const previous = new Int32Array(old.length).fill(-1);
  partner.forEach((j, i) => {
    if (j === -1) return;
    let lo = 0;
    let hi = tops.length;
    // Most lines stand in the same order: the longest run so far goes on.
    if (hi > 0 && partner[tops[hi - 1]!]! < j) lo = hi;
    while (lo < hi) {
      const middle = (lo + hi) >>> 1;
      if (partner[tops[middle]!]! < j) lo = middle + 1;
      else hi = middle;
    }
    previous[i] = lo === 0 ? -1 : tops[lo - 1]!;
    tops[lo] = i;
  });
  const run: [number, number][] = [];
  for (let i = tops.at(-1) ?? -1; i !== -1; i = previous[i]!) run.push([i, partner[i]!]);
  return run;
}

/** Per old entry, the place of the new one that is as many-th of its effect; -1 when there is none. */
function nthWithNth(old: readonly CompiledEntry[], now: readonly CompiledEntry[]): Int32Array {
  const bits = 33 - Math.clz32(now.length);
  /** By effect, the last new place; the next one to be taken; those behind it are chained by `later`. -1: none. */
  const last = new Int32Array(1 << bits).fill(-1);
  const next = new Int32Array(1 << bits).fill(-1);
  const later = new Int32Array(now.length).fill(-1);
  const slotOf = (entry: CompiledEntry): number => {
    let slot = Math.imul(hashOf(entry), 0x9e3779b1) >>> (32 - bits);
    while (last[slot] !== -1 && !sameEffect(now[last[slot]!]!, entry)) slot = (slot + 1) & ((1 << bits) - 1);
    return slot;
  };
  for (let j = now.length - 1; j >= 0; j--) {
    const slot = slotOf(now[j]!);
    if (last[slot] === -1) last[slot] = j;
    later[j] = next[slot]!;
    next[slot] = j;
  }
  const partner = new Int32Array(old.length);
  for (let i = 0; i < old.length; i++) {
    const slot = slotOf(old[i]!);
    const j = next[slot]!;
    if (j !== -1) next[slot] = later[j]!;
    partner[i] = j;
  }
  return partner;
}

/** Whether two entries match the same packets and do the same to them, wherever they stand. */
function sameEffect(a: CompiledEntry, b: CompiledEntry): boolean {
  if (a === b) return true;
  if (a.product && b.product) return a.action === b.action && sameProduct(a.product, b.product);
  return (
    a.action === b.action &&
    a.cause === b.cause &&
    sameBoxes(a.may, b.may) &&
    (isCertain(a) ? isCertain(b) : !isCertain(b) && sameBoxes(a.must, b.must))
  );
}

/** Products are certain and have no other cause than the line; written alike, they multiply to the same boxes. */
const sameProduct = (a: BoxProduct, b: BoxProduct): boolean =>
  sameMembers(a.sources, b.sources) &&
  sameMembers(a.destinations, b.destinations) &&
  sameBoxes(a.asked, b.asked) &&
  sameBoxes(a.aside, b.aside);

const sameMembers = (a: readonly AddressPattern[], b: readonly AddressPattern[]): boolean =>
  a === b || (a.length === b.length && a.every((member, i) => samePattern(member, b[i]!)));

const sameBoxes = (a: readonly Box[], b: readonly Box[]): boolean =>
  a === b || (a.length === b.length && a.every((box, i) => sameWriting(box, b[i]!)));

const sameSet = (a: Ranges, b: Ranges): boolean => a === b || sameRanges(a, b);

const sameWriting = (a: Box, b: Box): boolean =>
  samePattern(a.source, b.source) &&
  samePattern(a.destination, b.destination) &&
  a.fragments === b.fragments &&
  sameSet(a.protocols, b.protocols) &&
  sameSet(a.l4a, b.l4a) &&
  sameSet(a.l4b, b.l4b) &&
  sameSet(a.tcpFlags, b.tcpFlags) &&
  sameSet(a.tos, b.tos) &&
  sameSet(a.ttl, b.ttl);

const effectKeys = new WeakMap<CompiledEntry, string>();

/** What an entry does to packets, as text: the same text exactly for the same effect. */
export function effectKey(entry: CompiledEntry): string {
  let key = effectKeys.get(entry);
  if (key === undefined) {
    key = `${entry.action}:${entry.cause}:${entry.may.map(boxKey).join(';')}`;
    if (!isCertain(entry)) key += `:${entry.must.map(boxKey).join(';')}`;
    effectKeys.set(entry, key);
  }
  return key;
}

function boxKey(box: Box): string {
  const { source, destination } = box;
  return `${source.address}/${source.wildcard}>${destination.address}/${destination.wildcard} ${textOf(box.protocols)}|${box.fragments}|${textOf(box.l4a)}|${textOf(box.l4b)}|${textOf(box.tcpFlags)}|${textOf(box.tos)}|${textOf(box.ttl)}`;
}

const texts = new WeakMap<Ranges, string>();

/** Lines by the thousand ask for the same few sets. */
function textOf(set: Ranges): string {
  let text = texts.get(set);
  if (text === undefined) {
    text = `${set}`;
    texts.set(set, text);
  }
  return text;
}

/** Of the first box alone: the others of a line hardly tell it from other lines. */
function hashOf(entry: CompiledEntry): number {
  const box = entry.product ? firstOf(entry.product) : entry.may[0];
  if (!box) return 0;
  let hash = 0;
  const mix = (value: number): void => {
    hash = (Math.imul(hash, 31) + value) | 0;
  };
  mix(box.source.address);
  mix(box.source.wildcard);
  mix(box.destination.address);
  mix(box.destination.wildcard);
  mix(box.protocols[0]![0]);
  mix(box.l4a[0]![0]);
  mix(box.l4b[0]![0]);
  mix(box.l4b[0]![1]);
  return hash;
}

function firstOf({ sources, destinations, asked, aside }: BoxProduct): Box | undefined {
  const [source, destination, shape] = [sources[0], destinations[0], asked[0] ?? aside[0]];
  return source && destination && shape ? { ...shape, source, destination } : undefined;
}
