import * as z from 'zod';
import { cause, configLine, frame, implicitDeny, ports, protocolName, severity, verdict } from './parts.ts';

// Documents that rest on evidence.

const observedState = z.enum([
  'open',
  'wrapped',
  'closed',
  'filtered',
  'unreachable',
  'unobserved',
  'unstable',
]);
const observation = z.object({
  kind: z.literal('observation'),
  evidence: z.string(),
  vantage: z.string(),
  target: z.string(),
  ports,
  state: observedState,
  reason: z.string(),
  icmp: z.object({ type: z.int(), code: z.int(), from: z.string().nullable() }).nullable(),
  at: z.string().nullable(),
});
const reason = z.object({
  kind: z.enum(['policy', 'canary', 'assumption', 'reason']),
  text: z.string(),
  line: configLine.nullable(),
});

const auditFinding = z.object({
  kind: z.string(),
  severity,
  message: z.string(),
  line: configLine.nullable(),
  observations: z.array(observation),
  vantage: z.string().nullable(),
  target: z.string().nullable(),
  ports: ports.nullable(),
  mend: z.string().nullable(),
  waived: z.object({ owner: z.string(), why: z.string(), until: z.string() }).nullable(),
});

const flowCounts = z.object({ pass: z.int(), fail: z.int(), undetermined: z.int(), waived: z.int() });
const summary = z.object({
  verdict: z.enum(['conforms', 'differs', 'incomplete']),
  flows: flowCounts,
  ports: flowCounts,
  findings: z.object({
    critical: z.int(),
    high: z.int(),
    medium: z.int(),
    low: z.int(),
    info: z.int(),
  }),
  coveragePercent: z.number(),
});
const comparison = z.object({
  baseline: z.string(),
  added: z.array(auditFinding),
  fixed: z.array(auditFinding),
  unchanged: z.array(auditFinding),
});

export const audit = z.object({
  schema: z.literal('aclscope/audit/1'),
  site: z.string(),
  summary,
  flows: z.array(
    z.object({
      vantage: z.string(),
      target: z.string(),
      protocol: protocolName,
      ports,
      intended: verdict,
      config: verdict.nullable(),
      policy: z.enum(['allow', 'deny']).nullable(),
      observed: observedState,
      verdict: z.enum(['pass', 'fail', 'undetermined', 'waived']),
      confidence: z.enum(['proven', 'consistent', 'tainted', 'none']),
      severity: severity.nullable(),
      cause,
      message: z.string(),
      because: z.array(z.union([observation, reason, implicitDeny, configLine])),
    }),
  ),
  findings: z.array(auditFinding),
  coverage: z.array(
    z.object({
      acl: z.string(),
      line: configLine,
      status: z.enum(['proven', 'contradicted', 'unprobed', 'unprobeable', 'dead']),
      reason: z.string(),
    }),
  ),
  evidence: z.array(
    z.object({
      file: z.string(),
      sha256: z.string(),
      vantage: z.string(),
      via: z.string(),
      tool: z.string().nullable(),
      started: z.string().nullable(),
      ended: z.string().nullable(),
      complete: z.boolean(),
      notes: z.array(z.string()),
    }),
  ),
  comparison: comparison.nullable().describe('against a baseline, null where none was given'),
  ...frame,
});

const itemResult = z.enum(['pass', 'fail', 'undetermined', 'not-assessed', 'not-applicable']);
const riskLevel = z.enum(['critical', 'high', 'medium', 'low', 'very-low', 'none']);

export const checklist = z.object({
  schema: z.literal('aclscope/checklist/1'),
  site: z.string().nullable(),
  target: z.string().nullable(),
  asOf: z.string().nullable(),
  verdict: z.enum(['pass', 'fail', 'incomplete']),
  residual: riskLevel,
  counts: z.object({
    pass: z.int(),
    fail: z.int(),
    undetermined: z.int(),
    'not-assessed': z.int(),
    'not-applicable': z.int(),
  }),
  repair: z.object({
    hours: z.number(),
    goods: z.number(),
    total: z.number().nullable(),
    currency: z.string().nullable(),
    unestimated: z.array(z.string()),
  }),
  host: z
    .object({ name: z.string(), collected: z.string(), system: z.string(), manifestSha256: z.string() })
    .nullable(),
  items: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      reference: z.string(),
      objective: z.string(),
      risk: z.string(),
      compliance: z.string(),
      tests: z.array(z.string()),
      assessment: z.enum(['objective', 'subjective']),
      result: itemResult,
      automatic: itemResult.nullable().describe("what the evidence alone says, before a person's answer"),
      summary: z.string(),
      statements: z.array(
        z.object({
          kind: z.enum(['holds', 'breaks', 'doubt', 'missing', 'note']),
          text: z.string(),
          lines: z.array(configLine),
          evidence: z.array(z.string()),
        }),
      ),
      evidence: z.array(
        z.object({
          id: z.string(),
          origin: z.string(),
          kind: z.enum(['file', 'command', 'attachment', 'scan', 'answer', 'site']),
          host: z.string(),
          at: z.string().nullable(),
          digest: z.string().nullable(),
          output: z.string(),
          leftOut: z.int(),
        }),
      ),
      answer: z
        .object({
          result: z.enum(['pass', 'fail', 'not-applicable']),
          role: z.string(),
          date: z.string(),
          reason: z.string(),
          evidence: z.string().nullable(),
          line: configLine,
        })
        .nullable(),
      mitigation: z.string(),
      residual: riskLevel,
      cost: z.object({ hours: z.number().nullable(), goods: z.number().nullable(), note: z.string() }),
    }),
  ),
  ...frame,
});

export const history = z.object({
  schema: z.literal('aclscope/history/1'),
  site: z.string(),
  audits: z.array(
    z.object({
      at: z.string(),
      scanned: z.string().nullable(),
      toolVersion: z.string(),
      summary,
      findings: z.array(auditFinding),
    }),
  ),
  comparison: comparison.nullable(),
  interval: z
    .object({
      promisedDays: z.number(),
      kept: z.boolean(),
      gaps: z.array(z.object({ from: z.string(), to: z.string().nullable(), days: z.number() })),
    })
    .nullable(),
  ...frame,
});
