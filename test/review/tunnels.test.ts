import { expect } from 'chai';
import { hazardsOf, inShort, operatorAt } from './typed.ts';

/** A branch is reached by a tunnel over the Internet: the operator sits behind it, and speaks OSPF over it. */
const GW = `version 15.1
hostname gw
interface Loopback0
 ip address 203.0.113.1 255.255.255.255
interface FastEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 ip access-group OUTSIDE in
interface FastEthernet0/1
 ip address 192.0.2.129 255.255.255.0
 shutdown
interface Tunnel0
 ip address 10.255.0.1 255.255.255.252
 tunnel source FastEthernet0/0
 tunnel destination 203.0.113.9
router ospf 1
 network 10.255.0.0 0.0.0.3 area 0
ip route 0.0.0.0 0.0.0.0 192.0.2.254
ip route 10.9.0.0 255.255.0.0 10.255.0.2
ip access-list extended OUTSIDE
 permit gre host 203.0.113.9 host 192.0.2.1
 permit esp host 203.0.113.9 host 192.0.2.1
 permit tcp any host 192.0.2.1 eq 443
line vty 0 4
 transport input ssh
end
`;
const BEHIND = operatorAt('10.9.0.5');
const BOTH = (step: number): readonly string[] => [`${step} lockout critical`, `${step} adjacency-cut high`];

interface Row {
  readonly says: string;
  readonly config?: string;
  readonly snippet: string;
  readonly hazards: readonly string[];
}

const within = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const PROTECTED = GW.replace('interface Tunnel0', 'interface Tunnel0\n tunnel protection ipsec profile P');
const MULTIPOINT = GW.replace(' tunnel destination 203.0.113.9\n', ' tunnel mode gre multipoint\n');

