import { readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { mustRun } from './command.ts';
import { isLabName, labFolder } from './naming.ts';
import { labNamespaces } from './state.ts';

/** Numbers of the processes that live in any of these network namespaces. */
export function processesIn(namespaces: readonly string[]): number[] {
  const inodes = new Set(namespaces.map((name) => `net:[${statSync(`/run/netns/${name}`).ino}]`));
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return inodes.has(readlinkSync(`/proc/${entry}/ns/net`));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** A process belongs to the lab exactly when it lives in the lab's network: only such are ended. */
async function endProcesses(namespaces: readonly string[]): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const pids = processesIn(namespaces);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    await sleep(20);
  }
  throw new Error(`processes outlived their end: ${processesIn(namespaces).join(' ')}`);
}

/** Removes all that is left of a lab, whoever brought it up. Doing so twice, or at once from two places, is harmless. */
export async function removeLab(lab: string): Promise<void> {
  if (!isLabName(lab)) throw new Error(`${lab} is not the name of a lab`);
  const namespaces = labNamespaces(lab);
  try {
    await endProcesses(namespaces);
    if (namespaces.length > 0) {
      await mustRun(['ip', '-batch', '-'], {
        input: namespaces.map((name) => `netns del ${name}\n`).join(''),
      });
    }
  } catch (error) {
    if (labNamespaces(lab).length > 0) throw error;
  }
  rmSync(labFolder(lab), { recursive: true, force: true });
}
