import { expect } from 'chai';
import { hazardsOf, inShort, type } from './typed.ts';

interface Row {
  readonly says: string;
  readonly config: string;
  readonly snippet: string;
  readonly hazards: readonly string[];
}

/** Two networks of neighbours; list L is bound to the second by the change. */
const routed = (process: string, list: string, more = ''): string => `version 15.1
hostname gw
interface Loopback0
 ip address 203.0.113.1 255.255.255.255
interface FastEthernet0/0
 ip address 192.0.2.1 255.255.255.252
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
${more}${process}
ip access-list extended L
 ${list}
end
`;
const OSPF = `router ospf 1
 network 198.51.100.0 0.0.0.255 area 0
 network 192.0.2.0 0.0.0.3 area 0
 network 203.0.113.1 0.0.0.0 area 0`;
const EIGRP = 'router eigrp 100\n network 198.51.100.0';
const NAMED_EIGRP = `router eigrp SITE
 address-family ipv4 unicast autonomous-system 100
  af-interface default
   passive-interface
  exit-af-interface
  network 198.51.100.0 0.0.0.255`;
const FAR_PEER = `router bgp 64500
 neighbor 203.0.113.9 remote-as 64500
 neighbor 203.0.113.9 update-source Loopback0
ip route 203.0.113.9 255.255.255.255 198.51.100.2`;
const SHUT_OSPF = 'router ospf 1\nshutdown\n';
const BIND = 'interface FastEthernet0/1\nip access-group L in\n';
const CUT = ['2 adjacency-cut high'];

