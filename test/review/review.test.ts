import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { parseSnippet } from '../../parsers/cisco-ios/parse-snippet.ts';
import { parseSite } from '../../parsers/site.ts';
import type { ReviewResult } from '../../src/model/review.ts';
import { ALL_RULES } from '../../src/review/lint.ts';
import {
  concludeChange,
  diffOf,
  findingsOf,
  hazardsOf,
  type ReviewOptions,
  reviewChange,
  reviewConfigs,
} from '../../src/review/review.ts';
import { typeSnippet } from '../../src/review/typed-change.ts';
import { endToEndOf } from './end-to-end.ts';
import { findingsInShort, inShort, operatorAt, readerFor, TODAY } from './typed.ts';

const sample = (name: string): string =>
  readFileSync(new URL(`../../samples/isp-mail/${name}`, import.meta.url), 'utf8');
const read = (text: string, file = 'gw.cfg') => {
  const { value, diagnostics } = parseConfig(text, file);
  return { config: value, diagnostics };
};
const base: ReviewOptions = { clock: null, today: TODAY };

const change = (config: string, snippet: string, options: Partial<ReviewOptions> = {}): ReviewResult => {
  const before = read(config);
  return reviewChange(before, parseSnippet(snippet, 'change.txt').value, readerFor(before.config), {
    ...base,
    ...options,
  }).result;
};
const configs = (before: string, after: string, options: Partial<ReviewOptions> = {}): ReviewResult =>
  reviewConfigs(read(before, 'old.cfg'), read(after, 'new.cfg'), { ...base, ...options });

const site = parseSite(sample('site.yaml'), 'site.yaml').value!;

const GW = `version 12.4
hostname gw
interface FastEthernet0/0
 ip address 192.0.2.126 255.255.255.0
 ip access-group EDGE in
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 192.0.2.1
ip access-list extended EDGE
 permit tcp any host 198.51.100.35 eq pop3
 deny ip any any
end
`;

describe('a change of which not all could be told', () => {
  it('is no pass, though nothing was found', () => {
    const before = read(GW);
    const snippet = parseSnippet('ip access-list extended EDGE\n 5 remark mail\n', 'change.txt').value;
    const typed = typeSnippet(before.config, snippet, readerFor(before.config));
    const diff = diffOf(before, typed, base);
    expect(diff.complete).to.equal(true);
    const findings = findingsOf(before, typed, base)(ALL_RULES);
    const verdictWith = (complete: boolean): string => {
      const found = { diff: { ...diff, complete }, findings, hazards: hazardsOf(before, typed, base) };
      return concludeChange(before, typed, found, base).result.verdict;
    };
    expect([verdictWith(true), verdictWith(false)]).to.deep.equal(['pass', 'undetermined']);
  });
});

describe('a range put before the hosts of a standard list', () => {
  const list = `interface Ethernet0
 ip address 192.0.2.1 255.255.255.0
 ip access-group 5 in
access-list 5 deny 192.0.2.7
access-list 5 permit 192.0.2.0 0.0.0.255
`;
  it('changes nothing for them, and the review says why', () => {
    const { gained, assumptions } = change(
      list,
      'ip access-list standard 5\n 5 permit 192.0.2.0 0.0.0.127\n',
    );
    expect(gained).to.deep.equal([]);
    expect(assumptions.join()).to.match(/step 2 .*hosts first, so the entries of 192\.0\.2\.7 win/);
  });
  it('is nothing to speak of where they fare alike', () => {
    const { assumptions } = change(list, 'ip access-list standard 5\n 5 deny 192.0.2.0 0.0.0.127\n');
    expect(assumptions).to.deep.equal([]);
  });
});

