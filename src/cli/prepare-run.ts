import { dirname, resolve } from 'node:path';
import type { ScanEngine } from '../../scans/engine.ts';
import type { Plan } from '../model/plan.ts';
import type { Vantage } from '../model/site.ts';
import { engineOption, knownEngine } from './carry-out.ts';
import { chosenVantage, makePlan, type PlanCommandOptions } from './commands/plan.ts';
import { describePlan } from './describe-plan.ts';
import { isThere, refuseHeldFile } from './files.ts';
import { planOfInterrupted } from './keep-evidence.ts';
import { type LoadedSite, loadSite } from './load-site.ts';
import { addressOption } from './packet-options.ts';
import { chosenFormat, type OutputOptions } from './report-output.ts';
import { resumeCommand } from './resume-command.ts';
import { warnOfPlace } from './scan-place.ts';
import { UsageError, type World } from './world.ts';

/** What `run` and `watch` are told. */
export interface RunOptions extends Omit<PlanCommandOptions, 'output'>, OutputOptions {
  readonly engine: string;
  readonly evidence?: string | undefined;
  readonly resume?: boolean | undefined;
  readonly behindNat?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface PreparedRun {
  readonly loaded: LoadedSite;
  readonly vantage: Vantage;
  readonly plan: Plan;
  readonly engine: ScanEngine;
  /** File of the evidence: there is always one, so that nothing is lost. */
  readonly evidenceFile: string;
  /** The command that goes on should the scan be interrupted. */
  readonly again: string;
}

/** Site, vantage, plan, engine and evidence file of a run; null when it was only to be said what would be sent. */
export async function prepareRun(
  world: World,
  command: 'run' | 'watch',
  file: string,
  options: RunOptions,
): Promise<PreparedRun | null> {
  chosenFormat('audit', options.format);
  if (options.behindNat !== undefined) addressOption(options.behindNat, '--behind-nat');
  knownEngine(options.engine);
  const loaded = await loadSite(world, file);
  const vantage = chosenVantage(loaded, options.vantage);
  const plan = options.resume
    ? await interruptedPlan(world, loaded, vantage, options.evidence)
    : makePlan(world, loaded, vantage, options);
  const evidenceFile = options.evidence ?? defaultEvidenceFile(vantage.name, world.now());
  await refuseOutputs(world, options.output ?? '-', evidenceFile);
  for (const warning of plan.warnings) world.stderr.write(`warning: ${warning}\n`);
  world.stderr.write(describePlan(plan));
  if (options.dryRun) {
    world.stderr.write('nothing was sent (--dry-run)\n');
    return null;
  }
  await warnOfPlace(world, plan, options.behindNat);
  const engine = await engineOption(world, options.engine);
  const again = resumeCommand(
    [command, file, '--vantage', vantage.name, '--evidence', evidenceFile],
    options,
  );
  return { loaded, vantage, plan, engine, evidenceFile, again };
}

/** A scan takes long: what its evidence or its report could not be written to is refused before it begins. */
async function refuseOutputs(world: World, report: string, evidence: string): Promise<void> {
  const same =
    report === '-' ? evidence === '-' : resolve(world.cwd, report) === resolve(world.cwd, evidence);
  if (same)
    throw new UsageError(
      report === '-'
        ? 'both the evidence and the report would go to standard output'
        : `${report} is named for both the evidence and the report`,
      'give each a file of its own: --evidence FILE and -o FILE',
    );
  for (const name of [evidence, report]) {
    await refuseHeldFile(world, name);
    if (name !== '-' && !(await isThere(world, dirname(name))))
      throw new UsageError(`cannot write ${name}: there is no folder ${dirname(name)}`, 'make it first');
  }
}

async function interruptedPlan(
  world: World,
  loaded: LoadedSite,
  vantage: Vantage,
  evidence: string | undefined,
): Promise<Plan> {
  if (evidence === undefined)
    throw new UsageError('--resume needs --evidence: the file of the scan to go on with');
  const plan = await planOfInterrupted(world, evidence);
  if (plan.vantage !== vantage.name || plan.siteSha256 !== loaded.input.sha256)
    throw new UsageError(
      `the scan into ${evidence} was begun from "${plan.vantage}" of site "${plan.site}", or the site file has changed since`,
      'go on as it was begun, or scan anew into another file',
    );
  return plan;
}

/** Quitting keeps everything, so there is always a file: `internet-20261123T051200Z.json`. */
const defaultEvidenceFile = (vantage: string, now: Date): string =>
  `${vantage.replace(/[^\w.-]/g, '_')}-${now.toISOString().replace(/[-:]|\.\d+/g, '')}.json`;
