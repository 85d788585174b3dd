import { describeRows } from '../support/path-rows.ts';

/** Three networks; a list out of each tells by its number where a packet left. Lines are counted from 1. */
const table = (routes: string, more = ''): string => `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 110 out
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.128
 ip access-group 111 out
interface FastEthernet0/2
 ip address 192.0.2.129 255.255.255.128
 ip access-group 112 out
interface Serial0
 ip unnumbered FastEthernet0/1
 ip access-group 113 out
interface FastEthernet0/3
 ip address 203.0.113.1 255.255.255.0
access-list 110 permit ip any any
access-list 111 permit ip any any
access-list 112 permit ip any any
access-list 113 permit ip any any
${more}${routes}end
`;
const [LEFT, RIGHT, LINE] = [17, 18, 19].map((n) => `permit ${n}`) as [string, string, string];
const towards = (to: string) => ({ from: '203.0.113.9', to, dport: '80' });

describeRows('the routing table', [
  {
    title: 'the longest prefix carries',
    config: table('ip route 10.0.0.0 255.0.0.0 192.0.2.2\nip route 10.1.0.0 255.255.0.0 192.0.2.130\n'),
    q: towards('10.1.0.1'),
    forward: RIGHT,
  },
  {
    title: 'and the shorter one what it leaves',
    config: table('ip route 10.0.0.0 255.0.0.0 192.0.2.2\nip route 10.1.0.0 255.255.0.0 192.0.2.130\n'),
    q: towards('10.2.0.1'),
    forward: LEFT,
  },
  {
    title: 'of two to one network the smaller distance',
    config: table('ip route 10.0.0.0 255.0.0.0 192.0.2.2 20\nip route 10.0.0.0 255.0.0.0 192.0.2.130 10\n'),
    q: towards('10.1.0.1'),
    forward: RIGHT,
  },
  {
    title: 'a next hop is looked up in turn',
    config: table('ip route 10.0.0.0 255.0.0.0 172.16.0.1\nip route 172.16.0.0 255.255.0.0 192.0.2.130\n'),
    q: towards('10.1.0.1'),
    forward: RIGHT,
  },
  {
    title: 'by its longest prefix, even past a connected network',
    config: table(
      'ip route 10.0.0.0 255.0.0.0 192.0.2.130\nip route 192.0.2.130 255.255.255.255 192.0.2.2\n',
    ),
    q: towards('10.1.0.1'),
    forward: LEFT,
  },
  {
    title: 'a next hop that nothing leads to installs no route',
    config: table('ip route 10.0.0.0 255.0.0.0 172.16.0.1\nip route 10.0.0.0 255.0.0.0 192.0.2.2 9\n'),
    q: towards('10.1.0.1'),
    forward: LEFT,
  },
  {
    title: 'a route that only leads to its own next hop is none',
    config: table('ip route 10.0.0.0 255.0.0.0 10.0.0.1\nip route 0.0.0.0 0.0.0.0 192.0.2.2\n'),
    q: towards('10.1.0.1'),
    forward: LEFT,
  },
  {
    title: 'Null0 drops what no longer route carries',
    config: table('ip route 10.0.0.0 255.0.0.0 Null0\nip route 10.1.0.0 255.255.0.0 192.0.2.130\n'),
    q: towards('10.2.0.1'),
    forward: 'deny 20',
  },
  {
    title: 'and nothing that one does',
    config: table('ip route 10.0.0.0 255.0.0.0 Null0\nip route 10.1.0.0 255.255.0.0 192.0.2.130\n'),
    q: towards('10.1.0.1'),
    forward: RIGHT,
  },
  {
    title: 'a route through an interface that is down gives way',
    config: table(
      'ip route 10.0.0.0 255.0.0.0 FastEthernet0/1\nip route 0.0.0.0 0.0.0.0 192.0.2.130\n',
      'interface FastEthernet0/1\n shutdown\n',
    ),
    q: towards('10.1.0.1'),
    forward: RIGHT,
  },
  {
    title: 'so does the network of an interface that is down',
    config: table('ip route 0.0.0.0 0.0.0.0 192.0.2.130\n', 'interface FastEthernet0/1\n shutdown\n'),
    q: towards('192.0.2.9'),
    forward: RIGHT,
  },
  {
    title: 'a line without addresses of its own carries by its name',
    config: table('ip route 10.0.0.0 255.0.0.0 Serial0\n'),
    q: towards('10.1.0.1'),
    forward: LINE,
  },
  {
    title: 'no network of a lender lies behind the borrower',
    config: table('ip route 10.0.0.0 255.0.0.0 Serial0\n'),
    q: towards('192.0.2.9'),
    forward: LEFT,
  },
  {
    title: 'a secondary network is connected as well',
    config: table('', 'interface FastEthernet0/2\n ip address 10.3.0.1 255.255.0.0 secondary\n'),
    q: towards('10.3.0.9'),
    forward: RIGHT,
  },
  {
    title: 'a tracked route may be withdrawn, and then the next one carries: both must permit',
    config: table(
      'ip route 10.0.0.0 255.0.0.0 192.0.2.2 track 1\nip route 0.0.0.0 0.0.0.0 192.0.2.130\n',
    ).replace('access-list 112 permit', 'access-list 112 deny'),
    q: towards('10.1.0.1'),
    forward: 'undetermined',
    because: [20, 21],
  },
  {
    title: 'an untracked one hides it',
    config: table('ip route 10.0.0.0 255.0.0.0 192.0.2.2\nip route 0.0.0.0 0.0.0.0 192.0.2.130\n').replace(
      'access-list 112 permit',
      'access-list 112 deny',
    ),
    q: towards('10.1.0.1'),
    forward: LEFT,
  },
  {
    title: 'equal routes whose lists differ name both lines',
    config: table('ip route 10.0.0.0 255.0.0.0 192.0.2.2\nip route 10.0.0.0 255.0.0.0 192.0.2.130\n').replace(
      'access-list 112 permit',
      'access-list 112 deny',
    ),
    q: towards('10.1.0.1'),
    forward: 'undetermined',
    because: [20, 21],
  },
  {
    title: 'equal routes whose lists agree do not',
    config: table('ip route 10.0.0.0 255.0.0.0 192.0.2.2\nip route 10.0.0.0 255.0.0.0 192.0.2.130\n'),
    q: towards('10.1.0.1'),
    forward: LEFT,
    reply: 'permit',
  },
  {
    title: 'equal routes: a reply that comes back by either must pass either',
    config: table(
      'ip route 10.0.0.0 255.0.0.0 192.0.2.2\nip route 10.0.0.0 255.0.0.0 192.0.2.130\n',
      'interface FastEthernet0/2\n ip access-group 120 in\naccess-list 120 deny ip any any\n',
    ),
    q: towards('10.1.0.1'),
    forward: LEFT,
    reply: 'undetermined',
  },
  {
    title: 'one interface, two next hops: no question',
    config: table('ip route 10.0.0.0 255.0.0.0 192.0.2.2\nip route 10.0.0.0 255.0.0.0 192.0.2.3\n'),
    q: towards('10.1.0.1'),
    forward: LEFT,
  },
]);

