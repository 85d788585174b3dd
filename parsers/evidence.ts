import * as z from 'zod';
import type { Parsed } from '../src/diagnostics/diagnostic.ts';
import type { Evidence, Observation, TargetEvidence } from '../src/model/evidence.ts';
import { standApart } from '../src/model/ports.ts';
import { parseJsonDocument } from './json-document.ts';
import { portSchema, portSetSchema } from './port-set-schema.ts';

const count = z.number().int().min(0);
const text = z.string().max(10_000);

const observationSchema: z.ZodType<Observation> = z.object({
  ports: portSetSchema,
  state: z.enum(['open', 'wrapped', 'closed', 'filtered', 'unreachable', 'unobserved', 'unstable']),
  reason: text,
  icmp: z
    .object({
      type: z.number().int().min(0).max(255),
      code: z.number().int().min(0).max(255),
      from: z.ipv4().nullable(),
    })
    .nullable(),
  ttl: z.number().int().min(0).max(255).nullable(),
  tries: count,
  spanSeconds: z.number().min(0),
  banner: text.nullable(),
  service: text.nullable(),
  confirmed: z.boolean(),
  tainted: text.nullable(),
  at: text.nullable(),
  since: text.optional(),
});

/** Each port has one state: of two, nobody could say which was seen. */
const targetSchema: z.ZodType<TargetEvidence> = z
  .object({
    target: text.nullable(),
    address: text,
    hostName: text.nullable(),
    protocol: z.enum(['tcp', 'udp']),
    observations: z.array(observationSchema),
    canaries: z.array(
      z.object({
        port: portSchema,
        kind: z.enum(['positive', 'negative']),
        sent: count,
        answered: count,
        ttl: z.number().int().min(0).max(255).nullable(),
        firstGood: text.nullable(),
        lastGood: text.nullable(),
        worstGapSeconds: z.number().min(0),
      }),
    ),
  })
  .refine(
    (t) => standApart(t.observations.flatMap((o) => o.ports)),
    'a port stands in two of its observations',
  );

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hex');

const evidenceSchema: z.ZodType<Evidence> = z.object({
  schema: z.literal('aclscope/evidence/1'),
  site: text.nullable(),
  vantage: text,
  origin: z.object({
    kind: z.enum(['scan', 'import']),
    via: text,
    tool: text.nullable(),
    command: text.nullable(),
    file: text.nullable(),
  }),
  box: z
    .object({
      address: text,
      interface: text.nullable(),
      gateway: text.nullable(),
      onLink: z.boolean(),
      behindNat: text.nullable(),
    })
    .nullable(),
  planSha256: sha256.nullable(),
  siteSha256: sha256.nullable(),
  started: text.nullable(),
  ended: text.nullable(),
  completeness: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('complete') }),
    z.object({ kind: z.literal('incomplete'), reason: text }),
  ]),
  targets: z.array(targetSchema),
  listeners: z
    .array(
      z.object({
        protocol: z.enum(['tcp', 'udp']),
        address: text,
        port: portSchema,
        process: text.nullable(),
      }),
    )
    .default([]),
  sessions: z
    .array(
      z.object({
        protocol: z.enum(['tcp', 'udp']),
        port: portSchema,
        source: text,
        at: text.nullable(),
        line: count,
      }),
    )
    .default([]),
  router: z
    .object({
      counters: z.array(z.object({ acl: text, identity: text, text, hits: count })),
      logged: z.array(
        z.object({
          list: text,
          action: z.enum(['permit', 'deny']),
          protocol: z.number().int().min(0).max(255).nullable(),
          source: z.ipv4(),
          destination: z.ipv4().nullable(),
          destinationPort: z.number().int().min(0).max(65535).nullable(),
          packets: count,
          at: text.nullable(),
          line: count,
        }),
      ),
      interfaces: z.array(z.object({ name: text, inbound: text.nullable(), outbound: text.nullable() })),
    })
    .optional(),
  notes: z.array(text).default([]),
  seal: z
    .object({
      algorithm: z.literal('sha256'),
      parts: z.array(z.object({ name: text, sha256, chain: sha256 })),
      signature: z.object({ algorithm: z.literal('ed25519'), publicKey: text, value: text }).nullable(),
    })
    .optional(),
});

/** Our own evidence document. The seal is only read here; `verifySeal` proves it. */
export const parseEvidence = (text: string, file: string): Parsed<Evidence | undefined> =>
  parseJsonDocument(text, file, evidenceSchema, {
    code: 'evidence-unreadable',
    name: 'evidence',
    schema: 'aclscope/evidence/1',
    mend: "give a file that `aclscope scan` or `aclscope import` wrote; other tools' output goes through `aclscope import`",
  });
