import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseSnippet } from '../../parsers/cisco-ios/parse-snippet.ts';
import { printAce } from '../../parsers/cisco-ios/print-ace.ts';
import { printConfig } from '../../parsers/cisco-ios/print-config.ts';
import { type Device, NO_ACCOUNT, toRouterConfig } from '../../src/model/device/device.ts';
import type { RouterConfig } from '../../src/model/router-config.ts';
import type { Operator } from '../../src/review/hazards.ts';
import { type SafeSnippet, writeSafeSnippet } from '../../src/review/safe-snippet.ts';
import { diffConfigs } from '../../src/review/semantic-diff.ts';
import { type TypedChange, typeSnippet } from '../../src/review/typed-change.ts';
import { unfollowedChanges } from '../../src/review/unfollowed-changes.ts';
import type { Simulation } from '../../src/router/simulate.ts';
import { configText, listText, packet } from './arbitrary-lists.ts';
import { letsIn } from './first-match.ts';
import { configOf, operatorAt, readerFor, type } from './typed.ts';

function safeFor(
  before: RouterConfig,
  wanted: Simulation | RouterConfig | TypedChange,
  operator: Operator | null = null,
): SafeSnippet {
  if ('after' in wanted) return safeSequence(before, wanted.after, wanted.simulation, operator);
  return 'steps' in wanted
    ? safeSequence(before, stateOf(before, wanted.end), wanted, operator)
    : safeSequence(before, wanted, null, operator);
}

function safeSequence(
  before: RouterConfig,
  after: RouterConfig,
  simulation: Simulation | null,
  operator: Operator | null,
): SafeSnippet {
  return writeSafeSnippet(before, after, {
    read: readerFor(before),
    printEntry: printAce,
    printConfig,
    clock: null,
    operator,
    simulation,
  });
}

/** With what is not followed, as the review has it. */
const typeAll = (before: RouterConfig, snippet: string): TypedChange =>
  typeSnippet(before, parseSnippet(snippet, 'change.txt').value, readerFor(before));

const stateOf = (start: RouterConfig, device: Device): RouterConfig =>
  toRouterConfig(device, { file: start.file, excerpt: start.excerpt, account: NO_ACCOUNT });

const commandsOf = (safe: SafeSnippet): readonly string[] => safe.parts.flatMap((p) => [...p.commands]);

const bindingsOf = (config: RouterConfig): readonly string[] =>
  [...config.interfaces.values()].map((i) => `${i.name} ${i.bindings.in?.acl} ${i.bindings.out?.acl}`);

const sample = (name: string): string =>
  readFileSync(new URL(`../../samples/isp-mail/${name}`, import.meta.url), 'utf8');

const GW = `version 12.4
hostname gw
interface FastEthernet0/0
 ip address 192.0.2.126 255.255.255.0
 ip access-group EDGE in
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 192.0.2.1
object-group network MAIL
 host 198.51.100.35
ip access-list extended EDGE
 permit tcp any object-group MAIL eq pop3
 permit tcp host 203.0.113.32 host 192.0.2.126 eq telnet
 deny ip any any
end
`;

