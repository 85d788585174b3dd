import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { startLoopbackHost } from '../../../scans/loopback-host.ts';
import type { EvidenceFile } from '../../exposure/sightings.ts';
import type { AuditResult } from '../../model/audit.ts';
import type { Plan } from '../../model/plan.ts';
import { makeAuditReport } from '../audit-report.ts';
import { carryOut, engineOption } from '../carry-out.ts';
import {
  ALIASES,
  emulate,
  fromLoopback,
  HIGHEST_PORT,
  plantedIn,
  PLANTED_PORT,
  PORT_OFFSET,
  toLoopback,
} from '../demo/emulation.ts';
import { loadSite } from '../load-site.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { type OutputOptions, writeReport } from '../report-output.ts';
import { CONFORMS, type ExitCode, INCOMPLETE, USAGE, UsageError, type World } from '../world.ts';
import { makePlan } from './plan.ts';

export interface DemoOptions extends OutputOptions {
  readonly engine: string;
}

/** Lines of the embedded list that can never match, by hand: the demo must find them. */
const PLANTED_DEAD_LINES = [17, 19, 20];

/** The whole loop on loopback: plan, probe from four vantages, audit, report. 0 when it found what it planted. */
export async function demo(world: World, options: DemoOptions): Promise<ExitCode> {
  if (process.platform !== 'linux')
    throw new UsageError('the demo needs Linux: its silent ports are the kernel dropping SYNs');
  const started = world.now().getTime();
  const loaded = await loadSite(world, relative(world.cwd, join(PACKAGE_ROOT, 'samples/demo/site.yaml')));
  const plans = [...loaded.site.vantages.values()].map((vantage) =>
    makePlan(world, loaded, vantage, { coverageOnly: true, ports: `1-${HIGHEST_PORT}` }),
  );
  world.stderr.write(introduce(plans));
  const engine = await engineOption(world, options.engine);
  const host = await startLoopbackHost(emulate(plans));
  let evidence: EvidenceFile[];
  try {
    evidence = await Promise.all(
      plans.map(async (plan) => {
        const seen = await carryOut(world, toLoopback(plan), {
          engine,
          quiet: true,
          // One host answers all four: its retries need not wait as long as the Internet's.
          settings: { holdMs: 1500, canaryIntervalMs: 2000 },
        });
        const mapped = fromLoopback(seen, plan);
        const sha256 = createHash('sha256').update(JSON.stringify(mapped)).digest('hex');
        return { file: `demo scan from ${plan.vantage}`, sha256, evidence: mapped };
      }),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new UsageError(
        `a port that the demo needs is taken: ${(error as Error).message}`,
        'is another demo running?',
      );
    throw error;
  } finally {
    await host.close();
  }
  const report = makeAuditReport(world, loaded, evidence, { vantages: null });
  await writeReport(world, report, options);
  if (world.signal.aborted) return INCOMPLETE;
  const missed = whatItMissed(report.result);
  world.stderr.write(conclude(missed, (world.now().getTime() - started) / 1000));
  return missed.length === 0 ? CONFORMS : USAGE;
}

function introduce(plans: readonly Plan[]): string {
  const [target] = plans[0]?.targets ?? [];
  const port = target?.canary ?? 110;
  return [
    'This demo proves an embedded site on this machine alone. The listeners, the probes and the silence are real;',
    'what is emulated is the network: no router stands between, and each vantage probes its own alias of the server.',
    ...plans.map(
      (p) =>
        `  ${p.vantage.padEnd(10)} ${p.vantageAddress.padEnd(14)} probes ${p.targets[0]?.address} as ${ALIASES[p.vantage]}`,
    ),
    `Ports move up by ${PORT_OFFSET} (tcp/${port} is probed at ${port + PORT_OFFSET}); the report names the site's own addresses and ports.`,
    'A table written by hand decides what answers. It plants one fault: rsh (tcp/514) leaks to the Internet.',
    '',
    '',
  ].join('\n');
}

/** Holds the audit against what was planted by hand. */
function whatItMissed(result: AuditResult): readonly string[] {
  const missed: string[] = [];
  for (const vantage of ['internet', 'friend']) {
    const leak = result.flows.some(
      (f) => f.vantage === vantage && f.verdict === 'fail' && plantedIn(f.ports),
    );
    if (!leak) missed.push(`the leak of tcp/${PLANTED_PORT} as ${vantage} sees it`);
  }
  for (const line of PLANTED_DEAD_LINES) {
    const dead = result.findings.some(
      (f) => f.line?.line === line && (f.kind === 'shadowed-ace' || f.kind === 'redundant-ace'),
    );
    if (!dead) missed.push(`the dead line ${line}`);
  }
  const invented = result.flows.filter((f) => f.verdict === 'fail' && !plantedIn(f.ports));
  for (const flow of invented)
    missed.push(`nothing else is planted, yet it failed: ${flow.vantage} ${flow.protocol}`);
  return missed;
}

function conclude(missed: readonly string[], seconds: number): string {
  const found =
    missed.length === 0
      ? 'It found what was planted: the leak of tcp/514 from outside and on the segment, and the three dead lines of the list.'
      : `It did NOT do what it should: ${missed.join('; ')}.`;
  return [
    '',
    `Demo over in ${seconds.toFixed(1)} s. ${found}`,
    'Next: aclscope init YOUR-ROUTER.cfg -o site.yaml',
    '',
  ].join('\n');
}
