import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { runCommand } from '../support/run-command.ts';
import { buildCopy } from './build-copy.ts';

interface Line {
  readonly command: string;
  readonly exit: number;
}

/** Commands of the `sh` blocks, with the exit code that the comment behind each names. */
function readCommands(text: string): readonly Line[] {
  const blocks = [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map((m) => m[1] ?? '');
  return blocks
    .flatMap((b) => b.split('\n'))
    .map((l) => l.trim())
    .filter((l) => l !== '' && !l.startsWith('#'))
    .map((l) => ({ command: l.replace(/\s+#.*$/, ''), exit: Number(/#\s*exit (\d)/.exec(l)?.[1] ?? 0) }));
}

const PAGES = [
  ...readdirSync('docs').filter((f) => /^tutorial-.*\.md$/.test(f)),
  ...readdirSync('docs/commands').map((f) => `commands/${f}`),
];
const textOf = (page: string): string => readFileSync(join('docs', page), 'utf8');

describe('the documentation', function () {
  this.timeout(60_000);
  let folder: string;
  let env: NodeJS.ProcessEnv;
  /** A network of its own where that can be had: then no command could reach anything even if it tried. */
  let shell: readonly string[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-docs-'));
    const main = join(buildCopy(folder), 'dist/src/cli/main.js');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/aclscope'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
    chmodSync(join(folder, 'bin/aclscope'), 0o755);
    env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, NO_COLOR: '1' };
    const alone = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
    shell = spawnSync(alone[0]!, [...alone.slice(1), 'true']).status === 0 ? [...alone, 'bash'] : ['bash'];
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has a page for every command that help shows, and no other', async () => {
    const help = (await runCommand(['--help'])).stdout;
    const commands = [...help.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm)].map((m) => m[1] ?? '');
    expect(commands).to.include('lint').and.include('watch');
    const pages = readdirSync('docs/commands').map((f) => f.replace('.md', ''));
    expect(pages.toSorted()).to.deep.equal(commands.filter((c) => c !== 'help').toSorted());
    for (const command of pages) expect(textOf('README.md')).to.include(`(commands/${command}.md)`);
  });

  it('has only links that lead somewhere', () => {
    for (const page of ['README.md', ...PAGES]) {
      for (const [, link = ''] of textOf(page).matchAll(/\]\(([^)#:]+)\)/g))
        expect(existsSync(join('docs', page, '..', link)), `${page}: ${link}`).to.equal(true);
    }
  });

  for (const page of PAGES) {
    describe(page, () => {
      const lines = readCommands(textOf(page));
      it('shows a command, and none that sends a packet beyond loopback', () => {
        expect(lines).to.not.deep.equal([]);
        for (const { command } of lines) {
          if (/aclscope (scan|run|watch|probe)\b/.test(command)) expect(command).to.include('--dry-run');
        }
      });
      it('does what it says', () => {
        const cwd = mkdtempSync(join(folder, 'page-'));
        cpSync('samples/isp-mail', cwd, { recursive: true });
        for (const { command, exit } of lines) {
          const ran = spawnSync(shell[0]!, [...shell.slice(1), '-o', 'pipefail', '-c', command], {
            cwd,
            env,
            encoding: 'utf8',
            maxBuffer: 2 ** 26,
          });
          expect(ran.status, `${command}\n${ran.stdout.slice(0, 2000)}\n${ran.stderr}`).to.equal(exit);
        }
      });
    });
  }

  describe('the examples, in a repository', () => {
    let repository: string;
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.net', ...args], {
        cwd: repository,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const config = (): string => readFileSync(join(repository, 'gw.cfg'), 'utf8');
    const change = (to: (text: string) => string): void =>
      writeFileSync(join(repository, 'gw.cfg'), to(config()));
    const commit = () =>
      spawnSync(
        'git',
        ['-c', 'user.name=a', '-c', 'user.email=a@example.net', 'commit', '-qam', 'a change'],
        {
          cwd: repository,
          env,
          encoding: 'utf8',
        },
      );
    const harm = (text: string): string =>
      text.replace(/^access-list 150 /m, 'access-list 150 permit ip any any\n$&');

    beforeEach(() => {
      repository = mkdtempSync(join(folder, 'repository-'));
      git('init', '-q', '-b', 'main');
      copyFileSync('samples/isp-mail/gw-full.cfg', join(repository, 'gw.cfg'));
      git('add', 'gw.cfg');
      git('commit', '-qm', 'as it runs');
      git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    });

    describe('pre-commit', () => {
      beforeEach(() => {
        copyFileSync('docs/examples/pre-commit', join(repository, '.git/hooks/pre-commit'));
        chmodSync(join(repository, '.git/hooks/pre-commit'), 0o755);
      });
      it('refuses a commit that lets everything in', () => {
        change(harm);
        const ran = commit();
        expect(ran.status).to.equal(1);
        expect(ran.stderr).to.include('permit ip any any').and.include('aclscope review ended with 1');
        expect(git('log', '--oneline').trim().split('\n')).to.have.lengthOf(1);
      });
      it('lets a commit pass that changes a name only, and one without any config', () => {
        change((text) => text.replace(/^version .*$/m, '$&\nhostname gateway'));
        const harmless = commit();
        expect(harmless.status, harmless.stderr).to.equal(0);
        writeFileSync(join(repository, 'notes.txt'), 'nothing\n');
        git('add', 'notes.txt');
        expect(commit(), 'no config').to.include({ status: 0 });
      });
    });

    describe('the workflow', () => {
      const steps = (): readonly string[] =>
        parse(readFileSync('docs/examples/github-workflow.yml', 'utf8')).jobs.review.steps.flatMap(
          (s: { run?: string }) => (s.run === undefined ? [] : [s.run]),
        );
      const runSteps = () =>
        steps().map(
          (step) => spawnSync('bash', ['-c', step], { cwd: repository, env, encoding: 'utf8' }).status,
        );

      it('passes where nothing harmful changed, and writes both reports', () => {
        change((text) => text.replace(/^version .*$/m, '$&\nhostname gateway'));
        commit();
        expect(runSteps()).to.deep.equal([0, 0]);
        expect(JSON.parse(readFileSync(join(repository, 'review.sarif'), 'utf8')).version).to.equal('2.1.0');
        expect(readFileSync(join(repository, 'lint.xml'), 'utf8')).to.include('<testsuites');
      });
      it('fails where a branch lets everything in', () => {
        change(harm);
        commit();
        expect(runSteps()[0]).to.equal(1);
        expect(readFileSync(join(repository, 'review.sarif'), 'utf8')).to.include('permit ip any any');
      });
    });
  });
});
