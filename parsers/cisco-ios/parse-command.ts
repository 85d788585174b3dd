import { type CatalogueCode, diagnose } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import type { Command, Mode, ParsedCommand, Reading } from '../../src/model/command.ts';
import type { IosVersion } from '../../src/model/router-config.ts';
import { MAX_SEQUENCE, readListLine, unreadEntry } from './access-list.ts';
import { meantAsEntry } from './ace.ts';
import { readExec } from './exec.ts';
import { isGlobalIpWord, isGlobalWord, readGlobalLine, SDWAN } from './global.ts';
import { isInterfaceIpWord, isInterfaceWord, readInterfaceLine } from './interface.ts';
import { Failure, type Statement, skipHere, tell, usesOf } from './statement.ts';
import { readControlPlaneLine, readIpv6Entry, readMatchLine, readVrfDetail } from './match-modes.ts';
import { readPoolLine } from './nat.ts';
import { readGroupLine, unreadMember } from './object-group.ts';
import { isRoutingWord, readRoutingLine } from './routing.ts';
import { isLineWord, readTerminalLine, SLOT_LINES } from './terminal-line.ts';
import { readTimeRangeLine, unreadTimeRangeEntry } from './time-range.ts';
import { readNumber, Words } from './words.ts';

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

/** Where the text's indentation puts a line: at the margin, under a header, or nothing is to be seen from it. */
type Indent = 'outside' | 'inside' | 'unknown';

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
  if (command.kind !== 'skipped' || s.reading !== 'file') return false;
  const { mode } = s;
  const start = s.on ? 0 : 1;
  const first = (s.words.all[start] ?? '').toLowerCase();
  const second = (s.words.all[start + 1] ?? '').toLowerCase();
  if (command.next === 'same' && mode.kind === 'interface')
    return !isInterfaceWord(first) || (first === 'ip' && !isInterfaceIpWord(second));
  if (command.next === 'same') return false;
  return !isGlobalWord(first) || (first === 'ip' && !isGlobalIpWord(second));
}

function skipped(line: SourceSpan, family: string): ParsedCommand {
  return { command: { kind: 'skipped', family, span: line, next: 'same' }, diagnostics: NOTHING };
}

