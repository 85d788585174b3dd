import { execFileSync, spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { runCommand } from '../support/run-command.ts';
import { skipBecause } from '../support/skip.ts';

const scriptFor = async (shell: string): Promise<string> => {
  const ran = await runCommand(['completion', shell]);
  expect(ran).to.include({ code: 0, stderr: '' });
  return ran.stdout;
};

describe('shell completion', () => {
  describe('in bash', () => {
    let script: string;
    before(async () => {
      script = await scriptFor('bash');
    });
    /** What bash offers for the last of these words. */
    const complete = (...words: readonly string[]): readonly string[] =>
      execFileSync(
        'bash',
        [
          '--norc',
          '-c',
          `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _aclscope; printf '%s\\n' "\${COMPREPLY[@]}"`,
          'bash',
          ...words,
        ],
        { encoding: 'utf8' },
      )
        .split('\n')
        .filter((w) => w !== '');

    const rows: readonly [words: readonly string[], offered: readonly string[]][] = [
      [['aclscope', 'li'], ['lint']],
      [['aclscope', 'wat'], ['watch']],
      [['aclscope', 'zz'], []],
      [['aclscope', 'lint', '--form'], ['--format']],
      [['aclscope', 'lint', 'gw.cfg', '--format', 'sa'], ['sarif']],
      [['aclscope', 'explain', 'gw.cfg', '--format', 'sa'], []],
      [['aclscope', 'lint', '--severity', 'c'], ['critical']],
      [['aclscope', 'watch', 'site.yaml', '--engine', 'co'], ['connect']],
      [['aclscope', 'completion', 'z'], ['zsh']],
      [['aclscope', 'lint', 'package.js'], ['package.json']],
    ];
    for (const [words, offered] of rows) {
      it(`${words.join(' ')} → ${offered.join(' ') || 'nothing'}`, () => {
        expect(complete(...words)).to.deep.equal(offered);
      });
    }
    it('offers no hidden command', () => {
      expect(complete('aclscope', 'demo')).to.deep.equal(['demo']);
    });
  });

  for (const shell of ['zsh', 'fish'] as const) {
    it(`the script for ${shell} is read by ${shell} without complaint`, async function () {
      const script = await scriptFor(shell);
      expect(script).to.include('lint').and.include('sarif').and.include('coverage-only');
      const checked = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });
      if (checked.error) skipBecause(this, `no ${shell} is installed`, false);
      expect(checked.stderr).to.equal('');
      expect(checked.status).to.equal(0);
    });
  }

  it('an unknown shell is a usage error that names the known ones', async () => {
    const ran = await runCommand(['completion', 'tcsh']);
    expect(ran.code).to.equal(2);
    expect(ran.stderr).to.include('bash, zsh, fish');
  });
});
