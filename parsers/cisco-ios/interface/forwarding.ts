import type { Command } from '../../../src/model/command.ts';
import { expectEnd, type Failure, type Statement, wrongWord } from '../statement.ts';
import { change, effect, wholeEffect } from './change.ts';
import { only, skip } from './skipped.ts';

export function readNatSide(s: Statement): Command | Failure {
  const { words } = s;
  const side = words.takeWord('inside')
    ? 'inside'
    : words.takeWord('outside')
      ? 'outside'
      : words.takeWord('enable')
        ? 'enabled'
        : undefined;
  if (side === undefined) return wrongWord(words, 'inside, outside or enable');
  return expectEnd(words) ?? change(s, { kind: 'nat-side', side, on: s.on });
}

export function readPolicy(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('route-map')) return wrongWord(words, 'route-map');
  const name = words.take();
  return expectEnd(words) ?? effect(s, 'policy-route', name === '' ? {} : { name });
}

export function readCrypto(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('map')) return only(['ipsec', 'engine', 'isakmp', 'gdoi'], skip('IPsec and keys'))(s);
  const name = words.take();
  if (words.takeWord('redundancy')) words.at = words.count;
  // With a number it is the global statement, which defines the map.
  return expectEnd(words) ?? effect(s, 'crypto-map', name === '' ? {} : { name });
}

export function readTunnel(s: Statement): Command | Failure {
  // Who the tunnel's ends are decides nothing about the lists; protection encrypts, which is said.
  return s.words.takeWord('protection') ? wholeEffect('crypto-map')(s) : skip('tunnel ends')(s);
}