describeRows('switches of the routing table', [
  {
    title: 'no ip classless: a default carries no unknown subnet of a known network',
    config: table(
      'no ip classless\nip route 10.1.0.0 255.255.0.0 192.0.2.2\nip route 0.0.0.0 0.0.0.0 192.0.2.130\n',
    ),
    q: towards('10.2.0.1'),
    forward: 'deny',
  },
  {
    title: 'but networks of which no part is known',
    config: table(
      'no ip classless\nip route 10.1.0.0 255.255.0.0 192.0.2.2\nip route 0.0.0.0 0.0.0.0 192.0.2.130\n',
    ),
    q: towards('172.16.2.1'),
    forward: RIGHT,
  },
  {
    title: 'and a route to the whole network carries its subnets',
    config: table(
      'no ip classless\nip route 10.1.0.0 255.255.0.0 192.0.2.2\nip route 10.0.0.0 255.0.0.0 192.0.2.130\n',
    ),
    q: towards('10.2.0.1'),
    forward: RIGHT,
  },
  {
    title: 'ip classless: the default carries it',
    config: table(
      'ip classless\nip route 10.1.0.0 255.255.0.0 192.0.2.2\nip route 0.0.0.0 0.0.0.0 192.0.2.130\n',
    ),
    q: towards('10.2.0.1'),
    forward: RIGHT,
  },
  {
    title: 'no ip routing: nothing is forwarded',
    config: table('no ip routing\nip default-gateway 192.0.2.2\n'),
    q: towards('192.0.2.140'),
    forward: 'deny',
  },
  {
    title: 'but the router itself is reached',
    config: table('no ip routing\nip default-gateway 192.0.2.2\n'),
    q: towards('203.0.113.1'),
    forward: 'permit',
  },
  {
    title: 'and by its default gateway come the others',
    config: table(
      'no ip routing\nip default-gateway 192.0.2.2\n',
      'interface FastEthernet0/1\n ip access-group 120 in\naccess-list 120 deny ip any any\n',
    ),
    q: { from: '10.9.9.9', to: '192.0.2.1', dport: '80' },
    forward: 'deny 22',
  },
  {
    title: 'with ip routing the default gateway is none',
    config: table('ip default-gateway 192.0.2.2\nip route 10.0.0.0 255.0.0.0 192.0.2.130\n'),
    q: towards('172.16.0.1'),
    forward: 'deny',
  },
]);

