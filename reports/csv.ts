import type { ConfigLine } from '../src/diagnostics/source-span.ts';
import type { DecidedBy } from '../src/model/finding.ts';
import { countRanges, type PortSet } from '../src/model/ports.ts';
import type { ChangedReach, ChangedSpace } from '../src/model/review.ts';
import { countFindings } from './outline/outline-audit.ts';
import {
  type AuditReport,
  type ChecklistReport,
  type ExplainReport,
  type HistoryReport,
  type IntendedReport,
  type LintReport,
  REPORT_KINDS,
  type Report,
  type ReviewReport,
} from './report.ts';
import type { ReportFormat } from './report-format.ts';
import { forCsv } from './untrusted.ts';
import { describeSources } from './wording.ts';

type Cell = string | number | null;
interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** All of them, in a form without commas: `1-109 111-65535`. */
const portCell = (ports: PortSet | null): string =>
  ports === null ? '' : ports.map(([lo, hi]) => (lo === hi ? `${lo}` : `${lo}-${hi}`)).join(' ');

const LINE_COLUMNS = ['file', 'line', 'text'] as const;
const lineCells = (l: ConfigLine | null): readonly Cell[] =>
  l === null ? ['', '', ''] : [l.file, l.line, l.text];

function deciderCells(d: DecidedBy): readonly Cell[] {
  if (d === null) return ['', '', ''];
  return 'implicitDeny' in d ? ['', '', `implicit deny of ${d.acl}`] : lineCells(d);
}

const REVIEW_COLUMNS = [
  'kind',
  'severity',
  'step',
  'interface',
  'direction',
  'protocol',
  'source',
  'source_ports',
  'destination',
  'destination_ports',
  'condition',
  'packets',
  'message',
  ...LINE_COLUMNS,
] as const;

const spaceRow = (kind: string, s: ChangedSpace): readonly Cell[] => [
  kind,
  '',
  '',
  s.interface,
  s.direction,
  s.protocols === undefined ? s.protocol : portCell(s.protocols),
  s.sources?.join('; ') ?? s.source,
  portCell(s.sourcePorts),
  s.destinations?.join('; ') ?? s.destination,
  portCell(s.destinationPorts),
  [
    s.tcpFlags,
    s.icmp === null ? null : `type ${s.icmp.type}${s.icmp.code === null ? '' : ` code ${s.icmp.code}`}`,
    s.condition ?? null,
  ]
    .filter((x) => x !== null)
    .join(' '),
  s.packets,
  '',
  ...deciderCells(kind.startsWith('gained') ? s.after : s.before),
];

const blanks = (n: number): readonly Cell[] => new Array<Cell>(n).fill('');

/** Names of vantage and target stand where addresses do; no cells where no port is concerned. */
function reachRow(
  kind: string,
  r: ChangedReach,
  ports: PortSet,
  sources: readonly string[],
): readonly Cell[] {
  if (ports.length === 0) return [];
  const of = sources.length === 0 ? '' : `of ${r.vantage}: ${describeSources(sources)}`;
  return [kind, ...blanks(4), r.protocol, r.vantage, '', r.target, portCell(ports), '', '', of, ...blanks(3)];
}

const lintSheet = (report: LintReport): Sheet => ({
  columns: ['severity', 'rule', 'acl', 'message', ...LINE_COLUMNS],
  rows: report.findings.map((f) => [f.severity, f.rule, f.acl, f.message, ...lineCells(f.line)]),
});

function explainSheet(report: ExplainReport): Sheet {
  const { trace } = report;
  const hops = [
    ...trace.hops.map((hop) => ({ way: 'packet', hop })),
    ...trace.reply.hops.map((hop) => ({ way: 'reply', hop })),
  ];
  return {
    columns: ['way', 'router', 'interface', 'direction', 'acl', 'verdict', ...LINE_COLUMNS],
    rows: hops.map(({ way, hop }) => [
      way,
      hop.router,
      hop.interface,
      hop.direction,
      hop.acl,
      hop.verdict,
      ...deciderCells(hop.decidedBy),
    ]),
  };
}

