import { boxesOverlap } from '../headerspace/box.ts';
import type { PacketSet } from '../headerspace/packet-set.ts';
import type { AceAction } from '../model/access-list.ts';
import { effectKey } from './align.ts';
import type { CompiledEntry } from './compile.ts';
import { type FirstMatch, trySplitByDoubt } from './decide.ts';

/** What packets meet in one list: lines that only may match, in order, then what surely decides. */
export interface Side {
  /** null: no line surely matches. */
  readonly last: CompiledEntry | null;
  /** What is done at the end of it. */
  readonly action: AceAction | null;
  readonly doubts: readonly CompiledEntry[];
}

/** Packets that meet the same in the list before a change, and the same in the one after it. */
export interface MetInBoth {
  readonly was: FirstMatch;
  readonly is: FirstMatch;
}

/** Boxes that parting packets may still come to. */
export interface PartMeter {
  left: number;
}

/**
 * Parts packets by the uncertain lines that they may meet in either list; null where that takes more boxes than are left.
 * A line that does what the end does leaves nothing open by itself: it counts only where both sides are open.
 */
export function partByDoubt(
  region: PacketSet,
  before: Side,
  after: Side,
  meter: PartMeter,
): readonly MetInBoth[] | null {
  const parts = tryPartByDoubt(region, before, after, meter);
  // What came to nothing has cost something, too.
  if (parts === null) meter.left = Math.floor(Math.max(0, meter.left) / 2);
  return parts;
}

function tryPartByDoubt(
  region: PacketSet,
  before: Side,
  after: Side,
  meter: PartMeter,
): readonly MetInBoth[] | null {
  const parts: MetInBoth[] = [];
  const take = (part: MetInBoth): boolean => {
    parts.push(part);
    meter.left -= part.is.boxes.length;
    return meter.left >= 0;
  };
  for (const was of split(before, region, contrary, meter) ?? [null]) {
    const ises = was && split(after, was.boxes, contrary, meter);
    if (was === null || ises === null) return null;
    for (const is of ises) {
      if (!isOpen(was, before) || !isOpen(is, after)) {
        if (!take({ was, is })) return null;
        continue;
      }
      for (const wasAlso of split(before, is.boxes, alike, meter) ?? [null]) {
        const isesAlso = wasAlso && split(after, wasAlso.boxes, alike, meter);
        if (wasAlso === null || isesAlso === null) return null;
        for (const isAlso of isesAlso)
          if (!take({ was: inOrder(was, wasAlso), is: inOrder(is, isAlso) })) return null;
      }
    }
  }
  return parts;
}

const isOpen = ({ mayHaveMatched }: FirstMatch, { action }: Side): boolean =>
  mayHaveMatched.length > 0 || action === null;

const split = (
  { last, doubts, action }: Side,
  boxes: PacketSet,
  which: (entry: CompiledEntry, end: AceAction | null) => boolean,
  meter: PartMeter,
): readonly FirstMatch[] | null =>
  trySplitByDoubt(
    last,
    boxes,
    doubts.filter((entry) => which(entry, action)),
    meter.left,
  );

const contrary = (entry: CompiledEntry, end: AceAction | null): boolean => entry.action !== end;
const alike = (entry: CompiledEntry, end: AceAction | null): boolean => entry.action === end;

const inOrder = (some: FirstMatch, more: FirstMatch): FirstMatch => ({
  ...more,
  mayHaveMatched: [...some.mayHaveMatched, ...more.mayHaveMatched].sort((a, b) => a.index - b.index),
});

/** Box by box, as if all packets of a box met each uncertain line that some of them may meet. */
export const partCoarsely = (region: PacketSet, before: Side, after: Side): readonly MetInBoth[] =>
  region.map((box) => {
    const meets = ({ last, doubts }: Side): FirstMatch => ({
      boxes: [box],
      last,
      mayHaveMatched: doubts.filter(({ may }) => may.some((other) => boxesOverlap(other, box))),
    });
    return { was: meets(before), is: meets(after) };
  });

/** Whether the same uncertain lines leave packets open in both lists, to the same end. `otherwise`: what each list does at its end. */
export function areLeftOpenAlike(
  was: FirstMatch,
  is: FirstMatch,
  otherwise: Readonly<Record<'before' | 'after', AceAction | null>>,
): boolean {
  const before = openDoubts(was, otherwise.before);
  const after = openDoubts(is, otherwise.after);
  return before.length === after.length && before.every((text, i) => text === after[i]);
}

/**
 * What leaves packets open, in order, and the action they meet in the end. Among neighbours of which it is known that they
 * do the same it does not matter which comes first.
 */
function openDoubts({ last, mayHaveMatched }: FirstMatch, otherwise: AceAction | null): readonly string[] {
  const end = last === null ? otherwise : last.action;
  const doubts = [...mayHaveMatched];
  // Doubts at the end that would decide as the end does leave nothing open.
  while (doubts.length > 0 && doubts.at(-1)!.action === end) doubts.pop();
  const runs: string[][] = [];
  doubts.forEach((entry, i) => {
    if (entry.action === null || entry.action !== doubts[i - 1]?.action) runs.push([]);
    runs.at(-1)!.push(effectKey(entry));
  });
  return [...runs.flatMap((run) => [...new Set(run)].sort()), `${end}`];
}
