/** Inclusive ranges, ascending, neither overlapping nor adjacent: the canonical form of a set of small integers. */
export type Ranges = readonly (readonly [lo: number, hi: number])[];

/** Ports 0–65535 in canonical ranges. */
export type PortSet = Ranges;

export const ALL_PORTS: PortSet = [[0, 65535]];

/** Sorts, merges and drops empty ranges. */
export function toRanges(ranges: Iterable<readonly [number, number]>): Ranges {
  const sorted = [...ranges].filter(([lo, hi]) => lo <= hi).sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [lo, hi] of sorted) {
    const last = merged[merged.length - 1];
    if (last && lo <= last[1] + 1) last[1] = Math.max(last[1], hi);
    else merged.push([lo, hi]);
  }
  return merged;
}

/** Of single numbers, in any order and repeated or not: tens of thousands are common, so none of them becomes a pair. */
export function rangesOf(values: Iterable<number>): Ranges {
  const sorted = values instanceof Uint16Array ? values.toSorted() : new Float64Array(values).sort();
  const merged: [number, number][] = [];
  let last: [number, number] | undefined;
  for (const value of sorted) {
    if (last && value <= last[1] + 1) last[1] = value;
    else {
      last = [value, value];
      merged.push(last);
    }
  }
  return merged;
}

/** Each number of a set, ascending; the inverse of `rangesOf`. */
export const valuesOf = (ranges: Ranges): number[] =>
  ranges.flatMap(([lo, hi]) => Array.from({ length: hi - lo + 1 }, (_, i) => lo + i));

/** By halves: a set may hold tens of thousands of ranges, and be asked of every port. */
export function rangesHave(ranges: Ranges, value: number): boolean {
  let from = 0;
  let to = ranges.length - 1;
  while (from <= to) {
    const middle = (from + to) >> 1;
    const [lo, hi] = ranges[middle]!;
    if (value < lo) to = middle - 1;
    else if (value > hi) from = middle + 1;
    else return true;
  }
  return false;
}

export const unionRanges = (a: Ranges, b: Ranges): Ranges => toRanges([...a, ...b]);

export function intersectRanges(a: Ranges, b: Ranges): Ranges {
  const out: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [alo, ahi] = a[i]!;
    const [blo, bhi] = b[j]!;
    const lo = Math.max(alo, blo);
    const hi = Math.min(ahi, bhi);
    if (lo <= hi) out.push([lo, hi]);
    if (ahi < bhi) i++;
    else j++;
  }
  return out;
}

export function subtractRanges(a: Ranges, b: Ranges): Ranges {
  const out: [number, number][] = [];
  let j = 0;
  for (const [lo, hi] of a) {
    let start = lo;
    while (j < b.length && b[j]![1] < start) j++;
    for (let k = j; k < b.length && b[k]![0] <= hi && start <= hi; k++) {
      const [blo, bhi] = b[k]!;
      if (blo > start) out.push([start, blo - 1]);
      start = Math.max(start, bhi + 1);
    }
    if (start <= hi) out.push([start, hi]);
  }
  return out;
}

export const countRanges = (ranges: Ranges): number => ranges.reduce((sum, [lo, hi]) => sum + hi - lo + 1, 0);

/** Whether no value stands in two of the ranges, whatever their order. */
export const standApart = (ranges: Ranges): boolean => countRanges(toRanges(ranges)) === countRanges(ranges);

export const sameRanges = (a: Ranges, b: Ranges): boolean =>
  a.length === b.length && a.every(([lo, hi], i) => lo === b[i]![0] && hi === b[i]![1]);

/** `22, 110, 1024-65535`, or `none`. */
export const formatRanges = (ranges: Ranges, word: (value: number) => string = String): string =>
  ranges.length === 0
    ? 'none'
    : ranges.map(([lo, hi]) => (lo === hi ? word(lo) : `${word(lo)}-${word(hi)}`)).join(', ');
