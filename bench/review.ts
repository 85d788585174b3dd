// A whole review of a snippet, every state checked, beside a naive replay that compares every state in full:
//   npx tsx bench/review.ts MAIN.JS [--classbench DIR] [--size 10000] [--commands 500] [--kinds append,edit] [--limit SECONDS]
// MAIN.JS is the built command line. The replay stops at the limit; its time for all commands is then a projection.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateConfig } from './acl/generate.ts';
import { benchCase, SNIPPET_KINDS } from './review/snippets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    classbench: { type: 'string' },
    size: { type: 'string', default: '10000' },
    commands: { type: 'string', default: '500' },
    kinds: { type: 'string', default: SNIPPET_KINDS.join() },
    limit: { type: 'string', default: '20' },
  },
});
const [main] = positionals;
if (main === undefined) throw new Error('name the built main.js');
const limit = Number(values.limit);

const configs: readonly (readonly [name: string, text: string])[] = values.classbench
  ? readdirSync(values.classbench)
      .filter((name) => name.endsWith('.cfg'))
      .map((name) => [basename(name, '.cfg'), readFileSync(join(values.classbench!, name), 'utf8')] as const)
  : (['acl', 'fw', 'ipc'] as const).map((p) => [p, generateConfig(p, Number(values.size), 1)] as const);

function timeReview(config: string, snippet: string): number | null {
  const start = performance.now();
  const { signal } = spawnSync(
    process.execPath,
    [main!, 'review', config, '--change', snippet, '--format', 'json'],
    {
      stdio: 'ignore',
      timeout: 120_000,
    },
  );
  return signal === null ? (performance.now() - start) / 1000 : null;
}

interface Replayed {
  readonly commands: number;
  readonly of: number;
  readonly ms: number;
}

function timeReplay(config: string, snippet: string): Replayed | null {
  const script = new URL('./review/replay-naively.ts', import.meta.url).pathname;
  try {
    const said = execFileSync(process.execPath, ['--import', 'tsx', script, config, snippet, String(limit)], {
      encoding: 'utf8',
      timeout: (limit * 2 + 60) * 1000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(said) as Replayed;
  } catch {
    return null;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'aclscope-bench-'));
try {
  console.log('| List | Kind | Review | Naive replay | Ratio |\n|---|---|---|---|---|');
  for (const [name, text] of configs)
    for (const kind of SNIPPET_KINDS.filter((k) => values.kinds.split(',').includes(k))) {
      const made = benchCase(kind, text, Number(values.commands), 1);
      const config = join(folder, 'old.cfg');
      const snippet = join(folder, 'change.txt');
      writeFileSync(config, made.config);
      writeFileSync(snippet, made.snippet);
      const ours = timeReview(config, snippet);
      const peer = timeReplay(config, snippet);
      const whole = peer && (peer.ms / 1000) * (peer.of / peer.commands);
      const done = peer && (peer.commands < peer.of ? `, by ${peer.commands} of ${peer.of}` : '');
      const row = [
        name,
        kind,
        ours === null ? 'gave up' : `${ours.toFixed(2)} s`,
        whole === null ? 'gave up' : `${whole.toFixed(0)} s${done}`,
        ours === null || whole === null ? '' : `${(whole / ours).toFixed(1)}×`,
      ];
      console.log(`| ${row.join(' | ')} |`);
    }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
