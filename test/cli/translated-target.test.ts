import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../support/run-command.ts';

const CONFIG = `version 15.2
interface GigabitEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip nat outside
 ip access-group 101 in
interface GigabitEthernet0/1
 ip address 10.0.0.1 255.255.255.0
 ip nat inside
ip route 0.0.0.0 0.0.0.0 203.0.113.254
ip nat inside source static tcp 10.0.0.10 80 203.0.113.10 8080
access-list 101 permit tcp any host 203.0.113.10 eq 8080
`;

const SITE = `site: shop
routers: [{ name: gw, config: gw.cfg }]
segments: { dmz: 10.0.0.0/24 }
targets: { web: { address: 10.0.0.10, segment: dmz } }
vantages:
  internet: { address: 192.0.2.7, sources: any, enters: gw GigabitEthernet0/0 }
  neighbour: { address: 10.0.0.50 }
policy: [{ from: any, to: web, tcp: [8080], why: the shop }]
`;

const SCAN = `# Nmap 7.80 scan initiated Fri Nov 27 10:00:00 2026 as: nmap -oG - -p 22,8080 203.0.113.10
Host: 203.0.113.10 ()\tPorts: 22/open/tcp//ssh///, 8080/open/tcp//http///
# Nmap done at Fri Nov 27 10:00:10 2026 -- 1 IP address (1 host up) scanned in 10.00 seconds
`;

describe('a target that has another address outside', () => {
  let folder: string;
  const run = (...argv: string[]) => runCommand(argv, { cwd: folder });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-translated-'));
    writeFileSync(join(folder, 'gw.cfg'), CONFIG);
    writeFileSync(join(folder, 'site.yaml'), SITE);
    writeFileSync(join(folder, 'scan.gnmap'), SCAN);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const explain = async (from: string, to: string, port: string) => {
    const { stdout } = await run(
      'explain',
      'site.yaml',
      ...['--from', from, '--to', to, '--dport', port, '-f', 'json'],
    );
    return JSON.parse(stdout) as { verdict: string; assumptions: string[] };
  };

  it('is traced by its name as that address, as intended has it', async () => {
    const { stdout } = await run('intended', 'site.yaml', '--vantage', 'internet', '-f', 'json');
    expect(JSON.parse(stdout).flows[0].reachable).to.deep.equal([[8080, 8080]]);
    const named = await explain('internet', 'web', '8080');
    expect(named.verdict).to.equal('permit');
    expect(named.assumptions).to.include('web is reached as 203.0.113.10 through address translation');
    expect((await explain('internet', 'web', '80')).verdict).to.equal('deny');
  });

  it('is traced by its own address, where that is what was asked', async () => {
    const own = await explain('internet', '10.0.0.10', '8080');
    expect(own.verdict).to.equal('deny');
    expect(own.assumptions.join()).to.not.include('is reached as');
    expect((await explain('neighbour', 'web', '8080')).assumptions.join()).to.not.include('is reached as');
  });

  it('is probed at that address by the commands that repeat a finding', async () => {
    const { stdout } = await run('audit', 'site.yaml', 'internet=scan.gnmap', '-f', 'html');
    expect(stdout).to.include('--max-rate 10 -p 22 203.0.113.10<');
    expect(stdout).to.include(
      'aclscope explain site.yaml --from internet --to 203.0.113.10 --proto tcp --dport 22<',
    );
    expect(stdout).to.include('tcp 192.0.2.7 -&gt; 203.0.113.10:22 syn');
  });
});
