import { hostPattern, netmaskLength, prefixPattern, toIpv4 } from '../../src/model/address.ts';
import { type Command, GLOBAL_MODE, type Mode } from '../../src/model/command.ts';
import type { IosFeature } from '../../src/model/ios-features.ts';
import { ICMP, TCP, UDP } from '../../src/model/packet.ts';
import { ALL_PORTS, type PortSet, subtractRanges } from '../../src/model/ports.ts';
import type { NetworkGroupMember, ServiceGroupMember } from '../../src/model/router-config.ts';
import { portNamesOf, portsBeyond, readPort } from './ace-ports.ts';
import { AMBIGUOUS, type Keywords, keywords } from './keywords.ts';
import { ICMP_NAMES, type IcmpName } from './names/icmp.ts';
import { type PortName, TCP_PORTS, UDP_PORTS } from './names/ports.ts';
import { PROTOCOLS } from './names/protocols.ts';
import {
  ambiguousWord,
  expectEnd,
  Failure,
  needFeature,
  type Statement,
  skipGlobally,
  tell,
  wrongWord,
} from './statement.ts';
import { readNumber, startsWithDigit } from './words.ts';

/** `object-group network|service NAME`, and the 6500's `object-group ip address|port NAME`. */
export function readObjectGroup(s: Statement): Command | Failure {
  const { words } = s;
  let groupKind: 'network' | 'service';
  let feature: IosFeature = 'object-group';
  if (words.takeWord('network')) groupKind = 'network';
  else if (words.takeWord('service', 3)) groupKind = 'service';
  else if (words.takeWord('ip', 2)) {
    feature = 'policy-groups';
    if (words.takeWord('address')) groupKind = 'network';
    else if (words.takeWord('port')) groupKind = 'service';
    else return wrongWord(words, 'address or port');
  } else if (words.takeWord('security', 3) || words.takeWord('fqdn', 2)) {
    words.at = words.count;
    tell(s, 'unmodelled-clause', 'groups of this kind are not modelled: a use of one is an unknown group');
    return {
      kind: 'skipped',
      family: 'object groups of other kinds',
      span: words.line,
      next: s.on ? { kind: 'skipped', family: 'object groups of other kinds' } : GLOBAL_MODE,
    };
  } else if (words.takeWord('v6-network', 2)) {
    words.at = words.count;
    return s.on
      ? { kind: 'skipped', family: 'IPv6', span: words.line, next: { kind: 'skipped', family: 'IPv6' } }
      : skipGlobally(s, 'IPv6');
  } else return wrongWord(words, 'network or service');
  const failure = needFeature(s, feature, 0);
  if (failure) return failure;
  if (words.done) return wrongWord(words, "a group's name");
  const name = words.take();
  const end = expectEnd(words);
  if (end) return end;
  return s.on
    ? {
        kind: 'enter-object-group',
        groupKind,
        name,
        span: words.line,
        next: { kind: 'object-group', groupKind, name },
      }
    : { kind: 'delete-object-group', groupKind, name, span: words.line, next: GLOBAL_MODE };
}

type GroupMode = Extract<Mode, { kind: 'object-group' }>;

/** A line under `object-group …`: a member, or a description. */
export function readGroupLine(s: Statement, mode: GroupMode): Command | Failure {
  const { words } = s;
  if (words.takeWord('description', 4)) {
    words.keepComment();
    words.at = words.count;
    return { kind: 'group-description', span: words.line, next: 'same' };
  }
  if (mode.groupKind === 'network') {
    const member = readNetworkMember(s);
    return member instanceof Failure
      ? member
      : (expectEnd(words) ?? {
          kind: 'network-member',
          member,
          on: s.on,
          span: words.line,
          next: 'same',
        });
  }
  const member = readServiceMember(s);
  return member instanceof Failure
    ? member
    : (expectEnd(words) ?? { kind: 'service-member', member, on: s.on, span: words.line, next: 'same' });
}

