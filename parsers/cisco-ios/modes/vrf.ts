import { type Command, parentMode } from '../../../src/model/command.ts';
import { AMBIGUOUS, keywords } from '../keywords.ts';
import { ambiguousWord, type Failure, type Statement, wrongWord } from '../statement.ts';
import { finish } from './change.ts';
import { intoPart } from './parts.ts';

const WORDS = keywords(
  [
    'rd',
    'route-target',
    'address-family',
    'exit-address-family',
    'exit-vrf',
    'description',
    'import',
    'export',
    'vpn',
    'maximum',
    'bgp',
    'mdt',
    'inter-as-hybrid',
    'vnet',
    'route-replicate',
    'context',
  ].map((w) => [w, w] as const),
  ['exit-address-family', 'exit-vrf'],
);

export const isVrfWord = (word: string): boolean => WORDS.exact.has(word);

/** Lines under `ip vrf NAME` and `vrf definition NAME`: labels and route exchange, no packet filter. */
export function readVrfDetail(s: Statement): Command | Failure {
  const word = s.words.takeKeyword(WORDS);
  if (word === AMBIGUOUS) return ambiguousWord(s.words, WORDS);
  if (word === undefined) return wrongWord(s.words, 'a statement of a VRF');
  const command = finish(s, 'VRF details');
  if (s.mode.kind !== 'vrf' || !s.on) return command;
  const leaves = word === 'exit-address-family' && s.mode.depth;
  return { ...command, next: leaves ? parentMode(s.mode) : intoPart(s.mode, word) };
}
