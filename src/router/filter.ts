import type { CompiledAcl } from '../acl/compile.ts';
import { coverWithin, type Decision } from '../acl/decide.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import type { AclEntry } from '../model/access-list.ts';
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
  // Wide questions come in thousands of pieces, few of which are decided differently: what they share is made once.
  const steps = new Map<AclEntry | 'implicit-deny' | null, Step>();
  return coverWithin(compiled, [walker.current]).flatMap((piece) => {
    const known = steps.get(piece.decidedBy);
    const step = known && piece.doubts.length === 0 ? known : stepOf(compiled, place, walker, piece);
    if (piece.doubts.length === 0) steps.set(piece.decidedBy, step);
    const next: Walker = { ...walker, ...step, current: piece.box };
    return piece.verdict === 'deny' ? [denied(next, step.decidedBy)] : go(next);
  });
}

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

export const toDecidedBy = (entry: AclEntry | 'implicit-deny' | null, acl: string): DecidedBy =>
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
