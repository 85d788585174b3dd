import { boxesOverlap, fullBox, makeBox } from '../headerspace/box.ts';
import { intersect, type PacketSet, tryDisjoint } from '../headerspace/packet-set.ts';
import { alignEntries } from './align.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';
import { conclude, type Decision, type FirstMatch } from './decide.ts';
import {
  type Changes,
  type DiffIn,
  type DiffPair,
  type DiffSpace,
  FoundPairs,
  type Kind,
  spacesOf,
} from './diff-spaces.ts';
import { isChanged, type JointLine, JointRows, joinLists, type Outline } from './joint-lists.ts';
import { areLeftOpenAlike, type PartMeter, partByDoubt, partCoarsely, type Side } from './part-by-doubt.ts';

/** Disjoint spaces that together are every difference. */
export type AclDiff = DiffIn<DiffSpace>;

export interface DiffOptions {
  /** About how many boxes to list at most, for whole packets and for fragments each; the rest is outlined. */
  readonly mostBoxes?: number;
  /** Into how many boxes lines that only may match may part what changes. */
  readonly mostParted?: number;
}

const MOST_BOXES = 50_000;
/**
 * Where that many lines or more cut into a pair of rows, nobody can follow the boxes that are left: so many of one pair
 * are listed, and so many in all. Fewer lines may leave thousands of boxes, too (a dozen hosts on either side of `any any`
 * 8,600); consumers of the whole difference rely on those, so they are listed, up to half of what `mostBoxes` leaves.
 */
const MANY_LINES = 48;
const CUT_BY_MANY = { ofOnePair: 100, inAll: 10_000 };

/** Boxes into which lines that only may match part what changes, at most; crossing wildcards would make millions of them. */
const MOST_PARTED = 300_000;
/** Uncertain lines that cross in more pieces are not laid out before they are held against a pair of lines. */
const MOST_DOUBTFUL = 1000;

const WHOLE_PACKETS: PacketSet = [makeBox({ fragments: 'whole' })];
const LATER_FRAGMENTS: PacketSet = [makeBox({ fragments: 'non-initial' })];

/**
 * What a change of list does to packets, all of them or those in `within`. Only packets that meet a changed
 * line in either list are looked at: all others meet the same lines in the same order.
 */
export function diffAcls(
  before: CompiledAcl,
  after: CompiledAcl,
  within?: PacketSet,
  options: DiffOptions = {},
): AclDiff {
  const { complete, coarse, fragments, ...whole } = diffInPairs(before, after, within, options);
  return { ...spacesOf(whole), fragments: spacesOf(fragments), complete, coarse };
}

/** The same, pair by pair of deciding lines. */
export function diffInPairs(
  before: CompiledAcl,
  after: CompiledAcl,
  within?: PacketSet,
  options: DiffOptions = {},
): DiffIn<DiffPair> {
  const comparison = takeUnfinished(before, after) ?? new Comparison(before, after);
  return compareWays(comparison, within, {
    mostBoxes: options.mostBoxes ?? MOST_BOXES,
    mostParted: options.mostParted ?? MOST_PARTED,
    meter: { left: Number.POSITIVE_INFINITY },
  });
}

/** Boxes that may still be cut, not joined yet, for all differences together. */
export interface BoxMeter {
  left: number;
}

/** The same, or null as soon as the meter has run out. */
export function tryDiffInPairs(
  before: CompiledAcl,
  after: CompiledAcl,
  within: PacketSet | undefined,
  meter: BoxMeter,
): DiffIn<DiffPair> | null {
  const comparison = new Comparison(before, after);
  const diff = compareWays(comparison, within, { mostBoxes: MOST_BOXES, mostParted: MOST_PARTED, meter });
  if (meter.left >= 0) return diff;
  unfinished.set(before, comparison);
  return null;
}

/** By the earlier list: a difference that came to too many boxes may be asked for all of them, and goes on where it stopped. */
const unfinished = new WeakMap<CompiledAcl, Comparison>();

function takeUnfinished(before: CompiledAcl, after: CompiledAcl): Comparison | null {
  const comparison = unfinished.get(before);
  unfinished.delete(before);
  return comparison?.after === after ? comparison : null;
}

interface Bounds {
  readonly mostBoxes: number;
  readonly mostParted: number;
  readonly meter: BoxMeter;
}

