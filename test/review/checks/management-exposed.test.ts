import { expect } from 'chai';
import { lintText } from '../typed.ts';
import { EDGE, edge, said } from './said.ts';

const rule = 'management-exposed';

describe('management-exposed by a line', () => {
  for (const line of [
    'permit tcp any host 192.0.2.35 eq 3389',
    'permit tcp any any range ftp telnet',
    'permit udp any host 192.0.2.8 eq snmp',
    'permit udp any host 192.0.2.8 lt 1024',
    'permit tcp any any neq 25',
    'permit ip any host 203.0.113.1',
    'permit tcp any host 192.0.2.1 eq www',
  ])
    it(`speaks of ${line}`, () => expect(said(rule, edge(line))).to.deep.equal(['8 critical']));

  for (const line of [
    'permit tcp host 198.51.100.32 host 192.0.2.35 eq 22',
    'permit tcp any host 192.0.2.80 eq www',
    'permit tcp any any gt 1023',
    'permit tcp any any eq 22 established',
    'permit udp any host 203.0.113.1 eq isakmp',
    'deny tcp any any eq telnet',
  ])
    it(`is silent about ${line}`, () => expect(said(rule, edge(line))).to.deep.equal([]));
});

describe("management-exposed by the router's own web interface", () => {
  const web = edge('permit tcp any any eq www');
  const whole = (server: string): string => `version 12.1\nhostname gw\n${server}${web}end\n`;

  it('counts on its running where the text leaves it open', () =>
    expect(said(rule, web)).to.deep.equal(['8 critical']));
  it('counts on its running where it is configured', () =>
    expect(said(rule, whole('ip http server\n'))).to.deep.equal(['11 critical']));
  it('does not where it is switched off', () =>
    expect(said(rule, `no ip http server\n${web}`)).to.deep.equal([]));
  it('does not where a whole configuration is silent about it', () =>
    expect(said(rule, whole(''))).to.deep.equal([]));
  it('does not count with packets that leave an interface', () => {
    const out = EDGE.replace(' ip access-group 101 in\n', '').replace(
      ' ip address 192.0.2.1 255.255.255.0\n',
      ' ip address 192.0.2.1 255.255.255.0\n ip access-group 101 out\n',
    );
    expect(said(rule, `${out}access-list 101 permit tcp any host 192.0.2.1 eq www\n`)).to.deep.equal([]);
    expect(said(rule, `${out}access-list 101 permit tcp any host 192.0.2.9 eq 22\n`)).to.deep.equal([
      '8 critical',
    ]);
  });
});

describe('management-exposed by terminal lines', () => {
  const vty = (list: string): string =>
    `${edge('permit tcp any host 192.0.2.35 eq 110')}${list}line vty 0 4\n access-class 2 in\n`;

  it('takes an access-class that permits any source for none', () => {
    expect(said(rule, vty('access-list 2 deny 198.51.100.7\naccess-list 2 permit any\n'))).to.deep.equal([
      '12 medium',
    ]);
  });
  it('is silent where the access-class names the administrators', () => {
    expect(said(rule, vty('access-list 2 permit 192.0.2.32\naccess-list 2 deny any\n'))).to.deep.equal([]);
  });
  it('is critical where strangers reach the router', () => {
    const open = `${edge('permit tcp any host 203.0.113.1 eq 22')}line vty 0 4\n login\n`;
    expect(said(rule, open)).to.deep.equal(['8 critical', '9 critical']);
  });
});

describe('management-exposed behind static translation', () => {
  const nat = (rule: string, line: string): string => `${edge(line)}ip nat inside source static ${rule}\n`;
  const own = (port: string): string => `permit tcp any host 203.0.113.1 eq ${port}`;

  it('takes a web server behind the router’s address for no management', () => {
    expect(said(rule, nat('tcp 192.0.2.80 80 203.0.113.1 80', own('www')))).to.deep.equal([]);
    expect(said(rule, nat('tcp 192.0.2.80 80 interface FastEthernet0/0 80', own('www')))).to.deep.equal([]);
    expect(said(rule, nat('192.0.2.80 203.0.113.1', own('www')))).to.deep.equal([]);
  });
  it('does take the router’s own web interface for it beside another translated port', () => {
    expect(said(rule, nat('tcp 192.0.2.80 443 203.0.113.1 443', own('www')))).to.deep.equal(['8 critical']);
  });
  it('does not say that a desktop behind it is the router', () => {
    const text = nat('tcp 192.0.2.80 3389 203.0.113.1 3389', own('3389'));
    const [found] = lintText(text).filter((f) => f.rule === rule);
    expect(found!.message).to.contain('tcp/3389 to everybody');
  });
});
