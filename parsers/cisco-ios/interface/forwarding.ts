import { toIpv4 } from '../../../src/model/address.ts';
import type { Command } from '../../../src/model/command.ts';
import type { TunnelEnds } from '../../../src/model/router-config.ts';
import { readInterfaceName } from '../interface-name.ts';
import { plainKeywords } from '../keywords.ts';
import { expectEnd, Failure, type Statement, wrongWord } from '../statement.ts';
import { startsWithDigit } from '../words.ts';
import { change, effect, wholeEffect } from './change.ts';
import { only, skip } from './skipped.ts';

const ENCAPSULATIONS = plainKeywords(
  ...'dot1q isl ppp hdlc frame-relay arpa sap snap atm-dxi lapb smds x25 slip sdlc sde'.split(' '),
);

/** Where nothing is written: of a line, and of a LAN. */
const DEFAULT_ENCAPSULATIONS: ReadonlySet<string> = new Set(['hdlc', 'arpa']);

/** `encapsulation dot1Q 10`, `encapsulation ppp`: whoever speaks another one on the same wire is not heard. */
export function readEncapsulation(s: Statement): Command | Failure {
  const { words } = s;
  const kind = words.takeKeyword(ENCAPSULATIONS);
  // Those of circuits and of rarer hardware are kept as they stand.
  const first = typeof kind === 'string' ? kind : words.take().toLowerCase();
  const text = [first, ...words.all.slice(words.at, words.count).map((w) => w.toLowerCase())].join(' ');
  if (first === '' && s.on) return wrongWord(words, 'an encapsulation');
  words.at = words.count;
  const encapsulation = !s.on || DEFAULT_ENCAPSULATIONS.has(text) ? null : text;
  return change(s, { kind: 'encapsulation', encapsulation });
}

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
  if (/^ipsec\s+client\s+ezvpn\b/i.test(words.rest())) return wholeEffect('crypto-map')(s);
  if (!words.takeWord('map')) return only(['ipsec', 'engine', 'isakmp', 'gdoi'], skip('IPsec and keys'))(s);
  const name = words.take();
  if (words.takeWord('redundancy')) words.at = words.count;
  // With a number it is the global statement, which defines the map.
  return expectEnd(words) ?? effect(s, 'crypto-map', name === '' ? {} : { name });
}

/**
 * `tunnel …`: who the ends of a tunnel are, and how its packets are carried; GRE unless a mode is written (Interface
 * and Hardware Component command reference). Protection encrypts what carries them, which is said.
 */
export function readTunnel(s: Statement): Command | Failure {
  const { words } = s;
  if (words.takeWord('protection')) return wholeEffect('crypto-map')(s);
  if (words.takeWord('source', 2)) return readTunnelSource(s);
  if (words.takeWord('destination', 2)) return readTunnelDestination(s);
  if (words.takeWord('mode', 2)) return readTunnelMode(s);
  if (words.takeWord('key', 3)) {
    const key = s.on ? words.takeNumber(0xffffffff) : undefined;
    if (s.on && key === undefined) return wrongWord(words, 'a number');
    words.at = words.count;
    return change(s, { kind: 'tunnel', ends: { key: key ?? null } });
  }
  if (words.takeWord('vrf')) {
    const name = words.take();
    return change(s, { kind: 'tunnel', ends: { vrf: s.on && name !== '' ? name : null } });
  }
  return skip('tunnel ends')(s);
}

function readTunnelSource(s: Statement): Command | Failure {
  const { words } = s;
  if (!s.on) {
    words.at = words.count;
    return change(s, { kind: 'tunnel', ends: { source: null } });
  }
  if (words.done) return wrongWord(words, 'an address or an interface');
  if (words.peek().includes(':')) return skip('tunnel ends')(s);
  const address = startsWithDigit(words.peek()) ? words.takeAddress() : undefined;
  const source = address === undefined ? readInterfaceName(s) : toIpv4(address);
  if (source instanceof Failure) return source;
  return expectEnd(words) ?? change(s, { kind: 'tunnel', ends: { source } });
}

function readTunnelDestination(s: Statement): Command | Failure {
  const { words } = s;
  if (words.done && s.on) return wrongWord(words, 'an address');
  const address = s.on && startsWithDigit(words.peek()) ? words.takeAddress() : undefined;
  // A name is looked up once and stored as an address; `dynamic` and IPv6 are not followed.
  if (s.on && address === undefined) return skip('tunnel ends')(s);
  words.at = words.count;
  return change(s, {
    kind: 'tunnel',
    ends: { destination: address === undefined ? null : toIpv4(address) },
  });
}

function readTunnelMode(s: Statement): Command | Failure {
  const { words } = s;
  const text = s.on ? words.rest().toLowerCase() : 'gre ip';
  words.at = words.count;
  if (text === '') return wrongWord(words, 'a mode');
  const mode = MODES.find(([written]) => written.test(text))?.[1] ?? 'other';
  return change(s, { kind: 'tunnel', ends: { mode } });
}

const MODES: readonly (readonly [written: RegExp, mode: TunnelEnds['mode']])[] = [
  [/^gre\s+m/, 'multipoint-gre'],
  [/^gre(?:\s+ip)?$/, 'gre'],
  [/^ipip\b/, 'ipip'],
  [/^ipsec\s+ipv4\b/, 'ipsec'],
];
