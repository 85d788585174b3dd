import type { Draft } from './draft.ts';
import { KeyedRows, type Row, type RowKind } from './keyed-rows.ts';

/**
 * The rows of an array by their keys, built when a line first names one. They belong to the newest array and move on
 * to the one that an edit makes of it; for an older state they are built again.
 */
const indexes = new WeakMap<readonly unknown[], KeyedRows<unknown>>();

function indexOf<T>(rows: readonly T[], kind: RowKind<T>): KeyedRows<T> {
  const known = indexes.get(rows) as KeyedRows<T> | undefined;
  if (known) return known;
  const index = new KeyedRows(kind, rows);
  indexes.set(rows, index as KeyedRows<unknown>);
  return index;
}

/** The rows that one of the keys names. */
export const findRows = <T>(
  rows: readonly T[],
  kind: RowKind<T>,
  keys: readonly string[],
): ReadonlySet<Row<T>> => indexOf(rows, kind).find(...keys);

/** How many rows there are: while a file is read, its arrays may be behind. */
export const countRows = (rows: readonly unknown[]): number => indexes.get(rows)?.size ?? rows.length;

export const liveRows = <T>(rows: readonly T[]): readonly T[] =>
  (indexes.get(rows) as KeyedRows<T> | undefined)?.values() ?? rows;

/** The rows with another at the end, or at the head where its kind leads. */
export function addRow<T>(draft: Draft, rows: readonly T[], kind: RowKind<T>, row: T): readonly T[] {
  if (countRows(rows) > 0 && kind.leads?.(row)) return edit(draft, rows, kind, (index) => index.add(row));
  const after = draft.writable(rows);
  const index = indexes.get(rows);
  if (index) {
    move(index, rows, after);
    index.add(row);
  }
  if (!draft.isBehind(after)) after.push(row);
  return after;
}

/** The rows with another value in one's place. */
export const replaceRow = <T>(
  draft: Draft,
  rows: readonly T[],
  kind: RowKind<T>,
  old: Row<T>,
  row: T,
): readonly T[] => edit(draft, rows, kind, (index) => index.replace(old, row));

/** The rows without those that were found. */
export const dropRows = <T>(
  draft: Draft,
  rows: readonly T[],
  kind: RowKind<T>,
  found: ReadonlySet<Row<T>>,
): readonly T[] =>
  found.size === 0
    ? rows
    : edit(draft, rows, kind, (index) => {
        for (const row of [...found]) index.delete(row);
      });

function edit<T>(
  draft: Draft,
  rows: readonly T[],
  kind: RowKind<T>,
  change: (index: KeyedRows<T>) => void,
): readonly T[] {
  const index = indexOf(rows, kind);
  change(index);
  if (draft.reading === 'terminal') {
    const after = draft.made(index.values());
    move(index as KeyedRows<unknown>, rows, after);
    return after;
  }
  const after = draft.writable(rows);
  move(index as KeyedRows<unknown>, rows, after);
  draft.fallBehind(after, () => index.values());
  return after;
}

function move(index: KeyedRows<unknown>, from: readonly unknown[], to: readonly unknown[]): void {
  if (to === from) return;
  indexes.delete(from);
  indexes.set(to, index);
}
