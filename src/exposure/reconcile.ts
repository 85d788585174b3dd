import { toConfigLine } from '../diagnostics/source-span.ts';
import { parseIpv4 } from '../model/address.ts';
import type {
  AuditFinding,
  AuditFlow,
  AuditResult,
  Because,
  FlowVerdict,
  ObservationRef,
} from '../model/audit.ts';
import { NO_CANARY, type Observation } from '../model/evidence.ts';
import type { IntendedFlow } from '../model/exposure.ts';
import { atLeast, type DecidedBy, SEVERITIES, type Severity, type Verdict } from '../model/finding.ts';
import { countRanges, type PortSet, rangesHave, subtractRanges, toRanges } from '../model/ports.ts';
import type { PortProtocol, Target, Vantage, Waiver } from '../model/site.ts';
import type { Network } from '../router/network.ts';
import {
  evidenceFindings,
  flowFinding,
  type JudgedFlow,
  lintAsFinding,
  listenerFindings,
  unconfirmedFindings,
  waiverFindings,
} from './audit-findings.ts';
import { coverLines, deadLinesWithHits } from './coverage.ts';
import { intendedFlow } from './intended.ts';
import { type Case, judge, type Judgement } from './judge.ts';
import { policyView, ruleFor } from './policy.ts';
import { findPolicyContradictions } from './policy-contradictions.ts';
import { findBindingDrift, type LoggedDeny, loggedDenies } from './router-evidence.ts';
import { findDeniedSessions } from './sessions.ts';
import { type AuditInput, type FlowContext, listenersOf, type Sighting, toSighting } from './sightings.ts';
import { viewerOf } from './viewer.ts';

/** Reconciles what the network should do with what was seen: one verdict per flow, and what follows from them. */
export function auditSite(input: AuditInput): AuditResult {
  const { site } = input;
  const vantages = [...site.vantages.values()].filter(
    (v) => input.vantages === null || input.vantages.includes(v.name),
  );
  const contexts = vantages.flatMap((vantage) =>
    [...site.targets.values()].flatMap((target) =>
      protocolsOf(input, vantage, target).map((protocol) => buildContext(input, vantage, target, protocol)),
    ),
  );
  const judged = contexts.flatMap((context) => judgeFlows(input, context));
  const flows = judged.map((j) => j.flow);
  const found = applyWaivers(input, [
    ...judged.flatMap((j) => flowFinding(input, j)),
    ...findPolicyContradictions(input, contexts),
    ...input.lint.map(lintAsFinding),
    ...evidenceFindings(input, contexts),
    ...findDeniedSessions(input),
    ...findBindingDrift(input),
    ...deadLinesWithHits(input),
    ...listenerFindings(input),
    ...unconfirmedFindings(contexts),
  ]);
  const findings = sortFindings([...found, ...waiverFindings(input), ...idleWaivers(input, found)]);
  const coverage = coverLines(input, contexts, flows);
  return {
    site: site.name,
    flows,
    findings,
    coverage: coverage.lines,
    summary: {
      verdict: overallVerdict(flows, findings),
      flows: countBy(flows, () => 1),
      ports: countBy(flows, (f) => countRanges(f.ports)),
      findings: Object.fromEntries(
        SEVERITIES.map((s) => [s, findings.filter((f) => f.severity === s && f.waived === null).length]),
      ) as Record<Severity, number>,
      coveragePercent: coverage.percent,
    },
    evidence: input.evidence.map(({ file, sha256, evidence }) => ({
      file,
      sha256,
      vantage: evidence.vantage,
      via: evidence.origin.via,
      tool: evidence.origin.tool,
      started: evidence.started,
      ended: evidence.ended,
      complete: evidence.completeness.kind === 'complete',
      notes:
        evidence.completeness.kind === 'complete'
          ? evidence.notes
          : [`incomplete: ${evidence.completeness.reason}`, ...evidence.notes],
    })),
    assumptions: [...new Set(contexts.flatMap((c) => c.intended.assumptions))],
  };
}

