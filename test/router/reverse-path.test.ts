import { describeRows } from '../support/path-rows.ts';

/** The check stands on line 5. */
const checked = (check: string, more = ''): string => `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
 ip verify unicast ${check}
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 198.51.100.254
ip route 10.7.0.0 255.255.0.0 192.0.2.9
ip route 10.8.0.0 255.255.0.0 198.51.100.9
ip route 10.9.0.0 255.255.0.0 Null0
access-list 101 deny tcp any any eq 23
access-list 101 permit ip any any
access-list 7 permit 10.7.0.7
${more}end
`;

const inbound = (from: string) => ({ from, to: '192.0.2.10', dport: '80', in: 'Fa0/0' });

describeRows('strict checks of the source', [
  {
    title: 'a source whose route leads elsewhere is dropped',
    config: checked('source reachable-via rx allow-default'),
    q: inbound('10.7.0.7'),
    forward: 'deny 5',
  },
  {
    title: 'one whose route leads back through the interface passes',
    config: checked('source reachable-via rx allow-default'),
    q: inbound('10.8.0.7'),
    forward: 'permit 13',
  },
  {
    title: 'the default route counts where the line says so',
    config: checked('source reachable-via rx allow-default'),
    q: inbound('203.0.113.77'),
    forward: 'permit 13',
  },
  {
    title: 'and not where it does not',
    config: checked('source reachable-via rx'),
    q: inbound('203.0.113.77'),
    forward: 'deny 5',
  },
  {
    title: 'the old form counts it',
    config: checked('reverse-path'),
    q: inbound('203.0.113.77'),
    forward: 'permit 13',
  },
  {
    title: 'and drops a spoofed inner source',
    config: checked('reverse-path'),
    q: inbound('192.0.2.66'),
    forward: 'deny 5',
  },
  {
    title: 'a list exempts its sources',
    config: checked('source reachable-via rx 7'),
    q: inbound('10.7.0.7'),
    forward: 'permit 13',
  },
  {
    title: 'and no others',
    config: checked('source reachable-via rx 7'),
    q: inbound('10.7.0.8'),
    forward: 'deny 5',
  },
  {
    title: 'what the inbound list denies is its deny',
    config: checked('source reachable-via rx'),
    q: { ...inbound('10.7.0.7'), dport: '23' },
    forward: 'deny 12',
  },
  {
    title: 'routes that neighbours may announce leave it open',
    config: checked('source reachable-via rx', 'router ospf 1\n network 192.0.2.0 0.0.0.255 area 0\n'),
    q: inbound('203.0.113.77'),
    forward: 'undetermined',
    because: [5],
  },
  {
    title: 'but a source of a network that is connected elsewhere is dropped',
    config: checked('source reachable-via rx', 'router ospf 1\n network 192.0.2.0 0.0.0.255 area 0\n'),
    q: inbound('192.0.2.66'),
    forward: 'deny 5',
  },
]);

describeRows('loose checks of the source', [
  {
    title: 'any route does, wherever it leads',
    config: checked('source reachable-via any'),
    q: inbound('10.7.0.7'),
    forward: 'permit 13',
  },
  {
    title: 'one to Null0 does not',
    config: checked('source reachable-via any'),
    q: inbound('10.9.0.7'),
    forward: 'deny 5',
  },
  {
    title: 'the default does not either',
    config: checked('source reachable-via any'),
    q: inbound('203.0.113.77'),
    forward: 'deny 5',
  },
  {
    title: 'unless the line lets it count',
    config: checked('source reachable-via any allow-default'),
    q: inbound('203.0.113.77'),
    forward: 'permit 13',
  },
]);
