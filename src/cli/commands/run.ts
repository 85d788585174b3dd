import { createHash } from 'node:crypto';
import { auditExit, makeAuditReport } from '../audit-report.ts';
import { carryOut, engineOption } from '../carry-out.ts';
import { writeOutput } from '../files.ts';
import { loadSite } from '../load-site.ts';
import { chosenFormat, type OutputOptions, writeReport } from '../report-output.ts';
import { CONFORMS, type ExitCode, type World } from '../world.ts';
import { chosenVantage, describePlan, makePlan, type PlanCommandOptions } from './plan.ts';

export interface RunOptions extends Omit<PlanCommandOptions, 'output'>, OutputOptions {
  readonly engine: string;
  readonly evidence?: string | undefined;
  readonly behindNat?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Plan, scan and audit in one, from the box that it runs on. */
export async function run(world: World, file: string, options: RunOptions): Promise<ExitCode> {
  chosenFormat('audit', options.format);
  const loaded = await loadSite(world, file);
  const vantage = chosenVantage(loaded, options.vantage);
  const plan = makePlan(world, loaded, vantage, options);
  for (const warning of plan.warnings) world.stderr.write(`warning: ${warning}\n`);
  world.stderr.write(describePlan(plan));
  if (options.dryRun) {
    world.stderr.write('nothing was sent (--dry-run)\n');
    return CONFORMS;
  }
  const engine = await engineOption(world, options.engine);
  const evidence = await carryOut(world, plan, { engine, behindNat: options.behindNat });
  const text = `${JSON.stringify(evidence, null, 2)}\n`;
  if (options.evidence !== undefined) {
    await writeOutput(world, options.evidence, text);
    world.stderr.write(`evidence kept in ${options.evidence}\n`);
  }
  const report = makeAuditReport(
    world,
    loaded,
    [
      {
        file: options.evidence ?? `(scan from ${vantage.name}, not kept: see --evidence)`,
        sha256: createHash('sha256').update(text).digest('hex'),
        evidence,
      },
    ],
    { vantages: [vantage.name] },
  );
  await writeReport(world, report, options);
  return auditExit(report.result);
}
