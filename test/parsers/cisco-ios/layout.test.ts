import { expect } from 'chai';
import fc from 'fast-check';
import { printConfig } from '../../../parsers/cisco-ios/print-config.ts';
import { configText } from './arbitrary-config.ts';
import { entriesOf, type Read, read } from './read.ts';

const places = ({ config: { account } }: Read): readonly number[] => [
  account.modelled,
  account.skipped,
  account.diagnosed,
];

const BOUND = 'interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n';

describe('what indentation shows', () => {
  it('lines under an unknown header are not of the interface before it', () => {
    const r = read(`${BOUND}frobnicate gateway\n ip address 198.51.100.1 255.255.255.0\n shutdown\n`);
    const [port] = [...r.config.interfaces.values()];
    expect([port?.addresses.length, port?.shutdown]).to.deep.equal([1, false]);
    expect(r.complaints).to.deep.equal(['mode-unclear', 'mode-unclear', 'unparsed-line']);
  });
  it('without indentation an unknown line ends no mode', () => {
    const r = read('interface FastEthernet0/0\nfrobnicate gateway\nshutdown\n');
    expect([...r.config.interfaces.values()].map((i) => i.shutdown)).to.deep.equal([true]);
  });
  it('entries under an unknown header are not of the list before it', () => {
    const r = read('ip access-list extended T\n deny ip any any\nfrobnicate list X\n permit ip any any\n');
    expect(entriesOf(r, 'T')).to.deep.equal(['deny ip any -> any']);
    expect(places(r)).to.deep.equal([2, 0, 2]);
  });
  it('lines of a list that stand at the margin stay in it when one of them cannot be read', () => {
    const r = read(`${BOUND}ip access-list extended T\npermitt udp any any\npermit tcp any any\n`);
    expect(entriesOf(r, 'T')).to.deep.equal(['permit 6 any -> any']);
  });
  it('what stands under a skipped statement is of its family, header or not', () => {
    const r = read(`${BOUND}aaa accounting exec default\n action-type start-stop\n group TAC\nend\n`);
    expect(places(r)).to.deep.equal([3, 3, 0]);
    expect(r.config.account.skippedFamilies).to.deep.equal({ 'authentication servers': 3 });
  });
  it('but not what only an interface or a list knows', () => {
    const r = read('logging on\n ip access-group 150 in\n permit ip any any\n foo bar\n');
    expect(r.complaints).to.deep.equal(['mode-unclear', 'mode-unclear']);
    expect(places(r)).to.deep.equal([0, 2, 2]);
  });
  it('nor what decides about packets wherever it stands', () => {
    const r = read('logging on\n access-list 150 permit ip any any\n ip route 0.0.0.0 0.0.0.0 192.0.2.9\n');
    expect([r.config.acls.size, r.config.routes.length]).to.deep.equal([1, 1]);
  });
  it('a word that global mode would skip does not lead out of a bound interface', () => {
    const r = read(`${BOUND} privilege frob\n ip access-group 150 in\n`);
    const [port] = [...r.config.interfaces.values()];
    expect(port?.bindings.in?.acl).to.equal('150');
    expect(port?.effects.map((e) => e.name)).to.deep.equal(['privilege frob']);
    expect(r.complaints).to.deep.equal(['unparsed-line']);
  });
  it('at the margin it does', () => {
    const r = read(`${BOUND}privilege exec level 5 show\n ip access-group 150 in\n`);
    expect([...r.config.interfaces.values()].map((i) => i.bindings.in)).to.deep.equal([null]);
    expect(r.complaints).to.deep.equal(['mode-unclear']);
  });
  it('a text that is indented throughout has its margin there', () => {
    const text = `${BOUND}snmp-server location here\naccess-list 1 permit any\n`;
    const moved = read(text.replace(/^/gm, '    ').trimEnd());
    expect(places(moved)).to.deep.equal(places(read(text)));
    expect(moved.config.account.skippedFamilies).to.deep.equal({ 'management protocols': 1 });
  });
  it('without any indentation the lines of a skipped header are still its own', () => {
    const r = read('ip dhcp pool LAN\nnetwork 192.0.2.0 255.255.255.0\ndns-server 192.0.2.2\nhostname x\n');
    expect(places(r)).to.deep.equal([1, 3, 0]);
  });
  it('except those that only an interface or a list knows', () => {
    const r = read('ip dhcp pool LAN\nip access-group 150 in\npermit ip any any\n');
    expect(places(r)).to.deep.equal([0, 1, 2]);
  });
  it('a route-map of a peer policy is no header, and one with a number is', () => {
    const policy = read('router bgp 65000\n template peer-policy P\n  route-map X in\n  send-community\n');
    expect([policy.complaints, places(policy)]).to.deep.equal([[], [2, 2, 0]]);
    const header = read('router bgp 65000\nroute-map X permit 10\n match ip address 150\n');
    expect(header.config.references.map((x) => `${x.use} ${x.acl}`)).to.deep.equal(['route-map 150']);
  });
  it('what stands under a service instance is not of its interface, and what stands beside it is', () => {
    const r = read(
      'interface GigabitEthernet0/1\n service instance 10 ethernet\n  encapsulation dot1q 10\n  shutdown\n !\n ip access-group 150 in\n',
    );
    const [i] = [...r.config.interfaces.values()];
    expect([i!.shutdown, i!.bindings.in?.acl, places(r)]).to.deep.equal([false, '150', [2, 4, 0]]);
    const filtered = read('interface Gi0/1\n service instance 10 ethernet\n  ip access-group 150 in\n');
    expect([...filtered.config.interfaces.values()][0]!.bindings.in).to.equal(null);
    expect([...filtered.config.interfaces.values()][0]!.effects.map((e) => e.family)).to.deep.equal([
      'unparsed',
    ]);
  });
  it('the parts of statements are entered by words of their own', () => {
    const parts =
      'policy-map P\n class C\n  police 8000\n class D\narchive\n log config\n  logging enable\n' +
      'key chain K\n key 1\nvpdn-group 1\n accept-dialin\n  protocol l2tp\nip dhcp pool P\n class C\n' +
      'vrf definition X\n address-family ipv4\n exit-address-family\ninterface ATM0/0\n pvc 0/35\n  encapsulation aal5snap\n' +
      '  protocol ip 192.0.2.1\n !\n dsl operating-mode auto\ninterface Serial0/0\n frame-relay interface-dlci 100\n  class FAST\n';
    expect(read(parts).complaints).to.deep.equal([]);
    // A word that only begins like one of them is not known.
    expect(read('interface ATM0/0\n pvcs 0/35\n').complaints).to.deep.equal(['unparsed-line']);
  });
  it('an interface named under SD-WAN is not entered', () => {
    const r = read(
      `${BOUND}sdwan\n interface FastEthernet0/0\n  tunnel-interface\n   no allow-service sshd\n  exit\n exit\n`,
    );
    expect(r.config.settings.effects.map((e) => e.name)).to.deep.equal(['sdwan']);
    expect([...r.config.interfaces.values()].map((i) => i.effects.length)).to.deep.equal([0]);
    expect(r.complaints).to.deep.equal([]);
  });
  it('changes nothing of what is read when it is lost, or the same everywhere', () => {
    fc.assert(
      fc.property(configText, (text) => {
        const printed = (edit: (line: string) => string): string =>
          printConfig(read(text.split('\n').map(edit).join('\n')).config);
        const whole = printed((line) => line);
        expect(printed((line) => line.trimStart())).to.equal(whole);
        expect(printed((line) => (line === '' ? line : `   ${line}`))).to.equal(whole);
      }),
      {
        numRuns: 200,
        // Words that a mode only seems to know kept these lines from global mode.
        examples: [
          'interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n!\nsnmp-server community public RO 5\n',
          'interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n!\nqueue-list 1 protocol ip 1 list 5\n',
          'line vty 0 4\n login\n!\nip tcp intercept list 101\n',
        ].map((text): [string] => [text]),
      },
    );
  });
});
