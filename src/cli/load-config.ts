import type { KnownLines } from '../../parsers/cisco-ios/known-lines.ts';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { parseIosVersion } from '../../parsers/cisco-ios/version.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { RouterConfig } from '../model/router-config.ts';
import { type InputFile, readInput } from './files.ts';
import { UsageError, type World } from './world.ts';

export interface LoadedConfig {
  readonly input: InputFile;
  readonly config: RouterConfig;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a router configuration; what is none at all is refused, what is doubtful is diagnosed. */
export async function loadConfig(
  world: World,
  name: string,
  version: string | null = null,
): Promise<LoadedConfig> {
  const input = await readInput(world, name, 'configuration');
  return { input, ...parseLoaded(input, version) };
}

export function parseLoaded(
  input: InputFile,
  version: string | null,
  known?: KnownLines,
): { config: RouterConfig; diagnostics: readonly Diagnostic[] } {
  if (input.text.trim() === '')
    throw new UsageError(`${input.name} is empty`, 'save the output of "show running-config" in it');
  const stated = version === null ? null : parseIosVersion(version);
  if (version !== null && stated === null)
    throw new UsageError(
      `"${version}" is not an IOS version`,
      'write it as the device does, such as 12.1(5)T15',
    );
  const { value, diagnostics } = parseConfig(input.text, input.name, {
    ...(stated ? { version: stated } : {}),
    ...(known ? { known } : {}),
  });
  if (value.account.modelled === 0 && value.acls.size === 0 && value.interfaces.size === 0) {
    const first = diagnostics.find((d) => d.severity === 'error');
    throw new UsageError(
      `${input.name} does not look like a Cisco IOS configuration${first ? `: ${first.message}` : ''}`,
      'give the text of "show running-config", or the part of it with interfaces and access lists',
    );
  }
  return { config: value, diagnostics };
}
