import type { AddressPattern } from '../model/address.ts';
import { type Ranges, sameRanges } from '../model/ports.ts';
import type { Box } from './box.ts';
import {
  A_HI,
  A_LO,
  B_HI,
  B_LO,
  DST,
  DST_FREE,
  type FlatSpace,
  intersectRows,
  SETS,
  SRC,
  SRC_FREE,
} from './flat-space.ts';
import { classesOfSlot, type SlotClasses } from './slot-classes.ts';

/** Rows in the order in which they match, and whom each belongs to. */
export interface OrderedRows {
  readonly space: FlatSpace;
  readonly words: Int32Array;
  /** The rows that count, by number, ascending. */
  readonly numbers: Int32Array;
  /** Row number to owner. */
  readonly owner: Int32Array;
  /** Owner of what no row matches. */
  readonly nobody: number;
}

/** Gets the boxes of one owner that share a source; all boxes of one run are disjoint. */
export type Give = (owner: number, boxes: readonly Box[]) => void;

/** Cells looked at, beyond which scattered wildcards or very many ports make this way a bad one; a second or less. */
const MOST_WORK = 100_000_000;
/** Each level of halving keeps three words a cell. */
const MOST_CELLS = 100_000;
/** What a box costs, in cells looked at. */
const BOX_WORK = 200;

/**
 * Shares a row of `within` out to the first rows that match, where these look at source and ports alone, as all do
 * that may match at one destination. Sources are halved, bit by bit, until no row parts what is left; the slots'
 * classes make a table of cells, and where both halves give a cell to the same owner they are joined again. So a
 * cell's sources are as few patterns as halving makes, whatever other cells need. False, and nothing given, where
 * rows look at more than that or the work would not end soon.
 */
export function halveSources(
  rows: OrderedRows,
  query: Int32Array,
  at: number,
  within: Box,
  give: Give,
): boolean {
  const clipped = clip(rows, query, at);
  if (clipped === null) return false;
  const a = classesOfSlot(clipped.aLo, clipped.aHi, [query[at + A_LO]!, query[at + A_HI]!]);
  const b = classesOfSlot(clipped.bLo, clipped.bHi, [query[at + B_LO]!, query[at + B_HI]!]);
  if (a === null || b === null || a.count * b.count > MOST_CELLS) return false;
  const shares = new Shares(a, b, within);
  if (!new Halving(clipped, a, b, rows.nobody, shares).run(query[at + SRC]!, query[at + SRC_FREE]!))
    return false;
  for (const [owner, boxes] of shares.boxes) give(owner, boxes);
  return true;
}

/** What the rows take of one row, field by field. */
interface Clipped {
  readonly source: Int32Array;
  readonly free: Int32Array;
  readonly aLo: Int32Array;
  readonly aHi: Int32Array;
  readonly bLo: Int32Array;
  readonly bHi: Int32Array;
  readonly owner: Int32Array;
}

/** Null where a row looks at more than source and ports of this one. */
function clip({ space, words, numbers, owner }: OrderedRows, query: Int32Array, at: number): Clipped | null {
  const shared = new Int32Array(space.stride);
  const found: Int32Array[] = [];
  for (const row of numbers) {
    if (!intersectRows(space, query, at, words, row * space.stride, shared)) continue;
    if (shared[DST] !== query[at + DST] || shared[DST_FREE] !== query[at + DST_FREE]) return null;
    for (let w = SETS; w < space.stride; w++) if (shared[w] !== query[at + w]) return null;
    found.push(Int32Array.of(...shared.subarray(0, SETS), owner[row]!));
  }
  const column = (word: number): Int32Array => Int32Array.from(found, (row) => row[word]!);
  return {
    source: column(SRC),
    free: column(SRC_FREE),
    aLo: column(A_LO),
    aHi: column(A_HI),
    bLo: column(B_LO),
    bHi: column(B_HI),
    owner: column(SETS),
  };
}

/** A cell whose sources do not all go to one owner. */
const PARTED = -1;

/** Words of one level of halving: the first row known to match each cell, and what became of each half's cells. */
interface Level {
  readonly first: Int32Array;
  readonly zero: Int32Array;
  readonly one: Int32Array;
}

class Halving {
  private readonly cells: number;
  private readonly aOf: readonly Int32Array[];
  private readonly bOf: readonly Int32Array[];
  private readonly levels: Level[] = [];
  private work = 0;

  private readonly rows: Clipped;
  private readonly b: SlotClasses;
  private readonly nobody: number;
  private readonly shares: Shares;

  constructor(rows: Clipped, a: SlotClasses, b: SlotClasses, nobody: number, shares: Shares) {
    this.rows = rows;
    this.b = b;
    this.nobody = nobody;
    this.shares = shares;
    this.cells = a.count * b.count;
    this.aOf = Array.from(rows.owner, (_, row) => a.of(rows.aLo[row]!, rows.aHi[row]!));
    this.bOf = Array.from(rows.owner, (_, row) => b.of(rows.bLo[row]!, rows.bHi[row]!));
  }

  /** False where the work is too much. */
  run(address: number, free: number): boolean {
    const all = Int32Array.from(this.rows.owner, (_, row) => row);
    const none = new Int32Array(this.cells).fill(all.length);
    const whole = new Int32Array(this.cells);
    if (!this.halve(address, free, all, none, whole, 0)) return false;
    this.shares.add(address, free, whole, () => true);
    return true;
  }

