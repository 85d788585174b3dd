import type { Command } from '../../../src/model/command.ts';
import type { AclReference } from '../../../src/model/router-config.ts';
import { type Statement, skipHere, usesOf } from '../statement.ts';

export const references = (
  s: Statement,
  use: AclReference['use'],
  lists: readonly string[],
  header: string,
): Command => ({
  kind: 'reference',
  ...usesOf(s, use, lists, header),
  span: s.words.line,
  next: 'same',
});

export function finish(s: Statement, family: string): Command {
  s.words.keepComment();
  s.words.at = s.words.count;
  return skipHere(s, family);
}
