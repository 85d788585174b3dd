import type {
  Ace,
  AceAction,
  AceCondition,
  AceMatch,
  AclEntry,
  AclKind,
  AddressMatch,
  ProtocolMatch,
} from '../../src/model/access-list.ts';
import { hostPattern, toAddressPattern } from '../../src/model/address.ts';
import { ANY, badAddress, isHostname, readAddress, readHost, readHostname } from './ace-address.ts';
import { readOptions, readTimeout } from './ace-options.ts';
import { readPorts } from './ace-ports.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { IGRP, PROTOCOLS } from './names/protocols.ts';
import { ambiguousWord, expectEnd, Failure, needFeature, type Statement, wrongWord } from './statement.ts';
import { readNumber, startsWithDigit } from './words.ts';

type First = 'permit' | 'deny' | 'remark' | 'evaluate' | 'dynamic';

const FIRST_WORDS = keywords<First>([
  ['permit', 'permit'],
  ['deny', 'deny'],
  ['remark', 'remark'],
  ['evaluate', 'evaluate'],
  ['dynamic', 'dynamic'],
]);

/** True when a word may begin an entry, so that `20` before it is a sequence number. */
const beginsEntry = (word: string): boolean => FIRST_WORDS.exact.has(word);

/** What differs between the places where an entry may stand. */
export interface EntryPlace {
  readonly listKind: AclKind;
  /** Numbered lists take neither `evaluate` nor `reflect`. */
  readonly named: boolean;
  readonly sequence: number | null;
  /** `show access-lists` leaves out the words `object-group` before a service group's name. */
  readonly shown: boolean;
}

const IP: ProtocolMatch = { kind: 'ip' };
const numbers: (ProtocolMatch | undefined)[] = [];
const protocolNumber = (number: number): ProtocolMatch => (numbers[number] ??= { kind: 'number', number });

const NO_CONDITIONS: readonly AceCondition[] = [];

/** One entry, from its action to the end of the line. */
export function readEntry(s: Statement, place: EntryPlace): AclEntry | Failure {
  const { words } = s;
  const at = words.at;
  const first = words.takeKeyword(FIRST_WORDS);
  if (first === AMBIGUOUS) return ambiguousWord(words, FIRST_WORDS);
  switch (first) {
    case undefined:
      return wrongWord(words, 'permit, deny or remark');
    case 'permit':
    case 'deny':
      return place.listKind === 'standard'
        ? readStandard(s, first, place)
        : readExtended(s, first, place, []);
    case 'remark': {
      const failure = needFeature(s, 'remark', at);
      if (failure) return failure;
      words.keepComment();
      const text = words.rest();
      words.at = words.count;
      return { kind: 'remark', text, sequence: place.sequence, span: words.line };
    }
    case 'evaluate':
    case 'dynamic':
      if (place.listKind === 'standard')
        return new Failure('invalid', `\`${words.all[at]}\` needs an extended list`, at);
      return first === 'evaluate' ? readEvaluate(s, place, at) : readDynamic(s, place, at);
  }
}

function readEvaluate(s: Statement, place: EntryPlace, at: number): AclEntry | Failure {
  const { words } = s;
  if (!place.named) return new Failure('invalid', 'evaluate needs a named extended list', at);
  const failure = needFeature(s, 'reflexive-list', at);
  if (failure) return failure;
  if (words.done) return wrongWord(words, "a reflexive list's name");
  const name = words.take();
  return expectEnd(words) ?? { kind: 'evaluate', name, sequence: place.sequence, span: words.line };
}

function readDynamic(s: Statement, place: EntryPlace, at: number): AclEntry | Failure {
  const { words } = s;
  const failure = needFeature(s, 'dynamic-entry', at);
  if (failure) return failure;
  if (words.done) return wrongWord(words, "a dynamic entry's name");
  const name = words.take();
  const timeout = readTimeout(s);
  if (timeout instanceof Failure) return timeout;
  const action = words.takeWord('permit') ? 'permit' : words.takeWord('deny') ? 'deny' : undefined;
  if (action === undefined) return wrongWord(words, 'permit or deny');
  return readExtended(s, action, place, [{ kind: 'dynamic', name, timeout }]);
}

function readStandard(s: Statement, action: AceAction, place: EntryPlace): Ace | Failure {
  const { words } = s;
  const source = readStandardAddress(s);
  if (source instanceof Failure) return source;
  let log: Ace['log'] = null;
  if (words.takeWord('log')) {
    let cookie: string | null = null;
    if (!words.done) {
      const failure = needFeature(s, 'log-cookie', words.at);
      if (failure) return failure;
      cookie = words.take();
    }
    log = { kind: 'log', cookie };
  }
  return (
    expectEnd(words) ?? {
      kind: 'ace',
      action,
      match: { protocol: IP, source, destination: ANY },
      conditions: NO_CONDITIONS,
      log,
      sequence: place.sequence,
      hits: null,
      span: words.line,
    }
  );
}

