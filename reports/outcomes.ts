import type { ConfigLine } from '../src/diagnostics/source-span.ts';
import type { AuditFinding, AuditFlow, FlowVerdict } from '../src/model/audit.ts';
import { atLeast, type LintFinding, type Severity } from '../src/model/finding.ts';
import { formatRanges } from '../src/model/ports.ts';
import { tellAudit, type ToldFlow } from './audit-story.ts';
import { outlineReport } from './outline/outline-report.ts';
import type { AuditReport, LintReport, Report, ReviewReport } from './report.ts';
import { describeFlow, describePacket } from './wording.ts';

/** One thing that a machine reader (a code host, a CI) shows as passed or not. */
export interface Outcome {
  /** `vantage -> target` for flows, the list's name for lines. */
  readonly group: string;
  /** Stable id of the rule, finding kind or hazard kind. */
  readonly rule: string;
  readonly name: string;
  readonly message: string;
  readonly result: FlowVerdict;
  readonly severity: Severity | null;
  readonly acl: string | null;
  readonly line: ConfigLine | null;
  readonly related: readonly ConfigLine[];
  readonly mend: string | null;
  /** Where it stands when it stands on no line: the role of the input. */
  readonly input: 'config' | 'site' | 'snippet';
  readonly place: string | null;
  /** What tells it apart beyond rule, list and line text. */
  readonly more: readonly string[];
  readonly waived: AuditFinding['waived'];
}

/** The documents that consist of such outcomes. */
export const OUTCOME_KINDS = ['lint', 'review', 'audit'] as const;
export type OutcomeReport = LintReport | ReviewReport | AuditReport;
export const hasOutcomes = (report: Report): report is OutcomeReport =>
  OUTCOME_KINDS.some((k) => k === report.kind);

const BLANK = {
  related: [],
  mend: null,
  place: null,
  more: [],
  waived: null,
  acl: null,
  line: null,
} satisfies Partial<Outcome>;

const lintOutcome = (f: LintFinding, floor: Severity): Outcome => ({
  ...BLANK,
  group: f.acl === null ? 'configuration' : `list ${f.acl}`,
  rule: f.rule,
  name: `${f.rule}${f.line === null ? '' : ` ${f.line.file}:${f.line.line}`}`,
  message: f.witness === null ? f.message : `${f.message} (witness: ${describePacket(f.witness)})`,
  result: atLeast(f.severity, floor) ? 'fail' : 'pass',
  severity: f.severity,
  acl: f.acl,
  line: f.line,
  related: f.related,
  input: 'config',
});

const isLine = (b: AuditFlow['because'][number]): b is ConfigLine =>
  b !== null && !('kind' in b) && !('implicitDeny' in b);

/** Where no finding gives the flow its kind. */
const RULE_OF_FLOW: Readonly<Record<FlowVerdict, string>> = {
  pass: 'flow-conforms',
  fail: 'flow-differs',
  undetermined: 'flow-undetermined',
  waived: 'flow-waived',
};

function flowOutcome(flow: AuditFlow, findings: readonly AuditFinding[], aclOf: AclOf): Outcome {
  const [first] = findings;
  const line = flow.because.find(isLine) ?? first?.line ?? null;
  return {
    ...BLANK,
    group: `${flow.vantage} -> ${flow.target} ${flow.protocol}`,
    rule: first?.kind ?? RULE_OF_FLOW[flow.verdict],
    name: describeFlow(flow),
    message:
      first === undefined || first.message === flow.message
        ? flow.message
        : `${flow.message}; ${first.message}`,
    result: flow.verdict,
    severity: flow.severity,
    acl: aclOf(line),
    line,
    mend: findings.find((f) => f.mend !== null)?.mend ?? null,
    input: 'site',
    more: [flow.vantage, flow.target, flow.protocol, formatRanges(flow.ports)],
    waived: findings.find((f) => f.waived !== null)?.waived ?? null,
  };
}

const findingOutcome = (f: AuditFinding, aclOf: AclOf): Outcome => ({
  ...BLANK,
  group: 'findings',
  rule: f.kind,
  name: `${f.kind}${f.line === null ? '' : ` ${f.line.file}:${f.line.line}`}`,
  message: f.message,
  result: f.waived !== null ? 'waived' : atLeast(f.severity, 'high') ? 'fail' : 'pass',
  severity: f.severity,
  acl: aclOf(f.line),
  line: f.line,
  mend: f.mend,
  input: 'site',
  more: [f.vantage ?? '', f.target ?? '', f.ports === null ? '' : formatRanges(f.ports)],
  waived: f.waived,
});

type AclOf = (line: ConfigLine | null) => string | null;

function auditOutcomes(report: AuditReport): readonly Outcome[] {
  const acls = new Map(report.result.coverage.map((c) => [`${c.line.file}\n${c.line.line}`, c.acl]));
  const aclOf: AclOf = (l) => (l === null ? null : (acls.get(`${l.file}\n${l.line}`) ?? null));
  const story = tellAudit(report.result);
  const told = ({ flow, findings }: ToldFlow) => [
    flowOutcome(flow, findings, aclOf),
    ...findings.slice(1).map((f) => findingOutcome(f, aclOf)),
  ];
  return [
    ...story.failing.flatMap(told),
    ...story.undetermined.flatMap(told),
    ...story.waived.flatMap(told),
    ...report.result.flows.filter((f) => f.verdict === 'pass').map((f) => flowOutcome(f, [], aclOf)),
    ...story.furtherFindings.map((f) => findingOutcome(f, aclOf)),
  ];
}

const reviewOutcomes = (report: ReviewReport): readonly Outcome[] => [
  ...report.result.hazards.map(
    (h): Outcome => ({
      ...BLANK,
      group: 'hazards',
      rule: h.kind,
      name: `${h.kind} at step ${h.step}`,
      message: `step ${h.step}, ${h.command}: ${h.message}`,
      result: atLeast(h.severity, report.floor) ? 'fail' : 'pass',
      severity: h.severity,
      input: 'snippet',
      place: `step ${h.step}`,
      more: [h.command],
    }),
  ),
  ...report.result.findings.map((f) => lintOutcome(f, report.floor)),
];

export function outcomesOf(report: OutcomeReport): readonly Outcome[] {
  switch (report.kind) {
    case 'lint':
      return report.findings.map((f) => lintOutcome(f, report.floor));
    case 'review':
      return reviewOutcomes(report);
    case 'audit':
      return auditOutcomes(report);
  }
}

/** The document's own verdict in one line, for a reader that shows nothing else. */
export function verdictLine(report: Report): string {
  const [first] = outlineReport(report);
  return first?.kind === 'verdict' ? `${first.word}: ${first.text}` : '';
}
