import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseSite } from '../../parsers/site.ts';
import { runCommand } from '../support/run-command.ts';

const EDGE = `version 15.2
hostname oven-edge
interface GigabitEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group OUTSIDE in
interface GigabitEthernet0/1
 ip address 198.51.100.1 255.255.255.252
ip route 192.0.2.0 255.255.255.0 198.51.100.2
ip access-list extended OUTSIDE
 permit tcp any host 192.0.2.8 eq 443
 permit tcp host 203.0.113.50 host 192.0.2.8 eq 22
 deny ip any any
`;
/** The same network with the server right behind the router. */
const FLAT = EDGE.replace('198.51.100.1 255.255.255.252', '192.0.2.1 255.255.255.0').replace(
  /ip route.*\n/,
  '',
);

describe('a drafted site', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-draft-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const draft = async (config: string) => {
    writeFileSync(join(folder, 'gw.cfg'), config);
    const ran = await runCommand(['init', 'gw.cfg', '-o', 'site.yaml'], { cwd: folder });
    expect(ran.code, ran.stderr).to.equal(0);
    const text = readFileSync(join(folder, 'site.yaml'), 'utf8');
    return { text, site: parseSite(text, 'site.yaml').value!, stderr: ran.stderr };
  };

  it('takes targets and rules from permits, unconfirmed, and vantages from who they name', async () => {
    const { site } = await draft(FLAT);
    expect([...site.targets.values()].map((t) => [t.name, t.segment])).to.deep.equal([
      ['host-192-0-2-8', 'gigabitethernet0-1'],
    ]);
    expect([...site.vantages.keys()]).to.deep.equal(['internet', 'from-203-0-113-50']);
    expect(site.policy.map((r) => [r.from.kind, r.tcp, r.unconfirmed])).to.deep.equal([
      ['any', [[443, 443]], true],
      ['vantage', [[22, 22]], true],
    ]);
    expect(site.canaries.get('host-192-0-2-8')).to.equal(443);
  });

  it('takes a translated host under its own address, in its own network', async () => {
    const nat = FLAT.replace(' ip access-group', ' ip nat outside\n ip access-group')
      .replace('interface GigabitEthernet0/1', 'interface GigabitEthernet0/1\n ip nat inside')
      .replaceAll('host 192.0.2.8', 'host 203.0.113.8')
      .concat('ip nat inside source static tcp 192.0.2.8 8443 203.0.113.8 443\n')
      .concat('ip nat inside source static tcp 192.0.2.9 22 203.0.113.8 22\n');
    const { site } = await draft(nat);
    expect([...site.targets.values()].map((t) => [t.name, t.segment])).to.deep.equal([
      ['host-192-0-2-8', 'gigabitethernet0-1'],
      ['host-192-0-2-9', 'gigabitethernet0-1'],
    ]);
    const ran = await runCommand(['intended', 'site.yaml', '--vantage', 'internet', '--format', 'json'], {
      cwd: folder,
    });
    const { flows } = JSON.parse(ran.stdout) as { flows: { target: string; reachable: unknown }[] };
    expect(flows.find((f) => f.target === 'host-192-0-2-8')?.reachable).to.deep.equal([[443, 443]]);
  });

  it('drafts no port 0, and no canary in a range that does not say where somebody listens', async () => {
    const { site, text } = await draft(
      FLAT.replace('eq 443', 'neq 25')
        .replace(' deny ip', ' permit tcp any host 192.0.2.9 range 20 21\n deny ip')
        .replace(
          ' deny ip',
          ' permit tcp any host 192.0.2.9 eq 80\n permit udp any host 192.0.2.9 lt 1\n deny ip',
        ),
    );
    const ports = site.policy.map((r) => [r.tcp, r.udp]);
    expect(ports[0]).to.deep.equal([
      [
        [1, 24],
        [26, 65535],
      ],
      [],
    ]);
    expect([...site.canaries]).to.deep.equal([['host-192-0-2-9', 80]]);
    expect(text).to.match(
      /QUESTION: Line \d+ \("permit udp any host 192\.0\.2\.9 lt 1"\) is in no rule below/,
    );
  });

  it('names site and router as they are called, whatever YAML would make of that', async () => {
    for (const name of ['my: "site" #1', 'true', '12', '1.50', 'null', '- x', 'ünï']) {
      writeFileSync(join(folder, 'gw.cfg'), EDGE.replace('oven-edge', '12'));
      const ran = await runCommand(['init', 'gw.cfg', '--name', name, '-o', 'site.yaml'], { cwd: folder });
      expect(ran.code, ran.stderr).to.equal(0);
      const site = parseSite(readFileSync(join(folder, 'site.yaml'), 'utf8'), 'site.yaml').value;
      expect([site?.name, site?.routers[0]?.name]).to.deep.equal([name, '12']);
    }
  });

  it('takes the name of the router where the configuration comes without one of a file', async () => {
    const { stdout } = await runCommand(['init', '-'], { cwd: folder, stdin: EDGE });
    expect(stdout).to.match(/^site: oven-edge$/m);
  });

  it('asks about permits that name no single host', async () => {
    const { text } = await draft(
      FLAT.replace(' deny ip', ' permit tcp any 192.0.2.0 0.0.0.255 eq 25\n deny ip'),
    );
    expect(text).to.match(
      /QUESTION: Line 11 \("permit tcp any 192\.0\.2\.0 0\.0\.0\.255 eq 25"\) is in no rule/,
    );
    expect((await draft(FLAT)).text).not.to.match(/in no rule/);
  });

  it('asks for the router and the network behind which a target stands, where this text does not hold them', async () => {
    expect((await draft(EDGE)).text).to.match(/QUESTION: Line 8 sends what is for host-192-0-2-8 on/);
    expect((await draft(FLAT)).text).to.not.match(/on to another router/);
  });

  it('proposes a box inside the segment, at an address of it', async () => {
    const { text, site } = await draft(FLAT);
    expect(site.vantages.has('inside')).to.equal(false);
    const answered = parseSite(text.replace('# inside:', 'inside:'), 's.yaml');
    expect(answered.value?.vantages.get('inside')?.segment).to.equal('gigabitethernet0-1');
  });

  it('says what to do next', async () => {
    const { stderr } = await draft(FLAT);
    expect(stderr).to.match(/1 target, 2 vantages, 2 unconfirmed rules, \d questions to answer/);
    expect(stderr).to.match(/next: answer them in site\.yaml, then aclscope intended site\.yaml/);
  });
});
