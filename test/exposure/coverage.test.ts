import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AceCoverage } from '../../src/model/audit.ts';
import { runCommand } from '../support/run-command.ts';

// Two routers in a row: what the outer list lets pass, the inner one decides.

const EDGE = `version 15.2
hostname edge
interface GigabitEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group OUTSIDE in
interface GigabitEthernet0/1
 ip address 198.51.100.1 255.255.255.252
ip route 192.0.2.0 255.255.255.0 198.51.100.2
ip access-list extended OUTSIDE
 permit tcp any host 192.0.2.8 eq 443
 permit tcp any host 192.0.2.8 eq 22
 permit tcp any host 192.0.2.8 eq 25
 permit icmp any any
 permit tcp host 203.0.113.250 any eq 80
 permit tcp host 203.0.113.9 host 192.0.2.8 eq 443
 deny ip any any
`;
const INNER = `version 15.2
hostname inner
interface GigabitEthernet0/0
 ip address 198.51.100.2 255.255.255.252
interface GigabitEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group INSIDE out
ip route 0.0.0.0 0.0.0.0 198.51.100.1
ip access-list extended INSIDE
 permit tcp any host 192.0.2.8 eq 443
 deny tcp any host 192.0.2.8 eq 22
 permit tcp any any
`;
const SITE = `site: row
routers: [{ name: edge, config: edge.cfg }, { name: inner, config: inner.cfg }]
segments: { shop: 192.0.2.0/24 }
targets: { till: { address: 192.0.2.8, segment: shop } }
vantages: { world: { address: 203.0.113.9, enters: edge GigabitEthernet0/0 } }
policy: [{ from: any, to: till, tcp: [443], why: customers pay }]
`;
const scan = (states: Readonly<Record<number, string>>): string =>
  `# Nmap 7.93 scan initiated Sat Apr 10 14:03:00 2004 as: nmap -oN - 192.0.2.8
Nmap scan report for 192.0.2.8
PORT STATE SERVICE
${Object.entries(states)
  .map(([port, state]) => `${port}/tcp ${state} x`)
  .join('\n')}
# Nmap done at Sat Apr 10 14:03:15 2004 -- 1 IP address (1 host up) scanned in 15.00 seconds
`;

describe('what probes prove of each line', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-coverage-'));
    writeFileSync(join(folder, 'edge.cfg'), EDGE);
    writeFileSync(join(folder, 'inner.cfg'), INNER);
    writeFileSync(join(folder, 'site.yaml'), SITE);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const coverage = async (states: Readonly<Record<number, string>>, ...more: readonly string[]) => {
    writeFileSync(join(folder, 'world.nmap'), scan(states));
    const ran = await runCommand(['audit', 'site.yaml', 'world=world.nmap', ...more, '--format', 'json'], {
      cwd: folder,
    });
    expect(ran.code, ran.stderr).to.not.equal(2);
    const doc = JSON.parse(ran.stdout) as {
      coverage: AceCoverage[];
      summary: { coveragePercent: number };
    };
    const of = (acl: string, text: string): AceCoverage =>
      doc.coverage.find((c) => c.acl === acl && c.line.text.trim() === text)!;
    return { of, percent: doc.summary.coveragePercent };
  };
  const HTTPS = 'permit tcp any host 192.0.2.8 eq 443';
  const SSH = 'permit tcp any host 192.0.2.8 eq 22';

  it('an answer proves every line that it came through', async () => {
    const { of } = await coverage({ 443: 'open' });
    expect(of('INSIDE', HTTPS).status).to.equal('proven');
    expect(of('OUTSIDE', HTTPS).status).to.equal('proven');
    expect(of('OUTSIDE', HTTPS).reason).to.match(/let pass what a later list decides/);
  });

  it('silence behind a later deny says nothing of the permit before it', async () => {
    const { of } = await coverage({ 443: 'open', 22: 'filtered' });
    expect(of('INSIDE', 'deny tcp any host 192.0.2.8 eq 22').status).to.equal('proven');
    expect(of('OUTSIDE', SSH).status).to.equal('unprobed');
  });

  it('an open port contradicts the later deny, and proves the permit before it', async () => {
    const { of } = await coverage({ 443: 'open', 22: 'open' });
    expect(of('INSIDE', 'deny tcp any host 192.0.2.8 eq 22').status).to.equal('contradicted');
    expect(of('OUTSIDE', SSH).status).to.equal('proven');
  });

  it('a line that may or may not apply is contradicted by nothing, though its open port fails', async () => {
    writeFileSync(
      join(folder, 'edge.cfg'),
      `${EDGE.replace('eq 22', 'eq 22 time-range OFFICE')}time-range OFFICE\n periodic weekdays 9:00 to 17:00\n`,
    );
    writeFileSync(join(folder, 'inner.cfg'), INNER.replace(/ deny tcp.*\n/, ''));
    const { of } = await coverage({ 443: 'open', 22: 'open' });
    expect(of('OUTSIDE', `${SSH} time-range OFFICE`).status).to.equal('unprobed');
  });

  it('what nobody asked is unprobed; what no probe can ask is unprobeable, and why', async () => {
    const { of } = await coverage({ 443: 'open' });
    expect(of('OUTSIDE', SSH).status).to.equal('unprobed');
    expect(of('OUTSIDE', 'permit icmp any any')).to.include({
      status: 'unprobeable',
      reason: 'probes are TCP and UDP only',
    });
    expect(of('OUTSIDE', 'permit tcp host 203.0.113.250 any eq 80')).to.include({
      status: 'unprobeable',
      reason: 'no audited vantage has an address that it matches',
    });
    const dead = of('OUTSIDE', 'permit tcp host 203.0.113.9 host 192.0.2.8 eq 443');
    expect(dead).to.include({ status: 'dead' });
    expect(dead.reason).to.match(/line 10 matches first/);
  });

  it('the percentage counts proven lines of those that probes can reach', async () => {
    // Reachable: OUTSIDE 443, 22, 25 and the last deny; INSIDE 443, 22 and the last permit. Proven: the two of 443.
    expect((await coverage({ 443: 'open' })).percent).to.equal(29);
    // And by 22 OUTSIDE's permit, by 25 (closed: it passed both) OUTSIDE's permit and INSIDE's last; INSIDE's deny is contradicted.
    expect((await coverage({ 443: 'open', 22: 'open', 25: 'closed' })).percent).to.equal(71);
  });

  it('the hits that each router counted stand beside the line, of the list that shows them', async () => {
    writeFileSync(
      join(folder, 'counters.txt'),
      'Extended IP access list OUTSIDE\n    10 permit tcp any host 192.0.2.8 eq 443 (77 matches)\n',
    );
    const { of } = await coverage({ 443: 'open' }, 'world=counters.txt');
    expect(of('OUTSIDE', HTTPS).reason).to.match(/counted 77 matches \(counters\.txt\)/);
    expect(of('INSIDE', HTTPS).reason).to.not.match(/counted/);
  });
});
