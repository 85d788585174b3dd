import type { AuditFlow, Because, ObservationRef } from '../model/audit.ts';
import type { Observation } from '../model/evidence.ts';
import { toRanges } from '../model/ports.ts';
import type { Waiver } from '../model/site.ts';
import { describeFlow, insideWord, type PortResult } from './describe-flow.ts';
import { toCase } from './flow-case.ts';
import { type InsideWord, insideView } from './inside-view.ts';
import { type Judgement, judge } from './judge.ts';
import { classifyPorts, labelPorts, type PortLabels } from './port-classes.ts';
import { type PortFacts, readPorts } from './port-facts.ts';
import type { AuditInput, FlowContext, Sighting } from './sightings.ts';
import { flowWaivers, waiverOf } from './waivers.ts';

/** A flow with what founded its verdict, before it becomes a line of the report. */
export interface JudgedFlow {
  readonly flow: AuditFlow;
  readonly finding: Judgement['finding'];
  readonly waiver: Waiver | null;
  /** What the target's own segment says of silence that passed; else unknown. */
  readonly inside: InsideWord;
}

/** Verdicts of all ports 1–65535 of one vantage, target and protocol, those with the same result together. */
export function judgeFlows(
  input: AuditInput,
  context: FlowContext,
  contexts: readonly FlowContext[],
): readonly JudgedFlow[] {
  const view = insideView(context, contexts);
  const { labellings, factsOf } = readPorts(input, context, contexts, view);
  const seen = context.sightings.map((s) => labelPorts(s.part.observations.map((o) => o.ports)));
  const waivers = flowWaivers(input, context);
  const waived = waivers.map((w) => labelPorts(w.ports === null ? [] : [w.ports]));
  const judged = classifyPorts([...labellings, ...waived, ...seen]).map((ports): JudgedFlow => {
    const port = ports[0]![0];
    const facts = factsOf(port);
    const best = judgePort(input, context, facts, (i) => observedAt(context, seen, i, port));
    const waiver = best.judgement.verdict === 'fail' ? waiverOf(waivers, best.judgement.finding, port) : null;
    const result: PortResult = waiver
      ? { ...best, judgement: { ...best.judgement, verdict: 'waived' }, waiver }
      : best;
    return {
      flow: describeFlow(context, ports, facts, view, result),
      finding: result.judgement.finding,
      waiver,
      inside: insideWord(facts, result),
    };
  });
  return mergeFlows(judged);
}

function observedAt(
  context: FlowContext,
  seen: readonly PortLabels[],
  sighting: number,
  port: number,
): Observation | null {
  const label = seen[sighting]![port]!;
  return label === 0 ? null : context.sightings[sighting]!.part.observations[label - 1]!;
}

const RANK: Record<string, number> = { fail: 0, 'pass proven': 1, 'pass consistent': 2 };
const rank = (j: Judgement): number => RANK[j.verdict] ?? RANK[`${j.verdict} ${j.confidence}`] ?? 3;

/** The gravest of what the sightings of a port prove; a failure seen once is a failure. */
function judgePort(
  input: AuditInput,
  context: FlowContext,
  facts: PortFacts,
  observed: (sighting: number) => Observation | null,
): PortResult {
  const judged = (sighting: Sighting | null, observation: Observation | null): PortResult => ({
    judgement: judge(toCase(input, context, facts, sighting, observation)),
    sighting,
    observation,
    waiver: null,
  });
  const results = context.sightings.flatMap((sighting, i) => {
    const observation = observed(i);
    return observation ? [judged(sighting, observation)] : [];
  });
  return results.sort((a, b) => rank(a.judgement) - rank(b.judgement))[0] ?? judged(null, null);
}

/** Flows whose every word is the same are one, whatever told them apart on the way; the time of an answer is no such word. */
function mergeFlows(judged: readonly JudgedFlow[]): readonly JudgedFlow[] {
  const merged = new Map<string, JudgedFlow[]>();
  for (const one of judged) {
    const key = JSON.stringify(one, (name, value) => (name === 'ports' || name === 'at' ? undefined : value));
    const alike = merged.get(key);
    if (alike) alike.push(one);
    else merged.set(key, [one]);
  }
  return [...merged.values()].map(joinFlows).sort((a, b) => a.flow.ports[0]![0] - b.flow.ports[0]![0]);
}

/** One flow with all ports of its like, its observation as late as the last of theirs. */
function joinFlows(alike: readonly JudgedFlow[]): JudgedFlow {
  const first = alike[0]!;
  const ports = toRanges(alike.flatMap((j) => j.flow.ports));
  const times = alike.flatMap((j) => j.flow.because.flatMap((b) => (isObservation(b) && b.at ? [b.at] : [])));
  const at = times.reduce<string | null>(
    (a, b) => (a === null || Date.parse(b) > Date.parse(a) ? b : a),
    null,
  );
  const because = first.flow.because.map((b) => (isObservation(b) ? { ...b, ports, at } : b));
  return { ...first, flow: { ...first.flow, ports, because } };
}

const isObservation = (b: Because): b is ObservationRef =>
  b !== null && 'kind' in b && b.kind === 'observation';
