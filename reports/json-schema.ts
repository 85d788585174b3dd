import * as z from 'zod';
import { REPORT_KINDS, type ReportKind } from './report.ts';

// The JSON documents as schemas: json.ts is typed by them, docs/schemas/ is written from them, and tests
// validate every document against them. Fields may be added; none may change or go.

const configLine = z
  .object({
    file: z.string(),
    line: z.int().min(1).describe('physical line, 1-based'),
    text: z.string().describe('raw, without CR'),
  })
  .describe('a line of a config, or of a site file');
const implicitDeny = z.object({ implicitDeny: z.literal(true), acl: z.string() });
const decidedBy = z
  .union([configLine, implicitDeny, z.null()])
  .describe('the deciding line, the implicit deny of a list, or null where no list stood in the way');
const cause = z.string().optional().describe('what drops the packets, where it is no list');
const ports = z
  .array(z.tuple([z.int().min(0).max(65535), z.int().min(0).max(65535)]))
  .describe('inclusive ranges, ascending, neither overlapping nor adjacent');
const verdict = z.enum(['permit', 'deny', 'undetermined']);
const severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
const direction = z.enum(['in', 'out']);
const protocolName = z.enum(['tcp', 'udp']);
const icmp = z.object({ type: z.int(), code: z.int().nullable() });

const witness = z
  .object({
    source: z.string().describe('dotted quad'),
    destination: z.string(),
    protocol: z.int().min(0).max(255),
    sourcePort: z.int().nullable(),
    destinationPort: z.int().nullable(),
    tcpFlags: z
      .string()
      .nullable()
      .describe('flags that are set, such as `syn` or `syn,ack`; null without TCP'),
    icmp: z.object({ type: z.int(), code: z.int() }).nullable(),
    igmpType: z.int().nullable(),
    nonInitialFragment: z.boolean(),
    tos: z.int().describe('the whole type-of-service octet'),
    ttl: z.int(),
  })
  .describe('one concrete packet; fields that its protocol lacks are null');

const diagnostic = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'notice']),
  message: z.string(),
  line: configLine.nullable(),
  column: z.int().nullable(),
  mend: z.string().nullable(),
});

const frame = {
  tool: z.object({ name: z.literal('aclscope'), version: z.string() }),
  title: z.string(),
  generated: z.string().nullable().describe('ISO time'),
  inputs: z.array(z.object({ role: z.string(), file: z.string(), sha256: z.string() })),
  assumptions: z.array(z.string()),
  diagnostics: z.array(diagnostic),
};

const hop = z.object({
  router: z.string().nullable(),
  interface: z.string(),
  direction,
  acl: z.string().nullable(),
  verdict,
  decidedBy,
});
const doubt = z.object({ line: configLine.nullable(), reason: z.string() });
const headerEnds = z.object({
  source: z.string().describe('`A`, or `A wildcard` where it is one of several addresses'),
  sourcePorts: ports.nullable(),
  destination: z.string(),
  destinationPorts: ports.nullable(),
});
const way = {
  verdict,
  decidedBy,
  cause,
  hops: z.array(hop),
  translations: z
    .array(z.object({ router: z.string().nullable(), before: headerEnds, after: headerEnds }))
    .describe('what address translation made of the header, router by router'),
  doubts: z.array(doubt),
};

const explain = z.object({
  schema: z.literal('aclscope/explain/1'),
  packet: z.object({
    source: z.string(),
    sourcePorts: ports.nullable(),
    destination: z.string(),
    destinationPort: z.int().nullable(),
    protocol: z.string(),
    condition: z.string().nullable(),
  }),
  ...way,
  reply: z.object(way),
  ...frame,
});

const intended = z.object({
  schema: z.literal('aclscope/intended/1'),
  flows: z.array(
    z.object({
      vantage: z.string(),
      target: z.string(),
      protocol: protocolName,
      reachable: ports,
      blocked: ports,
      undetermined: ports,
      deciding: z.array(z.object({ ports, decidedBy, cause, sourcePorts: ports.optional() })),
      partial: z.array(
        z.object({
          ports,
          sources: z.array(z.string()).describe('widest first'),
          moreSources: z.number().int().optional().describe('how many patterns more than those listed'),
          decidedBy,
        }),
      ),
      oneWay: ports.describe('reachable, but the router drops the reply'),
      doubts: z.array(doubt.extend({ ports })),
      ownSegment: z.boolean(),
      assumptions: z.array(z.string()),
    }),
  ),
  ...frame,
});

const lintFinding = z.object({
  rule: z.string(),
  severity,
  acl: z.string().nullable(),
  line: configLine.nullable(),
  message: z.string(),
  related: z.array(configLine),
  witness: witness.nullable(),
});

