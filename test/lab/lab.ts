import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CommandOptions,
  type CommandResult,
  endGroup,
  runCommand,
  type StartOptions,
  startCommand,
} from './command.ts';
import { startGiant } from './giant.ts';
import { type LabVantage, labFolder, namespaceOf, newLabName, type Place } from './naming.ts';
import { type LabOptions, usualLab } from './options.ts';
import { setUpPretender } from './pretender.ts';
import { setUpRouter } from './router-rules.ts';
import { identify, isAbandoned, type LabState, listLabs, readState, writeState } from './state.ts';
import { removeLab } from './teardown.ts';
import { buildNetwork } from './topology.ts';
import { type Truth, truthFrom } from './truth.ts';

/** The server's address, and the router's as the outside sees it. */
export const giantAddress = '192.168.2.35';
export const routerAddress = '192.168.1.126';

export interface Lab {
  readonly name: string;
  readonly options: LabOptions;
  /** Scratch room that goes with the lab; every place of the lab sees it. */
  readonly folder: string;
  /** Runs a command in a place to its end; rejects only when it cannot be started. */
  exec(where: Place, argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Starts a command in a place and hands it over; the lab's end is its end too. */
  start(where: Place, argv: readonly string[], options?: StartOptions): ChildProcess;
  truth(vantage: LabVantage): Truth;
  down(): Promise<void>;
}

const repository = fileURLToPath(new URL('../../', import.meta.url));
const commandLine = fileURLToPath(new URL('cli.ts', import.meta.url));

/** The argv that runs a command in a place. giant's commands see its own /etc and /run. */
export function commandIn(state: LabState, where: Place, argv: readonly string[]): string[] {
  if (where === 'giant' && state.giantPid !== null) {
    // `--wd=.`: the caller's folder, which entering the mount namespace would otherwise lose.
    return ['nsenter', '--target', String(state.giantPid), '--net', '--mount', '--root', '--wd=.', ...argv];
  }
  return ['ip', 'netns', 'exec', namespaceOf(state.name, where), ...argv];
}

/** A lab that has been brought up, by this process or by another. */
function useLab(state: LabState, letGo: () => void = () => {}): Lab {
  // A command that has only just started may not have reached the lab's network, where its end would find it.
  const running = new Set<ChildProcess>();
  const watch = (child: ChildProcess): ChildProcess => {
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  };
  return {
    name: state.name,
    options: state.options,
    folder: labFolder(state.name),
    exec: (where, argv, options) => runCommand(commandIn(state, where, argv), options, watch),
    start: (where, argv, options) => watch(startCommand(commandIn(state, where, argv), options)),
    truth: (vantage) => truthFrom(vantage, state.options),
    down: async () => {
      for (const child of running) endGroup(child);
      await removeLab(state.name);
      letGo();
    },
  };
}

/**
 * Waits for this process to end, in whatever way, and takes the lab down then: the end of a pipe cannot be missed,
 * not even after kill -9. Returns what calls the watch off.
 */
function watchOverOwner(lab: string): () => void {
  const script = 'read -r word; [ "$word" = done ] || exec "$@"';
  const removal = [process.execPath, '--import', 'tsx', commandLine, 'down', lab, '--force'];
  const watcher = spawn('bash', ['-c', script, 'lab-watch', ...removal], {
    cwd: repository,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  (watcher.stdin as Socket).unref();
  watcher.stdin.on('error', () => {});
  return () => watcher.stdin.end('done\n');
}

/** Claims a name by putting the state file in place at one stroke: a lab without one counts as abandoned. */
function claimFolder(state: LabState): void {
  const draft = mkdtempSync(join(tmpdir(), 'draft-of-lab-'));
  // The services run as nobody and read their scripts from here.
  chmodSync(draft, 0o755);
  writeFileSync(join(draft, 'state.json'), JSON.stringify(state, null, 2));
  renameSync(draft, labFolder(state.name));
}

/** Removes what labs left behind whose owner was killed together with the watch over it. */
async function removeAbandonedLabs(): Promise<string[]> {
  const abandoned = listLabs().filter(isAbandoned);
  for (const lab of abandoned) await removeLab(lab);
  return abandoned;
}

/**
 * Brings a lab up: the network, the router's rules, the server's daemons. `lasting` ones outlive this process.
 * Needs root, `ip`, `nft` and the daemons; `requireLab` says whether they are here.
 */
export async function upLab(
  wanted: Partial<LabOptions> = {},
  { lasting = false }: { readonly lasting?: boolean } = {},
): Promise<Lab> {
  await removeAbandonedLabs();
  const options = { ...usualLab, ...wanted };
  const name = newLabName();
  const state: LabState = {
    name,
    created: new Date().toISOString(),
    owner: lasting ? null : identify(process.pid),
    giantPid: null,
    options,
  };
  claimFolder(state);
  const letGo = lasting ? () => {} : watchOverOwner(name);
  try {
    await buildNetwork(name);
    await setUpRouter(name, options);
    const giantPid = await startGiant(name, labFolder(name), options);
    await setUpPretender(name, options);
    const complete = { ...state, giantPid };
    writeState(complete);
    return useLab(complete, letGo);
  } catch (error) {
    await removeLab(name);
    letGo();
    throw error;
  }
}

/** A lab that is up already, by name; null when there is none. */
export function findLab(name: string): Lab | null {
  const state = readState(name);
  return state === null ? null : useLab(state);
}
