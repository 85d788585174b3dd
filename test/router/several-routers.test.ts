import { expect } from 'chai';
import { ask } from '../support/ask.ts';
import { describeRows } from '../support/path-rows.ts';

const outer = (more = ''): string => `hostname outer
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 10.9.0.0 255.255.0.0 192.0.2.2
ip route 0.0.0.0 0.0.0.0 198.51.100.254
${more}end
`;
const inner = (more = ''): string => `hostname inner
interface Ethernet0
 ip address 192.0.2.2 255.255.255.0
interface Ethernet1
 ip address 10.9.0.1 255.255.0.0
ip route 0.0.0.0 0.0.0.0 192.0.2.1
${more}end
`;
const OUTSIDE = '203.0.113.77';
const through = { from: OUTSIDE, to: '10.9.1.1', dport: '80' };
const DENY = 'access-list 120 deny tcp any any eq 80\naccess-list 120 permit ip any any\n';

describeRows('several routers in a row', [
  {
    title: 'each list of the way counts: the last one',
    config: { outer: outer(), inner: inner(`interface Ethernet1\n ip access-group 120 out\n${DENY}`) },
    q: through,
    forward: 'deny 9',
  },
  {
    title: 'and for another port none denies',
    config: { outer: outer(), inner: inner(`interface Ethernet1\n ip access-group 120 out\n${DENY}`) },
    q: { ...through, dport: '81' },
    forward: 'permit 10',
    reply: 'permit',
  },
  {
    title: 'the reply meets the lists of both',
    config: {
      outer: outer(
        'interface FastEthernet0/1\n ip access-group 121 in\naccess-list 121 deny tcp any eq 80 any\naccess-list 121 permit ip any any\n',
      ),
      inner: inner(),
    },
    q: through,
    forward: 'permit',
    reply: 'deny 10',
  },
  {
    title: 'routes that lead back and forth are a loop',
    config: { outer: outer(), inner: inner('ip route 10.9.1.0 255.255.255.0 192.0.2.1\n') },
    q: through,
    forward: 'deny',
  },
  {
    title: 'and beside them none',
    config: { outer: outer(), inner: inner('ip route 10.9.1.0 255.255.255.0 192.0.2.1\n') },
    q: { ...through, to: '10.9.2.1' },
    forward: 'permit',
  },
  {
    title: 'another router answers for itself through the first, whose lists count',
    config: {
      outer: outer(
        'interface FastEthernet0/1\n ip access-group 121 in\naccess-list 121 deny tcp host 192.0.2.2 eq 22 any\naccess-list 121 permit ip any any\n',
      ),
      inner: inner(),
    },
    q: { from: OUTSIDE, to: '192.0.2.2', dport: '22' },
    forward: 'permit',
    reply: 'deny 10',
  },
  {
    title: 'but no list of its own on the way out',
    config: {
      outer: outer(),
      inner: inner('interface Ethernet0\n ip access-group 121 out\naccess-list 121 deny ip any any\n'),
    },
    q: { from: OUTSIDE, to: '192.0.2.2', dport: '22' },
    forward: 'permit',
    reply: 'permit',
  },
]);

/** Two gateways of one segment, 192.0.2.0/24; both lead outside. */
const gateway = (n: number, more = ''): string => `hostname gw${n}
interface FastEthernet0/0
 ip address 198.51.100.${n} 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.${n} 255.255.255.0
 standby 1 ip 192.0.2.254
${more}ip route 0.0.0.0 0.0.0.0 198.51.100.254
end
`;
const STOP =
  'interface FastEthernet0/1\n ip access-group 121 in\naccess-list 121 deny tcp any eq 80 any\naccess-list 121 permit ip any any\n';
const core = `hostname core
interface FastEthernet0/0
 ip address 192.0.2.9 255.255.255.0
interface FastEthernet0/1
 ip address 10.9.0.1 255.255.0.0
ip route 0.0.0.0 0.0.0.0 192.0.2.254
end
`;

