import type { Command } from '../../../src/model/command.ts';
import { type Failure, type Statement, wrongWord } from '../statement.ts';
import { finish, references } from './change.ts';

const CRYPTO_WORDS = [
  'set',
  'description',
  'reverse-route',
  'qos',
  'client',
  'isakmp',
  'default',
  'security',
];

export function readCryptoMapLine(s: Statement, header: string): Command | Failure {
  const { words } = s;
  if (words.takeWord('match')) {
    if (!words.takeWord('address')) return finish(s, 'IPsec and keys');
    const list = words.take();
    words.at = words.count;
    return list === '' && s.on
      ? wrongWord(words, "a list's name or number")
      : references(s, 'crypto-map', [list], header);
  }
  if (words.peekLower() === 'set' && words.peekLower(1) === 'ip' && words.peekLower(2) === 'access-group') {
    words.at += 3;
    const list = words.take();
    words.at = words.count;
    return references(s, 'crypto-map', [list], header);
  }
  return CRYPTO_WORDS.includes(words.peekLower())
    ? finish(s, 'IPsec and keys')
    : wrongWord(words, 'match or set');
}
