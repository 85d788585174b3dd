import { A_HI, A_LO, B_HI, B_LO, DST, DST_FREE, type FlatSpace, SETS, SRC, SRC_FREE } from './flat-space.ts';
import { shareOf } from './share.ts';

/** Finds the rows that overlap a row. Everywhere, only rows numbered below `before` and not marked in `skip` count. */
export interface OverlapIndex {
  /**
   * Writes the rows that overlap the row at `at` into `out`, in no order, and answers how many. Beyond `limit`
   * it gives up and answers limit + 1.
   */
  readonly find: (
    words: Int32Array,
    at: number,
    before: number,
    out: RowNumbers,
    skip?: Uint8Array,
    limit?: number,
  ) => number;
  /** Some row that overlaps the row at `at`; -1 when there is none. */
  readonly findAny: (words: Int32Array, at: number, before: number, skip?: Uint8Array) => number;
  /** The lowest such row: the first match, when the row at `at` is one packet. */
  readonly findFirst: (words: Int32Array, at: number, before: number, skip?: Uint8Array) => number;
  /** The lowest of the rows that take up the largest share of the row at `at`; -1 when none overlaps. */
  readonly findLargest: (words: Int32Array, at: number, before: number, skip?: Uint8Array) => number;
  /** Some row that has all packets of the row at `at`, and that counts; -1 when there is none. */
  readonly findCovering: (words: Int32Array, at: number, counts: (row: number) => boolean) => number;
  /** Rows and nodes looked at by all questions so far; those for a first match may be left out. */
  readonly looks: () => number;
}

/** A list of row numbers that grows. */
export class RowNumbers {
  values = new Int32Array(256);

  reserve(size: number): Int32Array {
    if (size > this.values.length) {
      const grown = new Int32Array(Math.max(size, this.values.length * 2));
      grown.set(this.values);
      this.values = grown;
    }
    return this.values;
  }
}

/** By looking at every row. */
export function scanRows(space: FlatSpace, rows: Int32Array, count: number): OverlapIndex {
  const { stride } = space;
  const none = new Uint8Array(count);
  let looks = 0;
  /** The next row from `from` on that overlaps; -1 when there is none. */
  const next = (words: Int32Array, at: number, from: number, before: number, skip: Uint8Array): number => {
    for (let row = from; row < before; row++)
      if (rowsOverlap(space, words, at, rows, row * stride) && skip[row] === 0) {
        looks += row - from + 1;
        return row;
      }
    looks += Math.max(0, before - from);
    return -1;
  };
  const findFirst: OverlapIndex['findFirst'] = (words, at, before, skip = none) =>
    next(words, at, 0, before, skip);
  return {
    findFirst,
    findAny: findFirst,
    find: (words, at, before, out, skip = none, limit = Number.POSITIVE_INFINITY) => {
      let found = 0;
      for (let row = -1; ; ) {
        row = next(words, at, row + 1, before, skip);
        if (row === -1) return found;
        if (found === limit) return found + 1;
        out.reserve(found + 1)[found++] = row;
      }
    },
    findLargest: (words, at, before, skip = none) => {
      let largest = -1;
      let best = 0;
      for (let row = -1; ; ) {
        row = next(words, at, row + 1, before, skip);
        if (row === -1) return largest;
        const share = shareOf(space, words, at, rows, row * stride);
        if (share <= best) continue;
        best = share;
        largest = row;
      }
    },
    findCovering: (words, at, counts) => {
      for (let row = 0; row < count; row++)
        if (rowCovers(space, rows, row * stride, words, at) && counts(row)) return row;
      return -1;
    },
    looks: () => looks,
  };
}

/** True when the rows share a packet. */
export function rowsOverlap(space: FlatSpace, a: Int32Array, i: number, b: Int32Array, j: number): boolean {
  if (((a[i + SRC]! ^ b[j + SRC]!) & ~(a[i + SRC_FREE]! | b[j + SRC_FREE]!)) !== 0) return false;
  if (((a[i + DST]! ^ b[j + DST]!) & ~(a[i + DST_FREE]! | b[j + DST_FREE]!)) !== 0) return false;
  if (a[i + B_LO]! > b[j + B_HI]! || b[j + B_LO]! > a[i + B_HI]!) return false;
  if (a[i + A_LO]! > b[j + A_HI]! || b[j + A_LO]! > a[i + A_HI]!) return false;
  const { sets } = space;
  for (let s = 0; s < sets.length; s++) {
    let common = 0;
    for (let w = sets[s]![0]; w < sets[s]![1]; w++) common |= a[i + w]! & b[j + w]!;
    if (common === 0) return false;
  }
  return true;
}

/** True when the row at `b[j]` is part of the one at `a[i]`. */
export function rowCovers(space: FlatSpace, a: Int32Array, i: number, b: Int32Array, j: number): boolean {
  for (let field = SRC; field <= DST; field += DST - SRC) {
    if ((b[j + field + 1]! & ~a[i + field + 1]!) !== 0) return false;
    if (((a[i + field]! ^ b[j + field]!) & ~a[i + field + 1]!) !== 0) return false;
  }
  return rowCoversApart(space, a, i, b, j);
}

/** The same but for addresses, which are not looked at. */
export function rowCoversApart(
  space: FlatSpace,
  a: Int32Array,
  i: number,
  b: Int32Array,
  j: number,
): boolean {
  for (let field = A_LO; field <= B_LO; field += B_LO - A_LO)
    if (a[i + field]! > b[j + field]! || a[i + field + 1]! < b[j + field + 1]!) return false;
  for (let w = SETS; w < space.stride; w++) if ((b[j + w]! & ~a[i + w]!) !== 0) return false;
  return true;
}