describe('a safe sequence for a change', () => {
  it('builds the new list under the next free number, swaps, and removes the old one last', () => {
    const before = configOf(sample('gw-short.cfg'), '12.1(5)T15');
    const rebuild = `no access-list 150
access-list 150 deny ip 10.0.0.0 0.255.255.255 any
access-list 150 permit tcp any host 192.168.2.35 eq 110
access-list 150 deny ip any any log
`;
    const safe = safeFor(before, type(before, rebuild));
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(commandsOf(safe)).to.deep.equal([
      'write memory',
      'reload in 10',
      'configure terminal',
      'access-list 151 deny ip 10.0.0.0 0.255.255.255 any',
      'access-list 151 permit tcp any host 192.168.2.35 eq pop3',
      'access-list 151 deny ip any any log',
      'end',
      'show access-lists 151',
      'configure terminal',
      'interface FastEthernet0/0',
      ' ip access-group 151 in',
      'end',
      'show ip interface FastEthernet0/0',
      'reload cancel',
      'write memory',
      'configure terminal',
      'no access-list 150',
      'end',
    ]);
    expect(safe.rollback.commands).to.deep.equal([
      'configure terminal',
      'interface FastEthernet0/0',
      ' ip access-group 150 in',
      'no access-list 151',
      'end',
    ]);
    expect([...safe.renamed]).to.deep.equal([['150', '151']]);
  });

  it('may be pasted whole: its rollback is a comment, and lines that never match are named and left out', () => {
    const before = configOf(GW);
    const append =
      'ip access-list extended EDGE\n15 permit tcp any host 198.51.100.35 eq 143\npermit tcp any host 198.51.100.35 eq smtp\n';
    const safe = safeFor(before, type(before, append));
    const pasted = type(before, safe.text);
    const reached = stateOf(before, pasted.end);
    expect(bindingsOf(reached)).to.deep.equal(bindingsOf(stateOf(before, safe.proof.simulation.end)));
    expect([...reached.acls.keys()]).to.deep.equal([safe.renamed.get('EDGE')]);
    expect(safe.text).to.match(/left out:\n! +permit tcp any host 198\.51\.100\.35 eq smtp\n/);
    expect(safe.proof.dead).to.deep.equal([]);
    expect(commandsOf(safe).some((c) => c.includes('smtp'))).to.equal(false);
  });

  it('writes a line that only fragments still match as that, or keeps it where fragments have no word', () => {
    const change =
      'ip access-list extended EDGE\nno deny ip any any\ndeny tcp any host 198.51.100.36 eq 25\npermit tcp any host 198.51.100.36 eq 25\n';
    const before = configOf(GW);
    const safe = safeFor(before, type(before, change));
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(safe.proof.dead).to.deep.equal([]);
    expect(commandsOf(safe)).to.include(' permit tcp any host 198.51.100.36 fragments');
    expect(safe.text).to.match(/written as that:\n! +permit tcp any host 198\.51\.100\.36 eq 25\n/);
    const old = configOf(
      GW.replace('object-group network MAIL\n host 198.51.100.35\n', '').replace(
        'object-group MAIL',
        'host 198.51.100.35',
      ),
      '12.0(5)',
    );
    const kept = safeFor(old, type(old, change));
    expect(kept.proof.proven, kept.text).to.equal(true);
    expect(kept.text).to.contain('repeated as they stand');
  });

  it('says that there is nothing to type where only a line that never matches is added', () => {
    const before = configOf(GW);
    const safe = safeFor(
      before,
      type(before, 'ip access-list extended EDGE\npermit tcp any host 198.51.100.35 eq smtp\n'),
    );
    expect(safe.proof.proven).to.equal(true);
    expect(commandsOf(safe)).to.deep.equal([]);
    expect(safe.text).to.contain('left out').and.to.contain('nothing to type');
  });

  it('turns a range that runs backwards, which some versions refuse', () => {
    const before = configOf(GW);
    const safe = safeFor(
      before,
      type(before, 'ip access-list extended EDGE\n15 permit tcp any host 198.51.100.35 range 90 80\n'),
    );
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(commandsOf(safe)).to.include(' permit tcp any host 198.51.100.35 range www 90');
  });

  it('passes over numbers that are taken, or named by a binding without a list', () => {
    const before = configOf(`${sample('gw-short.cfg')}access-list 151 permit ip any any
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 152 in
`);
    const safe = safeFor(before, type(before, 'ip access-list extended 150\nno deny ip any any log\n'));
    expect(safe.renamed.get('150')).to.equal('153');
  });

  it('writes nothing where nothing changes', () => {
    const before = configOf(GW);
    const safe = safeFor(before, type(before, 'ip access-list extended EDGE\n'));
    expect(safe.proof.proven).to.equal(true);
    expect(commandsOf(safe).some((c) => c.includes('access'))).to.equal(false);
  });

  it('swaps the access-class of terminal lines as it swaps a binding', () => {
    const before = configOf(`${GW.replace('end\n', '')}access-list 2 permit 203.0.113.32
line vty 0 4
 access-class 2 in
end
`);
    const safe = safeFor(
      before,
      type(
        before,
        'no access-list 2\naccess-list 2 permit 203.0.113.32\naccess-list 2 permit 203.0.113.33\n',
      ),
    );
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(commandsOf(safe)).to.include(' access-class 3 in');
  });

  it('takes terminal lines from class to class: whole or split, for logins in or out, from other tables or not', () => {
    const lines = `${GW.replace('end\n', '')}access-list 2 permit 203.0.113.32
access-list 3 permit 203.0.113.33
line vty 0 4
 access-class 2 in vrf-also
end
`;
    for (const [change, command] of [
      ['line vty 0 4\naccess-class 3 in vrf-also\n', ' access-class 3 in vrf-also'],
      ['line vty 0 4\naccess-class 2 in\n', ' access-class 2 in'],
      ['line vty 0 4\naccess-class 3 out\n', ' access-class 3 out'],
      ['line vty 0 2\naccess-class 3 in\n', ' access-class 3 in'],
      ['line vty 0 4\nno access-class 2 in\n', ' no access-class 2 in'],
    ] as const) {
      const before = configOf(lines);
      const wanted = type(before, change);
      const safe = safeFor(before, wanted);
      expect(safe.proof.proven, safe.text).to.equal(true);
      expect(commandsOf(safe)).to.include(command);
      const classes = (device: Device): readonly string[] =>
        [...device.lines.values()].map(
          (l) => `${l.first} ${l.accessClassIn?.acl} ${l.accessClassIn?.vrfAlso} ${l.accessClassOut?.acl}`,
        );
      expect(classes(safe.proof.simulation.end), change).to.deep.equal(classes(wanted.end));
      const back = type(before, [...commandsOf(safe), ...safe.rollback.commands].join('\n'));
      expect(new Set(classes(back.end).map((c) => c.replace(/^\d+ /, '')))).to.deep.equal(
        new Set(['2 true undefined']),
      );
    }
  });

  it('gives a group with other members a successor, and the list that uses it', () => {
    const before = configOf(GW);
    const safe = safeFor(
      before,
      type(before, 'object-group network MAIL\nhost 198.51.100.36\nno host 198.51.100.35\n'),
    );
    expect(safe.proof.proven, safe.text).to.equal(true);
    const commands = commandsOf(safe);
    expect(commands)
      .to.include('object-group network MAIL-2')
      .and.to.include('ip access-list extended EDGE-2');
    expect(commands).to.include(' permit tcp any object-group MAIL-2 eq pop3');
  });

  it('leaves no group behind that goes or has a successor, and edits where it stands what no list asks', () => {
    const before = configOf(
      GW.replace(
        'ip access-list',
        'object-group network HOLD\n group-object MAIL\nobject-group network SPARE\n host 198.51.100.9\n host 198.51.100.9\nobject-group network OLD\n group-object SPARE\nip access-list',
      ),
    );
    const safe = safeFor(
      before,
      type(
        before,
        'object-group network MAIL\nhost 198.51.100.36\nno object-group network OLD\nobject-group network SPARE\nhost 198.51.100.10\nno host 198.51.100.9\n',
      ),
    );
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(safe.parts.at(-1)!.commands).to.deep.equal([
      'configure terminal',
      'no ip access-list extended EDGE',
      'object-group network HOLD',
      ' group-object MAIL-2',
      ' no group-object MAIL',
      'object-group network SPARE',
      ' host 198.51.100.10',
      ' no host 198.51.100.9',
      'no object-group network MAIL',
      'no object-group network OLD',
      'end',
    ]);
    const reached = stateOf(before, safe.proof.simulation.end);
    expect([...reached.objectGroups.keys()]).to.have.members(['MAIL-2', 'HOLD', 'SPARE']);
  });

  it('says of remarks, which no packet meets, that typing them does no harm', () => {
    const before = configOf(GW);
    const remark = safeFor(before, type(before, 'ip access-list extended EDGE\n5 remark mail\n'));
    expect(remark.text).to.contain('nothing to type').and.to.contain('does no harm');
    const rebuilt = GW.slice(GW.indexOf('ip access-list'), GW.lastIndexOf('end'));
    const same = safeFor(before, type(before, `no ip access-list extended EDGE\n${rebuilt}`));
    expect(same.text).to.contain('nothing to type').and.not.to.contain('does no harm');
  });

  it('creates a group that the change brings in before the list that uses it', () => {
    const before = configOf(GW);
    const safe = safeFor(
      before,
      type(
        before,
        'object-group network WEB\nhost 198.51.100.80\nip access-list extended EDGE\n15 permit tcp any object-group WEB eq 80\n',
      ),
    );
    expect(safe.proof.proven, safe.text).to.equal(true);
    const commands = commandsOf(safe);
    expect(commands.indexOf('object-group network WEB')).to.be.within(
      1,
      commands.indexOf('ip access-list extended EDGE-2'),
    );
  });

  it("takes the snippet's other commands over, each in its mode", () => {
    const before = configOf(GW);
    const safe = safeFor(
      before,
      type(
        before,
        'ip route 203.0.113.0 255.255.255.0 192.0.2.9\ninterface FastEthernet0/1\nno ip unreachables\nno ip proxy-arp\nip access-list extended EDGE\n15 permit tcp any host 198.51.100.35 eq 143\n',
      ),
    );
    expect(safe.proof.proven, safe.text).to.equal(true);
    const commands = commandsOf(safe);
    const at = commands.indexOf('ip route 203.0.113.0 255.255.255.0 192.0.2.9');
    expect(commands.slice(at, at + 4)).to.deep.equal([
      'ip route 203.0.113.0 255.255.255.0 192.0.2.9',
      'interface FastEthernet0/1',
      ' no ip unreachables',
      ' no ip proxy-arp',
    ]);
  });

  it('is not proven where the wanted state itself locks the operator out', () => {
    const before = configOf(GW);
    const operator = operatorAt('203.0.113.32');
    const without = type(before, 'ip access-list extended EDGE\nno 20\n');
    expect(safeFor(before, without, operator).proof.proven).to.equal(false);
    const { text } = safeFor(before, without, operator);
    expect(text).to.contain('NO SAFE SEQUENCE').and.to.contain('lockout');
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('!'))).to.deep.equal([]);
    expect(
      safeFor(
        before,
        type(before, 'ip access-list extended EDGE\n15 permit tcp any host 198.51.100.35 eq 143\n'),
        operator,
      ).proof.proven,
    ).to.equal(true);
  });

  it('writes no command where the wanted state binds a list that does not exist', () => {
    const before = configOf(GW);
    const { text } = safeFor(before, type(before, 'interface FastEthernet0/0\nip access-group EGDE in\n'));
    expect(text).to.contain('NO SAFE SEQUENCE').and.to.contain('there is no list EGDE');
    expect(text).not.to.match(/^ ?ip access-group/m);
  });

  it('rolls the rest of the change back, and a list that was rebuilt in place', () => {
    const before = configOf(GW.replace('end\n', 'ip access-list extended SPARE\n permit ip any any\nend\n'));
    const change =
      'ip access-list extended SPARE\nno permit ip any any\ndeny ip any any\ninterface FastEthernet0/1\nshutdown\n';
    const safe = safeFor(before, type(before, change));
    expect(safe.rollback.commands).to.deep.equal([
      'configure terminal',
      'interface FastEthernet0/1',
      ' no shutdown',
      'no ip access-list extended SPARE',
      'ip access-list extended SPARE',
      ' permit ip any any',
      'end',
    ]);
  });

  it('brings back what a `no` does not: an address that was replaced, a table, an interface set to its defaults', () => {
    const tables = GW.replace('interface FastEthernet0/0', 'ip vrf RED\ninterface FastEthernet0/0');
    for (const [change, ...back] of [
      ['ip address 198.51.100.2 255.255.255.0', ' ip address 198.51.100.1 255.255.255.0'],
      ['no ip address', ' ip address 198.51.100.1 255.255.255.0'],
      ['ip vrf forwarding RED', ' no ip vrf forwarding RED', ' ip address 198.51.100.1 255.255.255.0'],
    ]) {
      const before = configOf(tables);
      const { rollback } = safeFor(before, type(before, `interface FastEthernet0/1\n${change}\n`));
      expect(rollback.note, change).to.contain('Restores what packets meet');
      expect(rollback.commands, change).to.deep.equal([
        'configure terminal',
        'interface FastEthernet0/1',
        ...back,
        'end',
      ]);
    }
  });

  it('lets the new times of a range in before the old ones go, whichever way they were typed', () => {
    const of = (entry: string): RouterConfig =>
      configOf(
        GW.replace('object-group', `time-range WORK\n ${entry}\nobject-group`).replace(
          ' deny ip any any',
          ' permit tcp any host 198.51.100.35 eq 143 time-range WORK\n deny ip any any',
        ),
      );
    const weekdays = 'periodic weekdays 8:00 to 18:00';
    const before = of(weekdays);
    const retime = (from: string, to: string): readonly string[] =>
      commandsOf(safeFor(of(from), type(of(from), `time-range WORK\nno ${from}\n${to}\n`))).filter((c) =>
        /periodic|absolute/.test(c),
      );
    expect(retime(weekdays, 'periodic weekend 9:00 to 12:00')).to.deep.equal([
      ' periodic weekend 9:00 to 12:00',
      ` no ${weekdays}`,
    ]);
    const absolute = 'absolute end 12:00 01 May 2026';
    expect(retime(absolute, weekdays)).to.deep.equal([` ${weekdays}`, ` no ${absolute}`]);
    const later = 'absolute end 12:00 01 June 2026';
    expect(retime(absolute, later)).to.deep.equal([` no ${absolute}`, ` ${later}`]);
    const again = safeFor(before, type(before, `time-range WORK\nno ${weekdays}\n${weekdays}\n`));
    expect(again.proof.simulation.end.timeRanges.get('WORK')?.entries ?? []).to.have.length(1);
  });

  it('defines times before a list that asks for them is bound, where it would be open without', () => {
    const before = configOf(GW);
    const change =
      'time-range NEVER\nabsolute end 12:00 01 May 2001\nip access-list extended EDGE\n25 permit tcp any host 198.51.100.35 eq 143 time-range NEVER\nno 20\n';
    const safe = writeSafeSnippet(before, stateOf(before, type(before, change).end), {
      read: readerFor(before),
      printEntry: printAce,
      printConfig,
      clock: Date.UTC(2026, 0, 1),
      operator: null,
      simulation: type(before, change),
    });
    expect(safe.proof.proven, safe.text).to.equal(true);
    const commands = commandsOf(safe);
    expect(commands.indexOf('time-range NEVER')).to.be.within(
      1,
      commands.indexOf(' ip access-group EDGE-2 in'),
    );
  });

  it('brings a time range back with what it says', () => {
    const before = configOf(
      GW.replace('object-group', 'time-range WORK\n periodic weekdays 8:00 to 18:00\nobject-group').replace(
        ' deny ip any any',
        ' permit tcp any host 198.51.100.35 eq 143 time-range WORK\n deny ip any any',
      ),
    );
    const { rollback } = safeFor(before, type(before, 'no time-range WORK\n'));
    expect(rollback.note).to.contain('Restores what packets meet');
    expect(rollback.commands).to.include(' periodic Monday Tuesday Wednesday Thursday Friday 8:00 to 18:00');
  });

  it('takes terminal lines away that the change brought', () => {
    const before = configOf(GW.replace('end\n', 'line vty 0 4\n transport input ssh\nend\n'));
    const { rollback } = safeFor(before, type(before, 'line vty 5 15\ntransport input ssh\n'));
    expect(rollback.note).to.contain('Restores what packets meet');
    expect(rollback.commands).to.deep.equal(['configure terminal', 'no line vty 5 15', 'end']);
  });

  it('says what it cannot roll back', () => {
    const before = configOf(GW);
    const { rollback } = safeFor(before, type(before, 'no ip vrf NONE\nip host example.net 192.0.2.9\n'));
    expect(rollback.note).to.contain('does not undo "ip host example.net 192.0.2.9"');
  });

  it('takes along what is not modelled, each in its mode, and text that no line of which is a command', () => {
    const before = configOf(GW);
    const change = `banner motd ^C
no ip access-list extended EDGE
^C
line vty 5 15
 login local
 transport input ssh
ip access-list extended EDGE
 15 permit tcp any host 198.51.100.35 eq 143
`;
    const safe = safeFor(before, type(before, change));
    expect(safe.proof.proven, safe.text).to.equal(true);
    const typed = type(before, safe.text).steps.map((s) => s.text);
    expect(typed.join('\n'))
      .to.contain('banner motd ^C\nno ip access-list extended EDGE\n^C\n')
      .and.to.contain('line vty 5 15\nlogin local\ntransport input ssh\n');
    expect(bindingsOf(stateOf(before, type(before, safe.text).end))).to.deep.equal([
      'FastEthernet0/0 EDGE-2 undefined',
      'FastEthernet0/1 undefined undefined',
    ]);
  });

  it('takes along what is not followed under all of its headers, and leaves alone what was there', () => {
    const before = configOf(
      GW.replace(
        'end\n',
        'ip prefix-list OURS seq 5 permit 198.51.100.0/24\npolicy-map OLD\n class A\n  drop\nend\n',
      ),
    );
    const change = `policy-map NEW
 class A
  drop
 class B
  drop
route-map AROUND permit 10
 set ip next-hop 192.0.2.77
route-map AROUND deny 20
ip access-list extended EDGE
 15 permit tcp any host 198.51.100.35 eq 143
`;
    const wanted = typeAll(before, change);
    const safe = safeFor(before, wanted);
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(commandsOf(safe).join('\n')).to.contain(`policy-map NEW
 class A
 drop
 class B
 drop
route-map AROUND permit 10
 set ip next-hop 192.0.2.77
route-map AROUND deny 20
end`);
    expect(unfollowedChanges(wanted.after, typeAll(before, safe.text).after)).to.deep.equal([]);
  });

  it('stays proven where the configuration holds what is not followed', () => {
    const before = configOf(GW.replace('end\n', 'ip prefix-list OURS seq 5 permit 198.51.100.0/24\nend\n'));
    const wanted = typeAll(before, 'ip access-list extended EDGE\n no 20\n');
    expect(wanted.after.unfollowed).to.have.length(1);
    for (const how of [wanted, wanted.after]) {
      const safe = safeFor(before, how);
      expect(safe.proof.proven, safe.text).to.equal(true);
    }
  });

  const TRANSLATES = GW.replace(
    'end\n',
    'ip nat inside source list EDGE interface FastEthernet0/0 overload\nend\n',
  );

  it('edits a list that translation uses as well where it stands, new lines before the old ones go', () => {
    const before = configOf(TRANSLATES);
    const change = `no ip access-list extended EDGE
ip access-list extended EDGE
 permit tcp any object-group MAIL eq pop3
 permit tcp host 203.0.113.32 host 192.0.2.126 eq 22
 permit tcp host 203.0.113.33 host 192.0.2.126 eq 22
 deny ip any any
`;
    const wanted = type(before, change);
    const safe = safeFor(before, wanted);
    expect(safe.proof.proven, safe.text).to.equal(true);
    const commands = commandsOf(safe);
    const at = commands.indexOf('ip access-list extended EDGE');
    expect(commands.slice(at, at + 5)).to.deep.equal([
      'ip access-list extended EDGE',
      ' 13 permit tcp host 203.0.113.32 host 192.0.2.126 eq 22',
      ' 16 permit tcp host 203.0.113.33 host 192.0.2.126 eq 22',
      ' no 20',
      'end',
    ]);
    const lines = (device: Device): readonly string[] =>
      stateOf(before, device)
        .acls.get('EDGE')!
        .entries.map((e) => printAce(e, 'extended'));
    expect(lines(safe.proof.simulation.end)).to.deep.equal(lines(wanted.end));
    const back = type(before, [...commands, ...safe.rollback.commands].join('\n'));
    expect(lines(back.end)).to.deep.equal(lines(type(before, '').end));
  });

  it('leaves out of such an edit, too, what never matches', () => {
    const before = configOf(TRANSLATES);
    const safe = safeFor(
      before,
      type(
        before,
        'ip access-list extended EDGE\n15 permit tcp any host 198.51.100.35 eq 143\ndeny udp any any\n',
      ),
    );
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(safe.text)
      .to.contain('left out')
      .and.not.to.match(/^ \d+ deny udp/m);
  });

  it('leaves such a list to a person where it has no numbers, or where a line only moves', () => {
    const unnumbered = TRANSLATES.replace('version 12.4', 'version 12.1')
      .replace('object-group network MAIL\n host 198.51.100.35\n', '')
      .replace('object-group MAIL', 'host 198.51.100.35');
    for (const [text, change] of [
      [unnumbered, 'no permit tcp any host 198.51.100.35 eq pop3\n'],
      [TRANSLATES, 'no 20\n5 permit tcp host 203.0.113.32 host 192.0.2.126 eq telnet\n'],
    ] as const) {
      const before = configOf(text);
      const safe = safeFor(before, type(before, `ip access-list extended EDGE\n${change}`));
      expect(safe.proof.proven, safe.text).to.equal(false);
      expect(safe.left.join(), safe.text).to.contain('nat');
    }
  });

  it('edits in place, too, a list that the change itself lets something name', () => {
    const before = configOf(
      GW.replace('end\n', 'access-list 10 permit 203.0.113.32\nline vty 0 4\n access-class 10 in\nend\n'),
    );
    const safe = safeFor(
      before,
      type(before, 'access-list 10 permit 203.0.113.33\nsnmp-server community example RO 10\n'),
    );
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(commandsOf(safe)).to.include(' 20 permit 203.0.113.33');
  });

  it('edits such a list before it is bound, or after it was bound, whichever is safe', () => {
    const lines = `access-list 10 permit 203.0.113.32
ip nat inside source list 10 interface FastEthernet0/0 overload
line vty 0 4
 transport input ssh
`;
    const edit = 'ip access-list standard 10\n5 permit 203.0.113.33\nno 10\n';
    const bound = GW.replace('end\n', `${lines} access-class 10 in\nend\n`);
    const unbound = GW.replace('end\n', `${lines} access-class 11 in\naccess-list 11 deny any\nend\n`);
    for (const [text, change, order] of [
      [unbound, `${edit}line vty 0 4\naccess-class 10 in\n`, ['no 10', 'access-class 10 in']],
      [
        bound,
        `access-list 11 permit 203.0.113.32\n${edit}line vty 0 4\naccess-class 11 in\n`,
        ['access-class 11 in', 'no 10'],
      ],
    ] as const) {
      const before = configOf(text);
      const safe = safeFor(before, type(before, change));
      expect(safe.proof.proven, safe.text).to.equal(true);
      const commands = commandsOf(safe).map((c) => c.trim());
      expect(commands.filter((c) => (order as readonly string[]).includes(c))).to.deep.equal(order);
    }
  });

  it('leaves out a host of a standard list that devices refuse behind its range', () => {
    const before = configOf(
      GW.replace(
        'end\n',
        'access-list 10 permit any\naccess-list 10 deny 203.0.113.9\nline vty 0 4\n access-class 10 in\nend\n',
      ),
    );
    const safe = safeFor(before, type(before, 'ip access-list standard 10\n5 deny 10.0.0.0 0.255.255.255\n'));
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(safe.text).to.match(/left out:\n! +access-list 10 deny 203\.0\.113\.9\n/);
  });

  it('takes away a list that something still names, as the change did', () => {
    const before = configOf(TRANSLATES.replace(' ip access-group EDGE in\n', ''));
    const safe = safeFor(before, type(before, 'no ip access-list extended EDGE\n'));
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(commandsOf(safe)).to.include('no ip access-list extended EDGE');
  });
});