describe('what a change is blamed for', () => {
  const two = parseSite(
    `site: two
routers: [{ name: gw, config: gw.cfg }]
targets: { mail: { address: 198.51.100.35 } }
vantages: { admin: { address: 203.0.113.9, enters: gw FastEthernet0/0 } }
policy: [{ from: admin, to: mail, tcp: [22, 25, 110], why: upkeep }]
`,
    'two.yaml',
  ).value!;
  const blamed = (snippet: string, all = false): readonly string[] =>
    change(GW, snippet, { site: two, endToEnd: endToEndOf(two), all })
      .findings.filter((f) => f.rule === 'policy-violation')
      .map((f) => f.message);

  it('is not what was shut before and is still shut', () => {
    const mends = 'ip access-list extended EDGE\n 5 permit tcp host 203.0.113.9 host 198.51.100.35 eq 22\n';
    expect(blamed(mends)).to.deep.equal([]);
    expect(blamed(mends, true)).to.deep.equal([
      'admin -> mail tcp/25: the configuration denies what the policy allows',
    ]);
  });

  it('is only the ports that it opens or shuts itself', () => {
    expect(blamed('ip access-list extended EDGE\n 5 deny tcp any any eq pop3\n')).to.deep.equal([
      'admin -> mail tcp/110: the configuration denies what the policy allows',
    ]);
    expect(blamed('ip access-list extended EDGE\n 5 permit tcp any any range 80 81\n')).to.deep.equal([
      'admin -> mail tcp/80-81: the configuration permits what the policy denies',
    ]);
  });
});

describe('the review of the full list against the short one', () => {
  const result = configs(sample('gw-short.cfg'), sample('gw-full.cfg'), { site, endToEnd: endToEndOf(site) });

  it('names the dead lines of mail filter, administrator and spoofing log', () => {
    expect(
      findingsInShort(
        result.findings.filter((f) => f.rule.endsWith('-ace') && f.rule !== 'log-on-broad-ace'),
      ),
    ).to.have.members(['17 redundant-ace low', '19 shadowed-ace high', '20 shadowed-ace high']);
  });

  it('shows end to end who loses what', () => {
    const rows = result.reach!.map(
      (r) => `${r.vantage} ${r.target} +${JSON.stringify(r.gained)} -${JSON.stringify(r.lost)}`,
    );
    expect(rows).to.include('mailfilter giant +[] -[[25,25],[110,110]]');
    expect(rows).to.include('admin giant +[] -[[22,22],[110,110]]');
    expect(rows.join('\n')).not.to.contain('friend');
  });

  it('tells the policy that it breaks', () => {
    const broken = result.findings.filter((f) => f.rule === 'policy-violation');
    expect(broken.map((f) => `${f.line?.line} ${f.message}`).sort()).to.deep.equal([
      '13 mailfilter -> giant tcp/25, 110: the configuration denies what the policy allows',
      '8 admin -> giant tcp/22, 110: the configuration denies what the policy allows',
    ]);
    expect(result.verdict).to.equal('fail');
  });

  it('cuts the administrator off, whom the site names or the call does', () => {
    const cut = (options: Partial<ReviewOptions>): readonly string[] =>
      configs(sample('gw-short.cfg'), sample('gw-full.cfg'), options).hazards.map(
        (h) => `${h.step} "${h.command}" ${h.kind} ${h.severity}`,
      );
    const short = sample('gw-short.cfg').replace(
      'deny ',
      'permit tcp host 10.0.1.32 any eq 22\naccess-list 150 deny ',
    );
    const lost = configs(short, sample('gw-full.cfg'), { operator: operatorAt('10.0.1.32') });
    expect(lost.hazards.map((h) => `${h.step} "${h.command}" ${h.kind} ${h.severity}`)).to.deep.equal([
      '0 "" lockout critical',
    ]);
    expect(lost.verdict).to.equal('fail');
    expect(configs(short, sample('gw-full.cfg'), { site }).hazards.map((h) => h.kind)).to.deep.equal([
      'lockout',
    ]);
    // The published short list lets nobody at the router to begin with.
    expect(cut({ operator: operatorAt('10.0.1.32') })).to.deep.equal([]);
  });

  it('loses routing neighbours that the first configuration hears', () => {
    const ospf = `${GW.replace('end\n', '')}router ospf 1\n network 192.0.2.0 0.0.0.255 area 0\n`;
    const heard = ospf.replace(' deny ip any any', ' permit ospf any any\n deny ip any any');
    expect(configs(heard, ospf).hazards.map((h) => `${h.step} ${h.kind} ${h.severity}`)).to.deep.equal([
      '0 adjacency-cut high',
    ]);
    expect(configs(ospf, heard).hazards).to.deep.equal([]);
  });

  it('is silent about itself', () => {
    const same = configs(sample('gw-full.cfg'), sample('gw-full.cfg'), {
      site,
      endToEnd: endToEndOf(site),
      expectSame: true,
    });
    expect(same.findings).to.deep.equal([]);
    expect(same.reach).to.deep.equal([]);
    expect(same.verdict).to.equal('pass');
  });

  it('lists what was there before when asked for all', () => {
    const all = configs(sample('gw-full.cfg'), sample('gw-full.cfg'), { all: true });
    expect(findingsInShort(all.findings)).to.include('19 shadowed-ace high');
    expect(all.verdict).to.equal('fail');
  });
});

