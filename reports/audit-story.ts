import type { AuditFinding, AuditFlow, AuditResult, Confidence, FlowVerdict } from '../src/model/audit.ts';
import type { ObservedState } from '../src/model/evidence.ts';
import { SEVERITIES, type Severity, type Verdict } from '../src/model/finding.ts';
import { countRanges, intersectRanges, type PortSet, toRanges } from '../src/model/ports.ts';
import type { FlowKey } from './report.ts';

/** A flow that is told in full, with the findings that say the same thing about it. */
export interface ToldFlow {
  readonly flow: AuditFlow;
  readonly findings: readonly AuditFinding[];
}

/** Flows of one vantage × target × protocol that turned out alike, told in one row. */
export interface AlikeFlows extends FlowKey {
  readonly intended: Verdict;
  readonly observed: ObservedState;
  readonly confidence: Confidence;
  readonly ports: PortSet;
  readonly count: number;
}

/** The order in which an audit is told: what fails, what else was found, what is open, what is accepted, what passes. */
export interface AuditStory {
  readonly failing: readonly ToldFlow[];
  /** Observed, or doubtful in the model, and yet undecided. */
  readonly undetermined: readonly ToldFlow[];
  /** Undetermined only because nobody looked: told in rows, they can be many. */
  readonly unseen: readonly AuditFlow[];
  readonly waived: readonly ToldFlow[];
  readonly passing: readonly AlikeFlows[];
  /** Findings that no failing or waived flow carries, gravest first. */
  readonly furtherFindings: readonly AuditFinding[];
}

const rank = (s: Severity | null): number => (s === null ? SEVERITIES.length : SEVERITIES.indexOf(s));

export const gravestFirst = <T extends { readonly severity: Severity | null }>(
  items: readonly T[],
): readonly T[] => [...items].sort((a, b) => rank(a.severity) - rank(b.severity));

const placeOf = ({ vantage, target }: Pick<AuditFinding, 'vantage' | 'target'>): string =>
  JSON.stringify([vantage, target]);

/** Findings that may speak of a flow, by where from and whereto: there can be thousands of both. */
function findingsByPlace(findings: readonly AuditFinding[]): ReadonlyMap<string, readonly AuditFinding[]> {
  const places = new Map<string, AuditFinding[]>();
  for (const finding of findings) {
    const known = places.get(placeOf(finding));
    if (known) known.push(finding);
    else places.set(placeOf(finding), [finding]);
  }
  return places;
}

const speaksOf = (finding: AuditFinding, flow: AuditFlow): boolean =>
  finding.ports !== null && intersectRanges(finding.ports, flow.ports).length > 0;

export function summariseAlike(flows: readonly AuditFlow[]): readonly AlikeFlows[] {
  const groups = new Map<string, AuditFlow[]>();
  for (const f of flows) {
    const key = JSON.stringify([f.vantage, f.target, f.protocol, f.intended, f.observed, f.confidence]);
    const group = groups.get(key);
    if (group) group.push(f);
    else groups.set(key, [f]);
  }
  return [...groups.values()].map((alike) => {
    const { vantage, target, protocol, intended, observed, confidence } = alike[0]!;
    const ports = toRanges(alike.flatMap((f) => f.ports));
    return { vantage, target, protocol, intended, observed, confidence, ports, count: countRanges(ports) };
  });
}

const isUnseen = (f: AuditFlow): boolean =>
  f.observed === 'unobserved' &&
  f.intended !== 'undetermined' &&
  !f.because.some((b) => b !== null && 'kind' in b && b.kind === 'observation');

/** What a finding says beyond its flow's own sentence; null when it only repeats it. */
export function beyondFlow(finding: AuditFinding, flow: AuditFlow): string | null {
  const own = `${flow.vantage} -> ${flow.target} `;
  const at = finding.message.startsWith(own) ? finding.message.indexOf(': ') : -1;
  const said = at < 0 ? finding.message : finding.message.slice(at + 2);
  if (said === flow.message) return null;
  return said.startsWith(`${flow.message}; `) ? said.slice(flow.message.length + 2) : said;
}

export function tellAudit(result: AuditResult): AuditStory {
  const told = new Set<AuditFinding>();
  const byPlace = findingsByPlace(result.findings);
  const tell = (verdict: FlowVerdict): readonly ToldFlow[] =>
    gravestFirst(result.flows.filter((f) => f.verdict === verdict)).map((flow) => {
      const near = byPlace.get(placeOf(flow)) ?? [];
      const findings = near.filter((x) => !told.has(x) && speaksOf(x, flow));
      for (const x of findings) told.add(x);
      return { flow, findings };
    });
  const failing = tell('fail');
  const open = result.flows.filter((f) => f.verdict === 'undetermined');
  const unseen = open.filter(isUnseen);
  const waived = tell('waived');
  return {
    failing,
    // A finding is graver than an open question and would be lost inside one: it stands by itself.
    undetermined: open.filter((f) => !isUnseen(f)).map((flow) => ({ flow, findings: [] })),
    unseen,
    waived,
    passing: summariseAlike(result.flows.filter((f) => f.verdict === 'pass')),
    furtherFindings: gravestFirst(result.findings.filter((x) => !told.has(x))),
  };
}
