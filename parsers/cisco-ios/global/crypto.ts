import { type Command, GLOBAL_MODE, type Mode } from '../../../src/model/command.ts';
import { type Failure, type Statement, wrongWord } from '../statement.ts';
import { startsWithDigit } from '../words.ts';
import { finish, skip } from './change.ts';

/** The family of all that is configured for IPsec beside the maps. */
export const KEYS = 'IPsec and keys';

const CRYPTO_MODES = 'isakmp ipsec ikev2 pki ca identity gdoi keyring provisioning key ssl vpn tls-tunnel';

export function readCrypto(s: Statement): Command | Failure {
  const { words } = s;
  if (words.peekLower() === 'map' || words.peekLower() === 'dynamic-map') {
    const header = words.takeWord('map') ? 'map' : words.take();
    const name = words.all.slice(words.at, words.at + 2).join(' ');
    // `crypto map NAME local-address IF` and the like stand alone; with a sequence number it opens a mode.
    const opens = startsWithDigit(words.peek(1)) || header === 'dynamic-map';
    if (s.on && words.count - words.at < 2) return wrongWord(words, "a crypto map's name and number");
    finish(s);
    const mode: Mode = opens && s.on ? { kind: 'crypto-map', name: `crypto ${header} ${name}` } : GLOBAL_MODE;
    return s.on
      ? { kind: 'move', span: words.line, next: mode }
      : {
          kind: 'reference',
          owner: `crypto ${header} ${name}`,
          references: [],
          on: false,
          span: words.line,
          next: GLOBAL_MODE,
        };
  }
  const opens = CRYPTO_MODES.split(' ').includes(words.peekLower());
  return skip(KEYS, opens)(s);
}
