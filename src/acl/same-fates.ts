import type { Box } from '../headerspace/box.ts';
import { intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
import { rowsOverlap } from '../headerspace/overlap-index.ts';
import { PacketsByAddress } from '../headerspace/packets-by-address.ts';
import { PacketSampler } from '../headerspace/sample-row.ts';
import { shareOf } from '../headerspace/share.ts';
import { GAVE_UP } from '../headerspace/sweep.ts';
import { type AclRows, rowsOf } from './acl-rows.ts';
import type { Alignment } from './align.ts';
import type { CompiledAcl, CompiledEntry } from './compile.ts';

export interface SameFates {
  /** Lines that packets reach before and after, or that are dead, and shadowed, before and after. */
  readonly lines: ReadonlySet<CompiledEntry>;
  /** Lines that packets of each part reach, before and after, that the line has packets of. */
  readonly inAllParts: ReadonlySet<CompiledEntry>;
}

/**
 * Of lines that both lists have (`lines` are entries of the earlier one, and certain), those whose fate shows at once
 * to be the same in both. Says nothing of the rest.
 *
 * All lines are asked in one pass over the rows, with packets drawn from them: thousands of lines take less than an
 * index of the list takes to build. A packet that no row above has reaches its line in both lists. A row that both
 * have and that takes all of a line leaves it dead in both; and shadowed, where the first match of some packet is
 * the same in both and does the opposite.
 */
export function sameFates(
  before: CompiledAcl,
  after: CompiledAcl,
  { partner, partnerBefore }: Alignment,
  lines: readonly CompiledEntry[],
  parts: readonly Box[],
): SameFates {
  const list = rowsOf(before);
  const { space, rows, count, owner } = list;
  const { stride } = space;
  const { questions, points } = drawPackets(list, lines, parts);
  const packets = new PacketsByAddress(space, points);
  /** Visits the packets that a row has, of lines that it stands above. */
  const eachMet = (words: Int32Array, at: number, place: number, met: (point: number) => void): void =>
    packets.eachIn(words, at, (point) => place < questions[questionOf(point)]!.first, met);

  /** Packets that a line put in has: their first match may be another one. */
  const moved = new Uint8Array(points.rows);
  const put = putIn(list, after, partnerBefore);
  for (const { words, place } of put)
    eachMet(words, 0, place, (point) => {
      moved[point] = 1;
    });
  const firstMatch = new Int32Array(points.rows).fill(-1);
  for (let row = 0; row < count; row++) {
    const inBoth = partner[owner[row]!] !== -1;
    eachMet(rows, row * stride, row, (point) => {
      if (firstMatch[point] === -1) firstMatch[point] = row;
      if (!inBoth || point % DRAWS !== 0) return;
      const question = questions[questionOf(point)]!;
      if (shareOf(space, rows, question.first * stride, rows, row * stride) === 1) question.covered = true;
    });
  }

  const same = new Set<CompiledEntry>();
  const inAllParts = new Set(lines);
  const shadowed = new Set<CompiledEntry>();
  questions.forEach(({ entry, part, covered }, q) => {
    const drawn = Array.from({ length: DRAWS }, (_, i) => q * DRAWS + i).filter((p) => moved[p] === 0);
    const reached = drawn.some((point) => firstMatch[point] === -1);
    if (part) {
      if (!reached) inAllParts.delete(entry);
      return;
    }
    if (!reached && drawn.some(contradicts(entry))) shadowed.add(entry);
    if (reached || (covered && isOneRow(entry) && shadowed.has(entry))) same.add(entry);
  });
  const search = new UnchangedRows(list, partner, put);
  for (const entry of lines)
    if (!same.has(entry) && search.settles(entry, shadowed.has(entry))) same.add(entry);
  return { lines: same, inAllParts };

  function contradicts({ action }: CompiledEntry): (point: number) => boolean {
    return (point) => {
      const match = before.entries[owner[firstMatch[point]!]!]!;
      return match.action !== action && partner[match.index] !== -1;
    };
  }
}

interface PutIn {
  /** One row of a line that the earlier list does not have. */
  readonly words: Int32Array;
  /** It stands above the rows of the earlier list that are numbered higher. */
  readonly place: number;
}

function putIn(
  { space, firstRow }: AclRows,
  after: CompiledAcl,
  partnerBefore: Alignment['partnerBefore'],
): readonly PutIn[] {
  const put: PutIn[] = [];
  let place = -1;
  for (const { index, may } of after.entries) {
    const twin = partnerBefore[index]!;
    if (twin !== -1) {
      place = firstRow[twin + 1]! - 1;
      continue;
    }
    const buffer = new RowBuffer(space.stride);
    for (const box of may) space.encode(box, buffer);
    for (let at = 0; at < buffer.length; at += space.stride)
      put.push({ words: buffer.words.slice(at, at + space.stride), place });
  }
  return put;
}

/** Takes a line apart where drawing packets does not tell, by the rows that both lists have. */
class UnchangedRows {
  private readonly list: AclRows;
  private readonly put: readonly PutIn[];
  /** Rows of lines taken out. */
  private readonly gone: Uint8Array;
  private readonly query: RowBuffer;
  private readonly patience = { left: PATIENCE };

  constructor(list: AclRows, partner: Alignment['partner'], put: readonly PutIn[]) {
    this.list = list;
    this.put = put;
    this.gone = Uint8Array.from({ length: list.count }, (_, row) =>
      partner[list.owner[row]!] === -1 ? 1 : 0,
    );
    this.query = new RowBuffer(list.space.stride);
  }

  /** Whether the line is reached before and after, or dead before and after where it would be shadowed. */
  settles(entry: CompiledEntry, shadowed: boolean): boolean {
    const { gone, list, query } = this;
    const first = list.firstRow[entry.index]!;
    query.length = 0;
    for (const box of entry.asked) list.space.encode(box, query);
    for (let at = 0; at < query.length; at += query.stride) {
      const point = list.leftOver.tryFind(query.words, at, first, this.patience, gone);
      if (point === GAVE_UP) return false;
      if (point !== null) return !this.isChanged(point, first);
    }
    return shadowed;
  }

  /** Whether a row taken out or put in above the line has the packet. */
  private isChanged(point: Int32Array, first: number): boolean {
    const { list, put } = this;
    return (
      put.some(({ words, place }) => place < first && rowsOverlap(list.space, point, 0, words, 0)) ||
      list.index.findAny(point, 0, first) !== -1
    );
  }
}

/** Rows looked at for all lines together. */
const PATIENCE = 20_000_000;

/** Packets drawn from a line, or from each part of it. */
const DRAWS = 4;
const questionOf = (point: number): number => Math.floor(point / DRAWS);

interface Question {
  readonly entry: CompiledEntry;
  /** Whether its packets are of a part of the line. */
  readonly part: boolean;
  /** The line's first row. */
  readonly first: number;
  /** Some row that both lists have, above the line, has all of that row. */
  covered: boolean;
}

/** The packets of a question lie one after another. */
function drawPackets(
  { space, rows, firstRow }: AclRows,
  lines: readonly CompiledEntry[],
  parts: readonly Box[],
): { readonly questions: readonly Question[]; readonly points: RowBuffer } {
  const { stride } = space;
  const asked = parts.map((box) => {
    const buffer = new RowBuffer(stride);
    space.encode(box, buffer);
    return buffer;
  });
  const questions: Question[] = [];
  const points = new RowBuffer(stride, lines.length * DRAWS);
  const sampler = new PacketSampler(space);
  const draw = (words: Int32Array, at: number): void => {
    for (let i = 0; i < DRAWS; i++) sampler.drawTo(points, words, at);
  };
  const shared = new Int32Array(stride);
  /** Whether a row of a line has packets of a part; leaves the first such packets in `shared`. */
  const sharesAny = (first: number, end: number, part: RowBuffer): boolean => {
    for (let row = first; row < end; row++)
      for (let at = 0; at < part.length; at += stride)
        if (intersectRows(space, rows, row * stride, part.words, at, shared)) return true;
    return false;
  };
  for (const entry of lines) {
    const first = firstRow[entry.index]!;
    sampler.restart(first);
    questions.push({ entry, part: false, first, covered: false });
    draw(rows, first * stride);
    const end = firstRow[entry.index + 1]!;
    for (const part of asked)
      if (sharesAny(first, end, part)) {
        questions.push({ entry, part: true, first, covered: false });
        draw(shared, 0);
      }
  }
  return { questions, points };
}

/** Whether what the line asks for is its first row and no more. */
const isOneRow = ({ asked }: CompiledEntry): boolean =>
  asked.length === 1 && asked[0]!.l4a.length === 1 && asked[0]!.l4b.length === 1;
