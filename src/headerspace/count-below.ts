/** How many of the ascending values are below `limit`. */
export function countBelow(values: Int32Array, limit: number): number {
  let lo = 0;
  let hi = values.length;
  while (lo < hi) {
    const middle = (lo + hi) >>> 1;
    if (values[middle]! < limit) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}