describe('the verdict of a review', () => {
  const add = (lines: string): string => `ip access-list extended EDGE\n${lines}`;

  it('passes a harmless addition, though packets are gained', () => {
    const result = change(GW, add('15 permit tcp any host 198.51.100.35 eq 25\n'));
    expect(result.gained).to.have.length(1);
    expect(result.verdict).to.equal('pass');
  });
  it('fails it when nothing is to change', () => {
    expect(
      change(GW, add('15 permit tcp any host 198.51.100.35 eq 25\n'), { expectSame: true }).verdict,
    ).to.equal('fail');
  });
  it('passes an edit without effect even then', () => {
    expect(
      change(GW, add('15 permit tcp host 203.0.113.9 host 198.51.100.35 eq pop3\n'), {
        expectSame: true,
        floor: 'critical',
      }).verdict,
    ).to.equal('pass');
  });
  it('does not vouch for other routes, addresses or translations when nothing is to change', () => {
    const same = { expectSame: true };
    for (const line of [
      'ip route 10.0.0.0 255.0.0.0 198.51.100.9\n',
      'ip nat inside source static 198.51.100.35 192.0.2.35\n',
      'interface FastEthernet0/1\n ip address 203.0.113.1 255.255.255.0 secondary\n',
    ])
      expect(change(GW, line, same).verdict, line).to.equal('undetermined');
    expect(change(GW, 'ip route 0.0.0.0 0.0.0.0 192.0.2.1\n', same).verdict).to.equal('pass');
  });
  it('fails on a grave hazard', () => {
    expect(change(GW, 'no ip access-list extended EDGE\n').verdict).to.equal('fail');
  });
  it('passes the same hazard where the floor is above it', () => {
    const result = change(GW, 'access-list 199 permit tcp any any eq https\n', { floor: 'critical' });
    expect(inShort(result.hazards)).to.deep.equal(['1 rejected-command high']);
    expect(result.verdict).to.equal('pass');
    expect(change(GW, 'access-list 199 permit tcp any any eq https\n').verdict).to.equal('fail');
  });
  it('fails on a new grave finding', () => {
    const result = change(GW, add('5 permit ip any any\n'));
    expect(findingsInShort(result.findings)).to.include('2 permit-any critical');
    expect(result.verdict).to.equal('fail');
  });
  it('is undetermined where a clause leaves the change open', () => {
    const result = change(GW, add('15 permit tcp any host 198.51.100.35 eq 25 time-range OFFICE\n'));
    expect(result.undetermined).to.have.length(1);
    expect(result.verdict).to.equal('undetermined');
  });
  it('is undetermined where a command brings in another file', () => {
    expect(change(GW, 'end\ncopy tftp: running-config\n').verdict).to.equal('undetermined');
    expect(change(GW, 'end\nconfigure revert now\n').verdict).to.equal('undetermined');
  });
  it('says where a route-map no longer selects by its list', () => {
    const map = (more: string): string => `route-map RM permit 10\n${more}exit\n`;
    const old = `${GW.replace(/end\n$/, '')}${map(' match ip address 8\n').replace('exit\n', '')}end\n`;
    const told = (snippet: string): string => change(old, snippet).assumptions.join();
    expect(told('no route-map RM\n')).to.contain('"route-map RM permit 10: match ip address 8" is gone');
    expect(told('route-map RM permit 10\nmatch ip address 9\n')).to.contain('match ip address 9" is new');
    expect(told('route-map RM permit 10\ndescription same\n')).not.to.contain('route-map');
  });
  it('gains no login by a console, an auxiliary port or a modem line', () => {
    expect(change(GW, 'line con 0\nexec-timeout 5\nline aux 0\nno exec\n').gained).to.deep.equal([]);
    expect(change(GW, 'line vty 0 4\nlogin local\n').gained).not.to.deep.equal([]);
  });
  it('says where IPv6 packets meet something else, which is not counted', () => {
    const old = GW.replace(/end\n$/, 'ipv6 access-list V6\n permit tcp any any eq 25\nend\n');
    const told = (snippet: string): string => change(old, snippet).assumptions.join();
    expect(told('ipv6 access-list V6\nsequence 5 deny tcp any any eq 25\n')).to.contain(
      '"ipv6 access-list V6 / sequence 5 deny tcp any any eq 25" is typed',
    );
    expect(told('interface FastEthernet0/0\nipv6 traffic-filter V6 in\n')).to.contain('IPv6 lists, bindings');
    expect(told('no ipv6 access-list V6\n')).to.contain('IPv6 lists, bindings');
    expect(told('ipv6 access-list V6\n')).not.to.contain('IPv6');
    expect(told(add('15 permit tcp any host 198.51.100.35 eq 25\n'))).not.to.contain('IPv6');
  });
  it('is undetermined where a restart brings back what was saved before the change', () => {
    const edit =
      'ip access-list extended UNUSED\npermit ip any any\nno ip access-list extended UNUSED\nend\n';
    expect(change(GW, `${edit}reload\n`).verdict).to.equal('undetermined');
    expect(change(GW, `${edit}write memory\nreload\n`).verdict).to.equal('pass');
  });
  it('says what takes the change back unless somebody prevents it', () => {
    const notes = (snippet: string): string => change(GW, snippet).assumptions.join();
    expect(notes('end\nreload in 5\nconf t\n')).to.contain('unless it is cancelled');
    expect(notes('end\nreload in 5\nreload cancel\n')).not.to.contain('unless it is cancelled');
    expect(notes('configure terminal revert timer 5\nend\n')).to.contain('unless the change is confirmed');
    expect(notes('configure terminal revert timer 5\nend\nconfigure confirm\n')).not.to.contain('confirmed');
  });
});

