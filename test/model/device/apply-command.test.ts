import { expect } from 'chai';
import fc from 'fast-check';
import { printAce, printConfig } from '../../../parsers/cisco-ios/index.ts';
import { type Device, NO_ACCOUNT, toRouterConfig } from '../../../src/model/device/device.ts';
import { deviceFrom, deviceOn, paste, sayEffect } from './paste.ts';

const entries = (device: Device, name = '150'): string[] | undefined => {
  const acl = device.acls.get(name);
  return acl?.entries.map((e) => `${e.sequence === null ? '' : `${e.sequence} `}${printAce(e, acl.kind)}`);
};
const bound = (device: Device, name = 'FastEthernet0/0'): string =>
  `${device.interfaces.get(name)?.bindings.in?.acl ?? '-'}/${device.interfaces.get(name)?.bindings.out?.acl ?? '-'}`;

const NEW = '12.4(20)T';
const OLD = '12.1(5)T15';
const LIST = 'access-list 150 permit tcp any any eq www\naccess-list 150 deny ip any any\n';
const GATE = `${LIST}interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n ip access-group 150 in\n`;

describe('commands at the terminal: lists', () => {
  it('access-list N appends, whatever stands there', () => {
    const { last } = paste(deviceFrom(LIST, OLD), 'access-list 150 permit udp any any');
    expect(entries(last)).to.deep.equal([
      'permit tcp any any eq www',
      'deny ip any any',
      'permit udp any any',
    ]);
  });
  it('no access-list N deletes the list, even where one entry was meant', () => {
    for (const line of ['no access-list 150', 'no access-list 150 permit tcp any any eq www'])
      expect(entries(paste(deviceFrom(LIST), line).last)).to.equal(undefined);
    expect(sayEffect(paste(deviceFrom(LIST), 'no access-list 151').effects[0]!)).to.equal('unchanged');
  });
  it('no ip access-list deletes the list and leaves the binding', () => {
    const { last } = paste(deviceFrom(GATE), 'no ip access-list extended 150');
    expect([entries(last), bound(last)]).to.deep.equal([undefined, '150/-']);
  });
  it('no permit … in named mode removes that entry only', () => {
    const { last, effects } = paste(
      deviceFrom(LIST, OLD),
      'ip access-list extended 150',
      'no permit tcp any any eq 80',
      'no permit tcp any any eq 81',
    );
    expect(entries(last)).to.deep.equal(['deny ip any any']);
    expect(effects.map(sayEffect)).to.deep.equal(['none', 'changed', 'not-there']);
  });
  it('the list stays, empty, when its last entry goes', () => {
    const { last } = paste(
      deviceFrom(LIST, OLD),
      'ip access-list extended 150',
      'no permit tcp any any eq www',
      'no deny ip any any',
    );
    expect(entries(last)).to.deep.equal([]);
  });
  it('a number inserts, and no with a number removes', () => {
    const { last, effects } = paste(
      deviceFrom(LIST, NEW),
      'ip access-list extended 150',
      '15 permit udp any any',
      'no 10',
      'no 11',
    );
    expect(entries(last)).to.deep.equal(['15 permit udp any any', '20 deny ip any any']);
    expect(effects.map(sayEffect)).to.deep.equal(['none', 'changed', 'changed', 'not-there']);
  });
  it('before sequence numbers, a number is refused and nothing is numbered', () => {
    const { last, effects } = paste(
      deviceFrom(LIST, OLD),
      'ip access-list extended 150',
      '15 permit udp any any',
      'permit udp any any',
    );
    expect(entries(last)).to.deep.equal([
      'permit tcp any any eq www',
      'deny ip any any',
      'permit udp any any',
    ]);
    expect(effects.map(sayEffect)).to.deep.equal(['none', 'not-on-this-train', 'changed']);
  });
  it('new entries are numbered from 10, by 10 behind the last', () => {
    const { last } = paste(
      deviceOn(NEW),
      'ip access-list extended T',
      'permit tcp any any',
      '25 permit udp any any',
      'deny ip any any',
    );
    expect(entries(last, 'T')).to.deep.equal([
      '10 permit tcp any any',
      '25 permit udp any any',
      '35 deny ip any any',
    ]);
  });
  it('a taken number is refused; the same entry again changes nothing, but log makes it another', () => {
    const { effects } = paste(
      deviceFrom(LIST, NEW),
      'ip access-list extended 150',
      '10 permit udp any any',
      '15 permit tcp any any eq 80',
      'permit tcp any any eq www',
      'permit tcp any any eq www log',
    );
    expect(effects.map(sayEffect)).to.deep.equal([
      'none',
      'duplicate-sequence',
      'unchanged',
      'unchanged',
      'changed',
    ]);
  });
  it('resequence changes numbers only', () => {
    const { last, effects } = paste(
      deviceFrom(LIST, NEW),
      'ip access-list resequence 150 100 5',
      'ip access-list resequence 151 10 10',
    );
    expect(entries(last)).to.deep.equal(['100 permit tcp any any eq www', '105 deny ip any any']);
    expect(effects.map(sayEffect)).to.deep.equal(['changed', 'not-there']);
  });
  it('numbers end at 2147483647', () => {
    const { effects } = paste(
      deviceOn(NEW),
      'ip access-list extended T',
      '2147483647 permit tcp any any',
      'permit udp any any',
      '2147483648 permit udp any any',
    );
    expect(effects.map(sayEffect)).to.deep.equal(['changed', 'changed', 'sequence-exhausted', 'invalid']);
  });
  it('a name has one kind', () => {
    const { effects } = paste(
      deviceOn(),
      'ip access-list standard X',
      'ip access-list extended X',
      'no ip access-list extended X',
      'no ip access-list standard X',
    );
    expect(effects.map(sayEffect)).to.deep.equal(['changed', 'kind-conflict', 'kind-conflict', 'changed']);
  });
  it('in a standard list a range never comes before the hosts that it covers', () => {
    const { last } = paste(
      deviceFrom('ip access-list standard S\n 20 permit 10.1.1.1\n 30 permit 10.2.0.0 0.0.255.255\n', NEW),
      'ip access-list standard S',
      '5 deny 10.1.0.0 0.0.255.255',
      '6 deny 10.9.0.0 0.0.255.255',
    );
    expect(entries(last, 'S')).to.deep.equal([
      '6 deny 10.9.0.0 0.0.255.255',
      '20 permit 10.1.1.1',
      '5 deny 10.1.0.0 0.0.255.255',
      '30 permit 10.2.0.0 0.0.255.255',
    ]);
  });
  it('from 15 on a host under an earlier range is refused', () => {
    const list = 'ip access-list standard S\n permit 10.0.0.0 0.255.255.255\n';
    const lines = ['ip access-list standard S', 'deny 10.1.1.1', 'deny 192.0.2.1'];
    expect(paste(deviceFrom(list, '15.2'), ...lines).effects.map(sayEffect)).to.deep.equal([
      'none',
      'covered',
      'changed',
    ]);
    expect(paste(deviceFrom(list, NEW), ...lines).effects.map(sayEffect)).to.deep.equal([
      'none',
      'changed',
      'changed',
    ]);
  });
});

