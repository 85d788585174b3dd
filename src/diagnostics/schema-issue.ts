import type * as z from 'zod';

// zod's issues in the words of someone who edits a file.

/** Checks what somebody wrote. Its issues carry their input, without which they cannot be put into words. */
export const checkWritten = <T>(schema: z.ZodType<T>, written: unknown): z.ZodSafeParseResult<T> =>
  schema.safeParse(written, { reportInput: true });

/** Of a value that fits none of several shapes, what the shape says that it fits best: the one whose fault lies deepest. */
export function innermostIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union' || issue.input === undefined) return issue;
  const faults = issue.errors.flatMap((branch) => {
    const [first] = branch;
    return first && first.path.length > 0 ? [first] : [];
  });
  const deepest = faults.sort((a, b) => b.path.length - a.path.length)[0];
  return deepest ? innermostIssue({ ...deepest, path: [...issue.path, ...deepest.path] }) : issue;
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
      return issue.message;
  }
}

/** What is wrong at a place of a document, e.g. `items.0.id is missing`; `whole` names the document itself. */
export function describeIssue(issue: z.core.$ZodIssue, where: string, whole: string): string {
  const place = where === '' ? whole : where;
  if (issue.code === 'unrecognized_keys')
    return `unknown key "${issue.keys.join('", "')}"${where === '' ? '' : ` in ${where}`}`;
  if (issue.code === 'custom') return `${place}: ${issue.message}`;
  return issue.input === undefined ? `${place} is missing` : `${place} should be ${wantedBy(issue)}`;
}
