import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { compareAudits, judgeInterval, tellHistory } from '../../src/exposure/history.ts';
import type { AuditFinding } from '../../src/model/audit.ts';
import type { AuditRecord, HistoryResult } from '../../src/model/history.ts';
import { outsideScanOf } from '../support/dated-scan.ts';
import { type Ran, runCommand } from '../support/run-command.ts';

const finding = (over: Partial<AuditFinding> = {}): AuditFinding => ({
  kind: 'exposed',
  severity: 'high',
  message: 'friend -> giant tcp/514: open, though policy denies it',
  line: null,
  observations: [],
  vantage: 'friend',
  target: 'giant',
  ports: [[514, 514]],
  mend: null,
  waived: null,
  ...over,
});
const record = (at: string, findings: readonly AuditFinding[] = []): AuditRecord => ({
  at,
  scanned: at,
  toolVersion: '0',
  summary: {
    verdict: 'differs',
    flows: { pass: 0, fail: 0, undetermined: 0, waived: 0 },
    ports: { pass: 0, fail: 0, undetermined: 0, waived: 0 },
    findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    coveragePercent: 0,
  },
  findings,
});
const at = (line: number, text: string): Partial<AuditFinding> => ({
  kind: 'shadowed-ace',
  vantage: null,
  target: null,
  ports: null,
  line: { file: 'gw.cfg', line, text },
});

describe('findings of two audits', () => {
  type Row = readonly [
    title: string,
    before: Partial<AuditFinding>,
    after: Partial<AuditFinding>,
    same: boolean,
  ];
  const rows: readonly Row[] = [
    ['alike in everything', {}, {}, true],
    ['told in other words', {}, { message: 'seen again' }, true],
    ['of another severity', {}, { severity: 'critical' }, true],
    ['that was accepted since', {}, { waived: { owner: 'op', why: 'known', until: '2030-01-01' } }, true],
    ['of another kind', {}, { kind: 'bypassed' }, false],
    ['from another vantage', {}, { vantage: 'internet' }, false],
    ['of another target', {}, { target: 'dwarf' }, false],
    ['on another port', {}, { ports: [[513, 513]] }, false],
    ['on a line that moved', at(8, 'permit ip any any'), at(9, 'permit ip any any'), true],
    ['on a line with other blanks', at(8, ' permit  IP any any'), at(8, 'permit ip any any'), true],
    ['on a line that says something else', at(8, 'permit ip any any'), at(8, 'deny ip any any'), false],
  ];
  for (const [title, before, after, same] of rows) {
    it(`${title} ${same ? 'are the same' : 'are one fixed, one new'}`, () => {
      const found = finding(after);
      const { added, fixed, unchanged } = compareAudits(record('2004-04-10', [finding(before)]), [found]);
      expect([added.length, fixed.length, unchanged.length]).to.deep.equal(same ? [0, 0, 1] : [1, 1, 0]);
      expect([...added, ...unchanged]).to.deep.equal([found]);
    });
  }

  it('that share an identity are counted, and pair up by their words first', () => {
    const tcp = finding({ message: 'tcp/53' });
    const udp = finding({ message: 'udp/53' });
    const gone = compareAudits(record('2004-04-10', [udp, tcp]), [tcp]);
    expect([gone.fixed, gone.unchanged]).to.deep.equal([[udp], [tcp]]);
    const came = compareAudits(record('2004-04-10', [tcp]), [udp, tcp]);
    expect([came.added, came.unchanged, came.fixed]).to.deep.equal([[udp], [tcp], []]);
  });
});

