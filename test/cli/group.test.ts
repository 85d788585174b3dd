import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type EmulatedHost, type EmulatedPort, startEmulatedHost } from '../../scans/emulated-host.ts';
import type { AuditFinding, AuditFlow } from '../../src/model/audit.ts';
import type { IntendedFlow } from '../../src/model/exposure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { runCommand } from '../support/run-command.ts';

/** Addresses of this machine; two runs at once do not share them. */
const NET = `127.0.${100 + (process.pid % 100)}`;

const CONFIG = `version 12.2
hostname gw
!
interface FastEthernet0/0
 ip address 127.0.0.126 255.255.255.128
 ip access-group 150 in
!
interface FastEthernet0/1
 ip address ${NET}.126 255.255.255.128
!
access-list 150 permit tcp any ${NET}.0 0.0.0.7 eq 20110
access-list 150 deny   ip any any
!
end
`;

/** Of the six hosts of the /29 two are left out. */
const SITE = `site: group
routers: [{ name: gw, config: gw.cfg }]
segments: { servers: ${NET}.0/25 }
targets:
  office: { addresses: ${NET}.0/29, except: [${NET}.5, ${NET}.6], segment: servers }
  other: { address: ${NET}.9, segment: servers }
vantages:
  outside: { address: 127.0.0.1, sources: any, enters: gw FastEthernet0/0 }
policy:
  - { from: any, to: office, tcp: [20110], why: customers read their mail }
canaries: { office: 20110 }
`;

const port = (host: number, number: number, behaviour: EmulatedPort['behaviour']): EmulatedPort => ({
  address: `${NET}.${host}`,
  port: number,
  behaviour,
});

/** All serve 20110. Of 20514, which is denied, 1 and 2 are silent; the kernel of 3 refuses it, and 4 leaks it. */
const startOffice = (): Promise<EmulatedHost> =>
  startEmulatedHost([
    ...[1, 2, 3, 4].map((host) => port(host, 20110, { kind: 'open', greeting: '+OK\r\n' })),
    port(1, 20514, { kind: 'silent' }),
    port(2, 20514, { kind: 'silent' }),
    port(4, 20514, { kind: 'open', greeting: '' }),
  ]);

const member = (host: number): string => `office/${NET}.${host}`;

