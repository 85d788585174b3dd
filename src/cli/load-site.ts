import { dirname, isAbsolute, join } from 'node:path';
import { parseSite } from '../../parsers/site.ts';
import { type Diagnostic, formatDiagnostic } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Site } from '../model/site.ts';
import { buildNetwork, findInterface, type Network } from '../router/network.ts';
import { type InputFile, readInput } from './files.ts';
import { type LoadedConfig, loadConfig } from './load-config.ts';
import { UsageError, type World } from './world.ts';

export interface LoadedSite {
  readonly input: InputFile;
  readonly site: Site;
  readonly configs: readonly LoadedConfig[];
  readonly network: Network;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a site file and the configs it names. Any error in it ends the command, each with its place and mend. */
export async function loadSite(world: World, name: string): Promise<LoadedSite> {
  const input = await readInput(world, name, 'site file');
  const { value: site, diagnostics } = parseSite(input.text, input.name);
  if (site === null) refuse(diagnostics);
  const folder = name === '-' ? '.' : dirname(name);
  const configs: LoadedConfig[] = [];
  for (const router of site.routers) {
    const path = isAbsolute(router.configPath) ? router.configPath : join(folder, router.configPath);
    configs.push(await loadConfig(world, path, router.version));
  }
  const network = buildNetwork(
    site.routers.map((router, i) => ({ name: router.name, config: configs[i]!.config })),
    {
      clock:
        site.clock === null ? null : Date.parse(site.clock.endsWith('Z') ? site.clock : `${site.clock}Z`),
    },
  );
  const entries = checkEntries(site, network);
  if (entries.length > 0) refuse(entries);
  return {
    input,
    site,
    configs,
    network,
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
