import type { CommandReader } from '../model/command.ts';
import { toRouterConfig } from '../model/device/device.ts';
import type { RouterConfig, Unfollowed } from '../model/router-config.ts';
import type { Snippet } from '../model/snippet.ts';
import { isUnfollowed } from '../model/unfollowed.ts';
import { type Simulation, simulate } from '../router/simulate.ts';
import { typedHeaders } from './typed-headers.ts';

/** A snippet that was typed at the simulated device. */
export interface TypedChange {
  readonly simulation: Simulation;
  /** The configuration after the last command. */
  readonly after: RouterConfig;
}

export function typeSnippet(config: RouterConfig, snippet: Snippet, read: CommandReader): TypedChange {
  const simulation = simulate(config, snippet, read);
  const { file, excerpt, account } = config;
  const unfollowed = [...config.unfollowed, ...typedUnfollowed(simulation)];
  return { simulation, after: toRouterConfig(simulation.end, { file, excerpt, account, unfollowed }) };
}

/** What was typed and taken, and is not followed. */
function typedUnfollowed({ steps }: Simulation): readonly Unfollowed[] {
  const headers = typedHeaders(steps);
  return steps.flatMap(({ command, effect, span }, at) =>
    command !== null && effect.kind !== 'rejected' && isUnfollowed(command)
      ? [{ under: headers[at]!, span, typed: true }]
      : [],
  );
}
