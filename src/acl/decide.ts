import { type Box, boxContains, boxesOverlap } from '../headerspace/box.ts';
import { intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
import { halveSources } from '../headerspace/halve-sources.ts';
import { mergeBoxes } from '../headerspace/merge-boxes.ts';
import { RowNumbers } from '../headerspace/overlap-index.ts';
import { intersect, type PacketSet, trySubtract } from '../headerspace/packet-set.ts';
import { shareOf } from '../headerspace/share.ts';
import type { AceAction, AclEntry } from '../model/access-list.ts';
import type { Verdict } from '../model/finding.ts';
import type { Packet } from '../model/packet.ts';
import { pushAll } from '../model/push-all.ts';
import { type AclRows, rowsOf } from './acl-rows.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';

/** What decides a packet: a line, the list's implicit deny, or null (no list stands in the way, or undetermined). */
export type Decider = AclEntry | 'implicit-deny' | null;

export interface Decision {
  readonly verdict: Verdict;
  readonly decidedBy: Decider;
  /** For `undetermined`: the lines that may match and would then decide otherwise. */
  readonly doubts: readonly AclEntry[];
}

/** A part of the asked set and what the list does to all of its packets. */
export interface Piece extends Decision {
  readonly box: Box;
}

const NO_DOUBTS: readonly AclEntry[] = [];

/** First match of one packet, line by line. */
export function decidePacket(compiled: CompiledAcl, packet: Packet): Decision {
  const holds = (boxes: readonly Box[]): boolean => boxes.some((box) => boxContains(box, packet));
  const mayHaveMatched: CompiledEntry[] = [];
  for (const entry of compiled.entries) {
    if (holds(entry.must)) return conclude(compiled, entry, mayHaveMatched);
    if (!isCertain(entry) && holds(entry.may)) mayHaveMatched.push(entry);
  }
  return conclude(compiled, null, mayHaveMatched);
}

/**
 * The verdict when `last` surely matches (null: no line does) after lines that only may. A doubtful line that
 * would decide the same way leaves the verdict sure; one that would not leaves it open.
 */
export function conclude(
  compiled: CompiledAcl,
  last: CompiledEntry | null,
  mayHaveMatched: readonly CompiledEntry[],
): Decision {
  const action: AceAction | null = last === null ? compiled.otherwise : last.action;
  const doubts = mayHaveMatched.filter((entry) => entry.action !== action);
  if (action === null || doubts.length > 0)
    return { verdict: 'undetermined', decidedBy: null, doubts: doubts.map((entry) => entry.entry) };
  const decidedBy = last !== null ? last.entry : compiled.entries.length === 0 ? null : 'implicit-deny';
  return { verdict: action, decidedBy, doubts: NO_DOUBTS };
}

/** A disjoint part of a set with everything its packets meet: the doubtful lines, then the line that surely matches. */
export interface FirstMatch {
  readonly boxes: readonly Box[];
  /** null: no line surely matches. */
  readonly last: CompiledEntry | null;
  readonly mayHaveMatched: readonly CompiledEntry[];
}

/**
 * Disjoint pieces that partition `within`, each with its verdict, in list order and as few as joining makes
 * them. Each line's share is cut out of the line itself, so that pieces keep the config's own terms; of long lists
 * that tell the packets apart by source and ports alone, pieces are halved sources.
 */
export function coverWithin(compiled: CompiledAcl, within: PacketSet): readonly Piece[] {
  return firstMatchesWithin(compiled, within).flatMap(({ boxes, last, mayHaveMatched }) => {
    const decision = conclude(compiled, last, mayHaveMatched);
    return boxes.map((box) => ({ ...decision, box }));
  });
}

/** The disjoint pieces of `within` that this entry surely decides: what falls to others is not cut out. */
export function shareWithin(compiled: CompiledAcl, entry: CompiledEntry, within: PacketSet): PacketSet {
  return firstMatchesWithin(compiled, within, entry.index)
    .filter(({ mayHaveMatched }) => mayHaveMatched.length === 0)
    .flatMap(({ boxes }) => boxes);
}

/**
 * Parts `within` by what its packets meet, or what of it `only` the entry of this place matches first; of the lines that
 * only may match, those count that act otherwise.
 */
function firstMatchesWithin(
  compiled: CompiledAcl,
  within: PacketSet,
  only: number | null = null,
): readonly FirstMatch[] {
  if (compiled.entries.length === 0) return [{ boxes: mergeBoxes(within), last: null, mayHaveMatched: [] }];
  const rows = rowsOf(compiled);
  const cover = new Cover(rows, only);
  for (const box of within) cover.share(box);
  const { shares, joined } = cover;
  const doubtful = rows.uncertain.filter((entry) => overlapsAny(entry.may, within));
  return [...shares.keys()]
    .sort((a, b) => a - b)
    .flatMap((owner) => {
      const last = compiled.entries[owner] ?? null;
      const action = last === null ? compiled.otherwise : last.action;
      const met = doubtful.filter(
        (entry) => (last === null || entry.index < last.index) && entry.action !== action,
      );
      const parts = splitByDoubt(last, shares.get(owner)!, met);
      return joined ? parts : parts.map((part) => ({ ...part, boxes: mergeBoxes(part.boxes) }));
    });
}

const overlapsAny = (boxes: readonly Box[], set: PacketSet): boolean =>
  boxes.some((box) => set.some((other) => boxesOverlap(box, other)));

/** Rows that overlap a question, from which on sources are halved: fewer are cut in the config's own terms. */
const MANY_ROWS = 64;

/** First match of sets: which earlier entries leave what of whose boxes. */
class Cover {
  private readonly rows: AclRows;
  private readonly only: number | null;
  private readonly query: RowBuffer;
  private readonly shared: Int32Array;
  private readonly overlapping = new RowNumbers();
  private readonly earlier = new RowNumbers();
  /** Each entry's share, or that of the only one asked about; what no entry surely matches is under the entry count. */
  readonly shares = new Map<number, Box[]>();
  /** Whether no two boxes of a share could be one. */
  joined = true;

  constructor(rows: AclRows, only: number | null) {
    this.rows = rows;
    this.only = only;
    this.query = new RowBuffer(rows.space.stride);
    this.shared = new Int32Array(rows.space.stride);
  }

  /** Adds what each entry takes of the box to its share. */
  share(box: Box): void {
    const { rows, query } = this;
    query.length = 0;
    rows.space.encode(box, query);
    for (let at = 0; at < query.length; at += query.stride) {
      const count = rows.index.find(query.words, at, rows.count, this.overlapping);
      const inOrder = this.untilCovered(at, this.overlapping.values.subarray(0, count).sort());
      if (inOrder.length < MANY_ROWS || !this.halve(box, at, inOrder)) this.cut(box, at, inOrder);
    }
    if (query.rows > 1) this.joined = false;
  }

  /** The rows that overlap the asked row at `at`, up to the first that has all of it: nothing comes first behind that. */
  private untilCovered(at: number, inOrder: Int32Array): Int32Array {
    const { rows, query } = this;
    const last = inOrder.findIndex(
      (row) => shareOf(rows.space, query.words, at, rows.rows, row * query.stride) === 1,
    );
    return last === -1 ? inOrder : inOrder.subarray(0, last + 1);
  }

  private isWanted(owner: number): boolean {
    return this.only === null || owner === this.only;
  }

  private give(owner: number, boxes: readonly Box[]): void {
    if (!this.isWanted(owner)) return;
    const all = this.shares.get(owner);
    if (all) pushAll(all, boxes);
    else this.shares.set(owner, [...boxes]);
  }

  private halve(box: Box, at: number, inOrder: Int32Array): boolean {
    const { rows, query } = this;
    const nobody = rows.firstRow.length - 1;
    const list = { space: rows.space, words: rows.rows, numbers: inOrder, owner: rows.owner, nobody };
    return halveSources(list, query.words, at, box, (owner, boxes) => this.give(owner, boxes));
  }

  private cut(box: Box, at: number, inOrder: Int32Array): void {
    const { rows, query } = this;
    this.joined = false;
    const give = (owner: number, words: Int32Array, place: number): boolean => {
      this.give(owner, rows.space.decode(words, place, box));
      return true;
    };
    const nobody = rows.firstRow.length - 1;
    for (const row of inOrder) {
      if (!this.isWanted(rows.owner[row]!)) continue;
      if (!intersectRows(rows.space, query.words, at, rows.rows, row * query.stride, this.shared)) continue;
      const before = rows.index.find(this.shared, 0, row, this.earlier);
      this.earlier.values.subarray(0, before).sort();
      rows.cutAway.run(this.shared, 0, this.earlier.values, before, (words, place) =>
        give(rows.owner[row]!, words, place),
      );
    }
    if (this.isWanted(nobody))
      rows.cutAway.run(query.words, at, inOrder, inOrder.length, (words, place) =>
        give(nobody, words, place),
      );
  }
}

/** Parts what `last` decides by those of the lines that may have matched before it. */
const splitByDoubt = (
  last: CompiledEntry | null,
  boxes: readonly Box[],
  doubtful: readonly CompiledEntry[],
): readonly FirstMatch[] => trySplitByDoubt(last, boxes, doubtful, Number.POSITIVE_INFINITY)!;

/** The same, or null as soon as more than `most` boxes are at hand. */
export function trySplitByDoubt(
  last: CompiledEntry | null,
  boxes: readonly Box[],
  doubtful: readonly CompiledEntry[],
  most: number,
): readonly FirstMatch[] | null {
  let parts: FirstMatch[] = [{ boxes, last, mayHaveMatched: [] }];
  for (const entry of doubtful) {
    if (last !== null && entry.index >= last.index) break;
    const parted: FirstMatch[] = [];
    let count = 0;
    for (const part of parts) {
      const split = splitByOne(part, entry, most - count);
      if (split === null) return null;
      for (const piece of split) {
        parted.push(piece);
        count += piece.boxes.length;
      }
    }
    parts = parted;
  }
  return parts;
}

function splitByOne(part: FirstMatch, entry: CompiledEntry, most: number): readonly FirstMatch[] | null {
  const met = within(part.boxes, entry.may, most);
  if (met === null) return null;
  if (met.length === 0) return [part];
  const rest = trySubtract(part.boxes, entry.may, most - met.length);
  if (rest === null) return null;
  return [
    { ...part, boxes: met, mayHaveMatched: [...part.mayHaveMatched, entry] },
    ...(rest.length > 0 ? [{ ...part, boxes: rest }] : []),
  ];
}

/** The part of a set inside boxes that may overlap one another; null as soon as that takes more than `most` boxes. */
function within(set: PacketSet, boxes: readonly Box[], most: number): PacketSet | null {
  let rest = set;
  const out: Box[] = [];
  for (const box of boxes) {
    const inside = intersect(rest, [box]);
    if (inside.length === 0) continue;
    pushAll(out, inside);
    const left = out.length > most ? null : trySubtract(rest, [box], most);
    if (left === null) return null;
    rest = left;
  }
  return out;
}
