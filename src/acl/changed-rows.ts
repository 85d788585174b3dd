import {
  A_LO,
  B_LO,
  copyRow,
  DST,
  DST_FREE,
  RowBuffer,
  SETS,
  SRC,
  SRC_FREE,
} from '../headerspace/flat-space.ts';
import { RowNumbers, rowsOverlap } from '../headerspace/overlap-index.ts';
import { type AclRows, rowsOf } from './acl-rows.ts';
import type { Alignment } from './align.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';

/** The rows of one line that only one of the lists has: rows `from` to `to` of `ChangedRows.words`. */
export interface ChangedLine {
  readonly from: number;
  readonly to: number;
  /** It stands above the rows of the earlier list that are numbered higher. */
  readonly place: number;
  /** Where the least row that has all of its rows begins in `ChangedRows.hulls`. */
  readonly hull: number;
}

/** Lines whose hulls have the same addresses, as those that name one group do. */
export interface ChangedArea {
  readonly lines: readonly ChangedLine[];
  /** Where the least row that has all of their rows begins in `ChangedRows.areaHulls`. */
  readonly hull: number;
  /** The different addresses of their rows: as a row begins, four words each. */
  readonly addresses: Int32Array;
}

/**
 * The lines that only one of two lists has, as rows in the space of the earlier list; they may have more packets there
 * than they have. A line with object groups is thousands of rows, so that most questions are asked about its hull.
 */
export class ChangedRows {
  readonly list: AclRows;
  /** Per row of the earlier list, 1 where the later one does not have its line. */
  readonly gone: Uint8Array;
  readonly lines: readonly ChangedLine[];
  readonly words: Int32Array;
  readonly count: number;
  readonly hulls: Int32Array;
  readonly areas: readonly ChangedArea[];
  readonly areaHulls: Int32Array;
  private readonly before: CompiledAcl;

  constructor(before: CompiledAcl, after: CompiledAcl, { partner, partnerBefore }: Alignment) {
    this.before = before;
    this.list = rowsOf(before);
    const { firstRow, owner, rows, space } = this.list;
    this.gone = Uint8Array.from(owner, (line) => (partner[line] === -1 ? 1 : 0));
    const { stride } = space;
    const words = new RowBuffer(stride);
    const hulls = new RowBuffer(stride);
    const lines: ChangedLine[] = [];
    const add = (place: number, write: () => void): void => {
      const from = words.rows;
      write();
      const to = words.rows;
      if (from === to) return;
      const hull = hulls.extend();
      copyRow(words.words, from * stride, hulls.words, hull, stride);
      for (let row = from + 1; row < to; row++) widen(hulls.words, hull, words.words, row * stride, stride);
      lines.push({ from, to, place, hull });
    };
    const encode = ({ may }: CompiledEntry): void => {
      for (const box of may) space.encode(box, words);
    };
    let place = -1;
    for (const entry of after.entries) {
      const twin = partnerBefore[entry.index]!;
      if (twin === -1) add(place, () => encode(entry));
      else place = firstRow[twin + 1]! - 1;
    }
    for (const entry of before.entries)
      if (partner[entry.index] === -1)
        add(firstRow[entry.index]!, () => {
          if (!isCertain(entry)) encode(entry);
          else
            for (let row = firstRow[entry.index]!; row < firstRow[entry.index + 1]!; row++)
              words.append(rows, row * stride);
        });
    this.lines = lines;
    this.words = words.words;
    this.count = words.rows;
    this.hulls = hulls.words;
    const areaHulls = new RowBuffer(stride);
    this.areas = [...this.linesByAddresses()].map((alike): ChangedArea => {
      const hull = areaHulls.length;
      areaHulls.append(hulls.words, alike[0]!.hull);
      for (const line of alike) widen(areaHulls.words, hull, hulls.words, line.hull, stride);
      return { lines: alike, hull, addresses: distinctAddresses(this.words, stride, alike) };
    });
    this.areaHulls = areaHulls.words;
  }

  private linesByAddresses(): Iterable<readonly ChangedLine[]> {
    const alike = new Map<string, ChangedLine[]>();
    for (const line of this.lines) {
      const key = this.hulls.subarray(line.hull, line.hull + A_LO).join();
      const known = alike.get(key);
      if (known) known.push(line);
      else alike.set(key, [line]);
    }
    return alike.values();
  }

