import type { AclEntry } from '../model/access-list.ts';
import { type CommandReader, EXEC_MODE } from '../model/command.ts';
import { pushAll } from '../model/push-all.ts';
import type { Hazard } from '../model/review.ts';
import type { RouterConfig } from '../model/router-config.ts';
import type { Snippet } from '../model/snippet.ts';
import type { Simulation } from '../router/simulate.ts';
import { findHazards, type Operator } from './hazards.ts';
import { changesBeyondLists } from './other-changes.ts';
import { type Instead, substitutesFor, withInstead } from './safe/dead-lines.ts';
import { restoringCommands } from './safe/restore.ts';
import type { EntryPrinter } from './safe/safe-lists.ts';
import { makePlan, type SafePlan } from './safe/safe-plan.ts';
import { type ConfigDiff, diffConfigs } from './semantic-diff.ts';
import { type TypedChange, typeSnippet } from './typed-change.ts';

/** A run of commands with what to do around it. */
export interface SafePart {
  readonly title: string;
  /** What to watch or do by hand; empty: nothing. */
  readonly note: string;
  readonly commands: readonly string[];
}

/** What running the sequence through the simulator showed. */
export interface SafeProof {
  readonly proven: boolean;
  /** Hazards of the sequence that also the final configuration itself has, or that could not be avoided. */
  readonly hazards: readonly Hazard[];
  /** Commands of the sequence whose line never matches, as it never does in the wanted list. */
  readonly dead: readonly Hazard[];
  /** What the replayed state does to packets that the wanted one does not: nothing, when proven. */
  readonly difference: Pick<ConfigDiff, 'gained' | 'lost' | 'fragments' | 'undetermined'>;
  readonly simulation: Simulation;
}

export interface SafeSnippet {
  readonly parts: readonly SafePart[];
  /** From the swapped state back to the old one, as long as the last part has not been typed. */
  readonly rollback: SafePart;
  /** List name in the wanted configuration → name that the sequence gives it. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Changes that no order of commands makes safe, or that this writer does not write: to be made by hand. */
  readonly left: readonly string[];
  readonly proof: SafeProof;
  /** All of it, ready to be read and pasted part by part. */
  readonly text: string;
}

export interface SafeOptions {
  readonly read: CommandReader;
  readonly printEntry: EntryPrinter;
  /** The whole configuration, as IOS prints it. */
  readonly printConfig: (config: RouterConfig) => string;
  readonly clock: number | null;
  readonly operator: Operator | null;
  /** The simulated snippet whose end is wanted: its commands beside lists and bindings are taken over. */
  readonly simulation?: Simulation | null;
  /** Minutes until the device reloads by itself; default 10. */
  readonly reloadMinutes?: number;
}

const CLEANUP = 'Later, when nobody needs the way back any more';

/**
 * Writes commands that lead to the same effect without any state between that permits or denies what neither end
 * does: lists are built whole under free names while nothing is bound to them, and each binding is swapped by one
 * command. The proof is the simulator's, not this writer's.
 */
export function writeSafeSnippet(
  before: RouterConfig,
  after: RouterConfig,
  options: SafeOptions,
): SafeSnippet {
  // A list may have to wait for the times that it asks for, or they for the list.
  const last = tryEdits(before, after, options, 'last');
  if (last.proof.proven || !last.hasTimes) return last;
  const first = tryEdits(before, after, options, 'first');
  return first.proof.proven ? first : last;
}

function tryEdits(
  before: RouterConfig,
  after: RouterConfig,
  options: SafeOptions,
  times: Order['times'],
): Attempt {
  // An edit of a list that cannot be swapped opens or shuts something meanwhile, or it does not.
  const [first, ...others] = EDITS.map(
    (edits) => () => trySequences(before, after, options, { edits, times }),
  );
  let tried = first!();
  for (const next of others) {
    if (tried.proof.proven || !tried.hasEdits) break;
    tried = next();
  }
  return tried;
}

/** When lists are edited where they stand, next to the swaps of bindings; by hand: not by this sequence. */
const EDITS = ['before-swaps', 'after-swaps', 'by-hand'] as const;

