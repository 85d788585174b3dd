import {
  A_LO,
  B_LO,
  DST,
  DST_FREE,
  type FlatSpace,
  type RowBuffer,
  SETS,
  SRC,
  SRC_FREE,
} from './flat-space.ts';
import { rowsOverlap } from './overlap-index.ts';

/**
 * Single packets that many rows are held against, each row once: they lie sorted by either address, and a row is held
 * against those between its bounds, on the axis that has fewer. For thousands of packets and rows that takes less than
 * to build an index of the rows.
 */
export class PacketsByAddress {
  /** Packets held against rows so far. */
  looks = 0;
  private readonly space: FlatSpace;
  private readonly points: RowBuffer;
  private readonly bySource: Axis;
  private readonly byDestination: Axis;
  private readonly gone: Uint8Array;
  /** What all packets together may be but for addresses: rows of other protocols, say, have none of them. */
  private readonly hull: Int32Array;
  private left: number;

  constructor(space: FlatSpace, points: RowBuffer) {
    this.space = space;
    this.points = points;
    this.hull = hullOf(points);
    this.bySource = new Axis(points, SRC, DST);
    this.byDestination = new Axis(points, DST, SRC);
    this.gone = new Uint8Array(points.rows);
    this.left = points.rows;
  }

  /** Visits the packets of the row at `at` that are not dismissed. */
  eachIn(words: Int32Array, at: number, visit: (point: number) => void): void {
    const { bySource, byDestination, gone, points, space } = this;
    if (!rowsOverlap(space, this.hull, 0, words, at)) return;
    if (this.left < bySource.length / 2) {
      bySource.drop(gone);
      byDestination.drop(gone);
    }
    bySource.ask(words, at);
    if (bySource.size === 0) return;
    byDestination.ask(words, at);
    const axis = bySource.size < byDestination.size ? bySource : byDestination;
    const { order, others } = axis;
    const other = words[at + axis.otherField]!;
    const fixed = ~words[at + axis.otherField + 1]!;
    let held = 0;
    for (let i = axis.from; i < axis.to; i++) {
      const point = order[i]!;
      if (gone[point] === 1) continue;
      held++;
      // The other address rules out nearly all that one leaves.
      if (((others[i]! ^ other) & fixed) !== 0) continue;
      if (rowsOverlap(space, points.words, point * points.stride, words, at)) visit(point);
    }
    this.looks += held;
  }

  /** Shows the packet no more. */
  dismiss(point: number): void {
    if (this.gone[point] === 0) this.left--;
    this.gone[point] = 1;
  }
}

/** A row that has every one of the rows, with all addresses. */
function hullOf({ words, length, stride }: RowBuffer): Int32Array {
  const hull = new Int32Array(stride);
  hull[SRC_FREE] = hull[DST_FREE] = -1;
  hull[A_LO] = hull[B_LO] = MOST_SLOT;
  for (let at = 0; at < length; at += stride) {
    for (let field = A_LO; field <= B_LO; field += B_LO - A_LO) {
      hull[field] = Math.min(hull[field]!, words[at + field]!);
      hull[field + 1] = Math.max(hull[field + 1]!, words[at + field + 1]!);
    }
    for (let w = SETS; w < stride; w++) hull[w]! |= words[at + w]!;
  }
  return hull;
}

const MOST_SLOT = 65_535;

/** Points in order of one address. */
class Axis {
  /** The points from `from` to `to` lie between the bounds of the row asked about last. */
  readonly order: Int32Array;
  /** Their other addresses. */
  readonly others: Int32Array;
  readonly otherField: number;
  from = 0;
  to = 0;
  length: number;
  private readonly keys: Uint32Array;
  private readonly field: number;

  constructor(points: RowBuffer, field: number, otherField: number) {
    this.field = field;
    this.otherField = otherField;
    const { words, stride, rows } = points;
    // One number carries address and point, so that the plain numeric sort does.
    const sorted = new Float64Array(rows);
    for (let i = 0; i < rows; i++) sorted[i] = (words[i * stride + field]! >>> 0) * rows + i;
    sorted.sort();
    this.keys = new Uint32Array(rows);
    this.order = new Int32Array(rows);
    this.others = new Int32Array(rows);
    for (let i = 0; i < rows; i++) {
      const key = Math.floor(sorted[i]! / rows);
      this.keys[i] = key;
      const point = sorted[i]! - key * rows;
      this.order[i] = point;
      this.others[i] = words[point * stride + otherField]!;
    }
    this.length = rows;
  }

  get size(): number {
    return this.to - this.from;
  }

  /** Leaves out the points that are gone. */
  drop(gone: Uint8Array): void {
    const { keys, order, others } = this;
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (gone[order[i]!] === 1) continue;
      keys[kept] = keys[i]!;
      others[kept] = others[i]!;
      order[kept++] = order[i]!;
    }
    this.length = kept;
  }

  ask(words: Int32Array, at: number): void {
    const free = words[at + this.field + 1]!;
    if (free === -1) {
      this.from = 0;
      this.to = this.length;
      return;
    }
    const low = words[at + this.field]! >>> 0;
    const high = (words[at + this.field]! | free) >>> 0;
    this.from = this.below(low);
    this.to = high === 0xffffffff ? this.length : this.below(high + 1);
  }

  /** How many keys are below `limit`. */
  private below(limit: number): number {
    let lo = 0;
    let hi = this.length;
    while (lo < hi) {
      const middle = (lo + hi) >>> 1;
      if (this.keys[middle]! < limit) lo = middle + 1;
      else hi = middle;
    }
    return lo;
  }
}
