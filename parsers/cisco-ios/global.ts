import type { Command } from '../../src/model/command.ts';
import { readAccessList } from './access-list.ts';
import { effect, skip, skipWithLists, under } from './global/change.ts';
import { readCrypto } from './global/crypto.ts';
import { readDo, readEnd, readExit, readHostname, readVersion } from './global/device.ts';
import {
  opensMode,
  readControlPlane,
  readTrustSec,
  readVlan,
  readVrf,
  SDWAN,
  zone,
} from './global/headers.ts';
import { readIp } from './global/ip.ts';
import { readIpv6 } from './global/ipv6.ts';
import { readDialerList, readNtp, readSnmp, readTftpServer } from './global/management.ts';
import { readRouter } from './global/router.ts';
import { readEnterInterface } from './interface.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { readObjectGroup } from './object-group.ts';
import { GLOBAL_FAMILIES } from './skipped-families.ts';
import { ambiguousWord, type Failure, type Statement, type StatementReader, wrongWord } from './statement.ts';
import { readEnterLine } from './terminal-line.ts';
import { readTimeRange } from './time-range.ts';

/** `mac address-table static MAC vlan N drop` */
const staticMac: StatementReader = (s) =>
  s.words.all.at(-1)?.toLowerCase() === 'drop'
    ? effect(s, 'other', s.words.all.slice(s.on ? 0 : 1).join(' '))
    : skip(
        'layer 2',
        s.words.all.some((w) => w.toLowerCase() === 'access-list'),
      )(s);

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
    // What limits multicasts concerns no packet of a scan.
    [
      'mls',
      (s) =>
        /^rate-limit (?!multicast)/i.test(s.words.rest())
          ? effect(s, 'other', `mls ${s.words.rest()}`)
          : skip('layer 2')(s),
    ],
    ['object-group', readObjectGroup],
    ['time-range', readTimeRange],
    ['control-plane', readControlPlane],
    ['zone', zone],
    ['zone-pair', zone],
    ['parameter-map', skip('zone-based firewall', true)],
    ['bridge', (s) => effect(s, 'other', `bridge ${s.words.rest()}`)],
    ['tftp-server', readTftpServer],
    ['username', skipWithLists('users and privileges')],
    [
      'login',
      (s) =>
        s.words.peekLower().startsWith('block')
          ? effect(s, 'other', 'login block-for')
          : skipWithLists('users and privileges')(s),
    ],
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
    ['flowspec', (s) => under(effect(s, 'other', 'flowspec'), 'flow specifications')],
    ['fhrp', skip('gateway redundancy details')],
    ['mac', staticMac],
    ['mac-address-table', staticMac],
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
    'flowspec',
    'fhrp',
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

/** A line of global configuration mode. */
export function readGlobalLine(s: Statement): Command | Failure {
  const reader = s.words.takeKeyword(STATEMENTS);
  if (reader === AMBIGUOUS) return ambiguousWord(s.words, STATEMENTS);
  return reader === undefined ? wrongWord(s.words, 'a statement of global configuration') : reader(s);
}

/** Whether a word is a whole global keyword, for telling statements from wrapped ends of lines. */
export const isGlobalWord = (word: string): boolean => STATEMENTS.exact.has(word.toLowerCase());
