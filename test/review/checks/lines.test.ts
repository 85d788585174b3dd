import { expect } from 'chai';
import { lintText } from '../typed.ts';
import { edge, said } from './said.ts';

/** One rule, what it says of list 101 on the edge router, line 8 being the list's first. */
const TABLE: readonly (readonly [
  rule: string,
  says: string,
  lines: readonly string[],
  said: readonly string[],
])[] = [
  [
    'blocks-pmtud',
    'is heard by another host than the server',
    ['permit icmp any host 192.0.2.1 packet-too-big', 'permit tcp any host 192.0.2.80 eq 80'],
    ['4 low'],
  ],
  [
    'blocks-pmtud',
    'denies own addresses first and the Internet’s by its end alone',
    ['deny ip 192.0.2.0 0.0.0.255 any', 'permit tcp any host 192.0.2.80 eq 80'],
    ['4 low'],
  ],
  ['blocks-pmtud', 'is denied with all of ICMP', ['deny icmp any any', 'permit ip any any'], ['8 low']],
  [
    'blocks-pmtud',
    'is heard by the server',
    ['permit icmp any host 192.0.2.80 unreachable', 'permit tcp any host 192.0.2.80 eq 80'],
    [],
  ],
  ['blocks-pmtud', 'is asked for by nobody who serves TCP', ['permit udp any host 192.0.2.53 eq domain'], []],
  [
    'icmp-any',
    'names the one kind that a line lets in',
    ['permit icmp any any redirect', 'permit icmp any host 192.0.2.80 mask-request'],
    ['8 medium', '9 low'],
  ],
  [
    'icmp-any',
    'lets in what an earlier line leaves of it',
    ['deny icmp any any redirect', 'permit icmp any any redirect', 'permit icmp any any echo'],
    [],
  ],
  ['wide-port-range', 'opens every port of a server', ['permit ip any host 192.0.2.35'], ['8 medium']],
  ['wide-port-range', 'opens every port of a network', ['permit tcp any 192.0.2.64 0.0.0.63'], ['8 high']],
  [
    'wide-port-range',
    'opens a hundred ports and no more',
    ['permit tcp any host 192.0.2.35 range 50000 50099'],
    [],
  ],
  ['wide-port-range', 'opens them to a named host', ['permit ip host 198.51.100.7 host 192.0.2.35'], []],
  ['wide-port-range', 'opens answers alone', ['permit tcp any host 192.0.2.35 established'], []],
  ['wide-port-range', 'opens no port', ['permit icmp any host 192.0.2.35'], []],
  [
    'log-on-broad-ace',
    'logs whole protocols',
    ['deny tcp any any log', 'deny udp any any log-input', 'deny ip any any log'],
    ['8 info', '9 info', '10 info'],
  ],
  [
    'log-on-broad-ace',
    'logs what few send',
    ['deny ip 10.0.0.0 0.255.255.255 any log', 'deny tcp any any eq telnet log', 'deny ip any any'],
    [],
  ],
  [
    'netmask-as-wildcard',
    'gives a host its netmask',
    ['permit tcp any 192.0.2.80 255.255.255.255 eq 80', 'permit tcp 0.0.0.0 255.255.255.255 any eq 25'],
    ['8 critical'],
  ],
  [
    'dead-destination',
    'has a mistyped destination and no other line',
    ['permit tcp any host 192.20.0.80 eq 80', 'deny ip any any'],
    ['8 medium'],
  ],
  [
    'wrong-direction',
    'has a mistyped destination and no other line',
    ['permit tcp any host 192.20.0.80 eq 80', 'deny ip any any'],
    [],
  ],
  [
    'wrong-direction',
    'lets the own hosts in from outside, toward where the default route leads',
    ['permit tcp 192.0.2.0 0.0.0.255 any eq 80', 'permit udp any host 198.51.100.53 eq domain'],
    ['4 high'],
  ],
  [
    'stale-bogon',
    'denies what was handed out since',
    ['deny ip 96.0.0.0 31.255.255.255 any', 'permit tcp any host 192.0.2.80 eq 80'],
    ['8 medium'],
  ],
  [
    'stale-bogon',
    'denies what is still nobody’s',
    [
      'deny ip 0.0.0.0 0.255.255.255 any',
      'deny ip 240.0.0.0 15.255.255.255 any',
      'permit tcp any host 192.0.2.80 eq 80',
    ],
    [],
  ],
  [
    'dead-destination',
    'opens a host that is nowhere',
    ['permit tcp any host 192.0.3.35 eq 80', 'permit tcp any host 192.0.2.80 eq 80'],
    ['8 medium'],
  ],
  [
    'dead-destination',
    'names the broadcast of a connected network',
    ['permit udp any host 203.0.113.255 eq bootps', 'permit tcp any host 192.0.2.80 eq 80'],
    [],
  ],
  [
    'catch-all-not-last',
    'has permits below it',
    ['deny ip any any', 'permit tcp any host 192.0.2.80 eq 80'],
    ['8 high'],
  ],
  [
    'catch-all-not-last',
    'has denies below it',
    ['permit tcp any host 192.0.2.80 eq 80', 'deny ip any any', 'deny tcp any any'],
    [],
  ],
];

