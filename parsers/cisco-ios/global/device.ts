import { type Command, EXEC_MODE, parentMode } from '../../../src/model/command.ts';
import { readExec } from '../exec.ts';
import { expectEnd, type Failure, type Statement, type StatementReader, wrongWord } from '../statement.ts';
import { parseIosVersion } from '../version.ts';
import { globally } from './change.ts';

export function readVersion(s: Statement): Command | Failure {
  const { words } = s;
  const version = parseIosVersion(words.peek(), words.line);
  if (!version) return wrongWord(words, 'an IOS version');
  words.at++;
  return expectEnd(words) ?? globally(s, { kind: 'version', version });
}

export const readHostname: StatementReader = (s) => {
  const { words } = s;
  if (!s.on) return globally(s, { kind: 'hostname', hostname: null });
  if (words.done) return wrongWord(words, 'a name');
  const hostname = words.take().replace(/^"(.*)"$/, '$1');
  return expectEnd(words) ?? globally(s, { kind: 'hostname', hostname });
};

export const readExit: StatementReader = (s) =>
  expectEnd(s.words) ?? { kind: 'move', span: s.words.line, next: parentMode(s.mode) };

export const readEnd: StatementReader = (s) =>
  expectEnd(s.words) ?? { kind: 'move', span: s.words.line, next: EXEC_MODE };

export const readDo: StatementReader = (s) => readExec(s, true);
