import { describeRows } from '../support/path-rows.ts';

/** Inner hosts may ask; the outside list lets nothing in but the mail server's port. */
const inspecting = (rule: string, inside: string, outside: string): string => `hostname gw
ip inspect name FW ${rule}
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
${outside}interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
${inside}ip route 0.0.0.0 0.0.0.0 198.51.100.254
access-list 101 permit tcp any host 192.0.2.25 eq 25
access-list 101 deny ip any any
end
`;
const IN = ' ip inspect FW in\n';
const OUT = ' ip inspect FW out\n';
const outward = { from: '192.0.2.10', to: '203.0.113.77', dport: '80' };

describeRows('stateful inspection', [
  {
    title: 'opens the way back for sessions that enter through it',
    config: inspecting('tcp', IN, ''),
    q: outward,
    forward: 'permit',
    reply: 'permit 8',
  },
  {
    title: 'opens the way back for sessions that leave through it',
    config: inspecting('tcp', '', OUT),
    q: outward,
    forward: 'permit',
    reply: 'permit 6',
  },
  {
    title: 'without it the static list denies the reply',
    config: inspecting('tcp', '', ''),
    q: outward,
    forward: 'permit',
    reply: 'deny 10',
  },
  {
    title: 'in the other direction it sees other sessions',
    config: inspecting('tcp', OUT, IN),
    q: outward,
    forward: 'permit',
    reply: 'deny 12',
  },
  {
    title: 'of another protocol it opens nothing for sure',
    config: inspecting('smtp', IN, ''),
    q: outward,
    forward: 'permit',
    reply: 'undetermined',
    replyBecause: [8],
  },
  {
    title: 'UDP needs a rule of its own',
    config: inspecting('udp', IN, ''),
    q: { ...outward, proto: 'udp', dport: '53' },
    forward: 'permit',
    reply: 'permit 8',
  },
  {
    title: 'never permits what nobody asked for',
    config: inspecting('tcp', IN, IN),
    q: { from: '203.0.113.77', to: '192.0.2.10', dport: '80' },
    forward: 'deny 12',
  },
  {
    title: 'takes nothing from what a list permits',
    config: inspecting('tcp', IN, IN),
    q: { from: '203.0.113.77', to: '192.0.2.25', dport: '25' },
    forward: 'permit 11',
    reply: 'permit',
  },
]);
