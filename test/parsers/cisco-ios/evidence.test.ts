import { expect } from 'chai';
import { parseAccessListLog } from '../../../parsers/cisco-ios/access-list-log.ts';
import { parseShowAccessLists } from '../../../parsers/cisco-ios/show-access-lists.ts';
import { parseShowIpInterface } from '../../../parsers/cisco-ios/show-ip-interface.ts';
import { formatIpv4 } from '../../../src/model/address.ts';
import { read, sayEntry } from './read.ts';

describe('show access-lists', () => {
  const shown = (text: string) =>
    parseShowAccessLists(text, 's').value.map((acl) => ({
      name: `${acl.kind} ${acl.name}`,
      entries: acl.entries.map(
        (e) =>
          `${e.sequence ?? '-'} ${sayEntry(e)}${e.kind === 'ace' && e.hits !== null ? ` x${e.hits}` : ''}`,
      ),
    }));
  it('of a device without sequence numbers', () => {
    expect(
      shown(
        'Standard IP access list 10\n    permit 10.1.1.1\n    permit 10.0.0.0, wildcard bits 0.0.0.255 (3 matches)\n    deny   any log (1 match)\nExtended IP access list 150\n    permit tcp any host 192.168.2.35 eq pop3 (12 matches)\n    deny ip any any log (99 matches)\n',
      ),
    ).to.deep.equal([
      {
        name: 'standard 10',
        entries: [
          '- permit ip host 10.1.1.1 -> any',
          '- permit ip 10.0.0.0 0.0.0.255 -> any x3',
          '- deny ip any -> any log x1',
        ],
      },
      {
        name: 'extended 150',
        entries: ['- permit 6 any -> host 192.168.2.35:110 x12', '- deny ip any -> any log x99'],
      },
    ]);
  });
  it('of a device with them, and with what it adds behind an entry', () => {
    expect(
      shown(
        'gw#show ip access-lists\nRole-based IP access list Deny-00 (downloaded)\n    10 deny ip log\nExtended MAC access list M\n    permit any any\nExtended IP access list OUT (Compiled)\n    10 permit tcp any any eq www time-range T (active) (5 matches)\n    20 permit tcp any any eq 22 time-range T (inactive)\n    30 permit ip any any log (7 matches) (tag = web1)\n    40 permit WEB any any (2 matches)\n    50 Dynamic D permit ip any any\n       permit ip host 10.0.0.9 any (4 matches) (time left 120)\n    60 evaluate R\n    70 permit 999 any any\n    80 deny ip any any check=3\nReflexive IP access list R\n     permit tcp host 192.0.2.1 eq www host 10.0.0.1 eq 1025 (3 matches) (time left 20)\nIPv6 access list V6\n    permit ipv6 any any sequence 10\ngw#\n',
      ),
    ).to.deep.equal([
      {
        name: 'extended OUT',
        entries: [
          '10 permit 6 any -> any:80 if time-range T x5',
          '20 permit 6 any -> any:22 if time-range T',
          '30 permit ip any -> any log "web1" x7',
          '40 permit group WEB any -> any x2',
          '50 permit ip any -> any if dynamic D',
          '- permit ip host 10.0.0.9 -> any if dynamic D x4',
          '60 evaluate R',
          '70 unread permit',
          '80 deny ip any -> any',
        ],
      },
    ]);
  });
  it('given as a configuration, it is understood, and every line has its place', () => {
    const r = read(
      'Extended IP access list 150\n    10 permit ip any any (5 matches)\n\nStandard IP access list 1\n    10 permit any\n',
    );
    expect([...r.config.acls.keys()]).to.deep.equal(['150', '1']);
    expect([r.config.account.modelled, r.config.excerpt]).to.deep.equal([4, true]);
  });
  it('beside a configuration of the same list, the configuration counts', () => {
    const r = read('access-list 150 deny ip any any\nExtended IP access list 150\n    permit ip any any\n');
    expect(r.config.acls.get('150')?.entries.map(sayEntry)).to.deep.equal(['deny ip any -> any']);
  });
});

