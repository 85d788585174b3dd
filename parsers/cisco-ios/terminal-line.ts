import { type Command, GLOBAL_MODE } from '../../src/model/command.ts';
import type { Direction, TerminalLine } from '../../src/model/router-config.ts';
import { AMBIGUOUS, keywords, plainKeywords } from './keywords.ts';
import {
  ambiguousWord,
  expectEnd,
  type Failure,
  type Statement,
  type StatementReader,
  skipHere,
  wrongWord,
} from './statement.ts';
import { startsWithDigit } from './words.ts';

const KINDS = keywords<TerminalLine['kind']>([
  ['console', 'console'],
  // What the device itself prints.
  ['con', 'console'],
  ['aux', 'aux'],
  ['vty', 'vty'],
  ['tty', 'tty'],
]);

/** Under their header an `access-class` is kept as a use of its list. */
export const SLOT_LINES = 'lines of a slot';

/** `line vty 0 4`, `line con 0`, `line 1 8`, `line 0/0/0 0/0/3`. */
export function readEnterLine(s: Statement): Command | Failure {
  const { words } = s;
  let lineKind: TerminalLine['kind'] = 'tty';
  if (!startsWithDigit(words.peek())) {
    const found = words.takeKeyword(KINDS);
    if (found === AMBIGUOUS) return ambiguousWord(words, KINDS);
    if (found === undefined) return wrongWord(words, 'console, aux, vty or a line number');
    lineKind = found;
  }
  if (words.peek().includes('/')) {
    // Lines of a slot carry modems: their sessions are no way into the router's network.
    words.at = words.count;
    return {
      kind: 'skipped',
      family: SLOT_LINES,
      span: words.line,
      next: { kind: 'skipped', family: SLOT_LINES },
    };
  }
  const first = words.takeNumber(9999);
  if (first === undefined) return wrongWord(words, 'a line number');
  const last = words.done ? first : words.takeNumber(9999, first);
  if (last === undefined) return wrongWord(words, 'the last line number');
  const end = expectEnd(words);
  if (end) return end;
  if (!s.on)
    return {
      kind: 'delete-lines',
      lineKind,
      first,
      last,
      reset: s.byDefault,
      span: words.line,
      next: GLOBAL_MODE,
    };
  return { kind: 'enter-line', span: words.line, next: { kind: 'line', lineKind, first, last } };
}

const DIRECTIONS = keywords<Direction>([
  ['in', 'in'],
  ['out', 'out'],
]);

function readAccessClass(s: Statement): Command | Failure {
  const { words } = s;
  if (words.done) return wrongWord(words, "a list's name or number");
  const acl =
    words.look(DIRECTIONS) !== undefined && !s.on && words.at + 1 === words.count ? '' : words.take();
  const direction = words.takeKeyword(DIRECTIONS);
  if (direction === AMBIGUOUS || direction === undefined) return wrongWord(words, 'in or out');
  const vrfAlso = words.takeWord('vrf-also');
  if (!vrfAlso && words.takeWord('vrfname')) words.take();
  return (
    expectEnd(words) ?? {
      kind: 'access-class',
      direction,
      acl: s.on ? acl : null,
      vrfAlso,
      span: words.line,
      next: 'same',
    }
  );
}

const TRANSPORTS = plainKeywords(
  ...'acercon all lapb-ta lat mop none nasi pad rlogin ssh telnet udptn v120'.split(' '),
);

function readTransport(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('input')) {
    words.at = words.count;
    return skipHere(s, 'terminal sessions');
  }
  const protocols: string[] = [];
  while (!words.done) {
    const protocol = words.takeKeyword(TRANSPORTS);
    if (protocol === AMBIGUOUS) return ambiguousWord(words, TRANSPORTS);
    if (protocol === undefined) return wrongWord(words, 'a protocol, all or none');
    protocols.push(protocol);
  }
  return {
    kind: 'transport-input',
    protocols: s.on ? protocols : null,
    span: words.line,
    next: 'same',
  };
}

const skip: StatementReader = (s) => {
  s.words.keepComment();
  s.words.at = s.words.count;
  return skipHere(s, 'terminal sessions');
};

const STATEMENTS = keywords<StatementReader>([
  ['access-class', readAccessClass],
  ['transport', readTransport],
  ['ipv6', (s) => (s.words.takeWord('access-class') ? skip(s) : wrongWord(s.words, 'access-class'))],
  [
    'ip',
    // `ip tcp intercept` is global: only the threshold is a line's own.
    (s) =>
      ['netmask-format', 'tos'].includes(s.words.peekLower()) ||
      (s.words.takeWord('tcp') && s.words.takeWord('input-coalesce-threshold'))
        ? skip(s)
        : wrongWord(s.words, 'netmask-format'),
  ],
  ...(
    'password login exec-timeout exec logging privilege history length width escape-character stopbits speed rxspeed txspeed ' +
    'flowcontrol modem autoselect session-timeout absolute-timeout autohangup autocommand authorization accounting ' +
    'notify location monitor motd-banner exec-banner full-help international editing domain-lookup session-limit ' +
    'session-disconnect-warning parity databits terminal-type terminal-queue vacant-message refuse-message rotary ' +
    'lockable script special-character-bits start-character stop-character telnet timeout transport-preferred ' +
    'disconnect-character dispatch-character hold-character insecure padding private activation-character busy-message ' +
    'callback data-character-bits default-value exec-character-bits media-type no-vacant-message usb-inactivity-timeout stty logout-warning autocommand-options'
  )
    .split(' ')
    .map((w): [string, StatementReader] => [w, skip]),
]);

export const isLineWord = (word: string): boolean => STATEMENTS.exact.has(word);

/** A line under `line …`. */
export function readTerminalLine(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement of a terminal line') : reader(s);
}
