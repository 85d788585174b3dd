import type { Box } from '../headerspace/box.ts';
import { type CutAway, cutAwayFrom } from '../headerspace/cut-away.ts';
import { type FlatSpace, flatSpaceOf, RowBuffer } from '../headerspace/flat-space.ts';
import { indexWhenAsked, type PatientIndex } from '../headerspace/index-rows.ts';
import { type LeftOverSearch, leftOverSearch } from '../headerspace/left-over.ts';
import { RowNumbers } from '../headerspace/overlap-index.ts';
import { treeOfRows } from '../headerspace/overlap-tree.ts';
import type { PacketsByAddress } from '../headerspace/packets-by-address.ts';
import { pushAll } from '../model/push-all.ts';
import { alignedAs } from './align.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';

/** A compiled list as rows: what each line surely matches, in list order, findable by overlap. */
export interface AclRows {
  readonly space: FlatSpace;
  /** The must-rows of all lines. */
  readonly rows: Int32Array;
  readonly count: number;
  /** Row to the compiled entry it belongs to. */
  readonly owner: Int32Array;
  /** Entry to its first row; one more at the end. */
  readonly firstRow: Int32Array;
  readonly index: PatientIndex;
  readonly cutAway: CutAway;
  readonly leftOver: LeftOverSearch;
  /** The lines that only may match some packets, in list order. */
  readonly uncertain: readonly CompiledEntry[];
}

const laidOut = new WeakMap<CompiledAcl, AclRows>();

/** The list's rows, made on first need and kept with it. */
export function rowsOf(compiled: CompiledAcl): AclRows {
  let rows = laidOut.get(compiled);
  if (rows === undefined) {
    rows = rowsFromEarlier(compiled) ?? layOutRows(compiled);
    laidOut.set(compiled, rows);
  }
  return rows;
}

function layOutRows(compiled: CompiledAcl): AclRows {
  const boxes: Box[] = [];
  for (const entry of compiled.entries) {
    pushAll(boxes, entry.may);
    if (entry.must !== entry.may) pushAll(boxes, entry.must);
  }
  const space = flatSpaceOf(boxes);
  const buffer = new RowBuffer(space.stride, compiled.entries.length + 1);
  const firstRow = new Int32Array(compiled.entries.length + 1);
  for (const entry of compiled.entries) {
    firstRow[entry.index] = buffer.rows;
    for (const box of entry.must) space.encode(box, buffer);
  }
  return findable(space, buffer, firstRow, compiled);
}

/** From so many rows on it pays to take over those that an earlier state of the list has. */
const MANY_ROWS = 1000;

/**
 * The rows of a list that was aligned with one that is laid out already: those of lines that both have are copied. Null
 * where there is no such list, or where the classes of its space would not tell the new lines apart.
 */
function rowsFromEarlier(compiled: CompiledAcl): AclRows | null {
  const pair = alignedAs(compiled);
  const known = pair && laidOut.get(pair.before);
  if (known === undefined || known.count < MANY_ROWS) return null;
  const { space, rows } = known;
  const { partnerBefore } = pair!.alignment;
  const isNew = (entry: CompiledEntry): boolean => partnerBefore[entry.index] === -1;
  const told = ({ may, must }: CompiledEntry): boolean => may.every(space.tells) && must.every(space.tells);
  if (!compiled.entries.every((entry) => !isNew(entry) || told(entry))) return null;
  const buffer = new RowBuffer(space.stride, known.count + 1);
  const firstRow = new Int32Array(compiled.entries.length + 1);
  for (const entry of compiled.entries) {
    firstRow[entry.index] = buffer.rows;
    const twin = partnerBefore[entry.index]!;
    if (twin === -1) for (const box of entry.must) space.encode(box, buffer);
    else
      for (let row = known.firstRow[twin]!; row < known.firstRow[twin + 1]!; row++)
        buffer.append(rows, row * space.stride);
  }
  return findable(space, buffer, firstRow, compiled);
}

function findable(space: FlatSpace, buffer: RowBuffer, firstRow: Int32Array, compiled: CompiledAcl): AclRows {
  firstRow[compiled.entries.length] = buffer.rows;
  const owner = new Int32Array(buffer.rows);
  for (const { index } of compiled.entries)
    for (let row = firstRow[index]!; row < firstRow[index + 1]!; row++) owner[row] = index;
  const rows = buffer.words.subarray(0, buffer.length);
  const index = indexWhenAsked(space, rows, buffer.rows);
  const cutAway = cutAwayFrom(space, rows);
  return {
    space,
    rows,
    count: buffer.rows,
    owner,
    firstRow,
    index,
    cutAway,
    leftOver: leftOverSearch(space, rows, index, cutAway),
    uncertain: compiled.entries.filter((entry) => !isCertain(entry)),
  };
}

/** Places of the lines that have a row before row `end` which overlaps one of the query, in list order. */
export function linesMeeting({ index, owner }: AclRows, query: RowBuffer, end: number): readonly number[] {
  const found = new RowNumbers();
  const lines = new Set<number>();
  for (let at = 0; at < query.length; at += query.stride) {
    const count = index.find(query.words, at, end, found);
    for (let i = 0; i < count; i++) lines.add(owner[found.values[i]!]!);
  }
  return [...lines].sort((a, b) => a - b);
}

/**
 * Per packet, the first row that has it, if that is numbered below `before` of it; else -1. Each row is held against all
 * packets once, which are dismissed as they are matched.
 */
export function firstMatches(
  { rows, count, space }: AclRows,
  packets: PacketsByAddress,
  before: Int32Array,
): Int32Array {
  const first = new Int32Array(before.length).fill(-1);
  const end = Math.min(
    count,
    before.reduce((most, limit) => Math.max(most, limit), 0),
  );
  let row = 0;
  const match = (packet: number): void => {
    if (row < before[packet]!) first[packet] = row;
    packets.dismiss(packet);
  };
  for (; row < end; row++) packets.eachIn(rows, row * space.stride, match);
  return first;
}

/**
 * The rows of a list without those that share no packet with any of these lines: enough to tell what becomes of
 * packets of theirs.
 */
export function rowsAround(compiled: CompiledAcl, entries: readonly CompiledEntry[]): AclRows {
  const { space, rows, count, owner } = rowsOf(compiled);
  const { stride } = space;
  const asked = new RowBuffer(stride, entries.length + 1);
  for (const { may } of entries) for (const box of may) space.encode(box, asked);
  const index = treeOfRows(space, asked.words, asked.rows);
  const kept = new RowBuffer(stride);
  const firstRow = new Int32Array(compiled.entries.length + 1);
  for (let row = 0; row < count; row++) {
    if (index.findAny(rows, row * stride, asked.rows) === -1) continue;
    kept.append(rows, row * stride);
    firstRow[owner[row]! + 1] = kept.rows;
  }
  for (let i = 1; i < firstRow.length; i++) firstRow[i] = Math.max(firstRow[i]!, firstRow[i - 1]!);
  return findable(space, kept, firstRow, compiled);
}
