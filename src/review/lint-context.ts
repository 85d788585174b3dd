import { type CompiledAcl, type CompiledEntry, compileAcl, entryOfLine } from '../acl/compile.ts';
import { type DeadAce, findDeadAces } from '../acl/dead-aces.ts';
import { type DeadLines, deadLinesOf } from '../acl/dead-lines.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { GAVE_UP } from '../headerspace/sweep.ts';
import type { Ace, Acl, AclEntry } from '../model/access-list.ts';
import type { IosVersion, RouterConfig } from '../model/router-config.ts';
import type { Site } from '../model/site.ts';
import { buildRouter, type Router } from '../router/network.ts';
import type { Focus, ListFocus } from './change-focus.ts';
import { type Facing, findFacing } from './facing.ts';
import { findListUses, type ListUse } from './list-uses.ts';
import { findTerritory, type Territory } from './territory.ts';

/** One list as the rules look at it. */
export interface LintList {
  readonly acl: Acl;
  readonly compiled: CompiledAcl;
  readonly entryOf: (entry: AclEntry) => CompiledEntry | undefined;
  readonly uses: readonly ListUse[];
  /** Lines in focus that no packet reaches. */
  readonly dead: ReadonlyMap<AclEntry, DeadAce>;
  /** Lines of which it took too long to tell whether any packet reaches them; they count as reached. */
  readonly undecided: readonly AclEntry[];
  /** The ACEs in focus that some packet reaches: dead ones are spoken of once, by the rule about dead lines. */
  readonly live: readonly Ace[];
  /** Whether some packet reaches an ACE, in focus or not: for rules that look at a list as a whole. */
  readonly isLive: (ace: Ace) => boolean;
  /** null: every line. */
  readonly focus: ListFocus | null;
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
  /** Where the caller knows what the rules would say of all other lines. */
  readonly focus?: Focus | null;
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
    const focus = options.focus?.get(acl.name) ?? null;
    const base = { acl, compiled, uses: uses.get(acl.name) ?? [], focus };
    return focus === null
      ? { ...base, focus, ...wholeList(compiled, options.partial ?? false) }
      : new ListInFocus({ ...base, focus });
  });
  const router = buildRouter({ name: config.hostname ?? config.file, config }, { clock: options.clock });
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

type Examined = Pick<LintList, 'entryOf' | 'dead' | 'undecided' | 'live' | 'isLive'>;

function wholeList(compiled: CompiledAcl, partial: boolean): Examined {
  const undecided: AclEntry[] = [];
  const found = findDeadAces(compiled, { partial, undecided: (ace) => undecided.push(ace) });
  const dead = new Map<AclEntry, DeadAce>(found.map((d) => [d.ace, d]));
  const entryOf = (line: AclEntry) => entryOfLine(compiled, line);
  const isLive = (ace: Ace): boolean => {
    const found = dead.get(ace);
    return !matchesNothing(entryOf(ace)) && (found === undefined || found.partial !== undefined);
  };
  const live = acesOf(compiled.acl).filter(isLive);
  return { entryOf, dead, undecided, live, isLive };
}

/** Looks at a few lines, and at others when a rule asks about them; nothing is done before a rule asks. */
class ListInFocus implements LintList {
  readonly acl: Acl;
  readonly compiled: CompiledAcl;
  readonly uses: readonly ListUse[];
  readonly focus: ListFocus;
  readonly entryOf: LintList['entryOf'];
  private readonly search: DeadLines;
  private found: Pick<LintList, 'dead' | 'undecided' | 'live'> | null = null;

  constructor(list: Pick<LintList, 'acl' | 'compiled' | 'uses'> & { readonly focus: ListFocus }) {
    this.acl = list.acl;
    this.compiled = list.compiled;
    this.uses = list.uses;
    this.focus = list.focus;
    this.entryOf = (line) => entryOfLine(list.compiled, line);
    this.search = deadLinesOf(list.compiled);
  }

  get dead(): LintList['dead'] {
    return this.examined().dead;
  }

  get undecided(): LintList['undecided'] {
    return this.examined().undecided;
  }

  get live(): LintList['live'] {
    return this.examined().live;
  }

  isLive(ace: Ace): boolean {
    const entry = this.entryOf(ace);
    return entry === undefined || (!matchesNothing(entry) && !this.search.isDead(entry));
  }

  private examined(): Pick<LintList, 'dead' | 'undecided' | 'live'> {
    this.found ??= this.examine();
    return this.found;
  }

  private examine(): Pick<LintList, 'dead' | 'undecided' | 'live'> {
    const undecided: AclEntry[] = [];
    const dead = new Map<AclEntry, DeadAce>();
    const live: Ace[] = [];
    const inFocus = this.compiled.entries.filter(({ entry }) => this.focus.lines.has(entry));
    this.search.expect(inFocus);
    for (const compiled of inFocus) {
      const { entry } = compiled;
      const found = this.search.describe(compiled);
      if (found === GAVE_UP) undecided.push(entry);
      else if (found !== null) dead.set(entry, found);
      const reached = found === null || found === GAVE_UP;
      if (reached && entry.kind === 'ace' && !matchesNothing(compiled)) live.push(entry);
    }
    return { dead, undecided, live };
  }
}

/** Asks for what no packet has, such as a port above 65535. */
const matchesNothing = (entry: CompiledEntry | undefined): boolean =>
  entry !== undefined && entry.asked.length === 0;

export const acesOf = (acl: Acl | null): readonly Ace[] =>
  (acl?.entries ?? []).filter((e): e is Ace => e.kind === 'ace');