function compareWays(
  comparison: Comparison,
  within: PacketSet | undefined,
  bounds: Bounds,
): DiffIn<DiffPair> {
  const ways = comparison.waysFor(within, bounds);
  const whole = comparison.pairsOf(ways.whole);
  const fragments = comparison.pairsOf(ways.fragments);
  const { complete, coarse } = comparison;
  return { ...whole, fragments, complete, coarse };
}

/** True when both lists treat every packet alike. */
export function equivalent(a: CompiledAcl, b: CompiledAcl): boolean {
  const { fragments, gained, lost, undetermined } = diffInPairs(a, b, undefined, { mostBoxes: 1 });
  const sides = [{ gained, lost, undetermined }, fragments];
  return sides.every((d) => d.gained.length + d.lost.length + d.undetermined.length === 0);
}

const NOTHING: Changes<DiffPair> = { gained: [], lost: [], undetermined: [] };

/** How far the packets of one kind were compared. */
interface Way {
  readonly within: PacketSet;
  readonly found: FoundPairs;
  /** The place in `lines` of the line before the change that comes next. */
  next: number;
}

interface Ways {
  readonly whole: Way;
  readonly fragments: Way;
}

/**
 * Two lists side by side. The unit of comparison is a pair of lines: the packets whose sure match is the one
 * before the change and the other after it, cut out of what the two lines have in common in one go. At least
 * one of the two is changed, or a changed line that is uncertain comes before both.
 */
class Comparison {
  readonly before: CompiledAcl;
  readonly after: CompiledAcl;
  private readonly rows: JointRows;
  private readonly pairs: readonly (readonly number[])[];
  /** Lines that only may match, and the changed ones of them. */
  private readonly doubtful: Doubts;
  private readonly changedDoubts: ReadonlySet<CompiledEntry>;

  /** No line of either list only may match. */
  private readonly sure: boolean;
  /** Then, by places in `lines`, what each decides. */
  private readonly decisions: Readonly<Record<'before' | 'after', Decision[]>> = { before: [], after: [] };
  complete = true;
  coarse = false;
  private parting: PartMeter = { left: 0 };
  private asked: {
    readonly within: PacketSet | undefined;
    readonly mostBoxes: number;
    readonly ways: Ways;
  } | null = null;
  private bounds: Bounds = { mostBoxes: MOST_BOXES, mostParted: MOST_PARTED, meter: { left: 0 } };

  constructor(before: CompiledAcl, after: CompiledAcl) {
    this.before = before;
    this.after = after;
    const { partner, partnerBefore } = alignEntries(before, after);
    const changedBefore = before.entries.slice(0, idleTail(before)).filter((e) => partner[e.index] === -1);
    const changedAfter = after.entries.slice(0, idleTail(after)).filter((e) => partnerBefore[e.index] === -1);
    const sameEnd = before.otherwise === after.otherwise;
    const region = sameEnd ? [...changedBefore, ...changedAfter].flatMap((e) => [...e.may]) : [fullBox()];
    this.doubtful = { before: uncertainIn(before.entries), after: uncertainIn(after.entries) };
    this.changedDoubts = new Set(uncertainIn([...changedBefore, ...changedAfter]));
    const doubts = [...this.doubtful.before, ...this.doubtful.after];
    this.sure = doubts.length === 0;
    this.rows = new JointRows(
      region.length === 0 ? [] : joinLists(before, after, { partner, partnerBefore }, region),
      doubts.flatMap((e) => [...e.may]),
    );
    this.pairs = this.findPairs();
  }

  /**
   * What is found of these packets within these bounds; where the same was asked before with less on the meter, what was
   * found then.
   */
  waysFor(within: PacketSet | undefined, bounds: Bounds): Ways {
    const { asked } = this;
    this.bounds = bounds;
    if (asked !== null && asked.within === within && asked.mostBoxes === bounds.mostBoxes) return asked.ways;
    this.complete = true;
    this.coarse = false;
    this.parting = { left: bounds.mostParted };
    this.rows.countAnew();
    const wayOf = (set: PacketSet): Way => ({
      within: within === undefined ? set : intersect(set, within),
      found: new FoundPairs(),
      next: 0,
    });
    const ways = { whole: wayOf(WHOLE_PACKETS), fragments: wayOf(LATER_FRAGMENTS) };
    this.asked = { within, mostBoxes: bounds.mostBoxes, ways };
    return ways;
  }

