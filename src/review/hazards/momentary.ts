import type { CompiledAcl } from '../../acl/compile.ts';
import { coverWithin, decidePacket, type Piece } from '../../acl/decide.ts';
import { type AclDiff, type DiffSpace, type DiffSpaces, diffAcls } from '../../acl/diff.ts';
import { type Box, fullBox } from '../../headerspace/box.ts';
import { naturalPacket } from '../../headerspace/witness.ts';
import type { Verdict } from '../../model/finding.ts';
import type { Packet } from '../../model/packet.ts';
import { boxesApart } from '../boxes-apart.ts';
import { changedBoxes } from '../changed-boxes.ts';
import { beginAlike, cutToRegion, filterAlike, RegionCuts } from '../cut-to-region.ts';
import { commonTerms } from '../known-terms.ts';
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
    sure: { action: 'deny', of: 'before' },
    moved: (d) => [...d.gained, ...d.undetermined],
  });

/** A packet that the command begins to deny although both the old and the final configuration permit it. */
export const briefDeny = (change: PlaceChange): Packet | null =>
  brief(change, {
    now: ['deny'],
    justBefore: ['permit', 'undetermined'],
    ends: ['permit'],
    sure: { action: 'deny', of: 'after' },
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
  readonly ends: readonly ['permit' | 'deny'];
  /** Which of the two states around the command surely does what the other does not. */
  readonly sure: { readonly action: 'deny'; readonly of: 'before' | 'after' };
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
  const around: readonly Wish[] = [
    { filter: filterOf(after), verdicts: asked.now },
    { filter: filterOf(before), verdicts: asked.justBefore },
  ];
  const edit = editOf(change);
  return edit === null ? findPacket([...around, ...ends]) : findInside(edit, around, ends, asked);
}

/** Only where each of the states that are to differ has a line that the other has not is a packet looked for. */
function findInside(
  { region, cut, diff }: Edit,
  around: readonly Wish[],
  ends: readonly Wish[],
  asked: Asked,
): Packet | null {
  const [now, then] = around.map(({ filter }) => filter) as [CompiledAcl, CompiledAcl];
  const changed = now.entries.findIndex((entry, i) => entry !== then.entries[i]);
  if (ends.some(({ filter }) => beginAlike(now, filter, changed, region))) return null;
  const [here, before] = [cut(now), cut(then)];
  const finals = ends.map(({ filter }) => cut(filter));
  if (finals.some((end) => filterAlike(here, end, region))) return null;
  const [sure, other] = asked.sure.of === 'before' ? [before, here] : [here, before];
  let boxes = boxesApart(sure, asked.sure.action, other);
  for (const end of finals) {
    if (boxes.length === 0) return null;
    boxes = commonTerms(boxes, boxesApart(end, asked.ends[0], here));
  }
  const cutWishes = (wishes: readonly Wish[]): readonly Wish[] =>
    wishes.map((wish) => ({ ...wish, filter: cut(wish.filter), isCut: true as const }));
  const local = cutWishes(ends);
  const everywhere = [...local, ...cutWishes(around)];
  const spaces = diff();
  for (const { box, outline } of [...asked.moved(spaces), ...asked.moved(spaces.fragments)]) {
    const inside = commonTerms([box], boxes);
    if (inside.length === 0) continue;
    // Earlier lines decide some of what is only outlined, and those do as they did before.
    const found = outline
      ? firstFound(inside, (part) => searchInside(part, everywhere))
      : searchInside(box, local);
    if (found) return found;
  }
  return null;
}

function firstFound<T, R>(all: readonly T[], find: (one: T) => R | null): R | null {
  for (const one of all) {
    const found = find(one);
    if (found !== null) return found;
  }
  return null;
}

/** The few lines of any list that can have a say about what one edited line decides. */
interface Edit {
  readonly region: readonly Box[];
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
  const cuts = new RegionCuts(region);
  const cut = (filter: CompiledAcl): CompiledAcl => cuts.cut(filter);
  let diff: AclDiff | null = null;
  return {
    region,
    cut,
    // Outside the region both lists decide alike, so the parts that are cut out differ as the lists do.
    diff: () => {
      diff ??= diffAcls(cut(filterOf(before)), cut(filterOf(after)));
      return diff;
    },
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
