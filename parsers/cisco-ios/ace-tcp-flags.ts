import type { TcpFlagMatch } from '../../src/model/access-list.ts';
import { TCP_FLAG_NAMES } from '../../src/model/packet.ts';
import { twice } from './ace-option-set.ts';
import { type Keywords, keywords } from './keywords.ts';
import { type Failure, type Statement, wrongWord } from './statement.ts';

const FLAG_BITS: Keywords<number> = keywords(TCP_FLAG_NAMES);

export function readSignedFlags(s: Statement, kind: 'any' | 'all'): TcpFlagMatch | Failure {
  const { words } = s;
  let set = 0;
  let clear = 0;
  for (;;) {
    const word = words.peekLower();
    const sign = word.charAt(0);
    if (sign !== '+' && sign !== '-') break;
    const bit = FLAG_BITS.exact.get(word.slice(1));
    if (bit === undefined) return wrongWord(words, 'a TCP flag with its sign, such as +syn');
    if (((set | clear) & bit) !== 0) return twice(s, words.at);
    if (sign === '+') set |= bit;
    else clear |= bit;
    words.at++;
  }
  return set + clear === 0
    ? wrongWord(words, 'a TCP flag with its sign, such as +syn')
    : { kind, set, clear, explicit: true };
}