  /** Nothing where the meter runs out. */
  pairsOf(way: Way): Changes<DiffPair> {
    const { found, within } = way;
    const { meter } = this.bounds;
    const { lines } = this.rows;
    const doubtsChanged = this.changedDoubts.size > 0;
    for (; way.next < lines.length && found.size <= meter.left; way.next++) {
      const l = way.next;
      for (const m of this.pairs[l]!) this.compare(found, l, m, within);
      if (doubtsChanged && !isChanged(lines[l]!)) this.compare(found, l, l, within);
    }
    meter.left -= found.size;
    if (meter.left < 0) return NOTHING;
    return found.pairs();
  }

  /**
   * Per line before the change, those after it that it shares packets with, where one of the two is changed; ascending.
   * A line of both lists that stands above a changed one has all that the two share in either list. Two that do the same
   * count only where others may match before them.
   */
  private findPairs(): readonly (readonly number[])[] {
    const { lines } = this.rows;
    const pairs: number[][] = lines.map(() => []);
    const counts = (l: number, m: number): boolean => !this.sure || lines[l]!.action !== lines[m]!.action;
    lines.forEach((line, l) => {
      if (line.after === null) {
        for (const m of this.rows.meeting(l, 'after'))
          if (counts(l, m) && !precedes(lines[m]!.before, line.before)) pairs[l]!.push(m);
      } else if (line.before === null)
        for (const m of this.rows.meeting(l, 'before'))
          if (counts(l, m) && !isChanged(lines[m]!) && !precedes(lines[m]!.after, line.after))
            pairs[m]!.push(l);
    });
    return pairs;
  }

  /** Notes what changes among the packets that match line `l` before the change and line `m` after it. */
  private compare(found: FoundPairs, l: number, m: number, within: PacketSet): void {
    const old = this.rows.lines[l]!;
    const now = this.rows.lines[m]!;
    if (old.before === null || now.after === null) return;
    const doubts = this.doubtsOf(old, now);
    const asked = old.action === now.action ? this.doubtfulPart(old, now, doubts, within) : within;
    if (asked.length === 0) return;
    const room = Math.max(1, Math.ceil((this.bounds.mostBoxes - found.size) / 2));
    const roomAfterMany = Math.max(1, Math.min(room, CUT_BY_MANY.ofOnePair, CUT_BY_MANY.inAll - found.size));
    // What doubtful lines part can only be told apart in boxes.
    const parted = doubts.before.length + doubts.after.length > 0;
    const { boxes, outlines, undecided } = this.rows.region(l, m, asked, (lines) =>
      lines < MANY_LINES || parted ? room : roomAfterMany,
    );
    if (undecided) this.complete = false;
    if (boxes.length + outlines.length === 0) return;
    if (this.sure && this.noteSure(found, l, m, boxes, outlines)) return;
    if (boxes.length > 0) this.note(found, old, now, doubts, boxes);
    for (const outline of outlines) this.noteOutline(found, old, now, doubts, outline);
  }

  /**
   * Where both lines do the same, only packets that may meet a line before them that does otherwise can fare differently.
   * Where the two are one line, a changed one has to be among the uncertain ones met: one that does the same counts, too,
   * since it may have come to stand before one that does otherwise.
   */
  private doubtfulPart(old: JointLine, now: JointLine, doubts: Doubts, within: PacketSet): PacketSet {
    const all = [...doubts.before, ...doubts.after];
    const contrary = all.filter((entry) => entry.action !== old.action);
    if (contrary.length === 0) return [];
    const counting = old === now ? all.filter((entry) => this.changedDoubts.has(entry)) : contrary;
    const boxes = counting.flatMap((e) => [...e.may]);
    if (boxes.length === 0) return [];
    // Instead of thousands of pieces the whole pair is looked at: parting it shows what the doubts leave alone.
    const pieces = tryDisjoint(boxes, Math.min(MOST_DOUBTFUL, this.bounds.mostParted));
    return pieces === null ? within : intersect(pieces, within);
  }

  /** Of two lists that leave nothing open, each pair of lines is asked about once. False: a line itself leaves it open. */
  private noteSure(
    found: FoundPairs,
    l: number,
    m: number,
    boxes: PacketSet,
    outlines: readonly Outline[],
  ): boolean {
    this.decisions.before[l] ??= conclude(this.before, entryOf(this.rows.lines[l]!.before), []);
    this.decisions.after[m] ??= conclude(this.after, entryOf(this.rows.lines[m]!.after), []);
    const [was, is] = [this.decisions.before[l], this.decisions.after[m]];
    const kind = changeKind(was, is);
    if (kind === 'undetermined') return false;
    if (kind !== null) found.addPair(kind, was, is, boxes, outlines);
    return true;
  }

