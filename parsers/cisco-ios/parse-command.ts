import { type CatalogueCode, diagnose } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import type { Command, Mode, ParsedCommand, Reading } from '../../src/model/command.ts';
import type { IosVersion } from '../../src/model/router-config.ts';
import { readExec } from './exec.ts';
import { isGlobalIpWord } from './global/ip.ts';
import { isGlobalWord, readGlobalLine } from './global.ts';
import { isPartWord } from './interface/parts.ts';
import { isInterfaceIpWord, isInterfaceWord } from './interface.ts';
import { keepPlace } from './kept-entry.ts';
import type { Indent } from './layout.ts';
import { readOwn } from './modes/own.ts';
import { readUnderSkipped } from './modes/skipped.ts';
import { isVrfWord } from './modes/vrf.ts';
import { standsOutsideItsMode } from './outside-mode.ts';
import { isRoutingWord } from './routing.ts';
import { Failure, rewind, type Statement, tell } from './statement.ts';
import { isLineWord } from './terminal-line.ts';
import { Words } from './words.ts';

const NOTHING: readonly Diagnostic[] = [];

/**
 * Reads one line in a mode. What the mode's own grammar does not take is tried as a global statement, as IOS does.
 * The line is `line.text` between its columns, so that a prompt before it can be left out.
 */
export const parseCommand = (
  line: SourceSpan,
  mode: Mode,
  version: IosVersion | null,
  reading: Reading = 'terminal',
): ParsedCommand => parseLine(line, mode, version, reading, null);

/** `margin`: the column at which the global statements of the text stand; null where it does not indent. */
export function parseLine(
  line: SourceSpan,
  mode: Mode,
  version: IosVersion | null,
  reading: Reading,
  margin: number | null,
): ParsedCommand {
  const words = new Words(line);
  const first = words.all[0];
  if (first === undefined) return skipped(line, 'blank lines');
  if (first.charCodeAt(0) === 33) return skipped(line, 'comments');

  const diagnostics: Diagnostic[] = [];
  const lower = first.toLowerCase();
  const byDefault = lower === 'default';
  const on = lower !== 'no' && !byDefault;
  if (!on) words.at = 1;
  const s: Statement = { words, mode, version, reading, on, byDefault, diagnostics };
  const indent: Indent = margin === null ? 'unknown' : line.column > margin ? 'inside' : 'outside';
  const command = readInMode(s, indent);
  if (command instanceof Failure) return rejected(s, command);
  if (isGuessedSkip(s, command))
    return rejected(
      s,
      new Failure('invalid', `\`${words.all[on ? 0 : 1]}\` is not a whole statement`, on ? 0 : 1),
    );
  if (command.kind !== 'skipped') remarkOnSpelling(s);
  return {
    command: indent === 'outside' ? withSubCommands(command) : command,
    diagnostics: diagnostics.length === 0 ? NOTHING : diagnostics,
  };
}

/** What stands indented under a skipped statement is its own, whether or not it is known as a header. */
const withSubCommands = (command: Command): Command =>
  command.kind === 'skipped' && command.next !== 'same' && command.next.kind === 'global'
    ? { ...command, next: { kind: 'skipped', family: command.family, assumed: true } }
    : command;

/** A file prints whole words: one that only abbreviates a skipped statement is not knowingly skipped. */
function isGuessedSkip(s: Statement, command: Command): boolean {
  if (command.kind !== 'skipped') return false;
  const { mode } = s;
  const start = s.on ? 0 : 1;
  const first = (s.words.all[start] ?? '').toLowerCase();
  const second = (s.words.all[start + 1] ?? '').toLowerCase();
  // At a terminal people abbreviate, but an entry that has lost its list begins no other statement.
  if (s.reading === 'terminal')
    return (
      !isGlobalWord(first) &&
      ((command.next !== 'same' && cutsEntryWord(first)) || (isExecShort(first) && mode.kind !== 'skipped'))
    );
  // A part of the mode, or the mode around it, is entered by words of its own.
  const stays = command.next === 'same' || (mode.kind !== 'global' && command.next.kind === mode.kind);
  if (stays && mode.kind === 'interface')
    return (
      (!isInterfaceWord(first) && !isPartWord(mode, first)) || (first === 'ip' && !isInterfaceIpWord(second))
    );
  if (stays) return false;
  return !isGlobalWord(first) || (first === 'ip' && !isGlobalIpWord(second));
}

/** What is typed in the wrong mode more often than what it could abbreviate there: `sh run`, `wr`, `conf t`. */
const isExecShort = (word: string): boolean =>
  /^(?:sh(?:ow?)?|wr(?:ite?)?|conf(?:i(?:g(?:ure?)?)?)?|rel(?:oad?)?|copy?|ping?|clea?r?|deb(?:ug?)?|und(?:ebug)?)$/.test(
    word,
  );

const cutsEntryWord = (word: string): boolean =>
  word.length > 2 && ['permit', 'deny'].some((whole) => whole.startsWith(word));

