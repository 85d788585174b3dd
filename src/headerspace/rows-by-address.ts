import { DST, DST_FREE, type FlatSpace, SRC, SRC_FREE } from './flat-space.ts';
import { type RowNumbers, rowsOverlap } from './overlap-index.ts';
import { bitCount } from './share.ts';

/** Writes the rows that overlap the row at `at` into `out`, and answers how many. */
export type FindOverlaps = (words: Int32Array, at: number, out: RowNumbers) => number;

/** So few rows are looked at one by one. */
const FEW_ROWS = 24;
/** Rows are parted by so many bits of their address that follow one another, from one of these on. */
const BITS = 8;
const BUCKETS = 1 << BITS;
const SHIFTS = [24, 20, 16, 12, 8, 4, 0];
/** Rows that are looked at to see where. */
const SAMPLED = 200;
/** Where that leaves more than this share of the rows to be looked at, all are. */
const MOST_LEFT = 1 / 3;

/**
 * Looks among the rows of these numbers, which ascend, as answers do. The address that `whole`, which all questions are
 * about, leaves more open parts most of them: it rules out nearly all.
 */
export function overlapsByAddress(
  space: FlatSpace,
  rows: Int32Array,
  numbers: Int32Array,
  whole: Int32Array,
  from: number,
): FindOverlaps {
  const { stride } = space;
  const field = tellingAddress(whole, from);
  const size = numbers.length;
  const values = new Int32Array(size);
  const fixed = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const at = numbers[i]! * stride + field;
    values[i] = rows[at]!;
    fixed[i] = ~rows[at + 1]!;
  }
  const scan: FindOverlaps = (words, place, out) => {
    const value = words[place + field]!;
    const asked = ~words[place + field + 1]!;
    let found = 0;
    for (let i = 0; i < size; i++) {
      if (((value ^ values[i]!) & asked & fixed[i]!) !== 0) continue;
      const row = numbers[i]!;
      if (rowsOverlap(space, words, place, rows, row * stride)) out.reserve(found + 1)[found++] = row;
    }
    return found;
  };
  const shift = size <= FEW_ROWS ? null : tellingShift(values, fixed);
  if (shift === null) return scan;
  const { starts, parted, open } = partRows(numbers, values, fixed, shift);
  return (words, place, out) => {
    if (((words[place + field + 1]! >>> shift) & (BUCKETS - 1)) !== 0) return scan(words, place, out);
    const bucket = (words[place + field]! >>> shift) & (BUCKETS - 1);
    const end = starts[bucket + 1]!;
    let found = 0;
    for (let i = starts[bucket]!, j = 0; i < end || j < open.length; ) {
      const row = j === open.length || (i < end && parted[i]! < open[j]!) ? parted[i++]! : open[j++]!;
      if (rowsOverlap(space, words, place, rows, row * stride)) out.reserve(found + 1)[found++] = row;
    }
    return found;
  };
}

const tellingAddress = (words: Int32Array, at: number): typeof SRC | typeof DST =>
  bitCount(words[at + SRC_FREE]!) < bitCount(words[at + DST_FREE]!) ? DST : SRC;

/** From which bit on the address parts rows best; null: nowhere well. */
function tellingShift(values: Int32Array, fixed: Int32Array): number | null {
  const step = Math.max(1, Math.floor(values.length / SAMPLED));
  const counts = new Int32Array(BUCKETS);
  let best: number | null = null;
  let least = MOST_LEFT;
  for (const shift of SHIFTS) {
    counts.fill(0);
    let seen = 0;
    let open = 0;
    for (let i = 0; i < values.length; i += step, seen++)
      if (isFixed(fixed[i]!, shift)) counts[(values[i]! >>> shift) & (BUCKETS - 1)]!++;
      else open++;
    let left = open / seen;
    for (let bucket = 0; bucket < BUCKETS; bucket++) left += (counts[bucket]! / seen) ** 2;
    if (left >= least) continue;
    least = left;
    best = shift;
  }
  return best;
}

const isFixed = (fixed: number, shift: number): boolean =>
  ((fixed >>> shift) & (BUCKETS - 1)) === BUCKETS - 1;

interface PartedRows {
  /** Numbers of rows by the bits of their address, those of bits `b` from `starts[b]` to `starts[b + 1]`. */
  readonly parted: Int32Array;
  readonly starts: Int32Array;
  /** Those whose address leaves one of the bits open. */
  readonly open: Int32Array;
}

function partRows(numbers: Int32Array, values: Int32Array, fixed: Int32Array, shift: number): PartedRows {
  const starts = new Int32Array(BUCKETS + 1);
  for (let i = 0; i < numbers.length; i++)
    if (isFixed(fixed[i]!, shift)) starts[((values[i]! >>> shift) & (BUCKETS - 1)) + 1]!++;
  for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const next = starts.slice();
  const parted = new Int32Array(starts[BUCKETS]!);
  const open = new Int32Array(numbers.length - parted.length);
  let opened = 0;
  for (let i = 0; i < numbers.length; i++)
    if (isFixed(fixed[i]!, shift)) parted[next[(values[i]! >>> shift) & (BUCKETS - 1)]!++] = numbers[i]!;
    else open[opened++] = numbers[i]!;
  return { parted, starts, open };
}
