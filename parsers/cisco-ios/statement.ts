import { type CatalogueCode, diagnose } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import {
  type Command,
  GLOBAL_MODE,
  type Mode,
  type Reading,
  type RejectReason,
  type Uses,
} from '../../src/model/command.ts';
import { describeFeature, type IosFeature, mayUse } from '../../src/model/ios-features.ts';
import type { AclReference, IosVersion } from '../../src/model/router-config.ts';
import { AMBIGUOUS, candidatesOf, type Keywords } from './keywords.ts';
import type { Words } from './words.ts';

/** Why a line, or a part of it, could not be read, and at which word. */
export class Failure {
  readonly reason: RejectReason;
  readonly message: string;
  readonly at: number;
  constructor(reason: RejectReason, message: string, at: number) {
    this.reason = reason;
    this.message = message;
    this.at = at;
  }
}

/** What every statement's reader is given. */
export interface Statement {
  readonly words: Words;
  readonly mode: Mode;
  readonly version: IosVersion | null;
  readonly reading: Reading;
  /** The line without `no` or `default` sets; both of those unset. */
  readonly on: boolean;
  /** It was `default`, which for a switch that IOS has on means on. */
  readonly byDefault: boolean;
  readonly diagnostics: Diagnostic[];
}

export type StatementReader = (s: Statement) => Command | Failure;

/** How the device puts it: the end of the line came too early, or the word is wrong. */
export const wrongWord = (words: Words, expected: string): Failure =>
  words.done
    ? new Failure('incomplete', `incomplete: expected ${expected}`, words.count)
    : new Failure('invalid', `\`${words.peek()}\` is not ${expected}`, words.at);

export const ambiguousWord = (words: Words, table: Keywords<unknown>): Failure =>
  new Failure(
    'ambiguous',
    `\`${words.peek()}\` is ambiguous: ${candidatesOf(table, words.peekLower()).join(', ')}`,
    words.at,
  );

/** The keyword at the place, stepped over; otherwise why not. */
export function expectKeyword<V>(words: Words, table: Keywords<V>, expected: string): V | Failure {
  const value = words.takeKeyword(table);
  if (value === AMBIGUOUS) return ambiguousWord(words, table);
  return value === undefined ? wrongWord(words, expected) : value;
}

export const expectEnd = (words: Words): Failure | undefined =>
  words.done
    ? undefined
    : new Failure('invalid', `\`${words.peek()}\` is not expected here: the line should end`, words.at);

/** At the terminal a train refuses what it does not know; a file shows that its device took it all the same. */
export function needFeature(s: Statement, feature: IosFeature, at: number): Failure | undefined {
  if (mayUse(s.version, feature)) return undefined;
  const message = `IOS ${s.version?.text ?? ''} does not know ${describeFeature(feature)}`;
  if (s.reading === 'terminal') return new Failure('not-on-this-train', message, at);
  tell(s, 'not-on-this-train', message, at);
  return undefined;
}

export function tell(
  s: Statement,
  code: CatalogueCode,
  message: string,
  at?: number,
  more: Parameters<typeof diagnose>[3] = {},
): void {
  s.diagnostics.push(diagnose(code, at === undefined ? s.words.line : s.words.spanOf(at), message, more));
}

/** A knowingly skipped line of a family that cannot affect a packet. */
export const skipGlobally = (s: Statement, family: string): Command => ({
  kind: 'skipped',
  family,
  span: s.words.line,
  next: GLOBAL_MODE,
});

export const skipHere = (s: Statement, family: string): Command => ({
  kind: 'skipped',
  family,
  span: s.words.line,
  next: 'same',
});

/** The uses that one line makes of lists, with the statement that a later `no` would name. */
export function usesOf(
  s: Statement,
  use: AclReference['use'],
  lists: readonly string[],
  header: string | null,
): Uses {
  const { all, line } = s.words;
  const statement = (s.on ? all : all.slice(1)).join(' ');
  const owner = header === null ? statement : `${header}: ${statement}`;
  return { owner, references: lists.map((acl) => ({ acl, use, span: line, owner })), on: s.on };
}

/** Words behind which many statements name a list. */
const LIST_WORDS: ReadonlySet<string> = new Set([
  'list',
  'access-list',
  'access-group',
  'access-class',
  'java-list',
  'redirect-list',
  'group-list',
  'rp-list',
]);

/** Lists that a statement names in passing, where what it does is not modelled. */
export function listsNamed(s: Statement): string[] {
  const { all, count } = s.words;
  const found: string[] = [];
  for (let i = 1; i < count - 1; i++) if (LIST_WORDS.has(all[i]!.toLowerCase())) found.push(all[i + 1]!);
  return found;
}

/** Takes the reading back to a word, as if nothing behind it had been looked at. */
export function rewind(s: Statement, start: number): void {
  s.words.at = start;
  s.words.furthest = start;
  s.words.short = -1;
  s.diagnostics.length = 0;
}
