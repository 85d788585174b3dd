import { A_LO, B_LO, copyRow, DST, RowBuffer, type RowLayout, SRC } from './flat-space.ts';
import { shareOf } from './share.ts';

/** Whether every piece was shown, or the receiver or the budget put an end to it. */
export type CutResult = 'done' | 'stopped' | 'over-budget';

/**
 * Takes rows ("cuts") away from a row and shows what is left, depth first and the likeliest survivor first, so
 * that the usual question, is anything left at all, ends at the first piece that no cut touches.
 *
 * A piece carries the list of the cuts that overlap it. The one with the largest share of the piece is taken
 * away: the parts around it differ from the piece in one field each, so each part's list is made by looking at
 * that field alone. Cost follows the cuts that overlap locally, never the whole union.
 */
export interface CutAway {
  /**
   * Takes `cuts[0..count)`, all overlapping the row at `at`, away from it. `survives` gets the words and place
   * of each piece left (valid during the call) and answers whether to go on; pieces are disjoint.
   */
  readonly run: (
    words: Int32Array,
    at: number,
    cuts: Int32Array,
    count: number,
    survives: (words: Int32Array, at: number) => boolean,
    limits?: CutLimits,
  ) => CutResult;
}

export interface CutLimits {
  /** Cuts that may still be looked at; counted down, and below zero the end: `over-budget`. */
  readonly meter?: { left: number };
  /** Told of every cut that the answer rests on. */
  readonly used?: (cut: number) => void;
}

/** One waiting piece: where its list of cuts is, and where the lists of it and its siblings begin and end. */
const P_FROM = 0;
const P_TO = 1;
const P_BASE = 2;
const P_FREE = 3;
const PENDING = 4;

