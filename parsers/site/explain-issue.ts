import * as z from 'zod';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { nearest } from '../../src/diagnostics/nearest.ts';
import type { Path, Positions } from './positions.ts';
import { siteSchema } from './schema.ts';

const SCHEMA_MEND = 'see the schema: aclscope init --schema';

/** zod's issues in the words of someone who edits the file. Issues must carry their input (`reportInput`). */
export function explainIssue(outer: z.core.$ZodIssue, pos: Positions): Diagnostic {
  const issue = innermost(outer);
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
  const missing = issue.input === undefined;
  return {
    code: 'site-invalid',
    severity: 'error',
    message: `${where || 'the site file'} ${missing ? 'is missing' : `should be ${wantedBy(issue)}`}`,
    span: pos.of(issue.path),
    mend: isIpv6(issue.input)
      ? 'IPv6 is read in configurations and named, not evaluated: give the IPv4 address'
      : SCHEMA_MEND,
  };
}

const isIpv6 = (input: unknown): boolean =>
  typeof input === 'string' && /^[\da-f:]*:[\da-f:]*:[\da-f:.]*$/i.test(input);

/** Of a value that fits none of several shapes, what the shape says that it fits best: the one whose fault lies deepest. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union' || issue.input === undefined) return issue;
  const faults = issue.errors.flatMap((branch) => {
    const [first] = branch;
    return first && first.path.length > 0 ? [first] : [];
  });
  const deepest = faults.sort((a, b) => b.path.length - a.path.length)[0];
  return deepest ? innermost({ ...deepest, path: [...issue.path, ...deepest.path] }) : issue;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of names and values',
  boolean: 'true or false',
};

const FORMATS: Readonly<Record<string, string>> = {
  date: 'a day such as 2027-05-31',
  datetime: 'a time such as 2027-05-31T14:30:00',
};

/** What would have fitted, to follow "should be". */
function wantedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'too_big':
      return issue.origin === 'int' ? 'a smaller number' : `at most ${issue.maximum}`;
    case 'too_small':
      if (issue.origin === 'array' || issue.origin === 'string') return 'given, not empty';
      return issue.inclusive ? `at least ${issue.minimum}` : `more than ${issue.minimum}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? issue.message;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union': {
      if (issue.message !== 'Invalid input') return issue.message;
      return [...new Set(issue.errors.flatMap((branch) => branch.map(wantedBy)))].join(', or ');
    }
    default:
      return `otherwise: ${issue.message}`;
  }
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
