import type { Box } from '../headerspace/box.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';

/** The entries of two lists that the other one has not, or has elsewhere. */
export interface Changes {
  readonly before: readonly CompiledEntry[];
  readonly after: readonly CompiledEntry[];
}

/**
 * Finds a run of entries that both lists have in the same order; the rest is changed. Any such run will do for
 * exactness, since a packet that meets none of the rest is decided alike; a long one keeps the work small. A
 * moved line counts as taken away here and put in there. Names, numbers and places in the text do not matter.
 */
export function alignEntries(before: CompiledAcl, after: CompiledAcl): Changes {
  const keys = new Map<string, number>();
  const keyed = (entries: readonly CompiledEntry[]): Int32Array =>
    Int32Array.from(entries, (entry) => {
      const key = effectKey(entry);
      const known = keys.get(key);
      if (known !== undefined) return known;
      keys.set(key, keys.size);
      return keys.size - 1;
    });
  const old = keyed(before.entries);
  const now = keyed(after.entries);

  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let oldEnd = old.length;
  let nowEnd = now.length;
  while (oldEnd > start && nowEnd > start && old[oldEnd - 1] === now[nowEnd - 1]) {
    oldEnd--;
    nowEnd--;
  }
  const kept = longestRun(old.subarray(start, oldEnd), now.subarray(start, nowEnd));
  const keptBefore = new Set(kept.map(([i]) => i + start));
  const keptAfter = new Set(kept.map(([, j]) => j + start));
  return {
    before: before.entries.slice(start, oldEnd).filter((_, i) => !keptBefore.has(i + start)),
    after: after.entries.slice(start, nowEnd).filter((_, j) => !keptAfter.has(j + start)),
  };
}

/**
 * Pairs the n-th occurrence of a key on one side with its n-th on the other, and keeps the longest run of pairs
 * that ascends on both: O(n log n) however much was moved.
 */
function longestRun(old: Int32Array, now: Int32Array): readonly (readonly [number, number])[] {
  const places = new Map<number, number[]>();
  now.forEach((key, j) => {
    const all = places.get(key);
    if (all) all.push(j);
    else places.set(key, [j]);
  });
  const taken = new Map<number, number>();
  const partner = Array.from(old, (key) => {
    const nth = taken.get(key) ?? 0;
    taken.set(key, nth + 1);
    return places.get(key)?.[nth] ?? -1;
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

/** What an entry does to packets, as text: equal keys, equal effect wherever the two stand. */
export function effectKey(entry: CompiledEntry): string {
  const key = `${entry.action}:${entry.may.map(boxKey).join(';')}`;
  if (isCertain(entry)) return key;
  return `${key}:${entry.must.map(boxKey).join(';')}:${entry.cause}`;
}

function boxKey(box: Box): string {
  const { source, destination } = box;
  return `${source.address}/${source.wildcard}>${destination.address}/${destination.wildcard} ${box.protocols}|${box.fragments}|${box.l4a}|${box.l4b}|${box.tcpFlags}|${box.tos}|${box.ttl}`;
}
