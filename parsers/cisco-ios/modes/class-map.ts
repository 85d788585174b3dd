import type { Command } from '../../../src/model/command.ts';
import { type Failure, type Statement, wrongWord } from '../statement.ts';
import { finish, references } from './change.ts';

export function readClassMapLine(s: Statement, header: string): Command | Failure {
  const { words } = s;
  if (words.takeWord('match')) {
    words.takeWord('not');
    if (words.takeWord('access-group')) {
      words.takeWord('name');
      if (words.done) return wrongWord(words, "a list's name or number");
      const list = words.take();
      words.at = words.count;
      return references(s, 'class-map', [list], header);
    }
    return finish(s, 'class-map details');
  }
  return ['description', 'rename', 'no-match', 'group'].includes(words.peekLower())
    ? finish(s, 'class-map details')
    : wrongWord(words, 'match or description');
}
