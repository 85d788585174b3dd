import type { CutAway } from './cut-away.ts';
import { copyRow, type FlatSpace, RowBuffer } from './flat-space.ts';
import { type OverlapIndex, RowNumbers } from './overlap-index.ts';
import { PacketSampler } from './sample-row.ts';
import { GAVE_UP, sweepForLeftOver } from './sweep.ts';

/** Answers whether earlier rows leave anything of a row, and shows a packet of what is left. */
export interface LeftOverSearch {
  /**
   * A packet (as a row, valid until the next call) of the row at `at` that no row numbered below `before` has,
   * rows marked in `skip` apart; null when they cover it. `used` is told of every row that a proof of "covered"
   * rests on.
   */
  readonly find: (
    words: Int32Array,
    at: number,
    before: number,
    skip?: Uint8Array,
    used?: (row: number) => void,
  ) => Int32Array | null;
  /** The same, but gives up once `patience` is used up, and answers that it did. */
  readonly tryFind: (
    words: Int32Array,
    at: number,
    before: number,
    patience: Patience,
    skip?: Uint8Array,
    used?: (row: number) => void,
  ) => Int32Array | null | typeof GAVE_UP;
}

/** Rows that may still be looked at, for all questions of one kind together. */
export interface Patience {
  left: number;
}

/** Single packets tried before a row is taken apart, and before a piece of it is. */
const DRAWS = 6;
const DRAWS_OF_A_PIECE = 1;
/** Up to so many overlapping rows are listed and taken away together; of more, one at a time, the largest. */
const LISTED = 64;
/** Rows looked at for one question before the sweep takes over: some tenths of a second. */
const BUDGET = 20_000_000;
/** The sweep passes over all of its rows again and again: not worth it on more than this. */
const SWEPT = 2000;

/**
 * Alive rows mostly show it by the first packets drawn. Covered ones are mostly covered by a few wide rows
 * among thousands of specks, so while many overlap, only the largest is looked up and taken away; what it
 * leaves is asked about again, more narrowly.
 */
export function leftOverSearch(
  space: FlatSpace,
  rows: Int32Array,
  index: OverlapIndex,
  cutAway: CutAway,
  budget = BUDGET,
): LeftOverSearch {
  const { stride } = space;
  const sampler = new PacketSampler(space);
  const pieces = new RowBuffer(stride);
  const piece = new Int32Array(stride);
  const overlapping = new RowNumbers();

  function tryFind(
    words: Int32Array,
    at: number,
    before: number,
    patience: Patience,
    skip?: Uint8Array,
    used?: (row: number) => void,
  ): Int32Array | null | typeof GAVE_UP {
    const drawsLeftOver = (row: Int32Array, place: number, draws: number): boolean => {
      for (let i = 0; i < draws; i++) {
        sampler.draw(row, place);
        if (index.findAny(sampler.point, 0, before, skip) === -1) return true;
      }
      return false;
    };
    const show = (row: Int32Array, place: number): false => {
      sampler.draw(row, place);
      return false;
    };
    const takeOn = (row: Int32Array, place: number): boolean => {
      pieces.append(row, place);
      return true;
    };

    sampler.restart(before);
    if (drawsLeftOver(words, at, DRAWS)) return sampler.point;
    pieces.length = 0;
    takeOn(words, at);
    const meter = { left: Math.min(budget, patience.left) };
    const allowed = meter.left;
    const limits = used === undefined ? { meter } : { meter, used };
    const settle = <T>(answer: T): T => {
      patience.left -= allowed - Math.max(0, meter.left);
      return answer;
    };
    let looked = index.looks();
    /** Looks of the index since they were last charged; a piece costs some in any case. */
    const looksSince = (): number => {
      const before = looked;
      looked = index.looks();
      return Math.max(LISTED, looked - before);
    };
    while (pieces.length > 0) {
      pieces.length -= stride;
      copyRow(pieces.words, pieces.length, piece, 0, stride);
      if (drawsLeftOver(piece, 0, DRAWS_OF_A_PIECE)) return settle(sampler.point);
      if (meter.left > 0) {
        const count = index.find(piece, 0, before, overlapping, skip, LISTED);
        const listed = count <= LISTED;
        // In order of rows, so that the answer is the same however the index came by them.
        if (listed) overlapping.values.subarray(0, count).sort();
        else overlapping.values[0] = index.findLargest(piece, 0, before, skip);
        meter.left -= looksSince();
        const result = listed
          ? cutAway.run(piece, 0, overlapping.values, count, show, limits)
          : cutAway.run(piece, 0, overlapping.values, 1, takeOn, limits);
        if (result === 'stopped') return settle(sampler.point);
        if (result === 'done') continue;
      }
      if (patience.left <= allowed) return settle(GAVE_UP);
      const count = index.find(piece, 0, before, overlapping, skip, SWEPT);
      if (count <= SWEPT) {
        overlapping.values.subarray(0, count).sort();
        for (let i = 0; i < count; i++) used?.(overlapping.values[i]!);
        const left = sweepForLeftOver(space, rows, piece, 0, overlapping.values, count, patience);
        if (left !== null) return settle(left);
      } else {
        overlapping.values[0] = index.findLargest(piece, 0, before, skip);
        const unlimited = used === undefined ? {} : { used };
        patience.left -= looksSince();
        if (cutAway.run(piece, 0, overlapping.values, 1, takeOn, unlimited) === 'stopped')
          return settle(sampler.point);
      }
    }
    return settle(null);
  }

  const find: LeftOverSearch['find'] = (words, at, before, skip, used) => {
    const answer = tryFind(words, at, before, { left: Number.POSITIVE_INFINITY }, skip, used);
    if (answer === GAVE_UP) throw new Error('gave up with endless patience');
    return answer;
  };

  return { find, tryFind };
}
