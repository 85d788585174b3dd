import type { AceAction } from '../../../src/model/access-list.ts';
import { parseIpv4 } from '../../../src/model/address.ts';
import { ACK, FIN, ICMP, makePacket, type Packet, RST, SYN, TCP, UDP } from '../../../src/model/packet.ts';
import type { WirePacket } from './ipv4-octets.ts';
import { HAS_LAYER4, LATER_FRAGMENT } from './lines.ts';
import type { LineWrittenTwice, ListWrittenTwice } from './written-twice.ts';

/** A packet, and what the documentation says becomes of it: the verdict and the line (from 0, null: none). */
export type Expected = readonly [what: string, wire: WirePacket, verdict: AceAction, line: number | null];

export interface NearMiss extends ListWrittenTwice {
  readonly title: string;
  readonly packets: readonly Expected[];
}

const line = (ios: string, ...nft: readonly string[]): LineWrittenTwice => ({
  action: ios.startsWith('permit') ? 'permit' : 'deny',
  ios,
  nft,
});
const DENY_REST = line('deny ip any any', '');
const PERMIT_REST = line('permit ip any any', '');

const FROM = '203.0.113.77';
const TO = '192.168.2.35';

function wire(fields: Partial<Packet> & { readonly from?: string; readonly to?: string }): WirePacket {
  const { from = FROM, to = TO, ...rest } = fields;
  const packet = makePacket({
    source: parseIpv4(from)!,
    destination: parseIpv4(to)!,
    protocol: TCP,
    ...rest,
  });
  return {
    packet,
    moreFragments: false,
    fragmentOffset: packet.nonInitialFragment ? 185 : 0,
    optionWords: 0,
  };
}

const tcp = (destinationPort: number, tcpFlags = SYN, more: Partial<Packet> = {}): WirePacket =>
  wire({ sourcePort: 49152, destinationPort, tcpFlags, ...more });
const udp = (destinationPort: number, more: Partial<Packet> = {}): WirePacket =>
  wire({ protocol: UDP, sourcePort: 49152, destinationPort, ...more });
const icmp = (icmpType: number, icmpCode = 0, more: Partial<Packet> = {}): WirePacket =>
  wire({ protocol: ICMP, icmpType, icmpCode, ...more });
const later = { nonInitialFragment: true };
const firstFragment = (whole: WirePacket): WirePacket => ({ ...whole, moreFragments: true });
const withOptions = (whole: WirePacket): WirePacket => ({ ...whole, optionWords: 10 });
const tcpBetween = (from: string, to: string): WirePacket =>
  wire({ from, to, tcpFlags: SYN, destinationPort: 80 });

const PERMIT_80 = line(
  'permit tcp any any eq 80',
  `ip protocol 6 ${HAS_LAYER4} tcp dport 80`,
  `ip protocol 6 ${LATER_FRAGMENT}`,
);

type Case = readonly [title: string, lines: readonly LineWrittenTwice[], packets: readonly Expected[]];