const intendedSheet = (report: IntendedReport): Sheet => ({
  columns: ['vantage', 'target', 'protocol', 'reachable', 'blocked', 'undetermined', 'reachable_count'],
  rows: report.flows.map((f) => [
    f.vantage,
    f.target,
    f.protocol,
    portCell(f.reachable),
    portCell(f.blocked),
    portCell(f.undetermined),
    countRanges(f.reachable),
  ]),
});

function reviewSheet(report: ReviewReport): Sheet {
  const { result } = report;
  return {
    columns: REVIEW_COLUMNS,
    rows: [
      ...result.hazards.map((h) => [
        h.kind,
        h.severity,
        h.step,
        ...blanks(9),
        h.message,
        h.line?.file ?? '',
        h.line?.line ?? '',
        h.command,
      ]),
      ...result.gained.map((s) => spaceRow('gained', s)),
      ...result.lost.map((s) => spaceRow('lost', s)),
      ...result.fragments.gained.map((s) => spaceRow('gained fragments', s)),
      ...result.fragments.lost.map((s) => spaceRow('lost fragments', s)),
      ...(result.reach ?? [])
        .flatMap((r) => [
          reachRow('gained end to end', r, r.gained, []),
          reachRow('lost end to end', r, r.lost, []),
          reachRow('undetermined end to end', r, r.undetermined, []),
          ...r.partial.flatMap((p) => [
            reachRow('gained end to end', r, p.gained, p.sources),
            reachRow('lost end to end', r, p.lost, p.sources),
          ]),
        ])
        .filter((row) => row.length > 0),
      ...result.findings.map((f) => [f.rule, f.severity, '', ...blanks(9), f.message, ...lineCells(f.line)]),
    ],
  };
}

const auditSheet = (report: AuditReport): Sheet => ({
  columns: [
    'vantage',
    'target',
    'protocol',
    'ports',
    'count',
    'intended',
    'config',
    'policy',
    'observed',
    'verdict',
    'confidence',
    'severity',
    'message',
    ...LINE_COLUMNS,
  ],
  rows: report.result.flows.map((f) => {
    const decider = f.because.find((b) => b !== null && !('kind' in b)) ?? null;
    return [
      f.vantage,
      f.target,
      f.protocol,
      portCell(f.ports),
      countRanges(f.ports),
      f.intended,
      f.config,
      f.policy,
      f.observed,
      f.verdict,
      f.confidence,
      f.severity,
      f.message,
      ...deciderCells(decider === null || 'kind' in decider ? null : decider),
    ];
  }),
});

const checklistSheet = (report: ChecklistReport): Sheet => ({
  columns: ['item', 'title', 'result', 'summary', 'residual_risk', 'to_do', 'hours', 'goods', 'answered_by'],
  rows: report.result.outcomes.map((o) => [
    o.item.id,
    o.item.title,
    o.result,
    o.summary,
    o.residual,
    o.item.mitigation,
    o.item.cost.hours,
    o.item.cost.goods,
    o.answer?.role ?? null,
  ]),
});

const historySheet = (report: HistoryReport): Sheet => ({
  columns: ['at', 'verdict', 'pass', 'fail', 'undetermined', 'waived', 'findings', 'coverage_percent'],
  rows: report.result.audits.map((a) => [
    a.at,
    a.summary.verdict,
    a.summary.flows.pass,
    a.summary.flows.fail,
    a.summary.flows.undetermined,
    a.summary.flows.waived,
    countFindings(a.summary),
    a.summary.coveragePercent,
  ]),
});

function sheetOf(report: Report): Sheet {
  switch (report.kind) {
    case 'lint':
      return lintSheet(report);
    case 'explain':
      return explainSheet(report);
    case 'intended':
      return intendedSheet(report);
    case 'review':
      return reviewSheet(report);
    case 'audit':
      return auditSheet(report);
    case 'checklist':
      return checklistSheet(report);
    case 'history':
      return historySheet(report);
  }
}

const cell = (c: Cell): string => (c === null ? '' : typeof c === 'number' ? String(c) : forCsv(c));

export const csvFormat: ReportFormat = {
  id: 'csv',
  description: 'for a spreadsheet: one row per flow, finding, space or hop',
  extension: 'csv',
  renders: REPORT_KINDS,
  render: (report) => {
    const { columns, rows } = sheetOf(report);
    const lines = [columns, ...rows].map((r) => r.map(cell).join(','));
    return { output: `${lines.join('\n')}\n` };
  },
};
