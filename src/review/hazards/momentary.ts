import type { CompiledAcl } from '../../acl/compile.ts';
import { coverWithin, decidePacket, type Piece } from '../../acl/decide.ts';
import { type Box, fullBox } from '../../headerspace/box.ts';
import { naturalPacket } from '../../headerspace/witness.ts';
import type { Verdict } from '../../model/finding.ts';
import type { Packet } from '../../model/packet.ts';
import { cutToRegion } from '../cut-to-region.ts';
import { changedBoxes } from '../list-tracker.ts';
import { filterOf, type HazardPlace, type PlaceState, samePlaceState } from './device-state.ts';

/** A place whose filter a command changed, with what it was at first and what it will be at last. */
export interface PlaceChange {
  readonly place: HazardPlace;
  readonly before: PlaceState;
  readonly after: PlaceState;
  readonly old: PlaceState;
  readonly final: PlaceState;
}

interface Wish {
  readonly filter: CompiledAcl;
  readonly verdicts: readonly Verdict[];
}

/**
 * A packet that the command begins to permit although neither the old nor the final configuration permits it;
 * null: there is none. What the text leaves open counts as permitted now and is never held to be denied.
 */
export const briefPermit = (change: PlaceChange): Packet | null =>
  brief(change, ['permit', 'undetermined'], ['deny'], ['deny']);

/** A packet that the command begins to deny although both the old and the final configuration permit it. */
export const briefDeny = (change: PlaceChange): Packet | null =>
  brief(change, ['deny'], ['permit', 'undetermined'], ['permit']);

/** A packet that this state denies and the final one permits. */
export function deniedButFinallyPermitted(change: PlaceChange): Packet | null {
  if (samePlaceState(change.after, change.final)) return null;
  return findPacket([
    { filter: filterOf(change.after), verdicts: ['deny'] },
    { filter: filterOf(change.final), verdicts: ['permit'] },
  ]);
}

function brief(
  change: PlaceChange,
  now: readonly Verdict[],
  justBefore: readonly Verdict[],
  ends: readonly Verdict[],
): Packet | null {
  const { before, after, old, final } = change;
  // A state that filters as one of the ends does cannot differ from both.
  if (samePlaceState(after, final) || samePlaceState(after, old)) return null;
  const wishes: Wish[] = [{ filter: filterOf(after), verdicts: now }];
  if (!samePlaceState(before, old)) wishes.push({ filter: filterOf(before), verdicts: justBefore });
  wishes.push({ filter: filterOf(old), verdicts: ends });
  if (!samePlaceState(old, final)) wishes.push({ filter: filterOf(final), verdicts: ends });
  const region = editedRegion(change);
  return region === null ? findPacket(wishes) : searchRegion(region, wishes);
}

function searchRegion(region: Region, wishes: readonly Wish[]): Packet | null {
  const local = wishes.map((wish) => ({ ...wish, filter: region.cut(wish.filter) }));
  for (const box of region.boxes) {
    const found = searchInside(box, local);
    if (found) return found;
  }
  return null;
}

/** The packets that one edit can matter to, and the few lines of any list that can have a say about them. */
interface Region {
  readonly boxes: readonly Box[];
  readonly cut: (filter: CompiledAcl) => CompiledAcl;
}

const regions = new WeakMap<PlaceChange, Region | null>();

/** null where the filter is another one altogether. Permits and denies of one change share the work. */
function editedRegion(change: PlaceChange): Region | null {
  let region = regions.get(change);
  if (region === undefined) {
    region = makeRegion(change);
    regions.set(change, region);
  }
  return region;
}

function makeRegion({ before, after }: PlaceChange): Region | null {
  if (before.closed || after.closed || before.common !== after.common) return null;
  if (before.list === null || after.list === null || before.list.acl.name !== after.list.acl.name)
    return null;
  if (before.list.entries.length === 0 || after.list.entries.length === 0) return null;
  const boxes = changedBoxes(before.list.entries, after.list.entries);
  const known = new Map<CompiledAcl, CompiledAcl>();
  return {
    boxes,
    cut: (filter) => {
      let part = known.get(filter);
      if (!part) {
        part = cutToRegion(filter, boxes);
        known.set(filter, part);
      }
      return part;
    },
  };
}

/** A packet of the box for which every wish comes true. Only lines that overlap it are looked at. */
function searchInside(box: Box, wishes: readonly Wish[]): Packet | null {
  const [wish, ...others] = wishes;
  if (!wish) return naturalPacket(box);
  for (const piece of coverWithin(cutToRegion(wish.filter, [box]), [box])) {
    if (!wish.verdicts.includes(piece.verdict)) continue;
    const found = searchInside(piece.box, others);
    if (found) return found;
  }
  return null;
}

/** A packet of any kind for which every wish comes true: likely ones first, then line by line, so that none escapes. */
function findPacket(wishes: readonly Wish[]): Packet | null {
  if (wishes.some((w) => !canAnswer(w))) return null;
  const likely = wishes.flatMap(likelyPackets);
  const guess = likely.find((packet) =>
    wishes.every((w) => w.verdicts.includes(decidePacket(w.filter, packet).verdict)),
  );
  if (guess) return guess;
  const [shortest, ...others] = [...wishes].sort((a, b) => a.filter.entries.length - b.filter.entries.length);
  for (const box of decidedBoxes(shortest!)) {
    const found = searchInside(box, others);
    if (found) return found;
  }
  return null;
}

const canAnswer = (wish: Wish): boolean =>
  wish.filter.entries.length > 0 || wish.verdicts.includes(wish.filter.otherwise);

const MOST_GUESSES = 32;

/** One ordinary packet of some of the lines that decide as wished, and one that no line was written for. */
function likelyPackets(wish: Wish): readonly Packet[] {
  const fitting = wish.filter.entries.filter(
    (e) => e.action !== null && wish.verdicts.includes(e.action) && e.asked.length > 0,
  );
  const stride = Math.max(1, Math.floor(fitting.length / MOST_GUESSES));
  const chosen = fitting.filter((_, i) => i % stride === 0).slice(0, MOST_GUESSES);
  return [...chosen.map((e) => naturalPacket(e.asked[0]!)), naturalPacket(fullBox())];
}

/** Boxes that together are all packets the filter decides as wished. */
function* decidedBoxes(wish: Wish): Generator<Box> {
  const { filter, verdicts } = wish;
  const wanted = (p: Piece): boolean => verdicts.includes(p.verdict);
  if (filter.entries.length === 0) {
    yield fullBox();
    return;
  }
  for (const entry of filter.entries)
    for (const box of entry.may)
      for (const piece of coverWithin(cutToRegion(filter, [box]), [box])) if (wanted(piece)) yield piece.box;
  if (verdicts.includes(filter.otherwise))
    for (const piece of coverWithin(filter, [fullBox()]))
      if (piece.decidedBy === 'implicit-deny' && wanted(piece)) yield piece.box;
}
