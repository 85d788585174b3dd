import type { IosFeature } from '../../src/model/ios-features.ts';
import { ICMP, IGMP, TCP, TCP_FLAG_NAMES } from '../../src/model/packet.ts';
import { readIpOption } from './ace-ip-option.ts';
import { type AceOptions, twice } from './ace-option-set.ts';
import { readSignedFlags } from './ace-tcp-flags.ts';
import { readTos } from './ace-tos.ts';
import { readTtl } from './ace-ttl.ts';
import { AMBIGUOUS, type Keywords, keywords } from './keywords.ts';
import { ICMP_NAMES, type IcmpName } from './names/icmp.ts';
import { IGMP_NAMES, LATE_IGMP_NAMES } from './names/igmp.ts';
import { ambiguousWord, Failure, needFeature, type Statement, wrongWord } from './statement.ts';
import { startsWithDigit } from './words.ts';

type Word =
  | { readonly is: 'option'; readonly option: OptionWord }
  | { readonly is: 'flag'; readonly bit: number }
  | { readonly is: 'icmp'; readonly icmp: IcmpName }
  | { readonly is: 'igmp'; readonly type: number; readonly needs?: IosFeature };

type OptionWord =
  | 'log'
  | 'log-input'
  | 'established'
  | 'match-any'
  | 'match-all'
  | 'precedence'
  | 'tos'
  | 'dscp'
  | 'ttl'
  | 'option'
  | 'fragments'
  | 'time-range'
  | 'reflect';

const COMMON: readonly OptionWord[] = [
  'log',
  'log-input',
  'precedence',
  'tos',
  'dscp',
  'ttl',
  'option',
  'fragments',
  'time-range',
  'reflect',
];

const options = (words: readonly OptionWord[]) =>
  words.map((option): readonly [string, Word] => [option, { is: 'option', option }]);

// One table per protocol, so that an abbreviation is unique among what that protocol allows here, and no more.
const ANY_PROTOCOL: Keywords<Word> = keywords(options(COMMON));

const FOR_TCP: Keywords<Word> = keywords([
  ...options([...COMMON, 'established', 'match-any', 'match-all']),
  ...TCP_FLAG_NAMES.map(([name, bit]): readonly [string, Word] => [name, { is: 'flag', bit }]),
]);

const FOR_ICMP: Keywords<Word> = keywords([
  ...options(COMMON),
  ...ICMP_NAMES.map(([name, type, code]): readonly [string, Word] => [
    name,
    { is: 'icmp', icmp: { type, code } },
  ]),
]);

const FOR_IGMP: Keywords<Word> = keywords([
  ...options(COMMON),
  ...IGMP_NAMES.map(([name, type]): readonly [string, Word] => [name, { is: 'igmp', type }]),
  ...LATE_IGMP_NAMES.map(([name, type]): readonly [string, Word] => [
    name,
    { is: 'igmp', type, needs: 'xe-names' },
  ]),
]);

const optionTableOf = (protocol: number | null): Keywords<Word> =>
  protocol === TCP ? FOR_TCP : protocol === ICMP ? FOR_ICMP : protocol === IGMP ? FOR_IGMP : ANY_PROTOCOL;

/** Reads to the end of the line. `protocol` null: ip, or what a service group says. */
export function readOptions(s: Statement, protocol: number | null): AceOptions | Failure {
  const { words } = s;
  const found: AceOptions = { conditions: [], log: null };
  if (words.done) return found;
  const table = optionTableOf(protocol);
  if (startsWithDigit(words.peek()) && (protocol === ICMP || protocol === IGMP)) {
    const failure = protocol === ICMP ? readIcmpNumbers(s, found) : readIgmpNumber(s, found);
    if (failure) return failure;
  }
  let bare = 0;
  while (!words.done) {
    const at = words.at;
    const word = words.takeKeyword(table);
    if (word === AMBIGUOUS) return ambiguousWord(words, table);
    if (word === undefined) return wrongWord(words, 'known at this place of an entry');
    let failure: Failure | undefined;
    switch (word.is) {
      case 'flag':
        bare |= word.bit;
        break;
      case 'icmp':
        failure = found.icmp ? twice(s, at) : undefined;
        found.icmp = word.icmp;
        break;
      case 'igmp':
        failure = found.igmpType !== undefined ? twice(s, at) : word.needs && needFeature(s, word.needs, at);
        found.igmpType = word.type;
        break;
      case 'option':
        failure = readOption(s, word.option, found, table, at);
        break;
    }
    if (failure) return failure;
  }
  if (bare !== 0) {
    if (found.tcpFlags)
      return new Failure('invalid', 'TCP flags stand beside established or match', words.count);
    found.tcpFlags = { kind: 'any', set: bare, clear: 0, explicit: false };
  }
  return found;
}

