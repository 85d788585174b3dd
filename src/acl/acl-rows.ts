import type { Box } from '../headerspace/box.ts';
import { type CutAway, cutAwayFrom } from '../headerspace/cut-away.ts';
import { copyRow, type FlatSpace, flatSpaceOf, RowBuffer } from '../headerspace/flat-space.ts';
import { indexWhenAsked, type PatientIndex } from '../headerspace/index-rows.ts';
import { type LeftOverSearch, leftOverSearch } from '../headerspace/left-over.ts';
import { RowNumbers } from '../headerspace/overlap-index.ts';
import { treeOfRows } from '../headerspace/overlap-tree.ts';
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
    rows = layOutRows(compiled);
    laidOut.set(compiled, rows);
  }
  return rows;
}

function layOutRows(compiled: CompiledAcl): AclRows {
  const boxes: Box[] = [];
  for (const entry of compiled.entries) {
    boxes.push(...entry.may);
    if (entry.must !== entry.may) boxes.push(...entry.must);
  }
  const space = flatSpaceOf(boxes);
  const buffer = new RowBuffer(space.stride, compiled.entries.length + 1);
  const firstRow = new Int32Array(compiled.entries.length + 1);
  for (const entry of compiled.entries) {
    firstRow[entry.index] = buffer.rows;
    for (const box of entry.must) space.encode(box, buffer);
  }
  const count = buffer.rows;
  firstRow[compiled.entries.length] = count;
  const owner = new Int32Array(count);
  for (const { index } of compiled.entries) owner.fill(index, firstRow[index], firstRow[index + 1]);
  return findable(space, buffer, owner, firstRow, compiled);
}

function findable(
  space: FlatSpace,
  buffer: RowBuffer,
  owner: Int32Array,
  firstRow: Int32Array,
  compiled: CompiledAcl,
): AclRows {
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
  const owners: number[] = [];
  const firstRow = new Int32Array(compiled.entries.length + 1);
  for (let row = 0; row < count; row++) {
    if (index.findAny(rows, row * stride, asked.rows) === -1) continue;
    // Room first: it may move the words.
    const to = kept.extend();
    copyRow(rows, row * stride, kept.words, to, stride);
    owners.push(owner[row]!);
    firstRow[owner[row]! + 1] = kept.rows;
  }
  for (let i = 1; i < firstRow.length; i++) firstRow[i] = Math.max(firstRow[i]!, firstRow[i - 1]!);
  return findable(space, kept, Int32Array.from(owners), firstRow, compiled);
}