const ADJACENCIES: readonly Row[] = [
  ...(
    [
      [
        'a list bound outbound does not meet what arrives',
        OSPF,
        'permit tcp any any',
        BIND.replace(' in', ' out'),
        [],
      ],
      [
        'the group of designated routers is not where hellos go',
        OSPF,
        'permit ospf any host 224.0.0.6',
        BIND,
        CUT,
      ],
      [
        'a permit before the deny lets the hellos in',
        OSPF,
        'permit ip any any\n deny ospf any any',
        BIND,
        [],
      ],
      [
        'hellos are marked as control traffic',
        OSPF,
        'deny ip any any precedence internet\n permit ip any any',
        BIND,
        CUT,
      ],
      ['hellos carry no options', OSPF, 'deny ip any any option any-options\n permit ip any any', BIND, []],
      [
        'and a list that looks at options first cuts like any other',
        OSPF,
        'deny ip any any option any-options\n permit tcp any any',
        BIND,
        CUT,
      ],
      [
        'a passive interface has no neighbour',
        `${OSPF}\n passive-interface Fa0/1`,
        'permit tcp any any',
        BIND,
        [],
      ],
      [
        'nor has one that is passive by default',
        `${OSPF}\n passive-interface default\n no passive-interface FastEthernet0/0`,
        'permit tcp any any',
        BIND,
        [],
      ],
      [
        'unless it is the exception',
        `${OSPF}\n passive-interface default\n no passive-interface FastEthernet0/1`,
        'permit tcp any any',
        BIND,
        CUT,
      ],
      [
        'on a link of two the other end is the neighbour',
        OSPF,
        'deny ospf host 192.0.2.2 any\n permit ip any any',
        'interface FastEthernet0/0\nip access-group L in\n',
        CUT,
      ],
      [
        'on a wider network some other host may be',
        OSPF,
        'deny ospf host 198.51.100.2 any\n permit ip any any',
        BIND,
        [],
      ],
      [
        'a loopback has no neighbours to lose',
        OSPF,
        'permit ip any any',
        'interface Loopback0\nshutdown\n',
        [],
      ],
      [
        'silence cuts as a list does',
        OSPF,
        'permit ip any any',
        'router ospf 1\npassive-interface Fa0/1\n',
        CUT,
      ],
      [
        'so does a network taken out',
        OSPF,
        'permit ip any any',
        'router ospf 1\nno network 198.51.100.0 0.0.0.255 area 0\n',
        CUT,
      ],
      [
        'and silence by default, on every interface',
        OSPF,
        'permit ip any any',
        'router ospf 1\npassive-interface default\nno passive-interface Fa0/1\n',
        [...CUT, ...CUT],
      ],
      [
        'silence where it has no neighbour cuts nobody',
        OSPF,
        'permit ip any any',
        'router ospf 1\npassive-interface Loopback0\n',
        [],
      ],
      ['a process that is shut down drops them all', OSPF, 'permit ip any any', SHUT_OSPF, [...CUT, ...CUT]],
      [
        'and gets them back when it runs again: none is lost by that',
        OSPF.replace('router ospf 1', 'router ospf 1\n shutdown'),
        'permit ip any any',
        `router ospf 1\nno shutdown\n${SHUT_OSPF}`,
        ['4 adjacency-cut high', '4 adjacency-cut high'],
      ],
      [
        'so does OSPF shut down on one interface, there',
        OSPF,
        'permit ip any any',
        'interface Fa0/1\nip ospf shutdown\n',
        CUT,
      ],
      [
        'and another protocol there is not touched by it',
        EIGRP,
        'permit ip any any',
        'interface Fa0/1\nip ospf shutdown\n',
        [],
      ],
      ['EIGRP is shut down likewise', EIGRP, 'permit ip any any', 'router eigrp 100\nshutdown\n', CUT],
      [
        'and a named process in its family',
        NAMED_EIGRP.replace('   passive-interface\n', ''),
        'permit ip any any',
        'router eigrp SITE\naddress-family ipv4 unicast autonomous-system 100\nshutdown\n',
        ['3 adjacency-cut high'],
      ],
      [
        'RIP cannot be shut down',
        'router rip\n network 198.51.100.0',
        'permit ip any any',
        'router rip\nshutdown\n',
        ['2 rejected-command high'],
      ],
      [
        'a router that becomes a host runs no routing protocol',
        EIGRP,
        'permit ip any any',
        'no ip routing\n',
        ['1 adjacency-cut high'],
      ],
      [
        'a netmask for a wildcard means the same network',
        OSPF,
        'permit ip any any',
        'router ospf 1\nnetwork 198.51.100.0 255.255.255.0 area 0\nno network 198.51.100.0 255.255.255.0 area 0\n',
        ['3 adjacency-cut high'],
      ],
      [
        'another area is not that of the neighbour',
        OSPF,
        'permit ip any any',
        'router ospf 1\nnetwork 198.51.100.0 0.0.0.255 area 0.0.0.0\nnetwork 198.51.100.0 0.0.0.255 area 1\n',
        ['3 adjacency-cut high'],
      ],
      [
        'nor is one that a narrower network says, or the interface itself',
        OSPF,
        'permit ip any any',
        'router ospf 1\nnetwork 198.51.0.0 0.0.255.255 area 1\nnetwork 198.51.100.1 0.0.0.0 area 2\ninterface Fa0/0\nip ospf 1 area 1\n',
        ['3 adjacency-cut high', '5 adjacency-cut high'],
      ],
      [
        'and another network on the interface',
        OSPF,
        'permit ip any any',
        'interface FastEthernet0/1\nip address 203.0.113.129 255.255.255.128\n',
        CUT,
      ],
      [
        'a process that is gone cannot be cut again',
        'router ospf 1\n network 198.51.100.0 0.0.0.255 area 0',
        'permit tcp any any',
        `no router ospf 1\n${BIND}`,
        ['1 adjacency-cut high'],
      ],
      [
        'a process of another table does not run here',
        'router ospf 2 vrf RED\n network 198.51.100.0 0.0.0.255 area 0',
        'permit tcp any any',
        BIND,
        [],
      ],
      [
        'a neighbour that EIGRP names is spoken to alone',
        `${EIGRP}\n neighbor 198.51.100.2 FastEthernet0/1`,
        'permit eigrp host 198.51.100.2 host 198.51.100.1',
        BIND,
        [],
      ],
      [
        'and not by its group',
        `${EIGRP}\n neighbor 198.51.100.2 FastEthernet0/1`,
        'permit eigrp any host 224.0.0.10',
        BIND,
        CUT,
      ],
      ['a named process is silent where its interfaces are', NAMED_EIGRP, 'permit tcp any any', BIND, []],
      [
        'and speaks where one of them is told to',
        `${NAMED_EIGRP}\n  af-interface FastEthernet0/1\n   no passive-interface\n  exit-af-interface`,
        'permit tcp any any',
        BIND,
        CUT,
      ],
      [
        'RIP hears what comes in on a passive interface',
        'router rip\n network 198.51.100.0\n passive-interface Fa0/1',
        'permit tcp any any',
        BIND,
        CUT,
      ],
      [
        'its second version is not broadcast',
        'router rip\n version 2\n network 198.51.100.0',
        'permit udp any host 255.255.255.255 eq rip',
        BIND,
        CUT,
      ],
      [
        'a BGP neighbour that is shut down has no session',
        'router bgp 64500\n neighbor 198.51.100.2 remote-as 64501\n neighbor 198.51.100.2 shutdown',
        'permit udp any any',
        BIND,
        [],
      ],
      [
        'a BGP session goes with its neighbour',
        'router bgp 64500\n neighbor 198.51.100.2 remote-as 64501',
        'permit ip any any',
        'router bgp 64500\nno neighbor 198.51.100.2\n',
        CUT,
      ],
      [
        'one with a far neighbour comes in by the route to it',
        FAR_PEER,
        'permit tcp any host 198.51.100.1 eq bgp',
        BIND,
        CUT,
      ],
      [
        'and goes to the address it is sourced from',
        FAR_PEER,
        'permit tcp host 203.0.113.9 host 203.0.113.1 eq bgp',
        BIND,
        [],
      ],
    ] as const
  ).map(([says, process, list, snippet, hazards]) => ({
    says,
    config: routed(process, list),
    snippet,
    hazards,
  })),
  {
    says: 'a group of the second version is spoken to by another address',
    config: routed(
      '',
      'permit udp any host 224.0.0.2 eq 1985',
      'interface FastEthernet0/1\n standby version 2\n standby 1 ip 198.51.100.254\n',
    ),
    snippet: BIND,
    hazards: CUT,
  },
];

