import type { AclEntry } from '../access-list.ts';

/** A list being edited. */
export interface OpenList {
  /** Not to be kept: the next edit may change them. */
  readonly entries: readonly AclEntry[];
  /** The highest number, 0 without any. */
  readonly last: number;
  /** How many entries are no remarks. */
  readonly matching: number;
  /** Who has that number: an entry before a remark, which on IOS-XE shares the number of the entry it speaks of. */
  withNumber(sequence: number): AclEntry | undefined;
  /** The first entry that says the same but for its number. */
  sameAs(entry: AclEntry): AclEntry | undefined;
  /** At the end, or where its number belongs. */
  add(entry: AclEntry): void;
  /** Takes out an entry that `withNumber` or `sameAs` gave. */
  remove(entry: AclEntry): void;
  /** From `start` by `step`; a remark that has a number takes that of the entry below it. */
  renumber(start: number, step: number): void;
}
