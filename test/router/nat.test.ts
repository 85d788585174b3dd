import { expect } from 'chai';
import { ask, intendedOf } from '../support/ask.ts';
import { describeRows } from '../support/path-rows.ts';

/** Outside list 101, a list out of the inside that tells hosts and ports apart; the NAT rules start on line 20. */
const nat = (rules: string): string => `hostname gw
ip vrf CUST
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
 ip nat outside
interface FastEthernet0/1
 ip address 10.1.1.1 255.255.255.0
 ip access-group 102 out
 ip nat inside
interface FastEthernet0/2
 ip vrf forwarding CUST
 ip address 10.1.1.1 255.255.255.0
 ip access-group 103 out
 ip nat inside
ip route 0.0.0.0 0.0.0.0 198.51.100.254
ip route vrf CUST 0.0.0.0 0.0.0.0 198.51.100.254 global
access-list 101 permit ip any any
access-list 102 permit tcp any 10.1.1.0 0.0.0.127 eq 80
access-list 102 permit tcp any host 10.1.1.200 eq 443
access-list 102 permit ip host 10.9.9.9 any
access-list 102 permit tcp any any established
access-list 102 deny ip any any
access-list 103 permit tcp any any eq 8443
${rules}end
`;
const OUTSIDE = '203.0.113.77';
const to = (address: string, dport = '80', more: object = {}) => ({
  from: OUTSIDE,
  to: address,
  dport,
  ...more,
});

describeRows('static translations', [
  {
    title: 'a whole address: every port that the lists permit',
    config: nat('ip nat inside source static 10.1.1.10 198.51.100.10\n'),
    q: to('198.51.100.10'),
    forward: 'permit 19',
    reply: 'permit',
  },
  {
    title: 'and none that the inner list denies',
    config: nat('ip nat inside source static 10.1.1.10 198.51.100.10\n'),
    q: to('198.51.100.10', '81'),
    forward: 'deny 23',
  },
  {
    title: 'which inner hosts reach only if somebody beyond sends them back',
    config: nat('ip nat inside source static 10.1.1.10 198.51.100.10\n'),
    q: { from: '10.1.1.20', to: '198.51.100.10', dport: '80' },
    forward: 'undetermined',
    because: [25],
  },
  {
    title: 'other addresses of its network they reach',
    config: nat('ip nat inside source static 10.1.1.10 198.51.100.10\n'),
    q: { from: '10.1.1.20', to: '198.51.100.11', dport: '80' },
    forward: 'permit',
  },
  {
    title: 'a block moves address by address',
    config: nat('ip nat inside source static network 10.1.1.0 198.51.100.0 /24\n'),
    q: to('198.51.100.200', '443'),
    forward: 'permit 20',
    reply: 'permit',
  },
  {
    title: 'and its neighbour to a neighbour',
    config: nat('ip nat inside source static network 10.1.1.0 198.51.100.0 /24\n'),
    q: to('198.51.100.201', '443'),
    forward: 'deny 23',
  },
  {
    title: 'one protocol without ports: only that protocol',
    config: nat('ip nat inside source static esp 10.1.1.10 interface FastEthernet0/0\n'),
    q: to('198.51.100.1'),
    forward: 'permit 18',
  },
  {
    title: 'which it moves',
    config: nat('ip nat inside source static esp 10.1.1.10 interface FastEthernet0/0\n'),
    q: { from: OUTSIDE, to: '198.51.100.1', proto: 'esp' },
    forward: 'deny 23',
  },
  {
    title: 'a rule with a route-map may leave the packet alone',
    config: nat('ip nat inside source static 10.1.1.10 198.51.100.10 route-map SOME\n'),
    q: to('198.51.100.10', '81'),
    forward: 'undetermined',
    because: [25],
  },
  {
    title: 'which changes nothing where both ways are permitted',
    config: nat('ip nat inside source static 10.1.1.10 198.51.100.10 route-map SOME\n'),
    q: to('198.51.100.10'),
    forward: 'permit 19',
  },
  {
    title: 'a rule of a VRF leads into that VRF',
    config: nat('ip nat inside source static 10.1.1.10 198.51.100.10 vrf CUST\n'),
    q: to('198.51.100.10', '8443'),
    forward: 'permit 24',
    reply: 'permit',
  },
  {
    title: 'and meets the list there',
    config: nat('ip nat inside source static 10.1.1.10 198.51.100.10 vrf CUST\n'),
    q: to('198.51.100.10', '80'),
    forward: 'deny implicit 103',
  },
  {
    title: 'an outer host appears inside under its local address',
    config: nat('ip nat outside source static 203.0.113.9 10.9.9.9\n'),
    q: { from: '203.0.113.9', to: '10.1.1.200', dport: '25' },
    forward: 'permit 21',
    reply: 'permit',
  },
  {
    title: 'another keeps its own',
    config: nat('ip nat outside source static 203.0.113.9 10.9.9.9\n'),
    q: { from: '203.0.113.8', to: '10.1.1.200', dport: '25' },
    forward: 'deny 23',
  },
  {
    title: 'and is asked by that address',
    config: nat(
      'ip nat outside source static 203.0.113.9 10.9.9.9\ninterface FastEthernet0/0\n ip access-group 104 out\naccess-list 104 permit tcp any host 203.0.113.9\n',
    ),
    q: { from: '10.1.1.10', to: '10.9.9.9', dport: '25' },
    forward: 'permit 28',
    reply: 'permit 21',
  },
  {
    title: 'not by others',
    config: nat(
      'ip nat outside source static 203.0.113.9 10.9.9.9\ninterface FastEthernet0/0\n ip access-group 104 out\naccess-list 104 permit tcp any host 203.0.113.9\n',
    ),
    q: { from: '10.1.1.10', to: '10.9.9.8', dport: '25' },
    forward: 'deny implicit 104',
  },
]);

