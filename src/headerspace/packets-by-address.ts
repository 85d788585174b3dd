import { DST, DST_FREE, type FlatSpace, type RowBuffer, SRC, SRC_FREE } from './flat-space.ts';
import { rowsOverlap } from './overlap-index.ts';

/**
 * Single packets that many rows are held against, each row once: they lie sorted by either address, and a row is held
 * against those between its bounds, on the axis that has fewer. For thousands of packets and rows that takes less than
 * to build an index of the rows.
 */
export class PacketsByAddress {
  private readonly space: FlatSpace;
  private readonly points: RowBuffer;
  private readonly bySource: Axis;
  private readonly byDestination: Axis;

  constructor(space: FlatSpace, points: RowBuffer) {
    this.space = space;
    this.points = points;
    this.bySource = new Axis(points, SRC, SRC_FREE);
    this.byDestination = new Axis(points, DST, DST_FREE);
  }

  /** Visits the packets of the row at `at`, of those that are wanted. */
  eachIn(
    words: Int32Array,
    at: number,
    wanted: (point: number) => boolean,
    visit: (point: number) => void,
  ): void {
    const { bySource, byDestination, points, space } = this;
    bySource.ask(words, at);
    if (bySource.size === 0) return;
    byDestination.ask(words, at);
    const axis = bySource.size < byDestination.size ? bySource : byDestination;
    for (let i = axis.from; i < axis.to; i++) {
      const point = axis.order[i]!;
      if (wanted(point) && rowsOverlap(space, points.words, point * points.stride, words, at)) visit(point);
    }
  }
}

/** Points in order of one address. */
class Axis {
  /** The points from `from` to `to` lie between the bounds of the row asked about last. */
  readonly order: Int32Array;
  from = 0;
  to = 0;
  private readonly keys: Uint32Array;
  private readonly field: number;
  private readonly free: number;

  constructor(points: RowBuffer, field: number, free: number) {
    this.field = field;
    this.free = free;
    const { words, stride, rows } = points;
    // One number carries address and point, so that the plain numeric sort does.
    const sorted = Float64Array.from(
      { length: rows },
      (_, i) => (words[i * stride + field]! >>> 0) * rows + i,
    ).sort();
    this.keys = Uint32Array.from(sorted, (n) => Math.floor(n / rows));
    this.order = Int32Array.from(sorted, (n) => n % rows);
  }

  get size(): number {
    return this.to - this.from;
  }

  ask(words: Int32Array, at: number): void {
    if (words[at + this.free] === -1) {
      this.from = 0;
      this.to = this.keys.length;
      return;
    }
    const low = words[at + this.field]! >>> 0;
    const high = (words[at + this.field]! | words[at + this.free]!) >>> 0;
    this.from = this.below(low);
    this.to = high === 0xffffffff ? this.keys.length : this.below(high + 1);
  }

  /** How many keys are below `limit`. */
  private below(limit: number): number {
    let lo = 0;
    let hi = this.keys.length;
    while (lo < hi) {
      const middle = (lo + hi) >>> 1;
      if (this.keys[middle]! < limit) lo = middle + 1;
      else hi = middle;
    }
    return lo;
  }
}
