import { entryIdentity } from '../model/ace-identity.ts';
import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { AclEntry, Acl, AclKind } from '../model/access-list.ts';
import { type CommandReader, EXEC_MODE } from '../model/command.ts';
import { toRouterConfig } from '../model/device.ts';
import type { Hazard } from '../model/review.ts';
import type { Direction, Interface, RouterConfig } from '../model/router-config.ts';
import type { Snippet } from '../model/snippet.ts';
import { type Simulation, simulate } from '../router/simulate.ts';
import { findHazards, type Operator } from './hazards.ts';
import { SafeNames } from './safe-names.ts';
import { type ConfigDiff, diffConfigs } from './semantic-diff.ts';
import { changesBeyondLists } from './other-changes.ts';
import { findListUses } from './list-uses.ts';

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
  /** One entry as IOS prints it, without number or list name. */
  readonly printEntry: (entry: AclEntry, kind: AclKind) => string;
  readonly clock: number | null;
  readonly operator: Operator | null;
  /** The simulated snippet whose end is wanted: its commands beside lists and bindings are taken over. */
  readonly simulation?: Simulation | null;
  /** Minutes until the device reloads by itself; default 10. */
  readonly reloadMinutes?: number;
}

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
  const plan = makePlan(before, after, options);
  const minutes = options.reloadMinutes ?? 10;
  const change: SafePart[] = [
    {
      title: 'Keep a way back',
      note: `Type these by hand: each asks before it acts. Unless it is cancelled, the reload brings the old configuration back in ${minutes} minutes.`,
      commands: ['copy running-config startup-config', `reload in ${minutes}`],
    },
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
    { title: 'Swap the bindings, one command each', note: '', commands: wrap(plan.swaps) },
    {
      title: 'The rest of the change',
      note: plan.others.length > 0 ? 'These act at once, each by itself.' : '',
      commands: wrap(plan.others),
    },
    {
      title: 'Test from a second session, then keep the change',
      note: 'Open the second session now. If anything fails, type the rollback instead, or wait for the reload.',
      commands: [
        ...plan.touched.map((i) => `show ip interface ${i}`),
        'reload cancel',
        'copy running-config startup-config',
      ],
    },
    {
      title: 'Later, when nobody needs the way back any more',
      note: '',
      commands: wrap(plan.cleanup),
    },
  ];
  const parts = change.filter((part) => part.commands.length > 0);
  const rollback: SafePart = {
    title: 'Rollback',
    note: 'Works until the old lists are removed.',
    commands: wrap(plan.rollback),
  };
  const proof = prove(before, after, parts, plan, options);
  return {
    parts,
    rollback,
    renamed: plan.renamed,
    left: plan.left,
    proof,
    text: printParts(parts, rollback, plan.left, proof),
  };
}

const wrap = (commands: readonly string[]): readonly string[] =>
  commands.length === 0 ? [] : ['configure terminal', ...commands, 'end'];

interface Plan {
  readonly groups: readonly string[];
  readonly builds: readonly string[];
  readonly swaps: readonly string[];
  readonly others: readonly string[];
  readonly cleanup: readonly string[];
  readonly rollback: readonly string[];
  /** Lists that the sequence creates, by the name it gives them. */
  readonly created: readonly string[];
  readonly renamed: ReadonlyMap<string, string>;
  readonly touched: readonly string[];
  readonly left: readonly string[];
}

