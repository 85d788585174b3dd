import type { Command } from '../../../src/model/command.ts';
import { readInterfaceName } from '../interface-name.ts';
import { Failure, type Statement, skipHere, wrongWord } from '../statement.ts';

/** Lines under `control-plane`: a policy there decides which packets reach the router itself. */
export function readControlPlaneLine(s: Statement): Command | Failure {
  const { words } = s;
  const text = words.all.slice(s.on ? 0 : 1, words.count).join(' ');
  if (!/^(?:service-policy|management-interface|host|transit|cef-exception)/i.test(text))
    return wrongWord(words, 'service-policy');
  const policy = words.takeWord('service-policy');
  let name = text;
  if (!policy && words.takeWord('management-interface')) {
    const place = readInterfaceName(s);
    if (place instanceof Failure) return place;
    name = ['management-interface', place, ...words.all.slice(words.at, words.count)].join(' ');
  } else if (!policy) {
    words.at = words.count;
    return skipHere(s, 'control plane');
  }
  words.at = words.count;
  return {
    kind: 'global',
    change: {
      kind: 'effect',
      effect: {
        family: policy ? 'service-policy' : 'other',
        name: `control-plane ${name}`,
        span: words.line,
      },
      on: s.on,
    },
    span: words.line,
    next: 'same',
  };
}
