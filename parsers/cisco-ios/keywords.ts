/** Words that are legal at one place of the grammar, each with what it stands for. */
export interface Keywords<V> {
  readonly exact: ReadonlyMap<string, V>;
  readonly sorted: readonly string[];
  /** Words that only their full spelling reaches, so that they never make an abbreviation ambiguous. */
  readonly unabbreviated: ReadonlySet<string>;
}

/** The word abbreviates several keywords that mean different things. */
export const AMBIGUOUS: unique symbol = Symbol('ambiguous');
export type Ambiguous = typeof AMBIGUOUS;

export function keywords<V>(
  entries: Iterable<readonly [string, V]>,
  unabbreviated: readonly string[] = [],
): Keywords<V> {
  const exact = new Map(entries);
  return { exact, sorted: [...exact.keys()].sort(), unabbreviated: new Set(unabbreviated) };
}

/** Keywords that stand for themselves. */
export const plainKeywords = (...words: string[]): Keywords<string> => keywords(words.map((w) => [w, w]));

/** IOS takes any prefix that fits one keyword of that place only; `word` is in lower case. */
export function findKeyword<V>(table: Keywords<V>, word: string): V | Ambiguous | undefined {
  const exact = table.exact.get(word);
  if (exact !== undefined) return exact;
  const { sorted } = table;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < word) low = middle + 1;
    else high = middle;
  }
  let found: V | undefined;
  for (let i = low; i < sorted.length && sorted[i]!.startsWith(word); i++) {
    if (table.unabbreviated.has(sorted[i]!)) continue;
    const value = table.exact.get(sorted[i]!)!;
    if (found !== undefined && found !== value) return AMBIGUOUS;
    found = value;
  }
  return found;
}

/** What an ambiguous word could mean, for the message. */
export const candidatesOf = (table: Keywords<unknown>, word: string): string[] =>
  table.sorted.filter((k) => k.startsWith(word) && !table.unabbreviated.has(k));
