import { AddressAlgebra, type AddressSet } from '../headerspace/address-algebra.ts';
import type { AddressSets } from '../headerspace/address-sets.ts';
import type { Box } from '../headerspace/box.ts';
import { cutProducts, type Product } from '../headerspace/cut-products.ts';
import {
  DST,
  DST_FREE,
  type FlatSpace,
  flatSpaceOf,
  intersectRows,
  RowBuffer,
  SRC,
  SRC_FREE,
} from '../headerspace/flat-space.ts';
import { RowNumbers, rowCovers, rowsOverlap, scanRows } from '../headerspace/overlap-index.ts';
import type { PacketSet } from '../headerspace/packet-set.ts';
import { type FindOverlaps, overlapsByAddress } from '../headerspace/rows-by-address.ts';
import { rowsOfBoxes } from '../headerspace/rows-of-boxes.ts';
import type { AddressPattern } from '../model/address.ts';
import { pushAll } from '../model/push-all.ts';
import { isChanged, type JointLine, NOWHERE, placeOf } from './joint-lists.ts';

/** The addresses of a row: its own are patterns that hold these. */
interface Ends {
  readonly source: AddressSet;
  readonly destination: AddressSet;
}

/** The packets of one pair of rows; null: they take more than a few pieces. */
export type PairPieces = readonly AddressSets[] | null;

/** More pieces than this of one pair of rows, and sets of addresses tell a reader no more than boxes. */
const MOST_PIECES = 256;

/** Rows held against pairs of rows, all in all: about a second. */
const PATIENCE = 50_000_000;

/**
 * The rows of joint lines with sets of addresses: a line with object groups takes one row for each of its services,
 * however many members the groups have.
 */
export class JointProducts {
  readonly lines: readonly JointLine[];
  private readonly algebra = new AddressAlgebra();
  private readonly space: FlatSpace;
  private readonly buffer: RowBuffer;
  /** Row to its line's place in `lines`. */
  private readonly lineOf: Int32Array;
  /** Row to its addresses. */
  private readonly ends: Ends[] = [];
  /** Row to its line's place in either list; NOWHERE where that list does not have it. */
  private readonly places: Readonly<Record<'before' | 'after', Int32Array>>;
  private readonly near = new Map<number, Int32Array>();
  private readonly parts = new Map<number, FindOverlaps>();
  private readonly rowsOf: (box: Box) => RowBuffer;
  private readonly found = new RowNumbers();
  /** What a pair of rows shares, and what of that is asked about. */
  private readonly shared: Int32Array;
  private readonly asking: Int32Array;

  constructor(lines: readonly JointLine[]) {
    this.lines = lines;
    this.space = flatSpaceOf(lines.flatMap((line) => [...(productOf(line)?.shapes ?? line.must)]));
    this.rowsOf = rowsOfBoxes(this.space);
    this.buffer = new RowBuffer(this.space.stride, lines.length + 1);
    this.shared = new Int32Array(this.space.stride);
    this.asking = new Int32Array(this.space.stride);
    const firstRow = new Int32Array(lines.length + 1);
    for (let i = 0; i < lines.length; i++) {
      this.layOut(lines[i]!);
      firstRow[i + 1] = this.ends.length;
    }
    this.lineOf = new Int32Array(this.ends.length);
    this.places = { before: new Int32Array(this.ends.length), after: new Int32Array(this.ends.length) };
    for (let i = 0; i < lines.length; i++) {
      const { before, after } = lines[i]!;
      this.lineOf.fill(i, firstRow[i], firstRow[i + 1]);
      this.places.before.fill(placeOf(before), firstRow[i], firstRow[i + 1]);
      this.places.after.fill(placeOf(after), firstRow[i], firstRow[i + 1]);
    }
  }

  private layOut(line: JointLine): void {
    const { algebra, buffer, ends, space } = this;
    const product = productOf(line);
    if (product === null) {
      for (const box of line.must) {
        space.encode(box, buffer);
        // In order of rows: sets are cut in the order in which they were made.
        const sets = { source: algebra.of(box.source), destination: algebra.of(box.destination) };
        while (ends.length < buffer.rows) ends.push(sets);
      }
      return;
    }
    const source = algebra.ofAll(product.sources);
    const destination = algebra.ofAll(product.destinations);
    if (source === null || destination === null) return;
    const sets = { source, destination };
    for (const shape of product.shapes) {
      space.encode({ ...shape, source: source.hull, destination: destination.hull }, buffer);
      while (ends.length < buffer.rows) ends.push(sets);
    }
  }

  /**
   * Calls `visit` with the places in `lines` of each pair of lines of which one is changed and that `differ`, and with the
   * packets of `within` whose first match is the one in the earlier list and the other in the later one. Stops and answers
   * false where that takes too long, or a pair too many pieces.
   */
  eachPair(
    within: PacketSet,
    differ: (l: number, m: number) => boolean,
    visit: (l: number, m: number, pieces: readonly AddressSets[]) => void,
  ): boolean {
    const { before, after } = this.places;
    const changed = this.changedRows();
    if (changed === null) return false;
    for (const row of changed) {
      const isBefore = before[row] !== NOWHERE;
      const near = this.rowsNear(row);
      for (let i = 0; i < near.length; i++) {
        const other = near[i]!;
        // Pairs of two changed lines are looked at from the earlier list's.
        if (after[other] === NOWHERE || (!isBefore && before[other] === NOWHERE)) continue;
        const [l, m] = isBefore ? [row, other] : [other, row];
        if (!differ(this.lineOf[l]!, this.lineOf[m]!)) continue;
        const pieces = this.piecesOf(l, m, row, within);
        if (pieces === null) return false;
        if (pieces.length > 0) visit(this.lineOf[l]!, this.lineOf[m]!, pieces);
      }
    }
    return true;
  }

