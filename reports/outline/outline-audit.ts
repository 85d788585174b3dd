import {
  type AuditFinding,
  type AuditResult,
  type AuditSummary,
  type FlowVerdict,
  isReachable,
} from '../../src/model/audit.ts';
import { SEVERITIES } from '../../src/model/finding.ts';
import { type AlikeFlows, beyondFlow, summariseAlike, type ToldFlow, tellAudit } from '../audit-story.ts';
import { joinMembers } from '../join-members.ts';
import type { AuditReport } from '../report.ts';
import {
  describeBecause,
  describeFlow,
  describeObservation,
  describePorts,
  formatCount,
  plural,
  toneOfCoverage,
  toneOfSeverity,
} from '../wording.ts';
import { type Block, type Fact, heading, line, type Row, type Tone, tone } from './outline.ts';

export const AUDIT_WORD: Readonly<Record<AuditSummary['verdict'], readonly [word: string, tone: Tone]>> = {
  conforms: ['CONFORMS', 'good'],
  differs: ['DIFFERS', 'bad'],
  incomplete: ['INCOMPLETE', 'warn'],
};

const SUMMARY_ORDER: readonly FlowVerdict[] = ['fail', 'undetermined', 'waived', 'pass'];

/** What the verdict stands on, in three numbers. */
function summariseAudit({ summary: s, coverage }: AuditResult): readonly Fact[] {
  const flows = SUMMARY_ORDER.filter((v) => s.flows[v] > 0).map(
    (v) => `${s.flows[v]} ${v} (${plural(s.ports[v], 'port')})`,
  );
  return [
    { label: 'flows', value: [flows.length === 0 ? 'none' : flows.join(', ')] },
    { label: 'findings', value: [countFindings(s)] },
    {
      label: 'coverage',
      value: [
        coverage.some(isReachable)
          ? `${Math.round(s.coveragePercent)}% of the list lines that probes can reach are proven`
          : 'probes can reach no line of the lists',
      ],
    },
  ];
}

/** `4 high, 1 medium`, or `none`. */
export const countFindings = (s: AuditSummary): string =>
  SEVERITIES.filter((x) => s.findings[x] > 0)
    .map((x) => `${s.findings[x]} ${x}`)
    .join(', ') || 'none';

function findingFacts(f: AuditFinding): Fact[] {
  const facts: Fact[] = [];
  if (f.line !== null) facts.push({ label: 'line', value: [line(f.line)] });
  for (const o of f.observations) facts.push({ label: 'observed', value: [describeObservation(o)] });
  if (f.waived !== null) {
    facts.push({ label: 'waived', value: [`until ${f.waived.until} by ${f.waived.owner}: ${f.waived.why}`] });
  }
  if (f.mend !== null) facts.push({ label: 'to do', value: [f.mend] });
  return facts;
}

function toldBlock({ flow, findings }: ToldFlow): Block {
  const facts: Fact[] = [
    {
      label: 'flow',
      value: [
        `intended ${flow.intended} (config ${flow.config ?? 'does not apply'}, policy ${flow.policy ?? 'silent'}), observed ${flow.observed}, ${flow.confidence}`,
      ],
    },
    ...flow.because.map(describeBecause),
  ];
  for (const f of findings) {
    const more = beyondFlow(f, flow);
    if (more !== null) facts.push({ label: 'finding', value: [`${f.kind}: ${more}`] });
    if (f.waived !== null) {
      facts.push({
        label: 'waived',
        value: [`until ${f.waived.until} by ${f.waived.owner}: ${f.waived.why}`],
      });
    }
    if (f.mend !== null) facts.push({ label: 'to do', value: [f.mend] });
  }
  const severity = flow.severity === null ? '' : ` ${flow.severity}`;
  const toneOf: Readonly<Record<FlowVerdict, Tone>> = {
    fail: toneOfSeverity(flow.severity ?? 'high'),
    undetermined: 'warn',
    waived: 'quiet',
    pass: 'good',
  };
  return {
    kind: 'finding',
    tone: toneOf[flow.verdict],
    label: `${flow.verdict.toUpperCase()}${severity}`,
    rule: describeFlow(flow),
    message: flow.message,
    facts,
  };
}

