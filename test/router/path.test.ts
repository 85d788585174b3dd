import { expect } from 'chai';
import { ask, type Configs, inShort, intendedOf, type Question } from '../support/ask.ts';

/** Two interfaces, a list inbound on the outside and one outbound on the inside. Lines are counted from 1. */
const GW = `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group INSIDE out
ip route 0.0.0.0 0.0.0.0 198.51.100.254
access-list 101 permit tcp any host 192.0.2.10 eq 80
access-list 101 permit tcp any host 192.0.2.10 eq 22
access-list 101 permit udp any host 192.0.2.10 eq 53
access-list 101 permit icmp any host 192.0.2.10 echo
access-list 101 permit tcp any host 192.0.2.20 gt 1023
access-list 101 permit tcp any host 198.51.100.1 eq 22
ip access-list extended INSIDE
 permit tcp any host 192.0.2.10 eq 80
 permit udp any host 192.0.2.10
 permit icmp any any
 permit tcp any any established
line vty 0 4
 access-class 5 in
access-list 5 permit 203.0.113.7
end
`;

const NAT = `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
 ip nat outside
interface FastEthernet0/1
 ip address 10.1.1.1 255.255.255.0
 ip access-group 102 out
 ip nat inside
ip route 0.0.0.0 0.0.0.0 198.51.100.254
ip nat inside source static 10.1.1.10 198.51.100.10
ip nat inside source static tcp 10.1.1.20 80 198.51.100.20 8080
access-list 101 permit tcp any host 198.51.100.10 eq 25
access-list 101 permit tcp any host 10.1.1.10 eq 26
access-list 101 permit tcp any host 198.51.100.20
access-list 102 permit tcp any host 10.1.1.10 eq 25
access-list 102 permit tcp any host 10.1.1.20 eq 80
end
`;

const rows: readonly [title: string, config: Configs, q: Question, forward: string, reply?: string][] = [
  [
    'both lists permit, and the last one is named',
    GW,
    { from: '203.0.113.77', to: '192.0.2.10', dport: '80' },
    'permit 16',
    'permit',
  ],
  [
    'the inbound list permits, the outbound one denies',
    GW,
    { from: '203.0.113.77', to: '192.0.2.10', dport: '22' },
    'deny implicit INSIDE',
  ],
  [
    'the inbound list denies',
    GW,
    { from: '203.0.113.77', to: '192.0.2.10', dport: '81' },
    'deny implicit 101',
  ],
  [
    'a UDP datagram passes both lists',
    GW,
    { from: '203.0.113.77', to: '192.0.2.10', proto: 'udp', dport: '53' },
    'permit 17',
  ],
  [
    'another UDP port does not',
    GW,
    { from: '203.0.113.77', to: '192.0.2.10', proto: 'udp', dport: '54' },
    'deny implicit 101',
  ],
  [
    'an echo passes',
    GW,
    { from: '203.0.113.77', to: '192.0.2.10', proto: 'icmp', icmpType: '8' },
    'permit 18',
  ],
  [
    'a redirect does not',
    GW,
    { from: '203.0.113.77', to: '192.0.2.10', proto: 'icmp', icmpType: '5' },
    'deny implicit 101',
  ],
  [
    'a list bound outbound does not see the way in',
    GW,
    { from: '192.0.2.10', to: '203.0.113.77', dport: '443' },
    'permit',
  ],
  [
    'hosts of one network meet no router',
    GW,
    { from: '192.0.2.10', to: '192.0.2.20', dport: '22' },
    'permit',
    'permit',
  ],
  [
    'to the router: the arrival list, then the access-class denies',
    GW,
    { from: '203.0.113.77', to: '198.51.100.1', dport: '22' },
    'deny implicit 5',
  ],
  [
    'to the router: the access-class permits its one source',
    GW,
    { from: '203.0.113.7', to: '198.51.100.1', dport: '22' },
    'permit 22',
    'permit',
  ],
  [
    'to the router: the arrival list alone, for other services',
    GW,
    { from: '192.0.2.10', to: '198.51.100.1', dport: '80' },
    'permit',
    'permit',
  ],
  [
    'a non-initial fragment passes a permit with ports',
    GW,
    { from: '203.0.113.77', to: '192.0.2.10', fragment: true },
    'permit 16',
  ],
  [
    'outside sees the global address: translated, then judged by the inner list',
    NAT,
    { from: '203.0.113.77', to: '198.51.100.10', dport: '25' },
    'permit 16',
    'permit',
  ],
  [
    'the outside list judges the address before translation',
    NAT,
    { from: '203.0.113.77', to: '198.51.100.10', dport: '26' },
    'deny implicit 101',
  ],
  [
    'a static port maps to the local one',
    NAT,
    { from: '203.0.113.77', to: '198.51.100.20', dport: '8080' },
    'permit 17',
    'permit',
  ],
  [
    'the inside list stops what the port map does not move',
    NAT,
    { from: '203.0.113.77', to: '198.51.100.20', dport: '80' },
    'permit 15',
  ],
];