/** TCP always; UDP where policy or evidence speaks of it. */
function protocolsOf(input: AuditInput, vantage: Vantage, target: Target): readonly PortProtocol[] {
  const udp =
    policyView(input.site, vantage, target, 'udp').rules.some((r) => r.udp.length > 0) ||
    input.evidence.some(
      (e) => e.evidence.vantage === vantage.name && e.evidence.targets.some((t) => t.protocol === 'udp'),
    );
  return udp ? ['tcp', 'udp'] : ['tcp'];
}

function buildContext(
  input: AuditInput,
  vantage: Vantage,
  target: Target,
  protocol: PortProtocol,
): FlowContext {
  const viewer = viewerOf(input.network, vantage, target);
  return {
    vantage,
    target,
    protocol,
    viewer,
    intended: intendedFlow(input.network, viewer, target, protocol),
    policy: policyView(input.site, vantage, target, protocol),
    sightings: input.evidence
      .filter((e) => e.evidence.vantage === vantage.name)
      .flatMap((file) =>
        file.evidence.targets
          .filter((part) => part.protocol === protocol && part.observations.length > 0)
          .flatMap((part) => toSighting(input, vantage, viewer, target, file, part)),
      ),
  };
}

interface PortResult {
  readonly judgement: Judgement;
  readonly sighting: Sighting | null;
  readonly observation: Observation | null;
  readonly waiver: Waiver | null;
}

/** Verdicts of all ports, those with the same result together. */
function judgeFlows(input: AuditInput, context: FlowContext): readonly JudgedFlow[] {
  const { intended, policy, sightings, protocol } = context;
  const perPort = sightings.map((s) => indexObservations(s.part.observations));
  const listeners = knownListeners(input, context);
  const decided = indexDeciding(intended);
  const denies = loggedDenies(input.evidence, context.vantage, context.target, protocol);
  const results = new Map<
    string,
    { ports: [number, number][]; result: PortResult; deciding: Deciding; port: number }
  >();
  for (let port = 1; port <= 65535; port++) {
    const deciding = decided[port]!;
    const allowed = policy.allow === null ? null : rangesHave(policy.allow, port);
    const wrapped = rangesHave(policy.wrapped, port);
    const seen = perPort.map((index) => index[port] ?? 0);
    const canary = sightings.some((s) =>
      s.part.canaries.some((c) => c.kind === 'positive' && c.port === port),
    );
    const logged = denies.get(port) ?? null;
    const waived = input.site.waivers.findIndex((w) => waiverHas(w, context, port));
    const listening = listeners.has(port);
    const rule = allowed || wrapped ? ruleFor(policy, protocol, port) : undefined;
    const key = [
      deciding.id,
      allowed,
      wrapped,
      listening,
      canary,
      waived,
      rule?.span.line ?? '',
      ...seen,
    ].join(' ');
    const known = results.get(key);
    if (known) {
      const last = known.ports[known.ports.length - 1]!;
      if (last[1] === port - 1) last[1] = port;
      else known.ports.push([port, port]);
      continue;
    }
    const result = judgePort(input, context, {
      deciding,
      allowed,
      wrapped,
      seen,
      canary,
      listening,
      waived,
      logged,
    });
    results.set(key, { ports: [[port, port]], result, deciding, port });
  }
  return mergeFlows(
    [...results.values()].map((r) => ({
      flow: toFlow(context, toRanges(r.ports), r.port, r.deciding, r.result),
      finding: r.result.judgement.finding,
      waiver: r.result.waiver,
    })),
  );
}

/** Flows whose every word is the same are one, whatever told them apart on the way. */
function mergeFlows(judged: readonly JudgedFlow[]): readonly JudgedFlow[] {
  const merged = new Map<string, JudgedFlow>();
  for (const one of judged) {
    const key = JSON.stringify(one, (name, value) => (name === 'ports' ? undefined : value));
    const before = merged.get(key);
    const ports = before ? toRanges([...before.flow.ports, ...one.flow.ports]) : one.flow.ports;
    const because = one.flow.because.map((b) =>
      b !== null && 'kind' in b && b.kind === 'observation' ? { ...b, ports } : b,
    );
    merged.set(key, { ...one, flow: { ...one.flow, ports, because } });
  }
  return [...merged.values()].sort((a, b) => a.flow.ports[0]![0] - b.flow.ports[0]![0]);
}

