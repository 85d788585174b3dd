import type { Box } from '../headerspace/box.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
import type { Doubt } from '../model/exposure.ts';
import type { Verdict } from '../model/finding.ts';
import type { Fork } from './fork.ts';
import { doubtOf, narrow, type PathPiece } from './walk.ts';

/** What several possible ways have in common: where they differ, the answer is undetermined because of the fork. */
export const agree = (ways: readonly (readonly PathPiece[])[], fork: Fork): readonly PathPiece[] =>
  ways.length === 1 ? ways[0]! : overlay(ways.flat(), (a, b) => agreeing(a, b, fork));

/** Something is let in when one of several ways lets it. */
export const anyPermits = (ways: readonly (readonly PathPiece[])[]): readonly PathPiece[] =>
  overlay(ways.flat(), (a, b) => (RANK[b.verdict] > RANK[a.verdict] ? b : a));

const RANK: Readonly<Record<Verdict, number>> = { permit: 2, undetermined: 1, deny: 0 };

/** Makes pieces disjoint: packets that are in two of them get what `merge` makes of the two. */
function overlay(
  pieces: readonly PathPiece[],
  merge: (a: PathPiece, b: PathPiece) => PathPiece,
): readonly PathPiece[] {
  let settled: readonly PathPiece[] = [];
  for (const piece of pieces) {
    let rest: PacketSet = [piece.sent];
    const next: PathPiece[] = [];
    for (const other of settled) {
      const common: readonly Box[] = intersect([other.sent], [piece.sent]);
      if (common.length === 0) {
        next.push(other);
        continue;
      }
      for (const box of common) next.push(merge(narrow(other, box), narrow(piece, box)));
      for (const box of subtract([other.sent], [piece.sent])) next.push(narrow(other, box));
      rest = subtract(rest, [other.sent]);
    }
    for (const box of rest) next.push(narrow(piece, box));
    settled = next;
  }
  return settled;
}

function agreeing(a: PathPiece, b: PathPiece, fork: Fork): PathPiece {
  const both = {
    ...a,
    doubts: joinDoubts(a.doubts, b.doubts),
    assumptions: [...new Set([...a.assumptions, ...b.assumptions])],
    rivals: [...a.rivals, { ...b, rivals: [] }, ...b.rivals],
  };
  if (a.verdict === b.verdict) return both;
  return {
    ...both,
    verdict: 'undetermined',
    decidedBy: null,
    arrival: a.arrival.kind === 'dropped' ? b.arrival : a.arrival,
    doubts: joinDoubts(both.doubts, forkDoubts(fork)),
  };
}

const forkDoubts = ({ lines, why }: Fork): readonly Doubt[] =>
  lines.length === 0
    ? [{ line: null, reason: `undetermined, because ${why}` }]
    : lines.map((span) => doubtOf(span, why));

const joinDoubts = (a: readonly Doubt[], b: readonly Doubt[]): readonly Doubt[] => {
  const keys = new Set(a.map(keyOf));
  return [...a, ...b.filter((d) => !keys.has(keyOf(d)))];
};

const keyOf = (d: Doubt): string => `${d.line?.file ?? ''}:${d.line?.line ?? ''}:${d.reason}`;