const lint = z.object({
  schema: z.literal('aclscope/lint/1'),
  verdict: z.enum(['pass', 'fail']),
  floor: severity,
  findings: z.array(lintFinding),
  account: z
    .object({
      total: z.int(),
      modelled: z.int(),
      skipped: z.int(),
      diagnosed: z.int(),
      skippedFamilies: z.record(z.string(), z.int()),
    })
    .describe('with --stats: each line of the text in one of three places, which add up to total')
    .optional(),
  ...frame,
});

const matched = {
  protocol: z.union([z.int(), z.literal('ip')]),
  source: z.string().describe('`A wildcard`'),
  destination: z.string(),
  sourcePorts: ports.nullable(),
  destinationPorts: ports.nullable(),
  tcpFlags: z.string().nullable(),
  icmp: icmp.nullable(),
  protocols: ports.optional().describe('beside `ip`: these protocols only'),
  sources: z
    .array(z.string())
    .optional()
    .describe('of `source` these only, disjoint; `source` is the least `A wildcard` that holds them all'),
  destinations: z.array(z.string()).optional().describe('of `destination` these only'),
  condition: z
    .string()
    .optional()
    .describe(
      'what else limits it. "less what N earlier lines decide": of the packets described, those whose first match ' +
        'is `before` in the one list and `after` in the other',
    ),
};

const space = z.object({
  interface: z.string(),
  direction,
  ...matched,
  packets: z
    .string()
    .regex(/^\d+$/)
    .describe('decimal: addresses × ports, or type × code, or addresses alone; other fields projected out'),
  atLeast: z.literal(true).optional().describe('there are `packets` or more'),
  before: decidedBy,
  after: decidedBy,
  witness,
});

const changedPair = z
  .object({
    spaces: z.enum(['gained', 'lost', 'fragments.gained', 'fragments.lost']),
    interface: z.string(),
    direction,
    before: decidedBy,
    after: decidedBy,
    match: z.array(z.object(matched)).describe('what both lines match'),
    less: z.array(configLine).describe('lines of either list that decide some of it first'),
    moreLess: z.int().describe('how many more of them there are'),
  })
  .describe('spaces of one pair of deciding lines, where they are many, as the two lists put them');

const review = z.object({
  schema: z.literal('aclscope/review/1'),
  verdict: z.enum(['pass', 'fail', 'undetermined']),
  floor: severity,
  gained: z.array(space),
  lost: z.array(space),
  fragments: z.object({ gained: z.array(space), lost: z.array(space) }),
  undetermined: z.array(space).describe('packets of which the text leaves open whether they change'),
  pairs: z.array(changedPair),
  reach: z
    .array(
      z.object({
        vantage: z.string(),
        target: z.string(),
        protocol: protocolName,
        gained: ports,
        lost: ports,
        undetermined: ports,
        partial: z
          .array(
            z.object({
              sources: z.array(z.string()),
              moreSources: z.int().optional(),
              gained: ports,
              lost: ports,
            }),
          )
          .describe(
            "what a part of the vantage's sources gains or loses while the prober's address does not",
          ),
      }),
    )
    .nullable()
    .describe(
      'end to end: ports by vantage and target; flows that fare as before are left out; null without a site',
    ),
  hazards: z.array(
    z.object({
      step: z
        .int()
        .describe("counts the snippet's non-blank, non-comment lines from 1; 0: of two whole configurations"),
      command: z.string(),
      line: configLine.nullable().describe('where the command stands'),
      kind: z.string(),
      severity,
      message: z.string(),
      witness: witness.nullable(),
    }),
  ),
  findings: z.array(lintFinding),
  ...frame,
});

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

const audit = z.object({
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

const checklist = z.object({
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

const history = z.object({
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

export const DOCUMENT_SCHEMAS = { lint, explain, intended, review, audit, checklist, history } as const;

export type JsonDocument<K extends ReportKind> = z.infer<(typeof DOCUMENT_SCHEMAS)[K]>;

export type JsonWitness = z.infer<typeof witness>;
export type JsonDiagnostic = z.infer<typeof diagnostic>;

/** The published JSON Schema of one document. */
export const jsonSchemaOf = (kind: ReportKind): object => ({
  $id: `urn:aclscope:schema:${kind}:1`,
  title: `aclscope ${kind}`,
  ...z.toJSONSchema(DOCUMENT_SCHEMAS[kind], { io: 'output', reused: 'ref' }),
});

/** File name under docs/schemas and text of every document's schema. */
export const schemaFiles = (): readonly { readonly name: string; readonly text: string }[] =>
  REPORT_KINDS.map((kind) => ({
    name: `${kind}-1.json`,
    text: `${JSON.stringify(jsonSchemaOf(kind), null, 2)}\n`,
  }));
