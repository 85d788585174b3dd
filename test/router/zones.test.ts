import { describeRows } from '../support/path-rows.ts';

const ZONES = `version 15.2
hostname gw
zone security IN
zone security OUT
zone security DMZ
zone-pair security OUT-DMZ source OUT destination DMZ
 service-policy type inspect WEB
zone-pair security OUT-SELF source OUT destination self
 service-policy type inspect ADMIN
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
 zone-member security OUT
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.128
 zone-member security DMZ
interface FastEthernet0/2
 ip address 192.0.2.129 255.255.255.192
 zone-member security IN
interface FastEthernet0/3
 ip address 192.0.2.193 255.255.255.192
 zone-member security IN
interface FastEthernet1/0
 ip address 10.0.0.1 255.255.255.0
interface FastEthernet1/1
 ip address 10.0.1.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 198.51.100.254
access-list 101 deny tcp any any eq 23
access-list 101 permit ip any any
end
`;

const outside = '203.0.113.77';

describeRows('zones', [
  {
    title: 'a zone pair leaves the packet to a policy that is not modelled, and never permits it',
    config: ZONES,
    q: { from: outside, to: '192.0.2.10', dport: '80' },
    forward: 'undetermined',
    because: [6],
  },
  {
    title: 'what a list denies before is denied all the same',
    config: ZONES,
    q: { from: outside, to: '192.0.2.10', dport: '23' },
    forward: 'deny 28',
  },
  {
    title: 'without a pair between two zones the packet is dropped',
    config: ZONES,
    q: { from: outside, to: '192.0.2.140', dport: '80' },
    forward: 'deny 13',
  },
  {
    title: 'a pair leads one way only',
    config: ZONES,
    q: { from: '192.0.2.10', to: outside, dport: '80' },
    forward: 'deny 16',
  },
  {
    title: 'members of one zone pass',
    config: ZONES,
    q: { from: '192.0.2.140', to: '192.0.2.200', dport: '80' },
    forward: 'permit',
    reply: 'permit',
  },
  {
    title: 'a member and an interface without a zone do not',
    config: ZONES,
    q: { from: '192.0.2.140', to: '10.0.0.5', dport: '80' },
    forward: 'deny 19',
  },
  {
    title: 'nor the other way round',
    config: ZONES,
    q: { from: '10.0.0.5', to: '192.0.2.140', dport: '80' },
    forward: 'deny 19',
  },
  {
    title: 'interfaces without a zone pass',
    config: ZONES,
    q: { from: '10.0.0.5', to: '10.0.1.5', dport: '80' },
    forward: 'permit',
    reply: 'permit',
  },
  {
    title: 'the reply through a pair that may have opened a session is left open as well',
    config: ZONES,
    q: { from: outside, to: '192.0.2.10', dport: '80' },
    forward: 'undetermined',
    reply: 'undetermined',
    replyBecause: [6],
  },
  {
    title: 'a pair to self governs what goes to the router',
    config: ZONES,
    q: { from: outside, to: '198.51.100.1', dport: '22' },
    forward: 'undetermined',
    because: [8],
  },
  {
    title: 'without one the router is open',
    config: ZONES,
    q: { from: '192.0.2.140', to: '192.0.2.129', dport: '22' },
    forward: 'permit',
    reply: 'permit',
  },
  {
    title: 'a pair from self may stop what the router answers',
    config: ZONES.replace('source OUT destination self', 'source self destination OUT'),
    q: { from: outside, to: '198.51.100.1', dport: '22' },
    forward: 'permit 29',
    reply: 'undetermined',
    replyBecause: [8],
  },
]);
