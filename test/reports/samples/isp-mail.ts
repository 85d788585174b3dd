import type { NetworkPicture, QuotedList, ReportHeader } from '../../../reports/report.ts';
import type { ConfigLine } from '../../../src/diagnostics/source-span.ts';
import { parseIpv4, toIpv4 } from '../../../src/model/address.ts';
import { makePacket, type Packet, SYN, TCP } from '../../../src/model/packet.ts';

// The ISP's mail server and its published list, as the small hand-made values that the report tests share.

export const CONFIG_FILE = 'gw.cfg';
const FIRST_ACE = 12;

const ACES: readonly string[] = [
  'deny   ip 10.0.0.0 0.255.255.255 any',
  'deny   ip 127.0.0.0 0.255.255.255 any',
  'deny   ip 169.254.0.0 0.0.255.255 any',
  'deny   ip 172.16.0.0 0.15.255.255 any',
  'deny   ip 192.0.2.0 0.0.0.255 any',
  'deny   ip 192.168.0.0 0.0.255.255 any',
  'deny   ip 224.0.0.0 15.255.255.255 any',
  'deny   ip 240.0.0.0 7.255.255.255 any',
  'deny   ip 248.0.0.0 7.255.255.255 any',
  'deny   ip 192.168.2.0 0.0.0.255 any log',
  'permit tcp any host 192.168.2.35 eq pop3',
  'permit tcp host 192.168.1.30 host 192.168.2.35 eq smtp',
  'permit tcp host 10.0.1.32 host 192.168.2.35 eq 22',
  'deny   ip any any log',
];

/** The n-th entry of list 150, 1-based, as the papers count them. */
export const ace = (n: number): ConfigLine => ({
  file: CONFIG_FILE,
  line: FIRST_ACE + n - 1,
  text: `access-list 150 ${ACES[n - 1] ?? ''}`,
});

export const policyLine = (line: number, text: string): ConfigLine => ({ file: 'site.yaml', line, text });

export const list150: QuotedList = {
  acl: '150',
  router: 'gw',
  boundTo: ['FastEthernet0/0 in'],
  entries: ACES.map((text, i) => ({
    kind: 'ace' as const,
    action: text.startsWith('permit') ? ('permit' as const) : ('deny' as const),
    line: ace(i + 1),
    hits: i === 13 ? 104822 : i === 10 ? 39 : null,
  })),
};

export const network: NetworkPicture = {
  siteFile: 'site.yaml',
  routers: [
    {
      name: 'gw',
      file: CONFIG_FILE,
      interfaces: [
        {
          name: 'FastEthernet0/0',
          addresses: ['192.168.1.126'],
          shutdown: false,
          bindings: [{ direction: 'in', acl: '150' }],
        },
        { name: 'FastEthernet0/1', addresses: ['192.168.2.1/24'], shutdown: false, bindings: [] },
      ],
    },
  ],
  segments: [{ name: 'servers', network: '192.168.2.0/24' }],
  targets: [{ name: 'giant', address: '192.168.2.35', segment: 'servers' }],
  vantages: [
    {
      name: 'internet',
      address: '203.0.113.77',
      enters: { router: 'gw', interface: 'FastEthernet0/0' },
      segment: null,
    },
    {
      name: 'mailfilter',
      address: '192.168.1.30',
      enters: { router: 'gw', interface: 'FastEthernet0/0' },
      segment: null,
    },
    {
      name: 'admin',
      address: '10.0.1.32',
      enters: { router: 'gw', interface: 'FastEthernet0/0' },
      segment: null,
    },
    { name: 'friend', address: '192.168.2.50', enters: null, segment: 'servers' },
  ],
};

const address = (text: string) => parseIpv4(text) ?? toIpv4(0);

export const synTo = (from: string, to: string, destinationPort: number): Packet =>
  makePacket({
    source: address(from),
    destination: address(to),
    protocol: TCP,
    sourcePort: 49152,
    destinationPort,
    tcpFlags: SYN,
  });

const hash = (octet: string): string => octet.repeat(32);

export const header = (title: string): ReportHeader => ({
  title,
  toolVersion: '0.1.0',
  generated: '2026-01-15T09:30:00Z',
  inputs: [
    { role: 'config', file: CONFIG_FILE, sha256: hash('a1') },
    { role: 'site', file: 'site.yaml', sha256: hash('b2') },
  ],
});
