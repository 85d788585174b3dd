import { expect } from 'chai';
import { printConfig } from '../../../parsers/cisco-ios/print-config.ts';
import { formatIpv4, formatPattern } from '../../../src/model/address.ts';
import { formatRanges } from '../../../src/model/ports.ts';
import type { Interface, NatRule, ObjectGroup, StaticRoute } from '../../../src/model/router-config.ts';
import { entriesOf, listOf, type Read, read } from './read.ts';

const only = (r: Read): Interface => {
  const all = [...r.config.interfaces.values()];
  expect(all.length).to.equal(1);
  return all[0]!;
};

const iface = (...lines: string[]): Interface =>
  only(read(`interface FastEthernet0/0\n${lines.map((l) => ` ${l}\n`).join('')}`));

describe('lists', () => {
  const kinds: readonly (readonly [number, string])[] = [
    [1, 'standard'],
    [99, 'standard'],
    [100, 'extended'],
    [199, 'extended'],
    [1300, 'standard'],
    [1999, 'standard'],
    [2000, 'extended'],
    [2699, 'extended'],
  ];
  for (const [number, kind] of kinds)
    it(`access-list ${number} is ${kind}`, () => {
      const entry = kind === 'standard' ? 'permit any' : 'permit ip any any';
      expect(listOf(read(`access-list ${number} ${entry}\n`)).kind).to.equal(kind);
    });
  for (const number of [200, 299, 600, 700, 800, 1100, 2700, 2999])
    it(`access-list ${number} is of another protocol: skipped, and named once`, () => {
      const r = read(`access-list ${number} permit 0x0000\naccess-list ${number} deny 0x0001\n`);
      expect(r.config.acls.size).to.equal(0);
      expect(r.diagnostics.map((d) => d.code)).to.deep.equal(['non-ip-list']);
      expect(r.config.account.skipped).to.equal(2);
    });
  for (const number of [0, 3000, 99999])
    it(`access-list ${number} is no list`, () => {
      expect(read(`access-list ${number} permit ip any any\n`).complaints).to.deep.equal(['unparsed-line']);
    });

  it('access-list rate-limit and compiled are other things', () => {
    const r = read('access-list rate-limit 100 mask 7\naccess-list compiled\n');
    expect([r.config.acls.size, r.config.account.skipped, r.complaints.length]).to.deep.equal([0, 2, 0]);
  });
  it('numbered lines far apart are one list, in the order of the text', () => {
    const r = read('access-list 10 permit 10.0.0.1\naccess-list 11 permit any\naccess-list 10 deny any\n');
    expect(entriesOf(r, '10')).to.deep.equal(['permit ip host 10.0.0.1 -> any', 'deny ip any -> any']);
  });
  it('a named header and numbered lines make one list', () => {
    const r = read('access-list 150 permit tcp any any\nip access-list extended 150\n deny ip any any\n');
    expect(entriesOf(r)).to.deep.equal(['permit 6 any -> any', 'deny ip any -> any']);
  });
  it('a header alone is a list without entries', () => {
    expect(listOf(read('ip access-list extended X\n!\n'), 'X').entries).to.deep.equal([]);
  });
  it('names are told apart by case', () => {
    const r = read(
      'ip access-list extended a\n permit ip any any\nip access-list extended A\n deny ip any any\n',
    );
    expect([...r.config.acls.keys()]).to.deep.equal(['a', 'A']);
  });
  it('a number of the other kind is refused, as is a second kind for a name', () => {
    expect(read('ip access-list standard 150\n').complaints).to.deep.equal(['unparsed-line']);
    expect(read('ip access-list extended 150\n').complaints).to.deep.equal([]);
    expect(read('ip access-list standard X\nip access-list extended X\n').complaints).to.deep.equal([
      'list-kind-conflict',
    ]);
  });
  it('no access-list takes the whole list away, whatever follows the number', () => {
    const r = read('access-list 150 permit ip any any\nno access-list 150 permit ip any any\n');
    expect(r.config.acls.size).to.equal(0);
  });
  it('without sequence numbers on a train that has none, by tens on one that has', () => {
    const text =
      'access-list 150 permit tcp any any\naccess-list 150 remark r\naccess-list 150 deny ip any any\n';
    const numbers = (version: string) => listOf(read(text, version)).entries.map((e) => e.sequence);
    expect(numbers('12.1(5)T15')).to.deep.equal([null, null, null]);
    expect(numbers('12.3(2)T')).to.deep.equal([10, null, 20]);
  });
  it('numbered entries stand in the order of their numbers', () => {
    const r = read(
      'ip access-list extended T\n 30 deny ip any any\n 10 permit tcp any any\n 20 permit udp any any\n',
    );
    expect(listOf(r).entries.map((e) => e.sequence)).to.deep.equal([10, 20, 30]);
  });
  it('a standard list keeps hosts before ranges where its numbers jump', () => {
    const r = read('ip access-list standard T\n 20 permit 10.1.1.1\n 10 deny 10.0.0.0 0.255.255.255\n');
    expect(listOf(r).entries.map((e) => e.sequence)).to.deep.equal([20, 10]);
  });
  it('a repeated number is an error, and the first entry stays', () => {
    const r = read('ip access-list extended T\n 10 permit tcp any any\n 10 deny ip any any\n');
    expect(r.complaints).to.deep.equal(['duplicate-sequence']);
    expect(entriesOf(r)).to.deep.equal(['permit 6 any -> any']);
  });
  it('a remark shares the number of the entry below it, as IOS-XE prints them', () => {
    const r = read(
      'ip access-list extended T\n 10 remark web\n 10 permit tcp any any eq 80\n 20 remark a\n 20 remark b\n 20 deny ip any any\n',
    );
    expect([r.complaints, entriesOf(r)]).to.deep.equal([
      [],
      ['remark "web"', 'permit 6 any -> any:80', 'remark "a"', 'remark "b"', 'deny ip any -> any'],
    ]);
    const twice = read(
      'ip access-list extended T\n 10 remark web\n 10 permit tcp any any\n 10 deny ip any any\n',
    );
    expect([twice.complaints, entriesOf(twice).length]).to.deep.equal([['duplicate-sequence'], 2]);
  });
  it('an unreadable line keeps its place in its list, and only there', () => {
    const r = read(
      'ip access-list extended T\n permit tcp any any\n permit foo any any\n deny ip any any\nfoo bar\n',
    );
    expect(entriesOf(r)).to.deep.equal(['permit 6 any -> any', 'unread permit', 'deny ip any -> any']);
    expect(r.config.account.diagnosed).to.equal(2);
  });
  it('an IPv6 list is named once and its lines are accounted as diagnosed', () => {
    const r = read(
      'ipv6 access-list V6\n permit tcp any any eq 80\n deny ipv6 any any\n 20 permit ipv6 any any\nhostname x\n',
    );
    expect(r.config.ipv6.map((n) => `${n.kind} ${n.name}`)).to.deep.equal(['list V6']);
    expect(r.diagnostics.map((d) => d.code)).to.deep.equal(['ipv6-not-modelled']);
    expect(r.config.account.diagnosed).to.equal(4);
    expect(r.config.hostname).to.equal('x');
  });
});

