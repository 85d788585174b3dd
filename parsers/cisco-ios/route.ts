import { netmaskLength, toAddressPattern, toIpv4 } from '../../src/model/address.ts';
import { type Command, GLOBAL_MODE } from '../../src/model/command.ts';
import type { NextHop, StaticRoute } from '../../src/model/router-config.ts';
import { readInterfaceName } from './interface-name.ts';
import { AMBIGUOUS, plainKeywords } from './keywords.ts';
import { ambiguousWord, Failure, type Statement, skipGlobally, tell, wrongWord } from './statement.ts';
import { startsWithDigit } from './words.ts';

const CLAUSES = plainKeywords(
  'tag',
  'name',
  'track',
  'permanent',
  'global',
  'multicast',
  'dhcp',
  'table',
  'bfd',
);

/** `ip route [vrf V] NETWORK MASK NEXTHOP [distance] [clauses]`. */
export function readRoute(s: Statement): Command | Failure {
  const { words } = s;
  if (words.takeWord('profile') || words.takeWord('static'))
    return skipGlobally(s, 'routing protocol details');
  let vrf: string | null = null;
  if (words.takeWord('vrf')) {
    if (words.done) return wrongWord(words, "a VRF's name");
    vrf = words.take();
  }
  const at = words.at;
  const network = words.takeAddress();
  if (network === undefined) return wrongWord(words, 'a destination network');
  const mask = words.takeAddress();
  if (mask === undefined) return wrongWord(words, 'a netmask');
  const prefixLength = netmaskLength(mask);
  if (prefixLength === undefined)
    return new Failure('invalid', `${words.all[at + 1]} is not a netmask`, at + 1);
  if ((network & ~mask) !== 0) {
    const message = `${words.all[at]} has bits outside its mask ${words.all[at + 1]}`;
    if (s.reading === 'terminal')
      return new Failure('invalid', `inconsistent address and mask: ${message}`, at);
    tell(s, 'inconsistent-mask', message, at);
  }
  const destination = toAddressPattern(network, ~mask);
  if (!s.on && words.done)
    return {
      kind: 'remove-route',
      destination,
      prefixLength,
      vrf,
      nextHop: null,
      span: words.line,
      next: GLOBAL_MODE,
    };
  const nextHop = readNextHop(s);
  if (nextHop instanceof Failure) return nextHop;
  const clauses = readClauses(s, nextHop.kind === 'dhcp' ? 254 : 1);
  if (clauses instanceof Failure) return clauses;
  return s.on
    ? {
        kind: 'route',
        route: { destination, prefixLength, nextHop, vrf, ...clauses, span: words.line },
        span: words.line,
        next: GLOBAL_MODE,
      }
    : { kind: 'remove-route', destination, prefixLength, vrf, nextHop, span: words.line, next: GLOBAL_MODE };
}

function readNextHop(s: Statement): NextHop | Failure {
  const { words } = s;
  if (startsWithDigit(words.peek())) {
    const address = words.takeAddress();
    return address === undefined
      ? wrongWord(words, 'a next hop')
      : { kind: 'address', address: toIpv4(address) };
  }
  if (words.peekLower() === 'dhcp') {
    words.at++;
    return { kind: 'dhcp' };
  }
  if (words.done) return wrongWord(words, 'a next hop or an interface');
  const name = readInterfaceName(s);
  if (name instanceof Failure) return name;
  if (/^Null\d/.test(name)) return { kind: 'null' };
  const address = words.peek().includes('.') ? words.takeAddress() : undefined;
  return { kind: 'interface', interface: name, address: address === undefined ? null : toIpv4(address) };
}

type Clauses = Pick<StaticRoute, 'distance' | 'tag' | 'name' | 'track' | 'permanent' | 'global'>;

function readClauses(s: Statement, usualDistance: number): Clauses | Failure {
  const { words } = s;
  let distance = usualDistance;
  let tag: number | null = null;
  let name: string | null = null;
  let track: number | null = null;
  let permanent = false;
  let global = false;
  if (startsWithDigit(words.peek())) {
    const value = words.takeNumber(255, 1);
    if (value === undefined) return wrongWord(words, 'an administrative distance, 1-255');
    distance = value;
  }
  while (!words.done) {
    const clause = words.takeKeyword(CLAUSES);
    if (clause === AMBIGUOUS) return ambiguousWord(words, CLAUSES);
    switch (clause) {
      case 'tag': {
        const value = words.takeNumber(4294967295);
        if (value === undefined) return wrongWord(words, 'a tag');
        tag = value;
        break;
      }
      case 'track': {
        const value = words.takeNumber(4294967295, 1);
        if (value === undefined) return wrongWord(words, 'a tracked object');
        track = value;
        break;
      }
      case 'name':
        if (words.done) return wrongWord(words, 'a name');
        name = words.take();
        break;
      case 'permanent':
        permanent = true;
        break;
      case 'global':
        global = true;
        break;
      case 'multicast':
      case 'dhcp':
      case 'table':
      case 'bfd':
        tell(s, 'unmodelled-clause', `\`${clause}\` of a static route is not modelled`, words.at - 1);
        if (clause === 'table') words.take();
        break;
      default:
        return wrongWord(words, 'known at this place of a route');
    }
  }
  return { distance, tag, name, track, permanent, ...(global ? { global } : {}) };
}
