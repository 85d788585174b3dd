import { toIpv4 } from '../../src/model/address.ts';
import type { Command, GlobalChange, Mode } from '../../src/model/command.ts';
import { EXEC_MODE, GLOBAL_MODE, parentMode } from '../../src/model/command.ts';
import type { AclReference, RoutingProcess, UnmodelledEffect } from '../../src/model/router-config.ts';
import { readAccessList, readIpAccessList } from './access-list.ts';
import { readExec } from './exec.ts';
import { readEnterInterface } from './interface.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { listKindOf } from './list-number.ts';
import { readNat } from './nat.ts';
import { readObjectGroup } from './object-group.ts';
import { readRoute } from './route.ts';
import { readTimeRange } from './time-range.ts';
import { GLOBAL_FAMILIES, IP_FAMILIES } from './skipped-families.ts';
import {
  ambiguousWord,
  expectEnd,
  type Failure,
  needFeature,
  type Statement,
  type StatementReader,
  skipGlobally,
  usesOf,
  wrongWord,
  listsNamed,
} from './statement.ts';
import { readEnterLine } from './terminal-line.ts';
import { parseIosVersion } from './version.ts';
import { readNumber, startsWithDigit } from './words.ts';

const finish = (s: Statement): void => {
  s.words.keepComment();
  s.words.at = s.words.count;
};

const globally = (s: Statement, change: GlobalChange): Command => ({
  kind: 'global',
  change,
  span: s.words.line,
  next: GLOBAL_MODE,
});

const skip =
  (family: string, opens = false): StatementReader =>
  (s) => {
    finish(s);
    return opens && s.on
      ? { kind: 'skipped', family, span: s.words.line, next: { kind: 'skipped', family } }
      : skipGlobally(s, family);
  };

const uses = (s: Statement, use: AclReference['use'], lists: readonly string[]): Command => ({
  kind: 'reference',
  ...usesOf(s, use, lists, null),
  span: s.words.line,
  next: GLOBAL_MODE,
});

function effect(s: Statement, family: UnmodelledEffect['family'], name: string): Command {
  finish(s);
  const command = globally(s, { kind: 'effect', effect: { family, name, span: s.words.line }, on: s.on });
  const lists = listsNamed(s);
  return lists.length === 0 ? command : { ...command, uses: usesOf(s, 'inspect', lists, null) };
}

/** A skipped statement that may name a list. */
const skipWithLists =
  (family: string): StatementReader =>
  (s) => {
    finish(s);
    const lists = listsNamed(s);
    return lists.length === 0 ? skipGlobally(s, family) : uses(s, 'other', lists);
  };

/** `ip pim rp-address A [LIST]`: a number behind an address is the list of groups. */
const readPim: StatementReader = (s) => {
  const last = s.words.all.at(-1) ?? '';
  const number = readNumber(last);
  finish(s);
  return number !== undefined && listKindOf(number) === 'standard' && s.words.count > 3
    ? uses(s, 'other', [last])
    : skipGlobally(s, 'multicast');
};

const onOff =
  (make: (on: boolean) => GlobalChange): StatementReader =>
  (s) =>
    expectEnd(s.words) ?? globally(s, make(s.on || s.byDefault));

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

function readHttp(s: Statement): Command | Failure {
  const { words } = s;
  if (words.takeWord('server') && words.done) return globally(s, { kind: 'http-server', on: s.on });
  if (words.takeWord('access-class')) {
    if (words.takeWord('ipv6')) return skip('IPv6')(s);
    words.takeWord('ipv4');
    if (words.done) return s.on ? wrongWord(words, "a list's number") : uses(s, 'http', []);
    const acl = words.take();
    finish(s);
    return uses(s, 'http', [acl]);
  }
  return skip('management protocols')(s);
}

