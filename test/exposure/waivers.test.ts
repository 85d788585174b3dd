import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AuditFinding, AuditFlow } from '../../src/model/audit.ts';
import { runCommand } from '../support/run-command.ts';

interface Doc {
  readonly flows: readonly AuditFlow[];
  readonly findings: readonly AuditFinding[];
}

describe('waivers', () => {
  let folder: string;
  const auditWith = async (evidence: string, ...waivers: string[]): Promise<Doc> => {
    const site = readFileSync('samples/isp-mail/site-alias.yaml', 'utf8');
    writeFileSync(join(folder, 'site.yaml'), `${site}waivers:\n${waivers.map((w) => `  - ${w}\n`).join('')}`);
    const ran = await runCommand(['audit', 'site.yaml', evidence, '--format', 'json'], {
      cwd: folder,
      now: new Date('2024-05-01T12:00:00Z'),
    });
    expect(ran.code, ran.stderr).to.not.equal(2);
    return JSON.parse(ran.stdout) as Doc;
  };
  const audit = async (waiver: string): Promise<readonly AuditFinding[]> =>
    (await auditWith('friend=giant-netstat.txt', waiver)).findings;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-waiver-'));
    cpSync('samples/isp-mail', folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('waive a listener until their last day, and not after it', async () => {
    const listener = '{ finding: unexpected-listener, ports: [514], owner: ops, why: moving, until: ';
    const held = (await audit(`${listener}2024-05-01 }`)).find((f) => f.kind === 'unexpected-listener');
    expect(held?.waived).to.include({ owner: 'ops', until: '2024-05-01' });
    const ended = (await audit(`${listener}2024-04-30 }`)).find((f) => f.kind === 'unexpected-listener');
    expect(ended?.waived).to.equal(null);
  });

  it('need one for a service however many sockets it listens on', async () => {
    const netstat = readFileSync(join(folder, 'giant-netstat.txt'), 'utf8');
    const shell = netstat.split('\n').find((line) => line.includes('*:shell'));
    writeFileSync(join(folder, 'giant-netstat.txt'), netstat.replace(`${shell}\n`, `${shell}\n${shell}\n`));
    const found = (await audit('{ finding: exposed, owner: ops, why: none, until: 2030-01-01 }')).filter(
      (f) => f.kind === 'unexpected-listener',
    );
    expect(found).to.have.lengthOf(1);
  });

  it('hold for a flow whatever other waiver speaks of the same ports before them', async () => {
    const rsh = '{ finding: exposed, vantage: friend, ports: [514], owner: ops, why: moving, until: ';
    const other = '{ finding: shadowed-ace, owner: ops, why: known, until: 2030-01-01 }';
    const verdictOf = (doc: Doc): string | undefined =>
      doc.flows.find((f) => f.vantage === 'friend' && f.ports.some(([lo, hi]) => lo <= 514 && 514 <= hi))
        ?.verdict;
    const evidence = 'friend=segment-scan.nmap';
    expect(verdictOf(await auditWith(evidence, other, `${rsh}2030-01-01 }`))).to.equal('waived');
    const renewed = [`${rsh}2024-04-01 }`, `${rsh}2024-06-01 }`];
    expect(verdictOf(await auditWith(evidence, ...renewed)), 'an ended one and its renewal').to.equal(
      'waived',
    );
    expect(verdictOf(await auditWith(evidence, other, `${rsh}2024-04-01 }`)), 'an ended one').to.equal(
      'fail',
    );
  });

  it('that apply to nothing are named, so that a typo is seen', async () => {
    const findings = await audit('{ finding: unexpected-listner, owner: ops, why: typo, until: 2030-01-01 }');
    expect(findings.find((f) => f.kind === 'waiver-idle')?.message).to.match(/unexpected-listner/);
    expect(findings.find((f) => f.kind === 'unexpected-listener')?.waived).to.equal(null);
  });
});