interface Order {
  readonly edits: (typeof EDITS)[number];
  /** When time-ranges are changed. */
  readonly times: 'first' | 'last';
}

function trySequences(
  before: RouterConfig,
  after: RouterConfig,
  options: SafeOptions,
  order: Order,
): Attempt {
  const attempt = (instead: Instead): Attempt => tryPlan(before, after, { ...options, ...order, instead });
  const whole = attempt(new Map());
  const { proof, renamed, groups } = whole;
  if (proof.dead.length === 0) return whole;
  for (const instead of substitutesFor(after, { ...proof, renamed, groups }, options.printEntry)) {
    const less = attempt(instead);
    if (less.proof.proven) return less;
  }
  return whole;
}

interface Attempt extends SafeSnippet {
  /** Lists are edited where they stand. */
  readonly hasEdits: boolean;
  /** Time-ranges change. */
  readonly hasTimes: boolean;
  readonly groups: ReadonlyMap<string, string>;
}

function tryPlan(
  before: RouterConfig,
  after: RouterConfig,
  options: SafeOptions & Order & { readonly instead: Instead },
): Attempt {
  const typed = withInstead(after, options.instead);
  const plan = makePlan(before, typed, { ...options, inPlace: options.edits !== 'by-hand' });
  const parts = partsOf(plan, options, options.reloadMinutes ?? 10);
  const rollback = writeRollback(before, parts, plan, options);
  const proof = prove(before, { after, typed }, parts, plan, options);
  return {
    parts,
    rollback,
    renamed: plan.renamed,
    groups: plan.groupNames,
    hasEdits: plan.edits.length > 0,
    hasTimes: plan.times.length > 0,
    left: plan.left,
    proof,
    text: printParts(parts, rollback, plan.left, proof, {
      instead: options.instead,
      harmless: () => isHarmless(before, options),
    }),
  };
}

/** Whether the snippet's own commands are without any hazard. */
const isHarmless = (before: RouterConfig, { simulation, clock, operator }: SafeOptions): boolean =>
  simulation !== undefined &&
  simulation !== null &&
  findHazards(before, simulation, { clock, operator }).hazards.length === 0;

function partsOf(plan: SafePlan, { edits, times }: Order, minutes: number): readonly SafePart[] {
  const early = times === 'first' ? plan.times : [];
  const rest = [...(times === 'last' ? plan.times : []), ...plan.others];
  const swaps = { title: 'Swap the bindings, one command each', note: '', commands: wrap(plan.swaps) };
  const inPlace = {
    title: 'Edit the lists that cannot be swapped, where they stand',
    note: 'Other statements name them, which no single command leads to another list.',
    commands: wrap(plan.edits),
  };
  const change: readonly SafePart[] = [
    {
      title: 'Keep a way back',
      note: `Type these by hand: the reload asks before it is set. Unless it is cancelled, the reload brings the old configuration back in ${minutes} minutes.`,
      commands: ['write memory', `reload in ${minutes}`],
    },
    { title: 'Change the times that lists ask for', note: '', commands: wrap(early) },
    {
      title: 'Build the new lists; nothing is bound to them yet',
      note: '',
      commands: wrap([...plan.groups, ...plan.builds]),
    },
    {
      title: 'Look at them before they count',
      note: 'Compare every line with what was meant.',
      commands: plan.created.map((name) => `show access-lists ${name}`),
    },
    ...(edits === 'before-swaps' ? [inPlace, swaps] : [swaps, inPlace]),
    {
      title: 'The rest of the change',
      note: rest.length > 0 ? 'These act at once, each by itself.' : '',
      commands: wrap(rest),
    },
    {
      title: 'Test from a second session, then keep the change',
      note: 'Open the second session now. If anything fails, type the rollback at the end instead, or wait for the reload.',
      commands: [...plan.touched.map((i) => `show ip interface ${i}`), 'reload cancel', 'write memory'],
    },
    {
      title: CLEANUP,
      note: '',
      commands: wrap(plan.cleanup),
    },
  ];
  const typed = [plan.groups, plan.builds, plan.swaps, plan.edits, plan.times, plan.others, plan.cleanup];
  const idle = typed.every((commands) => commands.length === 0);
  return idle ? [] : change.filter((part) => part.commands.length > 0);
}

