import * as z from 'zod/mini';
import { type PortSet, toRanges } from '../src/model/ports.ts';

// zod's small form: a scan reads its plan with it before the first packet leaves, and the whole of zod loads for longer.

export const portSchema = z.int().check(z.gte(0), z.lte(65535));

/** Ranges in any order, read into the canonical form. */
export const portSetSchema: z.ZodMiniType<PortSet> = z.pipe(
  z
    .array(
      z
        .tuple([portSchema, portSchema])
        .check(z.refine(([lo, hi]) => lo <= hi, 'a range runs from low to high')),
    )
    .check(z.maxLength(65536)),
  z.transform((ranges) => toRanges(ranges)),
);