const TWO_PROVIDERS = `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 203.0.113.1 255.255.255.0
 ip access-group 102 in
interface FastEthernet0/2
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 198.51.100.254
ip route 0.0.0.0 0.0.0.0 203.0.113.254
access-list 101 permit tcp any any eq 25
access-list 101 permit tcp any any eq 80
access-list 102 permit tcp any any eq 25
end
`;

describeRows('two default routes', [
  {
    title: 'what both entrances permit is permitted',
    config: TWO_PROVIDERS,
    q: { from: '10.7.7.7', to: '192.0.2.10', dport: '25' },
    forward: 'permit 12',
    reply: 'permit',
  },
  {
    title: 'what both deny is denied',
    config: TWO_PROVIDERS,
    q: { from: '10.7.7.7', to: '192.0.2.10', dport: '26' },
    forward: 'deny implicit 101',
  },
  {
    title: 'what they treat differently is undetermined, because of both routes',
    config: TWO_PROVIDERS,
    q: { from: '10.7.7.7', to: '192.0.2.10', dport: '80' },
    forward: 'undetermined',
    because: [10, 11],
  },
  {
    title: 'unless the entrance is declared',
    config: TWO_PROVIDERS,
    q: { from: '10.7.7.7', to: '192.0.2.10', dport: '80', in: 'Fa0/0' },
    forward: 'permit 13',
  },
  {
    title: 'the other entrance too',
    config: TWO_PROVIDERS,
    q: { from: '10.7.7.7', to: '192.0.2.10', dport: '80', in: 'Fa0/1' },
    forward: 'deny implicit 102',
  },
  {
    title: 'a neighbour on one of them enters there',
    config: TWO_PROVIDERS,
    q: { from: '203.0.113.9', to: '192.0.2.10', dport: '80' },
    forward: 'deny implicit 102',
  },
  {
    title: 'a floating default is no entrance while the first stands',
    config: TWO_PROVIDERS.replace('203.0.113.254', '203.0.113.254 250'),
    q: { from: '10.7.7.7', to: '192.0.2.10', dport: '80' },
    forward: 'permit 13',
  },
  {
    title: 'but where the first is tracked',
    config: TWO_PROVIDERS.replace('203.0.113.254', '203.0.113.254 250').replace(
      '198.51.100.254',
      '198.51.100.254 track 1',
    ),
    q: { from: '10.7.7.7', to: '192.0.2.10', dport: '80' },
    forward: 'undetermined',
    because: [10, 11],
  },
]);

describeRows('packets to many at once', [
  {
    title: 'hellos to a group of the link are the router to hear, once the list permits them',
    config: TWO_PROVIDERS.replace('end\n', 'access-list 101 permit ospf any any\nend\n'),
    q: { from: '198.51.100.9', to: '224.0.0.5', proto: 'ospf' },
    forward: 'permit 15',
  },
  {
    title: 'and are not where it does not',
    config: TWO_PROVIDERS.replace('end\n', 'access-list 101 permit eigrp any any\nend\n'),
    q: { from: '198.51.100.9', to: '224.0.0.5', proto: 'ospf' },
    forward: 'deny implicit 101',
  },
  {
    title: 'a group beyond the link is passed on by routes that are not modelled',
    config: TWO_PROVIDERS,
    q: { from: '192.0.2.9', to: '239.1.1.1', proto: 'udp', dport: '5000' },
    forward: 'undetermined',
  },
  {
    title: "broadcasts of another network stand or fall with that interface's setting",
    config: TWO_PROVIDERS,
    q: { from: '198.51.100.9', to: '192.0.2.255', dport: '25' },
    forward: 'undetermined',
  },
  {
    title: 'its hosts do not',
    config: TWO_PROVIDERS,
    q: { from: '198.51.100.9', to: '192.0.2.254', dport: '25' },
    forward: 'permit 12',
  },
]);
