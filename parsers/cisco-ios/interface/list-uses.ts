import type { Command } from '../../../src/model/command.ts';
import type { AclReference } from '../../../src/model/router-config.ts';
import {
  expectEnd,
  type Failure,
  type Statement,
  type StatementReader,
  skipHere,
  usesOf,
  wrongWord,
} from '../statement.ts';
import { effect, headerOf, referenceHere } from './change.ts';
import { skip } from './skipped.ts';

const listReference =
  (use: AclReference['use']): StatementReader =>
  (s) => {
    const { words } = s;
    if (words.done) return s.on ? wrongWord(words, "a list's name or number") : skipHere(s, 'multicast');
    const acl = words.take();
    words.at = words.count;
    return referenceHere(s, use, acl);
  };

/** `ip directed-broadcast [LIST]`: the list says whose are let out. */
export function readDirectedBroadcast(s: Statement): Command | Failure {
  const { words } = s;
  words.takeWord('access-group');
  if (words.done) return skipHere(s, 'directed broadcasts');
  const acl = words.take();
  return expectEnd(words) ?? referenceHere(s, 'other', acl);
}

export function readRateLimit(s: Statement): Command | Failure {
  const { words } = s;
  const at = words.all.findIndex((w) => w.toLowerCase() === 'access-group');
  const acl = at < 0 ? undefined : words.all[at + 1];
  const command = effect(s, 'other', { name: `rate-limit ${words.rest()}` });
  words.at = words.count;
  return acl === undefined ? command : { ...command, uses: usesOf(s, 'rate-limit', [acl], headerOf(s)) };
}

export function readTrafficShape(s: Statement): Command | Failure {
  const { words } = s;
  if (words.takeWord('group') && !words.done) {
    const acl = words.take();
    words.at = words.count;
    return referenceHere(s, 'rate-limit', acl);
  }
  return skip('traffic conditioning')(s);
}

export function readIgmp(s: Statement): Command | Failure {
  return s.words.takeWord('access-group') ? listReference('other')(s) : skip('multicast')(s);
}

/** `ip pim neighbor-filter LIST` */
export function readPim(s: Statement): Command | Failure {
  return s.words.takeWord('neighbor-filter') ? listReference('other')(s) : skip('multicast')(s);
}

/** `ip nhrp interest LIST`: which packets call for a resolution. */
export function readNhrp(s: Statement): Command | Failure {
  const { words } = s;
  const names = words.takeWord('interest') && !words.done && words.peekLower() !== 'none';
  return names ? listReference('other')(s) : skip('name and probe services')(s);
}

export function readMulticast(s: Statement): Command | Failure {
  return s.words.takeWord('boundary') ? listReference('other')(s) : skip('multicast')(s);
}
