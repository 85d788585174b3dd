import { expect } from 'chai';
import { ask, inShort, type Question } from '../support/ask.ts';

const VRFS = `hostname gw
ip vrf A
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip vrf forwarding A
 ip address 192.0.2.1 255.255.255.128
 ip access-group 102 in
interface FastEthernet0/2
 ip vrf forwarding A
 ip address 192.0.2.129 255.255.255.128
ip route 0.0.0.0 0.0.0.0 198.51.100.254
access-list 101 permit ip any any
access-list 102 deny tcp any any eq 80
access-list 102 permit ip any any
end
`;

const OVERLOAD = `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
 ip nat outside
interface FastEthernet0/1
 ip address 10.0.0.1 255.255.255.0
 ip nat inside
ip route 0.0.0.0 0.0.0.0 198.51.100.254
ip nat inside source list 1 interface FastEthernet0/0 overload
access-list 1 permit 10.0.0.128 0.0.0.127
access-list 101 permit tcp any host 10.0.0.5 established
end
`;

const DROPPED = `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
 ip access-group 102 out
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 198.51.100.254
access-list 101 permit tcp any any established
access-list 102 deny tcp any eq 25 any
access-list 102 permit ip any any
end
`;

const POLICY = `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip policy route-map OTHER
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 102 out
interface FastEthernet0/2
 ip address 203.0.113.1 255.255.255.0
access-list 102 permit tcp any any eq 80
ip route 0.0.0.0 0.0.0.0 198.51.100.254
end
`;

const LEASE = `hostname gw
interface FastEthernet0/0
 ip address dhcp
 ip access-group 101 in
 ip access-group 102 out
interface FastEthernet0/1
 ip address 10.0.0.1 255.255.255.0
interface FastEthernet0/2
 ip address 10.1.0.1 255.255.255.0
ip route 10.5.0.0 255.255.0.0 10.0.0.9
access-list 101 permit tcp any any eq 80
access-list 101 permit tcp any any established
access-list 102 deny tcp any any eq 25
access-list 102 permit ip any any
end
`;

const LOGIN = `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
access-list 101 deny tcp any host 198.51.100.1 eq 22
access-list 101 permit ip any any
line vty 0 4
 access-class 101 in
end
`;

const NVI = `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip nat enable
interface FastEthernet0/1
 ip address 10.0.0.1 255.255.255.0
 ip access-group 102 out
 ip nat enable
ip nat source static 10.0.0.5 198.51.100.10
ip route 0.0.0.0 0.0.0.0 198.51.100.254
access-list 102 permit tcp any host 10.0.0.5 eq 80
end
`;

const UNSAID = `version 12.0
hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 102
ip route 0.0.0.0 0.0.0.0 198.51.100.254
access-list 101 permit tcp any any eq 80
access-list 102 deny ip any any
end
`;

