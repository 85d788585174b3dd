import type { Command, Mode } from '../../../src/model/command.ts';
import { KEYS } from '../global/crypto.ts';
import { SDWAN } from '../global/headers.ts';
import { isGlobalWord, readGlobalLine } from '../global.ts';
import { type Indent, standsBelow } from '../layout.ts';
import { standsOutsideItsMode } from '../outside-mode.ts';
import { Failure, rewind, type Statement, skipHere, usesOf } from '../statement.ts';
import { SLOT_LINES } from '../terminal-line.ts';
import { intoPart } from './parts.ts';

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

/** Families whose own statements begin like global ones: `dialer pool 1` of a template, `authentication open` of an SSID. */
const BORROWS_WORDS: ReadonlySet<string> = new Set(['templates', 'authentication servers']);

/** `acl LIST` of a remote-access group, `match address ipv4 LIST` of a key server's group. */
function selectorOf({ words }: Statement): string | null {
  const all = words.all.map((w) => w.toLowerCase());
  const list =
    all[0] === 'acl'
      ? words.all[1]
      : all[0] === 'match' && all[1] === 'address' && all[2] === 'ipv4'
        ? words.all[3]
        : undefined;
  if (list === undefined) return null;
  words.at = words.count;
  return list;
}

export function readUnderSkipped(
  s: Statement,
  mode: Extract<Mode, { kind: 'skipped' }>,
  indent: Indent,
): Command | Failure {
  const { words } = s;
  const start = s.on ? 0 : 1;
  const part = s.on ? intoPart(mode, words.rest()) : 'same';
  const below = standsBelow(words, indent);
  const whole = isGlobalWord(words.all[start] ?? '');
  const read = whole || s.reading === 'terminal' ? readGlobalLine(s) : undefined;
  const global = read instanceof Failure ? undefined : read;
  // At a terminal a short word leads out only where it decides about packets: `int Fa0/0`.
  // Words of a part mean something else outside it: `logging enable` under `log config`.
  const inside = part !== 'same' || (mode.depth !== undefined && mode.depth > 0);
  const borrowed = indent !== 'outside' && BORROWS_WORDS.has(mode.family);
  if (
    global?.kind === 'skipped' &&
    (inside || (borrowed && global.next !== 'same' && global.next.kind === 'global'))
  ) {
    words.at = words.count;
    return { ...skipHere(s, mode.family), next: part };
  }
  if (global && (whole || LEAVES_SKIPPED.has(global.kind))) {
    const named =
      global.kind === 'enter-interface' && indent === 'inside' && NAMES_INTERFACES.has(mode.family);
    // Blanks before an `exit` that is typed mean nothing.
    const leaves = LEAVES_SKIPPED.has(global.kind) || (s.reading === 'terminal' && global.kind === 'move');
    if (!named && (!below || leaves)) return global;
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
  const selector = mode.family === KEYS ? selectorOf(s) : null;
  if (selector !== null)
    return {
      kind: 'reference',
      ...usesOf(s, 'crypto-map', [selector], KEYS),
      span: words.line,
      next: 'same',
    };
  // Where nothing but its place says that a line belongs here, one that decides about packets is not passed over.
  if (s.reading === 'file' && (mode.assumed || !below) && standsOutsideItsMode(s)) return readGlobalLine(s);
  return { ...skipHere(s, mode.family), next: part };
}