describe('the path of a packet', () => {
  for (const [title, config, q, forward, reply] of rows) {
    it(title, () => {
      const trace = ask(config, q);
      expect(inShort(trace)).to.equal(forward);
      if (reply !== undefined) expect(trace.reply.verdict, 'reply').to.equal(reply);
    });
  }

  it('a reply that the reverse list drops makes the flow one-way', () => {
    const oneWay = GW.replace(
      'ip route',
      'interface FastEthernet0/1\n ip access-group 120 in\naccess-list 120 deny tcp host 192.0.2.10 eq 80 any\naccess-list 120 permit ip any any\nip route',
    );
    const trace = ask(oneWay, { from: '203.0.113.77', to: '192.0.2.10', dport: '80' });
    expect(trace.verdict).to.equal('permit');
    expect(trace.reply.verdict).to.equal('deny');
  });

  it('is asked of packets without options, that have hops left', () => {
    const asked = { from: '203.0.113.77', to: '192.0.2.10', dport: '80' };
    const guarded = (...lines: readonly string[]): string =>
      GW.replace(
        /^access-list 101 /m,
        `${lines.map((l) => `access-list 101 ${l}\n`).join('')}access-list 101 `,
      );
    const hardened = ['deny ip any any option any-options', 'deny ip any any ttl lt 6'];
    expect(ask(guarded(...hardened), asked).verdict).to.equal(ask(GW, asked).verdict);
    expect(ask(guarded('deny ip any any ttl gt 6'), asked).verdict).to.equal('deny');
    // A line that asks for options permits nothing without them, and does not leave the list empty.
    const only = GW.replace(/^access-list 101 .*\n/gm, '').replace(
      'end\n',
      'access-list 101 permit ip any any option any-options\nend\n',
    );
    expect(ask(only, asked).verdict).to.equal('deny');
  });

  it('a shut interface lets nothing in, and nothing leaves by it', () => {
    const shutInside = GW.replace(' ip access-group INSIDE out', ' ip access-group INSIDE out\n shutdown');
    const asked = { from: '203.0.113.77', to: '192.0.2.10', dport: '80' };
    expect(ask(shutInside, asked).hops.map((h) => h.interface)).to.not.include('FastEthernet0/1');
    const shutOutside = GW.replace(' ip access-group 101 in', ' ip access-group 101 in\n shutdown');
    expect(ask(shutOutside, { ...asked, in: 'Fa0/0' }).verdict).to.equal('deny');
    expect(ask(GW, { ...asked, in: 'Fa0/0' }).verdict).to.equal('permit');
  });

  it('a route to Null0 drops, named by its line; a longer route past it does not', () => {
    const nulled = GW.replace(
      'ip route 0.0.0.0',
      'ip route 192.0.3.0 255.255.255.0 Null0\nip route 192.0.3.8 255.255.255.252 192.0.2.9\nip route 0.0.0.0',
    );
    expect(inShort(ask(nulled, { from: '192.0.2.10', to: '192.0.3.1', dport: '80' }))).to.equal('deny 8');
    expect(
      ask(nulled, { from: '203.0.113.77', to: '192.0.3.9', proto: 'icmp', icmpType: '8', in: 'Fa0/0' }).hops
        .length,
    ).to.be.greaterThan(0);
  });

  it('equal routes through lists that differ leave the answer open', () => {
    const ecmp = `hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.128
 ip access-group 110 out
interface FastEthernet0/2
 ip address 192.0.2.129 255.255.255.128
ip route 203.0.113.0 255.255.255.0 192.0.2.2
ip route 203.0.113.0 255.255.255.0 192.0.2.130
access-list 110 deny tcp any any eq 80
access-list 110 permit ip any any
end
`;
    expect(ask(ecmp, { from: '198.51.100.9', to: '203.0.113.1', dport: '80' }).verdict).to.equal(
      'undetermined',
    );
    expect(ask(ecmp, { from: '198.51.100.9', to: '203.0.113.1', dport: '81' }).verdict).to.equal('permit');
  });

  it('two routers in a row: the path composes, and the second list decides', () => {
    const inner = `hostname inner
interface Ethernet0
 ip address 192.0.2.2 255.255.255.0
 ip access-group 7 in
interface Ethernet1
 ip address 10.9.0.1 255.255.0.0
ip route 0.0.0.0 0.0.0.0 192.0.2.1
access-list 7 permit 203.0.113.7
end
`;
    const outer = `hostname outer
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 10.9.0.0 255.255.0.0 192.0.2.2
ip route 0.0.0.0 0.0.0.0 198.51.100.254
end
`;
    const through = (from: string) => ask({ outer, inner }, { from, to: '10.9.1.1', dport: '80' });
    expect(inShort(through('203.0.113.7'))).to.equal('permit 8');
    expect(through('203.0.113.7').reply.verdict).to.equal('permit');
    expect(inShort(through('203.0.113.8'))).to.equal('deny implicit 7');
  });

  it('an excerpt: an ingress deny stands, an ingress permit is a permit with assumptions and an unknown reply', () => {
    const excerpt =
      'interface FastEthernet0/0\n ip address 192.168.1.126\n ip access-group 150 in\naccess-list 150 permit tcp any host 192.168.2.35 eq 110\n';
    const denied = ask(excerpt, { from: '203.0.113.77', to: '192.168.2.35', dport: '25' });
    expect(inShort(denied)).to.equal('deny implicit 150');
    const permitted = ask(excerpt, { from: '203.0.113.77', to: '192.168.2.35', dport: '110' });
    expect(inShort(permitted)).to.equal('permit 4');
    expect(permitted.assumptions).to.not.be.empty;
    expect(permitted.reply.verdict).to.equal('undetermined');
  });

  for (const [statement, words] of [
    ['vlan filter BLOCK vlan-list 10', /VLAN access map .* \(line 1\)$/],
    ['cts role-based enforcement', /security group tags .* \(line 1\)$/],
    ['ip slb vserver WEB', /load balancing .* \(line 1\)$/],
    ['ip tcp intercept list 101', /TCP intercept answers for the servers of list 101; .* \(line 1\)$/],
    ['ip tcp intercept list 101\nip tcp intercept mode watch', null],
    ['vlan access-map BLOCK 10', null],
    ['ip inspect name FW tcp', null],
  ] as const) {
    it(`\`${statement}\` ${words ? 'may touch any packet of the router, and is stated' : 'does nothing before it is used'}`, () => {
      const { verdict, assumptions } = ask(`${statement}\n${GW}`, {
        from: '203.0.113.77',
        to: '192.0.2.10',
        dport: '80',
      });
      expect(verdict).to.equal('permit');
      const told = assumptions.filter((text) => text.includes('(line 1)'));
      if (words === null) expect(told).to.deep.equal([]);
      else
        expect(told)
          .to.have.length(1)
          .and.satisfy(([text]: string[]) => words.test(text!));
    });
  }

  it('TCP intercept says nothing of other protocols', () => {
    const { assumptions } = ask(`ip tcp intercept list 101\n${GW}`, {
      proto: 'udp',
      from: '203.0.113.77',
      to: '192.0.2.10',
      dport: '53',
    });
    expect(assumptions.filter((text) => text.includes('intercept'))).to.deep.equal([]);
  });

  it('without a source port, a list that tells source ports apart leaves the answer open; with one, it does not', () => {
    const split = GW.replace(
      'eq 22\n',
      'eq 22\naccess-list 101 permit tcp any range 50000 50010 host 192.0.2.10 eq 99\n',
    ).replace(' permit icmp any any\n', ' permit icmp any any\n permit tcp any host 192.0.2.10 eq 99\n');
    expect(ask(split, { from: '203.0.113.77', to: '192.0.2.10', dport: '99' }).verdict).to.equal(
      'undetermined',
    );
    expect(
      ask(split, { from: '203.0.113.77', to: '192.0.2.10', dport: '99', sport: '50001' }).verdict,
    ).to.equal('permit');
    expect(
      ask(split, { from: '203.0.113.77', to: '192.0.2.10', dport: '99', sport: '49999' }).verdict,
    ).to.equal('deny');
  });

  it('a time-range without a clock is undetermined because of its line; with one it is not', () => {
    const timed = GW.replace('host 192.0.2.10 eq 22\n', 'host 192.0.2.10 eq 22 time-range WORK\n')
      .replace(' permit icmp any any\n', ' permit icmp any any\n permit tcp any any eq 22\n')
      .replace('line vty', 'time-range WORK\n periodic weekdays 9:00 to 17:00\nline vty');
    const asked = { from: '203.0.113.77', to: '192.0.2.10', dport: '22' };
    const open = ask(timed, asked);
    expect(open.verdict).to.equal('undetermined');
    expect(open.doubts.map((d) => d.line?.line)).to.deep.equal([10]);
    expect(ask(timed, { ...asked, clock: Date.UTC(2024, 4, 15, 12) }).verdict).to.equal('permit');
    expect(ask(timed, { ...asked, clock: Date.UTC(2024, 4, 18, 12) }).verdict).to.equal('deny');
  });
});

