import { toIpv4 } from '../../../src/model/address.ts';
import type { Command } from '../../../src/model/command.ts';
import { readIpAccessList } from '../access-list.ts';
import { AMBIGUOUS, keywords } from '../keywords.ts';
import { readNat } from '../nat.ts';
import { readRoute } from '../route.ts';
import { IP_FAMILIES } from '../skipped-families.ts';
import {
  ambiguousWord,
  expectEnd,
  type Failure,
  listsNamed,
  type Statement,
  type StatementReader,
  skipGlobally,
  usesOf,
  wrongWord,
} from '../statement.ts';
import { effect, endsInList, finish, globally, onOff, skip, skipWithLists, under } from './change.ts';
import { readVrf } from './headers.ts';
import { readHttp } from './management.ts';

function readDefaultGateway(s: Statement): Command | Failure {
  const { words } = s;
  if (!s.on) {
    finish(s);
    return globally(s, { kind: 'default-gateway', address: null });
  }
  const address = words.takeAddress();
  if (address === undefined) return wrongWord(words, 'an address');
  return expectEnd(words) ?? globally(s, { kind: 'default-gateway', address: toIpv4(address) });
}

function readIcmp(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('rate-limit')) return skip('ICMP replies of the router')(s);
  if (!words.takeWord('unreachable')) return wrongWord(words, 'unreachable');
  if (!s.on) {
    finish(s);
    // Without the limit every dropped packet is answered.
    return globally(s, { kind: 'unreachable-interval', milliseconds: s.byDefault ? 500 : 0 });
  }
  const dontFragment = words.takeWord('df', 2);
  const milliseconds = words.takeNumber(4294967295, 1);
  if (milliseconds === undefined) return wrongWord(words, 'milliseconds');
  finish(s);
  // Packets with DF have a bucket of their own, which a scan's probes do not fill.
  return dontFragment
    ? skipGlobally(s, 'ICMP replies of the router')
    : globally(s, { kind: 'unreachable-interval', milliseconds });
}

function readTcp(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('intercept', 3)) return skip('sessions of the router itself')(s);
  if (words.takeWord('list')) {
    if (!s.on) return globally(s, { kind: 'tcp-intercept-list', list: null });
    if (words.done) return wrongWord(words, "a list's number");
    const list = words.take();
    return expectEnd(words) ?? globally(s, { kind: 'tcp-intercept-list', list });
  }
  if (words.takeWord('mode')) {
    const watch = words.takeWord('watch');
    if (!watch && !words.takeWord('intercept') && s.on) return wrongWord(words, 'intercept or watch');
    finish(s);
    return globally(s, { kind: 'tcp-intercept-mode', mode: watch && s.on ? 'watch' : 'intercept' });
  }
  return skip('TCP intercept timers')(s);
}

const readLocal: StatementReader = (s) =>
  s.words.takeWord('policy', 3)
    ? effect(s, 'policy-route', s.words.rest())
    : skip('address assignment service')(s);

/** `ip inspect NAME in` and its like are an interface's. */
function unlessDirected(reader: StatementReader): StatementReader {
  return (s) => {
    const last = s.words.all.at(-1)?.toLowerCase();
    return last === 'in' || last === 'out' ? wrongWord(s.words, 'a definition') : reader(s);
  };
}

/** `ip routing`, the switch; `ip routing protocol …` is about how routes are purged. */
const readRouting: StatementReader = (s) =>
  s.words.peekLower() === 'protocol'
    ? skip('routing protocol details')(s)
    : onOff((on) => ({ kind: 'ip-routing', on }))(s);

const readReceive: StatementReader = (s) => {
  const lists = listsNamed(s);
  return lists.length === 0
    ? wrongWord(s.words, 'access-list')
    : { ...effect(s, 'other', `ip receive ${s.words.rest()}`), uses: usesOf(s, 'other', lists, null) };
};

/** `ip arp inspection vlan N` and `ip dhcp snooping vlan N` drop within VLANs; what else is behind the words does not. */
function inspects(word: 'arp' | 'dhcp'): StatementReader {
  const { name, opens } = IP_FAMILIES.get(word)!;
  return (s) =>
    /^(?:inspection|snooping)\s+vlan\s/i.test(s.words.rest())
      ? effect(s, 'other', `ip ${word} ${s.words.rest()}`)
      : skip(name, opens)(s);
}

/** Rarely typed, so they must not make the short form of a common word ambiguous. */
const LATE_IP_WORDS = [
  'source',
  'receive',
  'verify',
  'sdee',
  'gdoi',
  'slb',
  'address-pool',
  'unnumbered-dhcp',
  'pgm',
  'large-community-list',
  'policy-list',
];

const IP_STATEMENTS = keywords<StatementReader>(
  [
    ['access-list', readIpAccessList],
    ['route', readRoute],
    ['routing', readRouting],
    ['classless', onOff((on) => ({ kind: 'ip-classless', on }))],
    ['default-gateway', readDefaultGateway],
    ['icmp', readIcmp],
    ['tcp', readTcp],
    ['http', readHttp],
    ['vrf', readVrf],
    ['nat', readNat],
    ['local', readLocal],
    // Candidates for the default route: which one is taken depends on routes that the text does not hold.
    ['default-network', (s) => effect(s, 'other', `ip default-network ${s.words.rest()}`)],
    ['inspect', unlessDirected((s) => effect(s, 'inspect', s.words.rest()))],
    ['audit', unlessDirected((s) => effect(s, 'other', `ip audit ${s.words.rest()}`))],
    [
      'ips',
      unlessDirected((s) => under(effect(s, 'other', `ip ips ${s.words.rest()}`), 'intrusion prevention')),
    ],
    ['urlfilter', (s) => effect(s, 'other', `ip urlfilter ${s.words.rest()}`)],
    ['wccp', (s) => effect(s, 'web-redirect', s.words.rest())],
    ['web-cache', (s) => effect(s, 'web-redirect', s.words.rest())],
    ['auth-proxy', (s) => effect(s, 'web-redirect', s.words.rest())],
    ['admission', (s) => effect(s, 'web-redirect', s.words.rest())],
    // Cisco 12000: a list for packets to the router itself, whichever interface they arrive at.
    ['receive', readReceive],
    // Options in a packet are not modelled, so its being dropped or obeyed is a matter of the host's own checks.
    ['source-route', skip('IP source routing')],
    ['traffic-export', skip('traffic copies', true)],
    ...[...IP_FAMILIES].map(([word, f]): [string, StatementReader] => [word, skip(f.name, f.opens)]),
    ['arp', inspects('arp')],
    ['dhcp', inspects('dhcp')],
    // `ip pim rp-address A [LIST]`: a number behind an address is the list of groups.
    [
      'pim',
      (s) => (listsNamed(s).length > 0 ? skipWithLists('multicast')(s) : endsInList('multicast', 3)(s)),
    ],
    ['msdp', skipWithLists('multicast')],
    // Load balancing translates the addresses of the servers behind it.
    ['slb', (s) => under(effect(s, 'other', `ip slb ${s.words.rest()}`), 'server load balancing')],
    [
      'verify',
      (s) =>
        s.words.peekLower() === 'drop-rate' ? skip('device services')(s) : wrongWord(s.words, 'drop-rate'),
    ],
  ],
  LATE_IP_WORDS,
);

export function readIp(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(IP_STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, IP_STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement after ip') : reader(s);
}

export const isGlobalIpWord = (word: string): boolean => IP_STATEMENTS.exact.has(word);
