import type { Box } from '../headerspace/box.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
import type { Doubt } from '../model/exposure.ts';
import type { Verdict } from '../model/finding.ts';
import type { Fork } from './fork.ts';
import { doubtOf, narrow, type PathPiece } from './walk.ts';

/** More pieces than this are not compared pair by pair. */
const MOST_PIECES = 2000;

/**
 * What several possible ways of the same packets have in common: where they differ, the answer is undetermined because
 * of the fork.
 */
export function agree(ways: readonly (readonly PathPiece[])[], fork: Fork): readonly PathPiece[] {
  if (ways.length === 1) return ways[0]!;
  const pieces = ways.flat();
  return pieces.length > MOST_PIECES
    ? agreeCoarsely(ways, fork)
    : overlay(pieces, (a, b) => agreeing(a, b, fork));
}

/** Every piece of the first way keeps its verdict where no other way has a piece of another: less sure, never wrong. */
function agreeCoarsely(
  [first = [], ...others]: readonly (readonly PathPiece[])[],
  fork: Fork,
): readonly PathPiece[] {
  return first.map((piece) => {
    const alike = others.every((way) => way.every((other) => other.verdict === piece.verdict));
    return alike ? piece : leftOpen(piece, fork);
  });
}

/** Pieces that translation made of the same packets, so that several may stand for one of these. */
export function settle(pieces: readonly PathPiece[], fork: Fork): readonly PathPiece[] {
  if (pieces.length <= MOST_PIECES) return overlay(pieces, (a, b) => agreeing(a, b, fork));
  const alike = pieces.every((piece) => piece.verdict === pieces[0]!.verdict);
  return alike ? pieces : pieces.map((piece) => leftOpen(piece, fork));
}

const leftOpen = (piece: PathPiece, fork: Fork): PathPiece => ({
  ...piece,
  verdict: 'undetermined',
  decidedBy: null,
  arrival: piece.arrival.kind === 'dropped' ? { kind: 'beyond-text' } : piece.arrival,
  doubts: joinDoubts(piece.doubts, forkDoubts(fork)),
});

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
