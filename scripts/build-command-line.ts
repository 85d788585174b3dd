// Bundles the command line into dist/src/cli: main.js, which looks what is asked for, and one script for all commands but
// scan, one for a scan, and one for each of its threads, with what V8 made of them. Read one by one, the 250 modules take
// longer than what most commands then do; compiling what is read takes most of the rest.
//   npm run build           → the library as tsc writes it, then this
// Packages stay outside, since they are installed beside it and some are native; but for the few that are read at every
// start, of which only what is used comes along, with their licences.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { WARM_UP } from '../src/cli/warm-up.ts';
import { compileUsed } from './compile-used.ts';

const OUT = 'dist/src/cli';
const LICENCES = 'third-party-licences.txt';
const BUNDLED = ['commander', 'zod'];

/** All packages but those bundled. */
const outside: Plugin = {
  name: 'outside',
  setup({ onResolve }) {
    const own = new RegExp(`^(\\.|/|(${BUNDLED.join('|')})(/|$))`);
    onResolve({ filter: /.*/ }, ({ path }) => (own.test(path) ? undefined : { path, external: true }));
  },
};

/** A package that requires a module of Node's: what imports it is a module, where `require` is not at hand. */
const required: Plugin = {
  name: 'required',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, namespace: 'required' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `import it from '${path}'; module.exports = it;`,
    }));
  },
};

/** What runs the commands lies in scripts, which are loaded in half the time that modules take. */
const scriptsApart: Plugin = {
  name: 'scripts-apart',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/cli\/run-(scan-)?cli\.ts$/ }, ({ path }) => ({
      contents: `import { createRequire } from 'node:module';
        export const { runCli, runScanCli } = createRequire(import.meta.url)('./${basename(path, '.ts')}.cjs');`,
    }));
  },
};

const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  plugins: [required, outside],
  outdir: OUT,
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

// Everything lies in one folder, so that a module finds its neighbours by the same relative address from any script.
const program = await build({
  ...common,
  plugins: [...common.plugins, scriptsApart],
  entryPoints: { main: 'src/cli/main.ts' },
});
// A thread shares no module with the program, nor with another. In one script, and that compiled, it is there soonest.
const SCRIPTS = {
  'native-thread': 'scans/threads/native-thread.ts',
  'pool-thread': 'scans/threads/pool-thread.ts',
  'run-scan-cli': 'src/cli/run-scan-cli.ts',
  'run-cli': 'src/cli/run-cli.ts',
  'beside-thread': 'src/cli/beside-thread.ts',
};
const scripts = await build({
  ...common,
  format: 'cjs',
  outExtension: { '.js': '.script' },
  define: { 'import.meta.url': 'addressOfThis' },
  // A script that is loaded as they are has no way to import what it needs later.
  supported: { 'dynamic-import': false },
  banner: {
    js: `(function (exports, require, module, __filename) {
"use strict";
const addressOfThis = require("node:url").pathToFileURL(__filename).href;`,
  },
  footer: { js: '})' },
  entryPoints: SCRIPTS,
});
/** All of a script's functions, not those only that run as it is loaded: that is V8's way unless it is told otherwise. */
function compileWhole(text: string, filename: string): Buffer {
  setFlagsFromString('--no-lazy');
  const script = new Script(text, { filename });
  // What is compiled is for those who run under the usual flags.
  setFlagsFromString('--lazy');
  return script.createCachedData();
}
/** Other characters as escapes, in the few places where the bundler leaves them: a text without them is read at once. */
const inAscii = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

for (const name of Object.keys(SCRIPTS)) {
  // The last: it is loaded when the program has set this, and code that was compiled without it would not be taken.
  if (name === 'beside-thread') setFlagsFromString(WARM_UP);
  const file = join(OUT, `${name}.script`);
  const text = inAscii(readFileSync(file, 'utf8'));
  writeFileSync(file, text);
  const compile = name === 'run-cli' ? compileUsed : compileWhole;
  writeFileSync(join(OUT, `${name}.compiled`), await compile(text, file));
  copyFileSync('scripts/start-compiled.cjs', join(OUT, `${name}.cjs`));
}

const inputs = new Set([program, scripts].flatMap(({ metafile }) => Object.keys(metafile.inputs)));
const licences = BUNDLED.filter((name) =>
  [...inputs].some((file) => `/${file}`.includes(`/node_modules/${name}/`)),
).map((name) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
  return `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim()}\n`;
});
writeFileSync(
  join(OUT, LICENCES),
  `Parts of these packages are in the files beside this one.\n\n${licences.join('\n\n')}`,
);

// What an earlier build left goes last, when nothing asks for it any more.
const written = new Set([
  LICENCES,
  ...Object.keys(SCRIPTS).flatMap((name) => [`${name}.cjs`, `${name}.compiled`]),
  ...[program, scripts].flatMap(({ metafile }) =>
    Object.keys(metafile.outputs).map((file) => relative(OUT, file)),
  ),
]);
for (const name of readdirSync(OUT)) {
  if (!written.has(name)) rmSync(join(OUT, name), { recursive: true });
}
