import type { Box } from '../headerspace/box.ts';
import { samePattern } from '../model/address.ts';
import { type Ranges, sameRanges } from '../model/ports.ts';
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
  const alignment = align(before, after);
  lastAligned.set(before, { after, alignment });
  return alignment;
}

/** Each list as it was aligned last: the difference and the rules ask for the same pair. */
const lastAligned = new WeakMap<
  CompiledAcl,
  { readonly after: CompiledAcl; readonly alignment: Alignment }
>();

function align(before: CompiledAcl, after: CompiledAcl): Alignment {
  const old = before.entries;
  const now = after.entries;
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
  for (const [i, j] of longestRun(old.slice(start, oldEnd), now.slice(start, nowEnd)))
    pair(i + start, j + start);
  return { partner, partnerBefore };
}

/**
 * Pairs the n-th occurrence of an effect on one side with its n-th on the other, and keeps the longest run of
 * pairs that ascends on both: O(n log n) however much was moved.
 */
function longestRun(
  old: readonly CompiledEntry[],
  now: readonly CompiledEntry[],
): readonly (readonly [number, number])[] {
  const effects = new EffectIds();
  const places = new Map<number, number[]>();
  now.forEach((entry, j) => {
    const id = effects.of(entry);
    const all = places.get(id);
    if (all) all.push(j);
    else places.set(id, [j]);
  });
  const taken = new Map<number, number>();
  const partner = old.map((entry) => {
    const id = effects.of(entry);
    const nth = taken.get(id) ?? 0;
    taken.set(id, nth + 1);
    return places.get(id)?.[nth] ?? -1;
  });
  // Patience: tops[k] is the old place that ends the run of length k + 1 with the lowest new place.
  const tops: number[] = [];
  const previous = new Int32Array(old.length).fill(-1);
  partner.forEach((j, i) => {
    if (j === -1) return;
    let lo = 0;
    let hi = tops.length;
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

/** Whether two entries match the same packets and do the same to them, wherever they stand. */
function sameEffect(a: CompiledEntry, b: CompiledEntry): boolean {
  return (
    a.action === b.action &&
    a.cause === b.cause &&
    sameBoxes(a.may, b.may) &&
    (isCertain(a) ? isCertain(b) : !isCertain(b) && sameBoxes(a.must, b.must))
  );
}

const sameBoxes = (a: readonly Box[], b: readonly Box[]): boolean =>
  a.length === b.length && a.every((box, i) => sameWriting(box, b[i]!));

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

/** What an entry does to packets, as text: the same text exactly for the same effect. */
export function effectKey(entry: CompiledEntry): string {
  const key = `${entry.action}:${entry.cause}:${entry.may.map(boxKey).join(';')}`;
  return isCertain(entry) ? key : `${key}:${entry.must.map(boxKey).join(';')}`;
}

function boxKey(box: Box): string {
  const { source, destination } = box;
  return `${source.address}/${source.wildcard}>${destination.address}/${destination.wildcard} ${box.protocols}|${box.fragments}|${box.l4a}|${box.l4b}|${box.tcpFlags}|${box.tos}|${box.ttl}`;
}

/** Numbers entries by effect: equal number, equal effect. */
class EffectIds {
  private readonly byHash = new Map<number, { readonly id: number; readonly entry: CompiledEntry }[]>();
  private count = 0;

  of(entry: CompiledEntry): number {
    const hash = hashOf(entry.may);
    let alike = this.byHash.get(hash);
    if (alike === undefined) {
      alike = [];
      this.byHash.set(hash, alike);
    }
    for (const known of alike) if (sameEffect(known.entry, entry)) return known.id;
    alike.push({ id: this.count, entry });
    return this.count++;
  }
}

function hashOf(boxes: readonly Box[]): number {
  let hash = boxes.length;
  const mix = (value: number): void => {
    hash = (Math.imul(hash, 31) + value) | 0;
  };
  for (const box of boxes) {
    mix(box.source.address);
    mix(box.source.wildcard);
    mix(box.destination.address);
    mix(box.destination.wildcard);
    mix(box.protocols[0]![0]);
    mix(box.l4a[0]![0]);
    mix(box.l4b[0]![0]);
    mix(box.l4b[0]![1]);
  }
  return hash;
}
