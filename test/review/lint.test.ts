import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import type { Site } from '../../src/model/site.ts';
import { lintWithSuppressed } from '../../src/review/lint.ts';
import { findingsInShort, lintText } from './typed.ts';

const sample = (name: string): string =>
  readFileSync(new URL(`../../samples/isp-mail/${name}`, import.meta.url), 'utf8');

describe('lint of the flagship lists', () => {
  const full = sample('gw-full.cfg');

  it('finds the dead lines of the full list, each with the line that blocks it', () => {
    const dead = lintText(full).filter((f) => f.rule === 'shadowed-ace' || f.rule === 'redundant-ace');
    expect(
      dead.map((f) => [f.line!.line, f.rule, f.severity, ...f.related.map((r) => r.line)]),
    ).to.deep.equal([
      [17, 'redundant-ace', 'low', 13],
      [19, 'shadowed-ace', 'high', 13],
      [20, 'shadowed-ace', 'high', 8],
    ]);
  });

  it('says that the log of the dead line is lost', () => {
    const [spoofed] = lintText(full).filter((f) => f.line?.line === 17);
    expect(spoofed!.message).to.contain('log').and.to.contain('never written');
    const loud = full.replace(
      'deny   ip 192.168.0.0 0.0.255.255 any',
      'deny   ip 192.168.0.0 0.0.255.255 any log',
    );
    const [logged] = lintText(loud).filter((f) => f.line?.line === 17);
    expect(logged!.message).not.to.contain('log it asks for');
  });

  it('adds what the list lacks: answers, fragments, packet-too-big, each with its line', () => {
    const lacking = lintText(full).filter((f) =>
      ['reply-blocked', 'fragments-pass', 'blocks-pmtud'].includes(f.rule),
    );
    expect(findingsInShort(lacking)).to.have.members([
      '18 fragments-pass low',
      '21 blocks-pmtud low',
      '21 reply-blocked low',
    ]);
  });

  it('says nothing graver of the short list than what its missing mask and missing denies are worth', () => {
    expect(
      lintText(sample('gw-short.cfg')).filter((f) => f.severity === 'critical' || f.severity === 'high'),
    ).to.deep.equal([]);
  });

  it('falls silent where the list is mended', () => {
    const mended = full
      .replace('access-list 150 deny   ip 10.0.0.0 0.255.255.255 any\n', '')
      .replace('access-list 150 deny   ip 192.168.0.0 0.0.255.255 any\n', '');
    expect(
      lintText(mended).filter((f) => f.rule.endsWith('-ace') && f.rule !== 'log-on-broad-ace'),
    ).to.deep.equal([]);
  });
});

describe('lint of lists that nobody bound', () => {
  it('still finds their dead lines', () => {
    const found = lintText('access-list 101 deny ip any any\naccess-list 101 permit tcp any any eq 80\n');
    expect(findingsInShort(found)).to.include('2 shadowed-ace high');
  });
});

describe('lint of lines that are dead in part', () => {
  const text = `access-list 101 deny tcp any host 192.0.2.35 eq 25
access-list 101 permit tcp any host 192.0.2.35
`;
  it('is silent about them unless it is asked', () => {
    expect(lintText(text).filter((f) => f.rule === 'shadowed-ace')).to.deep.equal([]);
    const [part] = lintText(text, { partial: true }).filter((f) => f.rule === 'shadowed-ace');
    expect(part!.severity).to.equal('info');
    expect(part!.message).to.contain('in part').and.to.contain('line 1');
  });
});

describe('lint of dead lines through which fragments still pass', () => {
  const list = `access-list 101 deny tcp any host 192.0.2.35 eq 110
access-list 101 permit tcp any host 192.0.2.35 eq 110
`;
  it('says so', () => {
    const [dead] = lintText(list).filter((f) => f.rule === 'shadowed-ace');
    expect(dead!.message).to.contain('only non-initial fragments still match');
  });
  it('does not where a line above takes the fragments', () => {
    const [dead] = lintText(
      list.replace('deny tcp any host 192.0.2.35 eq 110', 'deny tcp any host 192.0.2.35'),
    ).filter((f) => f.rule === 'shadowed-ace');
    expect(dead!.message).not.to.contain('fragments');
  });
});

const WELL_KEPT = `version 12.4
hostname gw
interface FastEthernet0/0
 description to the Internet
 ip address 203.0.113.2 255.255.255.252
 ip access-group OUTSIDE-IN in
interface FastEthernet0/1
 description servers
 ip address 192.0.2.1 255.255.255.0
 ip access-group SERVERS-IN in
ip route 0.0.0.0 0.0.0.0 203.0.113.1
ip access-list standard ADMINS
 permit 192.0.2.32
ip access-list extended OUTSIDE-IN
 remark nobody outside has these addresses
 deny ip 10.0.0.0 0.255.255.255 any
 deny ip 127.0.0.0 0.255.255.255 any
 deny ip 169.254.0.0 0.0.255.255 any
 deny ip 172.16.0.0 0.15.255.255 any
 deny ip 192.168.0.0 0.0.255.255 any
 deny ip 224.0.0.0 15.255.255.255 any
 deny ip 192.0.2.0 0.0.0.255 any log
 deny ip any any fragments
 permit tcp any 192.0.2.0 0.0.0.255 gt 1023 established
 permit icmp any any echo
 permit icmp any any unreachable
 permit icmp any any time-exceeded
 permit tcp any host 192.0.2.80 eq www
 permit tcp any host 192.0.2.80 eq 443
 permit tcp any host 192.0.2.25 eq smtp
 permit udp host 203.0.113.1 eq domain host 192.0.2.53 gt 1023
 deny ip any any log
ip access-list extended SERVERS-IN
 permit tcp 192.0.2.0 0.0.0.255 any
 permit udp host 192.0.2.53 host 203.0.113.1 eq domain
 permit icmp 192.0.2.0 0.0.0.255 any
 deny ip any any
line vty 0 4
 access-class ADMINS in
end
`;