interface Deciding {
  readonly id: number;
  readonly verdict: Verdict;
  readonly decidedBy: readonly DecidedBy[];
  readonly doubts: readonly string[];
}

function indexDeciding(intended: IntendedFlow): readonly Deciding[] {
  const known = new Map<string, Deciding>();
  const out: Deciding[] = new Array(65536);
  const rows = intended.deciding.map((d) => d.ports);
  const bounds = new Set<number>([0, 65536]);
  const sets = [
    ...rows,
    intended.reachable,
    intended.blocked,
    intended.undetermined,
    ...intended.doubts.map((d) => d.ports),
  ];
  for (const set of sets) for (const [lo, hi] of set) bounds.add(lo).add(hi + 1);
  const cuts = [...bounds].sort((a, b) => a - b);
  for (let i = 0; i + 1 < cuts.length; i++) {
    const port = cuts[i]!;
    const verdict: Verdict = rangesHave(intended.reachable, port)
      ? 'permit'
      : rangesHave(intended.undetermined, port)
        ? 'undetermined'
        : 'deny';
    const hits = intended.deciding.filter((d) => rangesHave(d.ports, port));
    const doubts = intended.doubts.filter((d) => rangesHave(d.ports, port));
    const key = JSON.stringify([verdict, hits.map((h) => h.decidedBy), doubts.map((d) => d.reason)]);
    let entry = known.get(key);
    if (!entry) {
      const decidedBy = hits.map((h) => h.decidedBy).filter((d) => d !== null);
      entry = {
        id: known.size,
        verdict,
        decidedBy:
          verdict === 'undetermined' ? doubts.map((d) => d.line).filter((l) => l !== null) : decidedBy,
        doubts: doubts.map((d) => d.reason),
      };
      known.set(key, entry);
    }
    out.fill(entry, port, cuts[i + 1]!);
  }
  return out;
}

/** Observation number + 1 per port, 0 where none. */
function indexObservations(observations: readonly Observation[]): Uint32Array {
  const index = new Uint32Array(65536);
  observations.forEach((o, i) => {
    for (const [lo, hi] of o.ports) index.fill(i + 1, lo, hi + 1);
  });
  return index;
}

function knownListeners(input: AuditInput, context: FlowContext): ReadonlySet<number> {
  const known = new Set<number>();
  const add = (set: PortSet): void => {
    for (const [lo, hi] of set) for (let p = lo; p <= hi; p++) known.add(p);
  };
  if (context.protocol === 'tcp') {
    add(context.target.listeners);
    const canary = input.site.canaries.get(context.target.name);
    if (canary !== undefined) known.add(canary);
  }
  for (const { evidence } of input.evidence) {
    for (const listener of listenersOf(input, evidence, context.target))
      if (listener.protocol === context.protocol) known.add(listener.port);
    for (const part of evidence.targets) {
      if (part.protocol !== context.protocol || part.target !== context.target.name) continue;
      for (const o of part.observations) if (o.state === 'open' || o.state === 'wrapped') add(o.ports);
    }
  }
  return known;
}

interface PortFacts {
  readonly deciding: Deciding;
  readonly allowed: boolean | null;
  readonly wrapped: boolean;
  readonly seen: readonly number[];
  readonly canary: boolean;
  readonly listening: boolean;
  readonly waived: number;
  readonly logged: LoggedDeny | null;
}

const RANK: Record<string, number> = { fail: 0, 'pass proven': 1, 'pass consistent': 2 };
const rank = (j: Judgement): number => RANK[j.verdict] ?? RANK[`${j.verdict} ${j.confidence}`] ?? 3;

