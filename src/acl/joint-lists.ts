import { type Box, fullBox } from '../headerspace/box.ts';
import { type CutAway, cutAwayFrom } from '../headerspace/cut-away.ts';
import { type FlatSpace, flatSpaceOf, intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
import { indexRows } from '../headerspace/index-rows.ts';
import { NearBoxes } from '../headerspace/near-boxes.ts';
import { RowNumbers, rowCovers } from '../headerspace/overlap-index.ts';
import type { PacketSet } from '../headerspace/packet-set.ts';
import { PieceCounter } from '../headerspace/piece-counter.ts';
import { rowsOfBoxes } from '../headerspace/rows-of-boxes.ts';
import { GAVE_UP, sweepForLeftOver } from '../headerspace/sweep.ts';
import type { AceAction } from '../model/access-list.ts';
import { pushAll } from '../model/push-all.ts';
import type { Alignment } from './align.ts';
import type { CompiledAcl, CompiledEntry } from './compile.ts';
import { OverlapsOfRows } from './overlaps-of-rows.ts';

/** A line of two lists at once. The end of a list is a line, too: it takes every packet left. */
export interface JointLine {
  /** The entry in either list; 'end' for what follows its last; null where the list has no such line. */
  readonly before: CompiledEntry | 'end' | null;
  readonly after: CompiledEntry | 'end' | null;
  readonly action: AceAction | null;
  readonly must: readonly Box[];
}

export const isChanged = (line: JointLine): boolean => line.before === null || line.after === null;

/** All lines of both lists that packets of `region` can meet, or all; aligned ones stand for both. */
export function joinLists(
  before: CompiledAcl,
  after: CompiledAcl,
  { partner, partnerBefore }: Alignment,
  region: readonly Box[] | null,
): readonly JointLine[] {
  const lines: JointLine[] = [];
  const concerns = region === null ? () => true : concernedBy(region, [...before.entries, ...after.entries]);
  for (const entry of before.entries)
    if (concerns(entry)) {
      const twin = partner[entry.index]!;
      lines.push({
        before: entry,
        after: twin === -1 ? null : after.entries[twin]!,
        action: entry.action,
        must: entry.must,
      });
    }
  for (const entry of after.entries)
    if (partnerBefore[entry.index] === -1 && concerns(entry))
      lines.push({ before: null, after: entry, action: entry.action, must: entry.must });
  const must = [fullBox()];
  if (before.otherwise === after.otherwise)
    lines.push({ before: 'end', after: 'end', action: before.otherwise, must });
  else {
    lines.push({ before: 'end', after: null, action: before.otherwise, must });
    lines.push({ before: null, after: 'end', action: after.otherwise, must });
  }
  return lines;
}

/** Up to so many boxes are looked at one by one: less work than an index of them. */
const FEW_BOXES = 32;

/** Whether a line surely matches some packet of the region. */
function concernedBy(
  region: readonly Box[],
  entries: readonly CompiledEntry[],
): (entry: CompiledEntry) => boolean {
  if (region.length <= FEW_BOXES) {
    const near = new NearBoxes(region);
    return ({ must }) => {
      for (const box of must) if (near.overlap(box, 1)) return true;
      return false;
    };
  }
  const space = flatSpaceOf([...region, ...entries.flatMap((e) => [...e.must])]);
  const buffer = new RowBuffer(space.stride, region.length);
  for (const box of region) space.encode(box, buffer);
  const index = indexRows(space, buffer.words, buffer.rows);
  const query = new RowBuffer(space.stride);
  return ({ must }) => {
    query.length = 0;
    for (const box of must) space.encode(box, query);
    for (let at = 0; at < query.length; at += space.stride)
      if (index.findAny(query.words, at, buffer.rows) !== -1) return true;
    return false;
  };
}

/** The packets that one line decides before a change and one after it. */
export interface Region {
  /** Disjoint. */
  readonly boxes: Box[];
  readonly outlines: Outline[];
  /** Set when it took too long to tell whether two rows have any packets here. */
  undecided: boolean;
}

/** How many boxes to list of what so many rows are cut out of. */
type MostBoxes = (cuts: number) => number;

/** Those packets of a box that no earlier line of either list decides, where listing them would bury everything else. */
export interface Outline {
  readonly box: Box;
  /** Some of the packets. */
  readonly piece: Box;
  /** How many earlier lines overlap the box. */
  readonly earlier: number;
  /** How many packets they are, counted as `countProjected` does; at least so many where not `exact`. */
  readonly packets: bigint;
  readonly exact: boolean;
}

/** Rows looked at for one pair of rows before the sweep has to say whether anything is left. */
const PROOF_BUDGET = 20_000_000;
/** Rows looked at for counting what is only outlined, all in all: a tenth of a second. Showing a piece costs as much as some. */
const COUNT_BUDGET = 3_000_000;
const LOOKS_A_PIECE = 8;

const ALIVE = 1;
const DEAD = 2;

/** The place of a line in a list that does not have it: behind all others. */
export const NOWHERE = 0x7fffffff;
const END = NOWHERE - 1;
export const placeOf = (entry: CompiledEntry | 'end' | null): number =>
  entry === null ? NOWHERE : entry === 'end' ? END : entry.index;

/** The must-rows of joint lines, each with its place in either list. */
export class JointRows {
  readonly lines: readonly JointLine[];
  private readonly space: FlatSpace;
  private readonly buffer: RowBuffer;
  private readonly firstRow: Int32Array;
  private readonly count: number;
  /** Row to its line's place in either list; NOWHERE where that list does not have it. */
  private readonly placeBefore: Int32Array;
  private readonly placeAfter: Int32Array;
  private readonly cutAway: CutAway;
  private readonly overlaps: OverlapsOfRows;
  /** Per row, whether an earlier row of the list has all of its packets; 0: not looked at yet. */
  private readonly deadBefore: Uint8Array;
  private readonly deadAfter: Uint8Array;
  /** What has all of one row, as a catch-all does, mostly has all of the next one, too; so with parts of rows. */
  private lastCovering = 0;
  private lastCoveringPart = 0;
  /** Row to its line's place in `lines`. */
  private readonly lineOf: Int32Array;
  private readonly found = new RowNumbers();
  private readonly pieces: RowBuffer;
  private countBudget = COUNT_BUDGET;
  /** Times that lines were counted, and per line, the last time that it was among them. */
  private counts = 0;
  private readonly lastCounted: Int32Array;
  private readonly base: Int32Array;
  private readonly limited: Int32Array;
  /** The rows of sets asked about. */
  private readonly rowsOf: (box: Box) => RowBuffer;

  constructor(lines: readonly JointLine[], alsoTold: readonly Box[]) {
    this.lines = lines;
    this.space = flatSpaceOf([...lines.flatMap((line) => [...line.must]), ...alsoTold]);
    this.rowsOf = rowsOfBoxes(this.space);
    this.buffer = new RowBuffer(this.space.stride, lines.length + 1);
    this.firstRow = new Int32Array(lines.length + 1);
    lines.forEach((line, i) => {
      this.firstRow[i] = this.buffer.rows;
      for (const box of line.must) this.space.encode(box, this.buffer);
    });
    this.count = this.buffer.rows;
    this.firstRow[lines.length] = this.count;
    this.placeBefore = new Int32Array(this.count);
    this.placeAfter = new Int32Array(this.count);
    this.lineOf = new Int32Array(this.count);
    this.lastCounted = new Int32Array(lines.length);
    this.pieces = new RowBuffer(this.space.stride);
    lines.forEach((line, i) => {
      this.lineOf.fill(i, this.firstRow[i], this.firstRow[i + 1]);
      this.placeBefore.fill(placeOf(line.before), this.firstRow[i], this.firstRow[i + 1]);
      this.placeAfter.fill(placeOf(line.after), this.firstRow[i], this.firstRow[i + 1]);
    });
    this.cutAway = cutAwayFrom(this.space, this.buffer.words);
    const changed = Uint8Array.from(this.lineOf, (line) => (isChanged(lines[line]!) ? 1 : 0));
    const placed = (place: Int32Array): Uint8Array => Uint8Array.from(place, (p) => (p === NOWHERE ? 0 : 1));
    this.overlaps = new OverlapsOfRows(
      this.space,
      this.buffer.words,
      changed,
      { before: placed(this.placeBefore), after: placed(this.placeAfter) },
      this.rankRows(),
    );
    this.deadBefore = new Uint8Array(this.count);
    this.deadAfter = new Uint8Array(this.count);
    this.base = new Int32Array(this.space.stride);
    this.limited = new Int32Array(this.space.stride);
  }

  /** What is outlined from here on is counted as if nothing had been counted yet. */
  countAnew(): void {
    this.countBudget = COUNT_BUDGET;
  }

  /** Per row, its place in one order that is the order of either list. */
  private rankRows(): Int32Array {
    const rank = new Int32Array(this.count);
    let next = 0;
    const rankLine = (l: number): void => {
      for (let row = this.firstRow[l]!; row < this.firstRow[l + 1]!; row++) rank[row] = next++;
    };
    const putIn = this.lines.flatMap((line, l) => (line.before === null ? [l] : []));
    let put = 0;
    this.lines.forEach(({ before, after }, l) => {
      if (before === null) return;
      if (after !== null)
        while (put < putIn.length && placeOf(this.lines[putIn[put]!]!.after) < placeOf(after))
          rankLine(putIn[put++]!);
      rankLine(l);
    });
    for (; put < putIn.length; put++) rankLine(putIn[put]!);
    return rank;
  }

  /**
   * The packets of `within` whose sure match is line `l` in the earlier list and line `m` in the later one;
   * `l` and `m` are places in `lines`. Where two rows of them, cut by so many others, have more than `most`
   * boxes, an outline of these.
   */
  region(l: number, m: number, within: PacketSet, most: MostBoxes): Region {
    const region: Region = { boxes: [], outlines: [], undecided: false };
    for (let rl = this.firstRow[l]!; rl < this.firstRow[l + 1]!; rl++) {
      const from = l === m ? rl : this.firstRow[m]!;
      const to = l === m ? rl + 1 : this.firstRow[m + 1]!;
      for (let rm = from; rm < to; rm++) this.addRegion(rl, rm, within, region, most);
    }
    return region;
  }

  /** The places of lines of one list that share packets with what is left to line `l`, a changed one; ascending. */
  meeting(l: number, list: 'before' | 'after'): readonly number[] {
    const met = new Set<number>();
    for (let row = this.firstRow[l]!; row < this.firstRow[l + 1]!; row++) {
      if (this.isLeftNothing(row, this.placeBefore[row] === NOWHERE ? 'after' : 'before')) continue;
      const count = this.overlaps.ofRowIn(list, row, this.found);
      for (let i = 0; i < count; i++) met.add(this.lineOf[this.found.values[i]!]!);
    }
    return [...met].sort((a, b) => a - b);
  }

  /**
   * Whether one row that stands before it in a list leaves nothing of a row; then it has no share in any pair. Asked only
   * where many rows are changed: of few, each pair is soon told.
   */
  private isLeftNothing(row: number, list: 'before' | 'after'): boolean {
    if (this.overlaps.few) return false;
    const [place, known] =
      list === 'before' ? [this.placeBefore, this.deadBefore] : [this.placeAfter, this.deadAfter];
    if (known[row] === 0) known[row] = this.isCovered(row, place) ? DEAD : ALIVE;
    return known[row] === DEAD;
  }

  private isCovered(row: number, place: Int32Array): boolean {
    const { words, stride } = this.buffer;
    const precedes = (other: number): boolean => this.precedes(place, other, row);
    const last = this.lastCovering;
    if (precedes(last) && rowCovers(this.space, words, last * stride, words, row * stride)) return true;
    const covering = this.overlaps.findCovering(row, precedes);
    if (covering !== -1) this.lastCovering = covering;
    return covering !== -1;
  }

  private addRegion(rl: number, rm: number, within: PacketSet, region: Region, most: MostBoxes): void {
    const { space, base, limited } = this;
    const { words, stride } = this.buffer;
    if (!intersectRows(space, words, rl * stride, words, rm * stride, base)) return;
    if (this.isLeftNothing(rl, 'before') || this.isLeftNothing(rm, 'after')) return;
    for (const box of within) {
      const asked = this.rowsOf(box);
      for (let at = 0; at < asked.length; at += stride)
        if (intersectRows(space, base, 0, asked.words, at, limited)) {
          const count = this.earlier(rl, rm);
          if (count !== null) this.cutOut(limited, box, count, region, most);
        }
    }
  }

  /** Adds what the rows found leave of a row, which stands for packets of `within`: box by box, or in outline. */
  private cutOut(row: Int32Array, within: Box, count: number, region: Region, mostOf: MostBoxes): void {
    const { space, pieces, found } = this;
    if (count === 0) {
      pushAll(region.boxes, space.decode(row, 0, within));
      return;
    }
    const most = mostOf(count);
    const meter = { left: PROOF_BUDGET };
    pieces.length = 0;
    // Most pairs of rows leave a few pieces or none: what an outline needs is made when it comes to one.
    let outer: readonly Box[] | null = null;
    let counter: PieceCounter | null = null;
    const outline = (): { outer: readonly Box[]; counter: PieceCounter } => {
      outer ??= space.decode(row, 0, within);
      if (counter === null) {
        counter = new PieceCounter(space, row, outer[0]!);
        for (let at = 0; at < pieces.length; at += space.stride) counter.add(pieces.words, at);
      }
      return { outer, counter };
    };
    const take = (piece: Int32Array, place: number): boolean => {
      meter.left -= LOOKS_A_PIECE;
      if (pieces.rows > most) {
        outline().counter.add(piece, place);
        return true;
      }
      pieces.append(piece, place);
      // From here on only the count is wanted, and that may stay a lower bound.
      if (pieces.rows > most) {
        outline();
        meter.left = Math.min(meter.left, this.countBudget);
      }
      return true;
    };
    const allShown = this.cutAway.run(row, 0, found.values, count, take, { meter }) === 'done';
    if (pieces.rows > most) this.countBudget = Math.max(0, meter.left);
    if (allShown && pieces.rows <= most) {
      for (let at = 0; at < pieces.length; at += space.stride)
        pushAll(region.boxes, space.decode(pieces.words, at, within));
      return;
    }
    const whole = outline();
    if (whole.outer.length > 1) {
      for (const box of whole.outer) this.cutOut(this.firstRowOf(box), box, count, region, mostOf);
    } else {
      const { words } = this.buffer;
      const shown =
        pieces.rows > 0
          ? pieces.words
          : sweepForLeftOver(space, words, row, 0, found.values, count, { left: 10 * PROOF_BUDGET });
      if (shown === GAVE_UP) region.undecided = true;
      const piece = shown === null || shown === GAVE_UP ? undefined : space.decode(shown, 0, within)[0];
      if (piece)
        region.outlines.push({
          box: whole.outer[0]!,
          piece,
          earlier: this.countLines(count),
          ...whole.counter.total(allShown),
        });
    }
  }

  /** The row of a box that was decoded from one. */
  private firstRowOf(box: Box): Int32Array {
    const rows = new RowBuffer(this.space.stride, 1);
    this.space.encode(box, rows);
    return rows.words;
  }

  /** How many lines the first `count` rows found belong to. */
  private countLines(count: number): number {
    const { found, lineOf, lastCounted } = this;
    const mark = ++this.counts;
    let lines = 0;
    for (let i = 0; i < count; i++) {
      const line = lineOf[found.values[i]!]!;
      if (lastCounted[line] === mark) continue;
      lastCounted[line] = mark;
      lines++;
    }
    return lines;
  }

  /**
   * Gathers the rows overlapping `limited`, which is part of both rows, that stand before row `rl` in the one list or
   * `rm` in the other; null where one of them leaves nothing of it.
   */
  private earlier(rl: number, rm: number): number | null {
    const { found, limited, space } = this;
    const { words, stride } = this.buffer;
    const counts = (row: number): boolean =>
      this.precedes(this.placeBefore, row, rl) || this.precedes(this.placeAfter, row, rm);
    const last = this.lastCoveringPart;
    if (counts(last) && rowCovers(space, words, last * stride, limited, 0)) return null;
    const total = this.overlaps.ofPart(limited, 0, rl, rm, found);
    const { values } = found;
    let kept = 0;
    for (let i = 0; i < total; i++) {
      const row = values[i]!;
      if (!counts(row)) continue;
      if (rowCovers(space, words, row * stride, limited, 0)) {
        this.lastCoveringPart = row;
        return null;
      }
      values[kept++] = row;
    }
    return kept;
  }

  /** Rows of one line stand in the order they were laid out in, in both lists. */
  private precedes(place: Int32Array, row: number, other: number): boolean {
    const a = place[row]!;
    const b = place[other]!;
    return a < b || (a === b && a !== NOWHERE && row < other);
  }
}