describe('the promised interval', () => {
  const audits = (...times: readonly string[]): readonly AuditRecord[] => times.map((t) => record(t));
  it('is kept by audits that are as many days apart, an hour later or not', () => {
    const kept = judgeInterval(
      audits('2004-04-01T03:00:00Z', '2004-05-01T04:00:00Z'),
      30,
      '2004-05-31T05:00:00Z',
    );
    expect(kept).to.deep.equal({ promisedDays: 30, kept: true, gaps: [] });
  });
  it('is broken by one day more, between audits or since the last, in whatever order they are read', () => {
    const broken = judgeInterval(
      audits('2004-05-02T03:00:00Z', '2004-04-01T03:00:00Z'),
      30,
      '2004-06-02T03:00:00Z',
    );
    expect(broken.kept).to.equal(false);
    expect(broken.gaps).to.deep.equal([
      { from: '2004-04-01T03:00:00Z', to: '2004-05-02T03:00:00Z', days: 31 },
      { from: '2004-05-02T03:00:00Z', to: null, days: 31 },
    ]);
  });
  it('is not kept by auditing an old scan again, nor by audits without one', () => {
    const at = '2004-04-01T03:00:00Z';
    const later = [
      { ...record('2004-05-01T03:00:00Z'), scanned: at },
      { ...record('2004-05-15T03:00:00Z'), scanned: null },
    ];
    expect(judgeInterval([record(at), ...later], 30, '2004-05-20T03:00:00Z').gaps).to.deep.equal([
      { from: at, to: null, days: 49 },
    ]);
    expect(tellHistory('s', [later[1]!], { days: 30, until: at }).interval).to.equal(null);
  });
  it('is not judged without a promise, nor without an audit', () => {
    const until = '2004-06-02T03:00:00Z';
    expect(tellHistory('s', audits(until), { days: null, until }).interval).to.equal(null);
    expect(tellHistory('s', [], { days: 30, until }).interval).to.equal(null);
  });
});

