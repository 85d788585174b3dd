import type { AceAction, AclEntry } from '../model/access-list.ts';
import type { Verdict } from '../model/finding.ts';
import type { Packet } from '../model/packet.ts';
import { type Box, boxContains } from '../headerspace/box.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
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

/** Disjoint pieces that partition `within`, each with its verdict. */
export function coverWithin(compiled: CompiledAcl, within: PacketSet): readonly Piece[] {
  const pieces: Piece[] = [];
  let open: { readonly set: PacketSet; readonly mayHaveMatched: readonly CompiledEntry[] }[] = [
    { set: within, mayHaveMatched: [] },
  ];
  const settle = (set: PacketSet, last: CompiledEntry | null, before: readonly CompiledEntry[]): void => {
    if (set.length === 0) return;
    const decision = conclude(compiled, last, before);
    for (const box of set) pieces.push({ ...decision, box });
  };
  for (const entry of compiled.entries) {
    const next: typeof open = [];
    for (const { set, mayHaveMatched } of open) {
      settle(within1(set, entry.must), entry, mayHaveMatched);
      const rest = subtract(set, entry.must);
      const doubtful = isCertain(entry) ? [] : within1(rest, entry.may);
      if (doubtful.length > 0) next.push({ set: doubtful, mayHaveMatched: [...mayHaveMatched, entry] });
      const untouched = doubtful.length > 0 ? subtract(rest, entry.may) : rest;
      if (untouched.length > 0) next.push({ set: untouched, mayHaveMatched });
    }
    open = next;
  }
  for (const { set, mayHaveMatched } of open) settle(set, null, mayHaveMatched);
  return pieces;
}

/** The part of a set inside boxes that may overlap one another. */
function within1(set: PacketSet, boxes: readonly Box[]): PacketSet {
  let rest = set;
  const out: Box[] = [];
  for (const box of boxes) {
    const inside = intersect(rest, [box]);
    if (inside.length === 0) continue;
    out.push(...inside);
    rest = subtract(rest, [box]);
  }
  return out;
}
