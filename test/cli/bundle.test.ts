import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Context } from 'mocha';
import { skipBecause } from '../support/skip.ts';
import { buildCopy } from './build-copy.ts';

const run = promisify(execFile);
/** A network of its own that no route leaves: loopback is all there is. */
const ALONE = ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

function needOwnNetwork(context: Context): void {
  const tried = spawnSync('unshare', [...ALONE, 'true'], { encoding: 'utf8' });
  if (tried.status !== 0) skipBecause(context, `no network namespace can be made: ${tried.stderr ?? ''}`);
}

/** Runs a built aclscope where nothing but loopback can be reached; it can find no registry and no other package. */
async function runAlone(cwd: string, main: string, ...argv: readonly string[]) {
  const options = { cwd, env: { PATH: process.env.PATH, HOME: cwd }, timeout: 50_000 };
  return run('unshare', [...ALONE, process.execPath, main, ...argv], options);
}

describe('onto the boxes', function () {
  this.timeout(60_000);
  let folder: string;
  let copy: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-pack-'));
    copy = buildCopy(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('the program', () => {
    /** Files of JavaScript, ours and of packages, that a command loads: V8's coverage names every one. */
    function loadedFiles(name: string, ...argv: readonly string[]): readonly string[] {
      const coverage = join(folder, `loaded-${name}`);
      const ran = spawnSync(process.execPath, ['dist/src/cli/main.js', ...argv], {
        cwd: copy,
        env: { PATH: process.env.PATH, NODE_V8_COVERAGE: coverage },
        encoding: 'utf8',
      });
      expect(ran.stderr).to.not.include('aclscope:');
      return readdirSync(coverage)
        .flatMap((file) => JSON.parse(readFileSync(join(coverage, file), 'utf8')).result)
        .map(({ url }: { url: string }) => url)
        .filter((url: string) => url.startsWith('file:'));
    }

    it('loads a few files to read a configuration, not each module by itself', () => {
      const files = loadedFiles('lint', 'lint', 'samples/isp-mail/gw-full.cfg');
      expect(files.some((f) => f.endsWith('dist/src/cli/main.js'))).to.equal(true);
      expect(files.length).to.be.lessThan(60);
    });

    it('loads no engine, no command and no package to say its version', () => {
      const files = loadedFiles('version', '--version');
      expect(files.filter((f) => f.includes('/node_modules/'))).to.deep.equal([]);
      expect(files.length).to.be.lessThan(20);
    });

    it('loads little more than one script to read a plan, and no package', () => {
      const plan = join(folder, 'plan.json');
      const planned = spawnSync(
        process.execPath,
        [
          ...['dist/src/cli/main.js', 'plan', 'samples/demo/site.yaml', '--vantage', 'internet'],
          ...['-o', plan],
        ],
        { cwd: copy, encoding: 'utf8' },
      );
      expect(planned.status, planned.stderr).to.equal(0);
      const files = loadedFiles('scan', 'scan', '--plan', plan, '--dry-run');
      expect(files.filter((f) => f.includes('/node_modules/'))).to.deep.equal([]);
      expect(files.some((f) => f.endsWith('dist/src/cli/run-scan-cli.cjs'))).to.equal(true);
      expect(files.length).to.be.lessThan(8);
    });

    it('is loaded as it was compiled when it was built', () => {
      const beside = (ending: string): string => JSON.stringify(join(copy, `dist/src/cli/run-cli.${ending}`));
      const load = `new vm.Script(fs.readFileSync(${beside('script')}, 'latin1'), {
        cachedData: fs.readFileSync(${beside('compiled')}) }).cachedDataRejected`;
      expect(execFileSync(process.execPath, ['-p', load], { encoding: 'utf8' })).to.equal('false\n');
    });

    it('says the same where what was compiled is of no use', () => {
      const lint = ['dist/src/cli/main.js', 'lint', 'samples/isp-mail/gw-full.cfg'];
      const said = (...flags: readonly string[]) =>
        spawnSync(process.execPath, [...flags, ...lint], { cwd: copy, encoding: 'utf8' });
      // V8 takes nothing that was compiled under other flags, as it takes nothing of another version.
      const [usual, other] = [said(), said('--stack-size=900')];
      expect(usual.stdout).to.include('gw-full.cfg');
      expect(other.stdout).to.equal(usual.stdout);
      expect(other.stderr).to.equal(usual.stderr);
    });

    it('carries the licence of every package of which it holds parts', () => {
      const cli = join(copy, 'dist/src/cli');
      const text = readFileSync(join(cli, 'third-party-licences.txt'), 'utf8');
      const held = new Set<string>();
      for (const file of readdirSync(cli)) {
        // The bundler names every module that it takes in.
        for (const [, name] of readFileSync(join(cli, file), 'utf8').matchAll(/node_modules\/([\w.-]+)\//g))
          held.add(name!);
      }
      expect([...held].sort()).to.deep.equal(['commander', 'zod']);
      for (const name of held) {
        const licence = readFileSync(join(copy, 'node_modules', name, 'LICENSE'), 'utf8').trim();
        expect(text).to.include(licence);
      }
    });
  });

  describe('the bundle', () => {
    let box: string;
    before(() => {
      const archive = join(folder, 'bundle.tgz');
      execFileSync(process.execPath, ['--import', 'tsx', 'scripts/make-bundle.ts', archive], { cwd: copy });
      box = join(folder, 'box');
      mkdirSync(box);
      execFileSync('tar', ['-xzf', archive, '-C', box]);
    });

    it('holds what runs and what it needs, and nothing for developers', () => {
      expect(readdirSync(join(box, 'aclscope'))).to.have.members([
        'README.md',
        'dist',
        'docs',
        'node_modules',
        'package.json',
        'samples',
      ]);
      const modules = readdirSync(join(box, 'aclscope/node_modules'));
      expect(modules).to.include.members([
        'blessed',
        'commander',
        'koffi',
        '@koromix',
        'saxes',
        'yaml',
        'zod',
      ]);
      expect(modules).to.not.include.members(['mocha', 'typescript', 'tsx']);
    });

    it('runs the demo on a box without a network', async function () {
      needOwnNetwork(this);
      const { stdout, stderr } = await runAlone(box, 'aclscope/dist/src/cli/main.js', 'demo');
      expect(stderr).to.include('It found what was planted');
      expect(stdout).to.include('DIFFERS  demo').and.include('tcp/514');
    });
  });

  describe('the package', () => {
    let tarball: string;
    before(() => {
      const packed = execFileSync(
        'npm',
        ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
        {
          cwd: copy,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      const [{ filename, files }] = JSON.parse(packed);
      tarball = join(folder, filename);
      const paths = files.map((f: { path: string }) => f.path);
      expect(paths).to.include('dist/src/cli/main.js').and.include('samples/demo/site.yaml');
      expect(paths.filter((p: string) => /^(test|bench|src|node_modules)\//.test(p))).to.deep.equal([]);
    });

    const ways: readonly [title: string, name: string, flags: readonly string[]][] = [
      ['without running any script of a package', 'all', ['--ignore-scripts']],
      ['without optional packages', 'required', ['--ignore-scripts', '--omit=optional']],
    ];
    for (const [title, name, flags] of ways) {
      it(`installs into an empty folder ${title}, and works`, async function () {
        const empty = join(folder, name);
        mkdirSync(empty);
        const args = [
          'install',
          '--prefer-offline',
          '--no-audit',
          '--no-fund',
          '--fetch-retries=0',
          ...flags,
        ];
        const installed = spawnSync('npm', [...args, tarball], {
          cwd: empty,
          encoding: 'utf8',
          timeout: 50_000,
        });
        if (
          installed.status !== 0 &&
          /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(installed.stderr)
        )
          skipBecause(this, 'neither the cache nor a registry has the packages', false);
        expect(installed.status, installed.stderr).to.equal(0);
        const config = join(empty, 'node_modules/aclscope/samples/isp-mail/gw-full.cfg');
        const lint = spawnSync(join(empty, 'node_modules/.bin/aclscope'), ['lint', config], {
          encoding: 'utf8',
        });
        expect(lint.status, lint.stderr).to.equal(1);
        expect(lint.stdout).to.include('shadowed-ace');
        if (flags.includes('--omit=optional')) {
          expect(existsSync(join(empty, 'node_modules/net-ping'))).to.equal(false);
          expect(existsSync(join(empty, 'node_modules/@koromix'))).to.equal(false);
        }
      });
    }

    it('proves the demo with nothing but the required packages', async function () {
      needOwnNetwork(this);
      const without = join(folder, 'required');
      if (!existsSync(join(without, 'node_modules/aclscope')))
        skipBecause(this, 'neither the cache nor a registry has the packages', false);
      const { stderr } = await runAlone(without, 'node_modules/aclscope/dist/src/cli/main.js', 'demo');
      expect(stderr).to.include("through Node's own sockets").and.include('It found what was planted');
    });
  });
});
