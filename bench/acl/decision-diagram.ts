import type { CompiledAcl } from '../../src/acl/compile.ts';
import type { Box } from '../../src/headerspace/box.ts';
import { indexKinds } from './kinds.ts';

/**
 * The other peer, and an oracle: one reduced ordered binary decision diagram for the union of the lines so far,
 * as analysers in the field do it. Variables from the top: destination, source, l4b, l4a, kinds; high bits first.
 */
const VARIABLES = 32 + 32 + 16 + 16 + 32;
const NO = 0;
const YES = 1;

class Diagram {
  private level = new Uint8Array(1 << 20).fill(VARIABLES, 0, 2);
  private low = new Int32Array(1 << 20);
  private high = new Int32Array(1 << 20);
  private size = 2;
  private readonly unique = new Map<number, Map<number, number>>();
  private readonly unions = new Map<number, number>();
  private readonly overlaps = new Map<number, number>();

  get nodes(): number {
    return this.size;
  }

  node(level: number, low: number, high: number): number {
    if (low === high) return low;
    // Exact: fewer than 2^22 nodes keep level and low together below 2^53 / 2^22.
    const outer = level * 2 ** 23 + low;
    let inner = this.unique.get(outer);
    if (inner === undefined) {
      inner = new Map();
      this.unique.set(outer, inner);
    }
    const known = inner.get(high);
    if (known !== undefined) return known;
    if (this.size === this.level.length) this.grow();
    const id = this.size++;
    this.level[id] = level;
    this.low[id] = low;
    this.high[id] = high;
    inner.set(high, id);
    return id;
  }

  private grow(): void {
    if (this.size >= 2 ** 23) throw new Error('more than eight million nodes');
    const widen = <T extends Uint8Array | Int32Array>(old: T, empty: T): T => {
      empty.set(old);
      return empty;
    };
    this.level = widen(this.level, new Uint8Array(this.size * 2));
    this.low = widen(this.low, new Int32Array(this.size * 2));
    this.high = widen(this.high, new Int32Array(this.size * 2));
  }

  union(a: number, b: number): number {
    if (a === YES || b === YES) return YES;
    if (a === NO || a === b) return b;
    if (b === NO) return a;
    const key = a < b ? a * 2 ** 23 + b : b * 2 ** 23 + a;
    const known = this.unions.get(key);
    if (known !== undefined) return known;
    const level = Math.min(this.level[a]!, this.level[b]!);
    const [al, ah] = this.split(a, level);
    const [bl, bh] = this.split(b, level);
    const result = this.node(level, this.union(al, bl), this.union(ah, bh));
    this.unions.set(key, result);
    return result;
  }

  /** True when all of `a` is in `b`. */
  isWithin(a: number, b: number): boolean {
    if (a === NO || b === YES || a === b) return true;
    if (a === YES || b === NO) return false;
    const key = a * 2 ** 23 + b;
    const known = this.overlaps.get(key);
    if (known !== undefined) return known === 1;
    const level = Math.min(this.level[a]!, this.level[b]!);
    const [al, ah] = this.split(a, level);
    const [bl, bh] = this.split(b, level);
    const result = this.isWithin(al, bl) && this.isWithin(ah, bh);
    this.overlaps.set(key, result ? 1 : 0);
    return result;
  }

  /** Answers about the union so far are of no use for the next one. */
  forgetContainment(): void {
    this.overlaps.clear();
  }

  private split(id: number, level: number): readonly [number, number] {
    return this.level[id] === level ? [this.low[id]!, this.high[id]!] : [id, id];
  }

  box(box: Box, kinds: number): number {
    let id = NO;
    // One variable a kind, of which exactly one is set: a chain of "this kind, or a later one".
    for (let kind = 31; kind >= 0; kind--)
      id = this.node(96 + kind, id, (kinds >>> kind) & 1 ? this.noneFrom(kind + 1) : NO);
    id = this.ranges(80, box.l4a, id);
    id = this.ranges(64, box.l4b, id);
    id = this.pattern(32, box.source.address, box.source.wildcard, id);
    return this.pattern(0, box.destination.address, box.destination.wildcard, id);
  }

  private noneFrom(kind: number): number {
    let id = YES;
    for (let k = 31; k >= kind; k--) id = this.node(96 + k, id, NO);
    return id;
  }

  private pattern(top: number, value: number, free: number, then: number): number {
    let id = then;
    for (let bit = 0; bit < 32; bit++) {
      if ((free >>> bit) & 1) continue;
      id = (value >>> bit) & 1 ? this.node(top + 31 - bit, NO, id) : this.node(top + 31 - bit, id, NO);
    }
    return id;
  }

  private ranges(top: number, ranges: Box['l4a'], then: number): number {
    return ranges.reduce((all, [lo, hi]) => this.union(all, this.between(top, 15, 0, lo, hi, then)), NO);
  }

  private between(top: number, bit: number, base: number, lo: number, hi: number, then: number): number {
    const last = base + 2 ** (bit + 1) - 1;
    if (base > hi || last < lo) return NO;
    if (lo <= base && last <= hi) return then;
    return this.node(
      top + 15 - bit,
      this.between(top, bit - 1, base, lo, hi, then),
      this.between(top, bit - 1, base + 2 ** bit, lo, hi, then),
    );
  }
}

/** The same answers as findDeadNaively gives, by diagrams. */
export function* findDeadByDiagram(
  compiled: CompiledAcl,
): Generator<{ readonly line: number; readonly dead: boolean }> {
  const diagram = new Diagram();
  const kindsOf = indexKinds(compiled);
  const unionOf = (boxes: readonly Box[]): number =>
    boxes.reduce((all, box) => diagram.union(all, diagram.box(box, kindsOf(box))), NO);
  let taken = NO;
  for (const entry of compiled.entries) {
    const asked = unionOf(entry.asked);
    yield { line: entry.index, dead: diagram.isWithin(asked, taken) };
    diagram.forgetContainment();
    taken = diagram.union(taken, unionOf(entry.must));
  }
}