describeRows('two gateways of one segment', [
  {
    title: 'a host may answer through either: lists that differ leave the reply open',
    config: { gw1: gateway(1), gw2: gateway(2, STOP) },
    q: { from: OUTSIDE, to: '192.0.2.10', dport: '80', in: 'Fa0/0' },
    forward: 'permit',
    reply: 'undetermined',
  },
  {
    title: 'lists that agree do not',
    config: { gw1: gateway(1, STOP), gw2: gateway(2, STOP) },
    q: { from: OUTSIDE, to: '192.0.2.10', dport: '80', in: 'Fa0/0' },
    forward: 'permit',
    reply: 'deny 9',
  },
  {
    title: 'what goes to the virtual address passes whichever router has it',
    config: { gw1: gateway(1), gw2: gateway(2, STOP.replace('eq 80 any', 'any eq 80')), core },
    q: { from: '10.9.0.5', to: OUTSIDE, dport: '80' },
    forward: 'undetermined',
  },
  {
    title: 'and is permitted where both permit',
    config: { gw1: gateway(1), gw2: gateway(2, STOP.replace('eq 80 any', 'any eq 80')), core },
    q: { from: '10.9.0.5', to: OUTSIDE, dport: '81' },
    forward: 'permit',
  },
  {
    title: 'a source of the segment enters by either',
    config: { gw1: gateway(1), gw2: gateway(2, STOP.replace('eq 80 any', 'any eq 80')) },
    q: { from: '192.0.2.10', to: OUTSIDE, dport: '80' },
    forward: 'undetermined',
    because: [5, 5],
  },
]);

describeRows('lines and wires between routers', [
  {
    title: 'a line without a next hop leads to the router at its other end',
    config: {
      left: `hostname left
interface Ethernet0
 ip address 198.51.100.1 255.255.255.0
interface Serial0
 ip address 192.0.2.1 255.255.255.252
ip route 10.9.0.0 255.255.0.0 Serial0
end
`,
      right: `hostname right
interface Serial0
 ip address 192.0.2.2 255.255.255.252
 ip access-group 120 in
interface Ethernet0
 ip address 10.9.0.1 255.255.0.0
ip route 0.0.0.0 0.0.0.0 Serial0
${DENY}end
`,
    },
    q: { from: '198.51.100.9', to: '10.9.1.1', dport: '80' },
    forward: 'deny 8',
  },
  {
    title: 'a next hop in a VRF of the neighbour is that neighbour all the same',
    config: {
      ce: `hostname ce
interface Ethernet0
 ip address 10.1.0.1 255.255.0.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.252
ip route 0.0.0.0 0.0.0.0 192.0.2.2
end
`,
      pe: `hostname pe
ip vrf CUST
interface Ethernet0
 ip vrf forwarding CUST
 ip address 192.0.2.2 255.255.255.252
 ip access-group 120 in
interface Ethernet1
 ip vrf forwarding CUST
 ip address 10.9.0.1 255.255.0.0
${DENY}end
`,
    },
    q: { from: '10.1.0.9', to: '10.9.1.1', dport: '80' },
    forward: 'deny 10',
  },
]);

describe('a declared egress on the last of two routers', () => {
  it('is left by there, past the routes', () => {
    const config = {
      outer: outer(),
      inner: inner(
        `interface Ethernet2\n ip address 10.8.0.1 255.255.0.0\n ip access-group 120 out\n${DENY}`,
      ),
    };
    expect(ask(config, { ...through, out: 'inner Ethernet2' }).verdict).to.equal('deny');
    expect(ask(config, through).verdict).to.equal('permit');
  });
});

describe('one router passed twice', () => {
  it('through two of its VRFs is no loop', () => {
    const config = `hostname gw
ip vrf RED
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.252
interface FastEthernet0/2
 ip vrf forwarding RED
 ip address 192.0.2.2 255.255.255.252
 ip access-group 120 in
interface FastEthernet0/3
 ip vrf forwarding RED
 ip address 10.9.0.1 255.255.0.0
ip route 10.9.0.0 255.255.0.0 192.0.2.2
ip route vrf RED 0.0.0.0 0.0.0.0 192.0.2.1
${DENY}end
`;
    const to = (dport: string) => ask(config, { from: '198.51.100.9', to: '10.9.1.1', dport });
    expect(to('80').verdict).to.equal('deny');
    expect(to('81').verdict).to.equal('permit');
    expect(to('81').hops.map((h) => h.interface)).to.deep.equal(['FastEthernet0/2']);
    expect(to('81').reply.verdict).to.equal('permit');
  });
});

describe('two networks of one interface', () => {
  const config = `hostname gw
interface FastEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 ip address 10.3.0.1 255.255.255.0 secondary
 ip access-group 101 in
 ip access-group 102 out
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
access-list 101 permit tcp any any range 80 81
access-list 102 permit tcp any any eq 80
end
`;
  it('meet both lists of it between them', () => {
    const hops = (dport: string) =>
      ask(config, { from: '192.0.2.9', to: '10.3.0.9', dport }).hops.map(
        (h) => `${h.direction} ${h.verdict}`,
      );
    expect(hops('80')).to.deep.equal(['in permit', 'out permit']);
    expect(hops('81')).to.deep.equal(['in permit', 'out deny']);
    expect(hops('82')).to.deep.equal(['in deny']);
  });
  it('and none within one', () => {
    expect(ask(config, { from: '10.3.0.8', to: '10.3.0.9', dport: '82' }).hops).to.deep.equal([]);
  });
});
