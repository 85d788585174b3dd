import type { Command } from '../../../src/model/command.ts';
import { type Failure, type Statement, skipHere, wrongWord } from '../statement.ts';

/** Lines under `control-plane`: a policy there decides which packets reach the router itself. */
export function readControlPlaneLine(s: Statement): Command | Failure {
  const { words } = s;
  const text = words.all.slice(s.on ? 0 : 1, words.count).join(' ');
  if (!/^(?:service-policy|management-interface|host|transit|cef-exception)/i.test(text))
    return wrongWord(words, 'service-policy');
  const policy = words.takeWord('service-policy');
  words.at = words.count;
  if (!policy && !/^management/i.test(text)) return skipHere(s, 'control plane');
  return {
    kind: 'global',
    change: {
      kind: 'effect',
      effect: {
        family: policy ? 'service-policy' : 'other',
        name: `control-plane ${text}`,
        span: words.line,
      },
      on: s.on,
    },
    span: words.line,
    next: 'same',
  };
}
