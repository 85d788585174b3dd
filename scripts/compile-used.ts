import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { generateConfig } from '../bench/acl/generate.ts';
import type { runCli } from '../src/cli/run-cli.ts';
import type { World } from '../src/cli/world.ts';

/**
 * Compiles of a script what commands run that compute, by running them: whole, the program would be four times as large,
 * and longer in loading than what is saved by it. Nothing is sent.
 *
 * @param file where the script will lie: it looks for what is its own from there.
 * @returns what `new Script` takes as `cachedData`.
 */
export async function compileUsed(text: string, file: string): Promise<Buffer> {
  const lists = mkdtempSync(join(tmpdir(), 'aclscope-build-'));
  // What is compiled would be dropped again while nothing runs it.
  setFlagsFromString('--no-flush-bytecode');
  try {
    const script = new Script(text, { filename: file });
    const program = { exports: {} as { readonly runCli: typeof runCli } };
    script.runInThisContext()(program.exports, createRequire(resolve(file)), program, resolve(file));
    for (const argv of [...commandsOnSamples(), ...commandsOnLists(lists)])
      await runCommand(program.exports.runCli, argv);
    // It is for those who run under the usual flags.
    setFlagsFromString('--flush-bytecode');
    return script.createCachedData();
  } finally {
    rmSync(lists, { recursive: true });
  }
}

async function runCommand(run: typeof runCli, argv: readonly string[]): Promise<void> {
  const said: string[] = [];
  const silent = { write: () => {}, isTTY: false, columns: null };
  const world: World = {
    cwd: process.cwd(),
    env: {},
    stdin: new PassThrough().end(),
    stdout: silent,
    stderr: { ...silent, write: (words) => said.push(words) },
    now: () => new Date('2026-01-01T00:00:00Z'),
    signal: new AbortController().signal,
  };
  if ((await run(argv, world)) === 2) throw new Error(`aclscope ${argv.join(' ')}: ${said.join('')}`);
}

function commandsOnSamples(): readonly (readonly string[])[] {
  const mail = (name: string): string => `samples/isp-mail/${name}`;
  const paste = ['review', 'samples/review/gw.cfg', '--operator', '10.0.1.32', '--change'];
  const evidence = [
    `internet=${mail('outside-scan.nmap')}`,
    `friend=${mail('segment-scan.nmap')}`,
    mail('segment-connect.json'),
    `friend=${mail('giant-netstat.txt')}`,
  ];
  return [
    ['lint', mail('gw-full.cfg')],
    ['explain', mail('site.yaml'), '--from', 'internet', '--to', 'giant', '--dport', '110'],
    ['intended', mail('site.yaml')],
    ['plan', mail('site.yaml'), '--vantage', 'internet'],
    ['audit', mail('site-alias.yaml'), ...evidence],
    ['audit', mail('site-alias.yaml'), ...evidence, '--format', 'json'],
    [...paste, 'samples/review/rebuild.txt'],
    [...paste, 'samples/review/swap.txt', '--format', 'json'],
  ];
}

/** On lists that are long enough for what only long ones need: trees, many pieces, thousands of spaces. */
function commandsOnLists(folder: string): readonly (readonly string[])[] {
  const write = (name: string, lines: readonly string[]): string => {
    const file = join(folder, name);
    writeFileSync(file, lines.join('\n'));
    return file;
  };
  return (['acl', 'fw'] as const).flatMap((profile) => {
    const lines = generateConfig(profile, 1500, 1).split('\n');
    const isAce = (line: string): boolean => /^ (permit|deny) /.test(line);
    const turned = (line: string): string =>
      line.replace(/permit|deny/, (word) => (word === 'permit' ? 'deny' : 'permit'));
    const old = write(`${profile}-old.cfg`, lines);
    const now = write(
      `${profile}-new.cfg`,
      lines.flatMap((line, i) => {
        if (!isAce(line)) return [line];
        if (i % 500 === 100) return [];
        if (i % 500 === 200) return [turned(line)];
        return i % 500 === 300 ? [' permit tcp any any eq 4711', line] : [line];
      }),
    );
    const header = lines.find((line) => line.startsWith('ip access-list extended '))!;
    const pasted = lines
      .filter(isAce)
      .flatMap((line, i) => (i % 50 === 25 ? [`${10 * i + 5}${turned(line)}`] : []));
    const snippet = write(`${profile}.txt`, [header, ...pasted]);
    return [
      ['lint', old, '--format', 'json'],
      ['review', old, now, '--format', 'json'],
      ['review', old, '--change', snippet, '--format', 'json'],
    ];
  });
}
