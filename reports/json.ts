import { atLeast } from '../src/model/finding.ts';
import type { ChangedSpace } from '../src/model/review.ts';
import {
  jsonAuditFinding,
  jsonBecause,
  jsonCause,
  jsonComparison,
  jsonDecider,
  jsonDoubt,
  jsonFrame,
  jsonItem,
  jsonLine,
  jsonLineOrNull,
  jsonLintFinding,
  jsonPair,
  jsonPorts,
  jsonPortsOrNull,
  jsonReach,
  jsonSources,
  jsonSpace,
  jsonSummary,
  jsonWay,
  jsonWitness,
} from './json-parts.ts';
import type { JsonDocument } from './json-schema.ts';
import {
  type AuditReport,
  type ChecklistReport,
  type ExplainReport,
  type HistoryReport,
  type IntendedReport,
  type LintReport,
  REPORT_KINDS,
  type Report,
  type ReportKind,
  type ReviewReport,
} from './report.ts';
import type { ReportFormat } from './report-format.ts';
import { asValues, type Writing, writeJson } from './shared-lists.ts';

// Field by field, as in json-parts.ts, so that the contract grows by decision alone.

const lintDocument = (report: LintReport): JsonDocument<'lint'> => ({
  schema: 'aclscope/lint/1',
  verdict: report.findings.some((f) => atLeast(f.severity, report.floor)) ? 'fail' : 'pass',
  floor: report.floor,
  findings: report.findings.map(jsonLintFinding),
  ...(report.account ? { account: { ...report.account } } : {}),
  ...jsonFrame(report),
});

function explainDocument(report: ExplainReport): JsonDocument<'explain'> {
  const { packet, trace } = report;
  return {
    schema: 'aclscope/explain/1',
    packet: {
      source: packet.source,
      sourcePorts: jsonPortsOrNull(packet.sourcePorts),
      destination: packet.destination,
      destinationPort: packet.destinationPort,
      protocol: packet.protocol,
      condition: packet.condition,
    },
    ...jsonWay(trace),
    reply: jsonWay(trace.reply),
    ...jsonFrame(report, trace.assumptions),
  };
}

const intendedDocument = (report: IntendedReport): JsonDocument<'intended'> => ({
  schema: 'aclscope/intended/1',
  flows: report.flows.map((f) => ({
    vantage: f.vantage,
    target: f.target,
    protocol: f.protocol,
    reachable: jsonPorts(f.reachable),
    blocked: jsonPorts(f.blocked),
    undetermined: jsonPorts(f.undetermined),
    deciding: f.deciding.map((d) => ({
      ports: jsonPorts(d.ports),
      decidedBy: jsonDecider(d.decidedBy),
      ...jsonCause(d),
      ...(d.sourcePorts === undefined ? {} : { sourcePorts: jsonPorts(d.sourcePorts) }),
    })),
    partial: f.partial.map((p) => ({
      ports: jsonPorts(p.ports),
      ...jsonSources(p.sources),
      decidedBy: jsonDecider(p.decidedBy),
    })),
    oneWay: jsonPorts(f.oneWay),
    doubts: f.doubts.map((d) => ({ ...jsonDoubt(d), ports: jsonPorts(d.ports) })),
    ownSegment: f.ownSegment,
    assumptions: [...f.assumptions],
  })),
  ...jsonFrame(
    report,
    report.flows.flatMap((f) => f.assumptions),
  ),
});

function reviewDocument(report: ReviewReport, { list, rows }: Writing): JsonDocument<'review'> {
  const { result } = report;
  const spaces = (all: readonly ChangedSpace[]) => rows(all, jsonSpace);
  return {
    schema: 'aclscope/review/1',
    verdict: result.verdict,
    floor: report.floor,
    gained: spaces(result.gained),
    lost: spaces(result.lost),
    fragments: {
      gained: spaces(result.fragments.gained),
      lost: spaces(result.fragments.lost),
    },
    undetermined: spaces(result.undetermined ?? []),
    pairs: (result.pairs ?? []).map((p) => jsonPair(p, list)),
    reach: result.reach?.map(jsonReach) ?? null,
    hazards: result.hazards.map((h) => ({
      step: h.step,
      command: h.command,
      line: jsonLineOrNull(h.line),
      kind: h.kind,
      severity: h.severity,
      message: h.message,
      witness: h.witness === null ? null : jsonWitness(h.witness),
    })),
    findings: result.findings.map(jsonLintFinding),
    ...jsonFrame(report, result.assumptions),
  };
}

