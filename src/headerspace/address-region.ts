import {
  type AddressPattern,
  freeBits,
  type Ipv4,
  patternContains,
  patternsOverlap,
  samePattern,
} from '../model/address.ts';
import { intersectPatterns, subtractPattern } from './box.ts';

/** Addresses: what patterns hold, without what others hold. */
export class AddressRegion {
  readonly within: readonly AddressPattern[];
  readonly without: readonly AddressPattern[];
  private last: { readonly pattern: AddressPattern; readonly share: AddressRegion } | null = null;

  /** Those of `within` are disjoint; those of `without` may overlap. */
  constructor(within: readonly AddressPattern[], without: readonly AddressPattern[]) {
    this.within = within;
    this.without = without;
  }

  /** Its share of a pattern. Many questions in a row are about the same one. */
  shareOf(pattern: AddressPattern): AddressRegion {
    if (this.last === null || !samePattern(this.last.pattern, pattern)) {
      const meets = (other: AddressPattern): boolean => patternsOverlap(other, pattern);
      const within = this.within.filter(meets).map((w) => intersectPatterns(w, pattern));
      this.last = { pattern, share: new AddressRegion(within, this.without.filter(meets)) };
    }
    return this.last.share;
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
    const { within, without } = this.shareOf(pattern);
    return [...without.reduce(patternsMinus, within)].sort((a, b) => freeBits(b) - freeBits(a));
  }
}

/** The addresses of a set of patterns that are not in another; the very array where these share nothing. */
export function patternsMinus(
  set: readonly AddressPattern[],
  cut: AddressPattern,
): readonly AddressPattern[] {
  // Thousands of patterns, of which one or two are cut: copied in a plain loop.
  let left: AddressPattern[] | null = null;
  for (let i = 0; i < set.length; i++) {
    const pattern = set[i]!;
    if (patternsOverlap(pattern, cut)) {
      left ??= set.slice(0, i);
      for (const part of subtractPattern(pattern, cut)) left.push(part);
    } else if (left !== null) left.push(pattern);
  }
  return left ?? set;
}
