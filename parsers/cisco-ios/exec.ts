import type { Command, ExecDeed } from '../../src/model/command.ts';
import { CLOSED, GLOBAL_MODE } from '../../src/model/command.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { ambiguousWord, type Failure, type Statement, wrongWord } from './statement.ts';

const EXEC_WORDS = keywords<ExecDeed | 'configure' | 'reload' | 'copy' | 'write'>(
  [
    ['configure', 'configure'],
    ['reload', 'reload'],
    ['write', 'write'],
    ['copy', 'copy'],
    ['exit', 'leave'],
    ['quit', 'leave'],
    ['logout', 'leave'],
    ['show', 'show'],
    ['more', 'show'],
    ['dir', 'show'],
    ...(
      'access-enable access-profile access-template archive bfe calendar cd clear clock connect crypto debug delete disable ' +
      'disconnect enable erase format help isdn lock login mkdir monitor mrinfo mstat mtrace name-connection no ' +
      'pad ping pwd release rename renew resume rlogin rmdir rsh scroll send set setup slip squeeze ssh start-chat ' +
      'systat telnet terminal test traceroute tunnel undebug undelete upgrade verify vlan voice where who x28 x3'
    )
      .split(' ')
      .map((w): [string, ExecDeed] => [w, 'other']),
  ],
  [
    'access-enable',
    'access-profile',
    'access-template',
    'resume',
    'release',
    'rename',
    'renew',
    'who',
    'where',
  ],
);

/** A command of exec mode: what it does to the running configuration, or that it only looks. */
export function readExec(s: Statement, stays: boolean): Command | Failure {
  const { words } = s;
  words.keepComment();
  const text = words.rest();
  const first = words.takeKeyword(EXEC_WORDS);
  if (first === AMBIGUOUS) return ambiguousWord(words, EXEC_WORDS);
  if (first === undefined) return wrongWord(words, 'an exec command');
  const second = words.peekLower();
  // Exec mode takes back only what it has switched on: debugging.
  if (!s.on && first === 'other' && !cuts('debug', second)) return wrongWord(words, 'an exec command');
  const rest = words.all.slice(words.at, words.count).map((w) => w.toLowerCase());
  const third = words.peekLower(1);
  words.at = words.count;
  const does = deedOf(first, second, third, rest);
  const same = stays ? ('same' as const) : ({ kind: 'exec' } as const);
  if (first === 'configure' && (second === '' || 'terminal'.startsWith(second)))
    return does === 'configure-on-trial'
      ? { kind: 'exec', does, text, span: words.line, next: GLOBAL_MODE }
      : { kind: 'move', span: words.line, next: GLOBAL_MODE };
  const ends = does === 'restart' || (does === 'leave' && !stays);
  return { kind: 'exec', does, text, span: words.line, next: ends ? CLOSED : same };
}

const cuts = (whole: string, word: string): boolean => word !== '' && whole.startsWith(word);

function deedOf(
  first: ExecDeed | 'configure' | 'reload' | 'copy' | 'write',
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