describe('interfaces', () => {
  const names: readonly (readonly [string, string])[] = [
    ['FastEthernet 0/0', 'FastEthernet0/0'],
    ['fa0/0', 'FastEthernet0/0'],
    ['ser0/0', 'Serial0/0'],
    ['ATM0/IMA0.1', 'ATM0/IMA0.1'],
    ['cable1/0', 'Cable1/0'],
    ['f0/0', 'FastEthernet0/0'],
    ['Eth0', 'Ethernet0'],
    ['gi1/0/24', 'GigabitEthernet1/0/24'],
    ['Te1/1', 'TenGigabitEthernet1/1'],
    ['Twe1/0/1', 'TwentyFiveGigE1/0/1'],
    ['Tw1/0/1', 'TwoGigabitEthernet1/0/1'],
    ['Serial1/0:0', 'Serial1/0:0'],
    ['se0/0.100 point-to-point', 'Serial0/0.100'],
    ['Lo0', 'Loopback0'],
    ['Tu10', 'Tunnel10'],
    ['vl10', 'Vlan10'],
    ['po1', 'Port-channel1'],
    ['POS1/0', 'POS1/0'],
    ['Di1', 'Dialer1'],
    ['BVI1', 'BVI1'],
    ['nu0', 'Null0'],
    ['Vi1', 'Virtual-Access1'],
    ['Virtual-Template1', 'Virtual-Template1'],
    ['Dot11Radio0', 'Dot11Radio0'],
    ['fa0/0.10', 'FastEthernet0/0.10'],
  ];
  for (const [written, name] of names)
    it(`${written} is ${name}`, () => {
      expect(only(read(`interface ${written}\n`)).name).to.equal(name);
    });
  it('an unknown type is kept as written, with a notice', () => {
    const r = read('interface FastEthrnet0/0\n');
    expect(only(r).name).to.equal('FastEthrnet0/0');
    expect(r.diagnostics.length).to.equal(1);
  });
  it('an interface without a number is none', () => {
    expect(read('interface FastEthernet\n').complaints).to.deep.equal(['unparsed-line']);
  });
  it('a range gives each of its interfaces what follows', () => {
    const r = read('interface range Fa0/1 - 3 , Gi0/1\n shutdown\n');
    expect([...r.config.interfaces.values()].map((i) => `${i.name} ${i.shutdown}`)).to.deep.equal([
      'FastEthernet0/1 true',
      'FastEthernet0/2 true',
      'FastEthernet0/3 true',
      'GigabitEthernet0/1 true',
    ]);
  });

  it('addresses: one primary, the last; secondaries beside it', () => {
    const i = iface(
      'ip address 192.0.2.1 255.255.255.0',
      'ip address 192.0.2.2 255.255.255.0',
      'ip address 198.51.100.1 255.255.255.128 secondary',
    );
    expect(i.addresses.map((a) => `${formatIpv4(a.address)}/${a.prefixLength} ${a.secondary}`)).to.deep.equal(
      ['192.0.2.2/24 false', '198.51.100.1/25 true'],
    );
    expect(i.addressing).to.deep.equal({ kind: 'static' });
  });
  it('an address without its mask has an unknown network, and its line says so', () => {
    const r = read('interface FastEthernet0/0\n ip address 192.168.1.126\n');
    expect(only(r).addresses[0]?.prefixLength).to.equal(null);
    const [d] = r.diagnostics;
    expect([d?.code, d?.severity, d?.span?.line]).to.deep.equal(['missing-mask', 'error', 2]);
    expect(r.config.excerpt).to.equal(true);
  });
  it('a mask with holes is refused', () => {
    const r = read('interface Fa0/0\n ip address 192.0.2.1 255.0.255.0\n');
    expect(only(r).addresses).to.deep.equal([]);
    expect(r.complaints).to.deep.equal(['unparsed-line']);
  });
  it('dhcp, negotiated, unnumbered, none', () => {
    expect(iface('ip address dhcp').addressing.kind).to.equal('dhcp');
    expect(iface('ip address negotiated').addressing.kind).to.equal('negotiated');
    expect(iface('ip unnumbered Lo0').addressing).to.include({ kind: 'unnumbered', interface: 'Loopback0' });
    expect(iface('no ip address').addressing.kind).to.equal('none');
    expect(iface('ip address 192.0.2.1 255.255.255.0', 'no ip address').addresses).to.deep.equal([]);
  });
  it('bindings: one per direction, the last counts, and a no ends it', () => {
    const i = iface('ip access-group 1 in', 'ip access-group 2 in', 'ip access-group X out');
    expect([i.bindings.in?.acl, i.bindings.out?.acl]).to.deep.equal(['2', 'X']);
    expect(iface('ip access-group 1 in', 'no ip access-group 1 in').bindings.in).to.equal(null);
  });
  it('a common list is looked up before the interface’s own', () => {
    const i = iface('ip access-group common C X in');
    expect([i.bindings.in?.common, i.bindings.in?.acl]).to.deep.equal(['C', 'X']);
    expect(iface('ip access-group common C in').bindings.in?.acl).to.equal('C');
  });
  it('a binding without a direction is an error, but `out` before 12.0', () => {
    const text = 'interface Ethernet0\n ip access-group 1\n';
    const r = read(text);
    expect(r.complaints).to.deep.equal(['missing-direction']);
    expect(only(r).bindings).to.deep.equal({ in: null, out: null });
    expect(only(read(text, '11.2')).bindings.out?.acl).to.equal('1');
  });
  it('switches and their defaults', () => {
    const plain = iface();
    expect([plain.shutdown, plain.sendsUnreachables, plain.proxyArp, plain.natSide, plain.vrf]).to.deep.equal(
      [false, true, true, null, null],
    );
    const set = iface(
      'shutdown',
      'no ip unreachables',
      'no ip proxy-arp',
      'ip nat outside',
      'ip vrf forwarding RED',
    );
    expect([set.shutdown, set.sendsUnreachables, set.proxyArp, set.natSide, set.vrf]).to.deep.equal([
      true,
      false,
      false,
      'outside',
      'RED',
    ]);
    expect(iface('no ip unreachables', 'default ip unreachables').sendsUnreachables).to.equal(true);
  });
  it('a VRF takes the addresses that were there before it', () => {
    expect(iface('ip address 192.0.2.1 255.255.255.0', 'vrf forwarding RED').addresses).to.deep.equal([]);
  });
  const effects: readonly (readonly [string, string])[] = [
    ['ip inspect FW in', 'inspect'],
    ['ip policy route-map RM', 'policy-route'],
    ['zone-member security OUT', 'zone'],
    ['ip verify unicast reverse-path', 'urpf'],
    ['crypto map VPN', 'crypto-map'],
    ['service-policy input P', 'service-policy'],
    ['ip wccp web-cache redirect in', 'web-redirect'],
    ['bridge-group 1', 'other'],
  ];
  for (const [line, family] of effects)
    it(`${line} is said as ${family}`, () => {
      expect(iface(line).effects.map((e) => e.family)).to.deep.equal([family]);
      expect(iface(line, `no ${line}`).effects).to.deep.equal([]);
    });
  it('what cannot affect packets is skipped, what is unknown is said', () => {
    const known = read(
      'interface Fa0/0\n speed 100\n duplex full\n bandwidth 64\n mtu 1500\n no cdp enable\n',
    );
    expect([known.config.account.skipped, known.complaints.length, only(known).effects.length]).to.deep.equal(
      [5, 0, 0],
    );
    const unknown = read('interface Fa0/0\n ip acess-group 150 in\n');
    expect([unknown.config.account.diagnosed, only(unknown).effects[0]?.family]).to.deep.equal([
      1,
      'unparsed',
    ]);
  });
  it('an IPv6 address and filter are named, one notice each', () => {
    const r = read(
      'interface Fa0/0\n ipv6 address 2001:db8::1/64\n ipv6 traffic-filter V6 in\n ipv6 enable\n',
    );
    expect(r.config.ipv6.map((n) => `${n.kind} ${n.name} ${n.interface}`)).to.deep.equal([
      'address 2001:db8::1/64 FastEthernet0/0',
      'binding V6 FastEthernet0/0',
    ]);
    expect(r.config.account.diagnosed).to.equal(2);
  });
});