  private note(found: FoundPairs, old: JointLine, now: JointLine, doubts: Doubts, region: PacketSet): void {
    const sideOf = (line: LineOfOne, { action }: JointLine, met: readonly CompiledEntry[]): Side => ({
      last: entryOf(line),
      action,
      doubts: met,
    });
    const before = sideOf(old.before, old, doubts.before);
    const after = sideOf(now.after, now, doubts.after);
    const parts = partByDoubt(region, before, after, this.parting);
    if (parts === null) this.coarse = true;
    for (const { was, is } of parts ?? partCoarsely(region, before, after)) this.classify(found, was, is);
  }

  /** An outline stands as it is, unless lines that only may match part it. */
  private noteOutline(
    found: FoundPairs,
    old: JointLine,
    now: JointLine,
    doubts: Doubts,
    outline: Outline,
  ): void {
    const parted = [...doubts.before, ...doubts.after].some((doubt) =>
      doubt.may.some((box) => boxesOverlap(box, outline.box)),
    );
    if (parted) {
      this.complete = false;
      this.note(found, old, now, doubts, [outline.piece]);
    } else this.classify(found, undoubted(old.before), undoubted(now.after), outline);
  }

  /** Lines that only may match, before the pair in either list, and overlap both of its lines. */
  private doubtsOf(old: JointLine, now: JointLine): Doubts {
    if (this.sure) return NO_DOUBTS;
    const overlap = (entry: CompiledEntry, line: JointLine): boolean =>
      entry.may.some((box) => line.must.some((other) => boxesOverlap(box, other)));
    const meets = (entry: CompiledEntry, last: LineOfOne): boolean =>
      isBefore(entry, last) && overlap(entry, old) && overlap(entry, now);
    return {
      before: this.doubtful.before.filter((entry) => meets(entry, old.before)),
      after: this.doubtful.after.filter((entry) => meets(entry, now.after)),
    };
  }

  private classify(found: FoundPairs, old: FirstMatch, now: FirstMatch, outline?: Outline): void {
    const was = conclude(this.before, old.last, old.mayHaveMatched);
    const is = conclude(this.after, now.last, now.mayHaveMatched);
    const kind = changeKind(was, is);
    if (kind === null) return;
    const otherwise = { before: this.before.otherwise, after: this.after.otherwise };
    if (kind === 'undetermined' && areLeftOpenAlike(old, now, otherwise)) return;
    const doubts = [...new Set([...was.doubts, ...is.doubts])];
    found.add(kind, { before: was.decidedBy, after: is.decidedBy, doubts }, outline ?? now.boxes);
  }
}

/** Lines of either list that only may match. */
interface Doubts {
  readonly before: readonly CompiledEntry[];
  readonly after: readonly CompiledEntry[];
}

const NO_DOUBTS: Doubts = { before: [], after: [] };

type LineOfOne = JointLine['before'];

const isBefore = (entry: CompiledEntry, line: LineOfOne): boolean =>
  line === 'end' || line === null || entry.index < line.index;

/** Whether a line stands above another of the same list; one that the list does not have stands nowhere. */
const precedes = (line: LineOfOne, other: LineOfOne): boolean =>
  line !== null && line !== 'end' && isBefore(line, other);

const entryOf = (line: LineOfOne): CompiledEntry | null => (line === 'end' ? null : line);

const undoubted = (line: LineOfOne): FirstMatch => ({
  boxes: [],
  last: entryOf(line),
  mayHaveMatched: [],
});

const uncertainIn = (entries: readonly CompiledEntry[]): readonly CompiledEntry[] =>
  entries.filter((entry) => !isCertain(entry));

/** Where the denies at the very end begin, which only say what the implicit deny says anyway. */
function idleTail(compiled: CompiledAcl): number {
  let end = compiled.entries.length;
  while (end > 0 && compiled.entries[end - 1]!.action === compiled.otherwise) end--;
  return end;
}

function changeKind(was: Decision, is: Decision): Kind | null {
  if (was.verdict === 'undetermined' || is.verdict === 'undetermined') return 'undetermined';
  if (was.verdict === is.verdict) return null;
  return is.verdict === 'permit' ? 'gained' : 'lost';
}
