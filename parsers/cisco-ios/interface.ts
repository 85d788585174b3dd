import { netmaskLength, toIpv4 } from '../../src/model/address.ts';
import type { Command, InterfaceChange } from '../../src/model/command.ts';
import { GLOBAL_MODE } from '../../src/model/command.ts';
import type { AclReference, Direction, UnmodelledEffect } from '../../src/model/router-config.ts';
import { readInterfaceName, readInterfaceRange } from './interface-name.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import {
  ambiguousWord,
  expectEnd,
  Failure,
  needFeature,
  type Statement,
  type StatementReader,
  skipHere,
  tell,
  usesOf,
  wrongWord,
} from './statement.ts';
import { startsWithDigit } from './words.ts';

/** `interface X`, `interface range …`, `no interface X`, `default interface X`. */
export function readEnterInterface(s: Statement): Command | Failure {
  const { words } = s;
  let names: string[];
  if (
    words.peekLower() === 'range' ||
    (words.peekLower().length >= 2 && 'range'.startsWith(words.peekLower()))
  ) {
    words.at++;
    const range = readInterfaceRange(s);
    if (range instanceof Failure) return range;
    names = range;
  } else {
    const name = readInterfaceName(s);
    if (name instanceof Failure) return name;
    names = [name];
    // Kinds of a sub-interface change how it is addressed at layer 2 only.
    if (!words.takeWord('point-to-point', 2)) {
      if (words.takeWord('multipoint', 2) || words.takeWord('l2transport', 2)) words.furthest = words.at;
      else if (words.takeWord('type', 2)) words.take();
    }
  }
  return (
    expectEnd(words) ??
    (s.on
      ? { kind: 'enter-interface', names, span: words.line, next: { kind: 'interface', names } }
      : { kind: 'delete-interface', names, reset: s.byDefault, span: words.line, next: GLOBAL_MODE })
  );
}

const change = (s: Statement, value: InterfaceChange): Command => ({
  kind: 'interface',
  change: value,
  span: s.words.line,
  next: 'same',
});

const DIRECTIONS = keywords<Direction>([
  ['in', 'in'],
  ['out', 'out'],
]);

function readAddressLine(s: Statement): Command | Failure {
  const { words } = s;
  if (words.done)
    return s.on ? wrongWord(words, 'an address') : change(s, { kind: 'remove-address', address: null });
  if (words.takeWord('dhcp', 2)) return dynamicAddress(s, 'dhcp');
  // From the peer, or from a pool that the peer filled.
  if (words.takeWord('negotiated', 2) || words.takeWord('pool', 2)) return dynamicAddress(s, 'negotiated');
  const at = words.at;
  const address = words.takeAddress();
  if (address === undefined) return wrongWord(words, 'an address');
  if (words.done) {
    if (!s.on) return change(s, { kind: 'remove-address', address: toIpv4(address) });
    if (s.reading === 'terminal') return wrongWord(words, 'a netmask');
    return maskless(s, address, false);
  }
  if (s.reading === 'file' && words.peekLower() === 'secondary') {
    words.at++;
    return maskless(s, address, true);
  }
  const mask = words.takeAddress();
  const length = mask === undefined ? undefined : netmaskLength(mask);
  if (mask !== undefined && length === undefined)
    return new Failure('invalid', `${words.all[at + 1]} is not a netmask`, at + 1);
  if (length === undefined) return wrongWord(words, 'a netmask');
  const secondary = words.takeWord('secondary');
  if (words.takeWord('vrf')) words.take();
  const end = expectEnd(words);
  if (end) return end;
  return s.on
    ? change(s, {
        kind: 'address',
        address: { address: toIpv4(address), prefixLength: length, secondary, span: words.line },
      })
    : change(s, { kind: 'remove-address', address: toIpv4(address) });
}

function maskless(s: Statement, address: number, secondary: boolean): Command | Failure {
  tell(
    s,
    'missing-mask',
    `the address ${s.words.all[s.words.at - (secondary ? 2 : 1)]} has no mask: its network is unknown`,
    undefined,
    {
      mend: 'Add the mask as the device shows it; which network lies behind the interface is not guessed.',
    },
  );
  return change(s, {
    kind: 'address',
    address: { address: toIpv4(address), prefixLength: null, secondary, span: s.words.line },
  });
}