export const auditFindingBlock = (f: AuditFinding): Block => ({
  kind: 'finding',
  tone: toneOfSeverity(f.severity),
  label: f.severity,
  rule: f.kind,
  message: f.message,
  facts: findingFacts(f),
});

const alikeRow = (a: AlikeFlows): Row => ({
  cells: [
    [`${a.vantage} -> ${a.target}`],
    [formatCount(a.count)],
    [`${a.protocol}/${describePorts(a.ports, 4)}`],
    [a.intended],
    [a.observed],
    [a.confidence],
  ],
});

const alikeTable = (flows: readonly AlikeFlows[]): readonly Block[] =>
  flows.length === 0
    ? []
    : [
        {
          kind: 'table',
          columns: [
            { title: 'Flow' },
            { title: 'Ports', align: 'right' },
            { title: 'Which' },
            { title: 'Intended' },
            { title: 'Observed' },
            { title: 'Confidence' },
          ],
          rows: flows.map(alikeRow),
        },
      ];

function comparisonBlocks(report: AuditReport): readonly Block[] {
  const c = report.comparison;
  if (c === null) return [];
  return [
    heading(
      `Since ${c.baseline}: ${plural(c.added.length, 'new finding')}, ${c.fixed.length} fixed, ${c.unchanged.length} unchanged`,
    ),
    {
      kind: 'list',
      items: [
        ...c.added.map((f) => [tone('bad', 'new '), `${f.severity} ${f.kind}: ${f.message}`]),
        ...c.fixed.map((f) => [tone('good', 'fixed '), `${f.severity} ${f.kind}: ${f.message}`]),
      ],
    },
  ];
}

function coverageBlocks(report: AuditReport): readonly Block[] {
  const { coverage, summary } = report.result;
  if (coverage.length === 0) return [];
  return [
    heading(
      coverage.some(isReachable)
        ? `Access list lines: ${Math.round(summary.coveragePercent)}% of those that probes can reach are proven`
        : 'Access list lines: probes can reach none of them',
    ),
    {
      kind: 'listing',
      rows: coverage.map((c) => ({
        line: c.line,
        tone: toneOfCoverage(c.status),
        word: c.status,
        note: c.reason,
      })),
    },
  ];
}

function evidenceBlocks(report: AuditReport): readonly Block[] {
  const { evidence } = report.result;
  if (evidence.length === 0) return [];
  return [
    heading('Evidence'),
    {
      kind: 'table',
      columns: [
        { title: 'Vantage' },
        { title: 'File' },
        { title: 'From' },
        { title: 'Time' },
        { title: 'State' },
      ],
      rows: evidence.map((e) => ({
        cells: [
          [e.vantage],
          [e.file],
          [e.tool === null ? e.via : `${e.via}, ${e.tool}`],
          [
            e.started === null
              ? 'time not recorded'
              : `${e.started}${e.ended === null ? '' : ` to ${e.ended}`}`,
          ],
          [e.complete ? 'complete' : tone('warn', 'incomplete')],
        ],
      })),
    },
    {
      kind: 'list',
      items: evidence.flatMap((e) => e.notes.map((n) => [`${e.file}: ${n}`])),
    },
  ];
}

export function outlineAudit(whole: AuditReport): readonly Block[] {
  const report = joinMembers(whole);
  const { result } = report;
  const story = tellAudit(result);
  const [word, verdictTone] = AUDIT_WORD[result.summary.verdict];
  const blocks: Block[] = [
    { kind: 'verdict', tone: verdictTone, word, text: result.site, facts: summariseAudit(result) },
    ...comparisonBlocks(report),
  ];
  const section = (title: string, content: readonly Block[]): void => {
    if (content.length > 0) blocks.push(heading(title), ...content);
  };
  section('Failing flows', story.failing.map(toldBlock));
  section('Further findings', story.furtherFindings.map(auditFindingBlock));
  section('Undetermined flows', story.undetermined.map(toldBlock));
  section('Waived flows', story.waived.map(toldBlock));
  section('Flows that nobody observed', alikeTable(summariseAlike(story.unseen)));
  section('Passing flows', alikeTable(story.passing));
  return [...blocks, ...coverageBlocks(report), ...evidenceBlocks(report)];
}
