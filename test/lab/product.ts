import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ENGINES } from '../../scans/engines.ts';
import type { CommandOptions, CommandResult } from './command.ts';
import type { Lab } from './lab.ts';
import type { LabVantage } from './naming.ts';
import type { LabAcl } from './options.ts';
import { stateOf, type Truth } from './truth.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** The program as it is shipped. */
export const program = join(repository, 'dist/src/cli/main.js');

let built = false;

/** Compiles the sources as they are now, once a test run: a stale build would prove nothing. */
export function buildProgram(): void {
  if (built) return;
  const { status, stdout, stderr } = spawnSync('npm', ['--silent', 'run', 'build'], {
    cwd: repository,
    encoding: 'utf8',
  });
  // Type errors are the type check's to report; what counts here is that there is a program to run.
  if (!existsSync(program)) throw new Error(`npm run build: exit ${status}\n${stdout}${stderr}`);
  built = true;
}

/** Every engine that ships, so that one that is added is driven through the lab without a word here. */
export const engines: readonly string[] = ENGINES.map(({ id }) => id);

/** Without native calls only an errno is seen, which does not say whose ICMP, if any, stands behind it. */
export const seesIcmp = (engine: string): boolean => engine !== 'net-socket';

/** A pace that a bench-quiet network bears; nmap's own pacing misreads a closed host much above this. */
export const labRate = (engine: string): number => (engine === 'nmap' ? 5_000 : 20_000);

export function siteFile(acl: LabAcl): string {
  return fileURLToPath(new URL(`sites/site-${acl}.yaml`, import.meta.url));
}

/** Runs the program in a place of the lab. */
export function aclscope(
  lab: Lab,
  where: LabVantage,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return lab.exec(where, [process.execPath, program, ...args], { timeout: 300_000, ...options });
}

export interface Sweep {
  readonly engine: string;
  /** The list that the site file believes in; the lab's own where none is named. */
  readonly believed?: LabAcl;
  /** `1-65535`, `22,25,110`. */
  readonly ports: string;
  readonly rate: number;
}

/** Plans and scans from a vantage, as an analyst and a scanner box do; returns the evidence's path. */
export async function planAndScan(lab: Lab, vantage: LabVantage, sweep: Sweep): Promise<string> {
  const plan = join(lab.folder, `${vantage}-${sweep.engine}.plan.json`);
  const evidence = join(lab.folder, `${vantage}-${sweep.engine}.evidence.json`);
  const planned = await aclscope(lab, vantage, [
    ...['plan', siteFile(sweep.believed ?? lab.options.acl), '--vantage', vantage, '--ports', sweep.ports],
    ...['--rate', String(sweep.rate), ...(sweep.rate > 500 ? ['--override-ceiling'] : []), '-o', plan],
  ]);
  expect(planned.code, `plan\n${planned.stderr}`).to.equal(0);
  const scanned = await aclscope(lab, vantage, [
    ...['scan', '--plan', plan, '--engine', sweep.engine, '-o', evidence],
  ]);
  expect(scanned.code, `scan\n${scanned.stderr}`).to.equal(0);
  return evidence;
}

/** The part of `audit --format json` that these tests read. */
export interface AuditDocument {
  readonly schema: string;
  readonly flows: readonly {
    readonly vantage: string;
    readonly target: string;
    readonly protocol: string;
    readonly ports: readonly (readonly [number, number])[];
    readonly intended: string;
    readonly observed: string;
    readonly verdict: string;
    readonly confidence: string;
    readonly severity: string | null;
    readonly because: readonly unknown[];
  }[];
  readonly findings: readonly {
    readonly kind: string;
    readonly severity: string;
    readonly line: { readonly text: string } | null;
  }[];
}

export interface Audited {
  readonly code: number | null;
  readonly document: AuditDocument;
}

export async function audit(
  lab: Lab,
  evidence: readonly string[],
  believed: LabAcl = lab.options.acl,
): Promise<Audited> {
  const report = join(lab.folder, 'audit.json');
  const result = await aclscope(lab, 'internet', [
    ...['audit', siteFile(believed), ...evidence, '--format', 'json', '-o', report],
  ]);
  expect(result.code, `audit\n${result.stderr}`).to.be.oneOf([0, 1, 3]);
  return { code: result.code, document: JSON.parse(readFileSync(report, 'utf8')) as AuditDocument };
}

export type Flow = AuditDocument['flows'][number];

/** The audit's flows of one vantage, port by port. */
export function flowsFrom(document: AuditDocument, vantage: LabVantage): Map<number, Flow> {
  const byPort = new Map<number, Flow>();
  for (const flow of document.flows) {
    if (flow.vantage !== vantage || flow.target !== 'giant' || flow.protocol !== 'tcp') continue;
    for (const [low, high] of flow.ports) {
      for (let port = low; port <= high; port += 1) {
        expect(byPort.has(port), `port ${port} has two verdicts`).to.equal(false);
        byPort.set(port, flow);
      }
    }
  }
  return byPort;
}

/**
 * Ports on which what an engine saw is not the truth, one line each, few of many.
 * A refusal by ICMP is `filtered` to who reads the ICMP, and may be no more than `unreachable` to who does not.
 */
export function differences(
  truth: Truth,
  flows: ReadonlyMap<number, Flow>,
  ports: Iterable<number>,
  engine: string,
): string[] {
  const lines: string[] = [];
  for (const port of ports) {
    const seen = flows.get(port)?.observed ?? 'no flow';
    const state = stateOf(truth, port);
    const refusal = state === 'filtered' && seen === 'unreachable' && !seesIcmp(engine);
    if (seen !== state && !refusal) lines.push(`${port} is ${state}, seen ${seen}`);
  }
  return lines.length > 20 ? [...lines.slice(0, 20), `… ${lines.length} in all`] : lines;
}

export function* portRange(low: number, high: number): Generator<number> {
  for (let port = low; port <= high; port += 1) yield port;
}
