import * as z from 'zod';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { nearest } from '../../src/diagnostics/nearest.ts';
import { describeIssue, innermostIssue } from '../../src/diagnostics/schema-issue.ts';
import type { Path, Positions } from './positions.ts';
import { siteSchema } from './schema.ts';

const WHOLE = 'the site file';
const SCHEMA_MEND = 'see the schema: aclscope init --schema';

/** What the schema says of a site file, with its place and the mend. */
export function explainIssue(outer: z.core.$ZodIssue, pos: Positions): Diagnostic {
  const issue = innermostIssue(outer);
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const shape = shapeAt(issue.path);
    const close = nearest(key, shape);
    return {
      code: 'site-invalid',
      severity: 'error',
      message: describeIssue(issue, where, WHOLE),
      span: pos.of([...issue.path, key], true),
      mend: close ? `did you mean "${close}"?` : `known keys: ${shape.join(', ')}`,
    };
  }
  return {
    code: 'site-invalid',
    severity: 'error',
    message: describeIssue(issue, where, WHOLE),
    span: pos.of(issue.path),
    mend: isIpv6(issue.input)
      ? 'IPv6 is read in configurations and named, not evaluated: give the IPv4 address'
      : SCHEMA_MEND,
  };
}

const isIpv6 = (input: unknown): boolean =>
  typeof input === 'string' && /^[\da-f:]*:[\da-f:]*:[\da-f:.]*$/i.test(input);

/** Keys that the schema knows at a path, for suggestions. */
function shapeAt(path: Path): string[] {
  let schema: unknown = siteSchema;
  for (const step of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[String(step)];
    else if (inner instanceof z.ZodRecord) schema = inner.valueType;
    else if (inner instanceof z.ZodArray) schema = inner.element;
    else return [];
  }
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrap(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner;
}