function readInMode(s: Statement, indent: Indent): Command | Failure {
  const { words, mode } = s;
  if (mode.kind === 'exec') {
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
  const own = readOwn(s);
  if (own !== undefined && !(own instanceof Failure)) return own;
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

function rewind(s: Statement, start: number): void {
  s.words.at = start;
  s.words.furthest = start;
  s.words.short = -1;
  s.diagnostics.length = 0;
}

/** The mode's own grammar; undefined where it has none beside the global one. */
function readOwn(s: Statement): Command | Failure | undefined {
  const { mode } = s;
  switch (mode.kind) {
    case 'access-list':
      return readListLine(s, mode);
    case 'interface':
      return readInterfaceLine(s);
    case 'line':
      return readTerminalLine(s);
    case 'object-group':
      return readGroupLine(s, mode);
    case 'time-range':
      return readTimeRangeLine(s);
    case 'nat-pool':
      return readPoolLine(s, mode.name);
    case 'routing':
      return readRoutingLine(s);
    case 'route-map':
    case 'class-map':
    case 'crypto-map':
      return readMatchLine(s, mode);
    case 'vrf':
      return readVrfDetail(s);
    case 'ipv6-access-list':
      return readIpv6Entry(s);
    case 'control-plane':
      return readControlPlaneLine(s);
    case 'exec':
    case 'global':
    case 'skipped':
      return undefined;
  }
}

/** A line of a file that belongs to a list, group or range keeps its place there although it was not understood. */
function keepPlace(s: Statement, failure: Failure, indent: Indent): Command | undefined {
  const { mode, words } = s;
  if (s.reading !== 'file' || !s.on) return undefined;
  const below = standsBelow(words, indent);
  switch (mode.kind) {
    case 'access-list': {
      const [first = '', second = ''] = words.all;
      if (!below && !meantAsEntry(first, second)) return undefined;
      const sequence = readNumber(first);
      return {
        kind: 'list-entry',
        entry: unreadEntry(s, failure, sequence === undefined ? 0 : 1, sequenceOf(sequence)),
        span: words.line,
        next: 'same',
      };
    }
    case 'object-group':
      return below ? unreadMember(s, mode, failure) : undefined;
    case 'time-range':
      return below ? unreadTimeRangeEntry(s, failure) : undefined;
    default:
      return undefined;
  }
}

const sequenceOf = (number: number | undefined): number | null =>
  number !== undefined && number >= 1 && number <= MAX_SEQUENCE ? number : null;

/** Inside a list an abbreviated word that global mode would skip is more likely the cut-off end of an entry. */
function hidesEntry(s: Statement, command: Command, start: number): boolean {
  return (
    s.mode.kind === 'access-list' && command.kind === 'skipped' && !isGlobalWord(s.words.all[start] ?? '')
  );
}

/** Statements that end a skipped mode even where the text is indented: they decide about packets. */
const LEAVES_SKIPPED: ReadonlySet<Command['kind']> = new Set([
  'append-entry',
  'delete-list',
  'enter-list',
  'enter-interface',
  'enter-line',
  'enter-object-group',
  'enter-routing',
  'enter-time-range',
  'route',
  'remove-route',
  'nat-rule',
  'nat-pool',
]);

/** Families that have an `interface X` of their own, which names one and does not lead to it. */
const NAMES_INTERFACES: ReadonlySet<string> = new Set([SDWAN, 'traffic copies']);

/** Behind a prompt, or alone, a line's own column is all there is to go by. */
const standsBelow = (words: Words, indent: Indent): boolean =>
  indent === 'inside' || (indent === 'unknown' && words.line.column > 1);

function readUnderSkipped(
  s: Statement,
  mode: Extract<Mode, { kind: 'skipped' }>,
  indent: Indent,
): Command | Failure {
  const { words } = s;
  const start = s.on ? 0 : 1;
  const below = standsBelow(words, indent);
  const whole = isGlobalWord(words.all[start] ?? '');
  const global = whole ? readGlobalLine(s) : undefined;
  if (global && !(global instanceof Failure)) {
    const named =
      global.kind === 'enter-interface' && indent === 'inside' && NAMES_INTERFACES.has(mode.family);
    if (!named && (!below || LEAVES_SKIPPED.has(global.kind))) return global;
  }
  rewind(s, start);
  if (indent === 'outside') return readGlobalLine(s);
  if (mode.family === SLOT_LINES && words.takeWord('access-class', 8) && !words.done)
    return {
      kind: 'reference',
      ...usesOf(s, 'other', [words.take()], SLOT_LINES),
      span: words.line,
      next: 'same',
    };
  // Where nothing but its place says that a line belongs here, one that decides about packets is not passed over.
  if (s.reading === 'file' && (mode.assumed || !below) && standsOutsideItsMode(s)) return readGlobalLine(s);
  return skipHere(s, mode.family);
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

/** A file that was filtered by `| include` has sub-commands whose header is gone. */
function standsOutsideItsMode(s: Statement): { message: string } | undefined {
  if (s.reading !== 'file' || (s.mode.kind !== 'global' && s.mode.kind !== 'skipped')) return undefined;
  const start = s.on ? 0 : 1;
  const first = (s.words.all[start] ?? '').toLowerCase();
  const again = (): Statement => ({ ...s, words: restart(s.words, start), diagnostics: [] });
  if (isInterfaceWord(first)) {
    const found = readInterfaceLine(again());
    if (!(found instanceof Failure) && found.kind !== 'skipped')
      return { message: 'this belongs under an interface, but none stands before it' };
  }
  return meantAsEntry(first, s.words.all[start + 1] ?? '')
    ? { message: 'this is an entry of a list, but no list stands before it' }
    : undefined;
}

function restart(words: Words, start: number): Words {
  const fresh = new Words(words.line);
  fresh.at = start;
  return fresh;
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
