import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../support/run-command.ts';

/** Two modelled lines, three of two skipped families, one that is no statement. */
const CONFIG =
  'interface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n!\nlogging on\nlogging trap 5\nfrobnicate\n';

describe('where the lines of a configuration went', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-account-'));
    writeFileSync(join(folder, 'gw.cfg'), CONFIG);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const lint = (...argv: string[]) => runCommand(['lint', 'gw.cfg', ...argv], { cwd: folder });

  it('stands in the JSON document when asked for, and adds up', async () => {
    const { account } = JSON.parse((await lint('--stats', '--format', 'json')).stdout) as {
      account: unknown;
    };
    expect(account).to.deep.equal({
      total: 6,
      modelled: 2,
      skipped: 3,
      diagnosed: 1,
      skippedFamilies: { comments: 1, logging: 2 },
    });
  });
  it('is said beside the report', async () => {
    const { stderr } = await lint('--stats');
    expect(stderr).to.contain('gw.cfg: 6 lines = 2 modelled + 3 knowingly skipped + 1 diagnosed\n');
  });
  it('is left out where nobody asked', async () => {
    const ran = await lint('--format', 'json');
    expect(JSON.parse(ran.stdout)).to.not.have.property('account');
    expect(ran.stderr).to.not.contain('modelled');
  });
});