/** A member of a file's group that could not be read: the group is then only partly known. */
export function unreadMember(s: Statement, mode: GroupMode, failure: Failure): Command {
  const { line } = s.words;
  tell(s, 'unparsed-line', failure.message, failure.at, {
    severity: 'error',
    mend: 'What the group holds is unknown until this member can be read.',
  });
  const member = { kind: 'unparsed', reason: failure.message, span: line } as const;
  return mode.groupKind === 'network'
    ? { kind: 'network-member', member, on: true, span: line, next: 'same' }
    : { kind: 'service-member', member, on: true, span: line, next: 'same' };
}

function readNestedGroup(s: Statement): { kind: 'group'; name: string; span: typeof s.words.line } | Failure {
  const name = s.words.take();
  return name === '' ? wrongWord(s.words, "a group's name") : { kind: 'group', name, span: s.words.line };
}

/** Masks of groups are netmasks, not wildcard masks as in entries. */
function readNetworkMember(s: Statement): NetworkGroupMember | Failure {
  const { words } = s;
  const span = words.line;
  const pattern = (p: ReturnType<typeof hostPattern>): NetworkGroupMember => ({
    kind: 'pattern',
    pattern: p,
    span,
  });
  if (words.takeWord('group-object')) return readNestedGroup(s);
  if (words.takeWord('any')) return pattern(prefixPattern(0, 0));
  if (words.takeWord('host')) {
    const address = words.takeAddress();
    return address === undefined ? wrongWord(words, 'an address after host') : pattern(hostPattern(address));
  }
  if (words.takeWord('range')) {
    const first = words.takeAddress();
    if (first === undefined) return wrongWord(words, 'the first address');
    const last = words.takeAddress();
    if (last === undefined) return wrongWord(words, 'the last address');
    if (first > last) return new Failure('invalid', 'the range ends before it begins', words.at - 1);
    return { kind: 'range', first: toIpv4(first), last: toIpv4(last), span };
  }
  const at = words.at;
  const joined = words.peek();
  const slash = joined.indexOf('/');
  if (slash > 0 && startsWithDigit(joined)) {
    const [address, length] = [joined.slice(0, slash), readNumber(joined.slice(slash + 1))];
    const value = parseAlone(address);
    if (value === undefined || length === undefined || length > 32)
      return wrongWord(words, 'a network and its length');
    words.at++;
    return pattern(prefixPattern(value, length));
  }
  const address = words.takeAddress();
  if (address === undefined) return wrongWord(words, 'host A, A NETMASK, range A B or group-object NAME');
  if (words.peek().startsWith('/')) {
    const length = readNumber(words.peek().slice(1));
    if (length === undefined || length > 32) return wrongWord(words, 'a prefix length, /0-/32');
    words.at++;
    return pattern(prefixPattern(address, length));
  }
  const mask = words.takeAddress();
  if (mask === undefined) return wrongWord(words, 'a netmask');
  const length = netmaskLength(mask);
  if (length === undefined)
    return new Failure(
      'invalid',
      `${words.all[at + 1]} is not a netmask: groups take no wildcard mask`,
      at + 1,
    );
  return pattern(prefixPattern(address, length));
}

function parseAlone(text: string): number | undefined {
  const octets = text.split('.');
  if (octets.length !== 4) return undefined;
  let value = 0;
  for (const octet of octets) {
    const number = readNumber(octet);
    if (number === undefined || number > 255 || octet.length > 3) return undefined;
    value = value * 256 + number;
  }
  return value;
}

/** Names that mean one port in both protocols. */
const TCP_UDP_PORTS: Keywords<PortName> = keywords(
  [...TCP_PORTS.exact].filter(([name, p]) => UDP_PORTS.exact.get(name)?.port === p.port),
);

const MEMBER_PROTOCOLS: Keywords<readonly number[] | null> = keywords([
  ...[...PROTOCOLS.exact].map(([name, { number }]): readonly [string, readonly number[] | null] => [
    name,
    number === null ? null : [number],
  ]),
  ['tcp-udp', [TCP, UDP]],
]);

const ICMP_TABLE: Keywords<IcmpName> = keywords(
  ICMP_NAMES.map(([name, type, code]): readonly [string, IcmpName] => [name, { type, code }]),
);

const OPERATORS = keywords<'eq' | 'neq' | 'lt' | 'gt' | 'range'>([
  ['eq', 'eq'],
  ['neq', 'neq'],
  ['lt', 'lt'],
  ['gt', 'gt'],
  ['range', 'range'],
]);

