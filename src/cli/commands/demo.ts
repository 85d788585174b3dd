import { join, relative } from 'node:path';
import { parseEvidence } from '../../../parsers/evidence.ts';
import { startEmulatedHost } from '../../../scans/emulated-host.ts';
import type { EvidenceFile } from '../../exposure/sightings.ts';
import type { AuditResult } from '../../model/audit.ts';
import type { Plan } from '../../model/plan.ts';
import { makeAuditReport } from '../audit-report.ts';
import { carryOut, engineOption, knownEngine } from '../carry-out.ts';
import {
  ALIASES,
  emulate,
  fromLoopback,
  HIGHEST_PORT,
  PLANTED_PORT,
  PORT_OFFSET,
  plantedIn,
  toLoopback,
} from '../demo/emulation.ts';
import { makeDemoNetwork, SERVER_PORTS, scanInside } from '../demo/namespaces.ts';
import { sha256 } from '../files.ts';
import { loadSite } from '../load-site.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { type OutputOptions, writeReport } from '../report-output.ts';
import { CONFORMS, type ExitCode, INCOMPLETE, USAGE, UsageError, type World } from '../world.ts';
import { makePlan } from './plan.ts';

export interface DemoOptions extends OutputOptions {
  readonly engine: string;
  readonly lab?: boolean | undefined;
}

/** Lines of the embedded list that can never match, by hand: the demo must find them. */
const PLANTED_DEAD_LINES = [17, 19, 20];

/** The whole loop: plan, probe from four vantages, audit, report. 0 when it found what it planted. */
export async function demo(world: World, options: DemoOptions): Promise<ExitCode> {
  if (process.platform !== 'linux')
    throw new UsageError('the demo needs Linux: its silent ports are the kernel dropping SYNs');
  knownEngine(options.engine);
  const started = world.now().getTime();
  const loaded = await loadSite(world, relative(world.cwd, join(PACKAGE_ROOT, 'samples/demo/site.yaml')));
  const plans = [...loaded.site.vantages.values()].map((vantage) =>
    makePlan(world, loaded, vantage, {
      coverageOnly: true,
      ports: options.lab ? '1-65535' : `1-${HIGHEST_PORT}`,
    }),
  );
  world.stderr.write(options.lab ? INTRODUCE_LAB : introduce(plans));
  const evidence = options.lab
    ? await probeInLab(world, plans, options.engine)
    : await probeOnLoopback(world, plans, options.engine);
  const report = makeAuditReport(world, loaded, evidence, { vantages: null });
  await writeReport(world, report, options);
  if (world.signal.aborted) return INCOMPLETE;
  const missed = whatItMissed(report.result);
  world.stderr.write(conclude(missed, (world.now().getTime() - started) / 1000));
  return missed.length === 0 ? CONFORMS : USAGE;
}

async function probeOnLoopback(
  world: World,
  plans: readonly Plan[],
  engineName: string,
): Promise<readonly EvidenceFile[]> {
  const engine = await engineOption(world, engineName);
  const host = await startEmulatedHost(emulate(plans)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE')
      throw new UsageError(
        `a port that the demo needs is taken: ${error.message}`,
        'is another demo running?',
      );
    throw error;
  });
  try {
    return await Promise.all(
      plans.map(async (plan) => {
        const seen = await carryOut(world, toLoopback(plan), {
          engine,
          quiet: true,
          // One host answers all four: its retries need not wait as long as the Internet's.
          settings: { holdMs: 1500, canaryIntervalMs: 2000 },
        });
        const mapped = fromLoopback(seen, plan);
        return {
          file: `demo scan from ${plan.vantage}`,
          sha256: sha256(JSON.stringify(mapped)),
          evidence: mapped,
        };
      }),
    );
  } finally {
    await host.close();
  }
}

/** In namespaces nothing is moved: the router, the addresses and the ports are the site's own. */
async function probeInLab(
  world: World,
  plans: readonly Plan[],
  engine: string,
): Promise<readonly EvidenceFile[]> {
  const program = [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
  // Before there is anything to remove: from here on an interrupt lets what follows end in order.
  const { signal } = world;
  const network = await makeDemoNetwork(program);
  try {
    return await Promise.all(
      plans.map(async (plan) => {
        const text = await scanInside(
          network.namespaceOf(plan.vantage),
          program,
          engine,
          JSON.stringify(plan),
          signal,
        );
        const file = `demo scan from ${plan.vantage}`;
        const { value } = parseEvidence(text, file);
        if (value === undefined) throw new Error(`${file} brought no evidence`);
        return { file, sha256: sha256(text), evidence: value };
      }),
    );
  } finally {
    await network.remove();
  }
}

/** Runs inside the demo's server namespace until it is ended; prints a line once everything listens. */
export async function demoServer(world: World): Promise<ExitCode> {
  const { signal } = world;
  const host = await startEmulatedHost(SERVER_PORTS);
  world.stdout.write('listening\n');
  await new Promise<void>((done) => signal.addEventListener('abort', () => done()));
  await host.close();
  return CONFORMS;
}

const INTRODUCE_LAB = `This demo proves an embedded site in network namespaces of its own, which nothing links to this machine's network.
Router, addresses, ports, listeners and probes are real; only the daemons are small stand-ins.
The router's rules are written by hand. They plant one fault: rsh (tcp/514) leaks to the Internet.

`;

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
