import type { KeyObject } from 'node:crypto';
import { parsePlan } from '../../../parsers/plan.ts';
import { verifyPlan } from '../../../scans/evidence/plan-seal.ts';
import { formatDiagnostic } from '../../diagnostics/diagnostic.ts';
import type { Plan } from '../../model/plan.ts';
import { engineOption, knownEngine } from '../carry-out.ts';
import { describeEvidence } from '../describe-evidence.ts';
import { describePlan } from '../describe-plan.ts';
import { readInput, refuseHeldFile } from '../files.ts';
import { keepEvidence } from '../keep-evidence.ts';
import { loadPrivateKey, loadPublicKeys } from '../keys.ts';
import { addressOption } from '../packet-options.ts';
import { resumeCommand } from '../resume-command.ts';
import { warnOfPlace } from '../scan-place.ts';
import { CONFORMS, type ExitCode, INCOMPLETE, UsageError, type World } from '../world.ts';

export interface ScanCommandOptions {
  readonly plan: string;
  readonly engine: string;
  readonly output?: string | undefined;
  readonly resume?: boolean | undefined;
  readonly behindNat?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly sign?: string | undefined;
  readonly key?: readonly string[] | undefined;
}

/** Probes what a plan names and writes sealed evidence. A scan that ran to its end is 0, an interrupted one 3. */
export async function scan(world: World, options: ScanCommandOptions): Promise<ExitCode> {
  if (options.behindNat !== undefined) addressOption(options.behindNat, '--behind-nat');
  knownEngine(options.engine);
  const plan = await loadPlan(world, options.plan, await loadPublicKeys(world, options.key));
  const privateKey = await loadPrivateKey(world, options.sign);
  await refuseHeldFile(world, options.output);
  for (const warning of plan.warnings) world.stderr.write(`warning: ${warning}\n`);
  if (options.dryRun) {
    world.stderr.write(`${describePlan(plan)}nothing was sent (--dry-run)\n`);
    return CONFORMS;
  }
  await warnOfPlace(world, plan, options.behindNat);
  const engine = await engineOption(world, options.engine);
  const { evidence, toResume } = await keepEvidence(world, plan, {
    engine,
    resume: options.resume,
    behindNat: options.behindNat,
    privateKey,
    output: options.output,
    again: resumeCommand(['scan', '--plan', options.plan, '-o', options.output ?? '-'], options),
  });
  world.stderr.write(describeEvidence(evidence));
  if (toResume !== null) world.stderr.write(`  go on with: ${toResume}\n`);
  return evidence.completeness.kind === 'incomplete' ? INCOMPLETE : CONFORMS;
}

/** Reads a plan; one whose seal is broken, or that none of the keys signed, is refused. */
export async function loadPlan(world: World, name: string, keys?: readonly KeyObject[]): Promise<Plan> {
  const input = await readInput(world, name, 'plan');
  const { value, diagnostics } = parsePlan(input.text, input.name);
  if (value === undefined) throw new UsageError(diagnostics.map(formatDiagnostic).join('\n'));
  if (value.targets.length === 0)
    throw new UsageError(`${input.name} names no target`, 'plan again, with at least one target in the site');
  const proof = verifyPlan(input.text, keys);
  if (proof?.kind === 'broken')
    throw new UsageError(
      `${input.name} is refused: ${proof.reason}`,
      keys
        ? 'fetch the plan again from who made it, or sign it: aclscope plan --sign'
        : 'fetch the plan again from who made it; a plan edited by hand goes without its "seal"',
    );
  return value;
}