describe('aclscope audit keeps and compares', () => {
  let folder: string;
  const run = (now: string, ...argv: string[]): Promise<Ran> =>
    runCommand(argv, { cwd: folder, now: new Date(now) });
  const put = (name: string, edit: (text: string) => string, from = name): void => {
    writeFileSync(join(folder, name), edit(readFileSync(join(folder, from), 'utf8')));
  };
  const kinds = (findings: readonly AuditFinding[]): readonly string[] => findings.map((f) => f.kind).sort();
  const OUTSIDE = 'internet=outside-scan.nmap';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-history-'));
    cpSync('samples/isp-mail', folder, { recursive: true });
    put('site.yaml', (t) => `${t}scanIntervalDays: 30\n`, 'site-alias.yaml');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('one file per audit, named by its time, and none replaces another', async () => {
    const time = '2004-04-10T18:00:00Z';
    for (let i = 0; i < 3; i++)
      expect((await run(time, 'audit', 'site.yaml', OUTSIDE, '--history', 'kept/audits')).code).to.equal(1);
    expect(readdirSync(join(folder, 'kept/audits')).sort()).to.deep.equal([
      '2004-04-10T18-00-00.000Z-2.json',
      '2004-04-10T18-00-00.000Z-3.json',
      '2004-04-10T18-00-00.000Z.json',
    ]);
    const ran = await run(time, 'history', 'kept/audits', '--format', 'json');
    expect((JSON.parse(ran.stdout) as HistoryResult).audits).to.have.length(3);
  });

  it('nothing is kept or compared unless it is asked for', async () => {
    const ran = await run('2004-04-10T18:00:00Z', 'audit', 'site.yaml', OUTSIDE, '--format', 'json');
    expect(JSON.parse(ran.stdout).comparison).to.equal(null);
  });

  for (const [title, baseline] of [
    ['the last audit of a folder', 'audits'],
    ['a kept file', 'audits/2004-04-10T18-00-00.000Z.json'],
    ['a JSON report', 'report.json'],
  ] as const) {
    it(`against ${title}: what the second scan adds is new, what it answers is fixed`, async () => {
      const first = ['audit', 'site.yaml', OUTSIDE, '--history', 'audits', '--baseline', 'audits'];
      const before = await run('2004-04-10T18:00:00Z', ...first, '--format', 'json', '-o', 'report.json');
      expect(before.stderr).to.contain('audits holds no earlier audit of isp-mail');
      const ran = await run(
        '2004-05-10T18:00:00Z',
        ...['audit', 'site.yaml', OUTSIDE, 'segment-connect.json', '--history', 'audits'],
        ...['--baseline', baseline, '--format', 'json'],
      );
      const { comparison } = JSON.parse(ran.stdout);
      expect(comparison.baseline).to.equal('2004-04-10T18:00:00.000Z');
      // The second scan is the sample's: planned from its own site file, and years after this audit's clock.
      expect(kinds(comparison.added)).to.deep.equal(['clock-doubt', 'exposed', 'site-changed']);
      expect(kinds(comparison.fixed)).to.deep.equal(['no-evidence']);
      expect(comparison.unchanged.length).to.be.greaterThan(3);
      expect(ran.code).to.equal(1);
    });
  }

  it('the same audit again has nothing new and nothing fixed, though the configuration gained a line above', async () => {
    await run('2004-04-10T18:00:00Z', 'audit', 'site.yaml', OUTSIDE, '--history', 'audits');
    put('gw-full.cfg', (t) => t.replace('version 12.1', '! looked at again\nversion 12.1'));
    const ran = await run(
      '2004-04-11T18:00:00Z',
      ...['audit', 'site.yaml', OUTSIDE, '--baseline', 'audits', '--format', 'json'],
    );
    const { comparison, findings } = JSON.parse(ran.stdout);
    expect([comparison.added, comparison.fixed]).to.deep.equal([[], []]);
    expect(comparison.unchanged).to.have.length(findings.length);
  });

  describe('history tells', () => {
    const audit = async (...times: readonly string[]): Promise<void> => {
      for (const t of times)
        await run(t, 'audit', 'site.yaml', outsideScanOf(folder, t), '--history', 'audits');
    };
    it('that the interval was kept: exit 0', async () => {
      await audit('2004-04-10T18:00:00Z', '2004-05-10T18:00:00Z');
      const ran = await run('2004-06-09T18:00:00Z', 'history', 'audits', '--site', 'site.yaml');
      expect(ran.stdout).to.contain('interval of 30 days was kept').and.contain('2 audits kept');
      expect(ran.stdout).to.contain('2004-05-10T18:00  2004-05-10 ');
      expect(ran.code).to.equal(0);
    });
    it('that it was not: exit 1, naming the gap', async () => {
      await audit('2004-04-10T18:00:00Z', '2004-05-11T18:00:00Z');
      const ran = await run('2004-06-01T18:00:00Z', 'history', 'audits', '--site', 'site.yaml');
      expect(ran.stdout).to.match(/was broken[\s\S]*31 days without a scan: 2004-04-10.* to\s+2004-05-11/);
      expect(ran.code).to.equal(1);
    });
    it('that an old scan was audited again, which is not a scan: exit 1', async () => {
      for (const time of ['2004-04-10T18:00:00Z', '2004-05-10T18:00:00Z', '2004-06-05T18:00:00Z'])
        await run(time, 'audit', 'site.yaml', OUTSIDE, '--history', 'audits');
      const ran = await run('2004-06-09T18:00:00Z', 'history', 'audits', '--site', 'site.yaml');
      expect(ran.stdout).to.match(/was broken[\s\S]*60 days without a scan: 2004-04-10.* to now/);
      expect(ran.code).to.equal(1);
    });
    it('that no audit judged a scan, where an interval is promised: exit 3', async () => {
      await run('2004-04-10T18:00:00Z', 'audit', 'site.yaml', '--history', 'audits');
      const ran = await run('2004-04-13T18:00:00Z', 'history', 'audits', '--site', 'site.yaml');
      expect(ran.stdout).to.contain('no kept audit judged a scan whose time is known');
      expect(ran.code).to.equal(3);
    });
    it('the last scan of a record that does not name it: the audit was made with it', async () => {
      await audit('2004-04-10T18:00:00Z', '2004-05-10T18:00:00Z');
      for (const name of readdirSync(join(folder, 'audits')))
        put(join('audits', name), (t) => t.replace(/ *"scanned":.*\n/, ''));
      const ran = await run('2004-06-09T18:00:00Z', 'history', 'audits', '--site', 'site.yaml');
      expect(ran.stdout).to.contain('interval of 30 days was kept');
    });
    it('that the last scan is too old: exit 1', async () => {
      await audit('2004-04-10T18:00:00Z');
      const ran = await run('2004-06-01T18:00:00Z', 'history', 'audits', '--site', 'site.yaml');
      expect(ran.stdout).to.match(/52 days without a scan: 2004-04-10.* to now/);
      expect(ran.code).to.equal(1);
    });
    it('the trend alone where no site is given: exit 0', async () => {
      await audit('2004-04-10T18:00:00Z');
      const ran = await run('2014-06-01T18:00:00Z', 'history', 'audits');
      expect(ran.stdout).to.contain('1 audit kept').and.not.contain('interval');
      expect(ran.code).to.equal(0);
    });
    it('of one site, where the folder holds the audits of two', async () => {
      await audit('2004-04-10T18:00:00Z');
      put('other.yaml', (t) => t.replace('site: isp-mail', 'site: elsewhere'), 'site.yaml');
      await run('2004-04-12T18:00:00Z', 'audit', 'other.yaml', OUTSIDE, '--history', 'audits');
      const both = await run('2004-04-13T18:00:00Z', 'history', 'audits');
      expect(both.code).to.equal(2);
      expect(both.stderr).to.contain('audits of "isp-mail", "elsewhere"').and.contain('--site');
      const one = await run('2004-04-13T18:00:00Z', 'history', 'audits', '--site', 'other.yaml');
      expect(one.stdout).to.contain('elsewhere, last audited 2004-04-12').and.contain('1 audit kept');
    });
    it('that there is nothing yet: exit 3', async () => {
      mkdirSync(join(folder, 'audits'));
      const ran = await run('2004-04-13T18:00:00Z', 'history', 'audits', '--site', 'site.yaml');
      expect(ran.stdout).to.contain('no audit is kept yet');
      expect(ran.code).to.equal(3);
    });
  });

  describe('refuses', () => {
    const KEPT = 'audits/2004-04-10T18-00-00.000Z.json';
    beforeEach(() => run('2004-04-10T18:00:00Z', 'audit', 'site.yaml', OUTSIDE, '--history', 'audits'));
    const refused: readonly [title: string, prepare: () => void, argv: readonly string[], message: RegExp][] =
      [
        [
          'a folder that is not there',
          () => {},
          ['history', 'nowhere'],
          /cannot read the history folder nowhere: there is no such file/,
        ],
        [
          'a record that was cut off',
          () => put(KEPT, (t) => t.slice(0, 500)),
          ['history', 'audits'],
          /2004-04-10T18-00-00\.000Z\.json:\d+.*not a whole kept audit/,
        ],
        [
          'a record with a verdict that is none',
          () => put(KEPT, (t) => t.replace('"differs"', '"fine"')),
          ['history', 'audits'],
          /summary\.verdict/,
        ],
        [
          'another file as the baseline',
          () => {},
          ['audit', 'site.yaml', '--baseline', 'segment-connect.json'],
          /segment-connect\.json:1.*no kept audit/,
        ],
        [
          "another site's audit as the baseline",
          () => put('far.json', (t) => t.replace('"isp-mail"', '"elsewhere"'), KEPT),
          ['audit', 'site.yaml', '--baseline', 'far.json'],
          /audit of site "elsewhere", not of "isp-mail"/,
        ],
        [
          'a history folder that is a file',
          () => {},
          ['audit', 'site.yaml', '--history', 'site.yaml'],
          /cannot make the history folder site\.yaml/,
        ],
      ];
    for (const [title, prepare, argv, message] of refused) {
      it(`${title}: exit 2`, async () => {
        prepare();
        const ran = await run('2004-04-12T18:00:00Z', ...argv);
        expect(ran.code, ran.stderr).to.equal(2);
        expect(ran.stderr).to.match(message).and.not.contain('internal error');
        expect(ran.stdout).to.equal('');
      });
    }
    it('nothing for a half-written draft or a stranger in the folder', async () => {
      writeFileSync(join(folder, 'audits/.2004-05-10T18-00-00.000Z.99.part'), '{"schema"');
      writeFileSync(join(folder, 'audits/notes.json'), 'not ours');
      expect((await run('2004-04-12T18:00:00Z', 'history', 'audits')).code).to.equal(0);
    });
  });

  describe('waivers', () => {
    const waive = (until: string, ports = '[514]'): void =>
      put(
        'site.yaml',
        (t) =>
          `${t}waivers:\n  - { finding: exposed, vantage: friend, target: giant, ports: ${ports}, owner: lead operator, why: moved next month, until: ${until} }\n`,
      );
    const auditOn = async (day: string) => {
      const ran = await run(
        `${day}T12:00:00Z`,
        ...['audit', 'site.yaml', 'segment-connect.json', '--vantage', 'friend', '--format', 'json'],
      );
      const { flows, findings, summary } = JSON.parse(ran.stdout);
      const flow = flows.find((f: { ports: unknown }) => JSON.stringify(f.ports) === '[[514,514]]');
      return {
        code: ran.code,
        flow,
        findings: findings as readonly AuditFinding[],
        high: summary.findings.high,
      };
    };
    const warned = (findings: readonly AuditFinding[]) =>
      kinds(findings).filter((k) => k.startsWith('waiver'));

    it('without one the port fails', async () => {
      const { flow, findings, code } = await auditOn('2026-11-30');
      expect([flow.verdict, code]).to.deep.equal(['fail', 1]);
      expect(findings.find((f) => f.kind === 'exposed')?.waived).to.equal(null);
    });
    it('an accepted finding is told as waived, with who and why, and counts no longer', async () => {
      const before = await auditOn('2026-11-30');
      waive('2027-06-30');
      const { flow, findings, high } = await auditOn('2026-11-30');
      expect(flow.verdict).to.equal('waived');
      expect(high).to.equal(before.high - 1);
      expect(findings.find((f) => f.kind === 'exposed')?.waived).to.deep.equal({
        owner: 'lead operator',
        why: 'moved next month',
        until: '2027-06-30',
      });
      expect(warned(findings)).to.deep.equal([]);
    });
    it('another port stays failed', async () => {
      waive('2027-06-30', '[513]');
      expect((await auditOn('2026-11-30')).flow.verdict).to.equal('fail');
    });
    for (const [day, verdict, warning] of [
      ['2027-05-30', 'waived', []],
      ['2027-05-31', 'waived', ['waiver-expiring']],
      ['2027-06-30', 'waived', ['waiver-expiring']],
      ['2027-07-01', 'fail', ['waiver-expired']],
    ] as const) {
      it(`until 2027-06-30, on ${day}: ${verdict}${warning.length > 0 ? `, ${warning[0]}` : ', no warning yet'}`, async () => {
        waive('2027-06-30');
        const { flow, findings } = await auditOn(day);
        expect(flow.verdict).to.equal(verdict);
        expect(warned(findings)).to.deep.equal(warning);
      });
    }
    it('an expired one shows against the baseline as a new finding beside the old', async () => {
      waive('2027-06-30');
      const argv = ['audit', 'site.yaml', 'segment-connect.json', '--history', 'w', '--baseline', 'w'];
      await run('2027-04-01T12:00:00Z', ...argv);
      const ran = await run('2027-07-01T12:00:00Z', ...argv, '--format', 'json');
      const { comparison } = JSON.parse(ran.stdout);
      expect(kinds(comparison.added)).to.deep.equal(['waiver-expired']);
      expect(kinds(comparison.unchanged)).to.include('exposed');
    });
  });
});