const CASES: readonly Case[] = [
  [
    'established is ACK or RST, nothing else',
    [
      line(
        'permit tcp any any established',
        `ip protocol 6 ${HAS_LAYER4} tcp flags & (ack | rst) != 0`,
        `ip protocol 6 ${LATER_FRAGMENT}`,
      ),
      DENY_REST,
    ],
    [
      ['a plain SYN', tcp(80, SYN), 'deny', 1],
      ['a SYN/ACK', tcp(80, SYN | ACK), 'permit', 0],
      ['an ACK', tcp(80, ACK), 'permit', 0],
      ['an RST', tcp(80, RST), 'permit', 0],
      ['a FIN', tcp(80, FIN), 'deny', 1],
      ['no flag at all', tcp(80, 0), 'deny', 1],
      ['Xmas', tcp(80, 0b101001), 'deny', 1],
      ['all but ACK and RST', tcp(80, 0b101011), 'deny', 1],
      ['an ACK behind IP options', withOptions(tcp(80, ACK)), 'permit', 0],
      ['a SYN behind IP options', withOptions(tcp(80, SYN)), 'deny', 1],
      ['UDP where TCP has its flags', udp(80), 'deny', 1],
    ],
  ],
  [
    'eq takes one port of the one protocol',
    [PERMIT_80, DENY_REST],
    [
      ['port 80', tcp(80), 'permit', 0],
      ['port 79', tcp(79), 'deny', 1],
      ['port 81', tcp(81), 'deny', 1],
      ['port 80 with its octets swapped', tcp(80 << 8), 'deny', 1],
      ['from port 80 to another', tcp(1024, SYN, { sourcePort: 80 }), 'deny', 1],
      ['UDP 80', udp(80), 'deny', 1],
      ['port 80 behind IP options', withOptions(tcp(80)), 'permit', 0],
      ['port 81 behind IP options', withOptions(tcp(81)), 'deny', 1],
    ],
  ],
  [
    'neq leaves out one port only',
    [
      line(
        'permit udp any any neq 53',
        `ip protocol 17 ${HAS_LAYER4} udp dport != 53`,
        `ip protocol 17 ${LATER_FRAGMENT}`,
      ),
    ],
    [
      ['port 53', udp(53), 'deny', null],
      ['port 52', udp(52), 'permit', 0],
      ['port 54', udp(54), 'permit', 0],
      ['port 0', udp(0), 'permit', 0],
      ['port 65535', udp(65535), 'permit', 0],
      ['TCP 52', tcp(52), 'deny', null],
    ],
  ],
  [
    'gt and lt do not take their own number, range takes both',
    [
      line('deny tcp any any lt 23', `ip protocol 6 ${HAS_LAYER4} tcp dport < 23`),
      line('deny tcp any any gt 1023', `ip protocol 6 ${HAS_LAYER4} tcp dport > 1023`),
      line('deny tcp any any range 110 143', `ip protocol 6 ${HAS_LAYER4} tcp dport 110-143`),
      PERMIT_REST,
    ],
    [
      ['port 0', tcp(0), 'deny', 0],
      ['port 22', tcp(22), 'deny', 0],
      ['port 23', tcp(23), 'permit', 3],
      ['port 1023', tcp(1023), 'permit', 3],
      ['port 1024', tcp(1024), 'deny', 1],
      ['port 65535', tcp(65535), 'deny', 1],
      ['port 109', tcp(109), 'permit', 3],
      ['port 110', tcp(110), 'deny', 2],
      ['port 143', tcp(143), 'deny', 2],
      ['port 144', tcp(144), 'permit', 3],
    ],
  ],
  [
    'a port on the source side is not one on the destination side',
    [
      line(
        'permit udp any eq 53 any',
        `ip protocol 17 ${HAS_LAYER4} udp sport 53`,
        `ip protocol 17 ${LATER_FRAGMENT}`,
      ),
    ],
    [
      ['from 53', udp(40000, { sourcePort: 53 }), 'permit', 0],
      ['to 53', udp(53), 'deny', null],
    ],
  ],
  [
    'a port name means what its protocol says',
    [
      line('deny tcp any any eq cmd', `ip protocol 6 ${HAS_LAYER4} tcp dport 514`),
      line('deny tcp any any eq login', `ip protocol 6 ${HAS_LAYER4} tcp dport 513`),
      line('deny udp any any eq syslog', `ip protocol 17 ${HAS_LAYER4} udp dport 514`),
      line('deny udp any any eq biff', `ip protocol 17 ${HAS_LAYER4} udp dport 512`),
      line('deny udp any any eq dnsix', `ip protocol 17 ${HAS_LAYER4} udp dport 195`),
      PERMIT_REST,
    ],
    [
      ['TCP 514', tcp(514), 'deny', 0],
      ['TCP 513', tcp(513), 'deny', 1],
      ['TCP 512', tcp(512), 'permit', 5],
      ['UDP 514', udp(514), 'deny', 2],
      ['UDP 513', udp(513), 'permit', 5],
      ['UDP 512', udp(512), 'deny', 3],
      ['UDP 195', udp(195), 'deny', 4],
      ['UDP 90', udp(90), 'permit', 5],
    ],
  ],
  [
    'a permit with ports lets later fragments of its protocol pass',
    [PERMIT_80, DENY_REST],
    [
      ['a later fragment', tcp(80, SYN, later), 'permit', 0],
      ['a later fragment whose octets would read port 81', tcp(81, SYN, later), 'permit', 0],
      ['a first fragment to 80', firstFragment(tcp(80)), 'permit', 0],
      ['a first fragment to 81', firstFragment(tcp(81)), 'deny', 1],
      ['a later fragment of UDP', udp(80, later), 'deny', 1],
    ],
  ],
  [
    'a permit with ports between hosts lets later fragments between just these pass',
    [
      line(
        `permit tcp host ${FROM} host ${TO} eq 25`,
        `ip protocol 6 ip saddr ${FROM} ip daddr ${TO} ${HAS_LAYER4} tcp dport 25`,
        `ip protocol 6 ip saddr ${FROM} ip daddr ${TO} ${LATER_FRAGMENT}`,
      ),
    ],
    [
      ['a later fragment', wire({ ...later, destinationPort: 99 }), 'permit', 0],
      ['one from a neighbour', wire({ ...later, from: '203.0.113.78', destinationPort: 25 }), 'deny', null],
      ['one to a neighbour', wire({ ...later, to: '192.168.2.36', destinationPort: 25 }), 'deny', null],
    ],
  ],
  [
    'a deny with ports is passed over by later fragments',
    [line('deny tcp any any eq 80', `ip protocol 6 ${HAS_LAYER4} tcp dport 80`), PERMIT_REST],
    [
      ['port 80', tcp(80), 'deny', 0],
      ['port 81', tcp(81), 'permit', 1],
      ['a first fragment to 80', firstFragment(tcp(80)), 'deny', 0],
      ['a later fragment whose octets would read port 80', tcp(80, SYN, later), 'permit', 1],
    ],
  ],
  [
    'a deny with flags or an ICMP type is passed over by later fragments, too',
    [
      line('deny tcp any any established', `ip protocol 6 ${HAS_LAYER4} tcp flags & (ack | rst) != 0`),
      line('deny icmp any any echo', `${HAS_LAYER4} icmp type 8`),
      line('deny tcp any any', 'ip protocol 6'),
      PERMIT_REST,
    ],
    [
      ['an ACK', tcp(80, ACK), 'deny', 0],
      ['a later fragment of TCP', tcp(80, ACK, later), 'deny', 2],
      ['an echo', icmp(8), 'deny', 1],
      ['a later fragment of ICMP', icmp(8, 0, later), 'permit', 3],
    ],
  ],
  [
    'fragments takes later fragments only',
    [
      line('deny ip any any fragments', LATER_FRAGMENT),
      PERMIT_80,
      line('permit udp any any', 'ip protocol 17'),
    ],
    [
      ['a later fragment', tcp(80, SYN, later), 'deny', 0],
      ['a later fragment of UDP', udp(53, later), 'deny', 0],
      ['a later fragment of GRE', wire({ protocol: 47, ...later }), 'deny', 0],
      ['a whole packet', tcp(80), 'permit', 1],
      ['a first fragment', firstFragment(tcp(80)), 'permit', 1],
      ['a first fragment of UDP', firstFragment(udp(53)), 'permit', 2],
    ],
  ],
  [
    'permit … fragments lets no whole packet pass',
    [line('permit udp any any fragments', `ip protocol 17 ${LATER_FRAGMENT}`)],
    [
      ['a whole packet', udp(53), 'deny', null],
      ['a first fragment', firstFragment(udp(53)), 'deny', null],
      ['a later fragment', udp(53, later), 'permit', 0],
      [
        'the last fragment at the smallest offset',
        { ...wire({ protocol: UDP, ...later }), fragmentOffset: 1 },
        'permit',
        0,
      ],
      ['a later fragment of TCP', tcp(53, SYN, later), 'deny', null],
    ],
  ],
  [
    'an echo is not its reply, and a code narrows its type',
    [
      line('permit icmp any any echo-reply', `${HAS_LAYER4} icmp type 0`, `ip protocol 1 ${LATER_FRAGMENT}`),
      line('deny icmp any any port-unreachable', `${HAS_LAYER4} icmp type 3 icmp code 3`),
      line('deny icmp any any 11 0', `${HAS_LAYER4} icmp type 11 icmp code 0`),
      line('permit icmp any any unreachable', `${HAS_LAYER4} icmp type 3`, `ip protocol 1 ${LATER_FRAGMENT}`),
    ],
    [
      ['an echo reply', icmp(0), 'permit', 0],
      ['an echo reply with a code', icmp(0, 7), 'permit', 0],
      ['an echo', icmp(8), 'deny', null],
      ['type 3 code 3', icmp(3, 3), 'deny', 1],
      ['type 3 code 4', icmp(3, 4), 'permit', 3],
      ['type 11 code 0', icmp(11, 0), 'deny', 2],
      ['type 11 code 1', icmp(11, 1), 'deny', null],
      ['type 4 code 3', icmp(4, 3), 'deny', null],
      ['a later fragment', icmp(8, 0, later), 'permit', 0],
    ],
  ],
  [
    'a wildcard may have holes',
    [
      line('permit ip 10.0.10.0 0.255.0.255 any', 'ip saddr & 255.0.255.0 == 10.0.10.0'),
      // Even addresses alone.
      line('permit ip 192.0.2.0 0.0.0.254 any', 'ip saddr & 255.255.255.1 == 192.0.2.0'),
      // What typing a netmask makes of it.
      line('permit ip any 203.0.113.0 255.255.255.0', 'ip daddr & 0.0.0.255 == 0.0.0.0'),
    ],
    [
      ['10.0.10.1', tcpBetween('10.0.10.1', TO), 'permit', 0],
      ['10.77.10.255', tcpBetween('10.77.10.255', TO), 'permit', 0],
      ['10.77.11.1', tcpBetween('10.77.11.1', TO), 'deny', null],
      ['11.0.10.1', tcpBetween('11.0.10.1', TO), 'deny', null],
      ['192.0.2.6', tcpBetween('192.0.2.6', TO), 'permit', 1],
      ['192.0.2.7', tcpBetween('192.0.2.7', TO), 'deny', null],
      ['192.0.3.6', tcpBetween('192.0.3.6', TO), 'deny', null],
      ['to 192.168.2.0', tcpBetween(FROM, '192.168.2.0'), 'permit', 2],
      ['to 203.0.113.1', tcpBetween(FROM, '203.0.113.1'), 'deny', null],
    ],
  ],
  [
    'bits of the address under the wildcard do not count',
    [line('permit ip 10.4.4.2 0.0.255.255 any', 'ip saddr & 255.255.0.0 == 10.4.0.0')],
    [
      ['10.4.0.1', tcpBetween('10.4.0.1', TO), 'permit', 0],
      ['10.4.255.255', tcpBetween('10.4.255.255', TO), 'permit', 0],
      ['10.5.4.2', tcpBetween('10.5.4.2', TO), 'deny', null],
    ],
  ],
  [
    'the first match wins',
    [
      line(`permit tcp host ${FROM} any`, `ip protocol 6 ip saddr ${FROM}`),
      line('deny tcp any any eq 80', `ip protocol 6 ${HAS_LAYER4} tcp dport 80`),
      line(
        'permit tcp any any eq 80',
        `ip protocol 6 ${HAS_LAYER4} tcp dport 80`,
        `ip protocol 6 ${LATER_FRAGMENT}`,
      ),
    ],
    [
      ['from the host', tcp(80), 'permit', 0],
      ['from its neighbour', wire({ from: '203.0.113.78', tcpFlags: SYN, destinationPort: 80 }), 'deny', 1],
      ['a later fragment of that', wire({ from: '203.0.113.78', ...later }), 'permit', 2],
    ],
  ],
];

export const NEAR_MISSES: readonly NearMiss[] = CASES.map(([title, lines, packets], i) => ({
  title,
  name: `NEAR-${i}`,
  kind: 'extended',
  version: '12.1',
  lines,
  packets,
}));
