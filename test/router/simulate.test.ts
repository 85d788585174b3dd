import { expect } from 'chai';
import type { Simulation } from '../../src/router/simulate.ts';
import { type } from '../review/typed.ts';

const GW = `version 12.1
hostname gw
interface FastEthernet0/0
 ip address 192.0.2.126 255.255.255.0
 ip access-group 150 in
access-list 150 permit tcp any host 198.51.100.35 eq 110
access-list 150 deny ip any any log
end
`;
const NUMBERS = GW.replace('version 12.1', 'version 12.4')
  .replaceAll(/^access-list 150/gm, '')
  .replace(' permit', 'ip access-list extended 150\n permit');

const effects = (s: Simulation): readonly string[] => s.steps.map((step) => step.effect.kind);
const modes = (s: Simulation): readonly string[] => s.steps.map((step) => step.after.mode.kind);
const entries = (s: Simulation, list = '150'): readonly string[] =>
  (s.end.acls.get(list)?.entries ?? []).map(
    (e) => `${e.sequence ?? '-'} ${e.span.text.trim().replace(/\s+/g, ' ')}`,
  );

describe('a snippet typed at the device', () => {
  it('has one state after every command, and shares what did not change', () => {
    const s = type(
      GW,
      'access-list 151 permit ip any any\ninterface FastEthernet0/0\nip access-group 151 in\n',
    );
    expect(
      s.steps.map((step) => step.after.interfaces.get('FastEthernet0/0')!.bindings.in!.acl),
    ).to.deep.equal(['150', '150', '151']);
    expect(s.steps[0]!.after.acls.get('150')).to.equal(s.start.acls.get('150'));
    expect(s.steps[1]!.after.acls).to.equal(s.steps[0]!.after.acls);
  });

  it('knows the modes that lines open and leave', () => {
    const s = type(
      GW,
      'interface FastEthernet0/0\nno ip proxy-arp\nexit\nip access-list extended EDGE\npermit ip any any\nend\nconfigure terminal\n',
    );
    expect(modes(s)).to.deep.equal([
      'interface',
      'interface',
      'global',
      'access-list',
      'access-list',
      'exec',
      'global',
    ]);
  });

  it('knows the modes inside an interface, one exit each', () => {
    const bound = (...lines: string[]): readonly string[] =>
      effects(
        type(GW, ['interface FastEthernet0/0', ...lines, 'ip access-group 151 in', ''].join('\n')),
      ).slice(-1);
    for (const part of [
      'service instance 10 ethernet',
      'pvc 0/35',
      'frame-relay interface-dlci 100',
      'xconnect 192.0.2.9 10 encapsulation mpls',
    ]) {
      expect(bound(part, 'exit'), part).to.deep.equal(['changed']);
      expect(bound(part, 'exit', 'exit'), part).to.deep.equal(['rejected']);
      expect(bound('exit'), part).to.deep.equal(['rejected']);
      expect(bound(`no ${part}`, 'exit'), part).to.deep.equal(['rejected']);
    }
    const efp = 'service instance 10 ethernet';
    expect(bound(efp, 'xconnect 192.0.2.9 10 encapsulation mpls', 'exit', 'exit')).to.deep.equal(['changed']);
    expect(bound(efp, 'encap dot1q 10', 'service instance 20 ethernet', 'exit')).to.deep.equal(['changed']);
    // What the part does not know is the interface's, and leads back to it.
    expect(bound('pvc 0/35', 'dsl operating-mode auto', 'exit')).to.deep.equal(['rejected']);
    expect(bound('frame-relay interface-dlci 100', 'class FAST', 'exit')).to.deep.equal(['changed']);
  });

  it('stops a part of an interface, not the interface', () => {
    const isDown = (...lines: string[]): boolean =>
      type(GW, ['interface FastEthernet0/0', ...lines, ''].join('\n')).end.interfaces.get('FastEthernet0/0')!
        .shutdown;
    expect(isDown('service instance 10 ethernet', 'shutdown')).to.equal(false);
    expect(isDown('service instance 10 ethernet', 'exit', 'shutdown')).to.equal(true);
    expect(isDown('service instance 10 ethernet', 'encap dot1q 10', 'shut')).to.equal(false);
    expect(isDown('service instance 10 ethernet', 'ip address 192.0.2.125 255.255.255.0', 'shut')).to.equal(
      true,
    );
  });

  it('goes back to global mode for a line that the sub-mode does not know', () => {
    const s = type(GW, 'interface FastEthernet0/0\naccess-list 151 permit ip any any\n');
    expect(modes(s)).to.deep.equal(['interface', 'global']);
    expect(entries(s, '151')).to.have.length(1);
  });

  it('stands in configuration mode although its first line is refused there', () => {
    const s = type(GW, 'no ip access-list standard 151\naccess-list 151 permit ip any any\n');
    expect(modes(s)).to.deep.equal(['global', 'global']);
    expect(entries(s, '151')).to.have.length(1);
    expect(modes(type(GW, 'terminal length 0\nconfigure terminal\n'))).to.deep.equal(['exec', 'global']);
  });

  it('enters an interface by a short word wherever a longer word of the mode would be skipped', () => {
    for (const mode of ['line vty 0 4', 'archive', 'router ospf 1'])
      expect(modes(type(GW, `${mode}\nint Fa0/0\nip access-group 151 in\n`)).slice(1), mode).to.deep.equal([
        'interface',
        'interface',
      ]);
    expect(modes(type(GW, 'line vty 0 4\ninternational\n'))).to.deep.equal(['line', 'line']);
  });

  it('refuses a short entry that has lost its list', () => {
    const s = type(GW, 'per icmp any any\nperm tcp any any\n');
    expect(effects(s)).to.deep.equal(['rejected', 'rejected']);
    expect(modes(s)).to.deep.equal(['global', 'global']);
  });

  it('takes abbreviations', () => {
    const s = type(GW, 'acc 151 perm tcp a h 198.51.100.35 eq 80\nint fa0/0\nip access-gr 151 in\n');
    expect(effects(s)).to.deep.equal(['changed', 'none', 'changed']);
    expect(s.end.interfaces.get('FastEthernet0/0')!.bindings.in!.acl).to.equal('151');
  });

  it('leaves state and mode as they were after a refused line, and runs the next', () => {
    const s = type(
      GW,
      'ip access-list extended 150\npermit tcp any host 198.51.100.35 eq https\npermit tcp any host 198.51.100.35 eq 443\n',
    );
    expect(effects(s)).to.deep.equal(['none', 'rejected', 'changed']);
    expect(s.steps[1]!.after).to.equal(s.steps[1]!.before);
    expect(entries(s)).to.have.length(3);
  });

  it('runs the lines after a refused header in the mode before it', () => {
    const s = type(GW, 'interface FastEthernet0/0\nip acess-list extended EDGE\npermit tcp any any eq 22\n');
    expect(effects(s)).to.deep.equal(['none', 'rejected', 'rejected']);
    expect(s.end.acls.has('EDGE')).to.equal(false);
  });

  it('removes and inserts by number where the version has numbers', () => {
    const s = type(
      NUMBERS,
      'ip access-list extended 150\n15 permit tcp any host 198.51.100.35 eq 143\nno 10\n',
    );
    expect(entries(s)).to.deep.equal([
      '15 15 permit tcp any host 198.51.100.35 eq 143',
      '20 deny ip any any log',
    ]);
  });

  it('refuses a number that is taken, and numbers on 12.1', () => {
    const taken = type(NUMBERS, 'ip access-list extended 150\n10 permit tcp any host 198.51.100.35 eq 143\n');
    expect(effects(taken)).to.deep.equal(['none', 'rejected']);
    const old = type(GW, 'ip access-list extended 150\n15 permit tcp any host 198.51.100.35 eq 143\n');
    expect(effects(old)).to.deep.equal(['none', 'rejected']);
  });

  it('removes one entry by its text in list mode, the whole list in global mode', () => {
    const one = type(GW, 'ip access-list extended 150\nno permit tcp any host 198.51.100.35 eq 110\n');
    expect(entries(one)).to.have.length(1);
    const all = type(GW, 'no access-list 150 permit tcp any host 198.51.100.35 eq 110\n');
    expect(all.end.acls.has('150')).to.equal(false);
  });

  it('numbers a list anew', () => {
    const s = type(NUMBERS, 'ip access-list resequence 150 100 5\n');
    expect((s.end.acls.get('150')?.entries ?? []).map((e) => e.sequence)).to.deep.equal([100, 105]);
  });

  it('changes nothing by exec commands, in exec mode or behind `do`', () => {
    const s = type(NUMBERS, 'do show access-lists\nend\nwrite memory\nreload in 10\n');
    expect(effects(s)).to.deep.equal(['none', 'none', 'none', 'none']);
    expect(s.end.acls).to.equal(s.start.acls);
    expect(modes(s)).to.deep.equal(['global', 'exec', 'exec', 'exec']);
  });

  it('refuses configuration in exec mode', () => {
    const s = type(
      GW,
      'end\naccess-list 151 permit ip any any\nconfigure terminal\naccess-list 151 permit ip any any\n',
    );
    expect(effects(s)).to.deep.equal(['none', 'rejected', 'none', 'changed']);
    const taken = type(
      GW,
      'end\nno access-list 150\nno debug all\nno deb ip packet\nno ip access-group 150 in\n',
    );
    expect(effects(taken)).to.deep.equal(['none', 'rejected', 'none', 'none', 'rejected']);
  });

  it('configures nothing without privilege', () => {
    const after = (...lines: string[]): readonly string[] =>
      effects(type(GW, `end\n${lines.join('\n')}\nconf t\nno access-list 150\n`)).slice(-2);
    expect(after('disable')).to.deep.equal(['rejected', 'rejected']);
    expect(after('disable', 'ping 192.0.2.1', 'show clock')).to.deep.equal(['rejected', 'rejected']);
    expect(after('disable 7')).to.deep.equal(['rejected', 'rejected']);
    expect(after('disable', 'enable 7')).to.deep.equal(['rejected', 'rejected']);
    expect(after('disable', 'enable')).to.deep.equal(['none', 'changed']);
    expect(after('enable')).to.deep.equal(['none', 'changed']);
    expect(effects(type(GW, 'disable\nreload in 5\nwr\nexit\nconf t\n'))).to.deep.equal([
      'none',
      'rejected',
      'rejected',
      'none',
      'rejected',
    ]);
  });

  it('takes what a command asks for as the answer to it', () => {
    const kinds = (...lines: string[]): readonly string[] => effects(type(GW, `${lines.join('\n')}\n`));
    expect(kinds('enable', 's3cret', 'conf t', 'no access-list 150')).to.deep.equal([
      'none',
      'none',
      'none',
      'changed',
    ]);
    expect(kinds('enable', 'conf t', 'no access-list 150')).to.deep.equal(['none', 'none', 'changed']);
    expect(kinds('end', 'copy run start', 'y', 'conf t', 'no access-list 150').slice(2)).to.deep.equal([
      'none',
      'none',
      'changed',
    ]);
    expect(kinds('end', 'show clock', 'y').at(-1), 'nobody asked').to.equal('rejected');
    expect(kinds('enable', 's3cret', 's3cret').at(-1), 'once').to.equal('rejected');
  });

  it('sees at the prompt whether there is privilege', () => {
    const session = (prompt: string): readonly string[] =>
      effects(type(GW, `gw#disable\n${prompt}conf t\ngw(config)#no access-list 150\n`));
    expect(session('gw>')).to.deep.equal(['none', 'rejected', 'rejected']);
    expect(session('gw#')).to.deep.equal(['none', 'none', 'changed']);
    expect(
      effects(type(GW, 'gw>enable\nPassword: \ngw#conf t\ngw(config)#no access-list 150\n')),
    ).to.deep.equal(['none', 'none', 'none', 'changed']);
  });

  it('starts at the exec prompt when the first line only makes sense there', () => {
    expect(
      effects(type(GW, 'reload in 10\nconfigure terminal\naccess-list 151 permit ip any any\n')),
    ).to.deep.equal(['none', 'none', 'changed']);
  });

  it('cuts prompts off, and says where they do not fit', () => {
    const s = type(
      GW,
      'gw#configure terminal\ngw(config)#interface FastEthernet0/0\ngw(config-if)#no ip access-group 150 in\ngw(config-line)#exit\n',
    );
    expect(effects(s)).to.deep.equal(['none', 'none', 'changed', 'none']);
    expect(s.steps[2]!.text).to.equal('no ip access-group 150 in');
    expect(s.diagnostics.map((d) => d.code)).to.deep.equal(['prompt-mode-mismatch']);
  });

  it('notices a prompt of another device', () => {
    expect(
      type(GW, 'gw2(config)#interface FastEthernet0/0\n')
        .diagnostics.map((d) => d.message)
        .join(),
    ).to.contain('gw2');
    expect(type(GW, 'gw(config)#interface FastEthernet0/0\n').diagnostics).to.deep.equal([]);
  });

  it('refuses an interface that the hardware lacks, and makes one that needs none', () => {
    const s = type(
      GW,
      'interface FastEthernet1/0\nip access-group 150 in\ninterface Loopback0\nip address 198.51.100.254 255.255.255.255\n',
    );
    expect(effects(s)).to.deep.equal(['rejected', 'rejected', 'changed', 'changed']);
    const excerpt = type(GW.replace(/^(version|hostname|end).*\n/gm, ''), 'interface FastEthernet1/0\n');
    expect(effects(excerpt), 'an excerpt may leave it out').to.deep.equal(['changed']);
    expect(effects(type(GW, 'interface FastEthernet0/0.20\n'))).to.deep.equal(['changed']);
  });

  it('refuses a route by an interface that the hardware lacks', () => {
    const route = (name: string): readonly string[] =>
      effects(type(GW, `ip route 10.0.0.0 255.0.0.0 ${name}\n`));
    expect(route('FastEthernet1/0')).to.deep.equal(['rejected']);
    expect(route('FastEthernet0/0')).to.deep.equal(['changed']);
    expect(route('Null0')).to.deep.equal(['changed']);
  });

  it('passes over what the log of the device printed among the commands', () => {
    const s = type(
      NUMBERS,
      'gw(config)#ip access-list extended 150\n*Mar  1 00:01:02.123: %SYS-5-CONFIG_I: Configured from console\n' +
        'Nov 28 2026 11:00:00 UTC: %SEC-6-IPACCESSLOGP: list 150 denied\n000123: 1w2d: %LINK-3-UPDOWN: up\ngw(config-ext-nacl)#no 10\n',
    );
    expect(effects(s)).to.deep.equal(['none', 'none', 'none', 'none', 'changed']);
  });

  it('keeps groups from holding themselves', () => {
    const s = type(
      NUMBERS,
      'object-group network A\nhost 192.0.2.9\nobject-group network B\ngroup-object A\nobject-group network A\ngroup-object B\ngroup-object A\nhost 192.0.2.10\n',
    );
    expect(effects(s).slice(-3)).to.deep.equal(['rejected', 'rejected', 'changed']);
  });

  it('leaves a table for an interface however short', () => {
    expect(modes(type(GW, 'ip vrf RED\nint Fa0/0\nip vrf RED\nrd 1:1\n'))).to.deep.equal([
      'vrf',
      'interface',
      'vrf',
      'vrf',
    ]);
  });

  it('never guesses a line whose start scrolled away', () => {
    const s = type(GW, 'gw(config)#$ermit tcp any host 198.51.100.35 eq 143\n');
    expect(s.steps[0]!.command).to.equal(null);
    expect(effects(s)).to.deep.equal(['rejected']);
  });

  it('counts the lines that are neither blank nor comments', () => {
    const s = type(GW, '! swap\n\naccess-list 151 permit ip any any\n!\ninterface FastEthernet0/0\n');
    expect(s.steps.map((step) => `${step.number} line ${step.span.line}`)).to.deep.equal([
      '1 line 3',
      '2 line 5',
    ]);
  });

  it('replaces a binding at once', () => {
    const s = type(
      GW,
      'interface FastEthernet0/0\nip access-group 150 out\nip access-group 151 in\ndefault ip access-group 150 out\n',
    );
    const { bindings } = s.end.interfaces.get('FastEthernet0/0')!;
    expect(bindings.in!.acl).to.equal('151');
  });

  it('takes virtual lines away from one number on, and resets others', () => {
    const LINES = GW.replace(
      'end\n',
      'line vty 0 4\n access-class 5 in\n transport input ssh\nline vty 5 15\n access-class 5 in\nend\n',
    );
    const lines = (snippet: string): readonly string[] =>
      [...type(LINES, snippet).end.lines.values()].map(
        (l) => `${l.first}-${l.last} ${l.accessClassIn?.acl ?? '-'} ${l.transportInput?.join() ?? '-'}`,
      );
    expect(lines('no line vty 8 15\n')).to.deep.equal(['0-4 5 ssh', '5-7 5 -']);
    expect(lines('default line vty 0 4\n')).to.deep.equal(['0-4 - -', '5-15 5 -']);
    expect(lines('no line vty 5\naccess-class 6 in\n')).to.deep.equal(['0-4 5 ssh']);
    expect(lines('line vty 0 4\ntransport input tel s\n')).to.deep.equal(['0-4 5 telnet,ssh', '5-15 5 -']);
    expect(effects(type(LINES, 'line vty 0 4\ntransport input https\n'))).to.deep.equal(['none', 'rejected']);
  });

  it('leaves the binding when the list goes', () => {
    const s = type(GW, 'no access-list 150\n');
    expect(s.end.interfaces.get('FastEthernet0/0')!.bindings.in!.acl).to.equal('150');
  });
});

