import { dirname, isAbsolute, join } from 'node:path';
import { parseSite } from '../../parsers/site.ts';
import { type Diagnostic, formatDiagnostic } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Site } from '../model/site.ts';
import { buildNetwork, findInterface, type Network } from '../router/network.ts';
import { clockOption } from './clock-option.ts';
import { type InputFile, readInput } from './files.ts';
import { type LoadedConfig, loadConfig } from './load-config.ts';
import { UsageError, type World } from './world.ts';

export interface LoadedSite {
  readonly input: InputFile;
  readonly site: Site;
  readonly configs: readonly LoadedConfig[];
  readonly network: Network;
  /** The router's wall clock read as UTC milliseconds, that its time-ranges are held against; null: unknown. */
  readonly clock: number | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** A line that configurations begin with a word of, and no YAML map does. */
const ROUTER_LINE = /^(?:interface|access-list|ip access-list) +\S/m;

/**
 * Reads a site file and the configs it names. Any error in it ends the command, each with its place and mend.
 * `clock`: as `--clock` gives it; it wins over the site's own.
 */
export async function loadSite(world: World, name: string, clock?: string): Promise<LoadedSite> {
  const input = await readInput(world, name, 'site file');
  const { value: site, diagnostics } = parseSite(input.text, input.name);
  if (site === null) {
    if (ROUTER_LINE.test(input.text))
      throw new UsageError(
        `${input.name} is a router's configuration, not a site file`,
        `draft one from it: aclscope init ${input.name} -o site.yaml`,
      );
    refuse(diagnostics);
  }
  const folder = name === '-' ? '.' : dirname(name);
  const configs: LoadedConfig[] = [];
  for (const router of site.routers) {
    const path = isAbsolute(router.configPath) ? router.configPath : join(folder, router.configPath);
    configs.push(await loadConfig(world, path, router.version));
  }
  const time = clockOption(clock ?? site.clock ?? undefined);
  const network = buildNetwork(
    site.routers.map((router, i) => ({ name: router.name, config: configs[i]!.config })),
    { clock: time },
  );
  const entries = checkEntries(site, network);
  if (entries.length > 0) refuse(entries);
  return {
    input,
    site,
    configs,
    network,
    clock: time,
    diagnostics: [...diagnostics, ...configs.flatMap((c) => c.diagnostics)],
  };
}

function refuse(diagnostics: readonly Diagnostic[]): never {
  throw new UsageError(
    diagnostics
      .filter((d) => d.severity === 'error')
      .map(formatDiagnostic)
      .join('\n'),
  );
}

/** Interfaces that vantages enter by must exist in the config. */
function checkEntries(site: Site, network: Network): readonly Diagnostic[] {
  return [...site.vantages.values()].flatMap((vantage): Diagnostic[] => {
    const entry = vantage.enters;
    const router = entry && network.routers.find((r) => r.name === entry.router);
    if (!entry || !router || findInterface(router.config, entry.interface)) return [];
    const known = [...router.config.interfaces.keys()];
    const close = nearest(entry.interface, known);
    return [
      {
        code: 'site-invalid',
        severity: 'error',
        message: `${vantage.name} enters ${entry.router} by "${entry.interface}", which its config does not have`,
        span: vantage.span,
        mend: close ? `did you mean "${close}"?` : `interfaces of the config: ${known.join(', ') || 'none'}`,
      },
    ];
  });
}
