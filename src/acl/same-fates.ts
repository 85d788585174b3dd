import type { Box } from '../headerspace/box.ts';
import { intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
import { OverlapsOfParts, overlapsWithin } from '../headerspace/index-rows.ts';
import { RowNumbers, rowsOverlap, scanRows } from '../headerspace/overlap-index.ts';
import { PacketsByAddress } from '../headerspace/packets-by-address.ts';
import { PacketSampler } from '../headerspace/sample-row.ts';
import { type AclRows, rowsOf } from './acl-rows.ts';
import type { Alignment } from './align.ts';
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
  after: CompiledAcl,
  { partner, partnerBefore }: Alignment,
  lines: readonly CompiledEntry[],
  parts: readonly Box[],
): SameFates {
  const list = rowsOf(before);
  const gone = Uint8Array.from(list.owner, (line) => (partner[line] === -1 ? 1 : 0));
  const changed = [...putIn(list, after, partnerBefore), ...takenOut(list, gone)];
  const questions = askOf(list, lines, parts);
  const search = new Draws(before, list, gone, changed);
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
  const influence = new Influence(list, gone, changed);
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

/** One row of a line that only one of the lists has. */
interface ChangedRow {
  readonly words: Int32Array;
  /** It stands above the rows of the earlier list that are numbered higher. */
  readonly place: number;
}

function putIn(
  { space, firstRow }: AclRows,
  after: CompiledAcl,
  partnerBefore: Alignment['partnerBefore'],
): readonly ChangedRow[] {
  const put: ChangedRow[] = [];
  let place = -1;
  for (const entry of after.entries) {
    const twin = partnerBefore[entry.index]!;
    if (twin !== -1) {
      place = firstRow[twin + 1]! - 1;
      continue;
    }
    const buffer = new RowBuffer(space.stride);
    for (const box of entry.may) space.encode(box, buffer);
    for (let at = 0; at < buffer.length; at += space.stride)
      put.push({ words: buffer.words.slice(at, at + space.stride), place });
  }
  return put;
}

function takenOut({ rows, space }: AclRows, gone: Uint8Array): readonly ChangedRow[] {
  const out: ChangedRow[] = [];
  gone.forEach((is, place) => {
    if (is === 1) out.push({ words: rows.slice(place * space.stride, (place + 1) * space.stride), place });
  });
  return out;
}

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

/** Packets drawn, for one line, of what it shares with opposite rows above it. */
const MOST_CONTRADICTIONS = 32;

/** Answers questions by packets drawn from what they are about. */
class Draws {
  private readonly list: CompiledAcl;
  private readonly rows: AclRows;
  private readonly gone: Uint8Array;
  private readonly changed: readonly ChangedRow[];
  private readonly sampler: PacketSampler;

  constructor(list: CompiledAcl, rows: AclRows, gone: Uint8Array, changed: readonly ChangedRow[]) {
    this.list = list;
    this.rows = rows;
    this.gone = gone;
    this.changed = changed;
    this.sampler = new PacketSampler(rows.space);
  }

  /** Draws so many packets of each question and notes what they show. */
  draw(questions: readonly Question[], draws: number): void {
    const { changed, rows, sampler } = this;
    const { stride } = rows.space;
    const points = new RowBuffer(stride, questions.length * draws + 1);
    const firstOf = new Int32Array(questions.length * draws);
    questions.forEach(({ first, words, at }, q) => {
      sampler.restart(first ^ (draws << 24));
      for (let i = 0; i < draws; i++) sampler.drawTo(points, words, at);
      firstOf.fill(first, q * draws, (q + 1) * draws);
    });
    const packets = new PacketsByAddress(rows.space, points);
    /** Packets that a changed row has: their first match may be another one. */
    const moved = new Uint8Array(points.rows);
    for (const { words, place } of changed)
      packets.eachIn(words, 0, (point) => {
        if (place < firstOf[point]!) moved[point] = 1;
      });
    const firstMatch = new Int32Array(points.rows).fill(-1);
    let row = 0;
    const match = (point: number): void => {
      // The first match settles it; rows from the line's own on are none above it.
      if (row < firstOf[point]!) firstMatch[point] = row;
      packets.dismiss(point);
    };
    for (; row < rows.count; row++) packets.eachIn(rows.rows, row * stride, match);
    for (let point = 0; point < points.rows; point++) {
      if (moved[point] === 1) continue;
      const question = questions[Math.floor(point / draws)]!;
      const first = firstMatch[point]!;
      if (first === -1) question.reached = true;
      else if (this.isOpposite(first, question.entry)) question.contradicted = true;
    }
  }

  /**
   * Whether some packet drawn from what the line shares with an opposite row above has a first match that does the
   * opposite, before and after.
   */
  findsContradiction(entry: CompiledEntry): boolean {
    const { changed, gone, rows, sampler } = this;
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
      if (changed.some((c) => c.place < first && rowsOverlap(space, point, 0, c.words, 0))) continue;
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
  private readonly list: AclRows;
  private readonly gone: Uint8Array;
  private readonly changed: readonly ChangedRow[];
  private readonly overlaps: OverlapsOfParts<ChangedRow>;
  private readonly shared: Int32Array;
  private readonly found = new RowNumbers();
  private readonly patience = { left: PATIENCE };

  constructor(list: AclRows, gone: Uint8Array, changed: readonly ChangedRow[]) {
    this.list = list;
    this.gone = gone;
    this.changed = changed;
    this.shared = new Int32Array(list.space.stride);
    this.overlaps = new OverlapsOfParts(
      changed.length,
      ({ words }) => overlapsWithin(list.space, list.rows, list.count, words, 0),
      (words, at, out) => list.index.find(words, at, list.count, out),
    );
  }

  /** Whether rows `from` to `to` of a line, whose first is `first`, share packets with changed rows that no unchanged row above takes. */
  reaches(from: number, to: number, first: number): boolean {
    const { space, rows } = this.list;
    for (const changed of this.changed) {
      if (changed.place >= first) continue;
      for (let row = from; row < to; row++)
        if (
          intersectRows(space, changed.words, 0, rows, row * space.stride, this.shared) &&
          !this.isTaken(changed, first)
        )
          return true;
    }
    return false;
  }

  /** Whether unchanged rows above `first` have all of `shared`, which is part of a changed row. */
  private isTaken(changed: ChangedRow, first: number): boolean {
    const { found, gone, list, overlaps, patience, shared } = this;
    // Of many changed rows nothing is at hand: packets drawn mostly show what is not taken.
    if (!overlaps.few) return list.leftOver.tryFind(shared, 0, first, patience, gone) === null;
    const count = overlaps.of(changed)(shared, 0, found);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = found.values[i]!;
      if (row < first && gone[row] === 0) found.values[kept++] = row;
    }
    return list.cutAway.run(shared, 0, found.values, kept, () => false, { meter: patience }) === 'done';
  }
}