describe('addresses typed at the device', () => {
  const TWO = `version 12.4
hostname gw
interface FastEthernet0/0
 ip address 192.0.2.1 255.255.255.0
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
 ip address 203.0.113.1 255.255.255.0 secondary
interface FastEthernet0/2
 ip address 192.0.2.9 255.255.255.248
 shutdown
end
`;
  const last = (lines: string): string => effects(type(TWO, lines)).at(-1)!;

  it('are refused where the network of another interface in use overlaps', () => {
    const at = (name: string, address: string): string => last(`interface ${name}\n ip address ${address}\n`);
    expect(at('FastEthernet0/0', '198.51.100.129 255.255.255.128')).to.equal('rejected');
    expect(at('FastEthernet0/0', '203.0.113.9 255.255.255.248 secondary')).to.equal('rejected');
    expect(at('FastEthernet0/1', '192.0.2.130 255.255.255.128')).to.equal('rejected');
    expect(at('FastEthernet0/0', '192.0.2.2 255.255.255.0')).to.equal('changed');
    expect(at('FastEthernet0/0', '198.51.101.1 255.255.255.0')).to.equal('changed');
    // One that is shut down is only refused when it is to come up.
    expect(at('FastEthernet0/2', '198.51.100.129 255.255.255.128')).to.equal('changed');
    expect(last('interface FastEthernet0/2\n no shutdown\n')).to.equal('rejected');
    expect(last('interface FastEthernet0/0\n shutdown\ninterface FastEthernet0/2\n no shutdown\n')).to.equal(
      'changed',
    );
    expect(
      last('ip vrf X\ninterface Loopback1\n ip vrf forwarding X\n ip address 192.0.2.1 255.255.255.0\n'),
    ).to.equal('changed');
  });
  it('are refused where no host can have them', () => {
    const at = (address: string): string => last(`interface FastEthernet0/2\n ip address ${address}\n`);
    for (const none of [
      '192.0.2.0 255.255.255.0',
      '192.0.2.255 255.255.255.0',
      '127.0.0.1 255.0.0.0',
      '224.0.0.5 255.255.255.0',
      '0.1.2.3 255.0.0.0',
    ])
      expect(at(none), none).to.equal('rejected');
    for (const some of [
      '192.0.2.1 255.255.255.0',
      '192.0.2.128 255.255.255.0',
      '192.0.2.0 255.255.255.254',
      '192.0.2.255 255.255.255.255',
    ])
      expect(at(some), some).to.equal('changed');
  });
  it('come to a part of a LAN interface behind its VLAN', () => {
    const at = (...lines: readonly string[]): string =>
      last(
        ['interface FastEthernet0/1.30', ...lines, 'ip address 203.0.113.130 255.255.255.128', ''].join('\n'),
      );
    expect(at()).to.equal('rejected');
    expect(
      last(
        'interface FastEthernet0/2.30\nencapsulation dot1q 30\nip address 203.0.114.130 255.255.255.128\n',
      ),
    ).to.equal('changed');
    const excerpt = 'interface FastEthernet0/2.30\n ip access-group 150 in\n';
    expect(
      effects(type(excerpt, 'interface FastEthernet0/2.30\nip address 203.0.114.130 255.255.255.128\n')),
      'an excerpt may leave it out',
    ).to.deep.equal(['none', 'changed']);
    expect(last('interface Loopback3\nip address 203.0.114.130 255.255.255.128\n')).to.equal('changed');
  });
  it('keep the primary while there is a secondary', () => {
    const at = (...lines: readonly string[]): string =>
      last(['interface FastEthernet0/1', ...lines, ''].join('\n'));
    expect(at('no ip address 198.51.100.1 255.255.255.0')).to.equal('rejected');
    expect(
      at('no ip address 203.0.113.1 255.255.255.0 secondary', 'no ip address 198.51.100.1 255.255.255.0'),
    ).to.equal('changed');
    expect(at('no ip address')).to.equal('changed');
  });
});

describe('a time range typed at the device', () => {
  const RANGE = `version 12.4
hostname gw
time-range T
 absolute start 00:00 01 January 2026
 periodic weekdays 8:00 to 18:00
end
`;
  it('loses an entry by its meaning, however it is spelled', () => {
    const left = (line: string): readonly string[] =>
      type(RANGE, `time-range T\n ${line}\n`)
        .end.timeRanges.get('T')!
        .entries.map((e) => e.kind);
    expect(left('no periodic weekdays 08:00 to 18:00')).to.deep.equal(['absolute']);
    expect(left('no per weekd  8:00 to 18:00')).to.deep.equal(['absolute']);
    expect(left('no periodic weekdays 8:00 to 18:01')).to.deep.equal(['absolute', 'periodic']);
    expect(left('no absolute')).to.deep.equal(['periodic']);
    expect(left('no absolute start 0:00 1 jan 2026')).to.deep.equal(['periodic']);
  });
});