/**
 * From the swapped state back to the old one. What undoes the other commands is tried, not trusted: first a `no` of
 * each; but an address that replaced one, for instance, is taken away by it without the old one coming back. Then the
 * old text, where the new one differs.
 */
function writeRollback(
  before: RouterConfig,
  parts: readonly SafePart[],
  plan: SafePlan,
  options: SafeOptions,
): SafePart {
  const swapped = parts.filter((part) => part.title !== CLEANUP).flatMap((part) => [...part.commands]);
  const after = (back: readonly string[]): RouterConfig =>
    reachedBy(before, [...swapped, ...wrap(back)], options).after;
  const stillMissing = (restored: RouterConfig): readonly string[] =>
    restoringCommands(options.printConfig(restored), options.printConfig(before));
  // What is not followed stays, and is said to: the reload takes it back.
  const isComplete = (restored: RouterConfig): boolean =>
    isSame(diffConfigs(before, restored, options)) &&
    changesBeyondLists(before, { ...restored, unfollowed: before.unfollowed }).length === 0;
  const undone = [...plan.undoOthers, ...plan.rollback];
  const isUndone = stillMissing(after(undone)).length === 0;
  const retyped = isUndone ? [] : [...plan.rollback, ...stillMissing(after(plan.rollback))];
  const title = 'Rollback';
  for (const back of isUndone ? [undone] : [retyped, undone]) {
    if (!isComplete(after(back))) continue;
    const rest = plan.unmodelled.map((text) => `"${text}"`).join(', ');
    return {
      title,
      note: `Restores what packets meet, as replayed; works until the old lists are removed.${rest === '' ? '' : ` It does not undo ${rest}: the reload does.`}`,
      commands: wrap(back),
    };
  }
  return {
    title,
    note: 'Works until the old lists are removed. It does not undo the rest of the change: the reload does.',
    commands: wrap(plan.rollback),
  };
}

const wrap = (commands: readonly string[]): readonly string[] =>
  commands.length === 0 ? [] : ['configure terminal', ...commands, 'end'];

/** `typed` is what the sequence writes of `after`, which it must not differ from in effect. */
function prove(
  before: RouterConfig,
  { after, typed }: { readonly after: RouterConfig; readonly typed: RouterConfig },
  parts: readonly SafePart[],
  plan: SafePlan,
  options: SafeOptions,
): SafeProof {
  const { simulation, after: reached } = reachedBy(
    before,
    parts.flatMap((p) => [...p.commands]),
    options,
  );
  const difference = diffConfigs(after, reached, { clock: options.clock });
  const { hazards } = findHazards(before, simulation, { clock: options.clock, operator: options.operator });
  // That a line of the wanted list is dead is no fault of the order in which the list is built.
  const dead = hazards.filter((h) => h.kind === 'never-matches' || isCovered(simulation, h));
  const grave = hazards.filter((h) => !dead.includes(h));
  const same = isSame(difference);
  const others = changesBeyondLists(typed, reached).length === 0;
  return {
    proven: grave.length === 0 && same && others && plan.left.length === 0,
    hazards: grave,
    dead,
    difference,
    simulation,
  };
}

/** A standard list refuses a host behind a range that holds it, which a text may show all the same. */
function isCovered({ steps }: Simulation, { kind, step }: Hazard): boolean {
  const effect = steps[step - 1]?.effect;
  return kind === 'rejected-command' && effect?.kind === 'rejected' && effect.reason === 'covered';
}

const reachedBy = (before: RouterConfig, commands: readonly string[], options: SafeOptions): TypedChange =>
  typeSnippet(before, snippetOf(commands), options.read);

const isSame = (d: ConfigDiff): boolean =>
  d.complete &&
  [d.gained, d.lost, d.fragments.gained, d.fragments.lost, d.undetermined].every((s) => s.length === 0);