/** The gravest of what the sightings of a port prove; a failure seen once is a failure. */
function judgePort(input: AuditInput, context: FlowContext, facts: PortFacts): PortResult {
  const candidates: { judgement: Judgement; sighting: Sighting | null; observation: Observation | null }[] =
    [];
  context.sightings.forEach((sighting, i) => {
    const number = facts.seen[i] ?? 0;
    if (number === 0) return;
    const observation = sighting.part.observations[number - 1]!;
    candidates.push({
      judgement: judge(toCase(input, context, facts, sighting, observation)),
      sighting,
      observation,
    });
  });
  const best = candidates.reduce<(typeof candidates)[number] | null>(
    (a, b) => (a === null || rank(b.judgement) < rank(a.judgement) ? b : a),
    null,
  ) ?? { judgement: judge(toCase(input, context, facts, null, null)), sighting: null, observation: null };
  const waiver = facts.waived >= 0 ? input.site.waivers[facts.waived]! : null;
  if (
    best.judgement.verdict === 'fail' &&
    waiver &&
    waiver.until >= input.today &&
    waiver.finding === best.judgement.finding
  )
    return { ...best, judgement: { ...best.judgement, verdict: 'waived' as FlowVerdict }, waiver };
  return { ...best, waiver: null };
}

function toCase(
  input: AuditInput,
  context: FlowContext,
  facts: PortFacts,
  sighting: Sighting | null,
  observation: Observation | null,
): Case {
  const own = context.intended.ownSegment;
  const policy = facts.allowed === null ? null : facts.allowed ? 'allow' : 'deny';
  return {
    intended: own
      ? policy === 'allow'
        ? 'permit'
        : policy === 'deny'
          ? 'deny'
          : 'undetermined'
      : facts.deciding.verdict,
    policy,
    ownSegment: own,
    wrappedAllowed: facts.wrapped,
    observed: observation?.state ?? 'unobserved',
    icmp: observation?.icmp ?? null,
    icmpFromRouter: observation?.icmp ? isRouterAddress(input.network, observation.icmp.from) : false,
    confirmed: observation?.confirmed ?? false,
    tries: observation?.tries ?? 0,
    spanSeconds: observation?.spanSeconds ?? 0,
    listenerKnown: facts.listening,
    silenceDoubt: facts.canary
      ? "a canary's own silence is judged without canaries"
      : (sighting?.silenceDoubt ?? null),
    loggedDeny: facts.logged ? `${facts.logged.file}:${facts.logged.line}, list ${facts.logged.list}` : null,
    // Whether the lack of a canary matters is silenceDoubt's to say: one elsewhere may stand in.
    tainted: observation?.tainted === NO_CANARY ? null : (observation?.tainted ?? null),
    disqualified: sighting?.disqualified ?? null,
  };
}

const isRouterAddress = (network: Network, from: string | null): boolean => {
  const address = from === null ? undefined : parseIpv4(from);
  return (
    address !== undefined &&
    network.routers.some((r) =>
      [...r.config.interfaces.values()].some((i) => i.addresses.some((a) => a.address === address)),
    )
  );
};

function toFlow(
  context: FlowContext,
  ports: PortSet,
  port: number,
  deciding: Deciding,
  result: PortResult,
): AuditFlow {
  const { intended, policy, vantage, target, protocol } = context;
  const allowed = policy.allow === null ? null : rangesHave(policy.allow, port) ? 'allow' : 'deny';
  const rule = ruleFor(policy, protocol, port);
  const because: Because[] = intended.ownSegment ? [] : [...deciding.decidedBy];
  for (const reason of deciding.doubts) because.push({ kind: 'reason', text: reason, line: null });
  if (rule) because.push({ kind: 'policy', text: rule.why, line: toConfigLine(rule.span) });
  else if (allowed === 'deny' && intended.ownSegment)
    because.push({ kind: 'policy', text: 'no rule of the policy allows it', line: null });
  const { sighting, observation } = result;
  if (sighting && observation) because.push(observationRef(context, sighting, observation, ports));
  if (sighting?.canaryNote && observation?.state === 'filtered')
    because.push({ kind: 'canary', text: sighting.canaryNote, line: null });
  if (result.waiver)
    because.push({
      kind: 'reason',
      text: `waived until ${result.waiver.until} by ${result.waiver.owner}: ${result.waiver.why}`,
      line: toConfigLine(result.waiver.span),
    });
  const own = intended.ownSegment;
  return {
    vantage: vantage.name,
    target: target.name,
    protocol,
    ports,
    intended: own
      ? allowed === 'allow'
        ? 'permit'
        : allowed === 'deny'
          ? 'deny'
          : 'undetermined'
      : deciding.verdict,
    config: own ? null : deciding.verdict,
    policy: allowed,
    observed: observation?.state ?? 'unobserved',
    verdict: result.judgement.verdict,
    confidence: result.judgement.confidence,
    severity: result.judgement.severity,
    message: result.judgement.message,
    because,
  };
}