describe('end to end, when the way changes and no list does', () => {
  const site = parseSite(
    `site: t
routers: [{ name: gw, config: gw.cfg }]
segments: { servers: 198.51.100.0/24 }
targets:
  near: { address: 198.51.100.35, segment: servers }
  far: { address: 10.1.1.5 }
vantages:
  internet: { address: 203.0.113.77, enters: gw FastEthernet0/0 }
  desk: { address: 172.16.1.9 }
policy: []
`,
    'site.yaml',
  ).value!;
  const gw = (routes: string): string => `version 12.4
hostname gw
interface FastEthernet0/0
 ip address 192.0.2.126 255.255.255.0
 ip access-group EDGE in
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
interface FastEthernet0/2
 ip address 172.16.0.1 255.255.255.0
${routes}ip route 10.1.0.0 255.255.0.0 198.51.100.9
ip route 172.16.1.0 255.255.255.0 172.16.0.9
ip access-list extended EDGE
 permit tcp any any eq 22
end
`;
  const DEFAULT = 'ip route 0.0.0.0 0.0.0.0 192.0.2.1\n';
  const rows = (config: string, snippet: string): readonly string[] =>
    change(config, snippet, { site, endToEnd: endToEndOf(site) }).reach!.map(
      (r) =>
        `${r.vantage} ${r.target} +${JSON.stringify(r.gained)} -${JSON.stringify(r.lost)} ?${JSON.stringify(r.undetermined)}`,
    );
  const ALL = '[[0,65535]]';

  it('loses what no route leads to any more', () => {
    expect(rows(gw(''), 'no ip route 10.1.0.0 255.255.0.0 198.51.100.9\n')).to.deep.equal([
      'internet far +[] -[[22,22]] ?[]',
      `desk far +[] -${ALL} ?[]`,
    ]);
    // Also where no static route is left at all.
    const one = gw('').replace('ip route 172.16.1.0 255.255.255.0 172.16.0.9\n', '');
    expect(rows(one, 'no ip route 10.1.0.0 255.255.0.0 198.51.100.9\n')).to.include(
      'internet far +[] -[[22,22]] ?[]',
    );
  });
  it('does not know who gets what goes back where it came from', () => {
    expect(rows(gw(DEFAULT), 'no ip route 10.1.0.0 255.255.0.0 198.51.100.9\n')).to.deep.equal([
      'internet far +[] -[] ?[[22,22]]',
    ]);
  });
  it('does not know what a routing protocol still carries', () => {
    const learns = gw('router ospf 1\n network 192.0.2.0 0.0.0.255 area 0\n');
    expect(rows(learns, 'no ip route 10.1.0.0 255.255.0.0 198.51.100.9\n')).to.include(
      'internet far +[] -[] ?[[22,22]]',
    );
  });
  it('loses what enters by an interface without address, whatever lists it has lost', () => {
    const lost = ['internet near +[] -[[22,22]] ?[]', 'internet far +[] -[[22,22]] ?[]'];
    for (const line of ['interface FastEthernet0/0\n no ip address\n', 'default interface FastEthernet0/0\n'])
      expect(rows(gw(DEFAULT), line), line).to.deep.equal(lost);
  });
  it('follows every address by which translation leads to a target', () => {
    const forwards = gw(DEFAULT)
      .replace('EDGE in\n', 'EDGE in\n ip nat outside\n')
      .replace('198.51.100.1 255.255.255.0\n', '198.51.100.1 255.255.255.0\n ip nat inside\n')
      .replace(
        'ip access-list',
        `ip nat inside source static tcp 198.51.100.35 25 192.0.2.35 22
ip nat inside source static tcp 198.51.100.35 80 192.0.2.36 80
ip access-list`,
      )
      .replace('any any eq 22\n', 'any any eq 22\n permit tcp any any eq 80\n');
    const gone = (port: number, global: string): readonly string[] =>
      rows(forwards, `no ip nat inside source static tcp 198.51.100.35 ${port} ${global}\n`);
    expect(gone(80, '192.0.2.36 80')).to.deep.equal(['internet near +[] -[[80,80]] ?[]']);
    expect(gone(25, '192.0.2.35 22')).to.deep.equal(['internet near +[] -[[22,22]] ?[]']);
  });
  it('leaves a vantage where it is when the route back to it goes', () => {
    expect(rows(gw(DEFAULT), 'no ip route 172.16.1.0 255.255.255.0 172.16.0.9\n')).to.deep.equal([]);
    expect(rows(gw(DEFAULT), 'interface FastEthernet0/2\n shutdown\n')).to.deep.equal([
      `desk near +[] -${ALL} ?[]`,
      `desk far +[] -${ALL} ?[]`,
    ]);
  });
});