describe('show ip interface', () => {
  const text =
    'FastEthernet0/0 is up, line protocol is up\n  Internet address is 192.168.1.126/24\n  Broadcast address is 255.255.255.255\n  Secondary address 10.9.9.1/16\n  Outgoing access list is not set\n  Inbound  access list is 150\n  Proxy ARP is enabled\n  ICMP unreachables are never sent\n  VPN Routing/Forwarding "RED"\n' +
    'Serial0/0 is administratively down, line protocol is down\n  Interface is unnumbered. Using address of Loopback0 (10.0.0.1)\n  Outgoing Common access list is C\n  Outgoing access list is OUT, default is not set\n  Inbound Common access list is not set\n  Inbound  access list is not set\n  Proxy ARP is disabled\n  ICMP unreachables are always sent\n';
  it('gives each interface’s lists, addresses and switches', () => {
    const { value, diagnostics } = parseShowIpInterface(text.replaceAll('\n', '\r\n'), 's');
    expect(diagnostics).to.deep.equal([]);
    expect(
      value.map(({ span: _, addresses, ...i }) => ({
        ...i,
        addresses: addresses.map((a) => `${formatIpv4(a.address)}/${a.prefixLength} ${a.secondary}`),
      })),
    ).to.deep.equal([
      {
        name: 'FastEthernet0/0',
        administrativelyDown: false,
        lineUp: true,
        addresses: ['192.168.1.126/24 false', '10.9.9.1/16 true'],
        inbound: '150',
        outbound: null,
        commonInbound: null,
        commonOutbound: null,
        sendsUnreachables: false,
        proxyArp: true,
        vrf: 'RED',
        unnumbered: null,
      },
      {
        name: 'Serial0/0',
        administrativelyDown: true,
        lineUp: false,
        addresses: [],
        inbound: null,
        outbound: 'OUT',
        commonInbound: null,
        commonOutbound: 'C',
        sendsUnreachables: true,
        proxyArp: false,
        vrf: null,
        unnumbered: 'Loopback0',
      },
    ]);
  });
  it('text that names no interface is no such output', () => {
    expect(parseShowIpInterface('hello\n', 's').diagnostics.map((d) => d.code)).to.deep.equal([
      'empty-input',
    ]);
  });
});

