/** A seeded source of chance: the same seed gives the same lists and packets on every machine. */
export interface Random {
  /** A whole number from `lo` to `hi`, both included. */
  readonly between: (lo: number, hi: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(values: readonly T[]) => T;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  // An additive step through all 32-bit numbers, each then mixed: plenty for choosing test data.
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const between = (lo: number, hi: number): number => lo + Math.floor(next() * (hi - lo + 1));
  return {
    between,
    chance: (probability) => next() < probability,
    pick: (values) => values[between(0, values.length - 1)]!,
  };
}