function dynamicAddress(s: Statement, kind: 'dhcp' | 'negotiated'): Command {
  // Client options (`hostname`, `client-id`) follow; none of them changes what is known here.
  s.words.at = s.words.count;
  return change(s, {
    kind: 'addressing',
    addressing: s.on ? { kind, span: s.words.line } : { kind: 'none' },
  });
}

function readUnnumbered(s: Statement): Command | Failure {
  const { words } = s;
  if (!s.on) return change(s, { kind: 'addressing', addressing: { kind: 'none' } });
  const name = readInterfaceName(s);
  if (name instanceof Failure) return name;
  if (words.takeWord('poll')) words.furthest = words.at;
  return (
    expectEnd(words) ??
    change(s, { kind: 'addressing', addressing: { kind: 'unnumbered', interface: name, span: words.line } })
  );
}

function readAccessGroup(s: Statement): Command | Failure {
  const { words } = s;
  if (words.done) return wrongWord(words, "a list's name or number");
  let common: string | undefined;
  let acl: string;
  if (words.peekLower() === 'common' && words.count > words.at + 2) {
    words.at++;
    common = words.take();
    if (words.look(DIRECTIONS) !== undefined && words.at + 1 === words.count) acl = common;
    else acl = words.take();
  } else acl = words.take();
  let direction: Direction;
  if (words.done) {
    // The trains before 12.0 took `out` where nothing was said; later ones refuse the line.
    if (s.version !== null && s.version.major < 12) direction = 'out';
    else {
      if (s.reading === 'terminal') return wrongWord(words, 'in or out');
      tell(s, 'missing-direction', `\`ip access-group ${acl}\` says neither in nor out`, words.count);
      return effect(s, 'other', { name: `ip access-group ${acl}` });
    }
  } else {
    const found = words.takeKeyword(DIRECTIONS);
    if (found === AMBIGUOUS || found === undefined) return wrongWord(words, 'in or out');
    direction = found;
  }
  const end = expectEnd(words);
  if (end) return end;
  if (!s.on) return change(s, { kind: 'unbind', direction, acl });
  return change(s, {
    kind: 'bind',
    binding: {
      acl,
      direction,
      span: words.line,
      ...(common === undefined || common === acl ? {} : { common }),
    },
  });
}

/** A statement whose effect on packets is said, not computed. */
function effect(
  s: Statement,
  family: UnmodelledEffect['family'],
  more: { readonly name?: string; readonly direction?: Direction } = {},
): Command {
  return change(s, { kind: 'effect', effect: { family, span: s.words.line, ...more }, on: s.on });
}

/** `NAME in|out` after the keywords of an effect, in either order. */
function namedEffect(family: UnmodelledEffect['family']): StatementReader {
  return (s) => {
    const { words } = s;
    if (words.done) return s.on ? wrongWord(words, 'a name') : effect(s, family);
    const name = words.take();
    if (words.done) return effect(s, family, { name });
    const direction = words.takeKeyword(DIRECTIONS);
    if (direction === AMBIGUOUS || direction === undefined) return wrongWord(words, 'in or out');
    return expectEnd(words) ?? effect(s, family, { name, direction });
  };
}

const wholeEffect =
  (family: UnmodelledEffect['family']): StatementReader =>
  (s) => {
    const name = s.words.rest();
    s.words.at = s.words.count;
    return effect(s, family, name === '' ? {} : { name });
  };

/** A use of a list on an interface that is no packet filter. */
function referenceHere(s: Statement, use: AclReference['use'], acl: string): Command {
  return change(s, { kind: 'reference', ...usesOf(s, use, [acl], headerOf(s)) });
}

const headerOf = (s: Statement): string =>
  s.mode.kind === 'interface' ? `interface ${s.mode.names.join(', ')}` : 'interface';

const listReference =
  (use: AclReference['use']): StatementReader =>
  (s) => {
    const { words } = s;
    if (words.done) return s.on ? wrongWord(words, "a list's name or number") : skipHere(s, 'multicast');
    const acl = words.take();
    words.at = words.count;
    return referenceHere(s, use, acl);
  };

/** `ip directed-broadcast [LIST]`: the list says whose are let out. */
function readDirectedBroadcast(s: Statement): Command | Failure {
  const { words } = s;
  words.takeWord('access-group');
  if (words.done) return skipHere(s, 'directed broadcasts');
  const acl = words.take();
  return expectEnd(words) ?? referenceHere(s, 'other', acl);
}