/** Commands as somebody types them, from the exec prompt on; below a command's first line stands free text. */
function snippetOf(commands: readonly string[]): Snippet {
  const lines = commands.flatMap((command) =>
    command
      .split('\n')
      .map((text, i) => ({ text, kind: i === 0 ? ('command' as const) : ('body' as const) })),
  );
  return {
    file: 'safe-snippet',
    start: EXEC_MODE,
    steps: lines.map(({ text, kind }, i) => ({
      step: i + 1,
      kind,
      prompt: null,
      line: {
        file: 'safe-snippet',
        line: i + 1,
        column: text.length - text.trimStart().length + 1,
        endColumn: text.length + 1,
        text,
      },
    })),
  };
}

function printParts(
  parts: readonly SafePart[],
  rollback: SafePart,
  left: readonly string[],
  proof: SafeProof,
  { instead, harmless }: { readonly instead: Instead; readonly harmless: () => boolean },
): string {
  const out: string[] = [];
  const print = (part: SafePart, title: string, commands: readonly string[]): void => {
    out.push(`! ${title}`);
    if (part.note !== '') out.push(`! ${part.note}`);
    pushAll(out, commands);
    out.push('!');
  };
  if (!proof.proven && (proof.hazards.length > 0 || left.length === 0)) return printRefusal(proof, left);
  if (proof.proven)
    out.push('! Replayed command by command: no state permits or denies what neither end does.');
  else {
    out.push(
      '! INCOMPLETE: replayed command by command, what stands here is safe, but it is not the whole change.',
    );
    out.push('! Left to be done by hand:', ...left.map((text) => `!   ${text}`));
  }
  if (proof.dead.length > 0)
    out.push(
      '! These lines of the wanted list never match, here or there; they are repeated as they stand:',
      ...proof.dead.map((h) => `!   ${h.command.trim()}`),
    );
  const lines = (of: (other: AclEntry | null) => boolean): readonly string[] =>
    [...instead].flatMap(([entry, other]) => (of(other) ? [`!   ${entry.span.text.trim()}`] : []));
  const omitted = lines((other) => other === null);
  if (omitted.length > 0)
    out.push('! These lines of the wanted list never match; they are left out:', ...omitted);
  const fragments = lines((other) => other !== null);
  if (fragments.length > 0)
    out.push(
      '! Nothing but non-initial fragments matches these lines of the wanted list; they are written as that:',
      ...fragments,
    );
  if (proof.proven && parts.length === 0) {
    out.push('! There is nothing to type: no packet fares otherwise after the change.');
    if (harmless())
      out.push('! What the change itself types (remarks, numbers) does no harm on the way either.');
  }
  out.push('!');
  for (const [i, part] of parts.entries()) print(part, `${i + 1}. ${part.title}`, part.commands);
  // Whoever pastes all of it at once must not undo the change with its last lines: they are comments.
  if (parts.length > 0)
    print(
      rollback,
      `${rollback.title}, to be typed without the leading "!"`,
      rollback.commands.map((c) => `!${c}`),
    );
  return `${out.join('\n')}\n`;
}

/** What was not shown to be safe is not written at all: somebody would paste it. */
function printRefusal(proof: SafeProof, left: readonly string[]): string {
  const last = proof.simulation.steps.at(-1)?.number ?? 0;
  const said = new Map<string, Hazard>();
  for (const h of proof.hazards) said.set(`${h.kind} ${h.message}`, h);
  const why = [
    ...[...said.values()].map((h) => `${h.kind}, at "${h.command.trim()}": ${h.message}`),
    ...(said.size === 0 ? ['the sequence that was tried does not lead to the wanted state'] : []),
    ...left,
  ];
  return `${[
    `! NO SAFE SEQUENCE was found, so none is written. One of ${last} commands was replayed and showed:`,
    ...why.map((text) => `!   ${text}`),
    '! Mend the wanted configuration (bind only lists that exist; permit the operator and the routing neighbours), or',
    '! make the change in smaller parts, and ask again.',
  ].join('\n')}\n`;
}
