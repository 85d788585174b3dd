import type { AddressMatch } from '../../src/model/access-list.ts';
import { ANY_ADDRESS, hostPattern, toAddressPattern } from '../../src/model/address.ts';
import { Failure, needFeature, type Statement, tell, wrongWord } from './statement.ts';
import { startsWithDigit } from './words.ts';

export const ANY: AddressMatch = { kind: 'pattern', pattern: ANY_ADDRESS };
const HOSTNAME = /^[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)*$/;

/** `any`, `host A`, `A W`, `object-group G`, `addrgroup G` or a host name, in an extended entry. */
export function readAddress(s: Statement, expected: string): AddressMatch | Failure {
  const { words } = s;
  const word = words.peekLower();
  if (startsWithDigit(word)) return readPattern(s, expected);
  if (word === 'any' || word === 'a' || word === 'an') {
    words.takeWord('any');
    return ANY;
  }
  if (words.takeWord('host')) return readHost(s);
  const feature = words.takeWord('object-group')
    ? 'object-group'
    : words.takeWord('addrgroup', 2)
      ? 'policy-groups'
      : null;
  if (feature) {
    const failure = needFeature(s, feature, words.at - 1);
    if (failure) return failure;
    const name = words.take();
    return name === '' ? wrongWord(words, "an object group's name") : { kind: 'group', name };
  }
  // Without `host` only a dotted name can be meant; a bare word is a typing mistake.
  if (word.includes('.') && HOSTNAME.test(word)) return readHostname(s);
  return wrongWord(words, `${expected}: any, host A, A WILDCARD or object-group NAME`);
}

function readPattern(s: Statement, expected: string): AddressMatch | Failure {
  const { words } = s;
  const at = words.at;
  const address = words.takeAddress();
  if (address === undefined) return badAddress(s, expected);
  const wildcard = words.takeAddress();
  if (wildcard === undefined) {
    const failure = wrongWord(words, `the wildcard mask of ${words.all[at]}`);
    return words.peek() !== '' && startsWithDigit(words.peek()) ? badAddress(s, 'a wildcard mask') : failure;
  }
  return { kind: 'pattern', pattern: toAddressPattern(address, wildcard) };
}

export function badAddress(s: Statement, expected: string): Failure {
  const word = s.words.peek();
  return word.includes('/')
    ? new Failure(
        'invalid',
        `\`${word}\` is not ${expected}: IOS takes a wildcard mask, not a prefix length`,
        s.words.at,
      )
    : wrongWord(s.words, expected);
}

export function readHost(s: Statement): AddressMatch | Failure {
  const { words } = s;
  const address = words.takeAddress();
  if (address !== undefined) return { kind: 'pattern', pattern: hostPattern(address) };
  if (isHostname(words.peek())) return readHostname(s);
  return words.done ? wrongWord(words, 'an address after host') : badAddress(s, 'an address');
}

export function readHostname(s: Statement): AddressMatch {
  const at = s.words.at;
  const name = s.words.take();
  tell(s, 'hostname-in-ace', `the address of \`${name}\` is not in the text`, at, {
    mend: 'Write the address: IOS resolves the name once, when the line is entered, and keeps the address.',
  });
  return { kind: 'hostname', name };
}

/** Words of the grammar, which a missing or misplaced part of an entry puts where a name could stand. */
const RESERVED: ReadonlySet<string> = new Set(
  'any host eq neq gt lt range log log-input established object-group addrgroup portgroup permit deny ip tcp udp icmp'.split(
    ' ',
  ),
);

export const isHostname = (word: string): boolean => HOSTNAME.test(word) && !RESERVED.has(word.toLowerCase());
