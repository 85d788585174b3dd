import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import type { DecidedBy } from '../../src/model/finding.ts';
import type { ChangedSpace } from '../../src/model/review.ts';
import { type ConfigDiff, diffConfigs } from '../../src/review/semantic-diff.ts';
import { configText, listText, packet } from './arbitrary-lists.ts';
import { letsIn } from './first-match.ts';
import { spaceHolds } from './space-members.ts';
import { hazardsOf, inShort } from './typed.ts';

const diffTexts = (before: string, after: string): ConfigDiff =>
  diffConfigs(parseConfig(before, 'old.cfg').value, parseConfig(after, 'new.cfg').value, { clock: null });

const isSame = (d: ConfigDiff): boolean =>
  [d.gained, d.lost, d.fragments.gained, d.fragments.lost, d.undetermined].every((s) => s.length === 0);

const by = (d: DecidedBy): string =>
  d === null ? 'no list' : 'line' in d ? `line ${d.line}` : `implicit deny of ${d.acl}`;

const inWords = (s: ChangedSpace): string =>
  `${s.interface} ${s.direction} ${s.protocol} ${s.source} ${JSON.stringify(s.sourcePorts)} > ${s.destination} ${JSON.stringify(s.destinationPorts)}` +
  `${s.tcpFlags === null ? '' : ` ${s.tcpFlags}`}${s.icmp === null ? '' : ` icmp ${s.icmp.type}/${s.icmp.code}`}` +
  `${s.condition === undefined ? '' : ` (${s.condition})`} x${s.packets} ${by(s.before)} -> ${by(s.after)}`;

const list = ['permit tcp any host 198.51.100.1 eq 110', 'deny ip any any log'];
const before = configText(list);

describe('a group of ports', () => {
  const grouped = (...ports: readonly number[]): string =>
    `object-group ip port P\n${ports.map((p) => ` eq ${p}\n`).join('')}${configText(['permit tcp any host 198.51.100.1 portgroup P'], 'OUT', '15.1')}`;
  it('counts with its list: a port more is gained, and typed it is gained at once', () => {
    const d = diffTexts(grouped(80), grouped(80, 443));
    expect(d.gained.map((s) => s.destinationPorts)).to.deep.equal([[[443, 443]]]);
    expect(d.lost.length + d.undetermined.length).to.equal(0);
    const old = grouped(80, 443);
    const hazards = hazardsOf(old, 'object-group ip port P\nno eq 443\neq 443\n');
    expect(inShort(hazards)).to.deep.equal(['2 ephemeral-deny high']);
  });
});

describe('no change in effect', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['a list gets another name', configText(list, 'EDGE')],
    [
      'remarks, a log clause and numbers differ',
      configText(['remark mail', '15 permit tcp any host 198.51.100.1 eq 110 log', '25 deny ip any any']),
    ],
    ['the catch-all is left to the implicit deny', configText(list.slice(0, 1))],
    [
      'a port is written by its name',
      configText(['permit tcp any host 198.51.100.1 eq pop3', 'deny ip any any']),
    ],
  ];
  for (const [says, after] of rows)
    it(says, () => {
      expect(isSame(diffTexts(before, after))).to.equal(true);
    });
  it('lines that do not overlap change places', () => {
    const lines = ['permit udp any host 198.51.100.1 eq 53', ...list];
    expect(isSame(diffTexts(configText(lines), configText([lines[1]!, lines[0]!, lines[2]!])))).to.equal(
      true,
    );
  });
  it('a numbered list becomes another number', () => {
    const numbered = before
      .replaceAll('OUT', '150')
      .replace('ip access-list extended 150\n', '')
      .replace(/^ (permit|deny)/gm, 'access-list 150 $1');
    expect(isSame(diffTexts(numbered, numbered.replaceAll('150', '151')))).to.equal(true);
    expect(isSame(diffTexts(numbered, before))).to.equal(true);
  });
  it('a group replaces what it holds', () => {
    const after = configText(['permit tcp any object-group MAIL eq 110']).replace(
      'ip access-list',
      'object-group network MAIL\n host 198.51.100.1\nip access-list',
    );
    expect(isSame(diffTexts(before, after))).to.equal(true);
  });
  it('a clause that nobody can evaluate stands in both', () => {
    const open = configText(['permit tcp any host 198.51.100.1 eq 110 time-range OFFICE', 'deny ip any any']);
    expect(isSame(diffTexts(open, open.replaceAll('OUT', 'EDGE')))).to.equal(true);
  });
  it('but not when the time-range itself differs', () => {
    const open = configText(['permit tcp any host 198.51.100.1 eq 110 time-range OFFICE', 'deny ip any any']);
    const range = (to: string): string => `time-range OFFICE\n periodic weekdays 8:00 to ${to}\n`;
    const withRange = (to: string): string => open.replace('ip access-list', `${range(to)}ip access-list`);
    expect(isSame(diffTexts(withRange('17:00'), withRange('17:00')))).to.equal(true);
    expect(diffTexts(withRange('17:00'), withRange('18:00')).undetermined).to.not.be.empty;
  });
});

