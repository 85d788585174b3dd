import { type CatalogueCode, diagnose } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import type { Command, Mode, ParsedCommand, Reading } from '../../src/model/command.ts';
import type { IosVersion } from '../../src/model/router-config.ts';
import { meantAsEntry, readListLine, unreadEntry } from './access-list.ts';
import { readExec } from './exec.ts';
import { isGlobalWord, readGlobalLine } from './global.ts';
import { readInterfaceLine } from './interface.ts';
import { Failure, type Statement, skipHere, tell } from './statement.ts';
import { readTerminalLine } from './terminal-line.ts';
import { Words } from './words.ts';

const NOTHING: readonly Diagnostic[] = [];

/**
 * Reads one line in a mode. What the mode's own grammar does not take is tried as a global statement, as IOS does.
 * The line is `line.text` between its columns, so that a prompt before it can be left out.
 */
export function parseCommand(
  line: SourceSpan,
  mode: Mode,
  version: IosVersion | null,
  reading: Reading = 'terminal',
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
  const command = readInMode(s);
  if (command instanceof Failure) return rejected(s, command);
  if (command.kind !== 'skipped') remarkOnSpelling(s);
  return { command, diagnostics: diagnostics.length === 0 ? NOTHING : diagnostics };
}

function skipped(line: SourceSpan, family: string): ParsedCommand {
  return { command: { kind: 'skipped', family, span: line, next: 'same' }, diagnostics: NOTHING };
}

function readInMode(s: Statement): Command | Failure {
  const { words, mode } = s;
  if (mode.kind === 'exec') {
    words.at = 0;
    return readExec(s, false);
  }
  if (mode.kind === 'skipped') return readUnderSkipped(s, mode.family);
  const own = readOwn(s);
  if (own !== undefined && !(own instanceof Failure)) return own;
  const start = s.on ? 0 : 1;
  const { furthest } = words;
  rewind(s, start);
  const global = readGlobalLine(s);
  if (!(global instanceof Failure) && !hidesEntry(s, global, start)) return global;
  // In a file an entry that cannot be read keeps its place in the list, as one that may match anything.
  if (s.reading === 'file' && mode.kind === 'access-list' && own && s.on && belongsToList(s)) {
    rewind(s, start);
    return {
      kind: 'list-entry',
      entry: unreadEntry(s, own, Number.isInteger(Number(words.all[0])) ? 1 : 0, null),
      span: words.line,
      next: 'same',
    };
  }
  if (!(global instanceof Failure)) return own ?? global;
  return own !== undefined && (own.at >= global.at || furthest > words.furthest) ? own : global;
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
    default:
      return undefined;
  }
}

/** Inside a list an abbreviated word that global mode would skip is more likely the cut-off end of an entry. */
function hidesEntry(s: Statement, command: Command, start: number): boolean {
  return (
    s.mode.kind === 'access-list' && command.kind === 'skipped' && !isGlobalWord(s.words.all[start] ?? '')
  );
}

const belongsToList = (s: Statement): boolean =>
  s.words.line.column > 1 || meantAsEntry(s.words.all[0] ?? '', s.words.all[1] ?? '');

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

function readUnderSkipped(s: Statement, family: string): Command | Failure {
  const start = s.on ? 0 : 1;
  const indented = s.words.line.column > 1;
  const whole = isGlobalWord(s.words.all[start] ?? '');
  const global = whole ? readGlobalLine(s) : undefined;
  if (global && !(global instanceof Failure) && (!indented || LEAVES_SKIPPED.has(global.kind))) return global;
  if (!indented && s.reading === 'file') {
    rewind(s, start);
    return readGlobalLine(s);
  }
  rewind(s, start);
  return skipHere(s, family);
}

function rejected(s: Statement, failure: Failure): ParsedCommand {
  const { line } = s.words;
  const code: CatalogueCode = failure.reason === 'not-on-this-train' ? 'not-on-this-train' : 'unparsed-line';
  s.diagnostics.push(diagnose(code, s.words.spanOf(failure.at), failure.message));
  return {
    command: {
      kind: 'rejected',
      reason: failure.reason,
      message: failure.message,
      inList: s.mode.kind === 'access-list',
      span: line,
      next: 'same',
    },
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
