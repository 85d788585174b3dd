import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AuditFinding } from '../../src/model/audit.ts';
import { runCommand } from '../support/run-command.ts';

describe('waivers of findings that are no flow', () => {
  let folder: string;
  const audit = async (waiver: string): Promise<readonly AuditFinding[]> => {
    const site = readFileSync('samples/isp-mail/site-alias.yaml', 'utf8');
    writeFileSync(join(folder, 'site.yaml'), `${site}waivers:\n  - ${waiver}\n`);
    const ran = await runCommand(['audit', 'site.yaml', 'friend=giant-netstat.txt', '--format', 'json'], {
      cwd: folder,
      now: new Date('2024-05-01T12:00:00Z'),
    });
    expect(ran.code, ran.stderr).to.not.equal(2);
    return (JSON.parse(ran.stdout) as { findings: AuditFinding[] }).findings;
  };
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

  it('that apply to nothing are named, so that a typo is seen', async () => {
    const findings = await audit('{ finding: unexpected-listner, owner: ops, why: typo, until: 2030-01-01 }');
    expect(findings.find((f) => f.kind === 'waiver-idle')?.message).to.match(/unexpected-listner/);
    expect(findings.find((f) => f.kind === 'unexpected-listener')?.waived).to.equal(null);
  });
});
