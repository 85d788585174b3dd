import { coverWithin } from '../acl/decide.ts';
import { boxSource, makeBox } from '../headerspace/box.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
import type { Interface, UnmodelledEffect } from '../model/router-config.ts';
import type { Router } from './network.ts';
import type { Route } from './route.ts';
import { choicesFor } from './routes.ts';
import { learnsRoutes } from './unknown-routes.ts';
import { doubting, doubtOf, drop, type GoOn, type PathPiece, type Walker } from './walk.ts';
import { agree } from './ways.ts';

interface ReversePathCheck {
  readonly line: UnmodelledEffect;
  /** Strict: the way back must lead through the interface of arrival. Loose: there must be one. */
  readonly strict: boolean;
  readonly defaultCounts: boolean;
  /** Sources that are let through all the same. */
  readonly exempt: string | null;
}

/** `ip verify unicast …` drops packets whose source the table does not lead back to (after the inbound list). */
export function checkSource(
  router: Router,
  ingress: Interface,
  walker: Walker,
  go: GoOn,
): readonly PathPiece[] {
  const line = ingress.effects.find((e) => e.family === 'urpf');
  if (!line) return go(walker);
  const check = readCheck(line);
  if (!check)
    return go(doubting(walker, doubtOf(line.span, 'what this check of sources drops is not modelled')));
  return bySource(router, ingress, walker).flatMap(({ part, routes }) =>
    judge(router, ingress, check, part, routes, go),
  );
}

function readCheck(line: UnmodelledEffect): ReversePathCheck | null {
  const words = (line.name ?? '').toLowerCase().split(/\s+/);
  const exempt = words.find((w) => /^\d+$/.test(w)) ?? null;
  if (words[0] === 'reverse-path') return { line, strict: true, defaultCounts: true, exempt };
  if (words[0] !== 'source' || words[1] !== 'reachable-via') return null;
  return {
    line,
    strict: words[2] === 'rx',
    defaultCounts: words.includes('allow-default'),
    exempt,
  };
}

function bySource(
  router: Router,
  ingress: Interface,
  walker: Walker,
): readonly { part: Walker; routes: readonly Route[]; mayFail: boolean }[] {
  const parts: { part: Walker; routes: readonly Route[]; mayFail: boolean }[] = [];
  let rest: PacketSet = [walker.current];
  for (const choice of choicesFor(router.routes, ingress.vrf, boxSource(walker.current))) {
    const asks = [makeBox({ source: choice.destination })];
    for (const current of intersect(rest, asks)) parts.push({ ...choice, part: { ...walker, current } });
    rest = subtract(rest, asks);
  }
  return [...parts, ...rest.map((current) => ({ part: { ...walker, current }, routes: [], mayFail: false }))];
}

function judge(
  router: Router,
  ingress: Interface,
  check: ReversePathCheck,
  walker: Walker,
  routes: readonly Route[],
  go: GoOn,
): readonly PathPiece[] {
  const counting = routes.filter((r) => r.prefixLength > 0 || check.defaultCounts);
  const suits = (r: Route): boolean =>
    r.egress.kind === 'interface' && (!check.strict || r.egress.interface === ingress.name);
  const { span } = check.line;
  if (counting.some(suits)) {
    return counting.every((r) => !r.conditional)
      ? go(walker)
      : go(doubting(walker, doubtOf(span, 'a tracked route decides whether the source is led back to')));
  }
  // A learnt route may lead back all the same, but hardly into a network that is connected elsewhere.
  const unsure =
    counting.some((r) => r.egress.kind === 'unknown') ||
    (!counting.some((r) => r.connected) && (router.config.excerpt || learnsRoutes(router.config)));
  if (unsure)
    return go(doubting(walker, doubtOf(span, 'routes that the text does not show decide whether it passes')));
  return unlessExempt(router, check, walker, go);
}

function unlessExempt(
  router: Router,
  check: ReversePathCheck,
  walker: Walker,
  go: GoOn,
): readonly PathPiece[] {
  const { span } = check.line;
  const refuse = (part: Walker): PathPiece =>
    drop(part, 'the source is not led back through the interface of arrival', span);
  if (check.exempt === null) return [refuse(walker)];
  return coverWithin(router.list(check.exempt, undefined, 'unsolicited'), [walker.current]).flatMap(
    ({ box, verdict }) => {
      const part = { ...walker, current: box };
      if (verdict === 'permit') return go(part);
      if (verdict === 'deny') return [refuse(part)];
      return agree([[refuse(part)], go(part)], {
        lines: [span],
        why: `whether list ${check.exempt} exempts the source is not decided`,
      });
    },
  );
}
