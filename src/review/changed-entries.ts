/**
 * The items of two sequences that are not part of one longest common subsequence. Equal items are paired in order of
 * appearance, so that the search is for the longest rising run of places: n log n, whatever the sequences.
 */
export function changedItems<T>(
  before: readonly T[],
  after: readonly T[],
  keyBefore: (item: T) => string,
  keyAfter: (item: T) => string,
): { readonly removed: readonly T[]; readonly added: readonly T[] } {
  const places = new Map<string, number[]>();
  after.forEach((item, at) => {
    const key = keyAfter(item);
    const known = places.get(key);
    if (known) known.push(at);
    else places.set(key, [at]);
  });
  const next = new Map<string, number>();
  const pairs: { from: number; to: number }[] = [];
  before.forEach((item, from) => {
    const key = keyBefore(item);
    const nth = next.get(key) ?? 0;
    next.set(key, nth + 1);
    const to = places.get(key)?.[nth];
    if (to !== undefined) pairs.push({ from, to });
  });
  const kept = longestRise(pairs.map((p) => p.to)).map((i) => pairs[i]!);
  const keptBefore = new Set(kept.map((p) => p.from));
  const keptAfter = new Set(kept.map((p) => p.to));
  return {
    removed: before.filter((_, i) => !keptBefore.has(i)),
    added: after.filter((_, i) => !keptAfter.has(i)),
  };
}

/** Indexes of a longest strictly rising subsequence. */
function longestRise(values: readonly number[]): readonly number[] {
  const tails: number[] = [];
  const previous: number[] = [];
  values.forEach((value, i) => {
    let lo = 0;
    let hi = tails.length;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if (values[tails[mid]!]! < value) lo = mid + 1;
      else hi = mid;
    }
    previous[i] = lo > 0 ? tails[lo - 1]! : -1;
    tails[lo] = i;
  });
  const out: number[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at]!) out.push(at);
  return out.reverse();
}