describe('gained and lost', () => {
  it('are told in the words of the contract', () => {
    const after = configText(['permit tcp host 192.0.2.1 host 198.51.100.1 eq 25', ...list]);
    const { gained, lost, fragments } = diffTexts(before, after);
    expect(gained.map(inWords)).to.deep.equal([
      'FastEthernet0/0 in 6 192.0.2.1 0.0.0.0 [[0,65535]] > 198.51.100.1 0.0.0.0 [[25,25]] x65536 line 10 -> line 9',
    ]);
    expect(lost).to.deep.equal([]);
    expect(fragments.gained, 'fragments of these hosts passed before').to.deep.equal([]);
  });

  it('keep several ports of one line in one space', () => {
    const after = configText(['permit tcp host 192.0.2.1 host 198.51.100.1 eq 25 143 993', ...list]);
    expect(diffTexts(before, after).gained.map((s) => s.destinationPorts)).to.deep.equal([
      [
        [25, 25],
        [143, 143],
        [993, 993],
      ],
    ]);
  });

  it('give ICMP its type and code, and TCP its flags', () => {
    const after = configText([
      'permit icmp any any echo',
      'permit icmp any any packet-too-big',
      'permit tcp any host 198.51.100.9 established',
      ...list,
    ]);
    expect(diffTexts(before, after).gained.map(inWords)).to.have.members([
      `FastEthernet0/0 in 1 0.0.0.0 255.255.255.255 null > 0.0.0.0 255.255.255.255 null icmp 8/null x${2n ** 64n * 256n} line 10 -> line 9`,
      `FastEthernet0/0 in 1 0.0.0.0 255.255.255.255 null > 0.0.0.0 255.255.255.255 null icmp 3/4 x${2n ** 64n} line 10 -> line 10`,
      `FastEthernet0/0 in 6 0.0.0.0 255.255.255.255 [[0,65535]] > 198.51.100.9 0.0.0.0 [[0,65535]] established x${2n ** 64n} line 10 -> line 11`,
    ]);
  });

  it('count every address where the list goes', () => {
    const after = before.replace(' ip access-group OUT in\n', '');
    const { gained } = diffTexts(configText(['deny ip any any']), after);
    expect(gained.map(inWords)).to.deep.equal([
      `FastEthernet0/0 in ip 0.0.0.0 255.255.255.255 null > 0.0.0.0 255.255.255.255 null x${2n ** 64n} line 9 -> no list`,
    ]);
  });

  it('tell all but one protocol one by one for a few pairs of lines, and in runs for many', () => {
    const pairs = (count: number): ConfigDiff => {
      const hosts = Array.from({ length: count }, (_, i) => `198.51.100.${i + 1}`);
      const permits = hosts.map((host) => `permit ip any host ${host}`);
      const lines = [...hosts.map((host) => `deny tcp any host ${host}`), ...permits];
      return diffTexts(configText(lines), configText(lines.slice(0, count)));
    };
    const few = pairs(3).lost;
    expect(few).to.have.lengthOf(3 * 255);
    expect(few.every((s) => s.protocol !== 'ip' && s.protocols === undefined)).to.equal(true);
    const many = pairs(30).lost;
    expect(many).to.have.lengthOf(30);
    for (const space of many)
      expect(space).to.deep.include({
        protocol: 'ip',
        protocols: [
          [0, 5],
          [7, 255],
        ],
        packets: (2n ** 32n).toString(),
      });
  });
  it('say nothing of a field that only another line asks about', () => {
    const marked = 'permit tcp any host 192.0.2.35 eq 110 dscp ef';
    const { lost } = diffTexts(
      configText([marked, 'permit udp any host 192.0.2.35 eq 53']),
      configText(['deny udp any host 192.0.2.35 eq 53']),
    );
    expect(lost.map(({ protocol, condition }) => [protocol, condition])).to.have.deep.members([
      [6, 'tos octet 184-187'],
      [17, undefined],
    ]);
  });

  it('name the implicit deny', () => {
    const [lost] = diffTexts(before, configText(['permit udp any any'])).lost;
    expect(by(lost!.after)).to.equal('implicit deny of OUT');
  });

  it('count an interface that is shut down as closed, and say so', () => {
    const { lost, gained, assumptions } = diffTexts(
      before,
      before.replace(' ip access-group OUT in\n', ' ip access-group OUT in\n shutdown\n'),
    );
    expect(gained).to.deep.equal([]);
    expect(lost.filter((s) => s.direction === 'in').map((s) => s.destinationPorts)).to.deep.equal([
      [[110, 110]],
    ]);
    expect(assumptions.join()).to.contain('shut down');
  });

  it('tell who may log in when an access-class changes', () => {
    const vty = (acl: string): string =>
      before.replace(
        'end\n',
        `access-list 2 permit 192.0.2.1\naccess-list 3 permit 192.0.2.0 0.0.0.3\nline vty 0 4\n access-class ${acl} in\nend\n`,
      );
    const { gained, lost } = diffTexts(vty('2'), vty('3'));
    expect(gained.map((s) => s.interface)).to.include('line vty 0 4');
    expect(lost).to.deep.equal([]);
  });

  it('see terminal lines alike however they are grouped', () => {
    const vty = (lines: string): string =>
      before.replace('end\n', `access-list 2 permit 192.0.2.1\n${lines}end\n`);
    const together = vty('line vty 0 4\n access-class 2 in\n');
    expect(
      isSame(
        diffTexts(together, vty('line vty 0 1\n access-class 2 in\nline vty 2 4\n access-class 2 in\n')),
      ),
    ).to.equal(true);
    const half = diffTexts(together, vty('line vty 0 1\n access-class 2 in\nline vty 2 4\n login\n'));
    expect(half.gained.every((s) => s.interface === 'line vty 2 4')).to.equal(true);
    expect(half.gained).to.not.be.empty;
  });

  it('leave a change of routes to the end-to-end view, and say so', () => {
    const routed = before.replace('ip access-list', 'ip route 0.0.0.0 0.0.0.0 203.0.113.254\nip access-list');
    const diff = diffTexts(before, routed);
    expect(isSame(diff)).to.equal(true);
    expect(diff.assumptions.join()).to.contain('routes differ');
  });

  it('say of the router as a whole what no binding shows', () => {
    const note = (lines: string, old = before): string =>
      diffTexts(old, old.replace('ip access-list', `${lines}\nip access-list`)).assumptions.join();
    expect(note('router ospf 1\n network 192.0.2.0 0.0.0.255 area 0')).to.contain('routing processes differ');
    expect(note('no ip routing')).to.contain('the router does with packets as a whole');
    const policed = 'control-plane\n service-policy input CP';
    expect(note(policed)).to.contain('(control-plane service-policy input CP)');
    const again = before.replace('ip access-list', `${policed}\nip access-list`);
    expect(
      diffTexts(again, again.replace('control-plane\n', '!\ncontrol-plane\n')).assumptions,
    ).to.deep.equal([]);
    expect(note('ip domain-name example.net\nlogging host 192.0.2.9')).to.equal('');
    expect(note('ip http server')).to.contain('HTTP server');
  });

  it('name the other users of a list that changes', () => {
    const shared = before.replace(
      'end\n',
      'ip nat inside source list OUT interface FastEthernet0/0 overload\nend\n',
    );
    const after = shared.replace(' permit tcp any host 198.51.100.1 eq 110\n', '');
    expect(diffTexts(shared, after).assumptions.join()).to.contain('list OUT is used by nat');
    expect(diffTexts(shared, shared).assumptions.join()).not.to.contain('nat');
  });

  it('leave open what depends on a clause that nobody can evaluate', () => {
    const after = configText(['permit tcp any host 198.51.100.1 eq 25 time-range OFFICE', ...list]);
    const { gained, undetermined } = diffTexts(before, after);
    expect(gained).to.deep.equal([]);
    expect(undetermined.map((s) => [s.destinationPorts, s.condition])).to.deep.equal([
      [[[25, 25]], 'depends on line 9'],
    ]);
  });

  it('of the full list against the short one are what the ten denies take away', () => {
    const sample = (name: string): string =>
      readFileSync(new URL(`../../samples/isp-mail/${name}`, import.meta.url), 'utf8');
    const { gained, lost } = diffTexts(sample('gw-short.cfg'), sample('gw-full.cfg'));
    expect(gained).to.deep.equal([]);
    expect(lost.filter((s) => s.destinationPorts![0]![0] === 110).map((s) => by(s.after))).to.deep.equal(
      [8, 9, 10, 11, 12, 13, 14, 15, 16].map((line) => `line ${line}`),
    );
    expect(lost.filter((s) => s.destinationPorts![0]![0] !== 110).map(inWords)).to.deep.equal([
      'FastEthernet0/0 in 6 192.168.1.30 0.0.0.0 [[0,65535]] > 192.168.2.35 0.0.0.0 [[25,25]] x65536 line 7 -> line 13',
      'FastEthernet0/0 in 6 10.0.1.32 0.0.0.0 [[0,65535]] > 192.168.2.35 0.0.0.0 [[22,22]] x65536 line 8 -> line 8',
    ]);
  });
});

