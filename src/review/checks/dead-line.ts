import type { DeadAce } from '../../acl/dead-aces.ts';
import type { LintFinding } from '../../model/finding.ts';
import type { LintContext } from '../lint-context.ts';
import { citeLines, finding, quote } from './finding-parts.ts';

/** The dead lines of every list, bound or not, that one of the two rules about them speaks of. */
export const deadLines = (context: LintContext, rule: DeadAce['rule']): readonly LintFinding[] =>
  context.lists.flatMap((list) =>
    [...list.dead.values()].filter((d) => d.rule === rule).map((d) => describe(list.acl.name, d)),
  );

function describe(acl: string, dead: DeadAce): LintFinding {
  const { ace, blockers } = dead;
  const spans = blockers.map((b) => b.span);
  const logged = ace.kind === 'ace' && ace.log !== null;
  const lostLog = logged && blockers.some((b) => b.kind === 'ace' && b.log === null);
  const parts = [whyDead(dead)];
  if (dead.fragmentsStillMatch) parts.push('only non-initial fragments still match it');
  if (lostLog && !dead.partial) parts.push('the log it asks for is never written');
  return finding(dead.rule, dead.partial ? 'info' : dead.rule === 'shadowed-ace' ? 'high' : 'low', {
    acl,
    span: ace.span,
    message: parts.join('; '),
    related: spans,
    witness: dead.witness,
  });
}

function whyDead({ ace, blockers, rule, contradictedBy, partial }: DeadAce): string {
  const spans = blockers.map((b) => b.span);
  const lines = citeLines(spans);
  const one = spans.length === 1;
  if (partial)
    return `${quote(ace.span)} is cut in part: ${lines} ${one ? 'decides' : 'decide'} some of its packets the other way`;
  if (rule === 'redundant-ace')
    return `${quote(ace.span)} never matches: ${lines} already ${one ? 'does' : 'do'} the same to its packets`;
  if (one || contradictedBy === null)
    return `${quote(ace.span)} never matches: ${lines} decides its packets first, the other way`;
  const other = `line ${contradictedBy.span.line} decides some of them the other way`;
  return `${quote(ace.span)} never matches: ${lines} together cover its packets; ${other}`;
}