  /** Writes the owner of each cell to `into`; parts of cells that have several go to the shares. */
  private halve(
    address: number,
    free: number,
    overlapping: Int32Array,
    above: Int32Array,
    into: Int32Array,
    depth: number,
  ): boolean {
    const { first, zero, one } = this.levelAt(depth);
    first.set(above);
    const { parting, bits } = this.takeWhole(overlapping, free, first);
    this.work += this.cells + overlapping.length;
    if (this.work + this.shares.count * BOX_WORK > MOST_WORK) return false;
    if (bits === 0) {
      for (let c = 0; c < this.cells; c++) into[c] = this.rows.owner[first[c]!] ?? this.nobody;
      return true;
    }
    // Signed, as the words are.
    const bit = (0x80000000 >>> Math.clz32(bits)) | 0;
    const rest = free & ~bit;
    const done =
      this.halve(address, rest, this.half(parting, bit, 0), first, zero, depth + 1) &&
      this.halve(address | bit, rest, this.half(parting, bit, bit), first, one, depth + 1);
    if (!done) return false;
    for (let c = 0; c < this.cells; c++) into[c] = zero[c] === one[c] ? zero[c]! : PARTED;
    this.shares.add(address, rest, zero, (c) => into[c] === PARTED);
    this.shares.add(address | bit, rest, one, (c) => into[c] === PARTED);
    return true;
  }

  /** Enters rows that match all these sources; answers those left that match a part, and the bits that part them. */
  private takeWhole(overlapping: Int32Array, free: number, first: Int32Array) {
    const { rows } = this;
    let partial = 0;
    for (const row of overlapping)
      if ((free & ~rows.free[row]!) === 0) this.eachCell(row, first, true);
      else partial++;
    const parting = new Int32Array(partial);
    let count = 0;
    let bits = 0;
    for (const row of overlapping) {
      const cut = free & ~rows.free[row]!;
      if (cut === 0 || !this.eachCell(row, first, false)) continue;
      parting[count++] = row;
      bits |= cut;
    }
    return { parting: parting.subarray(0, count), bits };
  }

  /** Whether the row comes first in some cell, given the rows in `first`; entering it there where asked to. */
  private eachCell(row: number, first: Int32Array, enter: boolean): boolean {
    const as = this.aOf[row]!;
    const bs = this.bOf[row]!;
    let some = false;
    for (const a of as)
      for (const b of bs) {
        const cell = a * this.b.count + b;
        if (first[cell]! <= row) continue;
        if (!enter) return true;
        first[cell] = row;
        some = true;
      }
    this.work += as.length * bs.length;
    return some;
  }

  private half(parting: Int32Array, bit: number, side: number): Int32Array {
    const { free, source } = this.rows;
    return parting.filter((row) => (free[row]! & bit) !== 0 || (source[row]! & bit) === side);
  }

  private levelAt(depth: number): Level {
    const column = (): Int32Array => new Int32Array(this.cells);
    this.levels[depth] ??= { first: column(), zero: column(), one: column() };
    return this.levels[depth];
  }
}

type Ports = Pick<Box, 'l4a' | 'l4b'>;

/** Boxes by owner, made from cells. */
class Shares {
  readonly boxes = new Map<number, Box[]>();
  count = 0;
  private readonly products = new Map<string, readonly Ports[]>();

  private readonly a: SlotClasses;
  private readonly b: SlotClasses;
  private readonly within: Box;

  constructor(a: SlotClasses, b: SlotClasses, within: Box) {
    this.a = a;
    this.b = b;
    this.within = within;
  }

  /** Gives the cells that are wanted to their owners, for these sources. */
  add(address: number, free: number, owners: Int32Array, wanted: (cell: number) => boolean): void {
    const cells = new Map<number, number[]>();
    for (const [cell, owner] of owners.entries()) {
      if (owner === PARTED || !wanted(cell)) continue;
      const own = cells.get(owner);
      if (own) own.push(cell);
      else cells.set(owner, [cell]);
    }
    if (cells.size === 0) return;
    const source = { address: address >>> 0, wildcard: free >>> 0 } as AddressPattern;
    for (const [owner, own] of cells) {
      const boxes = this.boxes.get(owner) ?? [];
      this.boxes.set(owner, boxes);
      const products = this.productsOf(own);
      this.count += products.length;
      for (const ports of products) boxes.push({ ...this.within, source, ...ports });
    }
  }

  /** Cells as products of ports: second-slot classes that have the same first-slot ones go together. */
  private productsOf(cells: readonly number[]): readonly Ports[] {
    const key = cells.join(' ');
    let products = this.products.get(key);
    if (products === undefined) {
      products = this.toProducts(cells);
      this.products.set(key, products);
    }
    return products;
  }

  private toProducts(cells: readonly number[]): readonly Ports[] {
    const firstSlots = new Map<number, number[]>();
    for (const cell of cells) {
      const b = cell % this.b.count;
      firstSlots.set(b, [...(firstSlots.get(b) ?? []), Math.floor(cell / this.b.count)]);
    }
    const alike = new Map<string, { as: readonly number[]; bs: number[] }>();
    for (const [b, as] of firstSlots) {
      const group = alike.get(as.join(' ')) ?? { as, bs: [] };
      group.bs.push(b);
      alike.set(as.join(' '), group);
    }
    return [...alike.values()].map(({ as, bs }) => ({
      l4a: sharedIfSame(this.a.values(as), this.within.l4a),
      l4b: sharedIfSame(this.b.values(bs), this.within.l4b),
    }));
  }
}

/** The question's own set where it is the same, so that unlimited fields stay the shared constants. */
const sharedIfSame = (values: Ranges, own: Ranges): Ranges => (sameRanges(values, own) ? own : values);
