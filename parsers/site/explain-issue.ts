import * as z from 'zod';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { nearest } from '../../src/diagnostics/nearest.ts';
import type { Path, Positions } from './positions.ts';
import { siteSchema } from './schema.ts';

/** zod's issues in the words of someone who edits the file. */
export function explainIssue(issue: z.core.$ZodIssue, pos: Positions): Diagnostic {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const shape = shapeAt(issue.path);
    const close = nearest(key, shape);
    return {
      code: 'site-invalid',
      severity: 'error',
      message: `unknown key "${issue.keys.join('", "')}"${where ? ` in ${where}` : ''}`,
      span: pos.of([...issue.path, key], true),
      mend: close ? `did you mean "${close}"?` : `known keys: ${shape.join(', ')}`,
    };
  }
  const expected =
    issue.code === 'invalid_type'
      ? issue.message.includes('received undefined')
        ? 'is missing'
        : `should be a ${issue.expected}`
      : issue.message;
  return {
    code: 'site-invalid',
    severity: 'error',
    message: `${where || 'the site file'}: ${expected}`,
    span: pos.of(issue.path),
    mend: `see the schema: aclscope init --schema`,
  };
}

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
