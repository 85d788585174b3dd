import * as z from 'zod';
import { RISK_LEVELS } from '../model/checklist.ts';

const text = z.string().trim().min(1);
const risk = z
  .enum(RISK_LEVELS as readonly [string, ...string[]])
  .transform((r) => r as (typeof RISK_LEVELS)[number]);
const id = z
  .union([z.string().regex(/^[\w.-]{1,32}$/), z.int().positive().transform(String)])
  .describe('number or short name');

const itemFields = {
  title: text.describe('the demand in a few words'),
  reference: text.describe('where the demand comes from'),
  objective: text.describe('what the control is for'),
  risk: text.describe('what can happen without it'),
  compliance: text.describe('what must be so for a pass'),
  tests: z.array(text).min(1).describe('what is looked at'),
  assessment: z.enum(['objective', 'subjective']).describe('evidence alone decides, or a person does'),
  check: text.optional().describe('id of the automatic check; without one the auditor answers'),
  parameters: z.record(z.string(), z.unknown()).describe('settings of the check'),
  mitigation: text.describe('what to do when it fails'),
  residual: z
    .strictObject({ pass: risk.default('none'), fail: risk })
    .describe('the risk that remains: none, very-low, low, medium, high, critical'),
  cost: z.strictObject({
    hours: z.number().min(0).nullable().default(null).describe('work to repair'),
    goods: z.number().min(0).nullable().default(null).describe('money for goods'),
    note: z.string().default(''),
  }),
};

/** A whole item, as the standard list writes it and as a new one must be. */
export const itemSchema = z.strictObject({
  id,
  ...itemFields,
  parameters: itemFields.parameters.default({}),
});

/** A change to an item of the list that is extended: what is not written stays. */
export const itemChangeSchema = z.strictObject({
  id,
  ...Object.fromEntries(Object.entries(itemFields).map(([k, v]) => [k, v.optional()])),
}) as z.ZodType<{ id: string } & Partial<Omit<z.output<typeof itemSchema>, 'id'>>>;

export const STANDARD_LIST = 'twenty-items';

/** The checklist file: the one source for decoding and for editors' JSON Schema. */
export const checklistSchema = z.strictObject({
  checklist: text.describe('title of the list'),
  extends: z.literal(STANDARD_LIST).optional().describe('start from the twenty items'),
  target: z.string().optional().describe("the site's target that the host items speak of"),
  currency: z.string().optional(),
  hourlyRate: z.number().min(0).optional().describe('price of an hour of work, for the costs of repair'),
  omit: z.array(id).default([]).describe('items of the extended list to leave out'),
  items: z
    .array(z.looseObject({ id }))
    .default([])
    .describe('new items in full; with "extends", also changes to its items by their id'),
});

/** For editors: the same with items spelled out. */
export const checklistEditorSchema = checklistSchema.extend({
  items: z.array(z.union([itemSchema, itemChangeSchema])).default([]),
});

/** The auditor's answers. */
export const answersSchema = z.strictObject({
  answers: z.array(
    z.strictObject({
      item: id,
      result: z.enum(['pass', 'fail', 'not-applicable']),
      role: text.describe('who answers, by role: lead auditor, owner'),
      date: z.iso.date(),
      reason: text.describe('why'),
      evidence: text.optional().describe('what was seen; an answer to an objective item counts only with it'),
    }),
  ),
});