function makePlan(before: RouterConfig, after: RouterConfig, options: SafeOptions): Plan {
  const names = new SafeNames(before, after);
  const usesBefore = findListUses(before);
  const usesAfter = findListUses(after);
  const renamed = new Map<string, string>();
  const left: string[] = [];
  const builds: string[] = [];
  const groups: string[] = [];
  const created: string[] = [];
  const rebuilt: string[] = [];
  const groupNames = changedGroups(before, after, names);
  for (const name of groupNames.keys()) groups.push(...printGroup(after, name, groupNames));

  for (const acl of after.acls.values()) {
    const old = before.acls.get(acl.name);
    if (old && sameList(old, acl, groupNames)) continue;
    const uses = usesBefore.get(acl.name) ?? [];
    const fixed = uses.filter((u) => u.kind === 'reference' && u.use !== 'access-class');
    if (fixed.length > 0 && old) {
      left.push(
        `list ${acl.name} is also used by ${[...new Set(fixed.map((u) => (u.kind === 'reference' ? u.use : '')))].join(', ')} (line ${fixed[0]!.span.line}), which no single command swaps: change it there by hand`,
      );
      continue;
    }
    const name = uses.length === 0 ? acl.name : names.successor(acl);
    if (name === null) {
      left.push(`no free number is left for a successor of list ${acl.name}`);
      continue;
    }
    if (acl.entries.some((e) => e.kind === 'unparsed'))
      left.push(`list ${acl.name} holds lines that could not be read; they are repeated as they stand`);
    if (name !== acl.name) renamed.set(acl.name, name);
    // An unused list may be rebuilt in place: until it is bound, no packet asks it.
    if (old && name === acl.name) rebuilt.push(acl.name);
    created.push(name);
    builds.push(
      ...(old && name === acl.name ? [deleteList(acl)] : []),
      ...printList(acl, name, groupNames, options.printEntry),
    );
  }

  const swaps: string[] = [];
  const rollback: string[] = [];
  const touched: string[] = [];
  for (const iface of after.interfaces.values()) {
    const change = bindingCommands(before.interfaces.get(iface.name), iface, renamed);
    if (change.forward.length === 0) continue;
    swaps.push(`interface ${iface.name}`, ...change.forward.map(indent));
    if (change.back.length > 0) rollback.push(`interface ${iface.name}`, ...change.back.map(indent));
    touched.push(iface.name);
  }
  for (const [name, iface] of before.interfaces)
    if (!after.interfaces.has(name)) left.push(`interface ${name} goes (line ${iface.span.line})`);
  for (const line of after.lines) {
    const old = before.lines.find(
      (l) => l.kind === line.kind && l.first === line.first && l.last === line.last,
    );
    const wanted = line.accessClassIn && (renamed.get(line.accessClassIn.acl) ?? line.accessClassIn.acl);
    const had = old?.accessClassIn?.acl ?? null;
    if (wanted === had) continue;
    const head = `line ${line.kind} ${line.first} ${line.last}`;
    swaps.push(head, indent(wanted === null ? `no access-class ${had} in` : `access-class ${wanted} in`));
    rollback.push(head, indent(had === null ? `no access-class ${wanted} in` : `access-class ${had} in`));
  }

  const stale = [...before.acls.values()].filter(
    (acl) =>
      (renamed.has(acl.name) || !after.acls.has(acl.name)) &&
      (usesAfter.get(acl.name) ?? []).every((u) => u.kind !== 'reference' || renamed.has(acl.name)),
  );
  const newLists = created.filter((name) => !rebuilt.includes(name));
  return {
    groups,
    builds,
    swaps,
    others: otherCommands(before, after, options.simulation ?? null, left),
    cleanup: stale.map(deleteList),
    rollback: [
      ...rollback,
      ...newLists.map((name) =>
        deleteNamed(name, [...after.acls.values()].find((a) => (renamed.get(a.name) ?? a.name) === name)!),
      ),
    ],
    created,
    renamed,
    touched,
    left,
  };
}

const indent = (command: string): string => ` ${command}`;

const isNumbered = (name: string): boolean => /^\d+$/.test(name);

const deleteNamed = (name: string, acl: Acl): string =>
  isNumbered(name) ? `no access-list ${name}` : `no ip access-list ${acl.kind} ${name}`;
const deleteList = (acl: Acl): string => deleteNamed(acl.name, acl);

/** Line by line the same, log clauses included, and no group among them that changes. */
function sameList(old: Acl, now: Acl, groups: ReadonlyMap<string, string>): boolean {
  const before = identities(old);
  const after = identities({ ...now, entries: now.entries.map((e) => withGroups(e, groups)) });
  return old.kind === now.kind && before.length === after.length && before.every((k, i) => k === after[i]);
}

const identities = (acl: Acl): readonly string[] =>
  acl.entries.filter((e) => e.kind !== 'remark').map((e) => entryIdentity(e));

function printList(
  acl: Acl,
  name: string,
  groups: ReadonlyMap<string, string>,
  printEntry: SafeOptions['printEntry'],
): readonly string[] {
  const lines = acl.entries.map((entry) => printEntry(withGroups(entry, groups), acl.kind));
  return isNumbered(name)
    ? lines.map((line) => `access-list ${name} ${line}`)
    : [`ip access-list ${acl.kind} ${name}`, ...lines.map(indent)];
}

