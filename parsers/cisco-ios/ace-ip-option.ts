import { type AceOptions, twice } from './ace-option-set.ts';
import { plainKeywords } from './keywords.ts';
import { expectKeyword, Failure, needFeature, type Statement, wrongWord } from './statement.ts';
import { readNumber, startsWithDigit } from './words.ts';

const IP_OPTIONS = plainKeywords(
  ...(
    'add-ext any-options com-security dps encode eool ext-ip ext-security finn imitd lsr mtup mtur no-op ' +
    'nsapa record-route router-alert sdb security ssr stream-id timestamp traceroute ump visa zsu'
  ).split(' '),
);

export function readIpOption(s: Statement, found: AceOptions, at: number): Failure | undefined {
  const { words } = s;
  if (found.option !== undefined) return twice(s, at);
  const failure = needFeature(s, 'ip-option', at);
  if (failure) return failure;
  if (startsWithDigit(words.peek())) {
    const number = readNumber(words.peek());
    if (number === undefined || number > 255) return wrongWord(words, 'an IP option, 0-255 or its name');
    words.at++;
    found.option = String(number);
    return undefined;
  }
  const name = expectKeyword(words, IP_OPTIONS, 'an IP option, 0-255 or its name');
  if (name instanceof Failure) return name;
  found.option = name;
  return undefined;
}
