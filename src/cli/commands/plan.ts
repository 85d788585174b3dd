import { createHash } from 'node:crypto';
import { sealPlan } from '../../../scans/evidence/plan-seal.ts';
import { buildPlan } from '../../exposure/probe-plan.ts';
import { formatIpv4 } from '../../model/address.ts';
import type { Plan } from '../../model/plan.ts';
import { type PortSet, subtractRanges, toRanges, unionRanges } from '../../model/ports.ts';
import type { Vantage } from '../../model/site.ts';
import { hasTarget, isNamed, targetsNamed } from '../../model/target-names.ts';
import { describePlan } from '../describe-plan.ts';
import { writeOutput } from '../files.ts';
import { loadPrivateKey } from '../keys.ts';
import { type LoadedSite, loadSite } from '../load-site.ts';
import { unknownName, unknownTarget } from '../unknown-names.ts';
import { CONFORMS, type ExitCode, UsageError, type World } from '../world.ts';

export interface PlanCommandOptions {
  readonly vantage?: string | undefined;
  readonly target?: readonly string[] | undefined;
  readonly ports?: string | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly coverageOnly?: boolean | undefined;
  readonly rate?: string | undefined;
  readonly overrideCeiling?: boolean | undefined;
  readonly sign?: string | undefined;
  readonly output?: string | undefined;
}

/** Probes a second per host that no one needs to think about, and the most without an explicit override. */
export const GENTLE_RATE = 100;
export const RATE_CEILING = 500;

/** Writes what to probe from one vantage. */
export async function plan(world: World, file: string, options: PlanCommandOptions): Promise<ExitCode> {
  const loaded = await loadSite(world, file);
  const vantage = chosenVantage(loaded, options.vantage);
  const key = await loadPrivateKey(world, options.sign);
  const made = makePlan(world, loaded, vantage, options);
  for (const { code, message } of loaded.diagnostics)
    if (code === 'site-group') world.stderr.write(`notice: ${message}\n`);
  for (const warning of made.warnings) world.stderr.write(`warning: ${warning}\n`);
  world.stderr.write(describePlan(made));
  await writeOutput(world, options.output, `${JSON.stringify(sealPlan(made, key), null, 2)}\n`);
  return CONFORMS;
}

/** The named vantage; the only one where none is named. */
export function chosenVantage(loaded: LoadedSite, name: string | undefined): Vantage {
  const { vantages } = loaded.site;
  if (name === undefined) {
    const [only] = vantages.values();
    if (vantages.size === 1 && only) return only;
    throw new UsageError(
      'name the vantage with --vantage',
      `vantages of this site: ${[...vantages.keys()].join(', ')}`,
    );
  }
  return vantages.get(name) ?? unknownName('vantage', name, [...vantages.keys()]);
}

export function makePlan(
  world: World,
  loaded: LoadedSite,
  vantage: Vantage,
  options: PlanCommandOptions,
): Plan {
  const perHost = rateOption(options);
  const { site } = loaded;
  for (const name of options.target ?? []) if (!hasTarget(site, name)) unknownTarget(site, name);
  const exclude = excludeOption(loaded, options.exclude ?? []);
  const wanted =
    options.target && options.target.length > 0
      ? options.target.flatMap((name) => targetsNamed(site, name))
      : [...site.targets.values()];
  const targets = new Set(wanted.map((t) => t.name).filter((name) => !exclude.targets.has(name)));
  if (targets.size === 0) throw new UsageError('--exclude leaves no target to probe');
  const ports = portsOption(options.ports ?? '1-65535');
  if (subtractRanges(ports, exclude.ports).length === 0)
    throw new UsageError('--exclude leaves no port to probe');
  const created = world.now().toISOString();
  return buildPlan(loaded.network, loaded.site, vantage, {
    ports,
    coverage: options.coverageOnly ? 'witnesses' : 'exhaustive',
    perHost,
    total: Math.max(perHost, perHost * 3 <= 300 ? 300 : perHost),
    overrideCeiling: options.overrideCeiling ?? false,
    siteSha256: loaded.input.sha256,
    created,
    pick: seededPick(`${loaded.input.sha256} ${vantage.name} ${created}`),
    never: exclude.ports,
    targets,
  });
}

function rateOption(options: PlanCommandOptions): number {
  if (options.rate === undefined) return GENTLE_RATE;
  const rate = Number(options.rate);
  if (!Number.isFinite(rate) || rate <= 0)
    throw new UsageError(`--rate "${options.rate}" is not a number of probes a second`);
  if (rate > RATE_CEILING && !options.overrideCeiling)
    throw new UsageError(
      `--rate ${options.rate} is above the ceiling of ${RATE_CEILING} probes a second per host`,
      'add --override-ceiling if the network owner agreed; the evidence records it',
    );
  return rate;
}

/** What must not be probed: ports of every target, or targets by name or address. */
function excludeOption(
  { site }: LoadedSite,
  given: readonly string[],
): { readonly ports: PortSet; readonly targets: ReadonlySet<string> } {
  const targets = new Set<string>();
  let ports: PortSet = [];
  for (const text of given) {
    const named = [...site.targets.values()].filter(
      (t) => isNamed(t, text) || formatIpv4(t.address) === text,
    );
    for (const { name } of named) targets.add(name);
    if (named.length > 0) continue;
    // What is meant to protect must not fail unseen: a misspelt name is no port, and is refused.
    if (!/^[\d,\s-]+$/.test(text)) unknownTarget(site, text);
    ports = unionRanges(ports, portsOption(text));
  }
  return { ports, targets };
}

/** `22,80,1024-2047` → ranges; port 0 is not probed. */
export function portsOption(text: string): PortSet {
  const ranges = text.split(',').map((part): [number, number] => {
    const m = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    const lo = m ? Number(m[1]) : Number.NaN;
    const hi = m?.[2] === undefined ? lo : Number(m[2]);
    if (lo === 0) throw new UsageError('port 0 is reserved and is not probed', 'ports run from 1 to 65535');
    if (!(lo >= 1 && lo <= hi && hi <= 65535))
      throw new UsageError(
        `"${part.trim()}" is not a port or an ascending range of ports`,
        'for example 22,80 or 1-1023',
      );
    return [lo, hi];
  });
  return toRanges(ranges);
}

/** Numbers that nobody on the path can guess from the plan's date alone, yet the same for the same plan. */
function seededPick(seed: string): (n: number) => number {
  let counter = 0;
  return (n) => createHash('sha256').update(`${seed} ${counter++}`).digest().readUInt32BE(0) % Math.max(n, 1);
}
