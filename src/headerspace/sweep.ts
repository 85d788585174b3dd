import { A_LO, B_LO, DST, type FlatSpace, SRC } from './flat-space.ts';

export const GAVE_UP = 'gave up';

/** What a cut costs that goes on to the next field: a place in a new array, and its number in a key. */
const LOOKS_A_STRETCH = 20;

/**
 * The exact answer for pieces on which cutting away blows up: goes through the fields in a fixed order, parts
 * each into the stretches between which the same cuts apply, and remembers every (field, cuts still in play)
 * that it has found covered. That bounds the work by the number of different sets of cuts, however often
 * pieces of the same shape come up: what a decision diagram does, built for one question and thrown away.
 *
 * Answers a packet, as a row, of the row at `at` that none of `cuts[0..count)` has; null when they cover it, and
 * that it gave up when it has looked at `patience.left` cuts, which it counts down.
 */
export function sweepForLeftOver(
  space: FlatSpace,
  rows: Int32Array,
  words: Int32Array,
  at: number,
  cuts: Int32Array,
  count: number,
  patience: { left: number } = { left: Number.POSITIVE_INFINITY },
): Int32Array | null | typeof GAVE_UP {
  const { stride, sets } = space;
  const point = words.slice(at, at + stride);
  const fields = listFields(space, words, at);
  const covered = fields.map(() => new Set<string>());

  /** Whether a cut has all that is left of the piece in the fields from `depth` on. */
  const takesRest = (cut: number, depth: number): boolean => {
    for (let d = depth; d < fields.length; d++) if (!fills(fields[d]!, cut)) return false;
    return true;
  };

  function fills(field: Field, cut: number): boolean {
    const row = cut * stride;
    switch (field.kind) {
      case 'bit':
        return (rows[row + field.at + 1]! & field.bit) !== 0;
      case 'slot':
        return (
          rows[row + field.at]! <= words[at + field.at]! &&
          rows[row + field.at + 1]! >= words[at + field.at + 1]!
        );
      case 'set': {
        const [from, to] = sets[field.set]!;
        for (let w = from; w < to; w++) if ((words[at + w]! & ~rows[row + w]!) !== 0) return false;
        return true;
      }
    }
  }

  /** True when the cuts leave something: `point` is then a packet of it. */
  function leaves(depth: number, active: readonly number[]): boolean {
    patience.left -= active.length * LOOKS_A_STRETCH;
    if (patience.left < 0) return true;
    if (active.length === 0) {
      settle(depth);
      return true;
    }
    if (depth === fields.length || active.some((cut) => takesRest(cut, depth))) return false;
    const key = active.join(' ');
    if (covered[depth]!.has(key)) return false;
    if (leavesInSome(fields[depth]!, depth, active)) return true;
    covered[depth]!.add(key);
    return false;
  }

  function leavesInSome(field: Field, depth: number, active: readonly number[]): boolean {
    switch (field.kind) {
      case 'bit':
        for (const side of [0, field.bit]) {
          point[field.at] = (point[field.at]! & ~field.bit) | side;
          point[field.at + 1]! &= ~field.bit;
          const here = active.filter((cut) => {
            const row = cut * stride + field.at;
            return (rows[row + 1]! & field.bit) !== 0 || (rows[row]! & field.bit) === side;
          });
          if (leaves(depth + 1, here)) return true;
        }
        return false;
      case 'slot': {
        const lo = words[at + field.at]!;
        const hi = words[at + field.at + 1]!;
        const starts = new Set([lo]);
        for (const cut of active) {
          const from = rows[cut * stride + field.at]!;
          const next = rows[cut * stride + field.at + 1]! + 1;
          if (from > lo && from <= hi) starts.add(from);
          if (next > lo && next <= hi) starts.add(next);
        }
        for (const value of starts) {
          point[field.at] = value;
          point[field.at + 1] = value;
          const here = active.filter((cut) => {
            const row = cut * stride + field.at;
            return rows[row]! <= value && value <= rows[row + 1]!;
          });
          if (leaves(depth + 1, here)) return true;
        }
        return false;
      }
      case 'set': {
        const [from, to] = sets[field.set]!;
        for (let w = from; w < to; w++)
          for (let bits = words[at + w]!; bits !== 0; bits &= bits - 1) {
            const bit = bits & -bits;
            point.fill(0, from, to);
            point[w] = bit;
            const here = active.filter((cut) => (rows[cut * stride + w]! & bit) !== 0);
            if (leaves(depth + 1, here)) return true;
          }
        return false;
      }
    }
  }

  /** Fixes the fields that were not reached to some value of the piece. */
  function settle(depth: number): void {
    for (let d = depth; d < fields.length; d++) {
      const field = fields[d]!;
      switch (field.kind) {
        case 'bit':
          point[field.at + 1]! &= ~field.bit;
          point[field.at]! &= ~field.bit;
          break;
        case 'slot':
          point[field.at] = words[at + field.at]!;
          point[field.at + 1] = words[at + field.at]!;
          break;
        case 'set': {
          const [from, to] = sets[field.set]!;
          point.fill(0, from, to);
          for (let w = from; w < to; w++)
            if (words[at + w]! !== 0) {
              point[w] = words[at + w]! & -words[at + w]!;
              break;
            }
        }
      }
    }
  }

  const isLeft = leaves(0, [...cuts.subarray(0, count)]);
  return patience.left < 0 ? GAVE_UP : isLeft ? point : null;
}

type Field =
  | { readonly kind: 'set'; readonly set: number }
  | { readonly kind: 'slot'; readonly at: number }
  | { readonly kind: 'bit'; readonly at: number; readonly bit: number };

/** Sets and slots first, whose stretches part the cuts most; then the addresses' free bits, highest first. */
function listFields(space: FlatSpace, words: Int32Array, at: number): readonly Field[] {
  const fields: Field[] = space.sets.map((_, set) => ({ kind: 'set', set }));
  for (const slot of [B_LO, A_LO]) fields.push({ kind: 'slot', at: slot });
  for (const address of [DST, SRC])
    for (let free = words[at + address + 1]!; free !== 0; ) {
      const bit = 0x80000000 >>> Math.clz32(free);
      free &= ~bit;
      fields.push({ kind: 'bit', at: address, bit: bit | 0 });
    }
  return fields;
}