/** Without a wildcard an address is one host, even `0.0.0.0` and those that end in `.0`. */
function readStandardAddress(s: Statement): AddressMatch | Failure {
  const { words } = s;
  const word = words.peekLower();
  if (startsWithDigit(word)) {
    const address = words.takeAddress();
    if (address === undefined) return badAddress(s, 'a source address');
    if (!startsWithDigit(words.peek())) return { kind: 'pattern', pattern: hostPattern(address) };
    const wildcard = words.takeAddress();
    return wildcard === undefined
      ? badAddress(s, 'a wildcard mask')
      : { kind: 'pattern', pattern: toAddressPattern(address, wildcard) };
  }
  if (words.takeWord('any')) return ANY;
  if (words.takeWord('host')) return readHost(s);
  if (words.done) return wrongWord(words, 'a source address');
  return isHostname(words.peek()) ? readHostname(s) : badAddress(s, 'a source address');
}

function readExtended(
  s: Statement,
  action: AceAction,
  place: EntryPlace,
  conditions: readonly AceCondition[],
): Ace | Failure {
  const { words } = s;
  const protocol = readProtocol(s, place);
  if (protocol instanceof Failure) return protocol;
  const number = protocol.kind === 'number' ? protocol.number : null;

  const source = readAddress(s, 'a source');
  if (source instanceof Failure) return source;
  const sourcePorts = readPorts(s, number ?? -1);
  if (sourcePorts instanceof Failure) return sourcePorts;
  const destination = readAddress(s, 'a destination');
  if (destination instanceof Failure) return destination;
  const portsAt = words.at;
  const destinationPorts = readPorts(s, number ?? -1);
  if (destinationPorts instanceof Failure) return destinationPorts;
  if (words.done && conditions.length === 0)
    return {
      kind: 'ace',
      action,
      match: withPorts(protocol, source, destination, sourcePorts, destinationPorts),
      conditions: NO_CONDITIONS,
      log: null,
      sequence: place.sequence,
      hits: null,
      span: words.line,
    };

  const options = readOptions(s, number);
  if (options instanceof Failure) return options;
  const { conditions: further, log, ...rest } = options;
  if (
    options.fragments &&
    (sourcePorts || destinationPorts || rest.icmp || rest.tcpFlags || rest.igmpType !== undefined)
  )
    return new Failure('invalid', 'fragments stands beside ports, types or flags', portsAt);
  if (!place.named && further.some((c) => c.kind === 'reflect'))
    return new Failure('invalid', 'reflect needs a named extended list', portsAt);
  return {
    kind: 'ace',
    action,
    match: {
      ...withPorts(protocol, source, destination, sourcePorts, destinationPorts),
      ...rest,
    },
    conditions: [...conditions, ...further],
    log,
    sequence: place.sequence,
    hits: null,
    span: words.line,
  };
}

function withPorts(
  protocol: ProtocolMatch,
  source: AddressMatch,
  destination: AddressMatch,
  sourcePorts: AceMatch['sourcePorts'] | undefined,
  destinationPorts: AceMatch['destinationPorts'] | undefined,
): AceMatch {
  if (sourcePorts === undefined)
    return destinationPorts === undefined
      ? { protocol, source, destination }
      : { protocol, source, destination, destinationPorts };
  return destinationPorts === undefined
    ? { protocol, source, destination, sourcePorts }
    : { protocol, source, destination, sourcePorts, destinationPorts };
}

function readProtocol(s: Statement, place: EntryPlace): ProtocolMatch | Failure {
  const { words } = s;
  const at = words.at;
  if (startsWithDigit(words.peek())) {
    const number = readNumber(words.peek());
    if (number === undefined || number > 255) return wrongWord(words, 'a protocol, 0-255 or its name');
    words.at++;
    return protocolNumber(number);
  }
  if (words.takeWord('object-group', 2)) {
    const failure = needFeature(s, 'object-group', at);
    if (failure) return failure;
    const name = words.take();
    return name === '' ? wrongWord(words, "a service group's name") : { kind: 'service-group', name };
  }
  const found = words.takeKeyword(PROTOCOLS);
  if (found === AMBIGUOUS) return ambiguousWord(words, PROTOCOLS);
  if (found === undefined) {
    if (place.shown && isHostname(words.peek().replaceAll('_', '-')))
      return { kind: 'service-group', name: words.take() };
    return wrongWord(words, 'a protocol, 0-255 or its name');
  }
  if (found.number === null) return IP;
  if (found.number === IGRP) {
    const failure = needFeature(s, 'igrp', at);
    if (failure) return failure;
  }
  return protocolNumber(found.number);
}

/** Whether a line that failed in a list's mode was meant as an entry: its first words say so. */
export function meantAsEntry(first: string, second: string): boolean {
  const word = first.toLowerCase();
  return beginsEntry(word) || (readNumber(word) !== undefined && beginsEntry(second.toLowerCase()));
}
