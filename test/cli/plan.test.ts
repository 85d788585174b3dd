import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Plan } from '../../src/model/plan.ts';
import { rangesHave } from '../../src/model/ports.ts';
import { runCommand } from '../support/run-command.ts';
import { SERVER, writeLoopbackSite } from './loopback-site.ts';

describe('aclscope plan --exclude', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-plan-'));
    writeLoopbackSite(folder);
  });
  after(() => rmSync(folder, { recursive: true }));
  const plan = (...more: string[]) =>
    runCommand(['plan', 'site.yaml', '--vantage', 'outside', ...more], { cwd: folder });

  it('takes ports out of everything that would be sent, and nothing beside them', async () => {
    const ran = await plan('--exclude', '20514,30000-30010', '--exclude', '9100');
    expect(ran.code, ran.stderr).to.equal(0);
    const [target] = (JSON.parse(ran.stdout) as Plan).targets;
    for (const port of [20514, 30000, 30010, 9100]) {
      expect(rangesHave(target!.ports, port), `${port}`).to.equal(false);
      expect(target!.first).to.not.include(port);
      expect(target!.negativeCanaries).to.not.include(port);
    }
    for (const port of [20513, 20515, 29999, 30011, 9099, 9101])
      expect(rangesHave(target!.ports, port), `${port}`).to.equal(true);
    expect(target!.first).to.include(20513);
    expect(target!.canary).to.equal(20110);
    expect(ran.stderr).to.include('ports 9100, 20514, 30000-30010 are excluded');
  });

  it('takes a canary out, too, and says what that costs', async () => {
    const ran = await plan('--exclude', '20110');
    const [target] = (JSON.parse(ran.stdout) as Plan).targets;
    expect(target!.canary).to.equal(null);
    expect(target!.expectedOpen).to.deep.equal([]);
    expect(ran.stderr).to.include('no canary is possible for server');
  });

  for (const [name, given, message] of [
    ['a target by its name, which may leave none', 'server', '--exclude leaves no target to probe'],
    ['a target by its address', SERVER, '--exclude leaves no target to probe'],
    ['no name that does not exist', 'sever', 'did you mean "server"?'],
    ['no address that is no target', '127.0.3.36', '127.0.3.36'],
    ['no port beyond the last', '70000', '70000'],
  ] as const) {
    it(`takes ${name}`, async () => {
      const ran = await plan('--exclude', given);
      expect(ran.code).to.equal(2);
      expect(ran.stderr).to.include(message);
      expect(ran.stdout).to.equal('');
    });
  }
});

describe('aclscope plan through a router that intercepts TCP', () => {
  let folder: string;
  const plan = (...more: string[]) =>
    runCommand(['plan', 'site.yaml', '--vantage', 'outside', ...more], { cwd: folder });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-plan-'));
    writeLoopbackSite(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const intercept = (): void => {
    const file = join(folder, 'gw.cfg');
    writeFileSync(file, readFileSync(file, 'utf8').replace('end\n', 'ip tcp intercept list 150\nend\n'));
  };

  it('warns of a pace at which others would lose connections, and says which would do', async () => {
    intercept();
    expect((await plan()).stderr).to.match(/warning: gw intercepts TCP: .* plan with --rate 18 or less/);
    expect((await plan('--rate', '18')).stderr).to.not.include('intercepts TCP');
    expect((await plan('--rate', '19')).stderr).to.include('intercepts TCP');
  });

  it('warns of nothing where it does not', async () => {
    expect((await plan()).stderr).to.not.include('intercepts TCP');
  });
});
