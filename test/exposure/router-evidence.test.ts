import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AceCoverage, AuditFinding, AuditFlow } from '../../src/model/audit.ts';
import { runCommand } from '../support/run-command.ts';

interface Doc {
  readonly flows: readonly AuditFlow[];
  readonly findings: readonly AuditFinding[];
  readonly coverage: readonly AceCoverage[];
}

const COUNTERS = `Extended IP access list 150
    deny ip 10.0.0.0 0.255.255.255 any (4 matches)
    deny ip 192.168.0.0 0.0.255.255 any
    permit tcp any host 192.168.2.35 eq pop3 (1207 matches)
    permit tcp host 192.168.1.30 host 192.168.2.35 eq smtp (88 matches)
    deny ip any any log (3 matches)
`;
const LOG = `Apr 10 14:03:11.120: %SEC-6-IPACCESSLOGP: list 150 denied tcp 192.168.1.30(49200) -> 192.168.2.35(25), 1 packet
Apr 10 14:03:12.400: %SEC-6-IPACCESSLOGP: list 150 denied tcp 198.51.100.9(49201) -> 192.168.2.35(26), 1 packet
`;
const SHOWN = (list: string): string => `FastEthernet0/0 is up, line protocol is up
  Internet address is 192.168.1.126/24
  Outgoing access list is not set
  Inbound  access list is ${list}
  ICMP unreachables are always sent
`;
/** The mail filter's scan without any canary: silence that proves nothing by itself. */
const SILENT = `# Nmap 7.93 scan initiated Sat Apr 10 14:03:00 2004 as: nmap -sS -p 25,26 -oN - 192.168.2.35
Nmap scan report for 192.168.2.35
PORT   STATE    SERVICE
25/tcp filtered smtp
26/tcp filtered rsftp
# Nmap done at Sat Apr 10 14:03:15 2004 -- 1 IP address (1 host up) scanned in 15.00 seconds
`;

describe("a router's own word in an audit", () => {
  let folder: string;
  const audit = async (files: Record<string, string>): Promise<Doc> => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const ran = await runCommand(
      ['audit', 'site.yaml', ...Object.keys(files).map((name) => `mailfilter=${name}`), '--format', 'json'],
      { cwd: folder },
    );
    expect(ran.code, ran.stderr).to.not.equal(2);
    return JSON.parse(ran.stdout) as Doc;
  };
  const flowOf = (doc: Doc, port: number): AuditFlow | undefined =>
    doc.flows.find((f) => f.vantage === 'mailfilter' && f.ports.some(([lo, hi]) => lo <= port && port <= hi));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-router-'));
    cpSync('samples/isp-mail', folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('a logged deny of the probe itself is proof where silence alone is none', async () => {
    const without = await audit({ 'scan.nmap': SILENT });
    expect(flowOf(without, 25)).to.include({ verdict: 'undetermined', observed: 'filtered' });
    const doc = await audit({ 'scan.nmap': SILENT, 'gw.log': LOG });
    expect(flowOf(doc, 25)).to.include({ verdict: 'pass', confidence: 'proven' });
    expect(flowOf(doc, 25)?.message).to.match(/gw\.log:1, list 150/);
    expect(flowOf(doc, 26), "another source's packet proves nothing of ours").to.include({
      verdict: 'undetermined',
    });
  });

  it('proves the ports that the log names and no others, wherever they stand among their like', async () => {
    const three = SILENT.replace('25,26', '24-26').replace(
      /PORT[^#]*/,
      'All 3 scanned ports on 192.168.2.35 are in ignored states.\nNot shown: 3 filtered tcp ports (no-response)\n\n',
    );
    const doc = await audit({ 'scan.nmap': three, 'gw.log': LOG.replace('(25)', '(26)') });
    expect([24, 25, 26].map((port) => flowOf(doc, port)?.confidence)).to.deep.equal([
      'tainted',
      'tainted',
      'proven',
    ]);
  });

  it('counters stand beside each line; matches on a dead line contradict the text', async () => {
    const doc = await audit({ 'counters.txt': COUNTERS });
    expect(doc.coverage.find((c) => c.line.line === 18)?.reason).to.match(/counted 1207 matches/);
    const impossible = doc.findings.filter((f) => f.kind === 'dead-line-matches');
    expect(impossible.map((f) => f.line?.line)).to.deep.equal([19]);
    const fine = await audit({ 'counters.txt': COUNTERS.replace(' (88 matches)', '') });
    expect(fine.findings.some((f) => f.kind === 'dead-line-matches')).to.equal(false);
  });

  it('a logged packet counts for the one line that can have logged it', async () => {
    const doc = await audit({ 'gw.log': LOG });
    const reason = (line: number): string => doc.coverage.find((c) => c.line.line === line)!.reason;
    expect(reason(13), "ACE 6 denies the mail filter's source").to.match(/logged 1 packet of it \(gw\.log\)/);
    expect(reason(21)).to.match(/logged 1 packet of it/);
    expect(reason(18)).to.not.match(/logged/);
  });

  it('a log that says what the text never does is another list; what the text may do is none', async () => {
    const says = async (line: string): Promise<readonly AuditFinding[]> =>
      (await audit({ 'gw.log': line })).findings.filter((f) => f.kind === 'log-contradicts-list');
    const pop = LOG.split('\n')[1]!.replace('(26)', '(110)');
    const [found] = await says(pop);
    expect(found).to.include({ severity: 'high' });
    expect(found?.line?.line, 'ACE 11 permits it').to.equal(18);
    expect(await says(pop.replace('denied', 'permitted'))).to.deep.equal([]);
    expect(await says(pop.replace('(110)', '(0)')), 'a list that does not look at ports').to.deep.equal([]);
  });

  it('a line that only one of device and config has is named', async () => {
    const whole = readFileSync('samples/isp-mail/gw-full.cfg', 'utf8')
      .split('\n')
      .filter((l) => l.startsWith('access-list 150 '))
      .map((l) => `    ${l.slice('access-list 150 '.length)}`);
    const drift = async (lines: readonly string[]): Promise<readonly string[]> =>
      (await audit({ 'counters.txt': `Extended IP access list 150\n${lines.join('\n')}\n` })).findings
        .filter((f) => f.kind === 'list-differs')
        .map((f) => f.message);
    expect(await drift(whole)).to.deep.equal([]);
    expect(await drift(whole.slice(1))).to.have.lengthOf(1);
    expect((await drift(whole.slice(1)))[0]).to.match(/line 8 is not on the device/);
    const more = [...whole.slice(0, -1), '    permit tcp any host 192.168.2.35 eq 514', whole.at(-1)!];
    expect((await drift(more))[0]).to.match(/the device has "permit tcp any host 192\.168\.2\.35 eq 514"/);
  });

  it('another list bound than the config says is drift; the same list is not', async () => {
    const doc = await audit({ 'shown.txt': SHOWN('151') });
    expect(doc.findings.find((f) => f.kind === 'binding-differs')).to.include({ severity: 'high' });
    const same = await audit({ 'shown.txt': SHOWN('150') });
    expect(same.findings.some((f) => f.kind === 'binding-differs')).to.equal(false);
    const gone = await audit({ 'shown.txt': SHOWN('not set') });
    expect(gone.findings.find((f) => f.kind === 'binding-differs')?.message).to.match(/no list is bound in/);
  });
});
