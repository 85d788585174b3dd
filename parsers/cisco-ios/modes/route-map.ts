import type { Command } from '../../../src/model/command.ts';
import { type Failure, type Statement, skipHere, wrongWord } from '../statement.ts';
import { finish, references } from './change.ts';

export function readRouteMapLine(s: Statement, header: string): Command | Failure {
  const { words } = s;
  if (words.takeWord('match')) {
    const kind = words.peekLower();
    const what = words.peekLower(1);
    if (kind === 'ip' && (what === 'address' || what === 'next-hop' || what === 'route-source')) {
      words.at += 2;
      const lists = words.all.slice(words.at, words.count);
      words.at = words.count;
      if (lists[0]?.toLowerCase() === 'prefix-list') return skipHere(s, 'route-map details');
      return references(s, 'route-map', lists, header);
    }
    return finish(s, 'route-map details');
  }
  if (/^set\s+interface\s.*\bnull\s?0/i.test(words.all.slice(words.at, words.count).join(' ')))
    return dropByPolicy(s, header);
  return ['set', 'description', 'continue', 'call'].includes(words.peekLower())
    ? finish(s, 'route-map details')
    : wrongWord(words, 'match, set or description');
}

/** `set interface Null0`: what the clause matches goes nowhere, where the map routes packets by policy. */
function dropByPolicy(s: Statement, header: string): Command {
  const { words } = s;
  words.at = words.count;
  return {
    kind: 'global',
    change: {
      kind: 'effect',
      effect: { family: 'policy-route', name: `${header}: set interface Null0`, span: words.line },
      on: s.on,
    },
    span: words.line,
    next: 'same',
  };
}
