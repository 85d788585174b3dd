import { z } from 'zod';
import { type PortSet, toRanges } from '../src/model/ports.ts';

export const portSchema = z.number().int().min(0).max(65535);

/** Ranges in any order, read into the canonical form. */
export const portSetSchema: z.ZodType<PortSet> = z
  .array(z.tuple([portSchema, portSchema]).refine(([lo, hi]) => lo <= hi, 'a range runs from low to high'))
  .max(65536)
  .transform((ranges) => toRanges(ranges));