describe('static routes', () => {
  const say = (r: StaticRoute): string =>
    `${r.vrf ?? '-'} ${formatIpv4(r.destination.address)}/${r.prefixLength} ` +
    `${r.nextHop.kind}${'address' in r.nextHop && r.nextHop.address !== null ? ` ${formatIpv4(r.nextHop.address)}` : ''}` +
    `${r.nextHop.kind === 'interface' ? ` ${r.nextHop.interface}` : ''} ad ${r.distance}` +
    `${r.track === null ? '' : ` track ${r.track}`}${r.name === null ? '' : ` ${r.name}`}${r.permanent ? ' permanent' : ''}${r.global ? ' global' : ''}`;
  const table: readonly (readonly [string, string])[] = [
    ['0.0.0.0 0.0.0.0 192.0.2.1', '- 0.0.0.0/0 address 192.0.2.1 ad 1'],
    ['10.0.0.0 255.0.0.0 Null0', '- 10.0.0.0/8 null ad 1'],
    ['10.0.0.0 255.0.0.0 null 0 254', '- 10.0.0.0/8 null ad 254'],
    ['10.0.0.0 255.0.0.0 Serial 0/0', '- 10.0.0.0/8 interface Serial0/0 ad 1'],
    ['10.0.0.0 255.0.0.0 Fa0/0 192.0.2.1 200', '- 10.0.0.0/8 interface 192.0.2.1 FastEthernet0/0 ad 200'],
    ['10.0.0.0 255.0.0.0 Serial0/0 200', '- 10.0.0.0/8 interface Serial0/0 ad 200'],
    ['0.0.0.0 0.0.0.0 dhcp', '- 0.0.0.0/0 dhcp ad 254'],
    [
      '0.0.0.0 0.0.0.0 192.0.2.1 5 name UP track 3 permanent',
      '- 0.0.0.0/0 address 192.0.2.1 ad 5 track 3 UP permanent',
    ],
    ['vrf RED 10.0.0.0 255.0.0.0 192.0.2.1', 'RED 10.0.0.0/8 address 192.0.2.1 ad 1'],
    ['vrf RED 10.0.0.0 255.0.0.0 192.0.2.1 global', 'RED 10.0.0.0/8 address 192.0.2.1 ad 1 global'],
  ];
  for (const [line, says] of table)
    it(`ip route ${line}`, () => {
      const r = read(`ip route ${line}\n`);
      expect(r.complaints).to.deep.equal([]);
      expect(r.config.routes.map(say)).to.deep.equal([says]);
    });
  for (const line of [
    '10.0.0.0 255.0.255.0 192.0.2.1',
    '10.0.0.0 255.0.0.0',
    '10.0.0.0 192.0.2.1',
    '10.0.0.0/8 192.0.2.1',
  ])
    it(`ip route ${line} is refused`, () => {
      const r = read(`ip route ${line}\n`);
      expect([r.config.routes.length, r.complaints]).to.deep.equal([0, ['unparsed-line']]);
    });
  it('bits outside the mask are left out, with a warning', () => {
    const r = read('ip route 10.1.1.1 255.0.0.0 192.0.2.1\n');
    expect(r.config.routes.map((x) => formatPattern(x.destination))).to.deep.equal([
      '10.0.0.0 0.255.255.255',
    ]);
    expect(r.complaints).to.deep.equal(['inconsistent-mask']);
  });
});