describe('end to end, for a part of a vantage alone', () => {
  const site = parseSite(
    `site: t
routers: [{ name: gw, config: gw.cfg }]
segments: { servers: 198.51.100.0/24 }
targets: { near: { address: 198.51.100.35, segment: servers } }
vantages: { internet: { address: 203.0.113.77, sources: any, enters: gw FastEthernet0/0 } }
policy: []
`,
    'site.yaml',
  ).value!;
  const gw = (lines: string): string => `version 12.4
hostname gw
time-range WORK
 periodic weekdays 8:00 to 18:00
interface FastEthernet0/0
 ip address 192.0.2.126 255.255.255.0
 ip access-group EDGE in
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 192.0.2.1
ip access-list extended EDGE
${lines} permit tcp any any eq 22
end
`;
  const DENIED = ' 5 deny tcp 203.0.113.128 0.0.0.127 any range 20 30\n';
  const parts = (lines: string, snippet: string): readonly string[] =>
    change(gw(lines), `ip access-list extended EDGE\n${snippet}`, {
      site,
      endToEnd: endToEndOf(site),
    }).reach!.flatMap((r) =>
      r.partial.map((p) => `${p.sources.join()} +${JSON.stringify(p.gained)} -${JSON.stringify(p.lost)}`),
    );

  it('tells who loses and who gains ports that the address of the prober keeps', () => {
    expect(parts('', DENIED)).to.deep.equal(['203.0.113.128 0.0.0.127 +[] -[[22,22]]']);
    expect(parts(DENIED, ' no 5\n')).to.deep.equal(['203.0.113.128 0.0.0.127 +[[22,22]] -[]']);
    expect(parts(DENIED, ' 3 permit tcp host 203.0.113.200 any eq 25\n')).to.deep.equal([
      '203.0.113.200 0.0.0.0 +[[25,25]] -[]',
    ]);
  });
  it('tells nobody where other lines do the same to them', () => {
    const halves =
      ' 6 deny tcp 203.0.113.192 0.0.0.63 any range 20 30\n 7 deny tcp 203.0.113.128 0.0.0.63 any range 20 30\n no 5\n';
    expect(parts(DENIED, halves)).to.deep.equal([]);
    expect(parts('', ' 5 permit tcp 203.0.113.128 0.0.0.127 any eq 22\n')).to.deep.equal([]);
  });
  it('holds nothing lost that may be left, nor gained that may have been there', () => {
    expect(parts('', DENIED.replace('30\n', '30 time-range WORK\n'))).to.deep.equal([]);
    expect(parts(DENIED.replace('30\n', '30 time-range WORK\n'), ' no 5\n')).to.deep.equal([]);
  });
});