const POOL =
  'ip nat pool P 198.51.100.32 198.51.100.47 prefix-length 24\naccess-list 1 permit 10.1.1.0 0.0.0.255\n';
const TWO_RANGES =
  'ip nat pool P prefix-length 24\n address 198.51.100.16 198.51.100.23\n address 198.51.100.32 198.51.100.47\n!\naccess-list 1 permit 10.1.1.0 0.0.0.255\n';

describeRows('translations by a pool', [
  {
    title: 'without overload a live one exposes an inner host',
    config: nat(`${POOL}ip nat inside source list 1 pool P\n`),
    q: to('198.51.100.40'),
    forward: 'undetermined',
    because: [27],
  },
  {
    title: 'but no port that the inner list denies',
    config: nat(`${POOL}ip nat inside source list 1 pool P\n`),
    q: to('198.51.100.40', '81'),
    forward: 'deny 27',
  },
  {
    title: 'with overload nothing is exposed',
    config: nat(`${POOL}ip nat inside source list 1 pool P overload\n`),
    q: to('198.51.100.40'),
    forward: 'deny 27',
  },
  {
    title: 'addresses beside the pool are not its matter',
    config: nat(`${POOL}ip nat inside source list 1 pool P\n`),
    q: to('198.51.100.48'),
    forward: 'permit 18',
  },
  ...(['198.51.100.20', '198.51.100.40'] as const).map((address) => ({
    title: `each range of a pool is exposed: ${address}`,
    config: nat(`${TWO_RANGES}ip nat inside source list 1 pool P\n`),
    q: to(address, '81'),
    forward: 'deny 30',
  })),
  {
    title: 'and what stands between two ranges is not',
    config: nat(`${TWO_RANGES}ip nat inside source list 1 pool P\n`),
    q: to('198.51.100.30', '81'),
    forward: 'permit 18',
  },
  {
    title: 'the way out and back of a translated host',
    config: nat(`${POOL}ip nat inside source list 1 pool P overload\n`),
    q: { from: '10.1.1.10', to: OUTSIDE, dport: '80' },
    forward: 'permit',
    reply: 'permit 22',
  },
  {
    title: 'a route-map leaves open who is translated',
    config: nat(
      `${POOL}ip nat inside source route-map SOME pool P overload\ninterface FastEthernet0/0\n ip access-group 104 out\naccess-list 104 permit ip 198.51.100.0 0.0.0.255 any\n`,
    ),
    q: { from: '10.1.1.10', to: OUTSIDE, dport: '80' },
    forward: 'undetermined',
    because: [27],
  },
  {
    title: 'a list does not',
    config: nat(
      `${POOL}ip nat inside source list 1 pool P overload\ninterface FastEthernet0/0\n ip access-group 104 out\naccess-list 104 permit ip 198.51.100.0 0.0.0.255 any\n`,
    ),
    q: { from: '10.1.1.10', to: OUTSIDE, dport: '80' },
    forward: 'permit 30',
  },
  {
    title: 'nor do hosts that it refuses',
    config: nat(
      `${POOL.replace('10.1.1.0 0.0.0.255', 'host 10.1.1.11')}ip nat inside source list 1 pool P overload\ninterface FastEthernet0/0\n ip access-group 104 out\naccess-list 104 permit ip 198.51.100.0 0.0.0.255 any\n`,
    ),
    q: { from: '10.1.1.10', to: OUTSIDE, dport: '80' },
    forward: 'deny implicit 104',
  },
]);

const ROTARY =
  'ip nat pool REAL 10.1.1.10 10.1.1.11 prefix-length 24 type rotary\nip nat inside destination list 2 pool REAL\naccess-list 2 permit 198.51.100.50\n';

describeRows('rotary addresses', [
  {
    title: 'lead to hosts that fare alike',
    config: nat(ROTARY),
    q: to('198.51.100.50'),
    forward: 'permit 19',
    reply: 'permit',
  },
  {
    title: 'and through the list before them',
    config: nat(ROTARY),
    q: to('198.51.100.50', '81'),
    forward: 'deny 23',
  },
  {
    title: 'are undetermined where the hosts fare differently',
    config: nat(ROTARY.replace('10.1.1.11', '10.1.1.200')),
    q: to('198.51.100.50', '443'),
    forward: 'undetermined',
    because: [26],
  },
  {
    title: 'carry TCP only',
    config: nat(ROTARY),
    q: { ...to('198.51.100.50'), proto: 'udp' },
    forward: 'permit 18',
  },
]);