describe('commands at the terminal: modes', () => {
  it('a refused line leaves the mode, and later lines run where it left them', () => {
    const { states, effects } = paste(
      deviceFrom(GATE),
      'interface FastEthernet0/1x',
      'ip access-group 151 in',
      'interface FastEthernet0/0',
      'frobnicate',
      'ip access-group 151 in',
    );
    expect(states.map((s) => s.mode.kind)).to.deep.equal([
      'global',
      'global',
      'interface',
      'interface',
      'interface',
    ]);
    expect(effects.map(sayEffect)).to.deep.equal(['invalid', 'invalid', 'none', 'invalid', 'changed']);
  });
  it('a global line inside a sub-mode moves there', () => {
    const { last } = paste(
      deviceFrom(GATE),
      'interface FastEthernet0/0',
      'access-list 151 permit ip any any',
    );
    expect(last.mode.kind).to.equal('global');
  });
  const leaves: readonly (readonly [string, string, string])[] = [
    ['interface Fa0/0', 'ip route 10.0.0.0 255.0.0.0 192.0.2.1', 'global'],
    ['interface Fa0/0', 'ip access-list extended X', 'access-list'],
    ['interface Fa0/0', 'ip tcp intercept list 101', 'global'],
    ['interface Fa0/0', 'ip nat inside source list 7 pool P', 'global'],
    ['interface Fa0/0', 'ip nat inside', 'interface'],
    ['interface Fa0/0', 'ip local policy route-map RM', 'global'],
    ['interface Fa0/0', 'ip dhcp pool P', 'skipped'],
    ['interface Fa0/0', 'crypto map M 10 ipsec-isakmp', 'crypto-map'],
    ['interface Fa0/0', 'crypto map M', 'interface'],
    ['interface Fa0/0', 'ip inspect name FW tcp', 'global'],
    ['interface Fa0/0', 'ip inspect FW in', 'interface'],
    ['interface Fa0/0', 'line vty 0 4', 'line'],
    ['interface Fa0/0', 'ip vrf RED', 'vrf'],
    ['interface Fa0/0', 'ntp access-group peer 5', 'global'],
    ['interface Fa0/0', 'router ospf 1', 'routing'],
    ['line vty 0 4', 'ip access-list standard 7', 'access-list'],
    ['line vty 0 4', 'access-list 7 permit any', 'global'],
    ['line vty 0 4', 'access-class 7 in', 'line'],
    ['router ospf 1', 'router bgp 65000', 'routing'],
    ['router ospf 1', 'interface Fa0/0', 'interface'],
    ['route-map RM permit 10', 'access-list 101 permit ip any any', 'global'],
    ['ip access-list extended T', 'no ip access-list extended T', 'global'],
    ['ip access-list extended T', 'ip access-list extended U', 'access-list'],
    ['object-group network G', 'ip access-list extended T', 'access-list'],
    ['policy-map P', 'access-list 101 permit ip any any', 'global'],
    ['policy-map P', 'class C', 'skipped'],
    ['crypto isakmp policy 10', 'encr aes', 'skipped'],
  ];
  for (const [header, line, kind] of leaves)
    it(`after ${header}, ${line} stands in ${kind} mode`, () => {
      const { last, effects } = paste(deviceOn(), header, line);
      expect(effects[1]?.kind).to.not.equal('rejected');
      expect(last.mode.kind).to.equal(kind);
    });
  it('exit, end and exec commands', () => {
    const { states } = paste(
      deviceFrom(GATE),
      'conf t',
      'interface Fa0/0',
      'do show run',
      'exit',
      'interface Fa0/0',
      'end',
      'write memory',
      'reload in 10',
    );
    expect(states.map((s) => s.mode.kind)).to.deep.equal([
      'global',
      'interface',
      'interface',
      'global',
      'interface',
      'exec',
      'exec',
      'exec',
    ]);
  });
  it('configuration typed at the exec prompt is refused', () => {
    const { effects } = paste(
      { ...deviceFrom(GATE) },
      'gw#interface FastEthernet0/0',
      'gw#conf t',
      'gw(config)#interface Fa0/0',
    );
    expect(effects.map(sayEffect)).to.deep.equal(['invalid', 'none', 'none']);
  });
});

