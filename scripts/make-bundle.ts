// Makes one archive that a scanner box with nothing but Node unpacks and runs, offline:
//   npm run bundle            → aclscope-0.1.0-linux-x64.tgz here
//   npm run bundle -- FILE    → FILE
// It holds the build, the samples and the production packages as `npm ci` installed them on this machine, so it runs on
// machines of the same system and processor.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';

interface Manifest {
  readonly version: string;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

const root = process.cwd();
const read = <T>(name: string): T => JSON.parse(readFileSync(resolve(root, name), 'utf8')) as T;
const { version } = read<Manifest>('package.json');
const target = resolve(process.argv[2] ?? `aclscope-${version}-${process.platform}-${process.arch}.tgz`);

if (!existsSync(resolve(root, 'dist/src/cli/main.js'))) {
  process.stderr.write('make-bundle: there is no build here; run: npm run build\n');
  process.exit(2);
}
/** Optional packages that this machine could not install are left out, as they are here. */
const modules = Object.entries(read<Lock>('package-lock.json').packages)
  .filter(([path, { dev }]) => path.startsWith('node_modules/') && dev !== true)
  .map(([path]) => path)
  .filter((path) => existsSync(resolve(root, path)));

execFileSync(
  'tar',
  [
    '--create',
    '--gzip',
    `--file=${target}`,
    '--transform=s,^,aclscope/,',
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    // Sources and intermediate objects of native packages: nothing of them runs.
    '--exclude=*.o',
    '--exclude=*.d',
    'package.json',
    'README.md',
    'docs',
    'samples',
    'dist/src',
    'dist/parsers',
    ...modules,
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
process.stdout.write(`${target}\n`);
