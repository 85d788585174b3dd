import * as z from 'zod/mini';
import type { Parsed } from '../src/diagnostics/diagnostic.ts';
import type { Plan, PlanTarget } from '../src/model/plan.ts';
import { rangesHave } from '../src/model/ports.ts';
import { parseJsonDocument } from './json-document.ts';
import { portSchema, portSetSchema } from './port-set-schema.ts';

/** Probes a second that one host gets at most, unless the plan says that a person overrode it. */
const CEILING = 500;

const name = z.string().check(z.minLength(1), z.maxLength(200));
const rate = z.number().check(z.positive(), z.lte(10_000_000));
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hex'));
const canarySchema = portSchema.check(z.gte(1, 'port 0 cannot be a canary'));

const targetSchema: z.ZodMiniType<PlanTarget> = z
  .object({
    name,
    address: z.ipv4('a dotted quad'),
    protocol: z.enum(['tcp', 'udp']),
    ports: portSetSchema,
    first: z.array(portSchema).check(z.maxLength(65536)),
    expectedOpen: portSetSchema,
    canary: z.nullable(canarySchema),
    negativeCanaries: z.array(canarySchema).check(z.maxLength(64)),
    onLink: z.boolean(),
  })
  .check(
    z.refine((t) => t.first.every((port) => rangesHave(t.ports, port)), {
      message: 'holds a port that "ports" lacks',
      path: ['first'],
    }),
  );

const planSchema: z.ZodMiniType<Plan> = z.object({
  schema: z.literal('aclscope/plan/1'),
  site: name,
  siteSha256: sha256,
  vantage: name,
  vantageAddress: z.ipv4('a dotted quad'),
  created: z.string().check(z.maxLength(100)),
  coverage: z.enum(['exhaustive', 'witnesses']),
  targets: z
    .array(targetSchema)
    .check(z.minLength(1, 'a plan without targets probes nothing'), z.maxLength(65536)),
  pace: z.object({ perHost: rate, total: rate, overrideCeiling: z.boolean() }).check(
    z.refine((pace) => pace.overrideCeiling || pace.perHost <= CEILING, {
      message: `more than ${CEILING} probes a second per host need "overrideCeiling": true (plan --override-ceiling)`,
      path: ['perHost'],
    }),
  ),
  warnings: z.array(z.string().check(z.maxLength(10_000))),
  seal: z.optional(
    z.object({
      algorithm: z.literal('sha256'),
      sha256,
      signature: z.nullable(
        z.object({ algorithm: z.literal('ed25519'), publicKey: z.string(), value: z.string() }),
      ),
    }),
  ),
});

/** A probe plan, which may have come a long way: nothing in it is believed before it is checked. */
export const parsePlan = (text: string, file: string): Parsed<Plan | undefined> =>
  parseJsonDocument(text, file, planSchema, {
    code: 'plan-unreadable',
    name: 'plan',
    schema: 'aclscope/plan/1',
    mend: 'give a file that `aclscope plan SITE --vantage V -o FILE` wrote',
  });
