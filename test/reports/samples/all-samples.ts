import type { Report, ReportHeader, ReportKind } from '../../../reports/report.ts';
import type { AuditSummary } from '../../../src/model/audit.ts';
import { auditReport } from './audit-sample.ts';
import { checklistReport } from './checklist-sample.ts';
import { explainReport, historyReport, intendedReport, lintReport, reviewReport } from './other-samples.ts';

/** One full report of each kind. */
export const SAMPLES: { readonly [K in ReportKind]: Report & { readonly kind: K } } = {
  lint: lintReport,
  explain: explainReport,
  intended: intendedReport,
  review: reviewReport,
  audit: auditReport,
  checklist: checklistReport,
  history: historyReport,
};

const header: ReportHeader = { title: '', toolVersion: '0', generated: null, inputs: [] };
const frame = { header, diagnostics: [], assumptions: [] };
const none: AuditSummary = {
  verdict: 'incomplete',
  flows: { pass: 0, fail: 0, undetermined: 0, waived: 0 },
  ports: { pass: 0, fail: 0, undetermined: 0, waived: 0 },
  findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  coveragePercent: 0,
};

/** One report of each kind with nothing in it. */
export const EMPTY: { readonly [K in ReportKind]: Report & { readonly kind: K } } = {
  lint: { ...frame, kind: 'lint', findings: [], floor: 'high' },
  explain: {
    ...frame,
    kind: 'explain',
    packet: {
      source: '',
      sourcePorts: null,
      destination: '',
      destinationPort: null,
      protocol: 'ip',
      condition: null,
    },
    trace: {
      verdict: 'undetermined',
      decidedBy: null,
      hops: [],
      translations: [],
      doubts: [],
      reply: { verdict: 'undetermined', decidedBy: null, hops: [], translations: [], doubts: [] },
      assumptions: [],
    },
  },
  intended: { ...frame, kind: 'intended', flows: [] },
  review: {
    ...frame,
    kind: 'review',
    floor: 'high',
    result: {
      gained: [],
      lost: [],
      fragments: { gained: [], lost: [] },
      hazards: [],
      findings: [],
      verdict: 'pass',
      assumptions: [],
    },
  },
  audit: {
    ...frame,
    kind: 'audit',
    result: { site: '', flows: [], findings: [], coverage: [], summary: none, evidence: [], assumptions: [] },
    network: null,
    lists: [],
    comparison: null,
  },
  checklist: {
    ...frame,
    kind: 'checklist',
    result: {
      title: '',
      site: null,
      target: null,
      asOf: null,
      host: null,
      outcomes: [],
      counts: { pass: 0, fail: 0, undetermined: 0, 'not-assessed': 0, 'not-applicable': 0 },
      verdict: 'incomplete',
      residual: 'none',
      repair: { hours: 0, goods: 0, total: null, currency: null, unestimated: [] },
      diagnostics: [],
    },
  },
  history: { ...frame, kind: 'history', result: { site: '', audits: [], comparison: null, interval: null } },
};