  /** The changed rows that have a share in any pair; null: too many pairs of rows overlap. */
  private changedRows(): readonly number[] | null {
    const { lines, lineOf } = this;
    const inOneList: number[] = [];
    for (let row = 0; row < lineOf.length; row++) if (isChanged(lines[lineOf[row]!]!)) inOneList.push(row);
    let patience = PATIENCE - inOneList.length * lineOf.length;
    if (patience < 0) return null;
    const changed: number[] = [];
    for (const row of inOneList) {
      if (this.isCovered(row)) continue;
      patience -= this.rowsNear(row).length ** 2;
      if (patience < 0) return null;
      changed.push(row);
    }
    return changed;
  }

  /** Whether one row before it in its list has all packets of a changed row. */
  private isCovered(row: number): boolean {
    const whole = this.product(row);
    const place = this.places.before[row] === NOWHERE ? this.places.after : this.places.before;
    return this.rowsNear(row).some((other) => precedes(place, other, row) && this.covers(other, whole));
  }

  /** The packets whose first match is row `l` before and row `m` after; one of the two is the changed row. */
  private piecesOf(l: number, m: number, changed: number, within: PacketSet): PairPieces {
    const { algebra, buffer, space } = this;
    const { words, stride } = buffer;
    const [old, now] = [this.ends[l]!, this.ends[m]!];
    const source = algebra.intersect(old.source, now.source);
    const destination = algebra.intersect(old.destination, now.destination);
    const { asking, shared } = this;
    if (source === null || destination === null) return [];
    if (!intersectRows(space, words, l * stride, words, m * stride, shared)) return [];
    narrow(shared, source.hull, destination.hull);
    const whole: Product = { words: shared, at: 0, source, destination };
    const { before, after } = this.places;
    const earlier: number[] = [];
    const count = this.partsOf(changed)(shared, 0, this.found);
    for (let i = 0; i < count; i++) {
      const row = this.found.values[i]!;
      if (!precedes(before, row, l) && !precedes(after, row, m)) continue;
      if (!this.addressesOverlap(row, whole)) continue;
      if (this.covers(row, whole)) return [];
      earlier.push(row);
    }
    const pieces: AddressSets[] = [];
    for (const box of within) {
      const asked = this.rowsOf(box);
      for (let at = 0; at < asked.length; at += stride) {
        if (!intersectRows(space, shared, 0, asked.words, at, asking)) continue;
        const limited = { ...whole, words: asking };
        const cuts = earlier.filter((row) => this.overlaps(row, limited)).map((row) => this.product(row));
        const left = cutProducts({ space, algebra }, limited, cuts, box, MOST_PIECES);
        if (left === null) return null;
        pushAll(pieces, left);
      }
    }
    return pieces;
  }

  private product(row: number): Product {
    const { source, destination } = this.ends[row]!;
    return { words: this.buffer.words, at: row * this.buffer.stride, source, destination };
  }

  /** The rows that share packets with a row, in order. */
  private rowsNear(row: number): Int32Array {
    let near = this.near.get(row);
    if (near === undefined) {
      const { buffer, found, space } = this;
      const { words, rows, stride } = buffer;
      const product = this.product(row);
      const count = scanRows(space, words, rows).find(words, row * stride, rows, found);
      near = found.values.slice(0, count).filter((other) => this.overlaps(other, product));
      this.near.set(row, near);
    }
    return near;
  }

  /** Finds the rows that share packets with a part of a row, but for sets whose hulls alone do. */
  private partsOf(row: number): FindOverlaps {
    let find = this.parts.get(row);
    if (find === undefined) {
      const { buffer, space } = this;
      find = overlapsByAddress(space, buffer.words, this.rowsNear(row), buffer.words, row * buffer.stride);
      this.parts.set(row, find);
    }
    return find;
  }

  private overlaps(row: number, product: Product): boolean {
    const { buffer, space } = this;
    return (
      rowsOverlap(space, product.words, product.at, buffer.words, row * buffer.stride) &&
      this.addressesOverlap(row, product)
    );
  }

  private addressesOverlap(row: number, { source, destination }: Product): boolean {
    const { algebra } = this;
    const own = this.ends[row]!;
    return (
      algebra.intersect(source, own.source) !== null &&
      algebra.intersect(destination, own.destination) !== null
    );
  }

  private covers(row: number, { words, at, source, destination }: Product): boolean {
    const { algebra, buffer, space } = this;
    const own = this.ends[row]!;
    return (
      rowCovers(space, buffer.words, row * buffer.stride, words, at) &&
      algebra.intersect(source, own.source) === source &&
      algebra.intersect(destination, own.destination) === destination
    );
  }
}

/** Rows of one line stand in the order they were laid out in, in both lists. */
function precedes(places: Int32Array, row: number, other: number): boolean {
  const a = places[row]!;
  const b = places[other]!;
  return a < b || (a === b && a !== NOWHERE && row < other);
}

function narrow(words: Int32Array, source: AddressPattern, destination: AddressPattern): void {
  words[SRC] = source.address;
  words[SRC_FREE] = source.wildcard;
  words[DST] = destination.address;
  words[DST_FREE] = destination.wildcard;
}

interface Shapes {
  readonly sources: readonly AddressPattern[];
  readonly destinations: readonly AddressPattern[];
  readonly shapes: readonly Box[];
}

/** Null: the line is no product of sets of addresses. */
function productOf({ before, after }: JointLine): Shapes | null {
  const entry = before ?? after;
  if (entry === null || entry === 'end' || !entry.product) return null;
  const { sources, destinations, asked, aside } = entry.product;
  return { sources, destinations, shapes: [...asked, ...aside] };
}
