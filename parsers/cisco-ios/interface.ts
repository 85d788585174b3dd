import { type Command, GLOBAL_MODE } from '../../src/model/command.ts';
import { readAddressLine, readUnnumbered, readVrfForwarding, readVrfLine } from './interface/address.ts';
import { change, simple, wholeEffect } from './interface/change.ts';
import {
  namedEffect,
  readAccessGroup,
  readLabels,
  readMac,
  readPortControl,
  readReassembly,
  readServicePolicy,
  readStormControl,
  readSwitchport,
  readTrustSec,
  readVerify,
  readZone,
} from './interface/filters.ts';
import {
  readCrypto,
  readEncapsulation,
  readNatSide,
  readPolicy,
  readTunnel,
} from './interface/forwarding.ts';
import { readIpv6 } from './interface/ipv6.ts';
import {
  readDirectedBroadcast,
  readIgmp,
  readMulticast,
  readNhrp,
  readPim,
  readRateLimit,
  readTrafficShape,
} from './interface/list-uses.ts';
import { readIsisInterface, readOspf, redundancy } from './interface/memberships.ts';
import { only, RARE, skip, skipRows } from './interface/skipped.ts';
import { readInterfaceName, readInterfaceRange } from './interface-name.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import {
  ambiguousWord,
  expectEnd,
  Failure,
  type Statement,
  type StatementReader,
  wrongWord,
} from './statement.ts';

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

const IP_STATEMENTS = keywords<StatementReader>([
  ...skipRows(
    'routing protocol details',
    'rip eigrp split-horizon summary-address bandwidth-percent hold-time hello-interval authentication next-hop-self bgp rtp',
  ),
  ...skipRows('multicast', 'mroute-cache cgmp dvmrp rgmp mrm sap mfib'),
  ...skipRows(
    'switching and cache',
    'route-cache cef load-sharing flow flow-egress accounting nbar load-interval',
  ),
  ...skipRows(
    'interface layer 2 and physical',
    'mtu rtp rtcp rsvp header-compression virtual-reassembly-out',
  ),
  ...skipRows('address assignment service', 'helper-address bootp'),
  ...skipRows('ICMP replies of the router', 'redirects mask-reply information-reply'),
  ...skipRows(
    'name and probe services',
    'mobile irdp gratuitous-arps probe dns arp device tftp ddns irdp local-proxy-arp broadcast-address udp trigger-authentication sticky-arp options pgm dampening-change hello-authentication tos source-track clear-dont-fragment',
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
  ['pim', readPim],
  ['nhrp', readNhrp],
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
  ['virtual-reassembly', readReassembly],
  ['policy', readPolicy],
  ['policy-map', wholeEffect('service-policy')],
  ['verify', readVerify],
  ['igmp', readIgmp],
  ['multicast', readMulticast],
  ['ospf', readOspf],
  ['router', readIsisInterface],
]);

function readIp(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(IP_STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, IP_STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement of an interface') : reader(s);
}

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
    ['encapsulation', readEncapsulation],
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
    ['mpls', readLabels],
    ['tag-switching', readLabels],
    ['switchport', readSwitchport],
    ['storm-control', readStormControl],
    ['private-vlan', wholeEffect('other')],
    ['dialer-group', wholeEffect('other')],
    ['xconnect', wholeEffect('other')],
    ...skipRows(
      'interface physical settings',
      'speed duplex half-duplex full-duplex negotiation auto media-type bandwidth delay carrier-delay ' +
        'load-interval hold-queue tx-ring-limit tx-queue-limit rx-ring-limit clock clockrate logging snmp cdp lldp ' +
        'power mdix flowcontrol linecode framing cablelength crc history energywise',
    ),
    ...skipRows(
      'interface layer 2 and physical',
      'mtu keepalive no-alive arp port serial physical-layer linestyle invert loopback fair-queue random-detect ' +
        'priority-group custom-queue-list max-reserved-bandwidth ppp peer dialer isdn map-group ' +
        'frame-relay x25 lapb atm pvc dsl dsu bert scramble channel-group channel-protocol lacp pagp spanning-tree ' +
        'udld port-channel vlan-id mls qos wrr-queue priority-queue srr-queue auto-qos trust dot1q ' +
        'l2protocol-tunnel macro macro-apply nmsp backup service-module voice netbios bridge mop decnet ipx ' +
        'appletalk clns isis llc2 sdlc source-bridge multilink ppp-multilink async modem group-range cable dot11 ' +
        'ssid station-role antenna channel packet radius tacacs aaa mab device-tracking macsec mka plim pos ' +
        'ais-shut report transmit-buffers rts-timeout ignore-dcd nrzi-encoding pulse-time compress label switch ' +
        'hold down pppoe pppoe-client virtual-template virtual-profile transmit-interface ' +
        'dce-terminal-timing-enable dcd-txstart-delay ethernet service ring-speed early-token-release asp udp ' +
        'timeslots cem stackwise bfd carrier link platform hw-module table-map medium vtp gratuitous-arp monitor ' +
        'sub-interface dynamic profile ospfv3 performance gps lte activation eapol autonomic ip-source-guard input ' +
        'output fabric flow bundle-enable broadcast-key guest-mode infrastructure-client world-mode beacon rts ' +
        'preamble-short parent countermeasure payload-compression concatenation dampening subrate mac-address ' +
        'autodetect interworking session srv6 xdsl priority-flow-control vrrs internal-clock dte-invert-txc nhrp ' +
        'eigrp threshold mobile transport',
    ),
    ['redundancy', only(['group', 'rii', 'asymmetric-routing'], skip('gateway redundancy details'))],
    ...skipRows('interface layer 2 and physical', RARE),
    ...skipRows(
      'ATM circuits and service instances',
      'pvp svc bundle range pvc-bundle pvc-in-range vbr-nrt vbr-rt ubr ubr+ cbr abr inarp oam oam-pvc protocol broadcast class-vc class-int vc-hold-queue create ilmi ' +
        'management rewrite bridge-domain l2protocol oam-bundle precedence',
    ),
  ],
  [...RARE.split(' '), 'umbrella', 'waas', 'service-insertion', 'nat64', 'lisp', 'tunnel-interface'],
);

/** Whole words that an interface's own grammar begins with, or has behind `ip`. */
export const isInterfaceWord = (word: string): boolean => STATEMENTS.exact.has(word);

export const isInterfaceIpWord = (word: string): boolean => IP_STATEMENTS.exact.has(word);

/** A line under `interface X`. */
export function readInterfaceLine(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement of an interface') : reader(s);
}