function readRateLimit(s: Statement): Command | Failure {
  const { words } = s;
  const at = words.all.findIndex((w) => w.toLowerCase() === 'access-group');
  const acl = at < 0 ? undefined : words.all[at + 1];
  words.at = words.count;
  return acl === undefined ? skipHere(s, 'traffic conditioning') : referenceHere(s, 'rate-limit', acl);
}

function readVrfForwarding(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('forwarding')) {
    if (['sitemap', 'receive', 'select', 'autoclassify'].some((w) => words.takeWord(w))) {
      words.at = words.count;
      return effect(s, 'other', { name: 'vrf selection' });
    }
    return wrongWord(words, 'forwarding');
  }
  if (!s.on) return change(s, { kind: 'vrf', vrf: null });
  if (words.done) return wrongWord(words, "a VRF's name");
  const vrf = words.take();
  if (words.takeWord('downstream')) words.take();
  return expectEnd(words) ?? change(s, { kind: 'vrf', vrf });
}

function readNatSide(s: Statement): Command | Failure {
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

function readVerify(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('unicast')) return wholeEffect('urpf')(s);
  const name = words.rest();
  // A number is the list of sources that are let through all the same.
  const list = words.all.slice(words.at, words.count).find((w) => startsWithDigit(w));
  words.at = words.count;
  const command = effect(s, 'urpf', { name });
  return list === undefined ? command : { ...command, uses: usesOf(s, 'other', [list], headerOf(s)) };
}

function readPolicy(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('route-map')) return wrongWord(words, 'route-map');
  const name = words.take();
  return expectEnd(words) ?? effect(s, 'policy-route', name === '' ? {} : { name });
}

/** `standby`, `vrrp`, `glbp`: `[GROUP] ip [A]` makes the group; the rest is timing and priority. */
const redundancy =
  (protocol: 'hsrp' | 'vrrp' | 'glbp'): StatementReader =>
  (s) => {
    const { words } = s;
    const group = startsWithDigit(words.peek()) ? words.takeNumber(4095) : 0;
    if (group === undefined) return wrongWord(words, 'a group, 0-4095');
    if (words.peekLower() !== 'ip') {
      words.at = words.count;
      return skipHere(s, 'gateway redundancy details');
    }
    words.at++;
    const address = words.takeAddress();
    if (words.takeWord('secondary')) return skipHere(s, 'gateway redundancy details');
    return (
      expectEnd(words) ??
      change(s, {
        kind: 'join-routing',
        protocol,
        id: String(group),
        virtualAddress: address === undefined ? null : toIpv4(address),
        on: s.on,
      })
    );
  };

function readOspf(s: Statement): Command | Failure {
  const { words } = s;
  const id = startsWithDigit(words.peek()) ? words.takeNumber(65535, 1) : undefined;
  if (id !== undefined && words.takeWord('area')) {
    words.at = words.count;
    return change(s, {
      kind: 'join-routing',
      protocol: 'ospf',
      id: String(id),
      virtualAddress: null,
      on: s.on,
    });
  }
  words.at = words.count;
  return skipHere(s, 'routing protocol details');
}

function readIsisInterface(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('isis')) return wrongWord(words, 'isis');
  const id = words.take();
  return (
    expectEnd(words) ??
    change(s, { kind: 'join-routing', protocol: 'isis', id, virtualAddress: null, on: s.on })
  );
}

const simple =
  (make: (s: Statement) => InterfaceChange): StatementReader =>
  (s) =>
    expectEnd(s.words) ?? change(s, make(s));

const skip =
  (family: string): StatementReader =>
  (s) => {
    s.words.at = s.words.count;
    return skipHere(s, family);
  };

const skipRows = (family: string, words: string): [string, StatementReader][] =>
  words.split(' ').map((w) => [w, skip(family)]);