function skipped(line: SourceSpan, family: string): ParsedCommand {
  return { command: { kind: 'skipped', family, span: line, next: 'same' }, diagnostics: NOTHING };
}

function readInMode(s: Statement, indent: Indent): Command | Failure {
  const { words, mode } = s;
  if (mode.kind === 'exec' || mode.kind === 'closed') {
    words.at = 0;
    return readExec(s, false);
  }
  if (mode.kind === 'global') return readGlobalLine(s);
  if (mode.kind === 'skipped') return readUnderSkipped(s, mode, indent);
  const start = s.on ? 0 : 1;
  if (globalComesFirst(s, start, indent === 'outside')) {
    const global = readGlobalLine(s);
    if (!(global instanceof Failure) && !staysInside(global, indent)) return global;
    rewind(s, start);
  }
  const own = readOwn(s, indent);
  if (own !== undefined && !(own instanceof Failure)) return knownGlobally(s, own, start) ?? own;
  rewind(s, start);
  const global = readGlobalLine(s);
  if (!(global instanceof Failure) && !hidesEntry(s, global, start) && !staysInside(global, indent))
    return global;
  const failure = own ?? (global instanceof Failure ? global : undefined);
  if (failure) {
    rewind(s, start);
    const kept = keepPlace(s, failure, indent);
    if (kept) return kept;
  }
  if (!(global instanceof Failure)) return own ?? global;
  return own !== undefined && own.at >= global.at ? own : global;
}

/** What would only be passed over as a global statement does not lead out of the mode that it is indented under. */
const staysInside = (global: Command, indent: Indent): boolean =>
  indent === 'inside' && global.kind === 'skipped';

/**
 * A whole global word is the global statement where the mode knows it only as the beginning of a longer word
 * (`router` against `router-id`), and where the text's indentation says that the line stands outside the mode.
 */
function globalComesFirst(s: Statement, start: number, unindented: boolean): boolean {
  const first = (s.words.all[start] ?? '').toLowerCase();
  if (!isGlobalWord(first)) return false;
  if (unindented) return true;
  switch (s.mode.kind) {
    case 'interface': {
      if (isPartWord(s.mode, first)) return false;
      if (!isInterfaceWord(first)) return true;
      const second = (s.words.all[start + 1] ?? '').toLowerCase();
      return first === 'ip' && isGlobalIpWord(second) && !isInterfaceIpWord(second);
    }
    case 'line':
      return !isLineWord(first);
    case 'routing':
      return !isRoutingWord(first);
    default:
      return false;
  }
}

/**
 * The global statement that a short word of a terminal stands for, where the mode would only skip a longer word of
 * its own: `int Fa0/0` under a line is no `international`, which takes no argument.
 */
function knownGlobally(s: Statement, own: Command, start: number): Command | undefined {
  if (own.kind !== 'skipped' || s.reading !== 'terminal' || isWordOfMode(s, start)) return undefined;
  rewind(s, start);
  const global = readGlobalLine(s);
  if (!(global instanceof Failure) && global.kind !== 'skipped') return global;
  rewind(s, start);
  return undefined;
}

function isWordOfMode(s: Statement, start: number): boolean {
  const first = (s.words.all[start] ?? '').toLowerCase();
  switch (s.mode.kind) {
    case 'interface':
      return isInterfaceWord(first) || isPartWord(s.mode, first);
    case 'line':
      return isLineWord(first);
    case 'routing':
      return isRoutingWord(first);
    case 'vrf':
      return isVrfWord(first);
    default:
      return true;
  }
}

/** Inside a list an abbreviated word that global mode would skip is more likely the cut-off end of an entry. */
function hidesEntry(s: Statement, command: Command, start: number): boolean {
  return (
    s.mode.kind === 'access-list' && command.kind === 'skipped' && !isGlobalWord(s.words.all[start] ?? '')
  );
}

function rejected(s: Statement, failure: Failure): ParsedCommand {
  const { line } = s.words;
  const strays = standsOutsideItsMode(s);
  const { message } = strays ?? failure;
  const code: CatalogueCode = strays
    ? 'mode-unclear'
    : failure.reason === 'not-on-this-train'
      ? 'not-on-this-train'
      : 'unparsed-line';
  const where = strays ? line : s.words.spanOf(failure.at);
  s.diagnostics.push(diagnose(code, where, message));
  return {
    command: { kind: 'rejected', reason: failure.reason, message, span: line, next: 'same' },
    diagnostics: s.diagnostics,
  };
}

function remarkOnSpelling(s: Statement): void {
  const { words } = s;
  if (words.comment && words.count < words.all.length)
    tell(
      s,
      'trailing-comment',
      `\`${words.all.slice(words.count).join(' ')}\` was taken as a comment`,
      words.count,
    );
  if (words.short >= 0)
    tell(s, 'abbreviated-word', `\`${words.all[words.short]}\` is an abbreviation`, words.short);
}