function withGroups(entry: AclEntry, groups: ReadonlyMap<string, string>): AclEntry {
  if (entry.kind !== 'ace' || groups.size === 0) return entry;
  const rename = <M extends { readonly kind: string }>(match: M): M =>
    match.kind === 'group' || match.kind === 'service-group'
      ? {
          ...match,
          name:
            groups.get((match as unknown as { name: string }).name) ??
            (match as unknown as { name: string }).name,
        }
      : match;
  const { match } = entry;
  return {
    ...entry,
    match: {
      ...match,
      protocol: rename(match.protocol),
      source: rename(match.source),
      destination: rename(match.destination),
    },
  };
}

/** Groups whose members differ, and the groups that hold them: each gets a successor under a new name. */
function changedGroups(
  before: RouterConfig,
  after: RouterConfig,
  names: SafeNames,
): ReadonlyMap<string, string> {
  const text = (config: RouterConfig, name: string, seen: ReadonlySet<string>): string => {
    const group = config.objectGroups.get(name);
    if (!group || seen.has(name)) return '';
    const inner = new Set([...seen, name]);
    return group.members
      .map((m) => (m.kind === 'group' ? `(${text(config, m.name, inner)})` : memberText(m.span)))
      .sort()
      .join(';');
  };
  const all = new Set([...before.objectGroups.keys(), ...after.objectGroups.keys()]);
  const changed = [...after.objectGroups.keys()].filter(
    (name) =>
      before.objectGroups.has(name) &&
      text(before, name, new Set()) !== text(after, name, new Set()) &&
      isUsed(after, name),
  );
  return new Map(changed.map((name) => [name, names.group(name, all)]));
}

const memberText = (span: SourceSpan): string => span.text.slice(span.column - 1, span.endColumn - 1).trim();

const isUsed = (config: RouterConfig, group: string): boolean =>
  [...config.acls.values()].some((acl) =>
    acl.entries.some(
      (e) =>
        e.kind === 'ace' &&
        [e.match.source, e.match.destination, e.match.protocol].some(
          (m) => (m.kind === 'group' || m.kind === 'service-group') && m.name === group,
        ),
    ),
  ) ||
  [...config.objectGroups.values()].some((g) =>
    g.members.some((m) => m.kind === 'group' && m.name === group),
  );

function printGroup(
  after: RouterConfig,
  name: string,
  renamed: ReadonlyMap<string, string>,
): readonly string[] {
  const group = after.objectGroups.get(name);
  if (!group) return [];
  return [
    `object-group ${group.kind} ${renamed.get(name)}`,
    ...group.members.map((m) =>
      indent(m.kind === 'group' ? `group-object ${renamed.get(m.name) ?? m.name}` : memberText(m.span)),
    ),
  ];
}

/** What leads from the old bindings of an interface to the wanted ones, and back. A new list replaces the old at once. */
function bindingCommands(
  old: Interface | undefined,
  wanted: Interface,
  renamed: ReadonlyMap<string, string>,
): { forward: readonly string[]; back: readonly string[] } {
  const forward: string[] = [];
  const back: string[] = [];
  for (const direction of ['in', 'out'] as const) {
    const now = wanted.bindings[direction];
    const was = old?.bindings[direction] ?? null;
    const to = now === null ? null : boundName(now.acl, now.common, renamed);
    const from = was === null ? null : boundName(was.acl, was.common, new Map());
    if (to === from) continue;
    forward.push(bind(to, from, direction));
    if (old) back.push(bind(from, to, direction));
  }
  return { forward, back };
}

const boundName = (acl: string, common: string | undefined, renamed: ReadonlyMap<string, string>): string => {
  const name = renamed.get(acl) ?? acl;
  return common === undefined ? name : `common ${renamed.get(common) ?? common} ${name}`;
};

const bind = (to: string | null, from: string | null, direction: Direction): string =>
  to === null ? `no ip access-group ${from} ${direction}` : `ip access-group ${to} ${direction}`;