describe('lint of a well-kept router', () => {
  it('has nothing to say but that its catch-all logs', () => {
    expect(findingsInShort(lintText(WELL_KEPT))).to.deep.equal(['32 log-on-broad-ace info']);
  });

  const spoilt: readonly (readonly [says: string, from: string, to: string, finding: string])[] = [
    ['a list bound the wrong way', 'SERVERS-IN in', 'SERVERS-IN out', '10 wrong-direction high'],
    ['a port opened to all for management', 'eq smtp', 'eq 3389', '30 management-exposed critical'],
    [
      'a source port that opens',
      'permit udp host 203.0.113.1 eq',
      'permit udp any eq',
      '31 source-port-service high',
    ],
    [
      'a mistyped list',
      ' ip access-group SERVERS-IN in',
      ' ip access-group SERVER-IN in',
      '10 undefined-list critical',
    ],
    [
      'a destination that is nowhere',
      'host 192.0.2.25 eq',
      'host 192.0.20.25 eq',
      '30 dead-destination medium',
    ],
    [
      'a netmask',
      ' permit 192.0.2.32',
      ' permit 192.0.2.32 255.255.255.0',
      '13 netmask-as-wildcard critical',
    ],
    ['a forgotten spoofing deny', ' deny ip 10.0.0.0 0.255.255.255 any\n', '', '23 missing-antispoof medium'],
    ['terminal lines open to all', ' access-class ADMINS in\n', '', '38 management-exposed medium'],
    [
      'answers of the name server shut out',
      'permit udp host 203.0.113.1 eq domain host 192.0.2.53 gt 1023',
      'remark none',
      '35 reply-blocked medium',
    ],
  ];
  for (const [says, from, to, finding] of spoilt)
    it(`tells ${says}`, () => {
      expect(WELL_KEPT).to.contain(from);
      expect(findingsInShort(lintText(WELL_KEPT.replace(from, to)))).to.include(finding);
    });
});

describe("the site's word on lint", () => {
  const text = 'access-list 101 permit tcp any any\naccess-list 101 deny tcp any any eq 80\n';
  const site = (lint: Site['lint']): Site => ({
    file: 'site.yaml',
    name: 'site',
    routers: [],
    segments: new Map(),
    targets: new Map(),
    groups: new Map(),
    vantages: new Map(),
    policy: [],
    canaries: new Map(),
    management: null,
    waivers: [],
    lint,
    scanIntervalDays: null,
    clock: null,
  });
  const span = { file: 'site.yaml', line: 1, column: 1, endColumn: 2, text: '' };
  const suppressed = (acl: string | null, until: string | null): Site =>
    site({ severities: new Map(), suppressions: [{ rule: 'shadowed-ace', acl, why: 'known', until, span }] });

  it('may grade a rule otherwise', () => {
    const graded = lintText(text, {
      site: site({ severities: new Map([['shadowed-ace', 'info']]), suppressions: [] }),
    });
    expect(findingsInShort(graded)).to.include('2 shadowed-ace info');
  });
  it('may switch it off', () => {
    const off = lintText(text, {
      site: site({ severities: new Map([['shadowed-ace', 'off']]), suppressions: [] }),
    });
    expect(off.map((f) => f.rule)).not.to.include('shadowed-ace');
  });
  it('may suppress it until a day', () => {
    const rules = (s: Site, today: string): readonly string[] =>
      lintText(text, { site: s, today }).map((f) => f.rule);
    expect(rules(suppressed(null, '2026-06-30'), '2026-06-30')).not.to.include('shadowed-ace');
    expect(rules(suppressed(null, null), '2099-01-01')).not.to.include('shadowed-ace');
    expect(rules(suppressed('101', null), '2026-01-01')).not.to.include('shadowed-ace');
  });
  it('keeps count of what was suppressed, and by whose word', () => {
    const { value, diagnostics } = parseConfig(text, 'gw.cfg');
    const count = (s: Site): readonly string[] =>
      lintWithSuppressed(value, { diagnostics, clock: null, today: '2026-01-01', site: s }).suppressed.map(
        (by) => by.why,
      );
    expect(count(suppressed('101', null))).to.deep.equal(['known']);
    expect(count(suppressed('102', null))).to.deep.equal([]);
    expect(count(suppressed(null, '2025-12-31'))).to.deep.equal([]);
  });
  it('is silent about it no more the day after, and says why', () => {
    const [late] = lintText(text, { site: suppressed(null, '2026-06-30'), today: '2026-07-01' }).filter(
      (f) => f.rule === 'shadowed-ace',
    );
    expect(late!.message).to.contain('ended on 2026-06-30');
  });
  it('suppresses on the named list only', () => {
    expect(lintText(text, { site: suppressed('102', null) }).map((f) => f.rule)).to.include('shadowed-ace');
  });
});