describe('messages of lists', () => {
  const one = (line: string) => {
    const { value, diagnostics } = parseAccessListLog(`${line}\n`, 's');
    const [p] = value.packets;
    if (!p) return diagnostics.map((d) => d.code).join();
    const end = (a: number | null, port: number | null): string =>
      a === null ? '-' : `${formatIpv4(a)}${port === null ? '' : `:${port}`}`;
    return [
      `${p.list} ${p.action} ${p.protocol ?? '-'} ${end(p.source, p.sourcePort)}`,
      p.interface === null ? '' : ` via ${p.interface}${p.mac === null ? '' : ` ${p.mac}`}`,
      ` -> ${end(p.destination, p.destinationPort)}`,
      p.icmp ? ` ${p.icmp.type}/${p.icmp.code}` : '',
      p.igmpType === null ? '' : ` igmp ${p.igmpType}`,
      ` x${p.packets}`,
      p.tag === null ? '' : ` [${p.tag}]`,
      ` @${p.at ?? '-'}`,
    ].join('');
  };
  const rows: readonly (readonly [string, string])[] = [
    [
      '<190>Mar  1 00:01:02: %SEC-6-IPACCESSLOGP: list 150 denied tcp 10.1.1.1(1234) -> 192.168.2.35(25), 1 packet',
      '150 deny 6 10.1.1.1:1234 -> 192.168.2.35:25 x1 @Mar  1 00:01:02',
    ],
    [
      '*Mar  1 00:01:02.123 UTC: %SEC-6-IPACCESSLOGP: list OUT permitted udp 10.1.1.1(53) (FastEthernet0/0 0000.0c12.3456) -> 192.0.2.1(1025), 5 packets [web1]',
      'OUT permit 17 10.1.1.1:53 via FastEthernet0/0 0000.0c12.3456 -> 192.0.2.1:1025 x5 [web1] @*Mar  1 00:01:02.123 UTC',
    ],
    [
      'May 12 10:00:00 gw 4711: May 12 10:00:01: %SEC-6-IPACCESSLOGDP: list 150 denied icmp 10.1.1.1 -> 192.0.2.1 (8/0), 3 packets',
      '150 deny 1 10.1.1.1 -> 192.0.2.1 8/0 x3 @May 12 10:00:01',
    ],
    [
      '%SEC-6-IPACCESSLOGDP: list 150 denied icmp 10.1.1.1 (Fa0/0 ) -> 192.0.2.1 (3/13), 3 packets',
      '150 deny 1 10.1.1.1 via FastEthernet0/0 -> 192.0.2.1 3/13 x3 @-',
    ],
    [
      '%SEC-6-IPACCESSLOGNP: list 150 denied 47 10.1.1.1 -> 192.0.2.1, 3 packets',
      '150 deny 47 10.1.1.1 -> 192.0.2.1 x3 @-',
    ],
    [
      '%SEC-6-IPACCESSLOGRP: list 150 denied ospf 10.1.1.1 -> 224.0.0.5, 3 packets',
      '150 deny 89 10.1.1.1 -> 224.0.0.5 x3 @-',
    ],
    [
      '%SEC-6-IPACCESSLOGSP: list 150 denied igmp 10.1.1.1 -> 224.0.0.1 (17), 1 packet',
      '150 deny 2 10.1.1.1 -> 224.0.0.1 igmp 17 x1 @-',
    ],
    ['%SEC-6-IPACCESSLOGS: list 10 denied 10.1.1.1 4 packets', '10 deny - 10.1.1.1 -> - x4 @-'],
    ['%SEC-6-IPACCESSLOGS: list 10 permitted 10.1.1.1, 1 packet', '10 permit - 10.1.1.1 -> - x1 @-'],
    [
      '%FMANFP-6-IPACCESSLOGP: F0: fman_fp_image:  list 150 denied tcp 10.1.1.1(0) -> 192.0.2.1(0), 1 packet',
      '150 deny 6 10.1.1.1:0 -> 192.0.2.1:0 x1 @-',
    ],
    [
      '%FMANFP-6-IPACCESSLOGP: F0/0: fman_fp_image: list 150 denied tcp 0000.0c12.3456 10.1.1.1(5) -> 192.0.2.1(6), 1 packet',
      '150 deny 6 10.1.1.1:5 -> 192.0.2.1:6 x1 @-',
    ],
    [
      '%FMANFP-6-IPACCESSLOGP: F0/0: list 150 denied tcp 10.1.1.1(5) Gi0/0/1-> 192.0.2.1(6), 1 packet',
      '150 deny 6 10.1.1.1:5 via GigabitEthernet0/0/1 -> 192.0.2.1:6 x1 @-',
    ],
    [
      '%FMANFP-6-IPACCESSLOGP: F0/0: list 150 denied tcp 10.1.1.1(5) ? -> 192.0.2.1(6), 1 packet',
      'unparsed-line',
    ],
    [
      '%SEC-SW1_SP-6-IPACCESSLOGP: list 150 denied tcp 10.1.1.1(5) -> 192.0.2.1(6), 1 packet',
      '150 deny 6 10.1.1.1:5 -> 192.0.2.1:6 x1 @-',
    ],
    ['%SEC-6-IPACCESSLOGP: list 150 denied tcp 10.1.1.1(1234) -> 192.168.2.35(25)', 'unparsed-line'],
    ['%SEC-6-IPACCESSLOGP: list 150 denied tcp 10.1.1.300(1) -> 192.168.2.35(25), 1 packet', 'unparsed-line'],
    ['%SEC-6-IPACCESSLOGP: list 150 dropped tcp 10.1.1.1(1) -> 192.168.2.35(25), 1 packet', 'unparsed-line'],
    [
      '%IPV6_ACL-6-ACCESSLOGP: list V6/20 denied tcp 2001:DB8::1(1) -> 2001:DB8::2(2), 1 packet',
      'ipv6-not-modelled',
    ],
    ['%LINK-3-UPDOWN: Interface FastEthernet0/0, changed state to up', ''],
    ['a list 150 denied tcp 10.1.1.1(1) -> 192.0.2.1(2), 1 packet', ''],
  ];
  for (const [line, says] of rows)
    it(`${line.slice(0, 90)} => ${says === '' ? 'passed over' : says}`, () => {
      expect(one(line)).to.equal(says);
    });
  it('counts what the device says it did not log', () => {
    const log = '%SEC-6-IPACCESSLOGRL: access-list logging rate-limited or missed 17 packets\n';
    expect(parseAccessListLog(log + log, 's').value.missed).to.equal(34);
  });
});
