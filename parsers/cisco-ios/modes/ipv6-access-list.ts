import type { Command } from '../../../src/model/command.ts';
import { type Failure, type Statement, wrongWord } from '../statement.ts';
import { finish } from './change.ts';

const IPV6_WORDS = ['permit', 'deny', 'remark', 'evaluate', 'sequence', 'role-based'];

/** Entries of an IPv6 list: the list is named once, its entries are told apart only so far as to stay in it. */
export function readIpv6Entry(s: Statement): Command | Failure {
  const word = s.words.peekLower();
  const known = /^\d+$/.test(word) || IPV6_WORDS.some((w) => word.length >= 3 && w.startsWith(word));
  return known ? finish(s, 'entries of IPv6 lists') : wrongWord(s.words, 'an entry of an IPv6 list');
}
