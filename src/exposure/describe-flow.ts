import { toConfigLine } from '../diagnostics/source-span.ts';
import type { AuditFlow, Because, ObservationRef, ReasonRef } from '../model/audit.ts';
import type { Observation } from '../model/evidence.ts';
import type { PortSet } from '../model/ports.ts';
import type { Waiver } from '../model/site.ts';
import { intentOf, observedState } from './flow-case.ts';
import type { InsideView, InsideWord } from './inside-view.ts';
import type { Judgement } from './judge.ts';
import type { PortFacts } from './port-facts.ts';
import type { FlowContext, Sighting } from './sightings.ts';

/** One port's result, with what founded it. */
export interface PortResult {
  readonly judgement: Judgement;
  readonly sighting: Sighting | null;
  readonly observation: Observation | null;
  readonly waiver: Waiver | null;
}

/** A judged port's flow as the audit tells it, with everything that it rests on. */
export function describeFlow(
  context: FlowContext,
  ports: PortSet,
  facts: PortFacts,
  view: InsideView | null,
  result: PortResult,
): AuditFlow {
  const { intended, vantage, target, protocol } = context;
  const { judgement, observation } = result;
  const cause = intended.ownSegment ? null : facts.deciding.cause;
  return {
    vantage: vantage.name,
    target: target.name,
    protocol,
    ports,
    intended: intentOf(context, facts),
    config: intended.ownSegment ? null : facts.deciding.verdict,
    policy: facts.policy,
    observed: observedState(observation),
    verdict: judgement.verdict,
    confidence: judgement.confidence,
    severity: judgement.severity,
    message: judgement.message,
    ...(cause === null ? {} : { cause }),
    because: [
      ...(intended.ownSegment ? [] : facts.deciding.decidedBy),
      ...(cause === null ? [] : [reason(cause)]),
      ...facts.deciding.doubts.map(reason),
      ...policyReason(context, facts),
      ...observed(context, ports, facts, view, result),
      ...(result.waiver ? [waivedBy(result.waiver)] : []),
    ],
  };
}

const reason = (text: string): ReasonRef => ({ kind: 'reason', text, line: null });

const waivedBy = (w: Waiver): ReasonRef => ({
  kind: 'reason',
  text: `waived until ${w.until} by ${w.owner}: ${w.why}`,
  line: toConfigLine(w.span),
});

function policyReason(context: FlowContext, facts: PortFacts): readonly ReasonRef[] {
  if (facts.rule) return [{ kind: 'policy', text: facts.rule.why, line: toConfigLine(facts.rule.span) }];
  return facts.policy === 'deny' && context.intended.ownSegment
    ? [{ kind: 'policy', text: 'no rule of the policy allows it', line: null }]
    : [];
}

function observed(
  context: FlowContext,
  ports: PortSet,
  facts: PortFacts,
  view: InsideView | null,
  result: PortResult,
): readonly Because[] {
  const { sighting, observation } = result;
  if (!sighting || !observation) return [];
  const canary = isSilence(observation) ? sighting.trustIn(observation).note : null;
  const inside = view && insideReason(insideWord(facts, result), view);
  return [
    observationRef(context, sighting, observation, ports),
    ...(canary ? [{ kind: 'canary' as const, text: canary, line: null }] : []),
    ...(inside ? [reason(inside)] : []),
  ];
}

const isSilence = (o: Observation): boolean =>
  o.icmp === null && (o.state === 'filtered' || o.state === 'unreachable');

/** The word from inside where it matters: beside silence that passed for a deny. */
export const insideWord = (facts: PortFacts, { judgement, observation }: PortResult): InsideWord =>
  judgement.confidence === 'consistent' && observation && isSilence(observation) ? facts.inside : 'unknown';

function insideReason(word: InsideWord, view: InsideView): string | null {
  const who = view.from.join(', ');
  switch (word) {
    case 'answers':
      return `the host answers ${who} on its own segment, so what is silent here was stopped on the way`;
    case 'silent':
      return `silent to ${who} on its own segment too: the host itself may be what is silent, so the list gets no credit`;
    case 'unknown':
      return null;
  }
}

const observationRef = (
  context: FlowContext,
  sighting: Sighting,
  observation: Observation,
  ports: PortSet,
): ObservationRef => ({
  kind: 'observation',
  evidence: sighting.file.file,
  vantage: context.vantage.name,
  target: context.target.name,
  ports,
  state: observation.state,
  reason: observation.reason,
  icmp: observation.icmp,
  at: observation.at,
});