const rows: readonly [title: string, config: string, q: Question, forward: string, reply?: string][] = [
  [
    'a source in a VRF enters by its own interface, not by the default route of the global table',
    VRFS,
    { from: '192.0.2.5', to: '192.0.2.130', dport: '80' },
    'deny 15',
  ],
  [
    'and passes where that list lets it',
    VRFS,
    { from: '192.0.2.5', to: '192.0.2.130', dport: '81' },
    'permit 16',
  ],
  [
    'a source in no VRF still enters by the default route',
    VRFS,
    { from: '203.0.113.77', to: '198.51.100.20', dport: '80' },
    'permit 14',
  ],
  [
    'a source that the NAT list refuses keeps its address, and its replies come to it',
    OVERLOAD,
    { from: '10.0.0.5', to: '203.0.113.77', dport: '80' },
    'permit',
    'permit',
  ],
  [
    'a source that the NAT list permits is translated, so that its replies meet the list under the new address',
    OVERLOAD,
    { from: '10.0.0.130', to: '203.0.113.77', dport: '80' },
    'permit',
    'deny',
  ],
  [
    'the reply to a dropped packet: what the lists would say to one',
    DROPPED,
    { from: '203.0.113.77', to: '192.0.2.10', dport: '25' },
    'deny implicit 101',
    'deny',
  ],
  [
    'and where they would let it go',
    DROPPED,
    { from: '203.0.113.77', to: '192.0.2.10', dport: '80' },
    'deny implicit 101',
    'permit',
  ],
  [
    'policy routing may go round the outbound list that denies',
    POLICY,
    { from: '198.51.100.20', to: '192.0.2.10', dport: '81' },
    'undetermined',
  ],
  [
    'where every exit permits, policy routing changes nothing',
    POLICY,
    { from: '198.51.100.20', to: '192.0.2.10', dport: '80' },
    'permit 10',
  ],
  [
    'unless a clause of its route-map leads to Null0',
    POLICY.replace('end\n', 'route-map OTHER permit 10\n set interface Null0\nend\n'),
    { from: '198.51.100.20', to: '192.0.2.10', dport: '80' },
    'undetermined',
  ],
  [
    'which is another map elsewhere',
    POLICY.replace('end\n', 'route-map ANOTHER permit 10\n set interface Null0\nend\n'),
    { from: '198.51.100.20', to: '192.0.2.10', dport: '80' },
    'permit 10',
  ],
  [
    'policy routing concerns the interface that packets enter by, and no other',
    POLICY,
    { from: '203.0.113.20', to: '192.0.2.10', dport: '81' },
    'deny implicit 102',
  ],
  [
    'a DHCP lease brings the default route: outward it is the way, with its list',
    LEASE,
    { from: '10.0.0.5', to: '203.0.113.77', dport: '25' },
    'deny 13',
  ],
  [
    'and what that list permits leaves',
    LEASE,
    { from: '10.0.0.5', to: '203.0.113.77', dport: '443' },
    'permit 14',
    'permit',
  ],
  [
    'inward it is where the Internet enters',
    LEASE,
    { from: '203.0.113.77', to: '10.0.0.5', dport: '81' },
    'deny implicit 101',
  ],
  [
    'an access-class whose list names a destination differs between releases',
    LOGIN,
    { from: '198.51.100.20', to: '198.51.100.1', dport: '22' },
    'undetermined',
  ],
  [
    'but not for a login that the list treats alike with and without it',
    LOGIN,
    { from: '198.51.100.20', to: '198.51.100.1', dport: '23' },
    'permit 5',
  ],
  [
    'a neighbour that asks the router itself meets the inbound list',
    DROPPED,
    { from: '198.51.100.20', to: '198.51.100.1', dport: '23' },
    'deny implicit 101',
  ],
  [
    'a neighbour that asks another neighbour does not',
    DROPPED,
    { from: '198.51.100.20', to: '198.51.100.21', dport: '23' },
    'permit',
  ],
  [
    'a neighbour of a global address meets the lists on the way to the inner host',
    NVI,
    { from: '198.51.100.20', to: '198.51.100.10', dport: '81' },
    'deny implicit 102',
  ],
  [
    'NVI translates the destination before the outbound list',
    NVI,
    { from: '203.0.113.77', to: '198.51.100.10', dport: '81' },
    'deny implicit 102',
  ],
  [
    'and the inner host answers under its global address',
    NVI,
    { from: '203.0.113.77', to: '198.51.100.10', dport: '80' },
    'permit 11',
    'permit',
  ],
  [
    'a binding without a direction leaves what goes out undetermined',
    UNSAID,
    { from: '203.0.113.77', to: '192.0.2.10', dport: '80' },
    'undetermined',
  ],
  [
    'but not what an inbound list had denied before',
    UNSAID,
    { from: '203.0.113.77', to: '192.0.2.10', dport: '81' },
    'deny implicit 101',
  ],
];

describe('paths that more than one list or table may decide', () => {
  for (const [title, config, q, forward, reply] of rows)
    it(title, () => {
      const trace = ask(config, q);
      expect(inShort(trace)).to.equal(forward);
      if (reply !== undefined) expect(trace.reply.verdict).to.equal(reply);
    });

  it('names the line that leaves a path open', () => {
    const doubted = (config: string, q: Question) => ask(config, q).doubts.map((d) => d.line?.line);
    expect(doubted(POLICY, { from: '198.51.100.20', to: '192.0.2.10', dport: '81' })).to.deep.equal([4]);
    expect(doubted(LOGIN, { from: '198.51.100.20', to: '198.51.100.1', dport: '22' })).to.deep.equal([4]);
    expect(doubted(UNSAID, { from: '203.0.113.77', to: '192.0.2.10', dport: '80' })).to.deep.equal([8]);
  });
});