function auditDocument(report: AuditReport): JsonDocument<'audit'> {
  const { result } = report;
  return {
    schema: 'aclscope/audit/1',
    site: result.site,
    summary: jsonSummary(result.summary),
    flows: result.flows.map((f) => ({
      vantage: f.vantage,
      target: f.target,
      protocol: f.protocol,
      ports: jsonPorts(f.ports),
      intended: f.intended,
      config: f.config,
      policy: f.policy,
      observed: f.observed,
      verdict: f.verdict,
      confidence: f.confidence,
      severity: f.severity,
      ...jsonCause(f),
      message: f.message,
      because: f.because.map(jsonBecause),
    })),
    findings: result.findings.map(jsonAuditFinding),
    coverage: result.coverage.map((c) => ({
      acl: c.acl,
      line: jsonLine(c.line),
      status: c.status,
      reason: c.reason,
    })),
    evidence: result.evidence.map((e) => ({
      file: e.file,
      sha256: e.sha256,
      vantage: e.vantage,
      via: e.via,
      tool: e.tool,
      started: e.started,
      ended: e.ended,
      complete: e.complete,
      notes: [...e.notes],
    })),
    comparison: jsonComparison(report.comparison),
    ...jsonFrame(report, result.assumptions),
  };
}

function checklistDocument(report: ChecklistReport): JsonDocument<'checklist'> {
  const { result } = report;
  return {
    schema: 'aclscope/checklist/1',
    site: result.site,
    target: result.target,
    asOf: result.asOf,
    verdict: result.verdict,
    residual: result.residual,
    counts: { ...result.counts },
    repair: {
      hours: result.repair.hours,
      goods: result.repair.goods,
      total: result.repair.total,
      currency: result.repair.currency,
      unestimated: [...result.repair.unestimated],
    },
    host: result.host === null ? null : { ...result.host },
    items: result.outcomes.map(jsonItem),
    ...jsonFrame(report),
  };
}

function historyDocument(report: HistoryReport): JsonDocument<'history'> {
  const { result } = report;
  return {
    schema: 'aclscope/history/1',
    site: result.site,
    audits: result.audits.map((a) => ({
      at: a.at,
      scanned: a.scanned,
      toolVersion: a.toolVersion,
      summary: jsonSummary(a.summary),
      findings: a.findings.map(jsonAuditFinding),
    })),
    comparison: jsonComparison(result.comparison),
    interval:
      result.interval === null
        ? null
        : {
            promisedDays: result.interval.promisedDays,
            kept: result.interval.kept,
            gaps: result.interval.gaps.map(({ from, to, days }) => ({ from, to, days })),
          },
    ...jsonFrame(report),
  };
}

export function toJsonDocument(report: Report, writing: Writing = asValues): JsonDocument<ReportKind> {
  switch (report.kind) {
    case 'lint':
      return lintDocument(report);
    case 'explain':
      return explainDocument(report);
    case 'intended':
      return intendedDocument(report);
    case 'review':
      return reviewDocument(report, writing);
    case 'audit':
      return auditDocument(report);
    case 'checklist':
      return checklistDocument(report);
    case 'history':
      return historyDocument(report);
  }
}

export const jsonFormat: ReportFormat = {
  id: 'json',
  description: 'the stable contract for programs, one schema per document in docs/schemas',
  extension: 'json',
  renders: REPORT_KINDS,
  render: (report) => ({ output: writeJson((writing) => toJsonDocument(report, writing)) }),
};
