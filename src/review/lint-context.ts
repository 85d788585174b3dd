import { type CompiledAcl, type CompiledEntry, compileAcl } from '../acl/compile.ts';
import { type DeadAce, findDeadAces } from '../acl/dead-aces.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Ace, Acl, AclEntry } from '../model/access-list.ts';
import type { IosVersion, RouterConfig } from '../model/router-config.ts';
import type { Site } from '../model/site.ts';
import { buildRouter, type Router } from '../router/network.ts';
import { type Facing, findFacing } from './facing.ts';
import { findListUses, type ListUse } from './list-uses.ts';
import { findTerritory, type Territory } from './territory.ts';

/** One list as the rules look at it. */
export interface LintList {
  readonly acl: Acl;
  readonly compiled: CompiledAcl;
  readonly entryOf: ReadonlyMap<AclEntry, CompiledEntry>;
  readonly uses: readonly ListUse[];
  /** Lines that no packet reaches. */
  readonly dead: ReadonlyMap<AclEntry, DeadAce>;
  /** Lines of which it took too long to tell whether any packet reaches them; they count as reached. */
  readonly undecided: readonly AclEntry[];
  /** The ACEs that some packet reaches: dead ones are spoken of once, by the rule about dead lines. */
  readonly live: readonly Ace[];
}

/** Everything a rule may look at. */
export interface LintContext {
  readonly config: RouterConfig;
  readonly diagnostics: readonly Diagnostic[];
  readonly site: Site | null;
  /** The operator's word on the train where the site file gives it, else the config's own. */
  readonly version: IosVersion | null;
  readonly router: Router;
  readonly lists: readonly LintList[];
  readonly facing: Facing;
  readonly territory: Territory;
  /** Also lines that are dead only in part. */
  readonly partial: boolean;
}

/** Asks for what no packet has, such as a port above 65535. */
const matchesNothing = (entry: CompiledEntry | undefined): boolean =>
  entry !== undefined && entry.asked.length === 0;

export interface LintOptions {
  readonly diagnostics: readonly Diagnostic[];
  readonly site?: Site | null;
  /** The router's wall clock read as UTC milliseconds; null: unknown. */
  readonly clock: number | null;
  /** ISO date of the day on which suppressions are judged. */
  readonly today: string;
  readonly partial?: boolean;
  /** The full train, where somebody knows it better than the config's `version` line. */
  readonly version?: IosVersion | null;
}

export function buildLintContext(config: RouterConfig, options: LintOptions): LintContext {
  const site = options.site ?? null;
  const environment = {
    objectGroups: config.objectGroups,
    timeRanges: config.timeRanges,
    clock: options.clock,
  };
  const uses = findListUses(config);
  const lists = [...config.acls.values()].map((acl): LintList => {
    const compiled = compileAcl(acl, environment);
    const compiledOf = new Map(compiled.entries.map((e) => [e.entry, e]));
    const undecided: AclEntry[] = [];
    const found = findDeadAces(compiled, {
      partial: options.partial ?? false,
      undecided: (ace) => undecided.push(ace),
    });
    const dead = new Map<AclEntry, DeadAce>(found.map((d) => [d.ace, d]));
    return {
      acl,
      compiled,
      entryOf: compiledOf,
      uses: uses.get(acl.name) ?? [],
      dead,
      undecided,
      live: acl.entries.filter(
        (e): e is Ace =>
          e.kind === 'ace' &&
          !matchesNothing(compiledOf.get(e)) &&
          (dead.get(e) === undefined || dead.get(e)!.partial !== undefined),
      ),
    };
  });
  const router = buildRouter(config.hostname ?? config.file, config, { clock: options.clock });
  const facing = findFacing(config, router, site);
  return {
    config,
    diagnostics: options.diagnostics,
    site,
    version: options.version ?? config.version,
    router,
    lists,
    facing,
    territory: findTerritory(config, router),
    partial: options.partial ?? false,
  };
}