const ROWS: readonly Row[] = [
  {
    says: 'goes with the line that lets its packets in',
    snippet: within('ip access-list extended OUTSIDE', 'no permit gre host 203.0.113.9 host 192.0.2.1'),
    hazards: BOTH(2),
  },
  {
    says: 'stays with another line that does',
    snippet: within(
      'ip access-list extended OUTSIDE',
      '5 permit gre any any',
      'no permit gre host 203.0.113.9 host 192.0.2.1',
    ),
    hazards: [],
  },
  {
    says: 'is not carried by the encrypted packets of another',
    snippet: within('ip access-list extended OUTSIDE', 'no permit esp host 203.0.113.9 host 192.0.2.1'),
    hazards: [],
  },
  {
    says: 'goes by a deny between its ends, and not by one between others',
    snippet: within('ip access-list extended OUTSIDE', '6 deny gre any host 192.0.2.2', '5 deny gre any any'),
    hazards: BOTH(3),
  },
  {
    says: 'goes by a list bound outbound where its packets leave',
    snippet: within(
      'access-list 102 deny gre any any',
      'access-list 102 permit ip any any',
      'int Fa0/0',
      'ip access-group 102 out',
    ),
    hazards: BOTH(4),
  },
  {
    says: 'stays where that list is bound elsewhere',
    snippet: within(
      'access-list 102 deny gre any any',
      'access-list 102 permit ip any any',
      'int Fa0/1',
      'ip access-group 102 out',
    ),
    hazards: [],
  },
  {
    says: 'goes with the interface that carries it',
    snippet: within('interface FastEthernet0/0', 'shutdown'),
    hazards: BOTH(2),
  },
  {
    says: 'goes with its destination, or for another',
    snippet: within('interface Tunnel0', 'tunnel destination 203.0.113.10', 'tunnel destination 203.0.113.9'),
    hazards: BOTH(2),
  },
  {
    says: 'stays when its source is said by address instead of by interface',
    snippet: within('interface Tunnel0', 'tunnel source 192.0.2.1'),
    hazards: [],
  },
  {
    says: 'goes when its source is another',
    snippet: within('interface Tunnel0', 'tunnel source Loopback0'),
    hazards: BOTH(2),
  },
  {
    says: 'goes when its packets are no longer of the kind that the other end expects',
    snippet: within('interface Tunnel0', 'tunnel mode ipip'),
    hazards: BOTH(2),
  },
  {
    says: 'stays when the mode that it has is said',
    snippet: within('interface Tunnel0', 'tunnel mode gre ip', 'tunnel path-mtu-discovery'),
    hazards: [],
  },
  {
    says: 'goes with the key, and stays without one',
    snippet: within('interface Tunnel0', 'no tunnel key', 'tunnel key 7'),
    hazards: BOTH(3),
  },
  {
    says: 'goes with the route to its other end',
    snippet: within('no ip route 0.0.0.0 0.0.0.0 192.0.2.254'),
    hazards: BOTH(1),
  },
  {
    says: 'stays when a routing protocol may bring another',
    config: GW.replace('area 0\n', 'area 0\n network 192.0.2.0 0.0.0.255 area 0\n'),
    snippet: within('no ip route 0.0.0.0 0.0.0.0 192.0.2.254'),
    hazards: [],
  },
  {
    says: 'stays with another route there',
    snippet: within(
      'ip route 203.0.113.9 255.255.255.255 192.0.2.253',
      'no ip route 0.0.0.0 0.0.0.0 192.0.2.254',
    ),
    hazards: [],
  },
  {
    says: 'goes when its other end is to be reached by itself',
    snippet: within('ip route 203.0.113.9 255.255.255.255 Tunnel0'),
    hazards: BOTH(1),
  },
  {
    says: 'is carried by encrypted packets where it is protected',
    config: PROTECTED,
    snippet: within('ip access-list extended OUTSIDE', 'no permit esp host 203.0.113.9 host 192.0.2.1'),
    hazards: BOTH(2),
  },
  {
    says: 'and then by no others',
    config: PROTECTED,
    snippet: within('ip access-list extended OUTSIDE', 'no permit gre host 203.0.113.9 host 192.0.2.1'),
    hazards: [],
  },
  {
    says: 'to many is cut when nobody gets in',
    config: MULTIPOINT,
    snippet: within('ip access-list extended OUTSIDE', '5 deny gre any host 192.0.2.1'),
    hazards: BOTH(2),
  },
  {
    says: 'and not when somebody does',
    config: MULTIPOINT,
    snippet: within('ip access-list extended OUTSIDE', '5 deny gre host 203.0.113.77 host 192.0.2.1'),
    hazards: [],
  },
];

describe('what comes in by a tunnel', () => {
  for (const { says, config = GW, snippet, hazards } of ROWS)
    it(says, () => {
      const found = hazardsOf(config, snippet, BEHIND).filter(
        (h) => h.kind === 'lockout' || h.kind === 'adjacency-cut',
      );
      expect(inShort(found)).to.deep.equal(hazards);
    });

  it('is told from who does not', () => {
    const cut = within('ip access-list extended OUTSIDE', 'no 10');
    expect(inShort(hazardsOf(GW, cut, operatorAt('192.0.2.7')))).to.deep.equal(['2 adjacency-cut high']);
    expect(inShort(hazardsOf(GW.replace(/router ospf[^!]*area 0\n/, ''), cut))).to.deep.equal([]);
  });

  it('is cut with the tunnel that carries its tunnel', () => {
    const nested = GW.replace(
      'router ospf',
      'interface Tunnel1\n ip address 10.254.0.1 255.255.255.252\n tunnel source Tunnel0\n tunnel destination 10.9.0.1\nrouter ospf',
    ).replace('ip access-list', 'ip route 10.8.0.0 255.255.0.0 Tunnel1\nip access-list');
    const said = hazardsOf(
      nested,
      within('ip access-list extended OUTSIDE', 'no 10'),
      operatorAt('10.8.0.5'),
    );
    expect(inShort(said)).to.deep.equal(BOTH(2));
    expect(said[0]!.message).to.contain(
      'through Tunnel1: list OUTSIDE (FastEthernet0/0 in) denies the packets that carry Tunnel0',
    );
  });
});
