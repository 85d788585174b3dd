import type { AddressSets } from '../headerspace/address-sets.ts';
import { type Box, boxCovers, boxesOverlap, intersectBoxes } from '../headerspace/box.ts';
import { mergeBoxes } from '../headerspace/merge-boxes.ts';
import { NearBoxes } from '../headerspace/near-boxes.ts';
import { countPackets, intersect, subtract } from '../headerspace/packet-set.ts';
import { freeBits, patternsOverlap } from '../model/address.ts';
import { countRanges } from '../model/ports.ts';

/**
 * The same packets in fewer, still disjoint boxes, of some that are joined as far as they go. `terms` are boxes that a
 * reader knows from the configuration: where one of them is wholly part of the set, it becomes one box again, however it
 * was cut up before.
 */
export function inKnownTerms(boxes: readonly Box[], terms: readonly Box[]): readonly Box[] {
  const whole: Box[] = [];
  let rest = boxes;
  let near = new NearBoxes(rest);
  for (const term of terms) {
    if (rest.length < 2) break;
    if (!near.overlap(term, 2)) continue;
    const inside = intersect(rest, [term]);
    if (sizeOf(inside) < 0.999 * sizeOf([term]) || countPackets(inside) !== countPackets([term])) continue;
    whole.push(term);
    rest = subtract(rest, [term]);
    near = new NearBoxes(rest);
  }
  return whole.length === 0 ? boxes : mergeBoxes([...whole, ...rest]);
}

/** About how much of all that headers can say disjoint boxes take up: no more tells that most terms are part of no set. */
const sizeOf = (boxes: readonly Box[]): number =>
  boxes.reduce(
    (sum, { source, destination, protocols, fragments, l4a, l4b, tcpFlags, tos, ttl }) =>
      sum +
      2 ** (freeBits(source) + freeBits(destination)) *
        (fragments === 3 ? 2 : 1) *
        [protocols, l4a, l4b, tcpFlags, tos, ttl].reduce((product, set) => product * countRanges(set), 1),
    0,
  );

const FEW_TERMS = 4;

/** Whether a box shares packets with those that a question is about. */
export type IsNear = (box: Box) => boolean;

export function nearBoxes(boxes: readonly Box[]): IsNear {
  const near = new NearBoxes(boxes);
  return (box) => near.overlap(box, 1);
}

export const nearSets =
  (all: readonly AddressSets[]): IsNear =>
  (box) =>
    all.some(
      ({ box: shape, sources, destinations }) =>
        sources.some((source) => patternsOverlap(source, box.source)) &&
        destinations.some((destination) => patternsOverlap(destination, box.destination)) &&
        boxesOverlap({ ...shape, source: box.source, destination: box.destination }, box),
    );

/**
 * Boxes that two lines have in common: where the one decided before and the other decides now. Only those that are near,
 * where that is asked for (a line with an object group has hundreds), and no more than `most`.
 */
export function commonTerms(
  before: readonly Box[],
  after: readonly Box[],
  isNear: IsNear = () => true,
  most = Number.POSITIVE_INFINITY,
): readonly Box[] {
  const terms: Box[] = [];
  // What both have is asked in any case: asking each box first as well pays only where it spares several others.
  const some = after.length < FEW_TERMS ? before : before.filter(isNear);
  const others = some.length < FEW_TERMS ? after : after.filter(isNear);
  for (const a of some)
    for (const b of others) {
      const both = intersectBoxes(a, b);
      if (both === null || !isNear(both)) continue;
      if (!terms.some((t) => boxCovers(t, both))) terms.push(both);
      if (terms.length === most) return terms;
    }
  return terms;
}
