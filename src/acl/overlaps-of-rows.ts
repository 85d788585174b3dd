import type { FlatSpace } from '../headerspace/flat-space.ts';
import { OverlapsOfParts, overlapsAmong, overlapsRanked, overlapsWithin } from '../headerspace/index-rows.ts';
import type { RowNumbers } from '../headerspace/overlap-index.ts';
import type { FindOverlaps } from '../headerspace/rows-by-address.ts';

type List = 'before' | 'after';

const countMarked = (rows: Uint8Array): number => rows.reduce((sum, one) => sum + one, 0);

const markedRows = (rows: Uint8Array): Int32Array =>
  Int32Array.from(rows.keys()).filter((row) => rows[row] === 1);

/** Which rows overlap a row, or a part of one. */
export class OverlapsOfRows {
  private readonly space: FlatSpace;
  private readonly words: Int32Array;
  private readonly changed: Uint8Array;
  private readonly near: OverlapsOfParts<number>;
  private readonly members: Readonly<Record<List, Uint8Array>>;
  /** Whether most rows are not of that list. */
  private readonly isShort: Readonly<Record<List, boolean>>;
  private readonly rank: Int32Array;
  /** Rows by rank, so that it may be asked about those that stand above some row. */
  private whole: ReturnType<typeof overlapsRanked> | null = null;
  private readonly inList: Partial<Record<List, FindOverlaps>> = {};
  /** Per rank, that behind the last row of the list that is ranked lower. */
  private readonly ends: Partial<Record<List, Int32Array>> = {};

  /**
   * Marked are the rows that only one list has, and those that a list has at all. Ranks are in an order that is the order
   * of either list.
   */
  constructor(
    space: FlatSpace,
    words: Int32Array,
    changed: Uint8Array,
    members: Readonly<Record<List, Uint8Array>>,
    rank: Int32Array,
  ) {
    this.rank = rank;
    this.space = space;
    this.words = words;
    this.changed = changed;
    this.members = members;
    const isShort = (member: Uint8Array): boolean => 2 * countMarked(member) < member.length;
    this.isShort = { before: isShort(members.before), after: isShort(members.after) };
    this.near = new OverlapsOfParts(
      countMarked(changed),
      (row) => overlapsWithin(space, words, changed.length, words, row * space.stride),
      (asked, at, out) => this.findAnywhere(asked, at, out, changed.length),
    );
  }

  /** Whether few rows are changed. */
  get few(): boolean {
    return this.near.few;
  }

  /** Writes the rows that overlap a row, and answers how many. */
  private ofRow(row: number, out: RowNumbers): number {
    const at = row * this.space.stride;
    return this.changed[row] === 1
      ? this.near.of(row)(this.words, at, out)
      : this.findAnywhere(this.words, at, out, this.changed.length);
  }

  /**
   * The same for the row at `at`, which is part of both of these, one of the earlier list and one of the later. Rows that
   * stand below the one in the earlier list and below the other in the later may be left out.
   */
  ofPart(words: Int32Array, at: number, old: number, now: number, out: RowNumbers): number {
    if (this.few) {
      if (this.changed[old] === 1) return this.near.of(old)(words, at, out);
      if (this.changed[now] === 1) return this.near.of(now)(words, at, out);
    }
    return this.findAnywhere(words, at, out, this.endOfAbove(old, now));
  }

  /** From this rank on, all rows stand below the one in the earlier list, if they are in it, and below the other in the later. */
  private endOfAbove(old: number, now: number): number {
    const { rank } = this;
    return rank[old]! < rank[now]!
      ? Math.max(rank[old]!, this.endBelow('after', rank[now]!))
      : Math.max(rank[now]!, this.endBelow('before', rank[old]!));
  }

  /** The rank behind the last row of a list that is ranked below `limit`. */
  private endBelow(list: List, limit: number): number {
    let ends = this.ends[list];
    if (ends === undefined) {
      ends = new Int32Array(this.rank.length + 1);
      this.rank.forEach((rank, row) => {
        if (this.members[list][row] === 1) ends![rank + 1] = rank + 1;
      });
      for (let rank = 1; rank < ends.length; rank++) ends[rank] = Math.max(ends[rank]!, ends[rank - 1]!);
      this.ends[list] = ends;
    }
    return ends[limit]!;
  }

  /** Writes the rows of one list that overlap a changed row, and answers how many. */
  ofRowIn(list: List, row: number, out: RowNumbers): number {
    const at = row * this.space.stride;
    const member = this.members[list];
    if (!this.few && this.isShort[list]) {
      this.inList[list] ??= overlapsAmong(this.space, this.words, markedRows(member));
      return this.inList[list](this.words, at, out);
    }
    const found = this.ofRow(row, out);
    let kept = 0;
    for (let i = 0; i < found; i++) if (member[out.values[i]!] === 1) out.values[kept++] = out.values[i]!;
    return kept;
  }

  /** Some row that has all packets of a row, and that counts; -1 when there is none. */
  findCovering(row: number, counts: (other: number) => boolean): number {
    return this.everywhere().findCovering(this.words, row * this.space.stride, counts);
  }

  private findAnywhere(words: Int32Array, at: number, out: RowNumbers, before: number): number {
    return this.everywhere().find(words, at, before, out);
  }

  private everywhere(): ReturnType<typeof overlapsRanked> {
    this.whole ??= overlapsRanked(this.space, this.words, this.changed.length, this.rank);
    return this.whole;
  }
}