describe('the exposure of a target behind a port translation', () => {
  it('is the mapped port of the global address, and nothing beside it', () => {
    const permissive = NAT.replace(
      'access-list 101 permit tcp any host 198.51.100.20',
      'access-list 101 permit ip any any',
    ).replace('access-list 102 permit tcp any host 10.1.1.20 eq 80', 'access-list 102 permit ip any any');
    const flow = intendedOf(permissive, '203.0.113.77', '10.1.1.20');
    expect(flow.reachable).to.deep.equal([[8080, 8080]]);
    expect(
      intendedOf(permissive, '203.0.113.77', '10.1.1.10').reachable,
      'a portless static maps every port',
    ).to.deep.equal([[0, 65535]]);
  });
});

describe('an interface without an address', () => {
  const without = (line: string): string =>
    `version 12.4\n${GW.replace(' ip address 198.51.100.1 255.255.255.0\n', line)}`;
  const question: Question = { from: '203.0.113.77', to: '192.0.2.10', dport: '80', in: 'FastEthernet0/0' };
  it('carries no IP packets, whatever its lists permit', () => {
    const bare = ask(without(' no ip address\n'), question);
    expect(bare.verdict).to.equal('deny');
    expect(bare.assumptions.join()).to.match(/FastEthernet0\/0 has no address/);
    expect(ask(`version 12.4\n${GW}`, question).verdict).to.equal('permit');
  });
  it('may have one where the text, shortened by hand, does not speak of it', () => {
    expect(ask(without(''), question).verdict).to.equal('permit');
  });
});