function readIcmpNumbers(s: Statement, found: AceOptions): Failure | undefined {
  const type = s.words.takeNumber(255);
  if (type === undefined) return wrongWord(s.words, 'an ICMP type, 0-255');
  const code = startsWithDigit(s.words.peek()) ? s.words.takeNumber(255) : null;
  if (code === undefined) return wrongWord(s.words, 'an ICMP code, 0-255');
  found.icmp = { type, code };
  return undefined;
}

function readIgmpNumber(s: Statement, found: AceOptions): Failure | undefined {
  const type = s.words.takeNumber(15);
  if (type === undefined) return wrongWord(s.words, 'an IGMP type, 0-15');
  found.igmpType = type;
  return undefined;
}

function readOption(
  s: Statement,
  option: OptionWord,
  found: AceOptions,
  table: Keywords<Word>,
  at: number,
): Failure | undefined {
  const { words } = s;
  switch (option) {
    case 'log':
    case 'log-input': {
      if (found.log) return twice(s, at);
      if (option === 'log-input') {
        const failure = needFeature(s, 'log-input', at);
        if (failure) return failure;
      }
      const cookie = readCookie(s, table);
      if (cookie instanceof Failure) return cookie;
      found.log = { kind: option, cookie };
      return undefined;
    }
    case 'established':
      if (found.tcpFlags) return twice(s, at);
      found.tcpFlags = { kind: 'established' };
      return undefined;
    case 'match-any':
    case 'match-all': {
      if (found.tcpFlags) return twice(s, at);
      const failure = needFeature(s, 'match-flags', at);
      if (failure) return failure;
      const flags = readSignedFlags(s, option === 'match-any' ? 'any' : 'all');
      if (flags instanceof Failure) return flags;
      found.tcpFlags = flags;
      return undefined;
    }
    case 'precedence':
    case 'tos':
    case 'dscp':
      return readTos(s, option, found, at);
    case 'ttl':
      return readTtl(s, found, at);
    case 'option':
      return readIpOption(s, found, at);
    case 'fragments':
      if (found.fragments) return twice(s, at);
      found.fragments = true;
      return needFeature(s, 'fragments', at);
    case 'time-range': {
      const failure = needFeature(s, 'time-range', at);
      if (failure) return failure;
      if (found.conditions.some((c) => c.kind === 'time-range')) return twice(s, at);
      if (words.done) return wrongWord(words, "a time range's name");
      found.conditions.push({ kind: 'time-range', name: words.take() });
      return undefined;
    }
    case 'reflect': {
      const failure = needFeature(s, 'reflexive-list', at);
      if (failure) return failure;
      if (found.conditions.some((c) => c.kind === 'reflect')) return twice(s, at);
      if (words.done) return wrongWord(words, "a reflexive list's name");
      const name = words.take();
      const timeout = readTimeout(s);
      if (timeout instanceof Failure) return timeout;
      found.conditions.push({ kind: 'reflect', name, timeout });
      return undefined;
    }
  }
}

/** `timeout N`, or null where the line does not say it. */
export function readTimeout(s: Statement): number | null | Failure {
  const { words } = s;
  if (!words.takeWord('timeout', 3)) return null;
  return words.takeNumber(2147483647, 1) ?? wrongWord(words, 'a number of seconds or minutes');
}

/** A log entry's tag: a word that is no option itself. */
function readCookie(s: Statement, table: Keywords<Word>): string | null | Failure {
  const { words } = s;
  if (words.done) return null;
  const known = words.look(table);
  if (known !== undefined) return null;
  const failure = needFeature(s, 'log-cookie', words.at);
  if (failure) return failure;
  // A cookie closes the line; a word with more behind it is a mistake somewhere else.
  if (words.at + 1 < words.count) return wrongWord(words, 'known at this place of an entry');
  return words.take();
}
