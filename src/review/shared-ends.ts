/** How many elements two arrays have in common at their heads, and of the others at their tails. */
export interface SharedEnds {
  readonly head: number;
  readonly tail: number;
}

/** Of an array that an edit made of another: what both share, and what it surely shares with arrays it is held against. */
interface Origin {
  readonly from: readonly unknown[];
  readonly shared: SharedEnds;
  readonly others: Map<readonly unknown[], SharedEnds>;
}

const origins = new WeakMap<readonly unknown[], Origin>();

/** Both ends of a change, whose lists those of all states between them are held against. */
const MOST_OTHERS = 4;

/**
 * Says that `to` was made of `from`, so that comparing it starts where comparing `from` came to. An array is made of one
 * at most, and only the latest of a run is known: none would be forgotten if each knew the one before.
 */
export function inheritEnds(from: readonly unknown[], to: readonly unknown[], shared: SharedEnds): void {
  if (from === to) return;
  const others = new Map<readonly unknown[], SharedEnds>();
  for (const [other, ends] of origins.get(from)?.others ?? [])
    others.set(other, {
      head: Math.min(ends.head, shared.head),
      tail: Math.min(ends.tail, shared.tail),
    });
  origins.delete(from);
  origins.set(to, { from, shared, others });
}

/** Whether it is one of a run, which others will soon take the place of. */
export const isOfRun = (array: readonly unknown[]): boolean => origins.has(array);

/** Elements count as shared when they are the very same, or others that are the `same`. */
export function commonEnds<T>(a: readonly T[], b: readonly T[], same?: (a: T, b: T) => boolean): SharedEnds {
  const origin = origins.get(a) ?? origins.get(b);
  if (origin === undefined) return extend(a, b, { head: 0, tail: 0 }, same);
  const other = origins.get(a) === origin ? b : a;
  const known = origin.from === other ? origin.shared : origin.others.get(other);
  const identical = extend(a, b, known ?? { head: 0, tail: 0 });
  if (origin.from !== other && (known || origin.others.size < MOST_OTHERS))
    origin.others.set(other, identical);
  return same ? extend(a, b, identical, same) : identical;
}

function extend<T>(
  a: readonly T[],
  b: readonly T[],
  known: SharedEnds,
  same: (a: T, b: T) => boolean = () => false,
): SharedEnds {
  const most = Math.min(a.length, b.length);
  let { head } = known;
  // Nearly all are the very same: asking a function about each of these would take most of the time.
  while (head < most && (a[head] === b[head] || same(a[head]!, b[head]!))) head++;
  let tail = Math.min(known.tail, most - head);
  let [i, j] = [a.length - 1 - tail, b.length - 1 - tail];
  while (tail < most - head && (a[i] === b[j] || same(a[i]!, b[j]!))) {
    tail++;
    i--;
    j--;
  }
  return { head, tail };
}
