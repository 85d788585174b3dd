import { type FlatSpace, RowBuffer } from './flat-space.ts';
import { type OverlapIndex, RowNumbers, scanRows } from './overlap-index.ts';
import { treeOfRows } from './overlap-tree.ts';
import { type FindOverlaps, overlapsByAddress } from './rows-by-address.ts';

/** Up to so many rows are looked at one by one: that is done before a tree is built. */
const SCANNED = 1500;
/** So many questions answered by looking at every row take about as long as building the tree. */
const QUESTIONS = 300;

export function indexRows(space: FlatSpace, rows: Int32Array, count: number): OverlapIndex {
  return count <= SCANNED ? scanRows(space, rows, count) : treeOfRows(space, rows, count);
}

/**
 * Finds rows as `find` of an index does. Of rows ranked `before` or later it may leave out any: `rank` is an order of
 * the rows.
 */
export function overlapsRanked(
  space: FlatSpace,
  rows: Int32Array,
  count: number,
  rank: Int32Array,
): Pick<OverlapIndex, 'find' | 'findCovering'> {
  if (count > SCANNED) return treeOfRows(space, rows, count, { rank });
  const scan = scanRows(space, rows, count);
  return {
    find: (words, at, _before, out) => scan.find(words, at, count, out),
    findCovering: scan.findCovering,
  };
}

/** Up to so many rows that overlap one are held by one address against its parts: that takes a nanosecond a row. */
const HELD_BY_ADDRESS = 5000;

/**
 * For questions about parts of the row at `whole[from]`: looks among the rows that overlap it. Answers are in order of
 * rows.
 */
export function overlapsWithin(
  space: FlatSpace,
  rows: Int32Array,
  count: number,
  whole: Int32Array,
  from: number,
): FindOverlaps {
  const near = new RowNumbers();
  const size = scanRows(space, rows, count).find(whole, from, count, near);
  const numbers = near.values.slice(0, size);
  return size <= HELD_BY_ADDRESS
    ? overlapsByAddress(space, rows, numbers, whole, from)
    : overlapsAmong(space, rows, numbers);
}

/** Looks among the rows of these numbers, which ascend, as answers do. */
export function overlapsAmong(space: FlatSpace, rows: Int32Array, numbers: Int32Array): FindOverlaps {
  const { stride } = space;
  const size = numbers.length;
  const packed = new RowBuffer(stride, size);
  for (const row of numbers) packed.append(rows, row * stride);
  const index = indexRows(space, packed.words, size);
  return (words, place, out) => {
    const found = index.find(words, place, size, out);
    const { values } = out;
    for (let i = 0; i < found; i++) values[i] = numbers[values[i]!]!;
    if (size > SCANNED) values.subarray(0, found).sort();
    return found;
  };
}

/** Up to so many rows the rows that meet each are listed: they are asked about again and again. */
const FEW_ROWS = 64;

/** For questions about parts of certain rows: few, each with those that meet it at hand, or many, by the index of all. */
export class OverlapsOfParts<Whole> {
  /** Whether the certain rows are few. */
  readonly few: boolean;
  private readonly find: (whole: Whole) => FindOverlaps;
  private readonly known = new Map<Whole, FindOverlaps>();

  /** `near` finds rows within one of the certain rows, of which there are `wholes`; `everywhere` finds them anyhow. */
  constructor(wholes: number, near: (whole: Whole) => FindOverlaps, everywhere: FindOverlaps) {
    this.few = wholes <= FEW_ROWS;
    this.find = this.few ? near : () => everywhere;
  }

  of(whole: Whole): FindOverlaps {
    let overlaps = this.known.get(whole);
    if (overlaps === undefined) {
      overlaps = this.find(whole);
      this.known.set(whole, overlaps);
    }
    return overlaps;
  }
}

/** An index that may be told that it will be asked often. */
export interface PatientIndex extends OverlapIndex {
  readonly expectMany: () => void;
}

/**
 * An index for rows of which nobody knows how often they will be asked about: looks at every row until that has cost
 * as much as a tree, and builds one then. All answers but the order that `find` writes in are the same either way, and
 * any row that `findAny` names is as good as another.
 */
export function indexWhenAsked(space: FlatSpace, rows: Int32Array, count: number): PatientIndex {
  const scan = scanRows(space, rows, count);
  let index = scan;
  let left = QUESTIONS;
  const grow = (): void => {
    if (index === scan && count > SCANNED) index = treeOfRows(space, rows, count);
  };
  const ask = (): OverlapIndex => {
    if (left > 0 && --left === 0) grow();
    return index;
  };
  return {
    expectMany: () => {
      left = 0;
      grow();
    },
    find: (words, at, before, out, skip, limit) => ask().find(words, at, before, out, skip, limit),
    findAny: (words, at, before, skip) => ask().findAny(words, at, before, skip),
    findFirst: (words, at, before, skip) => ask().findFirst(words, at, before, skip),
    findLargest: (words, at, before, skip) => ask().findLargest(words, at, before, skip),
    findCovering: (words, at, counts) => ask().findCovering(words, at, counts),
    // Work is charged by looks: a few questions that went to the scan cost no more than they would later.
    looks: () => (index === scan && count > SCANNED ? 0 : index.looks()),
  };
}