const IP_STATEMENTS = keywords<StatementReader>([
  ...skipRows(
    'routing protocol details',
    'rip eigrp split-horizon summary-address bandwidth-percent hold-time hello-interval authentication next-hop-self bgp rtp',
  ),
  ...skipRows('multicast', 'pim mroute-cache cgmp dvmrp rgmp mrm sap mfib'),
  ...skipRows(
    'switching and cache',
    'route-cache cef load-sharing flow flow-egress accounting nbar load-interval',
  ),
  ...skipRows(
    'interface layer 2 and physical',
    'mtu rtp rtcp rsvp header-compression virtual-reassembly virtual-reassembly-out',
  ),
  ...skipRows('address assignment service', 'helper-address bootp'),
  ...skipRows('ICMP replies of the router', 'redirects mask-reply information-reply'),
  ...skipRows(
    'name and probe services',
    'mobile irdp gratuitous-arps probe nhrp dns arp device tftp ddns irdp local-proxy-arp broadcast-address udp trigger-authentication sticky-arp options pgm dampening-change hello-authentication tos source-track clear-dont-fragment',
  ),
  // Words that global mode knows too: only what an interface takes behind them stays here.
  [
    'tcp',
    only(
      ['header-compression', 'compression-connections', 'adjust-mss'],
      skip('interface layer 2 and physical'),
    ),
  ],
  [
    'dhcp',
    only(['relay', 'client', 'smart-relay', 'server', 'snooping'], skip('address assignment service')),
  ],
  // Labels in the packet decide, tunnels carry it, a subscriber's session filters it: none of them is modelled.
  ['security', wholeEffect('other')],
  ['lisp', wholeEffect('other')],
  ['subscriber', wholeEffect('other')],
  ['address', readAddressLine],
  ['unnumbered', readUnnumbered],
  ['access-group', readAccessGroup],
  ['directed-broadcast', readDirectedBroadcast],
  ['unreachables', simple((s) => ({ kind: 'unreachables', sends: s.on || s.byDefault }))],
  ['proxy-arp', simple((s) => ({ kind: 'proxy-arp', on: s.on || s.byDefault }))],
  ['vrf', readVrfForwarding],
  ['nat', readNatSide],
  ['inspect', namedEffect('inspect')],
  ['audit', namedEffect('other')],
  ['ips', namedEffect('other')],
  ['urlfilter', wholeEffect('other')],
  ['auth-proxy', namedEffect('web-redirect')],
  ['admission', namedEffect('web-redirect')],
  [
    'wccp',
    (s) =>
      / (?:redirect|group-listen) /i.test(`${s.words.rest()} `)
        ? wholeEffect('web-redirect')(s)
        : wrongWord(s.words, 'redirect'),
  ],
  ['web-cache', wholeEffect('web-redirect')],
  ['traffic-export', skip('traffic copies')],
  ['policy', readPolicy],
  ['policy-map', wholeEffect('service-policy')],
  ['verify', readVerify],
  ['igmp', readIgmp],
  ['multicast', readMulticast],
  ['ospf', readOspf],
  ['router', readIsisInterface],
]);

/** The reader, where one of these words follows. */
function only(words: readonly string[], reader: StatementReader): StatementReader {
  return (s) => {
    const word = s.words.peekLower();
    return word !== '' && words.some((w) => w.startsWith(word))
      ? reader(s)
      : wrongWord(s.words, words.join(' or '));
  };
}

function readIgmp(s: Statement): Command | Failure {
  return s.words.takeWord('access-group') ? listReference('other')(s) : skip('multicast')(s);
}

function readMulticast(s: Statement): Command | Failure {
  return s.words.takeWord('boundary') ? listReference('other')(s) : skip('multicast')(s);
}

function readIp(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(IP_STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, IP_STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement of an interface') : reader(s);
}

const IPV6_DETAILS = keywords<'address' | 'traffic-filter' | 'detail'>([
  ['address', 'address'],
  ['traffic-filter', 'traffic-filter'],
  ...'enable nd mtu ospf rip router redirects unreachables unicast unnumbered verify mld pim dhcp cef flow nat nhrp tcp virtual-reassembly eigrp summary-address inspect policy hello-interval hold-time authentication mode mobile multicast snooping source-guard destination-guard split-horizon lisp crypto wccp load-sharing general-prefix bandwidth-percent next-hop-self icmp neighbor rsvp security nhs route-cache port-map dhcp-guard'
    .split(' ')
    .map((w): [string, 'detail'] => [w, 'detail']),
]);

function readIpv6(s: Statement): Command | Failure {
  const { words } = s;
  const what = words.takeKeyword(IPV6_DETAILS);
  if (what === AMBIGUOUS) return ambiguousWord(words, IPV6_DETAILS);
  const names = s.mode.kind === 'interface' ? s.mode.names : [];
  switch (what) {
    case undefined:
      return wrongWord(words, 'an IPv6 statement of an interface');
    case 'detail':
      return skip('IPv6')(s);
    case 'address': {
      const name = words.rest();
      words.at = words.count;
      return change(s, {
        kind: 'ipv6',
        notice: { kind: 'address', name, interface: names[0] ?? null, span: words.line },
        on: s.on,
      });
    }
    case 'traffic-filter': {
      if (words.done) return wrongWord(words, "an IPv6 list's name");
      const name = words.take();
      words.at = words.count;
      return change(s, {
        kind: 'ipv6',
        notice: { kind: 'binding', name, interface: names[0] ?? null, span: words.line },
        on: s.on,
      });
    }
  }
}

function readCrypto(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('map')) return only(['ipsec', 'engine', 'isakmp', 'gdoi'], skip('IPsec and keys'))(s);
  const name = words.take();
  if (words.takeWord('redundancy')) words.at = words.count;
  // With a number it is the global statement, which defines the map.
  return expectEnd(words) ?? effect(s, 'crypto-map', name === '' ? {} : { name });
}

