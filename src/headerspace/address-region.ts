import {
  type AddressPattern,
  freeBits,
  type Ipv4,
  patternContains,
  patternsOverlap,
} from '../model/address.ts';
import { intersectPatterns, subtractPattern } from './box.ts';

/** Addresses: what patterns hold, without what others hold. */
export class AddressRegion {
  readonly within: readonly AddressPattern[];
  readonly without: readonly AddressPattern[];

  /** Those of `within` are disjoint; those of `without` may overlap. */
  constructor(within: readonly AddressPattern[], without: readonly AddressPattern[]) {
    this.within = within;
    this.without = without;
  }

  /** The same without these addresses. */
  less(patterns: readonly AddressPattern[]): AddressRegion {
    return patterns.length === 0 ? this : new AddressRegion(this.within, [...this.without, ...patterns]);
  }

  has(address: Ipv4): boolean {
    const isIn = (pattern: AddressPattern): boolean => patternContains(pattern, address);
    return this.within.some(isIn) && !this.without.some(isIn);
  }

  /** Its share of a pattern as disjoint ones, widest first. */
  partsOf(pattern: AddressPattern): readonly AddressPattern[] {
    const parts = this.within
      .filter((w) => patternsOverlap(w, pattern))
      .map((w) => intersectPatterns(w, pattern));
    return [...this.without.reduce<readonly AddressPattern[]>(patternsMinus, parts)].sort(
      (a, b) => freeBits(b) - freeBits(a),
    );
  }
}

/** The addresses of a set of patterns that are not in another. */
export const patternsMinus = (
  set: readonly AddressPattern[],
  cut: AddressPattern,
): readonly AddressPattern[] => set.flatMap((p) => (patternsOverlap(p, cut) ? subtractPattern(p, cut) : [p]));
