import { type Ranges, rangesOf, subtractRanges } from '../../src/model/ports.ts';
import { type AceOptions, twice } from './ace-option-set.ts';
import { type Keywords, plainKeywords } from './keywords.ts';
import { expectKeyword, Failure, needFeature, type Statement, wrongWord } from './statement.ts';
import { startsWithDigit } from './words.ts';

const COMPARISONS = plainKeywords('eq', 'neq', 'lt', 'gt', 'range') as Keywords<
  'eq' | 'neq' | 'lt' | 'gt' | 'range'
>;

const ALL_TTLS: Ranges = [[0, 255]];

export function readTtl(s: Statement, found: AceOptions, at: number): Failure | undefined {
  const { words } = s;
  if (found.ttl) return twice(s, at);
  const failure = needFeature(s, 'ttl', at);
  if (failure) return failure;
  const operator = expectKeyword(words, COMPARISONS, 'eq, neq, lt, gt or range');
  if (operator instanceof Failure) return operator;
  const operands: number[] = [];
  const most = operator === 'range' ? 2 : operator === 'eq' || operator === 'neq' ? 10 : 1;
  while (operands.length < most && startsWithDigit(words.peek())) {
    const value = words.takeNumber(255);
    if (value === undefined) return wrongWord(words, 'a ttl, 0-255');
    operands.push(value);
  }
  const [first, second] = operands;
  if (first === undefined || (operator === 'range' && second === undefined))
    return wrongWord(words, 'a ttl, 0-255');
  found.ttl = { operator, operands, set: ttlSet(operator, operands) };
  return undefined;
}

function ttlSet(operator: 'eq' | 'neq' | 'lt' | 'gt' | 'range', operands: readonly number[]): Ranges {
  const [first = 0, second = 0] = operands;
  switch (operator) {
    case 'eq':
      return rangesOf(operands);
    case 'neq':
      return subtractRanges(ALL_TTLS, rangesOf(operands));
    case 'lt':
      return first === 0 ? [] : [[0, first - 1]];
    case 'gt':
      return first === 255 ? [] : [[first + 1, 255]];
    case 'range':
      return [[Math.min(first, second), Math.max(first, second)]];
  }
}