describe('the difference of any two lists', () => {
  it('holds exactly the packets that fare differently, each in one space', () => {
    fc.assert(
      fc.property(
        listText(),
        listText(),
        fc.array(packet, { minLength: 40, maxLength: 40 }),
        (old, now, packets) => {
          const a = parseConfig(configText(old), 'old.cfg').value;
          const b = parseConfig(configText(now), 'new.cfg').value;
          const diff = diffConfigs(a, b, { clock: null });
          expect(diff.undetermined).to.deep.equal([]);
          for (const p of packets) {
            const was = letsIn(a, 'FastEthernet0/0', p);
            const is = letsIn(b, 'FastEthernet0/0', p);
            const { gained, lost } = p.nonInitialFragment ? diff.fragments : diff;
            expect(gained.filter((s) => spaceHolds(s, p)).length, 'gained').to.equal(is && !was ? 1 : 0);
            expect(lost.filter((s) => spaceHolds(s, p)).length, 'lost').to.equal(was && !is ? 1 : 0);
          }
          for (const [spaces, fragment] of [
            [diff.gained, false],
            [diff.lost, false],
            [diff.fragments.gained, true],
            [diff.fragments.lost, true],
          ] as const)
            for (const s of spaces.slice(0, 50)) {
              expect(s.witness.nonInitialFragment).to.equal(fragment);
              expect(spaceHolds(s, s.witness)).to.equal(true);
              expect(letsIn(a, 'FastEthernet0/0', s.witness)).not.to.equal(
                letsIn(b, 'FastEthernet0/0', s.witness),
              );
            }
        },
      ),
      { numRuns: 40 },
    );
  });
});