describe('NAT', () => {
  const ip = (a: number | null): string => (a === null ? '-' : formatIpv4(a));
  const say = (r: NatRule): string => {
    switch (r.kind) {
      case 'static':
        return `${r.nvi ? 'nvi' : r.side} ${r.protocol ?? 'ip'} ${ip(r.local)}:${r.localPort ?? '*'} = ${r.globalInterface ?? ip(r.global)}:${r.globalPort ?? '*'}/${r.prefixLength}`;
      case 'dynamic':
        return `${r.nvi ? 'nvi' : r.side} ${r.list ?? r.routeMap} to ${r.pool ?? r.interface}${r.overload ? ' overload' : ''}${r.vrf === undefined ? '' : ` of ${r.vrf}`}`;
      case 'rotary':
        return `rotary ${r.list} ${r.pool}`;
    }
  };
  const table: readonly (readonly [string, string])[] = [
    ['inside source static 10.0.0.5 198.51.100.5', 'inside ip 10.0.0.5:* = 198.51.100.5:*/32'],
    [
      'inside source static tcp 10.0.0.5 80 198.51.100.5 8080 extendable',
      'inside 6 10.0.0.5:80 = 198.51.100.5:8080/32',
    ],
    [
      'inside source static tcp 10.0.0.5 www interface Fa0/0 www',
      'inside 6 10.0.0.5:80 = FastEthernet0/0:80/32',
    ],
    ['inside source static udp 10.0.0.5 53 198.51.100.5 53', 'inside 17 10.0.0.5:53 = 198.51.100.5:53/32'],
    ['inside source static network 10.0.0.0 198.51.100.0 /24', 'inside ip 10.0.0.0:* = 198.51.100.0:*/24'],
    [
      'inside source static network 10.0.0.0 198.51.100.0 255.255.255.0 no-alias',
      'inside ip 10.0.0.0:* = 198.51.100.0:*/24',
    ],
    ['inside source list 7 pool P overload', 'inside 7 to P overload'],
    ['inside source list 7 pool P', 'inside 7 to P'],
    ['inside source list 7 interface Fa0/0 overload', 'inside 7 to FastEthernet0/0 overload'],
    ['inside source route-map RM pool P', 'inside RM to P'],
    ['inside destination list 7 pool P', 'rotary 7 P'],
    ['outside source static 203.0.113.9 10.9.9.9', 'outside ip 203.0.113.9:* = 10.9.9.9:*/32'],
    ['inside source list 7 pool P vrf RED overload', 'inside 7 to P overload of RED'],
    ['source list 7 pool P', 'nvi 7 to P'],
    ['source static 10.0.0.5 198.51.100.5', 'nvi ip 10.0.0.5:* = 198.51.100.5:*/32'],
  ];
  for (const [line, says] of table)
    it(`ip nat ${line}`, () => {
      const r = read(`ip nat ${line}\n`);
      expect(r.complaints).to.deep.equal([]);
      expect(r.config.nat.map(say)).to.deep.equal([says]);
      expect(read(`ip nat ${line}\nno ip nat ${line}\n`).config.nat).to.deep.equal([]);
    });
  for (const line of [
    'inside source static tcp 10.0.0.5 80 198.51.100.5',
    'inside source static 10.0.0.5',
    'inside source list 7',
    'inside source static tcp 10.0.0.5 http 198.51.100.5 80',
    'sideways source list 7 pool P',
  ])
    it(`ip nat ${line} is refused`, () => {
      expect(read(`ip nat ${line}\n`).complaints).to.deep.equal(['unparsed-line']);
    });
  const pools = (r: ReturnType<typeof read>): readonly string[] =>
    [...r.config.natPools.values()].map(
      (p) => `${p.name} ${p.ranges.map((range) => `${ip(range.first)}-${ip(range.last)}`).join(' ')}`,
    );
  it('a pool of several ranges keeps them all, and a range leaves by no', () => {
    const text =
      'ip nat pool P prefix-length 24\n address 198.51.100.1 198.51.100.9\n address 198.51.100.33 198.51.100.40\n';
    expect(pools(read(text))).to.deep.equal(['P 198.51.100.1-198.51.100.9 198.51.100.33-198.51.100.40']);
    expect(pools(read(`${text} no address 198.51.100.1 198.51.100.9\n`))).to.deep.equal([
      'P 198.51.100.33-198.51.100.40',
    ]);
    expect(pools(read(`${text}ip nat pool P prefix-length 24\n`))).to.deep.equal(pools(read(text)));
    expect(read(text).complaints).to.deep.equal([]);
  });
  it('pools, and what uses a list', () => {
    const r = read(
      'ip nat pool P 198.51.100.1 198.51.100.9 netmask 255.255.255.0\nip nat inside source list 7 pool P\n',
    );
    expect(pools(r)).to.deep.equal(['P 198.51.100.1-198.51.100.9']);
    expect(r.config.references.map((x) => `${x.use} ${x.acl}`)).to.deep.equal(['nat 7']);
  });
  it('a translation that a route-map decides is a warning', () => {
    expect(read('ip nat inside source static 10.0.0.5 198.51.100.5 route-map RM\n').complaints).to.deep.equal(
      ['unmodelled-clause'],
    );
  });
});

