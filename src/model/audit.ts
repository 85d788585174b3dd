import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { IcmpAnswer, ObservedState } from './evidence.ts';
import type { DecidedBy, Severity, Verdict } from './finding.ts';
import type { PortSet } from './ports.ts';
import type { PortProtocol } from './site.ts';

export type FlowVerdict = 'pass' | 'fail' | 'undetermined' | 'waived';

/** `proven` by a packet, `consistent` with silence between good canaries, `tainted` where canaries failed or lack. */
export type Confidence = 'proven' | 'consistent' | 'tainted' | 'none';

/** A pointer to the evidence that a verdict rests on. */
export interface ObservationRef {
  readonly kind: 'observation';
  /** Evidence file as given on the command line. */
  readonly evidence: string;
  readonly vantage: string;
  readonly target: string;
  readonly ports: PortSet;
  readonly state: ObservedState;
  readonly reason: string;
  readonly icmp: IcmpAnswer | null;
  readonly at: string | null;
}

/** A policy rule, a canary or another plain reason. */
export interface ReasonRef {
  readonly kind: 'policy' | 'canary' | 'assumption' | 'reason';
  readonly text: string;
  /** Policy rules stand in the site file. */
  readonly line: ConfigLine | null;
}

export type Because = DecidedBy | ObservationRef | ReasonRef;

/** One run of ports of one vantage × target × protocol with the same result. */
export interface AuditFlow {
  readonly vantage: string;
  readonly target: string;
  readonly protocol: PortProtocol;
  readonly ports: PortSet;
  readonly intended: Verdict;
  /** null on the target's own segment. */
  readonly config: Verdict | null;
  readonly policy: 'allow' | 'deny' | null;
  readonly observed: ObservedState;
  readonly verdict: FlowVerdict;
  readonly confidence: Confidence;
  readonly severity: Severity | null;
  /** What denies it, as a clause, where it is not a list alone: a missing route, an interface that is shut down. */
  readonly cause?: string;
  /** One sentence that says why. */
  readonly message: string;
  readonly because: readonly Because[];
}

export interface AuditFinding {
  /** Stable id, e.g. `exposed`, `bypassed`, `policy-contradicts-config`, `dead-permit`, `evidence-names-other-address`. */
  readonly kind: string;
  readonly severity: Severity;
  readonly message: string;
  readonly line: ConfigLine | null;
  readonly observations: readonly ObservationRef[];
  readonly vantage: string | null;
  readonly target: string | null;
  readonly ports: PortSet | null;
  readonly mend: string | null;
  /** Until when and by whom it is accepted, null where it is not. */
  readonly waived: { readonly owner: string; readonly why: string; readonly until: string } | null;
}

export type CoverageStatus = 'proven' | 'contradicted' | 'unprobed' | 'unprobeable' | 'dead';

/** What the probes say about one ACE. */
export interface AceCoverage {
  readonly acl: string;
  readonly line: ConfigLine;
  readonly status: CoverageStatus;
  readonly reason: string;
}

/** Whether some probe from an audited vantage can meet the line. */
export const isReachable = ({ status }: AceCoverage): boolean =>
  status === 'proven' || status === 'contradicted' || status === 'unprobed';

export interface AuditSummary {
  readonly verdict: 'conforms' | 'differs' | 'incomplete';
  readonly flows: Readonly<Record<FlowVerdict, number>>;
  /** Ports over all flows, by verdict. */
  readonly ports: Readonly<Record<FlowVerdict, number>>;
  readonly findings: Readonly<Record<Severity, number>>;
  /** ACEs that probes proved, of those that probes could reach; 0–100. */
  readonly coveragePercent: number;
}

export interface AuditResult {
  readonly site: string;
  readonly flows: readonly AuditFlow[];
  readonly findings: readonly AuditFinding[];
  readonly coverage: readonly AceCoverage[];
  readonly summary: AuditSummary;
  readonly evidence: readonly {
    readonly file: string;
    readonly sha256: string;
    readonly vantage: string;
    readonly via: string;
    readonly tool: string | null;
    readonly started: string | null;
    readonly ended: string | null;
    readonly complete: boolean;
    readonly notes: readonly string[];
  }[];
  readonly assumptions: readonly string[];
}
