import { expect } from 'chai';
import { edge, said } from './said.ts';

const rule = 'bypass-path';
const LIST = 'access-list 101 permit tcp any host 10.1.1.35 eq 110\n';

const guarded = (more = ''): string => `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
${more}`;

const other = (name: string, address: string): string =>
  `interface ${name}\n ip address ${address} 255.255.255.0\n`;

describe('bypass-path', () => {
  it('speaks of a second line to the Internet without a list', () => {
    const text = `${guarded()}${other('Serial0/1', '198.51.100.1')}${other('FastEthernet0/1', '10.1.1.1')}${LIST}`;
    const routes = 'ip route 0.0.0.0 0.0.0.0 203.0.113.254\nip route 0.0.0.0 0.0.0.0 198.51.100.254 250\n';
    expect(said(rule, text + routes)).to.deep.equal(['4 high']);
  });

  it('does not take servers with public addresses for a line to the Internet', () => {
    const text = `${guarded()}${other('FastEthernet0/1', '192.0.2.1')}${other('FastEthernet0/2', '10.1.1.1')}${LIST}`;
    expect(said(rule, text)).to.deep.equal([]);
  });

  it('does not take a loopback for a line to anywhere', () => {
    const text = `${guarded()}${other('Loopback0', '198.51.100.250')}${other('FastEthernet0/1', '10.1.1.1')}${LIST}`;
    expect(said(rule, text)).to.deep.equal([]);
  });

  it('speaks of IPv6 that is filtered outbound alone, and of a sub-interface', () => {
    const v6 = ' ipv6 address 2001:db8::1/64\n';
    expect(said(rule, guarded(`${v6} ipv6 traffic-filter V6 out\n`) + LIST)).to.deep.equal(['4 high']);
    expect(said(rule, guarded(`${v6} ipv6 traffic-filter V6 in\n`) + LIST)).to.deep.equal([]);
    const sub = other('FastEthernet0/0.20', '192.0.2.1');
    expect(said(rule, guarded(sub) + LIST)).to.deep.equal(['4 high']);
    expect(said(rule, guarded(`${sub} shutdown\n`) + LIST)).to.deep.equal([]);
  });
});

describe('which interface is the outside', () => {
  const inside = `interface FastEthernet0/0
 ip address 192.168.2.1 255.255.255.0
 ip nat inside
 ip access-group 102 in
interface Dialer1
 ip address negotiated
 ip nat outside
ip route 0.0.0.0 0.0.0.0 Dialer1
ip route 0.0.0.0 0.0.0.0 192.168.2.254 254
access-list 102 permit ip any any
`;
  it('is never the inside of translation, whatever floats through it', () => {
    expect(said('permit-any', inside)).to.deep.equal([]);
    expect(said('permit-any', inside.replace('nat inside', 'nat outside'))).to.deep.equal(['10 critical']);
  });
  it('is told by the name of its list where nothing better does', () => {
    const text = edge('permit tcp any any eq 80')
      .replace(' description outside\n', '')
      .replace('ip access-group 101 in', 'ip access-group OUTSIDE_IN in')
      .replace('203.0.113.1 ', '10.9.9.1 ')
      .replace(/ip route.*\n/, '');
    const list = 'ip access-list extended OUTSIDE_IN\n permit ip any any\n';
    expect(said('permit-any', text + list)).to.deep.equal(['8 critical']);
  });
});