describe('object groups', () => {
  const members = (text: string): readonly string[] => {
    const r = read(text);
    const group = [...r.config.objectGroups.values()][0]!;
    return group.members.map(sayMember);
  };
  const sayMember = (m: ObjectGroup['members'][number]): string => {
    switch (m.kind) {
      case 'pattern':
        return formatPattern(m.pattern);
      case 'range':
        return `${formatIpv4(m.first)}-${formatIpv4(m.last)}`;
      case 'group':
        return `group ${m.name}`;
      case 'unparsed':
        return 'unread';
      case 'service':
        return `${m.protocols?.join('+') ?? 'ip'} ${m.sourcePorts ? formatRanges(m.sourcePorts) : '*'} ${m.destinationPorts ? formatRanges(m.destinationPorts) : '*'} ${m.icmp ? `${m.icmp.type}/${m.icmp.code ?? '*'}` : ''}`.trim();
    }
  };
  it('network members: masks are netmasks', () => {
    expect(
      members(
        'object-group network G\n description d\n host 192.0.2.1\n 10.0.0.0 255.0.0.0\n 10.0.0.0 0.255.255.255\n 10.1.0.0 /16\n 10.2.0.0/16\n range 10.0.0.1 10.0.0.9\n range 10.0.0.9 10.0.0.1\n group-object H\n any\n',
      ),
    ).to.deep.equal([
      '192.0.2.1 0.0.0.0',
      '10.0.0.0 0.255.255.255',
      'unread',
      '10.1.0.0 0.0.255.255',
      '10.2.0.0 0.0.255.255',
      '10.0.0.1-10.0.0.9',
      'unread',
      'group H',
      '0.0.0.0 255.255.255.255',
    ]);
  });
  it('service members', () => {
    expect(
      members(
        'object-group service S\n tcp eq www\n tcp 443\n tcp-udp eq domain\n udp source gt 1023 eq ntp\n tcp range 1 5\n icmp echo\n icmp 3 4\n gre\n 89\n ip\n group-object H\n tcp eq http\n',
      ),
    ).to.deep.equal([
      '6 * 80',
      '6 * 443',
      '6+17 * 53',
      '17 1024-65535 123',
      '6 * 1-5',
      '1 * * 8/*',
      '1 * * 3/4',
      '47 * *',
      '89 * *',
      'ip * *',
      'group H',
      'unread',
    ]);
  });
  it('a group entered twice is one group', () => {
    expect(
      members('object-group network G\n host 192.0.2.1\n!\nobject-group network G\n host 192.0.2.2\n').length,
    ).to.equal(2);
  });
});

