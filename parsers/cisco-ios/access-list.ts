import { type AceAction, type AclEntry, type AclKind, MAX_SEQUENCE } from '../../src/model/access-list.ts';
import { type Command, GLOBAL_MODE, type Mode } from '../../src/model/command.ts';
import { type EntryPlace, readEntry } from './ace.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { isExpanded, listKindOf } from './list-number.ts';
import {
  ambiguousWord,
  expectEnd,
  Failure,
  needFeature,
  type Statement,
  skipGlobally,
  tell,
  wrongWord,
} from './statement.ts';
import { readNumber, startsWithDigit } from './words.ts';
import { CUT_IN_TWO, CUT_MARK } from './wrapped.ts';

/** `access-list N …` and what shares its first word. */
export function readAccessList(s: Statement): Command | Failure {
  const { words } = s;
  const word = words.peekLower();
  if (!startsWithDigit(word)) {
    // A namespace of its own, and a lookup optimization: neither is a list of packets to filter.
    if (words.takeWord('rate-limit')) return skipGlobally(s, 'rate-limit access lists');
    if (words.takeWord('compiled') || words.takeWord('dynamic-extended'))
      return skipGlobally(s, 'access-list processing options');
    return wrongWord(words, "a list's number");
  }
  const at = words.at;
  const number = readNumber(word);
  const listKind = number === undefined ? undefined : listKindOf(number);
  if (number === undefined || listKind === undefined) return wrongWord(words, "a list's number, 1-2999");
  words.at++;
  if (listKind === 'other') return skipGlobally(s, 'lists of other protocols than IP');
  const list = String(number);
  if (!s.on) return readDelete(s, list, listKind);
  if (isExpanded(number)) {
    const failure = needFeature(s, 'expanded-numbers', at);
    if (failure) return failure;
  }
  const entry = readEntry(s, { listKind, named: false, sequence: null, shown: false });
  if (!(entry instanceof Failure))
    return { kind: 'append-entry', list, listKind, entry, span: words.line, next: GLOBAL_MODE };
  if (s.reading === 'terminal') return entry;
  return {
    kind: 'append-entry',
    list,
    listKind,
    entry: unreadEntry(s, entry, 2, null),
    span: words.line,
    next: GLOBAL_MODE,
  };
}

/** Single entries of a numbered list cannot be removed so: whatever follows the number, the whole list goes. */
const readDelete = (s: Statement, list: string, listKind: AclKind): Command => ({
  kind: 'delete-list',
  list,
  listKind,
  meantForOneLine: !s.words.done,
  span: s.words.line,
  next: GLOBAL_MODE,
});

/** An entry of a file that could not be read stays in the list, as one that may match any packet. */
export function unreadEntry(
  s: Statement,
  failure: Failure,
  actionAt: number,
  sequence: number | null,
): AclEntry {
  tell(s, 'unparsed-line', failure.message, failure.at, {
    severity: 'error',
    mend: 'The entry is taken as one that may match any packet, until it can be read.',
  });
  const word = (s.words.all[actionAt] ?? '').toLowerCase();
  const action: AceAction | null =
    word.length >= 1 && 'permit'.startsWith(word)
      ? 'permit'
      : word.length >= 2 && 'deny'.startsWith(word)
        ? 'deny'
        : null;
  const reason = s.words.all.at(-1) === CUT_MARK ? CUT_IN_TWO : failure.message;
  return { kind: 'unparsed', action, sequence, reason, span: s.words.line };
}

const IP_ACCESS_LIST = keywords<string>(
  [
    'standard',
    'extended',
    'resequence',
    'log-update',
    'logging',
    'persistent',
    'fqdn',
    'role-based',
    'helper',
    'match-local-traffic',
    'hardware',
  ].map((w) => [w, w]),
  // Newer trains only; `l` and `r` must stay what they were.
  ['fqdn', 'role-based', 'helper', 'match-local-traffic', 'hardware', 'persistent'],
);

