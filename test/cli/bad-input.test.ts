import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../support/run-command.ts';

const FULL = readFileSync('samples/isp-mail/gw-full.cfg', 'utf8');
const SITE = readFileSync('samples/isp-mail/site-alias.yaml', 'utf8');

describe('bad input gets a clear message and an exit code, and nothing is lost', () => {
  let folder: string;
  const put = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return name;
  };
  const run = (...argv: string[]) => runCommand(argv, { cwd: folder });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-bad-'));
    put('gw-full.cfg', FULL);
    put('site.yaml', SITE);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const refused: readonly [title: string, argv: () => string[], message: RegExp][] = [
    ['a config that is not there', () => ['lint', 'none.cfg'], /no such file/],
    ['a folder for a config', () => ['lint', '.'], /is a folder/],
    ['an empty config', () => ['lint', put('empty.cfg', '')], /is empty/],
    [
      'a binary config',
      () => ['lint', put('binary.cfg', readFileSync(process.execPath).subarray(0, 200_000))],
      /binary/,
    ],
    [
      'prose for a config',
      () => ['lint', put('prose.cfg', 'Dear colleague,\nplease find the list attached.\n')],
      /does not look like a Cisco IOS configuration/,
    ],
    [
      'a site with an error',
      () => ['intended', put('bad.yaml', SITE.replace('routers:', 'routes:'))],
      /bad\.yaml:\d+:\d+: error: .*routes/,
    ],
    [
      'a site whose config is missing',
      () => ['intended', put('far.yaml', SITE.replace('gw-full.cfg', 'gone.cfg'))],
      /cannot read the configuration gone\.cfg/,
    ],
    [
      'a site whose interface does not exist',
      () => ['intended', put('if.yaml', SITE.replaceAll('FastEthernet0/0', 'FastEthernet0/1'))],
      /which its config does not have/,
    ],
    ['an unknown vantage', () => ['plan', 'site.yaml', '--vantage', 'intrenet'], /did you mean "internet"/],
    ['port 0', () => ['plan', 'site.yaml', '--vantage', 'internet', '--ports', '0-10'], /port 0/],
    [
      'a rate above the ceiling',
      () => ['plan', 'site.yaml', '--vantage', 'internet', '--rate', '5000'],
      /ceiling/,
    ],
    [
      'text that is no scan',
      () => ['import', 'gw-full.cfg', '--vantage', 'internet'],
      /no format that is read/,
    ],
    ['another file for evidence', () => ['audit', 'site.yaml', 'gw-full.cfg'], /gw-full\.cfg.*evidence/],
    ['another file for a plan', () => ['scan', '--plan', 'site.yaml'], /site\.yaml.*plan/],
    [
      'an address that is none',
      () => ['explain', 'gw-full.cfg', '--from', '1.2.3', '--to', '192.168.2.35'],
      /not an IPv4 address/,
    ],
    [
      'ports for a protocol without any',
      () => [
        'explain',
        'gw-full.cfg',
        '--from',
        '1.2.3.4',
        '--to',
        '192.168.2.35',
        '--proto',
        'icmp',
        '--dport',
        '1',
      ],
      /--dport needs/,
    ],
    [
      'an interface that does not exist',
      () => ['explain', 'gw-full.cfg', '--from', '1.2.3.4', '--to', '192.168.2.35', '--in', 'Gi9/9'],
      /no interface "Gi9\/9".*FastEthernet0\/0/,
    ],
    ['an unknown command', () => ['lnt', 'gw-full.cfg'], /Did you mean lint/],
    ['an unknown format', () => ['lint', 'gw-full.cfg', '--format', 'pdf'], /Allowed choices/],
    [
      'an engine that does not exist',
      () => ['run', 'site.yaml', '--vantage', 'internet', '--engine', 'conect', '--ports', '1'],
      /did you mean "connect"/,
    ],
    [
      'a folder that cannot be written',
      () => ['lint', 'gw-full.cfg', '-o', '/proc/none/out.txt'],
      /cannot write/,
    ],
    ...pointless(),
    [
      'a third configuration to compare',
      () => ['review', 'gw-full.cfg', 'gw-full.cfg', 'other.cfg'],
      /two configurations are compared, and "other\.cfg" would be a third/,
    ],
    [
      'a sequence and a report for a program on one standard output',
      () => ['review', 'gw-full.cfg', 'gw-full.cfg', '--safe-snippet', '-', '--format', 'json'],
      /standard output would hold the sequence and the json report in one/,
    ],
    ['an empty name', () => ['init', 'gw-full.cfg', '--name', ''], /--name is empty/],
    [
      'a plan that excludes every port',
      () => ['plan', 'site.yaml', '--vantage', 'internet', '--exclude', '1-65535'],
      /leaves no port to probe/,
    ],
    [
      'an engine that does not exist, before anything is told of the demo',
      () => ['demo', '--engine', 'conect'],
      /^aclscope: there is no engine "conect"/,
    ],
    [
      'an engine that does not exist, though nothing is sent',
      () => ['run', 'site.yaml', '--vantage', 'internet', '--dry-run', '--engine', 'conect'],
      /no engine "conect"/,
    ],
    [
      'an address behind a NAT that is none, though nothing is sent',
      () => ['run', 'site.yaml', '--vantage', 'internet', '--dry-run', '--behind-nat', 'home'],
      /--behind-nat "home" is not an IPv4 address/,
    ],
    ...['--dry-run', '--coverage-only'].map((option): (typeof refused)[number] => [
      `one file for evidence and report, before anything is sent (${option})`,
      () => ['run', 'site.yaml', '--vantage', 'internet', option, '--evidence', 'x.json', '-o', './x.json'],
      /^aclscope: \.\/x\.json is named for both/,
    ]),
    [
      'standard output for evidence and report',
      () => ['run', 'site.yaml', '--vantage', 'internet', '--evidence', '-'],
      /^aclscope: both the evidence and the report would go to standard output/,
    ],
    [
      'a report into a folder that is not there, before anything is sent',
      () => ['run', 'site.yaml', '--vantage', 'internet', '-o', 'none/report.html'],
      /^aclscope: cannot write none\/report\.html: there is no folder none/,
    ],
    [
      'evidence in the place of the site file, before anything is sent',
      () => ['run', 'site.yaml', '--vantage', 'internet', '--evidence', 'site.yaml'],
      /^aclscope: site\.yaml is already used by this command/,
    ],
    [
      'a vantage that explain does not know',
      () => ['explain', 'site.yaml', '--from', 'intrenet', '--to', 'giant', '--dport', '25'],
      /no vantage "intrenet"\n {2}did you mean "internet"/,
    ],
    [
      'a target that explain does not know',
      () => ['explain', 'site.yaml', '--from', 'internet', '--to', 'gaint', '--dport', '25'],
      /no target "gaint"\n {2}did you mean "giant"/,
    ],
    [
      'a configuration for a site file',
      () => ['plan', 'gw-full.cfg', '--vantage', 'internet'],
      /gw-full\.cfg is a router's configuration, not a site file\n.*aclscope init gw-full\.cfg/,
    ],
    [
      "another tool's output from a vantage that is not there",
      () => ['audit', 'site.yaml', `intrenet=${put('s.nmap', 'x')}`],
      /no vantage "intrenet"\n {2}did you mean "internet"/,
    ],
    [
      'a history folder that is a file',
      () => ['audit', 'site.yaml', '--history', 'site.yaml'],
      /cannot make the history folder site\.yaml: a file of that name stands there$/m,
    ],
    [
      'an empty snippet',
      () => ['review', 'gw-full.cfg', '--change', put('empty.txt', ' \n\n')],
      /holds no command/,
    ],
  ];
  function pointless(): typeof refused {
    const ends = ['--from', '203.0.113.77', '--to', '192.168.2.35'];
    const train = ['--ios-version', '12.1(5)T15'];
    return [
      [['intended', 'gw-full.cfg', ...ends, '--vantage', 'internet'], '--vantage'],
      [['intended', 'gw-full.cfg', ...ends, '--target', 'giant'], '--target'],
      [['intended', 'site.yaml', '--in', 'Fa0/0'], '--in'],
      [['intended', 'site.yaml', '--out', 'Fa0/0'], '--out'],
      [['intended', 'site.yaml', ...train], '--ios-version'],
      [['explain', 'site.yaml', ...ends, ...train], '--ios-version'],
      [['lint', 'site.yaml', ...train], '--ios-version'],
      [['lint', 'site.yaml', '--site', 'site.yaml'], '--site'],
    ].map(([argv, option]) => [
      `${option} where it changes nothing, for ${argv![0]} ${argv![1]}`,
      () => argv as string[],
      new RegExp(`${option} has no effect here`),
    ]);
  }
  for (const [title, argv, message] of refused) {
    it(`${title}: exit 2`, async () => {
      const ran = await run(...argv());
      expect(ran.code, ran.stderr).to.equal(2);
      expect(ran.stderr)
        .to.match(message)
        .and.not.match(/internal error|at .*\.ts:\d+/);
      expect(ran.stdout).to.equal('');
    });
  }

  it('a safe sequence with nothing to type is a change of nothing', async () => {
    put('remark.txt', 'access-list 150 remark seen today\n');
    await run('review', 'gw-full.cfg', '--change', 'remark.txt', '--safe-snippet', 'safe.txt');
    const ran = await run('review', 'gw-full.cfg', '--change', 'safe.txt', '--expect-same');
    expect(ran.code).to.equal(0);
    expect(ran.stdout).to.match(/^PASS/).and.to.contain('comments alone');
  });

  it('evidence of another site is refused; evidence of this one is not', async () => {
    await run(
      'import',
      put('s.nmap', readFileSync('samples/isp-mail/outside-scan.nmap', 'utf8')),
      '--vantage',
      'internet',
      '--site',
      'elsewhere',
      '-o',
      'e.json',
    );
    const ran = await run('audit', 'site.yaml', 'e.json');
    expect(ran.code).to.equal(2);
    expect(ran.stderr).to.match(/evidence of site "elsewhere", not of "isp-mail"/);
    put('e.json', readFileSync(join(folder, 'e.json'), 'utf8').replace('elsewhere', 'isp-mail'));
    expect((await run('audit', 'site.yaml', 'e.json')).code).to.equal(1);
  });

  it('tampered evidence is refused, naming the part that was changed', async () => {
    const evidence = readFileSync('samples/isp-mail/segment-connect.json', 'utf8');
    put('tampered.json', evidence.replace('"state": "open"', '"state": "closed"'));
    const ran = await run('audit', 'site.yaml', 'tampered.json');
    expect(ran.code).to.equal(2);
    expect(ran.stderr).to.match(/refused: .*target 1/);
    put('whole.json', evidence);
    expect((await run('verify', 'whole.json')).code).to.equal(0);
    expect((await run('verify', 'tampered.json')).code).to.equal(1);
  });

  it('a report does not take the place of its evidence, nor a scan that of its plan', async () => {
    const evidence = readFileSync('samples/isp-mail/segment-connect.json', 'utf8');
    put('e.json', evidence);
    const ran = await run('audit', 'site.yaml', 'e.json', '--format', 'json', '-o', 'e.json');
    expect([ran.code, ran.stdout]).to.deep.equal([2, '']);
    expect(ran.stderr).to.match(/e\.json is already used by this command/);
    expect(readFileSync(join(folder, 'e.json'), 'utf8')).to.equal(evidence);
    await run('plan', 'site.yaml', '--vantage', 'friend', '-o', 'plan.json');
    const plan = readFileSync(join(folder, 'plan.json'), 'utf8');
    expect((await run('scan', '--plan', 'plan.json', '-o', 'plan.json', '--dry-run')).stderr).to.match(
      /already used/,
    );
    expect(readFileSync(join(folder, 'plan.json'), 'utf8')).to.equal(plan);
  });

  it('truncated XML keeps the hosts that were seen and says incomplete: exit 3', async () => {
    const xml = `<?xml version="1.0"?><nmaprun scanner="nmap" args="nmap -p 22,80 -oX - 192.0.2.9" start="1700000000" version="7.93"><scaninfo type="connect" protocol="tcp" numservices="2" services="22,80"/><host><status state="up"/><address addr="192.0.2.9" addrtype="ipv4"/><ports><port protocol="tcp" portid="22"><state state="open" reason="syn-ack" reason_ttl="64"/></port></ports></host><host><address`;
    const ran = await run('import', put('cut.xml', xml), '--vantage', 'internet', '-o', 'cut.json');
    expect(ran.code, ran.stderr).to.equal(3);
    expect(ran.stderr).to.match(/INCOMPLETE/);
    expect(readFileSync(join(folder, 'cut.json'), 'utf8')).to.contain('192.0.2.9');
  });

  it('XML entities are not expanded', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><nmaprun scanner="nmap" args="&b;" start="1" version="7"></nmaprun>`;
    const ran = await run('import', put('bomb.xml', bomb), '--vantage', 'internet');
    expect(ran.code).to.be.oneOf([2, 3]);
    expect(ran.stdout).to.not.contain('aaaaaaaaaaaaaaaaaaaa');
  });

  describe('configs as they come out of terminals and mails read the same', () => {
    const dead = async (name: string): Promise<unknown> => {
      const ran = await run('lint', name, '--format', 'json');
      expect(ran.code, ran.stderr).to.equal(1);
      const { findings } = JSON.parse(ran.stdout) as { findings: { rule: string; message: string }[] };
      return findings
        .filter((f) => f.rule === 'shadowed-ace' || f.rule === 'redundant-ace')
        .map((f) => f.rule);
    };
    const forms: readonly [title: string, edit: (text: string) => string][] = [
      ['as it is', (t) => t],
      ['with CRLF', (t) => t.replaceAll('\n', '\r\n')],
      ['with a byte order mark', (t) => `\uFEFF${t}`],
      [
        'with pages',
        (t) =>
          t.replace(
            /\n(?=access-list 150 deny {3}ip 172)/,
            '\n --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b',
          ),
      ],
      [
        'with prompts',
        (t) =>
          `gw#show running-config\nBuilding configuration...\n\nCurrent configuration : 1234 bytes\n${t}gw#`,
      ],
      [
        'with a banner that holds list text',
        (t) =>
          t.replace('version 12.1', 'version 12.1\nbanner motd ^C\naccess-list 150 permit ip any any\n^C'),
      ],
      ['without indentation', (t) => t.replace(/^ +/gm, '')],
    ];
    for (const [title, edit] of forms) {
      it(title, async () => {
        expect(await dead(put('form.cfg', edit(FULL)))).to.deep.equal([
          'redundant-ace',
          'shadowed-ace',
          'shadowed-ace',
        ]);
      });
    }

    it('10 MB of it, within the default time of a test', async () => {
      const remark = 'access-list 150 remark filler filler filler filler filler filler filler filler\n';
      const big = FULL.replace(
        'access-list 150 deny   ip 10.0',
        `${remark.repeat(Math.ceil(10e6 / remark.length))}access-list 150 deny   ip 10.0`,
      );
      expect(await dead(put('big.cfg', big))).to.deep.equal([
        'redundant-ace',
        'shadowed-ace',
        'shadowed-ace',
      ]);
    });
  });

  it('nmap that is absent is said, and auto goes on without it', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nonexistent';
    try {
      const ran = await run('run', 'site.yaml', '--vantage', 'internet', '--engine', 'nmap', '--ports', '1');
      expect(ran.code).to.equal(2);
      expect(ran.stderr).to.match(/nmap.*(not|no )/);
    } finally {
      process.env.PATH = path;
    }
  });

  it('a plan of a target that cannot be reached says so', async () => {
    await run('plan', 'site.yaml', '--vantage', 'friend', '--ports', '1-2', '-o', 'plan.json');
    const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'));
    // 255.255.255.255 is never a TCP destination: the kernel refuses, and no packet leaves.
    plan.targets[0].address = '255.255.255.255';
    plan.targets[0].canary = null;
    plan.targets[0].expectedOpen = [];
    plan.vantageAddress = '127.0.0.1';
    put('plan.json', JSON.stringify(plan));
    const ran = await run('scan', '--plan', 'plan.json', '-o', 'out.json');
    expect(ran.code).to.be.oneOf([2, 3]);
    expect(ran.stderr).to.not.match(/internal error/);
  });

  it("a plan whose targets are not the site's is audited as what it is: undetermined", async () => {
    const evidence = readFileSync('samples/isp-mail/outside-scan.nmap', 'utf8')
      .replaceAll('198.51.100.35', '198.51.100.99')
      .replaceAll('giant.example.net', 'other.example.net');
    put('other.nmap', evidence);
    const ran = await run('audit', 'site.yaml', 'internet=other.nmap', '--format', 'json');
    const { flows } = JSON.parse(ran.stdout) as { flows: { vantage: string; verdict: string }[] };
    expect(new Set(flows.filter((f) => f.vantage === 'internet').map((f) => f.verdict))).to.deep.equal(
      new Set(['undetermined']),
    );
  });

  it('the JSON Schema that editors use is the one the program writes', async () => {
    const ran = await run('init', '--schema');
    expect(ran.stdout).to.equal(readFileSync(resolve('docs/schemas/site.json'), 'utf8'));
  });
});
