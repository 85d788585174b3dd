import type { CompiledAcl } from '../../acl/compile.ts';
import { decidePacket } from '../../acl/decide.ts';
import { isWished, JointLists, type Wish } from '../../acl/joint-search.ts';
import { type Box, boxCovers, fullBox, intersectBoxes } from '../../headerspace/box.ts';
import { naturalPacket } from '../../headerspace/witness.ts';
import type { Packet } from '../../model/packet.ts';
import { boxesLeftOut, changedBoxes, sameWithin } from '../changed-boxes.ts';
import { beginAlike, filterAlike, RegionCuts } from '../cut-to-region.ts';
import { commonEnds } from '../shared-ends.ts';
import { filterOf, type HazardPlace, type PlaceState, samePlaceState } from './device-state.ts';

/** A place whose filter a command changed, with what it was at first and what it will be at last. */
export interface PlaceChange {
  readonly place: HazardPlace;
  readonly before: PlaceState;
  readonly after: PlaceState;
  readonly old: PlaceState;
  readonly final: PlaceState;
}

/**
 * A packet that the command begins to permit although neither the old nor the final configuration permits it;
 * null: there is none. What the text leaves open counts as permitted now and is never held to be denied.
 */
export const briefPermit = (change: PlaceChange): Packet | null =>
  brief(change, {
    now: { action: 'deny', surely: false },
    justBefore: { action: 'deny', surely: true },
    ends: { action: 'deny', surely: true },
  });

/** A packet that the command begins to deny although both the old and the final configuration permit it. */
export const briefDeny = (change: PlaceChange): Packet | null =>
  brief(change, {
    now: { action: 'deny', surely: true },
    justBefore: { action: 'deny', surely: false },
    ends: { action: 'permit', surely: true },
  });

/** A packet that this state denies and the final one permits. */
export const deniedButFinallyPermitted = ({ after, final }: PlaceChange): Packet | null =>
  deniedButPermittedAt(after, final);

/** A packet that this state denies and the old one permitted. */
export const deniedButOncePermitted = ({ after, old }: PlaceChange): Packet | null =>
  deniedButPermittedAt(after, old);

function deniedButPermittedAt(now: PlaceState, end: PlaceState): Packet | null {
  if (samePlaceState(now, end)) return null;
  return findPacket(
    [filterOf(now), filterOf(end)],
    [
      { action: 'deny', surely: true },
      { action: 'permit', surely: true },
    ],
  );
}

interface Asked {
  readonly now: Wish;
  readonly justBefore: Wish;
  readonly ends: Wish;
}

function brief(change: PlaceChange, asked: Asked): Packet | null {
  // A state that filters as one of the ends does cannot differ from both.
  if (samePlaceState(change.after, change.final) || samePlaceState(change.after, change.old)) return null;
  const filters = filtersOf(change);
  const wishes = filters.map((_, i) => [asked.now, asked.justBefore][i] ?? asked.ends);
  const moved = movedBoxes(change);
  if (moved === null) return findPacket(filters, wishes);
  const inDoubt = narrowed(moved, filters, asked);
  if (inDoubt.length === 0) return null;
  const edited =
    inDoubt.length <= FEW_BOXES && inDoubt !== moved
      ? joinLists(filters, inDoubt)
      : editedLists(change, filters, moved);
  return edited === 'alike' ? null : edited.find(wishes);
}

type Filters = readonly [now: CompiledAcl, justBefore: CompiledAcl, ...ends: CompiledAcl[]];

/** What an edit moves mostly stays so: of the ends, the final state is the one that most often says no. */
const filtersOf = ({ before, after, old, final }: PlaceChange): Filters => [
  filterOf(after),
  filterOf(before),
  ...(samePlaceState(old, final) ? [old] : [final, old]).map(filterOf),
];

const moves = new WeakMap<PlaceChange, readonly Box[] | null>();

/** Boxes that have all packets that the command moves; null where the filter is another one altogether. */
function movedBoxes(change: PlaceChange): readonly Box[] | null {
  let moved = moves.get(change);
  if (moved === undefined) {
    moved = findMoved(change);
    moves.set(change, moved);
  }
  return moved;
}

function findMoved({ before, after }: PlaceChange): readonly Box[] | null {
  if (before.closed || after.closed || before.common !== after.common) return null;
  if (before.list === null || after.list === null || before.list.acl.name !== after.list.acl.name)
    return null;
  if (before.list.entries.length === 0 || after.list.entries.length === 0) return null;
  return changedBoxes(before.list.entries, after.list.entries);
}

