// Bundles the command line into dist/src/cli: main.js, which is the program, and a chunk for each part that a command
// loads when it needs it. Read one by one, the 250 modules take longer than what most commands then do.
//   npm run build           → the library as tsc writes it, then this
// Packages stay outside: they are installed beside it, and some are native.
import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const OUT = 'dist/src/cli';

const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  outdir: OUT,
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

// Everything lies in one folder, so that a module finds its neighbours by the same relative address from any chunk.
const program = await build({
  ...common,
  entryPoints: { main: 'src/cli/main.ts' },
  chunkNames: '[name]-[hash]',
  splitting: true,
});
// A thread shares no module with the program, nor with another. In one file it is there soonest.
const threads = await build({
  ...common,
  entryPoints: { 'native-thread': 'scans/native-thread.ts', 'pool-thread': 'scans/pool-thread.ts' },
});

// Names of chunks change with their content. What an earlier build left goes last, when nothing asks for it any more.
const written = new Set(
  [program, threads].flatMap(({ metafile }) =>
    Object.keys(metafile.outputs).map((file) => relative(OUT, file)),
  ),
);
for (const name of readdirSync(OUT)) {
  if (!written.has(name)) rmSync(join(OUT, name), { recursive: true });
}