export function cutAwayFrom(space: RowLayout, rows: Int32Array): CutAway {
  const { stride, sets } = space;
  const piece = new Int32Array(stride);
  const rest = new Int32Array(stride);
  const part = new Int32Array(stride);
  const pieces = new RowBuffer(stride, 64);
  let pending = new Int32Array(64 * PENDING);
  let arena = new Int32Array(1024);
  let tie = 1;

  function roomFor(size: number): void {
    if (size <= arena.length) return;
    const grown = new Int32Array(Math.max(size, arena.length * 2));
    grown.set(arena);
    arena = grown;
  }

  function run(
    words: Int32Array,
    at: number,
    cuts: Int32Array,
    count: number,
    survives: (words: Int32Array, at: number) => boolean,
    limits: CutLimits = {},
  ): CutResult {
    const { used, meter } = limits;
    let waiting = 0;
    tie = 1;

    /** Puts `part` on the stack, or shows it when no cut touches it; false: stop. */
    const keep = (from: number, to: number): boolean => {
      if (from === to) return survives(part, 0);
      if (pieces.words.length < (waiting + 1) * stride || pending.length < (waiting + 1) * PENDING)
        growStack(waiting);
      copyRow(part, 0, pieces.words, waiting * stride, stride);
      pending[waiting * PENDING + P_FROM] = from;
      pending[waiting * PENDING + P_TO] = to;
      waiting++;
      return true;
    };

    roomFor(count);
    for (let i = 0; i < count; i++) arena[i] = cuts[i]!;
    copyRow(words, at, part, 0, stride);
    if (!keep(0, count)) return 'stopped';
    pending[P_BASE] = 0;
    pending[P_FREE] = count;

    while (waiting > 0) {
      waiting--;
      const entry = waiting * PENDING;
      const from = pending[entry + P_FROM]!;
      let to = pending[entry + P_TO]!;
      const free = pending[entry + P_FREE]!;
      let base = pending[entry + P_BASE]!;
      copyRow(pieces.words, waiting * stride, piece, 0, stride);
      if (meter !== undefined) {
        meter.left -= to - from;
        if (meter.left < 0) return 'over-budget';
      }

      const chosen = largestShare(from, to);
      const cut = arena[chosen]!;
      used?.(cut);
      if (share === 1) continue;
      arena[chosen] = arena[--to]!;
      const firstNew = waiting;
      listFrom = from;
      listTo = to;
      top = free;
      if (!splitAround(cut * stride, keep)) return 'stopped';
      let end = top;
      const lastOfItsGroup = firstNew === 0 || pending[entry - PENDING + P_BASE] !== base;
      if (lastOfItsGroup) {
        // The lists of its group are done with: without this a long chain of cuts would pile them up.
        arena.copyWithin(base, free, end);
        for (let e = firstNew; e < waiting; e++) {
          pending[e * PENDING + P_FROM]! -= free - base;
          pending[e * PENDING + P_TO]! -= free - base;
        }
        end -= free - base;
      } else base = free;
      for (let e = firstNew; e < waiting; e++) {
        pending[e * PENDING + P_BASE] = base;
        pending[e * PENDING + P_FREE] = end;
      }
      fewestOnTop(firstNew, waiting);
    }
    return 'done';
  }

  function growStack(waiting: number): void {
    const grownPieces = new Int32Array((waiting + 1) * 2 * stride);
    grownPieces.set(pieces.words);
    pieces.words = grownPieces;
    const grown = new Int32Array((waiting + 1) * 2 * PENDING);
    grown.set(pending);
    pending = grown;
  }

  let share = 0;

  /** The place in the arena of the cut that takes most of `piece`; sets `share`, 1 when it takes all. */
  function largestShare(from: number, to: number): number {
    let best = from;
    share = -1;
    for (let i = from; i < to; i++) {
      const part = shareOf(space, piece, 0, rows, arena[i]! * stride);
      if (part < share) continue;
      if (part === share) {
        // Equal shares: take any, so that a long run of like cuts is halved and not peeled.
        tie = (Math.imul(tie, 1103515245) + 12345) | 0;
        if (tie < 0) continue;
      }
      share = part;
      best = i;
      if (part === 1) break;
    }
    return best;
  }

  /** The cuts that overlap `rest` are arena[listFrom..listTo); lists of parts are written from `top` on. */
  let listFrom = 0;
  let listTo = 0;
  let top = 0;

  /**
   * Hands out the parts of `piece` around the cut, each with its list of cuts. Field after field, `part` becomes
   * what of `rest` lies outside the cut there, and `rest` is brought within it; the two differ in that one field,
   * so it alone says which cuts go on with which. Answers whether to go on.
   */
  function splitAround(cut: number, keep: (from: number, to: number) => boolean): boolean {
    copyRow(piece, 0, rest, 0, stride);
    for (const [from, to] of sets) {
      let outside = 0;
      for (let w = from; w < to; w++) outside |= rest[w]! & ~rows[cut + w]!;
      if (outside !== 0 && !keep(partSet(cut, from, to), top)) return false;
    }
    for (let field = SRC; field <= DST; field += DST - SRC)
      for (let bits = rest[field + 1]! & ~rows[cut + field + 1]!; bits !== 0; ) {
        const bit = 0x80000000 >>> Math.clz32(bits);
        bits &= ~bit;
        if (!keep(partBit(field, bit, rows[cut + field]! & bit), top)) return false;
      }
    for (let field = B_LO; field >= A_LO; field -= B_LO - A_LO) {
      const lo = rows[cut + field]!;
      const hi = rows[cut + field + 1]!;
      if (rest[field]! < lo && !keep(partBelow(field, lo), top)) return false;
      if (rest[field + 1]! > hi && !keep(partAbove(field, hi), top)) return false;
    }
    return true;
  }

  /** These four part `rest` in one field, write the part's list of cuts, and answer where that begins. */
  function partSet(cut: number, first: number, last: number): number {
    copyRow(rest, 0, part, 0, stride);
    for (let w = first; w < last; w++) {
      part[w] = rest[w]! & ~rows[cut + w]!;
      rest[w]! &= rows[cut + w]!;
    }
    const start = beginPart();
    let stay = listFrom;
    for (let i = listFrom; i < listTo; i++) {
      const row = arena[i]! * stride;
      let outside = 0;
      let inside = 0;
      for (let w = first; w < last; w++) {
        outside |= part[w]! & rows[row + w]!;
        inside |= rest[w]! & rows[row + w]!;
      }
      if (outside !== 0) arena[top++] = arena[i]!;
      if (inside !== 0) arena[stay++] = arena[i]!;
    }
    listTo = stay;
    return start;
  }

  function partBit(field: number, bit: number, side: number): number {
    rest[field + 1]! &= ~bit;
    copyRow(rest, 0, part, 0, stride);
    part[field]! |= side ^ bit;
    rest[field]! |= side;
    const start = beginPart();
    let stay = listFrom;
    for (let i = listFrom; i < listTo; i++) {
      const row = arena[i]! * stride + field;
      const both = (rows[row + 1]! & bit) !== 0;
      const inside = (rows[row]! & bit) === side;
      if (both || !inside) arena[top++] = arena[i]!;
      if (both || inside) arena[stay++] = arena[i]!;
    }
    listTo = stay;
    return start;
  }

  function partBelow(field: number, lo: number): number {
    copyRow(rest, 0, part, 0, stride);
    part[field + 1] = lo - 1;
    rest[field] = lo;
    const start = beginPart();
    let stay = listFrom;
    for (let i = listFrom; i < listTo; i++) {
      const row = arena[i]! * stride + field;
      if (rows[row]! < lo) arena[top++] = arena[i]!;
      if (rows[row + 1]! >= lo) arena[stay++] = arena[i]!;
    }
    listTo = stay;
    return start;
  }

  function partAbove(field: number, hi: number): number {
    copyRow(rest, 0, part, 0, stride);
    part[field] = hi + 1;
    rest[field + 1] = hi;
    const start = beginPart();
    let stay = listFrom;
    for (let i = listFrom; i < listTo; i++) {
      const row = arena[i]! * stride + field;
      if (rows[row + 1]! > hi) arena[top++] = arena[i]!;
      if (rows[row]! <= hi) arena[stay++] = arena[i]!;
    }
    listTo = stay;
    return start;
  }

  function beginPart(): number {
    roomFor(top + listTo - listFrom);
    return top;
  }

  /** Sorts the new pending pieces so that the one with the fewest cuts is taken up first. */
  function fewestOnTop(from: number, to: number): void {
    const size = (e: number): number => pending[e * PENDING + P_TO]! - pending[e * PENDING + P_FROM]!;
    for (let i = from + 1; i < to; i++)
      for (let j = i; j > from && size(j) > size(j - 1); j--) swapPending(j, j - 1);
  }

  function swapPending(i: number, j: number): void {
    for (let f = 0; f < PENDING; f++) {
      const held = pending[i * PENDING + f]!;
      pending[i * PENDING + f] = pending[j * PENDING + f]!;
      pending[j * PENDING + f] = held;
    }
    for (let w = 0; w < stride; w++) {
      const held = pieces.words[i * stride + w]!;
      pieces.words[i * stride + w] = pieces.words[j * stride + w]!;
      pieces.words[j * stride + w] = held;
    }
  }

  return { run };
}