describe('a group of targets from plan to audit', function () {
  this.timeout(60_000);
  let folder: string;
  let office: EmulatedHost;
  const run = (...argv: string[]) => runCommand(argv, { cwd: folder });
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const plan = async (...more: string[]): Promise<readonly string[]> => {
    const ran = await run('plan', 'site.yaml', '--ports', '20110,20514', ...more);
    expect(ran.code, ran.stderr).to.equal(0);
    return (JSON.parse(ran.stdout) as Plan).targets.map((t) => t.name);
  };
  const audit = async (site: string) => {
    const ran = await run('audit', site, 'outside.json', '--format', 'json');
    expect(ran.code, ran.stderr).to.equal(1);
    return JSON.parse(ran.stdout) as { flows: AuditFlow[]; findings: AuditFinding[] };
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-group-'));
    put('gw.cfg', CONFIG);
    put('site.yaml', SITE);
    office = await startOffice();
    const made = await run(
      ...['plan', 'site.yaml', '--target', 'office', '--ports', '20110,20514', '-o', 'plan.json'],
    );
    expect(made.code, made.stderr).to.equal(0);
    expect(made.stderr).to.include(`"office" stands for 4 hosts`);
    expect(made.stderr).to.not.include('no canary');
    const scanned = await run('scan', '--plan', 'plan.json', '--engine', 'connect', '-o', 'outside.json');
    expect(scanned.code, scanned.stderr).to.equal(0);
  });
  after(async () => {
    await office.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives every member the verdict that its own answers earn', async () => {
    const { flows } = await audit('site.yaml');
    const told = (number: number) =>
      [1, 2, 3, 4].map((host) => {
        const flow = flows.find(
          (f) => f.target === member(host) && f.ports.some(([lo, hi]) => lo <= number && number <= hi),
        );
        return `${host} ${flow?.intended} ${flow?.observed} ${flow?.verdict} ${flow?.confidence}`;
      });
    expect(told(20110)).to.deep.equal([1, 2, 3, 4].map((host) => `${host} permit open pass proven`));
    expect(told(20514)).to.deep.equal([
      '1 deny filtered pass consistent',
      '2 deny filtered pass consistent',
      '3 deny closed fail proven',
      '4 deny open fail proven',
    ]);
  });

  it('finds fault with the two that differ and with no other', async () => {
    const { findings } = await audit('site.yaml');
    expect(findings.filter((f) => f.target !== null).map((f) => `${f.kind} ${f.target}`)).to.have.members([
      `exposed ${member(4)}`,
      `bypassed ${member(3)}`,
    ]);
  });

  for (const format of ['text', 'markdown', 'html'])
    it(`tells people in ${format} of members that fared alike as one, and of those that differ alone`, async () => {
      const { stdout } = await run('audit', 'site.yaml', 'outside.json', '--format', format);
      // Columns wrap long names; markup may stand between the words of one.
      const said = stdout.replace(/<[^>]*>/g, ' ').replace(/[\s|\\]+/g, '');
      expect(said).to.include(`office(${NET}.1-${NET}.2)`);
      for (const host of [3, 4]) expect(said).to.include(member(host));
      expect(said).to.not.match(new RegExp(`office/${NET}\\.[12]tcp`));
    });

  it('waives a finding of every member by the name of the group, of one by its own', async () => {
    const waiver = (finding: string, target: string): string =>
      `  - { finding: ${finding}, target: ${target}, owner: ops, why: moves in May, until: 2999-05-31 }\n`;
    put('waived.yaml', `${SITE}waivers:\n${waiver('exposed', 'office')}${waiver('bypassed', member(4))}`);
    const { flows, findings } = await audit('waived.yaml');
    const verdicts = flows.filter((f) => f.severity !== null).map((f) => `${f.target} ${f.verdict}`);
    expect(verdicts).to.have.members([`${member(4)} waived`, `${member(3)} fail`]);
    expect(findings.find((f) => f.kind === 'exposed')?.waived?.owner).to.equal('ops');
    expect(findings.filter((f) => f.kind === 'waiver-idle').map((f) => f.target)).to.deep.equal([member(4)]);
  });

  it('plans all members, or those that --target and --exclude leave', async () => {
    const all = [1, 2, 3, 4].map(member);
    expect(await plan()).to.deep.equal([...all, 'other']);
    expect(await plan('--target', 'office')).to.deep.equal(all);
    expect(await plan('--target', 'office', '--target', member(2))).to.deep.equal(all);
    expect(await plan('--target', member(2))).to.deep.equal([member(2)]);
    expect(await plan('--exclude', 'office')).to.deep.equal(['other']);
    expect(await plan('--target', 'office', '--exclude', member(2), '--exclude', `${NET}.3`)).to.deep.equal(
      [1, 4].map(member),
    );
  });

  it('refuses a member that there is not, and says which there are', async () => {
    for (const option of ['--target', '--exclude']) {
      const ran = await run('plan', 'site.yaml', option, member(5));
      expect(ran.code).to.equal(2);
      expect(ran.stderr).to.match(/there is no target "office\/[\d.]+5"/);
      expect(ran.stderr).to.include(`office has ${NET}.1-${NET}.4`);
    }
  });

  it('computes what is intended for all members or one', async () => {
    const targets = async (name: string): Promise<readonly string[]> => {
      const ran = await run('intended', 'site.yaml', '--target', name, '--format', 'json');
      return (JSON.parse(ran.stdout) as { flows: IntendedFlow[] }).flows.map((f) => f.target);
    };
    expect(await targets('office')).to.deep.equal([1, 2, 3, 4].map(member));
    expect(await targets(member(3))).to.deep.equal([member(3)]);
  });

  it('explains one member, and asks which where the question is about one host', async () => {
    const explain = (to: string) =>
      run(...['explain', 'site.yaml', '--from', 'outside', '--to', to, '--proto', 'tcp', '--dport', '20110']);
    const one = await explain(member(3));
    expect(one.code, one.stderr).to.equal(0);
    const all = await explain('office');
    expect(all.code).to.equal(2);
    expect(all.stderr).to.include('stands for 4 hosts').and.to.include(member(1));
  });

  it('warns once of a group without a canary', async () => {
    put('silent.yaml', SITE.replace('canaries: { office: 20110 }\n', `canaries: { ${member(2)}: 20110 }\n`));
    const ran = await run('plan', 'silent.yaml', '--target', 'office');
    const warned = ran.stderr.split('\n').filter((l) => l.includes('no canary is declared'));
    expect(warned).to.have.length(1);
    expect(warned[0]).to.include(`office (${NET}.1, ${NET}.3-${NET}.4)`);
  });

  it('keeps the plan free of the addresses that are left out', () => {
    const written = readFileSync(join(folder, 'plan.json'), 'utf8');
    for (const host of [0, 5, 6, 7]) expect(written).to.not.include(`"${NET}.${host}"`);
  });
});
