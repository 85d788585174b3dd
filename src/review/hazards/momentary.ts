import type { CompiledAcl } from '../../acl/compile.ts';
import { coverWithin, decidePacket, type Piece } from '../../acl/decide.ts';
import { type AclDiff, diffAcls, type DiffSpace, type DiffSpaces } from '../../acl/diff.ts';
import { type Box, fullBox } from '../../headerspace/box.ts';
import { naturalPacket } from '../../headerspace/witness.ts';
import type { Verdict } from '../../model/finding.ts';
import type { Packet } from '../../model/packet.ts';
import { cutToRegion, filterAlike } from '../cut-to-region.ts';
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
  /** Set where the filter is cut to a region: only then do its entries carry their places in it. */
  readonly isCut?: true;
}

/**
 * A packet that the command begins to permit although neither the old nor the final configuration permits it;
 * null: there is none. What the text leaves open counts as permitted now and is never held to be denied.
 */
export const briefPermit = (change: PlaceChange): Packet | null =>
  brief(change, {
    now: ['permit', 'undetermined'],
    justBefore: ['deny'],
    ends: ['deny'],
    moved: (d) => [...d.gained, ...d.undetermined],
  });

/** A packet that the command begins to deny although both the old and the final configuration permit it. */
export const briefDeny = (change: PlaceChange): Packet | null =>
  brief(change, {
    now: ['deny'],
    justBefore: ['permit', 'undetermined'],
    ends: ['permit'],
    moved: (d) => d.lost,
  });

/** A packet that this state denies and the final one permits. */
export function deniedButFinallyPermitted(change: PlaceChange): Packet | null {
  if (samePlaceState(change.after, change.final)) return null;
  return findPacket([
    { filter: filterOf(change.after), verdicts: ['deny'] },
    { filter: filterOf(change.final), verdicts: ['permit'] },
  ]);
}

interface Asked {
  readonly now: readonly Verdict[];
  readonly justBefore: readonly Verdict[];
  readonly ends: readonly Verdict[];
  /** The packets of an edit's difference that may be what is looked for. */
  readonly moved: (spaces: DiffSpaces) => readonly DiffSpace[];
}

function brief(change: PlaceChange, asked: Asked): Packet | null {
  const { before, after, old, final } = change;
  // A state that filters as one of the ends does cannot differ from both.
  if (samePlaceState(after, final) || samePlaceState(after, old)) return null;
  // What an edit moves mostly stays so: the final state is the one that most often says no.
  const ends = (samePlaceState(old, final) ? [old] : [final, old]).map(
    (state): Wish => ({ filter: filterOf(state), verdicts: asked.ends }),
  );
  const edit = editOf(change);
  if (edit === null)
    return findPacket([
      { filter: filterOf(after), verdicts: asked.now },
      { filter: filterOf(before), verdicts: asked.justBefore },
      ...ends,
    ]);
  // Nor can one that does so wherever the command changed anything.
  const here = edit.cut(filterOf(after));
  if (ends.some((end) => filterAlike(here, edit.cut(end.filter)))) return null;
  const diff = edit.diff();
  const moved = [...asked.moved(diff), ...asked.moved(diff.fragments)];
  if (moved.length === 0) return null;
  const local = ends.map((wish) => ({ ...wish, filter: edit.cut(wish.filter), isCut: true as const }));
  for (const { box } of moved) {
    const found = searchInside(box, local);
    if (found) return found;
  }
  return null;
}

/** What one edited line does to packets, and the few lines of any list that can have a say about them. */
interface Edit {
  readonly diff: () => AclDiff;
  readonly cut: (filter: CompiledAcl) => CompiledAcl;
}

const edits = new WeakMap<PlaceChange, Edit | null>();

/** null where the filter is another one altogether. Permits and denies of one change share the work. */
function editOf(change: PlaceChange): Edit | null {
  let edit = edits.get(change);
  if (edit === undefined) {
    edit = makeEdit(change);
    edits.set(change, edit);
  }
  return edit;
}

function makeEdit({ before, after }: PlaceChange): Edit | null {
  if (before.closed || after.closed || before.common !== after.common) return null;
  if (before.list === null || after.list === null || before.list.acl.name !== after.list.acl.name)
    return null;
  if (before.list.entries.length === 0 || after.list.entries.length === 0) return null;
  const region = changedBoxes(before.list.entries, after.list.entries);
  const known = new Map<CompiledAcl, CompiledAcl>();
  const cut = (filter: CompiledAcl): CompiledAcl => {
    let part = known.get(filter);
    if (!part) {
      part = cutToRegion(filter, region);
      known.set(filter, part);
    }
    return part;
  };
  // Outside the region both lists decide alike, so the parts that are cut out differ as the lists do.
  let diff: AclDiff | null = null;
  return {
    diff: () => {
      diff ??= diffAcls(cut(filterOf(before)), cut(filterOf(after)));
      return diff;
    },
    cut,
  };
}

const SHORT = 512;

/** A packet of the box for which every wish comes true. Only lines that overlap it are looked at. */
function searchInside(box: Box, wishes: readonly Wish[]): Packet | null {
  const [wish, ...others] = wishes;
  if (!wish) return naturalPacket(box);
  const { filter } = wish;
  // A short list is laid out once for all boxes; of a long one, the few lines near each box.
  const near = wish.isCut && filter.entries.length <= SHORT ? filter : cutToRegion(filter, [box]);
  for (const piece of coverWithin(near, [box])) {
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
  const [easiest, ...others] = [...wishes].sort((a, b) => effort(a) - effort(b));
  for (const box of decidedBoxes(easiest!)) {
    const found = searchInside(box, others);
    if (found) return found;
  }
  return null;
}

const canAnswer = (wish: Wish): boolean =>
  wish.filter.entries.length > 0 || wish.verdicts.includes(wish.filter.otherwise);

/** What a list does by its lines is told line by line; what it leaves to its end is all the rest, in many pieces. */
const effort = ({ filter, verdicts }: Wish): number =>
  filter.entries.length === 0
    ? Number.MAX_SAFE_INTEGER
    : filter.entries.length + (verdicts.includes(filter.otherwise) ? 1_000_000 : 0);

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
  for (const entry of filter.entries) {
    // A line that surely does otherwise decides nothing as wished.
    if (entry.action !== null && entry.must === entry.may && !verdicts.includes(entry.action)) continue;
    for (const box of entry.may)
      for (const piece of coverWithin(cutToRegion(filter, [box]), [box])) if (wanted(piece)) yield piece.box;
  }
  if (verdicts.includes(filter.otherwise))
    for (const piece of coverWithin(cutToRegion(filter, [fullBox()]), [fullBox()]))
      if (piece.decidedBy === 'implicit-deny' && wanted(piece)) yield piece.box;
}
