import { A_HI, A_LO, B_HI, B_LO, DST_FREE, type RowLayout, SRC_FREE } from './flat-space.ts';

/** Which part of the row at `a[i]` an overlapping row at `b[j]` takes up: 1 exactly when it covers it. */
export function shareOf(space: RowLayout, a: Int32Array, i: number, b: Int32Array, j: number): number {
  const { sets } = space;
  const fixed =
    bitCount(a[i + SRC_FREE]! & ~b[j + SRC_FREE]!) + bitCount(a[i + DST_FREE]! & ~b[j + DST_FREE]!);
  let part = powerOfHalf(fixed);
  part *= intervalShare(a[i + B_LO]!, a[i + B_HI]!, b[j + B_LO]!, b[j + B_HI]!);
  part *= intervalShare(a[i + A_LO]!, a[i + A_HI]!, b[j + A_LO]!, b[j + A_HI]!);
  for (let s = 0; s < sets.length; s++) {
    let common = 0;
    let all = 0;
    for (let w = sets[s]![0]; w < sets[s]![1]; w++) {
      all += bitCount(a[i + w]!);
      common += bitCount(a[i + w]! & b[j + w]!);
    }
    if (common !== all) part *= common / all;
  }
  return part;
}

const intervalShare = (lo: number, hi: number, cutLo: number, cutHi: number): number =>
  cutLo <= lo && cutHi >= hi ? 1 : (Math.min(cutHi, hi) - Math.max(cutLo, lo) + 1) / (hi - lo + 1);

export function bitCount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const POWERS = Float64Array.from({ length: 65 }, (_, n) => 2 ** -n);
/** 2^-n, n 0–64. */
export const powerOfHalf = (n: number): number => POWERS[n]!;
