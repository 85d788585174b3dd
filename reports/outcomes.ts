import type { ConfigLine } from '../src/diagnostics/source-span.ts';
import type { AuditFinding, AuditFlow, FlowVerdict } from '../src/model/audit.ts';
import type { ItemOutcome, ItemResult, RiskLevel } from '../src/model/checklist.ts';
import { atLeast, type LintFinding, type Severity } from '../src/model/finding.ts';
import { formatRanges } from '../src/model/ports.ts';
import { beyondFlow, type ToldFlow, tellAudit } from './audit-story.ts';
import { outlineReport } from './outline/outline-report.ts';
import type { AuditReport, ChecklistReport, LintReport, Report, ReviewReport } from './report.ts';
import { describeFlow, describePacket } from './wording.ts';

/** One thing that a machine reader (a code host, a CI) shows as passed or not. */
export interface Outcome {
  /** `vantage -> target` for flows, the list's name for lines. */
  readonly group: string;
  /** Stable id of the rule, finding kind or hazard kind. */
  readonly rule: string;
  readonly name: string;
  readonly message: string;
  readonly result: FlowVerdict | 'not-applicable';
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
export const OUTCOME_KINDS = ['lint', 'review', 'audit', 'checklist'] as const;
export type OutcomeReport = LintReport | ReviewReport | AuditReport | ChecklistReport;
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
  const more = first === undefined ? null : beyondFlow(first, flow);
  return {
    ...BLANK,
    group: `${flow.vantage} -> ${flow.target} ${flow.protocol}`,
    rule: first?.kind ?? RULE_OF_FLOW[flow.verdict],
    name: describeFlow(flow),
    message: more === null ? flow.message : `${flow.message}; ${more}`,
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
    ...story.unseen.map((f) => flowOutcome(f, [], aclOf)),
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
      name: h.step === 0 ? h.kind : `${h.kind} at step ${h.step}`,
      message: h.step === 0 ? h.message : `step ${h.step}, ${h.command}: ${h.message}`,
      result: atLeast(h.severity, report.floor) ? 'fail' : 'pass',
      severity: h.severity,
      line: h.line,
      input: 'snippet',
      place: h.step === 0 ? null : `step ${h.step}`,
      more: [h.command],
    }),
  ),
  ...report.result.findings.map((f) => lintOutcome(f, report.floor)),
];

const RESULT_OF_ITEM: Readonly<Record<ItemResult, Outcome['result']>> = {
  pass: 'pass',
  fail: 'fail',
  undetermined: 'undetermined',
  'not-assessed': 'undetermined',
  'not-applicable': 'not-applicable',
};

const SEVERITY_OF_RISK: Readonly<Record<RiskLevel, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  'very-low': 'info',
  none: 'info',
};

function itemOutcome(o: ItemOutcome): Outcome {
  const lines = o.statements.filter((s) => s.kind === 'breaks').flatMap((s) => s.lines);
  return {
    ...BLANK,
    group: 'checklist',
    rule: `item-${o.item.id}`,
    name: `${o.item.id} ${o.item.title}`,
    message: o.summary,
    result: RESULT_OF_ITEM[o.result],
    severity: o.result === 'fail' ? SEVERITY_OF_RISK[o.residual] : null,
    line: lines[0] ?? null,
    related: lines.slice(1),
    mend: o.result === 'fail' ? o.item.mitigation : null,
    input: 'site',
    more: [o.item.title],
  };
}

export function outcomesOf(report: OutcomeReport): readonly Outcome[] {
  switch (report.kind) {
    case 'lint':
      return report.findings.map((f) => lintOutcome(f, report.floor));
    case 'review':
      return reviewOutcomes(report);
    case 'audit':
      return auditOutcomes(report);
    case 'checklist':
      return report.result.outcomes.map(itemOutcome);
  }
}

/** The document's own verdict in one line, for a reader that shows nothing else. */
export function verdictLine(report: Report): string {
  const [first] = outlineReport(report);
  return first?.kind === 'verdict' ? `${first.word}: ${first.text}` : '';
}