describe('commands at the terminal: bindings and the rest', () => {
  const on = (...lines: string[]): Device =>
    paste(deviceFrom(GATE), 'interface FastEthernet0/0', ...lines).last;
  it('a new binding replaces the one of its direction', () => {
    expect(bound(on('ip access-group 151 in'))).to.equal('151/-');
    expect(bound(on('ip access-group 151 out'))).to.equal('150/151');
  });
  it('no ip access-group, with a doubt where it names another list', () => {
    const named = paste(deviceFrom(GATE), 'interface Fa0/0', 'no ip access-group 150 in');
    const other = paste(deviceFrom(GATE), 'interface Fa0/0', 'no ip access-group 151 in');
    const none = paste(deviceFrom(GATE), 'interface Fa0/0', 'no ip access-group 150 out');
    expect([bound(named.last), bound(other.last), bound(none.last)]).to.deep.equal(['-/-', '-/-', '150/-']);
    expect(named.effects[1]).to.deep.equal({ kind: 'changed', note: null });
    expect(other.effects[1]).to.have.property('note').that.includes('names 151');
    expect(none.effects[1]?.kind).to.equal('unchanged');
  });
  it('a physical interface stays, default empties it, a logical one goes', () => {
    const { effects, last } = paste(
      deviceFrom(GATE),
      'no interface FastEthernet0/0',
      'default interface FastEthernet0/0',
      'interface Loopback0',
      'no interface Loopback0',
    );
    expect(effects.map(sayEffect)).to.deep.equal(['not-removable', 'changed', 'changed', 'changed']);
    expect([bound(last), [...last.interfaces.keys()]]).to.deep.equal(['-/-', ['FastEthernet0/0']]);
  });
  it('vty lines are split where a later range cuts through them', () => {
    const { last } = paste(
      deviceFrom('line vty 0 15\n access-class 7 in\n'),
      'line vty 5 20',
      'access-class 8 in',
      'line vty 0 4',
      'no access-class 7 in',
    );
    expect(
      [...last.lines.values()].map((l) => `${l.first}-${l.last} ${l.accessClassIn?.acl ?? '-'}`),
    ).to.have.members(['0-4 -', '5-15 8', '16-20 8']);
  });
  it('routes: another distance replaces, no removes, and an absent one is refused', () => {
    const { last, effects } = paste(
      deviceOn(),
      'ip route 10.0.0.0 255.0.0.0 192.0.2.1',
      'ip route 10.0.0.0 255.0.0.0 192.0.2.1 200',
      'ip route 10.0.0.0 255.0.0.0 192.0.2.2',
      'no ip route 10.0.0.0 255.0.0.0 192.0.2.9',
      'no ip route 10.0.0.0 255.0.0.0 192.0.2.2',
    );
    expect([...last.routes.values()].flat().map((r) => r.distance)).to.deep.equal([200]);
    expect(sayEffect(effects[3]!)).to.equal('not-there');
    expect(paste(last, 'no ip route 10.0.0.0 255.0.0.0').last.routes.size).to.equal(0);
  });
  it('an object group in use is neither deleted nor emptied', () => {
    const { effects, last } = paste(
      deviceFrom(
        'object-group network G\n host 192.0.2.1\nip access-list extended T\n permit ip object-group G any\n',
      ),
      'no object-group network G',
      'object-group network G',
      'no host 192.0.2.1',
      'host 192.0.2.2',
      'no host 192.0.2.1',
      'no ip access-list extended T',
      'no object-group network G',
    );
    expect(effects.map(sayEffect)).to.deep.equal([
      'group-in-use',
      'none',
      'group-in-use',
      'changed',
      'changed',
      'changed',
      'changed',
    ]);
    expect(last.objectGroups.size).to.equal(0);
  });
  it('a use of a list goes with its statement', () => {
    const start = deviceFrom(
      'snmp-server community public RO 5\nroute-map RM permit 10\n match ip address 101\nip nat inside source list 7 pool P\n',
    );
    const uses = (d: Device) =>
      toRouterConfig(d, { file: '', excerpt: true, account: NO_ACCOUNT }).references.map((r) => r.use);
    expect(uses(start)).to.have.members(['snmp', 'route-map', 'nat']);
    expect(uses(paste(start, 'no snmp-server community public').last)).to.have.members(['route-map', 'nat']);
    expect(uses(paste(start, 'no route-map RM').last)).to.have.members(['snmp', 'nat']);
    expect(uses(paste(start, 'no ip nat inside source list 7').last)).to.have.members(['snmp', 'route-map']);
    expect(uses(paste(start, 'no snmp-server community pub').last)).to.have.members([
      'snmp',
      'route-map',
      'nat',
    ]);
  });
});