function observationRef(
  context: FlowContext,
  sighting: Sighting,
  observation: Observation,
  ports: PortSet,
): ObservationRef {
  return {
    kind: 'observation',
    evidence: sighting.file.file,
    vantage: context.vantage.name,
    target: context.target.name,
    ports,
    state: observation.state,
    reason: observation.reason,
    icmp: observation.icmp,
    at: observation.at,
  };
}

const waiverHas = (w: Waiver, context: FlowContext, port: number): boolean =>
  (w.vantage === null || w.vantage === context.vantage.name) &&
  (w.target === null || w.target === context.target.name) &&
  (w.ports === null || rangesHave(w.ports, port));

/** Waivers of findings that are no flow's: a lint rule, a contradiction, a listener. Flows are waived port by port. */
function applyWaivers(input: AuditInput, findings: readonly AuditFinding[]): readonly AuditFinding[] {
  return findings.map((finding) => {
    if (finding.waived !== null) return finding;
    const waiver = input.site.waivers.find((w) => w.until >= input.today && waives(w, finding));
    return waiver
      ? { ...finding, waived: { owner: waiver.owner, why: waiver.why, until: waiver.until } }
      : finding;
  });
}

const waives = (w: Waiver, finding: AuditFinding): boolean =>
  w.finding === finding.kind &&
  (w.vantage === null || w.vantage === finding.vantage) &&
  (w.target === null || w.target === finding.target) &&
  (w.ports === null || (finding.ports !== null && subtractRanges(finding.ports, w.ports).length === 0));

/** A waiver that nothing needs: mended by now, or mistyped. */
function idleWaivers(input: AuditInput, findings: readonly AuditFinding[]): readonly AuditFinding[] {
  return input.site.waivers
    .filter((w) => w.until >= input.today && !findings.some((f) => waives(w, f)))
    .map((w) => ({
      kind: 'waiver-idle',
      severity: 'info',
      message: `the waiver of "${w.finding}" by ${w.owner} applies to nothing that was found`,
      line: toConfigLine(w.span),
      observations: [],
      vantage: w.vantage,
      target: w.target,
      ports: w.ports,
      mend: 'remove it if the finding is mended; else check the kind, vantage, target and ports',
      waived: null,
    }));
}

const sortFindings = (findings: readonly AuditFinding[]): readonly AuditFinding[] =>
  [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));

function countBy(
  flows: readonly AuditFlow[],
  weight: (flow: AuditFlow) => number,
): Record<FlowVerdict, number> {
  const counts: Record<FlowVerdict, number> = { pass: 0, fail: 0, undetermined: 0, waived: 0 };
  for (const flow of flows) counts[flow.verdict] += weight(flow);
  return counts;
}

function overallVerdict(
  flows: readonly AuditFlow[],
  findings: readonly AuditFinding[],
): AuditResult['summary']['verdict'] {
  if (
    flows.some((f) => f.verdict === 'fail') ||
    findings.some((f) => f.waived === null && atLeast(f.severity, 'high'))
  )
    return 'differs';
  if (
    flows.some((f) => f.verdict === 'undetermined') ||
    findings.some((f) => f.kind === 'unconfirmed-policy' || f.kind === 'incomplete-evidence')
  )
    return 'incomplete';
  return 'conforms';
}
