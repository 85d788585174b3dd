import type { ReportInput } from '../../reports/report.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { buildNetwork, type Network } from '../router/network.ts';
import { clockOption } from './clock-option.ts';
import { loadConfig } from './load-config.ts';
import type { World } from './world.ts';

/** What a command that asks about packets works on: the network and where it came from. */
export interface Subject {
  readonly network: Network;
  readonly inputs: readonly ReportInput[];
  readonly diagnostics: readonly Diagnostic[];
}

/** One config as a network of one router. */
export async function loadSubject(
  world: World,
  file: string,
  options: { readonly iosVersion?: string | undefined; readonly clock?: string | undefined },
): Promise<Subject> {
  const loaded = await loadConfig(world, file, options.iosVersion ?? null);
  return {
    network: buildNetwork([{ name: loaded.config.hostname ?? 'router', config: loaded.config }], {
      clock: clockOption(options.clock),
    }),
    inputs: [{ role: 'config', file: loaded.input.name, sha256: loaded.input.sha256 }],
    diagnostics: loaded.diagnostics,
  };
}