describe('a safe sequence around what is no list', () => {
  const start = configOf(GW);
  const end = (safe: SafeSnippet): readonly string[] => bindingsOf(stateOf(start, safe.proof.simulation.end));

  it('closes an interface before its lists go', () => {
    for (const lines of [
      'default interface FastEthernet0/0\n',
      'interface FastEthernet0/0\n no ip access-group EDGE in\n no ip address\n',
    ]) {
      const wanted = type(GW, lines);
      const safe = safeFor(start, wanted);
      expect(safe.proof.proven, lines).to.equal(true);
      expect(end(safe), lines).to.deep.equal(bindingsOf(stateOf(start, wanted.end)));
    }
  });
  it('builds a list that translation has been waiting for under its own name', () => {
    const waits = GW.replace(
      'object-group',
      'ip nat inside source list 7 interface FastEthernet0/0 overload\nobject-group',
    );
    const safe = safeFor(configOf(waits), type(waits, 'access-list 7 permit 198.51.100.0 0.0.0.255\n'));
    expect(safe.proof.proven).to.equal(true);
    expect(commandsOf(safe)).to.include('access-list 7 permit 198.51.100.0 0.0.0.255');
  });
});

describe('any change of any list, made safe', () => {
  it('reaches the wanted effect, never permits or denies what neither end does, and rolls back', () => {
    fc.assert(
      fc.property(
        listText(5),
        listText(5),
        fc.constantFrom('12.1', '12.4'),
        fc.array(packet, { minLength: 25, maxLength: 25 }),
        (old, now, version, packets) => {
          const before = configOf(configText(old, 'OUT', version));
          const wanted = configOf(configText(now, 'OUT', version));
          const safe = safeFor(before, wanted);
          expect(safe.proof.proven, safe.text).to.equal(true);
          const states = safe.proof.simulation.steps.map((s) => stateOf(before, s.after));
          for (const p of packets) {
            const ends = [letsIn(before, 'FastEthernet0/0', p), letsIn(wanted, 'FastEthernet0/0', p)];
            for (const state of states) expect(ends).to.include(letsIn(state, 'FastEthernet0/0', p));
            // Two lists that are the same by chance need no command at all.
            expect(letsIn(states.at(-1) ?? before, 'FastEthernet0/0', p)).to.equal(ends[1]);
          }
          const swapped = safe.parts.slice(0, -1).flatMap((part) => [...part.commands]);
          const back = type(before, [...swapped, ...safe.rollback.commands].join('\n'));
          const restored = stateOf(before, back.end);
          expect(bindingsOf(restored)).to.deep.equal(bindingsOf(before));
          expect([...restored.acls.keys()]).to.deep.equal([...before.acls.keys()]);
          expect(restored.acls.get('OUT')).to.equal(before.acls.get('OUT'));
          const left = diffConfigs(before, restored, { clock: null });
          expect([
            ...left.gained,
            ...left.lost,
            ...left.fragments.gained,
            ...left.fragments.lost,
          ]).to.deep.equal([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