function readZone(s: Statement): Command | Failure {
  const { words } = s;
  const failure = needFeature(s, 'zone-firewall', 0);
  if (failure) return failure;
  if (!words.takeWord('security')) return wrongWord(words, 'security');
  const name = words.take();
  return expectEnd(words) ?? effect(s, 'zone', name === '' ? {} : { name });
}

function readServicePolicy(s: Statement): Command | Failure {
  const { words } = s;
  words.takeWord('type') && words.take();
  const direction = words.takeWord('input', 2) ? 'in' : words.takeWord('output', 2) ? 'out' : undefined;
  const name = words.take();
  words.at = words.count;
  return effect(s, 'service-policy', { name, ...(direction === undefined ? {} : { direction }) });
}

function readVrfLine(s: Statement): Command | Failure {
  if (s.words.takeWord('forwarding')) {
    s.words.at--;
    return readVrfForwarding(s);
  }
  return wrongWord(s.words, 'forwarding');
}

/** `cts role-based enforcement` drops by tags that no list names. */
const readTrustSec: StatementReader = (s) =>
  s.words.peekLower() === 'role-based' ? wholeEffect('other')(s) : skip('interface layer 2 and physical')(s);

/** Words that few interfaces have, so that they must not make the short form of a common one ambiguous. */
const RARE =
  'multilink-group if-state queue-set propagate sap autostate vlan-range down-when-looped flow-sampler ' +
  'l2transport nat66 transport-mode wanphy video synchronous esmc fabric-mode aps multiring smds dspu ' +
  'hw-switch unidirectional lre cwdm counter fec vnet timeslot trunk cdma gsm alps mobility ' +
  'endpoint-tracker local-ip policy nve member source-interface host-reachability plat-wccp analysis-module ' +
  'virtual-ppp bstun stun dlsw rep ptp avb lan-name mac-address-table mvrp otv ip-address pvst spd ' +
  'route-cache tx-limit keepalive-timer vines xns apollo rip esp local tos crypto-engine ima ' +
  'framing-type yellow remote ds0-group ds3 e3 t1 t3 color allow-service border last-resort-circuit ' +
  'low-bandwidth-link vbond-as-stun-server hello-tolerance vmanage-connection-preference port-hop ' +
  'nat-refresh-interval tloc-extension max-control-connections exclude-controller-group-list encryption l2-filter bgp-policy peakdetect stbc dfs';

