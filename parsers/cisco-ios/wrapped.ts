import { meantAsEntry } from './ace.ts';
import { readNumber, startsWithDigit } from './words.ts';

/** Reason of an entry whose end stands on the next line. */
export const CUT_IN_TWO = 'cut in two by a terminal';
/** What the printer puts behind it, so that the first half is never read as a whole. */
export const CUT_MARK = '...';

/** Words with which no statement of any mode begins, and which end an entry when a terminal cuts it in two. */
const CONTINUATIONS: ReadonlySet<string> = new Set([
  'eq',
  'neq',
  'gt',
  'lt',
  'range',
  'any',
  'host',
  'established',
  'log',
  'log-input',
  'fragments',
  'precedence',
  'dscp',
  'tos',
  'ttl',
  'option',
  'reflect',
  'match-any',
  'match-all',
  'ack',
  'fin',
  'psh',
  'rst',
  'syn',
  'urg',
]);

/** Whether a line that follows an entry is the cut-off end of it. */
export function isOrphan(text: string): boolean {
  const trimmed = text.trimStart();
  const c = trimmed.charCodeAt(0);
  // Nearly every next line is another entry or a comment: those are told by their first letter.
  if (c === 33 || Number.isNaN(c)) return false;
  const [first = '', second = ''] = trimmed.split(/\s+/, 2);
  if (startsWithDigit(first)) return readNumber(first) === undefined || !meantAsEntry(first, second);
  return CONTINUATIONS.has(first.toLowerCase());
}