const LEASED = `hostname gw
interface FastEthernet0/0
 ip address dhcp
 ip access-group 101 in
 ip nat outside
interface FastEthernet0/1
 ip address 10.1.1.1 255.255.255.0
 ip access-group 102 out
 ip nat inside
ip nat inside source static tcp 10.1.1.10 80 interface FastEthernet0/0 80
ip nat inside source list 1 interface FastEthernet0/0 overload
access-list 1 permit any
access-list 101 permit tcp any any eq 80
access-list 102 permit tcp any host 10.1.1.10 eq 80
access-list 102 permit tcp any any established
end
`;

describeRows('an interface whose address is not in the text', [
  {
    title: 'its forwarded port may be any outer address: permitted by every way',
    config: LEASED,
    q: to('198.51.100.10', '80'),
    forward: 'permit 14',
  },
  {
    title: 'an address of a known network is not it',
    config: LEASED,
    q: to('10.1.1.11', '80'),
    forward: 'deny implicit 102',
  },
  {
    title: 'outward the source becomes an address that no list is known to refuse',
    config: LEASED.replace(' ip nat outside', ' ip access-group 104 out\n ip nat outside').replace(
      'end\n',
      'access-list 104 permit tcp any any\nend\n',
    ),
    q: { from: '10.1.1.10', to: OUTSIDE, dport: '80' },
    forward: 'permit 17',
  },
  {
    title: 'and a list that tells sources apart leaves it open',
    config: LEASED.replace(' ip nat outside', ' ip access-group 104 out\n ip nat outside').replace(
      'end\n',
      'access-list 104 permit tcp 198.51.100.0 0.0.0.255 any\nend\n',
    ),
    q: { from: '10.1.1.10', to: OUTSIDE, dport: '80' },
    forward: 'undetermined',
  },
]);

describe('the ports of an outer target behind an overloaded address', () => {
  it('are told apart by the outbound list, whatever source port translation chooses', () => {
    const config = nat(
      `${POOL}ip nat inside source list 1 pool P overload\ninterface FastEthernet0/0\n ip access-group 104 out\naccess-list 104 permit tcp any any eq 80\n`,
    );
    const flow = intendedOf(config, '10.1.1.10', OUTSIDE);
    expect(flow.reachable).to.deep.equal([[80, 80]]);
    expect(flow.undetermined).to.deep.equal([]);
  });

  it('are undetermined where that list names source ports', () => {
    const config = nat(
      `${POOL}ip nat inside source list 1 pool P overload\ninterface FastEthernet0/0\n ip access-group 104 out\naccess-list 104 permit tcp any gt 1023 any eq 80\n`,
    );
    expect(intendedOf(config, '10.1.1.10', OUTSIDE).undetermined).to.deep.equal([[80, 80]]);
    expect(ask(config, { from: '10.1.1.10', to: OUTSIDE, dport: '81' }).verdict).to.equal('deny');
  });
});

describe('the exposure of a host of a translated block', () => {
  it('is seen under its own address of the outer block', () => {
    const config = nat('ip nat inside source static network 10.1.1.0 198.51.100.0 /24\n').replace(
      '101 permit ip any any',
      '101 permit ip any 198.51.100.0 0.0.0.255',
    );
    expect(intendedOf(config, OUTSIDE, '10.1.1.200').reachable).to.deep.equal([[443, 443]]);
    expect(intendedOf(config, OUTSIDE, '10.1.1.201').reachable).to.deep.equal([]);
  });
});

describe('what a trace shows of translation', () => {
  const ends = (q: Parameters<typeof to>[0], rules: string, dport = '80'): readonly string[] => {
    const trace = ask(nat(rules), to(q, dport));
    return [trace, trace.reply].flatMap((way) =>
      way.translations.map(
        ({ router, before, after }) =>
          `${router} ${before.source} ${JSON.stringify(before.sourcePorts)} > ${before.destination} ${JSON.stringify(before.destinationPorts)}` +
          ` = ${after.source} ${JSON.stringify(after.sourcePorts)} > ${after.destination} ${JSON.stringify(after.destinationPorts)}`,
      ),
    );
  };

  it('is both headers, there and back', () => {
    const any = '[[49152,65535]]';
    expect(
      ends('198.51.100.10', 'ip nat inside source static tcp 10.1.1.10 80 198.51.100.10 8080\n', '8080'),
    ).to.deep.equal([
      `gw ${OUTSIDE} ${any} > 198.51.100.10 [[8080,8080]] = ${OUTSIDE} ${any} > 10.1.1.10 [[80,80]]`,
      `gw 10.1.1.10 [[80,80]] > ${OUTSIDE} ${any} = 198.51.100.10 [[8080,8080]] > ${OUTSIDE} ${any}`,
    ]);
  });

  it('is nothing where no rule applies', () => {
    expect(ends('10.1.1.20', 'ip nat inside source static 10.1.1.10 198.51.100.10\n')).to.deep.equal([]);
  });
});