function readVrf(s: Statement): Command | Failure {
  const { words } = s;
  words.takeWord('definition');
  if (words.done) return wrongWord(words, "a VRF's name");
  const name = words.take();
  return (
    expectEnd(words) ?? {
      kind: 'vrf',
      name,
      on: s.on,
      span: words.line,
      next: s.on ? { kind: 'vrf', name } : GLOBAL_MODE,
    }
  );
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

/** The command, with the lines under it in a mode of their own that is passed over. */
const under = (command: Command, family: string): Command =>
  command.kind === 'global' && !(command.change.kind === 'effect' && !command.change.on)
    ? { ...command, next: { kind: 'skipped', family } }
    : command;

/** Rarely typed, so they must not make the short form of a common word ambiguous. */
const LATE_IP_WORDS = [
  'source',
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
    // Options in a packet are not modelled, so its being dropped or obeyed is a matter of the host's own checks.
    ['source-route', skip('IP source routing')],
    ['traffic-export', skip('traffic copies', true)],
    ...[...IP_FAMILIES].map(([word, f]): [string, StatementReader] => [word, skip(f.name, f.opens)]),
    ['pim', readPim],
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

function readIp(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(IP_STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, IP_STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement after ip') : reader(s);
}

/** Letters of an IPv6 list's or statement's own words decide no IPv4 packet: named once per list, then counted. */
function readIpv6(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('access-list'))
    return ['address', 'traffic-filter', 'enable'].includes(words.peekLower())
      ? wrongWord(words, 'a global IPv6 statement')
      : skip('IPv6', ['dhcp', 'router', 'general-prefix', 'flowset'].includes(words.peekLower()))(s);
  const failure = needFeature(s, 'ipv6-list', 1);
  if (failure) return failure;
  if (words.done) return wrongWord(words, "a list's name");
  const name = words.take();
  if (name === 'log-update') return skip('IPv6')(s);
  finish(s);
  return {
    kind: 'ipv6',
    notice: { kind: 'list', name, interface: null, span: words.line },
    on: s.on,
    span: words.line,
    next: s.on ? { kind: 'ipv6-access-list', list: name } : GLOBAL_MODE,
  };
}

function readSnmp(s: Statement): Command | Failure {
  const { words } = s;
  words.keepComment();
  if (words.takeWord('community')) {
    const community = words.peek();
    const rest = words.all.slice(words.at + 1, words.count);
    finish(s);
    // `community S [view V] [ro|rw] [LIST]`: what is left when the known words are gone is the list.
    const left: string[] = [];
    for (let i = 0; i < rest.length; i++) {
      const word = rest[i]!.toLowerCase();
      if (word === 'view' || word === 'ipv6') i++;
      else if (word !== 'ro' && word !== 'rw') left.push(rest[i]!);
    }
    if (left.length > 0) return uses(s, 'snmp', [left[0]!]);
    // Whoever knows the community is answered, from anywhere.
    return openService(s, 'snmp', `snmp-server community ${community}`);
  }
  const access = words.all.findIndex((w, i) => i > 1 && w.toLowerCase() === 'access');
  const tftp = words.takeWord('tftp-server-list');
  const list = tftp
    ? words.peek()
    : access > 0
      ? words.all.slice(access + 1).find((w) => w.toLowerCase() !== 'ipv6')
      : '';
  finish(s);
  return list ? uses(s, 'snmp', [list]) : skipGlobally(s, 'management protocols');
}

const openService = (s: Statement, use: AclReference['use'], name: string): Command => ({
  ...globally(s, {
    kind: 'effect',
    effect: { family: 'open-service', name, span: s.words.line },
    on: s.on,
  }),
  ...(s.on ? {} : { uses: usesOf(s, use, [], null) }),
});

/** A `no` may take a use away even where its own line names no list. */
const skipOrForget = (s: Statement, use: AclReference['use'], family: string): Command =>
  s.on ? skipGlobally(s, family) : uses(s, use, []);

function readNtp(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('access-group')) return skip('clock and time')(s);
  words.takeWord('ipv4');
  words.take();
  const list = words.take();
  finish(s);
  return list === '' ? skipOrForget(s, 'ntp', 'clock and time') : uses(s, 'ntp', [list]);
}

function readDialerList(s: Statement): Command | Failure {
  const { words } = s;
  const at = words.all.findIndex((w) => w.toLowerCase() === 'list' || w.toLowerCase() === 'list-name');
  const list = at < 0 ? undefined : words.all[at + 1];
  finish(s);
  return list === undefined ? skipOrForget(s, 'other', 'dial-up') : uses(s, 'other', [list]);
}

const PROTOCOLS = keywords<RoutingProcess['protocol']>([
  ['ospf', 'ospf'],
  ['eigrp', 'eigrp'],
  ['igrp', 'igrp'],
  ['rip', 'rip'],
  ['bgp', 'bgp'],
  ['isis', 'isis'],
  ['iso-igrp', 'other'],
  ['odr', 'other'],
  ['egp', 'other'],
  ['mobile', 'other'],
  ['ospfv3', 'other'],
]);

function readRouter(s: Statement): Command | Failure {
  const { words } = s;
  const at = words.at;
  // LISP carries packets in others: which, and where to, is not followed.
  if (words.peekLower() === 'lisp')
    return under(effect(s, 'other', `router ${words.rest()}`), 'locator/identifier separation');
  const protocol = words.takeKeyword(PROTOCOLS);
  if (protocol === AMBIGUOUS) return ambiguousWord(words, PROTOCOLS);
  if (protocol === undefined) return wrongWord(words, 'a routing protocol');
  const id = protocol === 'other' ? words.all.slice(at).join(' ') : words.take();
  // `router ospf 1 vrf X`: the process is the same, its table is not followed.
  finish(s);
  return s.on
    ? {
        kind: 'enter-routing',
        protocol,
        id,
        span: words.line,
        next: { kind: 'routing', process: `${protocol} ${id}` },
      }
    : { kind: 'delete-routing', protocol, id, span: words.line, next: GLOBAL_MODE };
}

const opensMode =
  (kind: 'route-map' | 'class-map', skippedWords: readonly string[]): StatementReader =>
  (s) => {
    const { words } = s;
    while (skippedWords.includes(words.peekLower())) {
      if (words.peekLower() === 'type') words.at++;
      words.at++;
    }
    if (words.done) return wrongWord(words, `a ${kind}'s name`);
    const name = words.all.slice(words.at, words.count).join(' ');
    finish(s);
    if (s.on) return { kind: 'move', span: words.line, next: { kind, name } };
    return {
      kind: 'reference',
      owner: `${kind} ${name}`,
      references: [],
      on: false,
      span: words.line,
      next: GLOBAL_MODE,
    };
  };

const CRYPTO_MODES = 'isakmp ipsec ikev2 pki ca identity gdoi keyring provisioning key ssl vpn tls-tunnel';

function readCrypto(s: Statement): Command | Failure {
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
  return skip('IPsec and keys', opens)(s);
}

function readControlPlane(s: Statement): Command {
  finish(s);
  return { kind: 'move', span: s.words.line, next: s.on ? { kind: 'control-plane' } : GLOBAL_MODE };
}

function readVersion(s: Statement): Command | Failure {
  const { words } = s;
  const version = parseIosVersion(words.peek(), words.line);
  if (!version) return wrongWord(words, 'an IOS version');
  words.at++;
  return expectEnd(words) ?? globally(s, { kind: 'version', version });
}

const readHostname: StatementReader = (s) => {
  const { words } = s;
  if (!s.on) return globally(s, { kind: 'hostname', hostname: null });
  if (words.done) return wrongWord(words, 'a name');
  const hostname = words.take().replace(/^"(.*)"$/, '$1');
  return expectEnd(words) ?? globally(s, { kind: 'hostname', hostname });
};

const readExit: StatementReader = (s) =>
  expectEnd(s.words) ?? { kind: 'move', span: s.words.line, next: parentMode(s.mode) };

const readEnd: StatementReader = (s) =>
  expectEnd(s.words) ?? { kind: 'move', span: s.words.line, next: EXEC_MODE };

const readDo: StatementReader = (s) => readExec(s, true);

const zone: StatementReader = (s) => {
  const failure = needFeature(s, 'zone-firewall', 0);
  if (failure) return failure;
  const name = s.words.all.join(' ');
  finish(s);
  return {
    kind: 'global',
    change: { kind: 'effect', effect: { family: 'zone', name, span: s.words.line }, on: s.on },
    span: s.words.line,
    next: s.on ? { kind: 'skipped', family: 'zone-based firewall' } : GLOBAL_MODE,
  };
};

/** Under it `interface X` names the tunnel's own settings. */
export const SDWAN = 'SD-WAN';

const readTrustSec: StatementReader = (s) =>
  s.words.peekLower() === 'role-based' && s.words.peekLower(1) === 'enforcement'
    ? effect(s, 'other', `cts ${s.words.rest()}`)
    : skip('authentication servers')(s);

const STATEMENTS = keywords<StatementReader>(
  [
    ...[...GLOBAL_FAMILIES].map(([word, f]): [string, StatementReader] => [word, skip(f.name, f.opens)]),
    ['access-list', readAccessList],
    ['ip', readIp],
    ['ipv6', readIpv6],
    ['interface', readEnterInterface],
    ['line', readEnterLine],
    ['version', readVersion],
    ['hostname', readHostname],
    ['snmp-server', readSnmp],
    ['ntp', readNtp],
    ['router', readRouter],
    ['route-map', opensMode('route-map', [])],
    ['class-map', opensMode('class-map', ['type', 'match-any', 'match-all'])],
    ['crypto', readCrypto],
    ['vrf', readVrf],
    ['dialer-list', readDialerList],
    ['object-group', readObjectGroup],
    ['time-range', readTimeRange],
    ['control-plane', readControlPlane],
    ['zone', zone],
    ['zone-pair', zone],
    ['parameter-map', skip('zone-based firewall', true)],
    ['bridge', (s) => effect(s, 'other', `bridge ${s.words.rest()}`)],
    ['tftp-server', readTftpServer],
    ['username', skipWithLists('users and privileges')],
    ['login', skipWithLists('users and privileges')],
    ['vlan', readVlan],
    ['queue-list', skipWithLists('QoS policies')],
    ['priority-list', skipWithLists('QoS policies')],
    ['^z', readEnd],
    ['rlogin', skip('management protocols')],
    ['default', skip('device services')],
    ['exit', readExit],
    ['end', readEnd],
    ['do', readDo],
    ['banner', skip('banners')],
    // Role-based enforcement drops by tags that no list names; the tunnels of SD-WAN filter what reaches the router.
    ['cts', readTrustSec],
    ['sdwan', (s) => under(effect(s, 'other', 'sdwan'), SDWAN)],
    ['nat64', (s) => effect(s, 'other', `nat64 ${s.words.rest()}`)],
  ],
  // Rarely typed, so they must not make the short form of a common word ambiguous.
  [
    'access-session',
    'interface-range',
    'ap',
    'ldap',
    'identity',
    'install',
    'do',
    'ephone',
    'exception',
    'endpoint',
    'arp',
    'mmi',
    'licensing',
    'mobile',
    'webvpn',
    'sslproxy',
    'sdwan',
    'nat64',
    'bfd',
    'bfd-template',
    'vfi',
    'l2-vfi',
    'pppoe',
    'printer',
    'hqf',
    'esmc',
    'rom-monitor',
    'microcode',
    'virtual-service',
    'rtr-responder',
    'stack-mac',
    'multiring',
    'oam-pvc',
    'endpoint-tracker',
    'media-inactivity-criteria',
  ],
);

function readTftpServer(s: Statement): Command | Failure {
  const last = s.words.all.at(-1) ?? '';
  const number = readNumber(last);
  finish(s);
  return number !== undefined && listKindOf(number) === 'standard' && s.words.count > 2
    ? uses(s, 'other', [last])
    : skipGlobally(s, 'management protocols');
}

/** `vlan access-map` and `vlan filter` drop packets within a VLAN; a plain VLAN does not. */
function readVlan(s: Statement): Command | Failure {
  const filters = ['access-map', 'filter'].includes(s.words.peekLower());
  if (!filters) return skip('layer 2', true)(s);
  const command = effect(s, 'other', `vlan ${s.words.rest()}`);
  return s.on ? { ...command, next: { kind: 'skipped', family: 'VLAN access maps' } } : command;
}

/** A line of global configuration mode. */
export function readGlobalLine(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement of global configuration') : reader(s);
}

export const isGlobalIpWord = (word: string): boolean => IP_STATEMENTS.exact.has(word);

/** Whether a word is a whole global keyword, for telling statements from wrapped ends of lines. */
export const isGlobalWord = (word: string): boolean => STATEMENTS.exact.has(word.toLowerCase());
