import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type CommandOptions, type CommandResult, mustRun, runCommand } from '../lab/command.ts';
import type { Lab } from '../lab/lab.ts';

const BOOT = fileURLToPath(new URL('lab-host/boot.sh', import.meta.url));

/** The laboratory's server with a whole /etc and /var, host name and process list of its own, and real daemons on them. */
export interface LabHost {
  /** Runs a command on it; rejects unless it ends well. */
  readonly run: (argv: readonly string[], options?: CommandOptions) => Promise<string>;
  readonly tryRun: (argv: readonly string[], options?: CommandOptions) => Promise<CommandResult>;
  readonly read: (path: string) => Promise<string>;
  readonly write: (path: string, text: string) => Promise<void>;
}

/** Ends the daemons that the laboratory started on the server: they hold the ports, and only these are asked for. */
async function endFirstDaemons(lab: Lab): Promise<void> {
  const { stdout } = await lab.exec('giant', ['ss', '-Htlnp']);
  const pids = new Set([...stdout.matchAll(/pid=(\d+)/g)].map((m) => m[1]!));
  if (pids.size > 0) await lab.exec('giant', ['kill', ...pids]);
}

/** The process that the namespaces were made for: the only child of the one that made them. */
const onlyChild = (pid: number): string =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] ?? '';

/** Boots the server with these files laid over the machine's own. It ends with the lab. */
export async function bootLabHost(lab: Lab, files: Readonly<Record<string, string>>): Promise<LabHost> {
  await endFirstDaemons(lab);
  for (const [path, text] of Object.entries(files)) {
    const put = join(lab.folder, 'files', path);
    mkdirSync(dirname(put), { recursive: true });
    writeFileSync(put, text);
  }
  const child = lab.start('giant', [
    ...['unshare', '--mount', '--propagation', 'slave', '--uts', '--pid', '--fork', '--mount-proc'],
    ...['--kill-child', 'bash', BOOT, lab.folder],
  ]);
  const said: string[] = [];
  const ready = await new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (line === 'ready') resolve(true);
      });
    }
    child.on('close', () => resolve(false));
  });
  if (!ready || child.pid === undefined) throw new Error(`the server did not boot:\n${said.join('\n')}`);
  const enter = [
    ...[
      'nsenter',
      '--target',
      onlyChild(child.pid),
      '--net',
      '--mount',
      '--uts',
      '--pid',
      '--root',
      '--wd=/',
    ],
    '--',
  ];
  const run: LabHost['run'] = (argv, options) => mustRun([...enter, ...argv], options);
  return {
    run,
    tryRun: (argv, options) => runCommand([...enter, ...argv], options),
    read: (path) => run(['cat', path]),
    write: async (path, text) => {
      await run(['sh', '-c', 'mkdir -p "$(dirname "$1")" && cat >"$1"', 'sh', path], { input: text });
    },
  };
}

/** Runs a daemon in a place of the lab for as long as the lab lasts. */
export function keepRunning(lab: Lab, where: 'router', argv: readonly string[]): void {
  lab.start(where, argv, { stdio: 'ignore' });
}
