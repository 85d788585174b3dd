import * as z from 'zod';
import type { Parsed } from '../src/diagnostics/diagnostic.ts';
import type { AuditFinding, AuditSummary } from '../src/model/audit.ts';
import { type AuditRecord, lastScan } from '../src/model/history.ts';
import { parseJsonDocument } from './json-document.ts';
import { portSetSchema } from './port-set-schema.ts';

/** A kept audit with the site that it is of: one folder may hold the audits of several. */
export interface KeptAudit extends AuditRecord {
  readonly schema: 'aclscope/audit-record/1';
  readonly site: string;
}

const text = z.string();
const count = z.number().int().min(0);
const severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
const time = text.refine((t) => !Number.isNaN(Date.parse(t)), 'an ISO time');
const line = z.object({ file: text, line: z.number().int().min(1), text });
const perVerdict = z.object({ pass: count, fail: count, undetermined: count, waived: count });

const summarySchema: z.ZodType<AuditSummary> = z.object({
  verdict: z.enum(['conforms', 'differs', 'incomplete']),
  flows: perVerdict,
  ports: perVerdict,
  findings: z.object({ critical: count, high: count, medium: count, low: count, info: count }),
  coveragePercent: z.number().min(0).max(100),
});

const findingSchema: z.ZodType<AuditFinding> = z.object({
  kind: text,
  severity,
  message: text,
  line: line.nullable(),
  observations: z.array(
    z.object({
      kind: z.literal('observation'),
      evidence: text,
      vantage: text,
      target: text,
      ports: portSetSchema,
      state: z.enum(['open', 'wrapped', 'closed', 'filtered', 'unreachable', 'unobserved', 'unstable']),
      reason: text,
      icmp: z.object({ type: z.number().int(), code: z.number().int(), from: text.nullable() }).nullable(),
      at: text.nullable(),
    }),
  ),
  vantage: text.nullable(),
  target: text.nullable(),
  ports: z.nullable(portSetSchema),
  mend: text.nullable(),
  waived: z.object({ owner: text, why: text, until: text }).nullable(),
});

const recordSchema: z.ZodType<KeptAudit> = z
  .object({
    schema: z.literal('aclscope/audit-record/1'),
    site: text,
    at: time,
    scanned: time.nullable().optional(),
    toolVersion: text,
    summary: summarySchema,
    findings: z.array(findingSchema),
  })
  // Records of versions that did not keep it: an audit was made with its scans then.
  .transform((record) => ({ ...record, scanned: record.scanned === undefined ? record.at : record.scanned }));

/** The part of `audit --format json` that a comparison needs. */
const reportSchema = z.object({
  schema: z.literal('aclscope/audit/1'),
  site: text,
  generated: time,
  tool: z.object({ version: text }),
  summary: summarySchema,
  findings: z.array(findingSchema),
  evidence: z.array(z.object({ ended: time.nullable() })),
});

const MEND = 'give a file of the history folder, or what "aclscope audit --format json" wrote';

/** An audit as the history keeps it, or as the JSON report tells it. */
export function parseAuditRecord(source: string, file: string): Parsed<KeptAudit | undefined> {
  const code = 'audit-record-invalid';
  if (!/^\s*\{\s*"schema"\s*:\s*"aclscope\/audit\/1"/.test(source.slice(0, 400))) {
    return parseJsonDocument(source, file, recordSchema, {
      code,
      name: 'kept audit',
      schema: 'aclscope/audit-record/1',
      mend: MEND,
    });
  }
  const { value, diagnostics } = parseJsonDocument(source, file, reportSchema, {
    code,
    name: 'audit report',
    schema: 'aclscope/audit/1',
    mend: MEND,
  });
  if (value === undefined) return { value, diagnostics };
  const { site, generated, tool, summary, findings, evidence } = value;
  return {
    value: {
      schema: 'aclscope/audit-record/1',
      site,
      at: generated,
      scanned: lastScan(evidence),
      toolVersion: tool.version,
      summary,
      findings,
    },
    diagnostics,
  };
}
