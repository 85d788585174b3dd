import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AceCoverage, AuditFlow } from '../../src/model/audit.ts';
import { runCommand } from '../support/run-command.ts';

interface Doc {
  readonly flows: readonly AuditFlow[];
  readonly coverage: readonly AceCoverage[];
}

const CONFIG = `version 12.4
interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
access-list 101 permit tcp any host 192.0.2.10 eq 443
access-list 101 deny tcp any host 192.0.2.10 eq 22
access-list 101 deny ip any any
`;
const SITE = `site: shop
routers: [{ name: gw, config: gw.cfg }]
segments: { dmz: 192.0.2.0/24 }
targets: { web: { address: 192.0.2.10, segment: dmz } }
vantages:
  outside: { address: 203.0.113.9, enters: gw FastEthernet0/0 }
  neighbour: { address: 192.0.2.20 }
policy:
  - { from: any, to: web, tcp: [443], why: customers shop }
  - { from: dmz, to: web, tcp: [22, 443], why: upkeep }
`;
/** nmap's own words about ports 22 and 443; any other was not asked. */
const scan = (states: { readonly 22: string; readonly 443: string }): string =>
  `# Nmap 7.93 scan initiated Sat Apr 10 14:03:00 2004 as: nmap -p 22,443 -oN - 192.0.2.10
Nmap scan report for 192.0.2.10
PORT    STATE    SERVICE
22/tcp  ${states[22]} ssh
443/tcp ${states[443]} https
# Nmap done at Sat Apr 10 14:03:15 2004 -- 1 IP address (1 host up) scanned in 15.00 seconds
`;
const SILENT_OUTSIDE = scan({ 22: 'filtered', 443: 'open' });
const DENY_SSH = 'access-list 101 deny tcp any host 192.0.2.10 eq 22';

describe('a port that is silent outside', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-inside-'));
    writeFileSync(join(folder, 'gw.cfg'), CONFIG);
    writeFileSync(join(folder, 'site.yaml'), SITE);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const audit = async (inside: string | null) => {
    writeFileSync(join(folder, 'outside.nmap'), SILENT_OUTSIDE);
    if (inside !== null) writeFileSync(join(folder, 'inside.nmap'), inside);
    const evidence = ['outside=outside.nmap', ...(inside === null ? [] : ['neighbour=inside.nmap'])];
    const ran = await runCommand(['audit', 'site.yaml', ...evidence, '--format', 'json'], { cwd: folder });
    expect(ran.code, ran.stderr).to.not.equal(2);
    const doc = JSON.parse(ran.stdout) as Doc;
    const ssh = doc.flows.find(
      (f) => f.vantage === 'outside' && f.ports.some(([lo, hi]) => lo <= 22 && 22 <= hi),
    )!;
    const line = doc.coverage.find((c) => c.line.text.trim() === DENY_SSH)!;
    return { ssh, line, reasons: ssh.because.flatMap((b) => (b && 'text' in b ? [b.text] : [])).join('\n') };
  };

  const rows: readonly [title: string, inside: string | null, status: string, says: RegExp | null][] = [
    [
      'and open inside: the list works',
      scan({ 22: 'open', 443: 'open' }),
      'proven',
      /was stopped on the way/,
    ],
    [
      'and refused inside: the host would have answered',
      scan({ 22: 'closed', 443: 'open' }),
      'proven',
      /was stopped on the way/,
    ],
    [
      'and silent inside too: no credit to the list',
      scan({ 22: 'filtered', 443: 'open' }),
      'unprobed',
      /the list gets no credit/,
    ],
    ['while nobody looked inside: consistent, with nothing to add', null, 'proven', null],
  ];
  for (const [title, inside, status, says] of rows)
    it(title, async () => {
      const { ssh, line, reasons } = await audit(inside);
      expect(ssh).to.include({ intended: 'deny', verdict: 'pass', confidence: 'consistent' });
      expect(line.status, line.reason).to.equal(status);
      if (says) expect(reasons).to.match(says);
      else expect(reasons).to.not.match(/own segment/);
    });

  it('inside is not believed where the evidence names another host', async () => {
    const elsewhere = scan({ 22: 'open', 443: 'open' }).replaceAll('192.0.2.10', '192.0.2.77');
    const { reasons } = await audit(elsewhere);
    expect(reasons).to.not.match(/stopped on the way/);
  });
});