describe('time ranges', () => {
  const entries = (line: string) => {
    const r = read(`time-range T\n ${line}\n`);
    return r.config.timeRanges.get('T')!.entries.map(({ span: _, ...e }) => e);
  };
  it('absolute', () => {
    expect(entries('absolute start 08:00 1 January 2004 end 18:30 31 dec 2004')).to.deep.equal([
      { kind: 'absolute', start: Date.UTC(2004, 0, 1, 8), end: Date.UTC(2004, 11, 31, 18, 30) },
    ]);
    expect(entries('absolute end 00:00 29 february 2004')[0]).to.include({ start: null });
    expect(entries('absolute end 00:00 29 february 2003')).to.deep.equal([{ kind: 'unparsed' }]);
  });
  it('periodic', () => {
    expect(entries('periodic weekdays 8:00 to 18:00')).to.deep.equal([
      {
        kind: 'periodic',
        days: [1, 2, 3, 4, 5],
        startMinute: 480,
        endDays: [1, 2, 3, 4, 5],
        endMinute: 1080,
      },
    ]);
    expect(entries('periodic monday 9:00 to friday 17:00')).to.deep.equal([
      { kind: 'periodic', days: [1], startMinute: 540, endDays: [5], endMinute: 1020 },
    ]);
    expect(entries('periodic monday tuesday 9:00 to friday 17:00')).to.deep.equal([{ kind: 'unparsed' }]);
    expect(entries('periodic monday 25:00 to 26:00')).to.deep.equal([{ kind: 'unparsed' }]);
    expect(entries('periodic 9:00 to 10:00')).to.deep.equal([{ kind: 'unparsed' }]);
  });
});

