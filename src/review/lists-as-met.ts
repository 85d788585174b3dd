import { type CompiledAcl, type CompiledEntry, isCertain } from '../acl/compile.ts';
import { type Box, boxCovers, boxHasPorts, intersectBoxes } from '../headerspace/box.ts';
import { intersect } from '../headerspace/packet-set.ts';
import type { AceAction } from '../model/access-list.ts';
import type { Way } from '../router/translated-ways.ts';
import { cutToRegion } from './cut-to-region.ts';

/** More boxes than this are not worth looking through each by itself. */
const FEW_BOXES = 32;

/**
 * Boxes, which may overlap, that hold all packets of these which the list does not surely deny: where it lets only few of
 * them pass, hardly a line of other lists concerns those.
 */
export function notSurelyDenied({ entries, otherwise }: CompiledAcl, boxes: readonly Box[]): readonly Box[] {
  if (otherwise === 'permit') return boxes;
  const some = intersect(
    boxes,
    entries.filter(({ action }) => action !== 'deny').flatMap(({ may }) => [...may]),
  );
  return some.length > FEW_BOXES ? boxes : some;
}

/**
 * The list as it treats packets as they were sent by what it does to the headers that they have where it is bound, of which
 * these are all that count; it surely does no more than that.
 */
export function asMet(list: CompiledAcl, way: Way, seen: readonly Box[]): CompiledAcl {
  const shared = (boxes: readonly Box[]): readonly Box[] => intersect(boxes, seen);
  const asked = (parts: readonly Box[]): readonly Box[] => parts.map((part) => way.header.undo(part));
  const isAll = tellsAll(way, seen);
  const entries = cutToRegion(list, seen).entries.map((entry): CompiledEntry => {
    const parts = shared(entry.may);
    const may = asked(parts);
    const must = isCertain(entry) && parts.every(isAll) ? may : asked(shared(entry.must).filter(isAll));
    return { ...entry, must, may, asked: may, product: undefined };
  });
  return { acl: null, entries, otherwise: list.otherwise };
}

/** The list with one more line before all others. */
export function withFirst(
  list: CompiledAcl,
  entry: CompiledEntry['entry'],
  action: AceAction,
  boxes: readonly Box[],
): CompiledAcl {
  if (boxes.length === 0) return list;
  const first = {
    entry,
    index: -1,
    action,
    must: boxes,
    may: boxes,
    asked: boxes,
    reason: null,
    cause: null,
  };
  return { ...list, entries: [first, ...list.entries] };
}

/** Whether a part of these headers has all headers of each of its packets. */
function tellsAll(way: Way, [whole]: readonly Box[]): (part: Box) => boolean {
  const { header, sent } = way;
  if (header.dynamic)
    return (part) => {
      const all = intersectBoxes(header.apply(header.undo(part)), header.box);
      return all !== null && boxCovers(part, all);
    };
  if (boxHasPorts(sent)) return () => true;
  // They differ in their addresses alone.
  return (part) => boxCovers({ ...part, source: whole!.source, destination: whole!.destination }, whole!);
}
