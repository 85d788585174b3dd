// Dead lines, differences and reviews on big lists, beside two peers, each measurement in a process of its own:
//   npx tsx bench/acl.ts [--classbench DIR] [--sizes 1000,10000] [--seed 1] [--limit SECONDS] [--lint MAIN.JS]
// --classbench adds every .cfg file of a folder; --lint times `aclscope lint` as a whole process, from a built main.js.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateConfig, type ProfileName } from './acl/generate.ts';

const { values } = parseArgs({
  options: {
    classbench: { type: 'string' },
    sizes: { type: 'string', default: '1000,10000' },
    seed: { type: 'string', default: '1' },
    limit: { type: 'string', default: '60' },
    lint: { type: 'string' },
  },
});

interface Measured {
  readonly done: boolean;
  readonly reached: number;
  readonly found: readonly number[];
  readonly lines: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly megabytes: number;
}

const limit = Number(values.limit);
const measureFile = new URL('./acl/measure.ts', import.meta.url).pathname;
const tsx = ['--import', 'tsx'];

function runNode(args: readonly string[]): string | null {
  try {
    // Twice the limit and a minute more: the peers end by themselves, unless one step alone takes too long.
    const timeout = (limit * 2 + 60) * 1000;
    return execFileSync(process.execPath, args, {
      encoding: 'utf8',
      timeout,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return null;
  }
}

function measure(engine: string, file: string): Measured | null {
  const said = runNode([...tsx, measureFile, engine, file, String(limit)]);
  return said === null ? null : (JSON.parse(said) as Measured);
}

/** `lint` from start to exit: findings at any severity end it with 1, so the exit code is no failure here. */
function timeLint(main: string, file: string): string {
  const script = `process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    process.stderr.write('peak ' + maxRSS + ' cpu ' + (userCPUTime + systemCPUTime));
  });`;
  const hook = `data:text/javascript,${encodeURIComponent(script)}`;
  const start = performance.now();
  const { stderr } = spawnSync(process.execPath, ['--import', hook, main, 'lint', file, '--format', 'json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: (limit * 2 + 60) * 1000,
  });
  const seconds = (performance.now() - start) / 1000;
  const used = /peak (\d+) cpu (\d+)/.exec(stderr);
  const beside = used
    ? ` (${(Number(used[2]) / 1e6).toFixed(2)} s of all processors), ${(Number(used[1]) / 1024).toFixed(0)} MB`
    : '';
  return `${seconds.toFixed(2)} s${beside}`;
}

const seconds = (m: Measured | null): string => {
  if (m === null) return 'gave up';
  return m.done
    ? `${(m.ms / 1000).toFixed(2)} s (${(m.cpuMs / 1000).toFixed(2)} s of all processors)`
    : `${m.reached} of ${m.lines} lines in ${limit} s`;
};

/** How many times as long the peer took; at least so many where it did not come to the end. */
const ratio = (ours: Measured | null, peer: Measured | null): string =>
  ours && peer ? `${peer.done ? '' : 'more than '}${(peer.ms / ours.ms).toFixed(1)} times as long` : '-';

const agreement = (ours: Measured | null, peer: Measured | null): string => {
  if (ours === null || peer === null) return '-';
  const reached = ours.found.filter((line) => line < peer.reached);
  return reached.join() === [...peer.found].join() ? 'same' : 'DIFFERS';
};

const folder = mkdtempSync(join(tmpdir(), 'aclscope-bench-'));
try {
  const files: { readonly file: string; readonly series: string }[] = [];
  if (values.classbench)
    for (const name of readdirSync(values.classbench).sort())
      if (name.endsWith('.cfg')) files.push({ file: join(values.classbench, name), series: '' });
  for (const profile of ['acl', 'fw', 'ipc'] as const satisfies readonly ProfileName[])
    for (const size of values.sizes.split(',').map(Number)) {
      const file = join(folder, `${profile}-${size}.cfg`);
      writeFileSync(file, generateConfig(profile, size, Number(values.seed)));
      files.push({ file, series: profile });
    }

  const series = new Map<string, [lines: number, ms: number][]>();
  for (const { file, series: name } of files) {
    const ours = measure('aclscope', file);
    const naive = measure('naive', file);
    const diagram = measure('diagram', file);
    const diff = measure('diff', file);
    const review = measure('review', file);
    if (ours && name) series.set(name, [...(series.get(name) ?? []), [ours.lines, ours.ms]]);
    console.log(
      [
        `${basename(file)}: ${ours?.lines ?? '?'} lines, ${ours?.found.length ?? '?'} dead`,
        `  aclscope     ${seconds(ours)}, ${ours?.megabytes.toFixed(0) ?? '?'} MB`,
        `  naive        ${seconds(naive)}, ${ratio(ours, naive)}, ${agreement(ours, naive)}`,
        `  diagram      ${seconds(diagram)}, ${ratio(ours, diagram)}, ${agreement(ours, diagram)}`,
        `  ten changes  ${seconds(diff)}, ${diff ? `${diff.found[0]} gained, ${diff.found[1]} lost` : ''}`,
        `  their review ${seconds(review)} beyond parsing`,
        ...(values.lint ? [`  whole lint   ${timeLint(values.lint, file)}`] : []),
      ].join('\n'),
    );
  }
  for (const [name, points] of series) {
    const [first] = points;
    const last = points.at(-1);
    if (first && last && last[0] > first[0]) {
      const exponent = Math.log(last[1] / first[1]) / Math.log(last[0] / first[0]);
      console.log(`${name}: time grows as lines to the power of ${exponent.toFixed(2)}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