for (const [rule, says, lines, expected] of TABLE)
  describe(`${rule} about a list that ${says}`, () => {
    it(expected.length === 0 ? 'is silent' : `says ${expected.join(', ')}`, () =>
      expect(said(rule, edge(...lines))).to.deep.equal(expected),
    );
  });

describe('wide-port-range', () => {
  it('names services of the protocol that the line opens', () => {
    const messages = (line: string): readonly string[] =>
      lintText(edge(line)).flatMap((f) => (f.rule === 'wide-port-range' ? [f.message] : []));
    expect(messages('permit udp any any gt 1023')[0])
      .to.match(/1434 .*1812 \(RADIUS\)/)
      .and.not.contain('MySQL');
    expect(messages('permit tcp any any gt 1023')[0]).to.contain('3306 (MySQL)').and.not.contain('RADIUS');
  });
});

describe('log-on-broad-ace about a standard list', () => {
  const list = 'access-list 10 permit any log\n';
  it('speaks where packets meet it, not where logins do', () => {
    expect(said('log-on-broad-ace', `${edge().replace('group 101', 'group 10')}${list}`)).to.deep.equal([
      '8 low',
    ]);
    expect(said('log-on-broad-ace', `${edge()}${list}line vty 0 4\n access-class 10 in\n`)).to.deep.equal([]);
  });
});

describe('reply-blocked about answers that pass toward a service’s port alone', () => {
  const inside = (list: string): string =>
    edge('permit tcp any host 192.0.2.80 eq www', 'permit udp any host 192.0.2.80 eq ntp', 'deny ip any any')
      .replace('192.0.2.1 255.255.255.0', '192.0.2.1 255.255.255.0\n ip access-group 102 in')
      .concat(list);
  it('holds no client to send from there', () => {
    const web = 'access-list 102 permit tcp any any eq 443\naccess-list 102 permit udp any any eq domain\n';
    expect(said('reply-blocked', inside(web)).slice(0, 2)).to.deep.equal(['9 medium', '10 medium']);
  });
  it('grants that servers ask each other from their own port, and clients from reserved ones', () => {
    const known =
      'access-list 102 permit udp any eq ntp any eq ntp\naccess-list 102 permit tcp any any range 512 1023\n';
    expect(said('reply-blocked', inside(known)).filter((f) => f.endsWith('medium'))).to.deep.equal([]);
  });
});

describe('stale-bogon about a network of one’s own', () => {
  it('is silent: no packet from outside rightly has its addresses', () => {
    const own = edge('deny ip 100.0.0.0 0.255.255.255 any', 'permit tcp any host 192.0.2.80 eq 80');
    expect(said('stale-bogon', own)).to.deep.equal(['8 medium']);
    const there = 'interface FastEthernet0/2\n ip address 100.64.1.1 255.255.255.0\n';
    expect(said('stale-bogon', own + there)).to.deep.equal([]);
    const more = own.replace('100.0.0.0 0.255.255.255', '96.0.0.0 31.255.255.255');
    expect(said('stale-bogon', more + there)).to.deep.equal(['8 medium']);
  });
});

