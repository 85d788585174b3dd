import * as z from 'zod';

// What documents have in common.

export const configLine = z
  .object({
    file: z.string(),
    line: z.int().min(1).describe('physical line, 1-based'),
    text: z.string().describe('raw, without CR'),
  })
  .describe('a line of a config, or of a site file');
export const implicitDeny = z.object({ implicitDeny: z.literal(true), acl: z.string() });
export const decidedBy = z
  .union([configLine, implicitDeny, z.null()])
  .describe('the deciding line, the implicit deny of a list, or null where no list stood in the way');
export const cause = z.string().optional().describe('what drops the packets, where it is no list');
export const ports = z
  .array(z.tuple([z.int().min(0).max(65535), z.int().min(0).max(65535)]))
  .describe('inclusive ranges, ascending, neither overlapping nor adjacent');
export const verdict = z.enum(['permit', 'deny', 'undetermined']);
export const severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
export const direction = z.enum(['in', 'out']);
export const protocolName = z.enum(['tcp', 'udp']);
export const icmp = z.object({ type: z.int(), code: z.int().nullable() });

export const witness = z
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

export const diagnostic = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'notice']),
  message: z.string(),
  line: configLine.nullable(),
  column: z.int().nullable(),
  mend: z.string().nullable(),
});

export const frame = {
  tool: z.object({ name: z.literal('aclscope'), version: z.string() }),
  title: z.string(),
  generated: z.string().nullable().describe('ISO time'),
  inputs: z.array(z.object({ role: z.string(), file: z.string(), sha256: z.string() })),
  assumptions: z.array(z.string()),
  diagnostics: z.array(diagnostic),
};
export const doubt = z.object({ line: configLine.nullable(), reason: z.string() });

export const lintFinding = z.object({
  rule: z.string(),
  severity,
  acl: z.string().nullable(),
  line: configLine.nullable(),
  message: z.string(),
  related: z.array(configLine),
  witness: witness.nullable(),
});
