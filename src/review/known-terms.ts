import { type Box, boxCovers, boxesOverlap, intersectBoxes } from '../headerspace/box.ts';
import { mergeBoxes } from '../headerspace/merge-boxes.ts';
import { countPackets, intersect, subtract } from '../headerspace/packet-set.ts';

/**
 * The same packets in fewer, still disjoint boxes. `terms` are boxes that a reader knows from the configuration:
 * where one of them is wholly part of the set, it becomes one box again, however it was cut up before.
 */
export function inKnownTerms(boxes: readonly Box[], terms: readonly Box[]): readonly Box[] {
  const whole: Box[] = [];
  let rest = boxes;
  for (const term of terms) {
    if (rest.length < 2) break;
    if (!severalOverlap(rest, term)) continue;
    const inside = intersect(rest, [term]);
    if (countPackets(inside) !== countPackets([term])) continue;
    whole.push(term);
    rest = subtract(rest, [term]);
  }
  return mergeBoxes([...whole, ...rest]);
}

function severalOverlap(boxes: readonly Box[], term: Box): boolean {
  let found = 0;
  for (const box of boxes) if (boxesOverlap(box, term) && ++found > 1) return true;
  return false;
}

/**
 * Boxes that two lines have in common: where the one decided before and the other decides now. Only those that share
 * packets with `near`, where it is given: a line with an object group has hundreds.
 */
export function commonTerms(
  before: readonly Box[],
  after: readonly Box[],
  near?: readonly Box[],
): readonly Box[] {
  const terms: Box[] = [];
  for (const a of before)
    for (const b of after) {
      const both = intersectBoxes(a, b);
      if (both === null || (near && !near.some((box) => boxesOverlap(box, both)))) continue;
      if (!terms.some((t) => boxCovers(t, both))) terms.push(both);
    }
  return terms;
}
