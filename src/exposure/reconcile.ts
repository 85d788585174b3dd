import type { AuditResult } from '../model/audit.ts';
import type { PortProtocol, Target, Vantage } from '../model/site.ts';
import { flowFinding, lintAsFinding, listenerFindings, unconfirmedFindings } from './audit-findings.ts';
import { gravestFirst, summarise } from './audit-summary.ts';
import { coverLines, deadLinesWithHits } from './coverage.ts';
import { evidenceFindings } from './evidence-findings.ts';
import { intendedFlow } from './intended.ts';
import { judgeFlows } from './judge-flows.ts';
import { findLogContradictions } from './logged-hits.ts';
import { type Owners, ownersBehind } from './owners.ts';
import { policyView } from './policy.ts';
import { findPolicyContradictions } from './policy-contradictions.ts';
import { findBindingDrift, findListDrift } from './router-evidence.ts';
import { findDeniedSessions } from './sessions.ts';
import { type AuditInput, type FlowContext, toSighting } from './sightings.ts';
import { ingressOf, viewerOf } from './viewer.ts';
import { applyWaivers, waiverFindings } from './waivers.ts';

/** Reconciles what the network should do with what was seen: one verdict per flow, and what follows from them. */
export function auditSite(input: AuditInput): AuditResult {
  const { site } = input;
  const vantages = [...site.vantages.values()].filter(
    (v) => input.vantages === null || input.vantages.includes(v.name),
  );
  const contexts = vantages.flatMap((vantage) => {
    const owners = ownersBehind(site, ingressOf(input.network, vantage));
    return [...site.targets.values()].flatMap((target) =>
      protocolsOf(input, vantage, target).map((protocol) =>
        buildContext(input, vantage, owners, target, protocol),
      ),
    );
  });
  const judged = contexts.flatMap((context) => judgeFlows(input, context, contexts));
  const flows = judged.map((j) => j.flow);
  const found = applyWaivers(input, [
    ...judged.flatMap((j) => flowFinding(input, j)),
    ...findPolicyContradictions(input, contexts),
    ...input.lint.map(lintAsFinding),
    ...evidenceFindings(input, contexts),
    ...findDeniedSessions(input),
    ...findBindingDrift(input),
    ...findListDrift(input),
    ...findLogContradictions(input),
    ...deadLinesWithHits(input),
    ...listenerFindings(input),
    ...unconfirmedFindings(contexts),
  ]);
  const findings = gravestFirst([...found, ...waiverFindings(input, found)]);
  const coverage = coverLines(input, contexts, judged);
  return {
    site: site.name,
    flows,
    findings,
    coverage: coverage.lines,
    summary: summarise(flows, findings, coverage.percent),
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
  owners: Owners,
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
          .flatMap((part) => toSighting(input, vantage, viewer, owners, target, file, part)),
      ),
  };
}
