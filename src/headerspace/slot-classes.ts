import { type Ranges, toRanges } from '../model/ports.ts';

/** The values of one layer-4 slot, parted into the classes that none of a list's ranges tells apart. */
export interface SlotClasses {
  readonly count: number;
  /** Which classes make up one of the ranges that they were made from, ascending. */
  readonly of: (lo: number, hi: number) => Int32Array;
  /** The values of some classes. */
  readonly values: (classes: readonly number[]) => Ranges;
}

/** More different ranges than this are not worth classes; null. */
const MOST_RANGES = 1000;

/** Classes within `[lo, hi]`, which holds all the ranges. */
export function classesOfSlot(
  los: Int32Array,
  his: Int32Array,
  [lo, hi]: readonly [number, number],
): SlotClasses | null {
  const ranges = new Map<number, readonly [number, number]>();
  for (const [i, from] of los.entries()) ranges.set(keyOf(from, his[i]!), [from, his[i]!]);
  if (ranges.size > MOST_RANGES) return null;
  const bounds = [...ranges.values()].flatMap(([from, to]) => [from, to + 1]);
  const starts = [...new Set([lo, ...bounds.filter((b) => b <= hi)])].sort((a, b) => a - b);
  const classes = new Map<
    string,
    { readonly holding: readonly number[]; readonly parts: [number, number][] }
  >();
  for (const [i, start] of starts.entries()) {
    const holding = [...ranges].filter(([, [from, to]]) => from <= start && start <= to).map(([key]) => key);
    const known = classes.get(holding.join(' ')) ?? { holding, parts: [] };
    known.parts.push([start, (starts[i + 1] ?? hi + 1) - 1]);
    classes.set(holding.join(' '), known);
  }
  const members = new Map<number, number[]>([...ranges.keys()].map((key) => [key, []]));
  const all = [...classes.values()];
  for (const [number, { holding }] of all.entries())
    for (const key of holding) members.get(key)!.push(number);
  const byRange = new Map([...members].map(([key, numbers]) => [key, Int32Array.from(numbers)]));
  return {
    count: all.length,
    of: (from, to) => byRange.get(keyOf(from, to))!,
    values: (numbers) => toRanges(numbers.flatMap((n) => all[n]!.parts)),
  };
}

const keyOf = (lo: number, hi: number): number => lo * 65536 + hi;
