import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLabName, labFolder, labOfNamespace } from './naming.ts';
import type { LabOptions } from './options.ts';

/** A process, told apart from a later one with the same number by the moment it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, from /proc. */
  readonly started: string;
}

/** What is written down of a lab, so that another process can use it or clear it away. */
export interface LabState {
  readonly name: string;
  readonly created: string;
  /** The process that the lab serves and ends with; null for one brought up by hand, which stays until taken down. */
  readonly owner: ProcessIdentity | null;
  /** Holds giant's mount namespace; null until its daemons run. */
  readonly giantPid: number | null;
  readonly options: LabOptions;
}

export function identify(pid: number): ProcessIdentity | null {
  try {
    // The command name, in parentheses, may hold blanks; what follows it does not.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return started === undefined ? null : { pid, started };
  } catch {
    return null;
  }
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.started === process.started;
}

const stateFile = (lab: string) => join(labFolder(lab), 'state.json');

export function writeState(state: LabState): void {
  writeFileSync(stateFile(state.name), JSON.stringify(state, null, 2));
}

/** Null where a lab was killed before it wrote its state, or its folder is gone. */
export function readState(lab: string): LabState | null {
  try {
    return JSON.parse(readFileSync(stateFile(lab), 'utf8')) as LabState;
  } catch {
    return null;
  }
}

const namespaceFolder = '/run/netns';

/** The namespaces of one lab, or of every lab, that exist on this machine. */
export function labNamespaces(lab: string | null = null): string[] {
  if (!existsSync(namespaceFolder)) return [];
  return readdirSync(namespaceFolder).filter((namespace) => {
    const owner = labOfNamespace(namespace);
    return owner !== null && (lab === null || owner === lab);
  });
}

/** Every lab of which anything is left: a folder, a namespace. */
export function listLabs(): string[] {
  const fromFolders = readdirSync(tmpdir()).filter(isLabName);
  const fromNamespaces = labNamespaces().map((namespace) => labOfNamespace(namespace)!);
  return [...new Set([...fromFolders, ...fromNamespaces])].sort();
}

/** Nobody uses it any more: its owner is gone, or nothing says who owned it. */
export function isAbandoned(lab: string): boolean {
  const state = readState(lab);
  if (state === null) return true;
  return state.owner !== null && !isAlive(state.owner);
}