function readServiceMember(s: Statement): ServiceGroupMember | Failure {
  const { words } = s;
  const span = words.line;
  if (words.takeWord('group-object', 2)) return readNestedGroup(s);
  const found = (
    protocols: readonly number[] | null,
    more: Partial<
      Pick<Extract<ServiceGroupMember, { kind: 'service' }>, 'sourcePorts' | 'destinationPorts' | 'icmp'>
    > = {},
  ): ServiceGroupMember => ({
    kind: 'service',
    protocols,
    sourcePorts: null,
    destinationPorts: null,
    icmp: null,
    ...more,
    span,
  });
  if (startsWithDigit(words.peek())) {
    const number = words.takeNumber(255);
    return number === undefined ? wrongWord(words, 'a protocol, 0-255 or its name') : found([number]);
  }
  // The 6500's port groups hold port conditions without a protocol.
  if (OPERATORS.exact.has(words.peekLower())) {
    const ports = readServicePorts(s, TCP_UDP_PORTS);
    return ports instanceof Failure ? ports : found([TCP, UDP], { destinationPorts: ports });
  }
  const protocols = words.takeKeyword(MEMBER_PROTOCOLS);
  if (protocols === AMBIGUOUS) return ambiguousWord(words, MEMBER_PROTOCOLS);
  if (protocols === undefined) return wrongWord(words, 'a protocol, 0-255 or its name');
  if (words.done || protocols === null) return found(protocols);
  const [first = 0] = protocols;
  if (first === ICMP) return readIcmpMember(s, found);
  if (first !== TCP && first !== UDP) return found(protocols);
  const names = protocols.length === 2 ? TCP_UDP_PORTS : portNamesOf(first);
  let sourcePorts: PortSet | null = null;
  if (words.takeWord('source', 2)) {
    const ports = readServicePorts(s, names);
    if (ports instanceof Failure) return ports;
    sourcePorts = ports;
  }
  if (words.done) return found(protocols, { sourcePorts });
  const destinationPorts = readServicePorts(s, names);
  return destinationPorts instanceof Failure
    ? destinationPorts
    : found(protocols, { sourcePorts, destinationPorts });
}

function readIcmpMember(
  s: Statement,
  found: (
    protocols: readonly number[],
    more: { icmp: { type: number; code: number | null } },
  ) => ServiceGroupMember,
): ServiceGroupMember | Failure {
  const { words } = s;
  if (startsWithDigit(words.peek())) {
    const type = words.takeNumber(255);
    if (type === undefined) return wrongWord(words, 'an ICMP type, 0-255');
    const code = words.done ? null : words.takeNumber(255);
    if (code === undefined) return wrongWord(words, 'an ICMP code, 0-255');
    return found([ICMP], { icmp: { type, code } });
  }
  const named = words.takeKeyword(ICMP_TABLE);
  if (named === AMBIGUOUS) return ambiguousWord(words, ICMP_TABLE);
  return named === undefined ? wrongWord(words, 'an ICMP type') : found([ICMP], { icmp: named });
}

/** `eq p`, `neq p`, `lt p`, `gt p`, `range p q`, or a bare port for `eq`. */
function readServicePorts(s: Statement, names: Keywords<PortName>): PortSet | Failure {
  const { words } = s;
  const operator = OPERATORS.exact.get(words.peekLower());
  if (operator !== undefined) words.at++;
  const at = words.at;
  const first = readPort(s, names);
  if (first instanceof Failure) return first;
  switch (operator) {
    case undefined:
    case 'eq':
      return [[first, first]];
    case 'neq':
      return subtractRanges(ALL_PORTS, [[first, first]]);
    case 'lt':
    case 'gt': {
      const set = portsBeyond(operator, first);
      if (set.length === 0) tell(s, 'empty-port-range', `no port is ${operator} ${first}`, at);
      return set;
    }
    case 'range': {
      const last = readPort(s, names);
      if (last instanceof Failure) return last;
      if (first > last)
        tell(s, 'reversed-range', `range ${first} ${last} is evaluated as ${last}-${first}`, at);
      return [[Math.min(first, last), Math.max(first, last)]];
    }
  }
}
