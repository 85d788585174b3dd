import type { Command, ExecDeed } from '../../src/model/command.ts';
import { CLOSED, EXEC_MODE, GLOBAL_MODE, USER_EXEC_MODE } from '../../src/model/command.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { ambiguousWord, type Failure, type Statement, wrongWord } from './statement.ts';

type ExecWord = ExecDeed | 'configure' | 'reload' | 'copy' | 'write' | 'enable' | 'disable';

const RARE = [
  'access-enable',
  'access-profile',
  'access-template',
  'resume',
  'release',
  'rename',
  'renew',
  'who',
  'where',
];

const others = (words: string): readonly (readonly [string, ExecWord])[] =>
  words.split(' ').map((w) => [w, 'other']);

/** What anybody may type who has logged in (privilege level 1; Configuration Fundamentals, user EXEC mode). */
const USER_WORDS: readonly (readonly [string, ExecWord])[] = [
  ['exit', 'leave'],
  ['quit', 'leave'],
  ['logout', 'leave'],
  ['show', 'show'],
  ['enable', 'enable'],
  ['disable', 'disable'],
  ...others(
    'access-enable access-profile clear connect crypto disconnect help lock login mrinfo mstat mtrace name-connection pad ' +
      'ping release renew resume rlogin set slip ssh systat telnet terminal traceroute tunnel voice where who x28 x3',
  ),
];

const USER_EXEC = keywords<ExecWord>(USER_WORDS, RARE);

const PRIVILEGED_EXEC = keywords<ExecWord>(
  [
    ...USER_WORDS,
    ['configure', 'configure'],
    ['reload', 'reload'],
    ['write', 'write'],
    ['copy', 'copy'],
    ['more', 'show'],
    ['dir', 'show'],
    ...others(
      'access-template archive bfe calendar cd clock debug delete erase format isdn mkdir monitor no pwd rename rmdir rsh ' +
        'scroll send setup squeeze start-chat test undebug undelete upgrade verify vlan',
    ),
  ],
  RARE,
);

/** A command of exec mode: what it does to the running configuration, or that it only looks. */
export function readExec(s: Statement, stays: boolean): Command | Failure {
  const { words } = s;
  words.keepComment();
  const text = words.rest();
  const unprivileged = s.mode.kind === 'exec' && s.mode.user === true;
  const known = unprivileged ? USER_EXEC : PRIVILEGED_EXEC;
  const first = words.takeKeyword(known);
  if (first === AMBIGUOUS) return ambiguousWord(words, known);
  if (first === undefined)
    return wrongWord(words, unprivileged ? 'an exec command that needs no privilege' : 'an exec command');
  const second = words.peekLower();
  // Exec mode takes back only what it has switched on: debugging.
  if (!s.on && first === 'other' && !cuts('debug', second)) return wrongWord(words, 'an exec command');
  const rest = words.all.slice(words.at, words.count).map((w) => w.toLowerCase());
  const third = words.peekLower(1);
  words.at = words.count;
  if (first === 'enable' || first === 'disable') {
    const level = /^\d+$/.test(second) ? Number(second) : first === 'enable' ? HIGHEST_LEVEL : 1;
    const next = stays ? 'same' : level < HIGHEST_LEVEL ? USER_EXEC_MODE : EXEC_MODE;
    return { kind: 'exec', does: 'other', text, span: words.line, next };
  }
  const does = deedOf(first, second, third, rest);
  const same = stays ? 'same' : unprivileged ? USER_EXEC_MODE : EXEC_MODE;
  if (first === 'configure' && (second === '' || 'terminal'.startsWith(second)))
    return does === 'configure-on-trial'
      ? { kind: 'exec', does, text, span: words.line, next: GLOBAL_MODE }
      : { kind: 'move', span: words.line, next: GLOBAL_MODE };
  const ends = does === 'restart' || (does === 'leave' && !stays);
  return { kind: 'exec', does, text, span: words.line, next: ends ? CLOSED : same };
}

/** The level that `configure` needs unless somebody moved it. */
const HIGHEST_LEVEL = 15;

const cuts = (whole: string, word: string): boolean => word !== '' && whole.startsWith(word);

function deedOf(
  first: Exclude<ExecWord, 'enable' | 'disable'>,
  second: string,
  third: string,
  rest: readonly string[],
): ExecDeed {
  switch (first) {
    case 'reload':
      if (cuts('cancel', second)) return 'cancel-reload';
      return rest.some((w) => w === 'in' || w === 'at') ? 'schedule-reload' : 'restart';
    case 'write':
      return second === '' || cuts('memory', second) ? 'save' : cuts('terminal', second) ? 'show' : 'other';
    case 'copy':
      if (cuts('running-config', second)) return cuts('startup-config', third) ? 'save' : 'other';
      return cuts('running-config', third) ? 'merge-into-running' : 'other';
    case 'configure':
      if (cuts('replace', second) || (cuts('revert', second) && cuts('now', third))) return 'replace-running';
      if (cuts('memory', second) || cuts('network', second)) return 'merge-into-running';
      if (cuts('confirm', second)) return 'confirm';
      return rest.includes('revert') ? 'configure-on-trial' : 'other';
    default:
      return first;
  }
}