describe('terminal lines, settings and uses of lists', () => {
  it('vty ranges, each with its own class', () => {
    const r = read(
      'line con 0\nline vty 0 4\n access-class 7 in\n transport input telnet ssh\nline vty 5 15\n access-class 8 in vrf-also\n access-class 9 out\n',
    );
    expect(
      r.config.lines.map(
        (l) =>
          `${l.kind} ${l.first}-${l.last} ${l.accessClassIn?.acl ?? '-'} ${l.accessClassOut?.acl ?? '-'}`,
      ),
    ).to.deep.equal(['console 0-0 - -', 'vty 0-4 7 -', 'vty 5-15 8 9']);
    expect(r.config.lines[1]?.transportInput).to.deep.equal(['telnet', 'ssh']);
    expect(r.config.lines[2]?.accessClassIn?.vrfAlso).to.equal(true);
  });
  const uses: readonly (readonly [string, string])[] = [
    ['snmp-server community public RO 5', 'snmp 5'],
    ['snmp-server community public view V RW SNMP', 'snmp SNMP'],
    ['ntp access-group peer 5', 'ntp 5'],
    ['ip http access-class 5', 'http 5'],
    ['route-map RM permit 10\n match ip address 101 102', 'route-map 101,route-map 102'],
    ['class-map match-all C\n match access-group 101', 'class-map 101'],
    ['class-map C\n match access-group name WEB', 'class-map WEB'],
    ['crypto map M 10 ipsec-isakmp\n match address 120', 'crypto-map 120'],
    ['router rip\n distribute-list 5 in', 'distribute-list 5'],
    ['dialer-list 1 protocol ip list 5', 'other 5'],
    [
      'interface Fa0/0\n rate-limit input access-group 101 8000 1500 2000 conform-action transmit exceed-action drop',
      'rate-limit 101',
    ],
    ['interface Fa0/0\n ip igmp access-group 5', 'other 5'],
    ['interface Fa0/0\n ip verify unicast reverse-path 5', 'other 5'],
    ['ip inspect name FW http java-list 5', 'inspect 5'],
    ['queue-list 1 protocol ip 1 list 101', 'other 101'],
    ['ip pim rp-address 192.0.2.1 5', 'other 5'],
    ['line 0/0/0 0/0/3\n access-class 7 in', 'other 7'],
    ['ip tcp intercept list 101', 'tcp-intercept 101'],
    ['line vty 0 4\n access-class 7 in', 'access-class 7'],
  ];
  for (const [text, expected] of uses)
    it(`${text.replaceAll('\n', ' / ')} uses ${expected}`, () => {
      const r = read(`${text}\n`);
      expect(r.complaints).to.deep.equal([]);
      expect(r.config.references.map((x) => `${x.use} ${x.acl}`).join()).to.equal(expected);
    });
  for (const text of [
    'snmp-server community public RO',
    'route-map RM\n match ip address prefix-list P',
    'router rip\n distribute-list prefix P in',
  ])
    it(`${text.replaceAll('\n', ' / ')} uses none`, () => {
      expect(read(`${text}\n`).config.references).to.deep.equal([]);
    });
  it('settings and their defaults', () => {
    const { settings } = read('hostname x\n').config;
    expect([
      settings.ipRouting,
      settings.ipClassless,
      settings.defaultGateway,
      settings.unreachableIntervalMs,
      settings.httpServer,
    ]).to.deep.equal([true, true, null, 500, null]);
    const set = read(
      'no ip routing\nno ip classless\nip default-gateway 192.0.2.1\nip icmp rate-limit unreachable 1000\nip icmp rate-limit unreachable DF 1\nno ip http server\nip tcp intercept mode watch\nip tcp intercept list 101\n',
    ).config.settings;
    expect([
      set.ipRouting,
      set.ipClassless,
      set.defaultGateway && formatIpv4(set.defaultGateway),
      set.unreachableIntervalMs,
      set.httpServer,
    ]).to.deep.equal([false, false, '192.0.2.1', 1000, false]);
    expect(set.tcpIntercept).to.include({ list: '101', mode: 'watch' });
  });
  it('routing processes, their networks by class or wildcard, and redundancy groups', () => {
    const r = read(
      'router rip\n network 10.0.0.0\n network 192.168.1.0\nrouter eigrp 7\n network 10.1.0.0 0.0.255.255\nrouter ospf 1\n network 10.2.0.0 0.0.0.255 area 0\n neighbor 192.0.2.2\ninterface Fa0/0\n standby 1 ip 192.0.2.254\n ip ospf 2 area 0\n',
    );
    expect(
      r.config.routing.map((p) =>
        `${p.protocol} ${p.id}: ${p.networks.map(formatPattern).join()} ${p.interfaces?.join() ?? ''}`.trim(),
      ),
    ).to.deep.equal([
      'rip : 10.0.0.0 0.255.255.255,192.168.1.0 0.0.0.255',
      'eigrp 7: 10.1.0.0 0.0.255.255',
      'ospf 1: 10.2.0.0 0.0.0.255',
      'hsrp FastEthernet0/0 1:  FastEthernet0/0',
      'ospf 2:  FastEthernet0/0',
    ]);
  });
  it('what a process says of each table, each interface and each peer', () => {
    const r = read(
      'router bgp 64500\n neighbor P peer-group\n neighbor P update-source lo0\n neighbor 192.0.2.2 peer-group P\n address-family ipv4 vrf RED\n  neighbor 192.0.2.9 remote-as 1\n  neighbor 192.0.2.9 shutdown\n exit-address-family\n neighbor 192.0.2.3 remote-as 2\nrouter ospf 1 vrf RED\n passive-interface default\n no passive-interface Fa0/1\nrouter eigrp X\n address-family ipv4 autonomous-system 7\n  af-interface Fa0/0\n   passive-interface\n  exit-af-interface\n  topology base\n  exit-af-topology\n  network 10.0.0.0\n exit-address-family\n address-family ipv6 autonomous-system 8\n  af-interface default\n   passive-interface\nrouter rip\n version 2\n',
    );
    expect(
      r.config.routing.map((p) => [
        `${p.protocol} ${p.id} ${p.vrf ?? ''} ${p.autonomousSystem ?? ''}`,
        p.neighbours.map(formatIpv4).join(),
        (p.peerSettings ?? []).map((s) => `${s.peer} ${s.kind} ${s.value}`).join(),
        p.passive ? `${p.passive.byDefault} ${p.passive.except}` : '',
        p.version ?? null,
      ]),
    ).to.deep.equal([
      ['bgp 64500  ', '192.0.2.2,192.0.2.3', 'P update-source Loopback0,192.0.2.2 peer-group P', '', null],
      ['bgp 64500 RED ', '192.0.2.9', '192.0.2.9 shutdown ', '', null],
      ['ospf 1 RED ', '', '', 'true FastEthernet0/1', null],
      ['eigrp X  7', '', '', 'false FastEthernet0/0', null],
      ['rip   ', '', '', '', 2],
    ]);
    expect(r.complaints).to.deep.equal([]);
    const again = read(printConfig(r.config)).config.routing;
    expect(again.map(({ span: _, ...p }) => p)).to.deep.equal(r.config.routing.map(({ span: _, ...p }) => p));
  });
});

describe('a whole configuration or a piece of one', () => {
  const frame = (body: string): string => `version 12.4\nhostname gw\n${body}end\n`;
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['with its frame it is whole', frame('access-list 1 permit any\n'), false],
    ['with its frame a missing list is missing', frame('interface Fa0/0\n ip access-group 1 in\n'), false],
    ['without any of the frame it is a piece', 'access-list 1 permit any\n', true],
    [
      'with some of the frame and nothing missing it is whole',
      'hostname gw\naccess-list 1 permit any\n',
      false,
    ],
    [
      'with some of the frame and a missing list it is a piece',
      'hostname gw\ninterface Fa0/0\n ip access-group 1 in\n',
      true,
    ],
    [
      'with some of the frame and a missing group it is a piece',
      'hostname gw\nip access-list extended T\n permit ip object-group G any\n',
      true,
    ],
    ['an address without a mask is only in a piece', frame('interface Fa0/0\n ip address 192.0.2.1\n'), true],
  ];
  for (const [title, text, excerpt] of rows)
    it(title, () => {
      expect(read(text).config.excerpt).to.equal(excerpt);
    });
});
