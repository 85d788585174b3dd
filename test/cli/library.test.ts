import { execFile, execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '../..');
const ENTRIES = { aclscope: 'src/index.ts', 'aclscope/cisco-config-parser': 'parsers/cisco-ios/index.ts' };

interface Example {
  readonly title: string;
  readonly code: string;
  readonly prints: string;
}

/** The programs of docs/library.md, each under its heading, with the output that follows it. */
function readExamples(): readonly Example[] {
  const text = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      title: section.slice(0, section.indexOf('\n')),
      code: /^```ts\n(.*?)^```$/ms.exec(section)?.[1] ?? '',
      prints: /^```text\n(.*?)^```$/ms.exec(section)?.[1] ?? '',
    }));
}

/** The build is what a consumer gets: older than the newest source, it is made anew. */
function isStale(): boolean {
  const built = statSync(join(ROOT, 'dist/src/cli/main.js'), { throwIfNoEntry: false });
  if (built === undefined) return true;
  return ['src', 'parsers', 'scans', 'reports'].some((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((f) => f.endsWith('.ts'))
      .some((f) => statSync(join(ROOT, folder, f)).mtimeMs > built.mtimeMs),
  );
}

describe('the library, as a package that depends on it sees it', () => {
  const examples = readExamples();
  let folder: string;
  before(function () {
    this.timeout(120_000);
    if (isStale()) execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'pipe' });
    folder = mkdtempSync(join(tmpdir(), 'aclscope-consumer-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules/aclscope'), 'dir');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module' }));
    examples.forEach((e, i) => {
      writeFileSync(join(folder, `example-${i}.ts`), e.code);
    });
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'ES2023',
          module: 'NodeNext',
          moduleResolution: 'NodeNext',
          strict: true,
          noUncheckedIndexedAccess: true,
          exactOptionalPropertyTypes: true,
          outDir: 'out',
          typeRoots: [join(ROOT, 'node_modules/@types')],
          types: ['node'],
        },
        include: ['*.ts'],
      }),
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('type-checks in a strict consumer, library types included', async function () {
    this.timeout(120_000);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const ran = await promisify(execFile)(process.execPath, [tsc, '-p', folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(ran.stdout).to.equal('');
  });

  for (const [i, { title, prints }] of examples.entries()) {
    it(`${title}: prints what the page says`, async function () {
      this.timeout(60_000);
      const ran = await promisify(execFile)(process.execPath, [join(folder, `out/example-${i}.js`)]);
      expect(prints).to.not.equal('');
      expect(ran.stdout).to.equal(prints);
    });
  }

  for (const [entry, source] of Object.entries(ENTRIES)) {
    it(`${entry}: every value that it exports is used by an example, and nothing else is exported`, async () => {
      const used = new Set(
        examples.flatMap(({ code }) =>
          [...code.matchAll(/import \{([^}]*)\} from '([^']+)'/g)]
            .filter((m) => m[2] === entry)
            .flatMap((m) => m[1]!.split(',').map((name) => name.trim()))
            .filter((name) => name !== ''),
        ),
      );
      const offered = Object.keys(await import(join(ROOT, 'dist', source.replace(/\.ts$/, '.js'))));
      expect([...used].sort()).to.deep.equal(offered.sort());
    });
  }

  it('every value of the main entry has a docstring, and none comes by a wildcard', () => {
    const text = readFileSync(join(ROOT, 'src/index.ts'), 'utf8');
    const lines = text.split('\n');
    expect(text).to.not.match(/export \*/);
    lines.forEach((line, i) => {
      if (/^export \{/.test(line)) expect(lines[i - 1], line).to.match(/^\/\*\* .+ \*\/$/);
    });
  });

  it('what the exports map does not name stays inside', async () => {
    writeFileSync(join(folder, 'inside.mjs'), "import 'aclscope/dist/src/acl/compile.js';\n");
    const refused = await promisify(execFile)(process.execPath, [join(folder, 'inside.mjs')]).then(
      () => '',
      (error: { stderr: string }) => error.stderr,
    );
    expect(refused).to.contain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});