describe('states share what a command does not touch', () => {
  it('an idle or refused command hands back the very device', () => {
    const start = deviceFrom(GATE, NEW);
    const { states } = paste(start, 'no access-list 199', 'frobnicate');
    expect(states[1]).to.equal(states[0]);
  });
  it('other lists and tables keep their identity, earlier states their contents', () => {
    const start = deviceFrom(`${GATE}access-list 151 permit ip any any\n`, NEW);
    const { states } = paste(
      start,
      'ip access-list extended 150',
      '5 permit icmp any any',
      'no 20',
      'permit gre any any',
    );
    const [entered, inserted, removed, appended] = states as [Device, Device, Device, Device];
    for (const s of states) {
      expect(s.acls.get('151')).to.equal(start.acls.get('151'));
      expect(s.interfaces).to.equal(start.interfaces);
    }
    expect(entries(entered)).to.deep.equal(['10 permit tcp any any eq www', '20 deny ip any any']);
    expect(entries(inserted)?.length).to.equal(3);
    expect(entries(removed)).to.deep.equal(['5 permit icmp any any', '10 permit tcp any any eq www']);
    expect(entries(appended)?.at(-1)).to.equal('20 permit gre any any');
  });
  it('two continuations of one state do not see each other', () => {
    const start = paste(deviceFrom(LIST, NEW), 'ip access-list extended 150').last;
    const one = paste(start, 'ip access-list extended 150', 'permit udp any any').last;
    const two = paste(start, 'ip access-list extended 150', 'permit gre any any', 'permit udp any any').last;
    expect(entries(one)?.slice(2)).to.deep.equal(['30 permit udp any any']);
    expect(entries(two)?.slice(2)).to.deep.equal(['30 permit gre any any', '40 permit udp any any']);
    expect(entries(start)?.length).to.equal(2);
  });
  it('a change and its rollback restore the state', () => {
    const host = fc.integer({ min: 1, max: 250 });
    const line = host.map((n) => `permit tcp any host 198.51.100.${n} eq www`);
    const text = (d: Device) =>
      printConfig(toRouterConfig(d, { file: '', excerpt: true, account: NO_ACCOUNT }));
    fc.assert(
      fc.property(fc.uniqueArray(line, { minLength: 1, maxLength: 20 }), fc.boolean(), (lines, old) => {
        const start = deviceFrom(GATE, old ? OLD : NEW);
        const there = paste(start, 'ip access-list extended 150', ...lines).last;
        const back = paste(there, 'ip access-list extended 150', ...lines.map((l) => `no ${l}`)).last;
        expect(there.acls.get('150')?.entries.length).to.equal(2 + lines.length);
        expect(text(back)).to.equal(text(start));
      }),
    );
  });
});

describe('commands at the terminal: parts of an interface', () => {
  const PARTS = 'interface Fa0/0\ninterface Fa0/0.1\n shutdown\ninterface Fa0/0.2\n';
  const down = (device: Device): string[] =>
    [...device.interfaces.values()].filter((i) => i.shutdown).map((i) => i.name.slice('FastEthernet'.length));

  it('are down with it, and up with it again but for those with a shutdown of their own', () => {
    const { states } = paste(deviceFrom(PARTS), 'interface Fa0/0', 'shutdown', 'no shutdown');
    expect(states.map(down)).to.deep.equal([['0/0.1'], ['0/0', '0/0.1', '0/0.2'], ['0/0.1']]);
  });
  it('wait for it', () => {
    const start = deviceFrom(
      'interface Fa0/0\n shutdown\ninterface Fa0/0.2\n ip address 192.0.2.1 255.255.255.0\n',
    );
    const { states } = paste(start, 'interface Fa0/0.2', 'no shutdown', 'int f0/0', 'no shutdown');
    expect(states.map(down)).to.deep.equal([['0/0', '0/0.2'], ['0/0', '0/0.2'], ['0/0', '0/0.2'], []]);
  });
});
