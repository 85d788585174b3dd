import type { Command, ExecDeed } from '../../src/model/command.ts';
import { GLOBAL_MODE } from '../../src/model/command.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { ambiguousWord, type Failure, type Statement, wrongWord } from './statement.ts';

const EXEC_WORDS = keywords<ExecDeed | 'configure' | 'reload' | 'copy' | 'write'>(
  [
    ['configure', 'configure'],
    ['reload', 'reload'],
    ['write', 'write'],
    ['copy', 'copy'],
    ['show', 'show'],
    ['more', 'show'],
    ['dir', 'show'],
    ...(
      'access-enable access-profile access-template archive bfe calendar cd clear clock connect crypto debug delete disable ' +
      'disconnect enable erase exit format help isdn lock login logout mkdir monitor mrinfo mstat mtrace name-connection no ' +
      'pad ping pwd quit release rename renew resume rlogin rmdir rsh scroll send set setup slip squeeze ssh start-chat ' +
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
  const third = words.peekLower(1);
  words.at = words.count;
  const next = stays ? ('same' as const) : ({ kind: 'exec' } as const);
  if (first === 'configure' && (second === '' || 'terminal'.startsWith(second)))
    return { kind: 'move', span: words.line, next: GLOBAL_MODE };
  return { kind: 'exec', does: deedOf(first, second, third), text, span: words.line, next };
}

const cuts = (whole: string, word: string): boolean => word !== '' && whole.startsWith(word);

function deedOf(
  first: ExecDeed | 'configure' | 'reload' | 'copy' | 'write',
  second: string,
  third: string,
): ExecDeed {
  switch (first) {
    case 'reload':
      return cuts('cancel', second) ? 'cancel-reload' : 'reload';
    case 'write':
      return second === '' || cuts('memory', second) ? 'save' : cuts('terminal', second) ? 'show' : 'other';
    case 'copy':
      if (cuts('running-config', second)) return cuts('startup-config', third) ? 'save' : 'other';
      return cuts('running-config', third) ? 'merge-into-running' : 'other';
    case 'configure':
      return cuts('replace', second)
        ? 'replace-running'
        : cuts('memory', second) || cuts('network', second)
          ? 'merge-into-running'
          : 'other';
    default:
      return first;
  }
}
