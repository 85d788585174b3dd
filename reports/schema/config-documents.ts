import * as z from 'zod';
import {
  cause,
  configLine,
  decidedBy,
  direction,
  doubt,
  frame,
  icmp,
  lintFinding,
  ports,
  protocolName,
  severity,
  verdict,
  witness,
} from './parts.ts';

// Documents about configurations alone.

const hop = z.object({
  router: z.string().nullable(),
  interface: z.string(),
  direction,
  acl: z.string().nullable(),
  verdict,
  decidedBy,
});
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

export const explain = z.object({
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

export const intended = z.object({
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

export const lint = z.object({
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

export const review = z.object({
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