const STATEMENTS = keywords<StatementReader>(
  [
    ['ip', readIp],
    ['ipv6', readIpv6],
    ['shutdown', simple((s) => ({ kind: 'shutdown', shutdown: s.on }))],
    [
      'description',
      (s) => {
        s.words.keepComment();
        const text = s.words.rest();
        s.words.at = s.words.count;
        return change(s, { kind: 'description', text: s.on ? text : null });
      },
    ],
    ['vrf', readVrfLine],
    ['crypto', readCrypto],
    ['ntp', only(['broadcast', 'disable', 'multicast', 'interface'], skip('clock and time'))],
    ['zone-member', readZone],
    ['service-policy', readServicePolicy],
    ['rate-limit', readRateLimit],
    ['traffic-shape', readTrafficShape],
    ['standby', redundancy('hsrp')],
    ['vrrp', redundancy('vrrp')],
    ['glbp', redundancy('glbp')],
    ['tunnel', readTunnel],
    ['bridge-group', wholeEffect('other')],
    ['umbrella', wholeEffect('web-redirect')],
    ['waas', wholeEffect('web-redirect')],
    ['service-insertion', wholeEffect('web-redirect')],
    ['nat64', wholeEffect('other')],
    ['lisp', wholeEffect('other')],
    ['cts', readTrustSec],
    ['authentication', readPortControl],
    ['access-session', readPortControl],
    ['dot1x', readPortControl],
    ['tunnel-interface', wholeEffect('other')],
    ['mac', readMac],
    ['xconnect', wholeEffect('other')],
    ...skipRows(
      'interface layer 2 and physical',
      'speed duplex half-duplex full-duplex negotiation auto media-type bandwidth delay mtu keepalive encapsulation no-alive ' +
        'arp logging snmp carrier-delay load-interval hold-queue tx-ring-limit tx-queue-limit rx-ring-limit clock clockrate ' +
        'port serial physical-layer framing linecode linestyle cablelength crc invert loopback fair-queue random-detect ' +
        'priority-group custom-queue-list queue-list max-reserved-bandwidth ppp peer dialer dialer-group isdn map-group ' +
        'frame-relay x25 lapb atm pvc dsl dsu bert scramble channel-group channel-protocol lacp pagp switchport spanning-tree ' +
        'storm-control udld cdp lldp power mdix flowcontrol port-channel private-vlan vlan-id mls qos wrr-queue ' +
        'priority-queue srr-queue auto-qos trust dot1q l2protocol-tunnel macro macro-apply nmsp ' +
        'backup service-module voice netbios bridge mop decnet ipx appletalk clns isis llc2 sdlc source-bridge ' +
        'multilink ppp-multilink async modem group-range cable dot11 ssid station-role antenna channel packet ' +
        'radius tacacs aaa mab device-tracking macsec mka plim pos ais-shut report ' +
        'transmit-buffers rts-timeout ignore-dcd nrzi-encoding pulse-time half-duplex compress tag-switching mpls ' +
        'label switch hold down pppoe pppoe-client virtual-template virtual-profile transmit-interface dce-terminal-timing-enable ' +
        'dcd-txstart-delay ethernet service ring-speed early-token-release asp udp timeslots cem stackwise bfd carrier ' +
        'history link platform energywise hw-module table-map medium vtp gratuitous-arp monitor sub-interface dynamic profile ' +
        'ospfv3 performance gps lte activation snmp-server eapol autonomic ip-source-guard input output fabric flow ' +
        'bundle-enable broadcast-key guest-mode infrastructure-client world-mode beacon rts preamble-short parent ' +
        'countermeasure payload-compression concatenation dampening subrate mac-address autodetect interworking session srv6 ' +
        'xdsl priority-flow-control vrrs internal-clock dte-invert-txc nhrp eigrp threshold mobile transport',
    ),
    ['redundancy', only(['group', 'rii', 'asymmetric-routing'], skip('gateway redundancy details'))],
    ...skipRows('interface layer 2 and physical', RARE),
    ...skipRows(
      'ATM circuits and service instances',
      'pvp svc bundle vbr-nrt vbr-rt ubr ubr+ cbr abr inarp oam oam-pvc protocol broadcast class-vc class-int vc-hold-queue create ilmi ' +
        'management rewrite bridge-domain l2protocol oam-bundle precedence',
    ),
  ],
  [...RARE.split(' '), 'umbrella', 'waas', 'service-insertion', 'nat64', 'lisp', 'tunnel-interface'],
);

/** Where a port lets nobody in before a login, or filters by a list that the login brought. */
function readPortControl(s: Statement): Command | Failure {
  return ['port-control', 'closed', 'open'].includes(s.words.peekLower())
    ? wholeEffect('other')(s)
    : skip('interface layer 2 and physical')(s);
}

function readTrafficShape(s: Statement): Command | Failure {
  const { words } = s;
  if (words.takeWord('group') && !words.done) {
    const acl = words.take();
    words.at = words.count;
    return referenceHere(s, 'rate-limit', acl);
  }
  return skip('traffic conditioning')(s);
}

function readTunnel(s: Statement): Command | Failure {
  // Who the tunnel's ends are decides nothing about the lists; protection encrypts, which is said.
  return s.words.takeWord('protection') ? wholeEffect('crypto-map')(s) : skip('tunnel ends')(s);
}

function readMac(s: Statement): Command | Failure {
  return s.words.takeWord('access-group')
    ? wholeEffect('other')(s)
    : skip('interface layer 2 and physical')(s);
}

/** Whole words that an interface's own grammar begins with, or has behind `ip`. */
export const isInterfaceWord = (word: string): boolean => STATEMENTS.exact.has(word);
export const isInterfaceIpWord = (word: string): boolean => IP_STATEMENTS.exact.has(word);

/** A line under `interface X`. */
export function readInterfaceLine(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement of an interface') : reader(s);
}