/** Up to so many boxes are searched by themselves: of more, each line would be held against each. */
const FEW_BOXES = 8;

/**
 * Of the boxes that a command moves, what may fare otherwise than it did and will: most commands touch few of the lines
 * that the others put in or take out. The very boxes where that leaves too much.
 */
function narrowed(moved: readonly Box[], [now, then, ...ends]: Filters, asked: Asked): readonly Box[] {
  if (moved.length > FEW_BOXES) return moved;
  const parting = (state: CompiledAcl, wish: Wish): readonly Box[] | null =>
    // Of two states, the one that surely does it is the other one here.
    wish.surely ? boxesLeftOut(now, state, wish.action) : boxesLeftOut(state, now, asked.now.action);
  let left = moved;
  for (const [i, state] of [then, ...ends].entries()) {
    const apart = parting(state, i === 0 ? asked.justBefore : asked.ends);
    if (apart === null) continue;
    const inside = fewInside(left, apart);
    if (inside !== null) left = inside;
    if (left.length === 0) break;
  }
  return left;
}

/** What boxes share with others, none of them part of another; null where that is more than a few. */
function fewInside(boxes: readonly Box[], others: readonly Box[]): readonly Box[] | null {
  const inside: Box[] = [];
  const isPart = (box: Box): boolean => inside.some((known) => boxCovers(known, box));
  for (const box of boxes)
    for (const other of others) {
      const shared = intersectBoxes(box, other);
      if (shared === null || isPart(shared)) continue;
      const kept = inside.filter((known) => !boxCovers(shared, known));
      if (kept.length === FEW_BOXES) return null;
      inside.splice(0, inside.length, ...kept, shared);
    }
  return inside;
}

/** The states of a list around an edit and at the ends; 'alike' where an end does the same to all that is asked about. */
type EditedLists = JointLists | 'alike';

const edits = new WeakMap<PlaceChange, EditedLists>();

/** The same for all that the command moves. Permits and denies of one change share the work. */
function editedLists(change: PlaceChange, filters: Filters, moved: readonly Box[]): EditedLists {
  let lists = edits.get(change);
  if (lists === undefined) {
    lists = joinLists(filters, moved);
    edits.set(change, lists);
  }
  return lists;
}

/** Only those lines that have packets in the region are joined. */
function joinLists([now, then, ...ends]: Filters, region: readonly Box[]): EditedLists {
  if (ends.some((end) => sameWithin(now.entries, end.entries, region))) return 'alike';
  const { head } = commonEnds(now.entries, then.entries);
  if (ends.some((end) => beginAlike(now, end, head, region))) return 'alike';
  const cuts = new RegionCuts(region);
  const [here, just, ...finals] = [now, then, ...ends].map((list) => cuts.part(list));
  if (finals.some((end) => filterAlike(here!, end, region))) return 'alike';
  return new JointLists([here!, just!, ...finals], region);
}

/** A packet of any kind for which the wish about each filter comes true: likely ones first, then all, so that none escapes. */
function findPacket(
  filters: readonly [CompiledAcl, ...CompiledAcl[]],
  wishes: readonly Wish[],
): Packet | null {
  if (filters.some((filter, i) => !canAnswer(filter, wishes[i]!))) return null;
  const guess = filters
    .flatMap((filter, i) => likelyPackets(filter, wishes[i]!))
    .find((packet) =>
      filters.every((filter, i) => isWished(wishes[i]!, decidePacket(filter, packet).verdict)),
    );
  return guess ?? new JointLists(filters, [fullBox()]).find(wishes);
}

const canAnswer = ({ entries, otherwise }: CompiledAcl, wish: Wish): boolean =>
  entries.length > 0 || isWished(wish, otherwise);

const MOST_GUESSES = 32;

/** One ordinary packet of some of the lines that decide as wished, and one that no line was written for. */
function likelyPackets({ entries }: CompiledAcl, wish: Wish): readonly Packet[] {
  const fitting = entries.filter((e) => e.action !== null && isWished(wish, e.action) && e.asked.length > 0);
  const stride = Math.max(1, Math.floor(fitting.length / MOST_GUESSES));
  const chosen = fitting.filter((_, i) => i % stride === 0).slice(0, MOST_GUESSES);
  return [...chosen.map((e) => naturalPacket(e.asked[0]!)), naturalPacket(fullBox())];
}