  /** Whether a changed line has packets of the row at `at`. */
  overlaps({ from, to, hull }: ChangedLine, words: Int32Array, at: number): boolean {
    const { space } = this.list;
    if (!rowsOverlap(space, words, at, this.hulls, hull)) return false;
    if (to - from === 1) return true;
    for (let row = from; row < to; row++)
      if (rowsOverlap(space, words, at, this.words, row * space.stride)) return true;
    return false;
  }

  /**
   * The lines of both lists, as entries of the earlier one, that may match packets of a changed line; and others that share
   * addresses with one and all else with another that names the same group.
   */
  linesMet(): readonly CompiledEntry[] {
    const { areaHulls, areas, gone, list } = this;
    const { index, owner, rows, space } = list;
    const { entries } = this.before;
    const met = new Set<CompiledEntry>();
    const found = new RowNumbers();
    for (const area of areas) {
      const count = index.find(areaHulls, area.hull, list.count, found, gone);
      for (let i = 0; i < count; i++) {
        const row = found.values[i]!;
        const entry = entries[owner[row]!]!;
        if (!met.has(entry) && this.meets(area, rows, row * space.stride)) met.add(entry);
      }
    }
    const query = new RowBuffer(space.stride);
    for (const entry of list.uncertain) {
      query.length = 0;
      for (const box of entry.may) space.encode(box, query);
      for (let at = 0; at < query.length; at += space.stride)
        if (areas.some((area) => this.meets(area, query.words, at))) met.add(entry);
    }
    return [...met].sort((a, b) => a.index - b.index);
  }

  private meets({ addresses, lines }: ChangedArea, words: Int32Array, at: number): boolean {
    const { hulls } = this;
    if (!lines.some(({ hull }) => rowsOverlap(this.list.space, words, at, hulls, hull))) return false;
    for (let place = 0; place < addresses.length; place += A_LO)
      if (addressesOverlap(addresses, place, words, at)) return true;
    return false;
  }
}

const addressesOverlap = (a: Int32Array, i: number, b: Int32Array, j: number): boolean =>
  ((a[i + SRC]! ^ b[j + SRC]!) & ~(a[i + SRC_FREE]! | b[j + SRC_FREE]!)) === 0 &&
  ((a[i + DST]! ^ b[j + DST]!) & ~(a[i + DST_FREE]! | b[j + DST_FREE]!)) === 0;

const sameAddresses = (words: Int32Array, i: number, j: number): boolean =>
  words[i + SRC] === words[j + SRC] &&
  words[i + SRC_FREE] === words[j + SRC_FREE] &&
  words[i + DST] === words[j + DST] &&
  words[i + DST_FREE] === words[j + DST_FREE];

/** The addresses of all rows of these lines, each once. */
function distinctAddresses(words: Int32Array, stride: number, lines: readonly ChangedLine[]): Int32Array {
  const rows = lines.reduce((sum, { from, to }) => sum + to - from, 0);
  const bits = 33 - Math.clz32(rows);
  /** By hash, a place in `all`; -1: none. */
  const table = new Int32Array(1 << bits).fill(-1);
  const all = new Int32Array(rows * A_LO);
  let end = 0;
  for (const { from, to } of lines)
    for (let at = from * stride; at < to * stride; at += stride) {
      let hash = 0;
      for (let w = 0; w < A_LO; w++) {
        all[end + w] = words[at + w]!;
        hash = Math.imul(hash ^ words[at + w]!, 0x9e3779b1);
        hash ^= hash >>> 15;
      }
      let slot = Math.imul(hash, 0x9e3779b1) >>> (32 - bits);
      while (table[slot] !== -1 && !sameAddresses(all, table[slot]!, end))
        slot = (slot + 1) & ((1 << bits) - 1);
      if (table[slot] !== -1) continue;
      table[slot] = end;
      end += A_LO;
    }
  return all.slice(0, end);
}

/** Widens the row at `to` to the least that has all packets of the row at `at`, too. */
function widen(into: Int32Array, to: number, words: Int32Array, at: number, stride: number): void {
  for (let field = SRC; field <= DST; field += DST - SRC) {
    const free = into[to + field + 1]! | words[at + field + 1]! | (into[to + field]! ^ words[at + field]!);
    into[to + field]! &= ~free;
    into[to + field + 1] = free;
  }
  for (let field = A_LO; field <= B_LO; field += B_LO - A_LO) {
    into[to + field] = Math.min(into[to + field]!, words[at + field]!);
    into[to + field + 1] = Math.max(into[to + field + 1]!, words[at + field + 1]!);
  }
  for (let w = SETS; w < stride; w++) into[to + w]! |= words[at + w]!;
}
