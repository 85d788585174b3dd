import type { Box } from '../headerspace/box.ts';
import { intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
import { OverlapsOfParts, overlapsWithin } from '../headerspace/index-rows.ts';
import { RowNumbers, scanRows } from '../headerspace/overlap-index.ts';
import { PacketsByAddress } from '../headerspace/packets-by-address.ts';
import { PacketSampler } from '../headerspace/sample-row.ts';
import { type AclRows, firstMatches } from './acl-rows.ts';
import type { ChangedArea, ChangedLine, ChangedRows } from './changed-rows.ts';
import type { CompiledAcl, CompiledEntry } from './compile.ts';

export interface SameFates {
  /** Lines that packets reach before and after, or that are dead, and shadowed, before and after. */
  readonly lines: ReadonlySet<CompiledEntry>;
  /** Those of them that some packet was seen to reach. */
  readonly alive: ReadonlySet<CompiledEntry>;
  /** Lines of which, in each part that the line has packets of, packets reach it before and after, or the same do. */
  readonly inAllParts: ReadonlySet<CompiledEntry>;
}

/** Packets drawn of every question at first, and of those that the first ones leave open. */
const FIRST_DRAWS = 1;
const MORE_DRAWS = 15;

/**
 * Of lines that both lists have (`lines` are entries of the earlier one, and certain), those whose fate shows at once
 * to be the same in both. Says nothing of the rest.
 *
 * All lines are asked in one pass over the rows, with packets drawn from them: thousands of lines take less than an
 * index of the list takes to build. A packet that no row above has, changed or not, reaches its line in both lists.
 * Where that does not tell, what changed lines above have of the line is looked at: when unchanged ones above have all
 * of it, the same packets reach the line before and after, if any.
 */
export function sameFates(
  before: CompiledAcl,
  changed: ChangedRows,
  lines: readonly CompiledEntry[],
  parts: readonly Box[],
): SameFates {
  const { list } = changed;
  const questions = askOf(list, lines, parts);
  const search = new Draws(before, changed);
  search.draw(questions, FIRST_DRAWS);
  search.draw(
    questions.filter((question) => !question.reached),
    MORE_DRAWS,
  );

  const same = new Set<CompiledEntry>();
  const alive = new Set<CompiledEntry>();
  const shadowed = new Set<CompiledEntry>();
  const inAllParts = new Set(lines);
  for (const { entry, part, reached, contradicted } of questions) {
    if (part) {
      if (!reached) inAllParts.delete(entry);
    } else if (reached) {
      same.add(entry);
      alive.add(entry);
    } else if (contradicted) shadowed.add(entry);
  }
  const influence = new Influence(changed);
  for (const entry of lines) {
    if (same.has(entry) && inAllParts.has(entry)) continue;
    const from = list.firstRow[entry.index]!;
    const aside = from + countRows(entry.asked);
    const end = list.firstRow[entry.index + 1]!;
    if (influence.reaches(from, aside, from)) continue;
    if (shadowed.has(entry) || search.findsContradiction(entry)) same.add(entry);
    if (!influence.reaches(aside, end, from)) inAllParts.add(entry);
  }
  return { lines: same, alive, inAllParts };
}

const countRows = (boxes: readonly Box[]): number =>
  boxes.reduce((sum, { l4a, l4b }) => sum + l4a.length * l4b.length, 0);

/** Whether some packet of a line, or of a part of it, reaches it. */
interface Question {
  readonly entry: CompiledEntry;
  /** Whether its packets are of a part of the line. */
  readonly part: boolean;
  /** The line's first row. */
  readonly first: number;
  /** A row of the line, or what it shares with the part. */
  readonly words: Int32Array;
  readonly at: number;
  /** Some packet reaches the line before and after. */
  reached: boolean;
  /** The first match of some packet is a line that does the opposite, before and after. */
  contradicted: boolean;
}

function askOf(
  { space, rows, firstRow }: AclRows,
  lines: readonly CompiledEntry[],
  parts: readonly Box[],
): readonly Question[] {
  const { stride } = space;
  const partRows = parts.map((box) => {
    const buffer = new RowBuffer(stride);
    space.encode(box, buffer);
    return buffer;
  });
  const shared = new Int32Array(stride);
  /** Whether a row of a line has packets of a part; leaves the first such packets in `shared`. */
  const sharesAny = (first: number, end: number, part: RowBuffer): boolean => {
    for (let row = first; row < end; row++)
      for (let at = 0; at < part.length; at += stride)
        if (intersectRows(space, rows, row * stride, part.words, at, shared)) return true;
    return false;
  };
  const questions: Question[] = [];
  const open = { reached: false, contradicted: false };
  for (const entry of lines) {
    const first = firstRow[entry.index]!;
    questions.push({ entry, part: false, first, words: rows, at: first * stride, ...open });
    const end = firstRow[entry.index + 1]!;
    for (const part of partRows)
      if (sharesAny(first, end, part))
        questions.push({ entry, part: true, first, words: shared.slice(), at: 0, ...open });
  }
  return questions;
}

/** So many packets within a hull are soon held against each of its rows; of more, the rows are looked up. */
const FEW_POINTS = 32;

/** Packets drawn, for one line, of what it shares with opposite rows above it. */
const MOST_CONTRADICTIONS = 32;

/** Answers questions by packets drawn from what they are about. */
class Draws {
  private readonly list: CompiledAcl;
  private readonly rows: AclRows;
  private readonly changed: ChangedRows;
  private readonly sampler: PacketSampler;

  constructor(list: CompiledAcl, changed: ChangedRows) {
    this.list = list;
    this.rows = changed.list;
    this.changed = changed;
    this.sampler = new PacketSampler(this.rows.space);
  }

  /** Draws so many packets of each question and notes what they show. */
  draw(questions: readonly Question[], draws: number): void {
    const { rows, sampler } = this;
    const { stride } = rows.space;
    const points = new RowBuffer(stride, questions.length * draws + 1);
    const firstOf = new Int32Array(questions.length * draws);
    questions.forEach(({ first, words, at }, q) => {
      sampler.restart(first ^ (draws << 24));
      for (let i = 0; i < draws; i++) sampler.drawTo(points, words, at);
      firstOf.fill(first, q * draws, (q + 1) * draws);
    });
    const packets = new PacketsByAddress(rows.space, points);
    const moved = this.findMoved(packets, points, firstOf);
    const firstMatch = firstMatches(rows, packets, firstOf);
    for (let point = 0; point < points.rows; point++) {
      if (moved[point] === 1) continue;
      const question = questions[Math.floor(point / draws)]!;
      const first = firstMatch[point]!;
      if (first === -1) question.reached = true;
      else if (this.isOpposite(first, question.entry)) question.contradicted = true;
    }
  }

  /** Marks the packets that a changed line above has: their first match may be another one. */
  private findMoved(packets: PacketsByAddress, points: RowBuffer, firstOf: Int32Array): Uint8Array {
    const { changed } = this;
    const { stride } = points;
    const moved = new Uint8Array(points.rows);
    const inHull: number[] = [];
    for (const line of changed.lines) {
      const { from, to, hull, place } = line;
      const mark = (point: number): void => {
        if (place < firstOf[point]!) moved[point] = 1;
      };
      if (to - from === 1) {
        packets.eachIn(changed.hulls, hull, mark);
        continue;
      }
      inHull.length = 0;
      packets.eachIn(changed.hulls, hull, (point) => {
        if (place < firstOf[point]! && moved[point] === 0) inHull.push(point);
      });
      if (inHull.length > FEW_POINTS)
        for (let row = from; row < to; row++) packets.eachIn(changed.words, row * stride, mark);
      else
        for (const point of inHull)
          if (changed.overlaps(line, points.words, point * stride)) moved[point] = 1;
    }
    return moved;
  }

  /**
   * Whether some packet drawn from what the line shares with an opposite row above has a first match that does the
   * opposite, before and after.
   */
  findsContradiction(entry: CompiledEntry): boolean {
    const { changed, rows, sampler } = this;
    const { gone } = changed;
    const { space, rows: words, count, firstRow } = rows;
    const { stride } = space;
    const scan = scanRows(space, words, count);
    const shared = new Int32Array(stride);
    const first = firstRow[entry.index]!;
    let tried = 0;
    for (let row = 0; row < first && tried < MOST_CONTRADICTIONS; row++) {
      if (gone[row] === 1 || !this.isOpposite(row, entry)) continue;
      if (!intersectRows(space, words, first * stride, words, row * stride, shared)) continue;
      tried++;
      sampler.restart(row);
      sampler.draw(shared, 0);
      const { point } = sampler;
      if (changed.lines.some((line) => line.place < first && changed.overlaps(line, point, 0))) continue;
      if (this.isOpposite(scan.findFirst(point, 0, row + 1), entry)) return true;
    }
    return false;
  }

  private isOpposite(row: number, entry: CompiledEntry): boolean {
    return this.list.entries[this.rows.owner[row]!]!.action !== entry.action;
  }
}

/** Rows looked at for all lines together. */
const PATIENCE = 20_000_000;

/** Whether a change can matter to what reaches a line. */
class Influence {
  private readonly changed: ChangedRows;
  private readonly overlaps: OverlapsOfParts<number>;
  private readonly shared: Int32Array;
  private readonly found = new RowNumbers();
  private readonly patience = { left: PATIENCE };

  constructor(changed: ChangedRows) {
    this.changed = changed;
    const { count, index, rows, space } = changed.list;
    this.shared = new Int32Array(space.stride);
    this.overlaps = new OverlapsOfParts(
      changed.count,
      (row) => overlapsWithin(space, rows, count, changed.words, row * space.stride),
      (words, at, out) => index.find(words, at, count, out),
    );
  }

  /** Whether rows `from` to `to` of a line, whose first is `first`, share packets with changed rows that no unchanged row above takes. */
  reaches(from: number, to: number, first: number): boolean {
    const { rows, space } = this.changed.list;
    const open: number[] = [];
    for (let row = from; row < to; row++)
      if (this.overlaps.few || !this.isLeftNothing(rows, row * space.stride, first)) open.push(row);
    return open.some((row) => this.changed.areas.some((area) => this.reachesIn(area, row, first)));
  }

  private reachesIn({ hull, lines }: ChangedArea, row: number, first: number): boolean {
    const { areaHulls, hulls } = this.changed;
    if (lines.length > 1 && this.sharesNothing(areaHulls, hull, row, first)) return false;
    return lines.some(
      (line) =>
        line.place < first &&
        !(line.to - line.from > 1 && this.sharesNothing(hulls, line.hull, row, first)) &&
        this.reachesBy(line, row, first),
    );
  }

  /** Whether a row shares no packets with the one at `at` that no unchanged row above takes; of few changed rows each is asked. */
  private sharesNothing(words: Int32Array, at: number, row: number, first: number): boolean {
    const { rows, space } = this.changed.list;
    const { overlaps, shared } = this;
    if (!intersectRows(space, words, at, rows, row * space.stride, shared)) return true;
    return !overlaps.few && this.isLeftNothing(shared, 0, first);
  }

  private reachesBy({ from, to }: ChangedLine, row: number, first: number): boolean {
    const { changed, shared } = this;
    const { rows, space } = changed.list;
    const { stride } = space;
    for (let one = from; one < to; one++)
      if (
        intersectRows(space, changed.words, one * stride, rows, row * stride, shared) &&
        !this.isTaken(one, first)
      )
        return true;
    return false;
  }

  /** Whether unchanged rows above `first` have all of the row at `at`: of many packets, those drawn mostly show what is left. */
  private isLeftNothing(words: Int32Array, at: number, first: number): boolean {
    const { gone, list } = this.changed;
    return list.leftOver.tryFind(words, at, first, this.patience, gone) === null;
  }

  /** Whether unchanged rows above `first` have all of `shared`, which is part of a changed row. */
  private isTaken(changed: number, first: number): boolean {
    const { found, overlaps, patience, shared } = this;
    const { gone, list } = this.changed;
    // Of many changed rows nothing is at hand.
    if (!overlaps.few) return this.isLeftNothing(shared, 0, first);
    const count = overlaps.of(changed)(shared, 0, found);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = found.values[i]!;
      if (row < first && gone[row] === 0) found.values[kept++] = row;
    }
    return list.cutAway.run(shared, 0, found.values, kept, () => false, { meter: patience }) === 'done';
  }
}