describe('findings that a change causes', () => {
  it('do not count a list twice because it has another name', () => {
    const dead = GW.replace(' deny ip any any\n', ' deny ip any any\n permit tcp any any eq 25\n');
    const result = configs(dead, dead.replaceAll('EDGE', 'OUTSIDE'));
    expect(result.findings).to.deep.equal([]);
    expect(result.verdict).to.equal('pass');
  });
  it('count a second line of the same text', () => {
    const dead = GW.replace(' deny ip any any\n', ' deny ip any any\n permit tcp any any eq 25\n');
    const twice = dead.replace(
      ' permit tcp any any eq 25\n',
      ' permit tcp any any eq 25\n permit tcp any any eq 25\n',
    );
    expect(configs(dead, twice).findings.filter((f) => f.rule === 'shadowed-ace')).to.have.length(1);
  });
  it('grade a list that is built and never bound', () => {
    const result = change(GW, 'access-list 199 permit tcp any host 198.51.100.35 eq 143\n');
    expect(findingsInShort(result.findings)).to.deep.equal(['1 unused-list high']);
  });
  it('but not the list that the swap leaves behind', () => {
    const result = change(
      GW,
      'access-list 199 permit tcp any host 198.51.100.35 eq 143\ninterface FastEthernet0/0\nip access-group 199 in\n',
    );
    expect(findingsInShort(result.findings.filter((f) => f.rule === 'unused-list'))).to.deep.equal([
      '9 unused-list low',
    ]);
  });
});

describe("the site's operator", () => {
  it('is watched unless somebody else is named', () => {
    const config = sample('gw-short.cfg').replace(
      'access-list 150 deny',
      'access-list 150 permit tcp host 10.0.1.32 host 192.168.1.126 eq 22\naccess-list 150 deny',
    );
    const swap =
      'access-list 151 permit tcp any host 192.168.2.35 eq 110\ninterface FastEthernet0/0\nip access-group 151 in\n';
    expect(inShort(change(config, swap, { site }).hazards)).to.include('3 lockout critical');
    expect(inShort(change(config, swap, { site, operator: null }).hazards)).not.to.include(
      '3 lockout critical',
    );
  });
});
