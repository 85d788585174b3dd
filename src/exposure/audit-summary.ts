import type { AuditFinding, AuditFlow, AuditResult, AuditSummary, FlowVerdict } from '../model/audit.ts';
import { atLeast, SEVERITIES, type Severity } from '../model/finding.ts';
import { countRanges } from '../model/ports.ts';

/** Findings that leave an audit incomplete, whatever its flows say: it rests on a draft, on half a scan, or on an old one. */
const INCOMPLETE_KINDS: ReadonlySet<string> = new Set([
  'unconfirmed-policy',
  'incomplete-evidence',
  'stale-evidence',
]);

export function summarise(
  flows: readonly AuditFlow[],
  findings: readonly AuditFinding[],
  coveragePercent: number,
): AuditSummary {
  return {
    verdict: overallVerdict(flows, findings),
    flows: countBy(flows, () => 1),
    ports: countBy(flows, (f) => countRanges(f.ports)),
    findings: Object.fromEntries(
      SEVERITIES.map((s) => [s, findings.filter((f) => f.severity === s && f.waived === null).length]),
    ) as Record<Severity, number>,
    coveragePercent,
  };
}

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
  // An audit of nothing proves nothing.
  if (
    flows.length === 0 ||
    flows.some((f) => f.verdict === 'undetermined') ||
    findings.some((f) => f.waived === null && INCOMPLETE_KINDS.has(f.kind))
  )
    return 'incomplete';
  return 'conforms';
}

export const gravestFirst = (findings: readonly AuditFinding[]): readonly AuditFinding[] =>
  [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