/** `ip access-list …` */
export function readIpAccessList(s: Statement): Command | Failure {
  const { words } = s;
  const at = words.at;
  const what = words.takeKeyword(IP_ACCESS_LIST);
  if (what === AMBIGUOUS) return ambiguousWord(words, IP_ACCESS_LIST);
  switch (what) {
    case undefined:
      return wrongWord(words, 'standard or extended');
    case 'standard':
    case 'extended':
      return readEnterList(s, what, at);
    case 'resequence':
      return readResequence(s, at);
    case 'fqdn':
    case 'role-based':
      tell(s, 'unmodelled-clause', `${what} lists are not modelled: a use of one is an undefined list here`);
      return {
        kind: 'skipped',
        family: `${what} access lists`,
        span: words.line,
        next: s.on ? { kind: 'skipped', family: `${what} access lists` } : GLOBAL_MODE,
      };
    default:
      return skipGlobally(s, 'access-list processing options');
  }
}

function readEnterList(s: Statement, listKind: AclKind, at: number): Command | Failure {
  const { words } = s;
  const failure = needFeature(s, 'named-list', at);
  if (failure) return failure;
  if (words.done) return wrongWord(words, "a list's name or number");
  const word = words.peek();
  const number = readNumber(word);
  if (number !== undefined && listKindOf(number) !== listKind)
    return new Failure('invalid', `${word} is not the number of ${aKind(listKind)} list`, words.at);
  // So that it cannot be taken for a number (IP access list guide); a file shows that its device took it.
  if (number === undefined && /^\d/.test(word) && s.reading === 'terminal')
    return new Failure('invalid', `${word}: the name of a list begins with a letter`, words.at);
  words.at++;
  const end = expectEnd(words);
  if (end) return end;
  const list = number === undefined ? word : String(number);
  return s.on
    ? {
        kind: 'enter-list',
        list,
        listKind,
        span: words.line,
        next: { kind: 'access-list', list, listKind },
      }
    : { kind: 'delete-list', list, listKind, meantForOneLine: false, span: words.line, next: GLOBAL_MODE };
}

const aKind = (kind: AclKind): string => (kind === 'standard' ? 'a standard' : 'an extended');

function readResequence(s: Statement, at: number): Command | Failure {
  const { words } = s;
  const failure = needFeature(s, 'sequence-numbers', at);
  if (failure) return failure;
  if (words.done) return wrongWord(words, "a list's name or number");
  const list = words.take();
  if (!s.on) return skipGlobally(s, 'access-list processing options');
  const start = words.done ? 10 : words.takeNumber(MAX_SEQUENCE, 1);
  if (start === undefined) return wrongWord(words, 'the first sequence number');
  const step = words.done ? 10 : words.takeNumber(MAX_SEQUENCE, 1);
  if (step === undefined) return wrongWord(words, 'the step between sequence numbers');
  return (
    expectEnd(words) ?? { kind: 'resequence-list', list, start, step, span: words.line, next: GLOBAL_MODE }
  );
}

/** A line under `ip access-list …`: `[N] permit …`, `no N`, `no permit …`. */
export function readListLine(s: Statement, mode: Extract<Mode, { kind: 'access-list' }>): Command | Failure {
  const { words } = s;
  const at = words.at;
  let sequence: number | null = null;
  if (startsWithDigit(words.peek())) {
    const number = words.takeNumber(MAX_SEQUENCE, 1);
    if (number === undefined) return wrongWord(words, `a sequence number, 1-${MAX_SEQUENCE}`);
    const failure = needFeature(s, 'sequence-numbers', at);
    if (failure) return failure;
    sequence = number;
  }
  if (!s.on && sequence !== null && words.done)
    return { kind: 'remove-entry', sequence, entry: null, span: words.line, next: 'same' };
  const place: EntryPlace = {
    listKind: mode.listKind,
    named: readNumber(mode.list) === undefined,
    sequence,
    shown: false,
  };
  const entry = readEntry(s, place);
  if (entry instanceof Failure) return entry;
  return s.on
    ? { kind: 'list-entry', entry, span: words.line, next: 'same' }
    : { kind: 'remove-entry', sequence, entry, span: words.line, next: 'same' };
}