describe('standard-host-mask', () => {
  const messages = (text: string): readonly string[] =>
    lintText(text)
      .filter((f) => f.rule === 'standard-host-mask')
      .map((f) => f.message);

  it('proposes the mask that the zeros of the address ask for', () => {
    const vty = 'line vty 0 4\n access-class 10 in\n';
    for (const [address, mask] of [
      ['10.0.0.0', '0.255.255.255'],
      ['172.16.0.0', '0.0.255.255'],
      ['192.0.2.0', '0.0.0.255'],
    ])
      expect(messages(`access-list 10 permit ${address}\n${vty}`)[0]).to.contain(`${address} ${mask}`);
    expect(messages(`access-list 10 permit 10.0.0.5\n${vty}`)).to.deep.equal([]);
  });

  it('is silent where the list selects routes by their network numbers', () => {
    const list = 'access-list 10 permit 192.0.2.0\n';
    expect(messages(`${list}router rip\n distribute-list 10 in\n`)).to.deep.equal([]);
    expect(messages(`${list}snmp-server community c RO 10\n`)).to.have.lengthOf(1);
  });
});

describe('post-nat-address about a translated port', () => {
  const one = (rule: string, line: string): readonly string[] =>
    said(
      'post-nat-address',
      edge(line)
        .replace('description outside', 'ip nat outside')
        .replace('interface FastEthernet0/1\n', 'interface FastEthernet0/1\n ip nat inside\n')
        .concat(`ip nat inside source static ${rule}\n`),
    );

  it('speaks of a line that may mean it', () => {
    for (const line of [
      'tcp any host 192.0.2.35 eq 25',
      'tcp any 192.0.2.0 0.0.0.255',
      'ip any host 192.0.2.35',
    ])
      expect(one('tcp 192.0.2.35 25 203.0.113.9 2525', `permit ${line}`), line).to.deep.equal(['9 high']);
  });

  it('is silent about other ports and protocols, which nothing translates', () => {
    for (const line of ['tcp any host 192.0.2.35 eq 80', 'icmp any 192.0.2.0 0.0.0.255', 'udp any any eq 25'])
      expect(one('tcp 192.0.2.35 25 203.0.113.9 2525', `permit ${line}`), line).to.deep.equal([]);
  });

  it('speaks of every protocol where the whole host is translated', () => {
    expect(one('192.0.2.35 203.0.113.9', 'permit icmp any host 192.0.2.35')).to.deep.equal(['9 high']);
  });
});

describe('not-on-this-train', () => {
  it('names the list whose line is refused', () => {
    const text = `version 12.1\n${edge('permit tcp any host 192.0.2.35 eq 110 143')}`;
    const [refused] = lintText(text).filter((f) => f.rule === 'not-on-this-train');
    expect([refused?.acl, refused?.line?.line]).to.deep.equal(['101', 9]);
  });
});

describe('reply-blocked about a list that keeps answers in mind', () => {
  const list = (last: string): string => `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group IN in
ip access-list extended IN
 permit tcp any host 192.0.2.80 eq 80
${last}`;
  it('is silent', () => expect(said('reply-blocked', list(' evaluate R\n'))).to.deep.equal([]));
  it('speaks where it does not', () => expect(said('reply-blocked', list(''))).to.deep.equal(['4 low']));
});

describe('reply-blocked about a list outbound on the outside', () => {
  const list = (answers: string): string => `version 12.4
interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
 ip access-group 102 out
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 203.0.113.254
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 permit tcp any any established
access-list 102 permit tcp host 192.0.2.35 eq ${answers} any established
`;
  it('speaks, though a forged inner source would be answered', () =>
    expect(said('reply-blocked', list('143'))).to.deep.equal(['10 medium']));
  it('is silent where the answers get out', () =>
    expect(said('reply-blocked', list('110'))).to.deep.equal([]));
});