const ABOUT_LISTS: ReadonlySet<string> = new Set([
  'append-entry',
  'list-entry',
  'remove-entry',
  'delete-list',
  'enter-list',
  'resequence-list',
  'access-class',
  'enter-object-group',
  'delete-object-group',
  'network-member',
  'service-member',
  'group-description',
  'move',
  'exec',
  'skipped',
  'enter-line',
]);

/** The snippet's commands that are about something else than lists, each under the mode it was typed in. */
function otherCommands(
  before: RouterConfig,
  after: RouterConfig,
  simulation: Simulation | null,
  left: string[],
): readonly string[] {
  if (simulation === null) {
    left.push(...changesBeyondLists(before, after).map((note) => `${note.split(';')[0]}: not written here`));
    return [];
  }
  const commands: string[] = [];
  let header: string | null = null;
  for (const step of simulation.steps) {
    const { command } = step;
    if (command === null || step.effect.kind !== 'changed' || ABOUT_LISTS.has(command.kind)) continue;
    if (command.kind === 'interface' && (command.change.kind === 'bind' || command.change.kind === 'unbind'))
      continue;
    const wanted = headerOf(simulation, step.number);
    if (wanted !== header && wanted !== null) commands.push(wanted);
    if (wanted === null && header !== null && command.kind !== 'enter-interface') commands.push('exit');
    header = command.kind === 'enter-interface' || command.kind === 'enter-routing' ? step.text : wanted;
    commands.push(wanted === null ? step.text : indent(step.text));
  }
  return commands;
}

/** The command that opened the mode in which this step was typed; null in global mode. */
function headerOf(simulation: Simulation, number: number): string | null {
  const at = simulation.steps.findIndex((s) => s.number === number);
  const { mode } = simulation.steps[at]!.before;
  if (mode.kind === 'global' || mode.kind === 'exec') return null;
  const opener = simulation.steps
    .slice(0, at)
    .findLast((s) => s.after.mode === mode && s.before.mode !== mode);
  const opens = simulation.steps[at]!.command;
  return opener && !(opens && opens.next !== 'same') ? opener.text : null;
}

function prove(
  before: RouterConfig,
  after: RouterConfig,
  parts: readonly SafePart[],
  plan: Plan,
  options: SafeOptions,
): SafeProof {
  const simulation = simulate(before, snippetOf(parts.flatMap((p) => [...p.commands])), options.read);
  const reached = toRouterConfig(simulation.end, {
    file: before.file,
    excerpt: before.excerpt,
    account: before.account,
  });
  const difference = diffConfigs(after, reached, { clock: options.clock });
  const { hazards } = findHazards(before, simulation, { clock: options.clock, operator: options.operator });
  // That a line of the wanted list is dead is no fault of the order in which the list is built.
  const grave = hazards.filter((h) => h.kind !== 'never-matches');
  const same = [
    difference.gained,
    difference.lost,
    difference.fragments.gained,
    difference.fragments.lost,
    difference.undetermined,
  ].every((spaces) => spaces.length === 0);
  const others = changesBeyondLists(after, reached).length === 0;
  return {
    proven: grave.length === 0 && same && others && plan.left.length === 0,
    hazards: grave,
    difference,
    simulation,
  };
}

/** Commands as somebody types them, from the exec prompt on. */
function snippetOf(commands: readonly string[]): Snippet {
  return {
    file: 'safe-snippet',
    start: EXEC_MODE,
    steps: commands.map((text, i) => ({
      step: i + 1,
      kind: 'command',
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
): string {
  const out: string[] = [];
  const print = (part: SafePart, number: number | null): void => {
    out.push(`! ${number === null ? '' : `${number}. `}${part.title}`);
    if (part.note !== '') out.push(`! ${part.note}`);
    out.push(...part.commands, '!');
  };
  out.push(
    proof.proven
      ? '! Replayed command by command: no state permits or denies what neither end does.'
      : '! NOT PROVEN SAFE. What stands against it:',
  );
  if (!proof.proven) {
    out.push(...proof.hazards.map((h) => `!   ${h.kind} at "${h.command}": ${h.message}`));
    out.push(...left.map((text) => `!   ${text}`));
  }
  out.push('!');
  parts.forEach((part, i) => print(part, i + 1));
  if (rollback.commands.length > 0) print(rollback, null);
  return `${out.join('\n')}\n`;
}