describe('routing neighbours that a change cuts off', () => {
  for (const { says, config, snippet, hazards } of ADJACENCIES)
    it(says, () => {
      expect(inShort(hazardsOf(config, snippet))).to.deep.equal(hazards);
    });

  it('are shut down in every table where the process itself is, and in one where its family is', () => {
    const two = routed(
      'router eigrp SITE\n address-family ipv4 unicast vrf RED autonomous-system 7\n  network 192.0.2.0\n exit-address-family\n address-family ipv4 unicast autonomous-system 100\n  network 198.51.100.0 0.0.0.255',
      'permit ip any any',
    );
    const shut = (...lines: string[]): readonly boolean[] =>
      [...type(two, ['router eigrp SITE', ...lines, ''].join('\n')).end.routing.values()].map(
        (p) => p.shutdown === true,
      );
    expect(shut('shutdown')).to.deep.equal([true, true]);
    expect(shut('shutdown', 'no shutdown')).to.deep.equal([false, false]);
    expect(shut('address-family ipv4 vrf RED', 'shutdown').filter(Boolean)).to.have.length(1);
  });

  it('are not shut down with a process on a train that cannot', () => {
    const on = (version: string): readonly string[] =>
      inShort(hazardsOf(routed(OSPF, 'permit ip any any').replace('version 15.1', version), SHUT_OSPF));
    expect(on('version 12.4')).to.deep.equal(['2 rejected-command high']);
    expect(on('version 15.0')).to.deep.equal([...CUT, ...CUT]);
  });

  it('are those whom the list before lets in by name', () => {
    const named = (list: string): string =>
      routed(OSPF, `permit ospf ${list} any\n permit tcp any any\n permit udp any any`, '').replace(
        ' ip address 198.51.100.1 255.255.255.0\n',
        ' ip address 198.51.100.1 255.255.255.0\n ip access-group L in\n',
      );
    const said = (list: string, ...lines: string[]): readonly string[] =>
      hazardsOf(named(list), `ip access-list extended L\n${lines.join('\n')}\n`)
        .filter((h) => h.kind === 'adjacency-cut')
        .map((h) => `${h.step} ${h.message.replace(/ on F.*/, '')}`);
    const one = ['no 10', 'permit ospf host 198.51.100.3 any'];
    const both = 'host 198.51.100.2 any\n permit ospf host 198.51.100.3';
    expect(said('host 198.51.100.2', one[1]!, one[0]!)).to.deep.equal([
      '3 ospf 1 loses its neighbour 198.51.100.2',
    ]);
    expect(said(both, 'no 20')).to.deep.equal(['2 ospf 1 loses its neighbour 198.51.100.3']);
    expect(said('any', one[1]!, one[0]!)).to.deep.equal([]);
    expect(said('host 198.51.100.2', '5 permit ospf any any', 'no 10')).to.deep.equal([]);
    const swap = [
      'ip access-list extended M',
      'permit ospf 198.51.100.128 0.0.0.127 any',
      BIND.replace('L', 'M'),
    ];
    expect(said('198.51.100.0 0.0.0.127', ...swap)).to.deep.equal(['5 ospf 1 loses its neighbours']);
    expect(said('198.51.100.0 0.0.0.255', ...swap)).to.deep.equal([]);
  });

  it('are gone with the network that they were on, whatever other ways there are', () => {
    const config = routed('router bgp 64500\n neighbor 198.51.100.2 remote-as 64501', 'permit tcp any any');
    for (const line of ['shutdown', 'no ip address'])
      expect(inShort(hazardsOf(config, `interface FastEthernet0/1\n${line}\n`))).to.deep.equal(CUT);
  });

  it('are gone with the route to them, unless another protocol may bring one', () => {
    const cuts = (igp: string): readonly string[] =>
      inShort(
        hazardsOf(
          routed(`${igp}${FAR_PEER}`, 'permit ip any any'),
          'no ip route 203.0.113.9 255.255.255.255 198.51.100.2\n',
        ),
      );
    expect(cuts('')).to.deep.equal(['1 adjacency-cut high']);
    expect(cuts('router eigrp 1\n network 192.0.2.0\n')).to.deep.equal([]);
    expect(cuts('router eigrp 1\n passive-interface FastEthernet0/0\n network 192.0.2.0\n')).to.have.length(
      1,
    );
  });

  it('are named where the configuration names them', () => {
    const [hazard] = hazardsOf(routed(FAR_PEER, 'permit udp any any'), BIND);
    expect(hazard!.message).to.contain('its neighbour 203.0.113.9 on FastEthernet0/1: list L denies');
  });
});
