import type { CompiledAcl } from '../acl/compile.ts';
import { coverWithin, type Decision, type Piece } from '../acl/decide.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import type { Box } from '../headerspace/box.ts';
import type { AclEntry } from '../model/access-list.ts';
import { patternCovers } from '../model/address.ts';
import type { Doubt, Hop } from '../model/exposure.ts';
import type { DecidedBy } from '../model/finding.ts';
import type { Direction, Interface } from '../model/router-config.ts';
import type { Router, Traffic } from './network.ts';
import { denied, doubting, doubtOf, type GoOn, type PathPiece, type Walker } from './walk.ts';

/** Splits a walker by what a bound list says; what it denies stops here. */
export function passList(
  router: Router,
  iface: Interface,
  direction: Direction,
  walker: Walker,
  traffic: Traffic,
  go: GoOn,
): readonly PathPiece[] {
  const binding = iface.bindings[direction];
  if (!binding) return go(direction === 'out' ? doubtUnsaidDirection(iface, walker) : walker);
  return applyList(
    router.list(binding.acl, binding.common, traffic),
    { router: router.name, interface: iface.name, direction, acl: binding.acl },
    walker,
    go,
  );
}

/** Where a list is met: a hop without its verdict. */
export type Place = Omit<Hop, 'verdict' | 'decidedBy' | 'acl'> & { readonly acl: string };

export function applyList(
  compiled: CompiledAcl,
  place: Place,
  walker: Walker,
  go: GoOn,
): readonly PathPiece[] {
  return runsOf(coverWithin(compiled, [walker.current])).flatMap((run) => {
    const step = stepOf(compiled, place, walker, run[0]!);
    const boxes = run.map((piece) => piece.box);
    return run[0]!.verdict === 'deny'
      ? alike(denied({ ...walker, ...step, current: boxes[0]! }, step.decidedBy), walker, boxes)
      : goOnWith(walker, step, boxes, go);
  });
}

/** Neighbouring pieces that are decided alike, doubts included. */
function runsOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const runs: Piece[][] = [];
  let run: Piece[] = [];
  for (const piece of pieces) {
    const before = run[0];
    const same =
      before?.decidedBy === piece.decidedBy &&
      before.verdict === piece.verdict &&
      before.doubts === piece.doubts;
    if (same) {
      run.push(piece);
      continue;
    }
    run = [piece];
    runs.push(run);
  }
  return runs;
}

/** Boxes of one run, from which on what lies beyond the list is asked once for all of them. */
const MANY_BOXES = 16;

/**
 * Wide questions come in thousands of boxes. Where the first meets no list further on, all that arrived at this one
 * is followed as one: if even that fares alike, so does every box.
 */
function goOnWith(walker: Walker, step: Step, boxes: readonly Box[], go: GoOn): readonly PathPiece[] {
  const follow = (current: Box): readonly PathPiece[] => go({ ...walker, ...step, current });
  const fate = (pieces: readonly PathPiece[]): PathPiece | null => {
    const [piece, ...others] = pieces;
    return piece &&
      others.length + piece.rivals.length === 0 &&
      piece.hops === step.hops &&
      piece.entered === walker.entered
      ? piece
      : null;
  };
  const { destination } = walker.current;
  const oneEnd = boxes.every((box) => patternCovers(box.destination, destination));
  if (boxes.length < MANY_BOXES || !oneEnd || fate(follow(boxes[0]!)) === null) return boxes.flatMap(follow);
  const whole = fate(follow(walker.current));
  return whole === null ? boxes.flatMap(follow) : alike(whole, walker, boxes);
}

/** The same piece for other boxes that stand where the walker does. */
const alike = (piece: PathPiece, walker: Walker, boxes: readonly Box[]): readonly PathPiece[] =>
  boxes.map((box) => ({ ...piece, sent: walker.undo(box), arrived: box }));

type Step = Pick<Walker, 'verdict' | 'decidedBy' | 'hops' | 'doubts'>;

function stepOf(compiled: CompiledAcl, place: Place, walker: Walker, decision: Decision): Step {
  const decidedBy = toDecidedBy(decision.decidedBy, place.acl);
  const verdict = decision.verdict === 'undetermined' ? 'undetermined' : walker.verdict;
  return {
    verdict,
    // A deny stands whatever was open before it.
    decidedBy: verdict === 'permit' || decision.verdict === 'deny' ? decidedBy : null,
    hops: [...walker.hops, { ...place, verdict: decision.verdict, decidedBy }],
    doubts: [...walker.doubts, ...decision.doubts.map((entry) => toDoubt(compiled, entry))],
  };
}

const toDecidedBy = (entry: AclEntry | 'implicit-deny' | null, acl: string): DecidedBy =>
  entry === null ? null : entry === 'implicit-deny' ? { implicitDeny: true, acl } : toConfigLine(entry.span);

const toDoubt = (compiled: CompiledAcl, entry: AclEntry): Doubt =>
  doubtOf(
    entry.span,
    compiled.entries.find((e) => e.entry === entry)?.reason ??
      'it names something that this text does not decide',
  );

/** `ip access-group X` alone bound the list outbound on old releases, and nowhere on those that refuse the line. */
function doubtUnsaidDirection(out: Interface, walker: Walker): Walker {
  const unsaid = out.effects.find((e) => e.name?.startsWith('ip access-group '));
  return unsaid
    ? doubting(walker, doubtOf(unsaid.span, 'it says neither in nor out, which some releases read as out'))
    : walker;
}
