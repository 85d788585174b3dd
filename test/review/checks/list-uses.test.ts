import { expect } from 'chai';
import { lintText } from '../typed.ts';
import { said } from './said.ts';

const INTERFACE = 'interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n';

/** Statements that use list 20 (or a named one), each in its place. */
const USERS: readonly (readonly [says: string, statement: string])[] = [
  ['translation', 'ip nat inside source list 20 interface FastEthernet0/0 overload\n'],
  ['a route-map', 'route-map M permit 10\n match ip address 20\n'],
  ['a crypto map', 'crypto map C 10 ipsec-isakmp\n match address 20\n'],
  ['a remote-access group', 'crypto isakmp client configuration group VPN\n acl 20\n'],
  ["a key server's group", 'crypto gdoi group G\n server local\n  sa ipsec 1\n   match address ipv4 20\n'],
  ['a community', 'snmp-server community c RO 20\n'],
  ['a class-map', 'class-map match-all K\n match access-group 20\n'],
  ['terminal lines', 'line vty 0 4\n access-class 20 in\n'],
  ['a distribute-list', 'router rip\n distribute-list 20 in\n'],
  ['a distance', 'router rip\n distance 90 0.0.0.0 255.255.255.255 20\n'],
  ["a neighbour's distribute-list", 'router bgp 65000\n neighbor 192.0.2.9 distribute-list 20 in\n'],
  ['the clock', 'ntp access-group peer 20\n'],
  ['the web interface', 'ip http access-class 20\n'],
  ['groups of a rendezvous point', 'ip pim rp-announce-filter rp-list 20 group-list 21\n'],
  ['groups of another', 'ip pim rp-address 192.0.2.9 20\n'],
  ['MSDP', 'ip msdp sa-filter in 192.0.2.9 list 20\n'],
  ["PIM's neighbours", `${INTERFACE} ip pim neighbor-filter 20\n`],
  ['NHRP', `${INTERFACE} ip nhrp interest 20\n`],
  ['multicast', `${INTERFACE} ip multicast boundary 20\n`],
];

describe('unused-list', () => {
  for (const [says, statement] of USERS)
    it(`counts ${says} as a use`, () => {
      const text = `access-list 20 permit 192.0.2.0 0.0.0.255\n${INTERFACE}${statement}`;
      expect(said('unused-list', text)).to.deep.equal([]);
      expect(said('unused-list', text.replace('access-list 20', 'access-list 29'))).to.deep.equal(['1 low']);
    });

  it('takes no distance between routes for a list', () => {
    const text = `access-list 90 permit 192.0.2.0 0.0.0.255\n${INTERFACE}router eigrp 1\n distance eigrp 80 90\n`;
    expect(said('unused-list', text)).to.deep.equal(['1 low']);
    expect(said('undefined-list', text)).to.deep.equal([]);
  });
});

describe('undefined-list', () => {
  it('speaks once of terminal lines', () => {
    expect(said('undefined-list', 'line vty 0 4\n access-class 7 in\n')).to.deep.equal(['2 critical']);
  });
  it('names the list that was meant', () => {
    const meant = (bound: string): string => {
      const text = `${INTERFACE} ip access-group ${bound} in\nip access-list extended OUTSIDE-IN\n permit tcp any any eq 80\n`;
      return lintText(text).find((f) => f.rule === 'undefined-list')?.message ?? '';
    };
    for (const slip of ['OUTSIDE_IN', 'outside-in', 'OUTSDE-IN'])
      expect(meant(slip), slip).to.contain('meant was perhaps OUTSIDE-IN');
    expect(meant('MANAGEMENT')).to.contain('not defined').and.not.to.contain('perhaps');
    expect(meant('OUTSIDE-IN')).to.equal('');
  });
});

describe('unbound-interface', () => {
  const list = ' ip access-group 101 in\naccess-list 101 permit tcp any any eq 80\n';
  it('speaks of an interface without an address beside others that have theirs', () => {
    expect(
      said('unbound-interface', `${INTERFACE}interface FastEthernet0/1\n no ip address\n${list}`),
    ).to.deep.equal(['5 low']);
  });
  it('is silent where the text shows no address at all, and where one is borrowed', () => {
    expect(said('unbound-interface', `interface FastEthernet0/1\n${list}`)).to.deep.equal([]);
    expect(
      said('unbound-interface', `${INTERFACE}interface Tunnel0\n ip unnumbered FastEthernet0/0\n${list}`),
    ).to.deep.equal([]);
  });
});
