import { type AddressPattern, patternCovers, patternsOverlap } from '../model/address.ts';
import { pushAll } from '../model/push-all.ts';
import { patternsMinus } from './address-region.ts';
import { hullOf, inOrder } from './address-sets.ts';
import { intersectPatterns } from './box.ts';
import { joinPatterns } from './merge-boxes.ts';

/** Addresses, at least one. */
export interface AddressSet {
  /** Different for each set that one algebra made. */
  readonly id: number;
  /** Disjoint. */
  readonly patterns: readonly AddressPattern[];
  /** A pattern that holds them all; the least, unless they are many. */
  readonly hull: AddressPattern;
}

/** What is left of so many patterns hardly ever has a smaller hull than they had. */
const MANY = 64;

/**
 * Sets of addresses cut out of one another. The members of an object group meet the same few patterns in line after
 * line: what two sets share is worked out once, and a set that stays whole stays the same object.
 */
export class AddressAlgebra {
  private count = 0;
  private readonly singles = new Map<number, Map<number, AddressSet>>();
  private readonly ofMembers = new WeakMap<readonly AddressPattern[], AddressSet>();
  private readonly shared = new PairMemo();
  private readonly left = new PairMemo();
  private readonly parted = new Map<string, readonly AddressSet[]>();
  private readonly told = new Map<string, readonly AddressPattern[]>();

  /** The addresses of one pattern. */
  of(pattern: AddressPattern): AddressSet {
    const { address, wildcard } = pattern;
    const alike = this.singles.get(wildcard) ?? new Map<number, AddressSet>();
    this.singles.set(wildcard, alike);
    let set = alike.get(address);
    if (set === undefined) {
      set = { id: this.count++, patterns: [pattern], hull: pattern };
      alike.set(address, set);
    }
    return set;
  }

  /** The addresses of patterns that may overlap one another; null: none. */
  ofAll(members: readonly AddressPattern[]): AddressSet | null {
    let set = this.ofMembers.get(members) ?? null;
    if (set === null) {
      const apart: AddressPattern[] = [];
      for (const member of members) pushAll(apart, apart.reduce(patternsMinus, [member]));
      set = this.make(apart);
      if (set !== null) this.ofMembers.set(members, set);
    }
    return set;
  }

  /** Null: they share nothing. */
  intersect(a: AddressSet, b: AddressSet): AddressSet | null {
    if (a === b) return a;
    const [first] = a.patterns as readonly [AddressPattern];
    const [other] = b.patterns as readonly [AddressPattern];
    if (!patternsOverlap(a.hull, b.hull)) return null;
    if (b.patterns.length === 1) {
      if (patternCovers(other, a.hull)) return a;
      if (a.patterns.length === 1)
        return patternCovers(first, other) ? b : this.of(intersectPatterns(first, other));
    }
    return this.shared.of(a, b, () => {
      const both: AddressPattern[] = [];
      for (const p of a.patterns)
        for (const q of b.patterns)
          if (patternsOverlap(p, q)) both.push(patternCovers(q, p) ? p : intersectPatterns(p, q));
      if (both.length === a.patterns.length && both.every((p, i) => p === a.patterns[i])) return a;
      return this.make(both);
    });
  }

  /** What of `a` is not in `b`; null: nothing. */
  subtract(a: AddressSet, b: AddressSet): AddressSet | null {
    if (a === b) return null;
    if (!patternsOverlap(a.hull, b.hull)) return a;
    return this.left.of(a, b, () => {
      const rest = b.patterns.reduce(patternsMinus, a.patterns);
      return rest === a.patterns ? a : this.make(rest, rest.length > MANY ? a.hull : undefined);
    });
  }

  /** The addresses of disjoint sets in few patterns, in order; the same array for the same sets. */
  tell(sets: readonly AddressSet[]): readonly AddressPattern[] {
    const key = sets.map(({ id }) => id).join(' ');
    let patterns = this.told.get(key);
    if (patterns === undefined) {
      patterns = inOrder(joinPatterns(sets.flatMap((set) => [...set.patterns])));
      this.told.set(key, patterns);
    }
    return patterns;
  }

  /**
   * The parts of a set that none of the others tells apart: every one of the others has all of a part, or nothing. Asked
   * again for the same sets, the same parts.
   */
  partsToldApart(whole: AddressSet, others: Iterable<AddressSet>): readonly AddressSet[] {
    const inOrder = [...new Set(others)].sort((a, b) => a.id - b.id);
    const key = `${whole.id}|${inOrder.map(({ id }) => id).join(' ')}`;
    let parts = this.parted.get(key);
    if (parts === undefined) {
      parts = [whole];
      for (const other of inOrder) parts = parts.flatMap((part) => this.part(part, other));
      this.parted.set(key, parts);
    }
    return parts;
  }

  private part(set: AddressSet, other: AddressSet): readonly AddressSet[] {
    const inside = this.intersect(set, other);
    if (inside === null || inside === set) return [set];
    const outside = this.subtract(set, other);
    return outside === null ? [set] : [inside, outside];
  }

  private make(patterns: readonly AddressPattern[], hull?: AddressPattern): AddressSet | null {
    if (patterns.length === 0) return null;
    if (patterns.length === 1) return this.of(patterns[0]!);
    return { id: this.count++, patterns, hull: hull ?? hullOf(patterns) };
  }
}

/** What was worked out for two sets, in this order. */
class PairMemo {
  private readonly known = new Map<number, Map<number, AddressSet | null>>();

  of(a: AddressSet, b: AddressSet, make: () => AddressSet | null): AddressSet | null {
    let ofFirst = this.known.get(a.id);
    if (ofFirst === undefined) {
      ofFirst = new Map();
      this.known.set(a.id, ofFirst);
    }
    let result = ofFirst.get(b.id);
    if (result === undefined) {
      result = make();
      ofFirst.set(b.id, result);
    }
    return result;
  }
}
