import type { Command, Mode } from '../../src/model/command.ts';
import type { AclReference } from '../../src/model/router-config.ts';
import { type Failure, type Statement, skipHere, usesOf, wrongWord } from './statement.ts';

/** Modes whose lines name lists by which something else than a binding chooses packets. */
type MatchMode = Extract<Mode, { kind: 'route-map' | 'class-map' | 'crypto-map' }>;

const references = (
  s: Statement,
  use: AclReference['use'],
  lists: readonly string[],
  header: string,
): Command => ({
  kind: 'reference',
  ...usesOf(s, use, lists, header),
  span: s.words.line,
  next: 'same',
});

function finish(s: Statement, family: string): Command {
  s.words.keepComment();
  s.words.at = s.words.count;
  return skipHere(s, family);
}

export function readMatchLine(s: Statement, mode: MatchMode): Command | Failure {
  switch (mode.kind) {
    case 'route-map':
      return readRouteMapLine(s, `route-map ${mode.name}`);
    case 'class-map':
      return readClassMapLine(s, `class-map ${mode.name}`);
    case 'crypto-map':
      return readCryptoMapLine(s, mode.name);
  }
}

function readRouteMapLine(s: Statement, header: string): Command | Failure {
  const { words } = s;
  if (words.takeWord('match')) {
    const kind = words.peekLower();
    const what = words.peekLower(1);
    if (kind === 'ip' && (what === 'address' || what === 'next-hop' || what === 'route-source')) {
      words.at += 2;
      const lists = words.all.slice(words.at, words.count);
      words.at = words.count;
      if (lists[0]?.toLowerCase() === 'prefix-list') return skipHere(s, 'route-map details');
      return references(s, 'route-map', lists, header);
    }
    return finish(s, 'route-map details');
  }
  if (/^set\s+interface\s.*\bnull\s?0/i.test(words.all.slice(words.at, words.count).join(' ')))
    return dropByPolicy(s, header);
  return ['set', 'description', 'continue', 'call'].includes(words.peekLower())
    ? finish(s, 'route-map details')
    : wrongWord(words, 'match, set or description');
}

/** `set interface Null0`: what the clause matches goes nowhere, where the map routes packets by policy. */
function dropByPolicy(s: Statement, header: string): Command {
  const { words } = s;
  words.at = words.count;
  return {
    kind: 'global',
    change: {
      kind: 'effect',
      effect: { family: 'policy-route', name: `${header}: set interface Null0`, span: words.line },
      on: s.on,
    },
    span: words.line,
    next: 'same',
  };
}

function readClassMapLine(s: Statement, header: string): Command | Failure {
  const { words } = s;
  if (words.takeWord('match')) {
    words.takeWord('not');
    if (words.takeWord('access-group')) {
      words.takeWord('name');
      if (words.done) return wrongWord(words, "a list's name or number");
      const list = words.take();
      words.at = words.count;
      return references(s, 'class-map', [list], header);
    }
    return finish(s, 'class-map details');
  }
  return ['description', 'rename', 'no-match', 'group'].includes(words.peekLower())
    ? finish(s, 'class-map details')
    : wrongWord(words, 'match or description');
}

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

function readCryptoMapLine(s: Statement, header: string): Command | Failure {
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

const VRF_WORDS = [
  'rd',
  'route-target',
  'address-family',
  'exit-address-family',
  'exit-vrf',
  'description',
  'import',
  'export',
  'vpn',
  'maximum',
  'bgp',
  'mdt',
  'inter-as-hybrid',
  'vnet',
  'route-replicate',
  'context',
];

/** Lines under `ip vrf NAME` and `vrf definition NAME`: labels and route exchange, no packet filter. */
export const readVrfDetail = (s: Statement): Command | Failure =>
  VRF_WORDS.includes(s.words.peekLower())
    ? finish(s, 'VRF details')
    : wrongWord(s.words, 'a statement of a VRF');

const IPV6_WORDS = ['permit', 'deny', 'remark', 'evaluate', 'sequence', 'role-based'];

/** Entries of an IPv6 list: the list is named once, its entries are told apart only so far as to stay in it. */
export function readIpv6Entry(s: Statement): Command | Failure {
  const word = s.words.peekLower();
  const known = /^\d+$/.test(word) || IPV6_WORDS.some((w) => word.length >= 3 && w.startsWith(word));
  return known ? finish(s, 'entries of IPv6 lists') : wrongWord(s.words, 'an entry of an IPv6 list');
}

/** Lines under `control-plane`: a policy there decides which packets reach the router itself. */
export function readControlPlaneLine(s: Statement): Command | Failure {
  const { words } = s;
  const text = words.all.slice(s.on ? 0 : 1, words.count).join(' ');
  if (!/^(?:service-policy|management-interface|host|transit|cef-exception)/i.test(text))
    return wrongWord(words, 'service-policy');
  const policy = words.takeWord('service-policy');
  words.at = words.count;
  if (!policy && !/^management/i.test(text)) return skipHere(s, 'control plane');
  return {
    kind: 'global',
    change: {
      kind: 'effect',
      effect: {
        family: policy ? 'service-policy' : 'other',
        name: `control-plane ${text}`,
        span: words.line,
      },
      on: s.on,
    },
    span: words.line,
    next: 'same',
  };
}
