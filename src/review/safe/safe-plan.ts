import type { Acl } from '../../model/access-list.ts';
import { isAddressed } from '../../model/addressed.ts';
import { pushAll } from '../../model/push-all.ts';
import type { Direction, Interface, RouterConfig } from '../../model/router-config.ts';
import type { Simulation } from '../../router/simulate.ts';
import { findListUses, type ListUse } from '../list-uses.ts';
import { editInPlace } from './edit-in-place.ts';
import { changedGroups, printGroups, tidyGroups } from './safe-groups.ts';
import {
  asTyped,
  deleteList,
  deleteNamed,
  type EntryPrinter,
  indent,
  printList,
  sameList,
} from './safe-lists.ts';
import { planLogins, type SwapPlan } from './safe-logins.ts';
import { SafeNames } from './safe-names.ts';
import { otherCommands, undoCommands } from './safe-others.ts';

/** The commands of a safe change, by what they are for. */
export interface SafePlan {
  readonly groups: readonly string[];
  readonly builds: readonly string[];
  readonly swaps: readonly string[];
  /** Of lists that something uses which no command swaps. */
  readonly edits: readonly string[];
  readonly others: readonly string[];
  /** Of time-ranges. */
  readonly times: readonly string[];
  readonly cleanup: readonly string[];
  /** Of lists, groups and bindings. */
  readonly rollback: readonly string[];
  /** Of the other commands, as far as a `no` undoes them: to be tried before it is promised. */
  readonly undoOthers: readonly string[];
  /** Of the other commands, those whose effect is not modelled: no replay shows what undoes them. */
  readonly unmodelled: readonly string[];
  /** Lists that the sequence creates, by the name it gives them. */
  readonly created: readonly string[];
  /** List name in the wanted configuration → name that the sequence gives it. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Object group in the wanted configuration → its successor. */
  readonly groupNames: ReadonlyMap<string, string>;
  /** Interfaces whose bindings are swapped. */
  readonly touched: readonly string[];
  /** What is not written here, with the reason. */
  readonly left: readonly string[];
}

export interface PlanOptions {
  readonly printEntry: EntryPrinter;
  readonly simulation?: Simulation | null;
  /** Lists that no binding alone uses are edited where they stand; else they are left to a person. */
  readonly inPlace?: boolean;
}

export function makePlan(before: RouterConfig, after: RouterConfig, options: PlanOptions): SafePlan {
  const names = new SafeNames(before, after);
  const groupNames = changedGroups(before, after, names);
  const lists = planLists(before, after, names, groupNames, options);
  const groups = printGroups(before, after, groupNames);
  const bindings = planBindings(before, after, lists.renamed, options.simulation ?? null);
  const logins = planLogins(before, after, lists.renamed);
  const others = otherCommands(before, after, options.simulation ?? null);
  const left = [...lists.left, ...bindings.left, ...others.left];
  return {
    groups: groups.builds,
    builds: lists.builds,
    swaps: [...bindings.forward, ...logins.forward],
    edits: lists.edits,
    times: others.times,
    others: [...others.commands, ...bindings.late],
    cleanup: [
      ...staleLists(before, after, lists.renamed).map(deleteList),
      // What is left to a person may still ask the old groups.
      ...(left.length > 0 ? [] : tidyGroups(before, after, groupNames)),
    ],
    rollback: [...bindings.back, ...logins.back, ...lists.undo, ...groups.undo],
    undoOthers: undoCommands(others.modelled),
    unmodelled: others.unmodelled,
    created: lists.created,
    renamed: lists.renamed,
    groupNames,
    touched: bindings.touched,
    left,
  };
}

interface ListPlan {
  readonly builds: readonly string[];
  readonly edits: readonly string[];
  readonly undo: readonly string[];
  readonly created: readonly string[];
  readonly renamed: ReadonlyMap<string, string>;
  readonly left: readonly string[];
}

/** Every list that is new or differs, built whole: under its own name where nothing uses that name, else a free one. */
function planLists(
  before: RouterConfig,
  after: RouterConfig,
  names: SafeNames,
  groupNames: ReadonlyMap<string, string>,
  { printEntry, inPlace }: PlanOptions,
): ListPlan {
  const uses = findListUses(before);
  const laterUses = findListUses(after);
  const plan = {
    builds: [] as string[],
    edits: [] as string[],
    undo: [] as string[],
    created: [] as string[],
    renamed: new Map<string, string>(),
    left: [] as string[],
  };
  for (const acl of after.acls.values()) {
    const old = before.acls.get(acl.name);
    if (old && sameList(old, acl, groupNames)) continue;
    const used = uses.get(acl.name) ?? [];
    const awaited = !old && used.length > 0 && used.every(isFixed);
    // Also what the change itself lets name the list cannot be led to a successor.
    const later = used.length === 0 ? [] : (laterUses.get(acl.name) ?? []);
    const obstacle = awaited ? null : fixedUse(acl, [...used, ...later]);
    const edited =
      obstacle !== null && old && inPlace ? editInPlace(old, asTyped(acl, groupNames), printEntry) : null;
    if (edited) {
      pushAll(plan.edits, edited.forward);
      pushAll(plan.undo, edited.back);
      continue;
    }
    const name = used.length === 0 || awaited ? acl.name : names.successor(acl);
    if (obstacle !== null || name === null) {
      plan.left.push(obstacle ?? `no free number is left for a successor of list ${acl.name}`);
      continue;
    }
    if (acl.entries.some((e) => e.kind === 'unparsed'))
      plan.left.push(`list ${acl.name} holds lines that could not be read; they are repeated as they stand`);
    if (name !== acl.name) plan.renamed.set(acl.name, name);
    plan.created.push(name);
    // An unused list may be rebuilt in place: until it is bound, no packet asks it.
    plan.undo.push(deleteNamed(name, acl));
    if (old && name === acl.name) {
      plan.builds.push(deleteList(acl));
      pushAll(plan.undo, printList(old, name, new Map(), printEntry));
    }
    pushAll(plan.builds, printList(acl, name, groupNames, printEntry));
  }
  return plan;
}

const isFixed = (use: ListUse): boolean => use.kind === 'reference' && use.use !== 'access-class';

/** A use that no single command moves to another list. */
function fixedUse(acl: Acl, uses: readonly ListUse[]): string | null {
  const fixed = uses.flatMap((u) => (u.kind === 'reference' && isFixed(u) ? [u] : []));
  if (fixed.length === 0) return null;
  const kinds = [...new Set(fixed.map((u) => u.use))].join(', ');
  return `list ${acl.name} is also used by ${kinds} (line ${fixed[0]!.span.line}), which no single command swaps: change it there by hand`;
}

/** Lists of the start that are gone, or have a successor, when the change is done. */
const staleLists = (
  before: RouterConfig,
  after: RouterConfig,
  renamed: ReadonlyMap<string, string>,
): readonly Acl[] =>
  [...before.acls.values()].filter((acl) => renamed.has(acl.name) || !after.acls.has(acl.name));

interface BindingPlan extends SwapPlan {
  /** Of interfaces that the other commands close: to be typed after those. */
  readonly late: readonly string[];
  readonly touched: readonly string[];
  readonly left: readonly string[];
}

function planBindings(
  before: RouterConfig,
  after: RouterConfig,
  renamed: ReadonlyMap<string, string>,
  simulation: Simulation | null,
): BindingPlan {
  const forward: string[] = [];
  const late: string[] = [];
  const back: string[] = [];
  const touched: string[] = [];
  for (const iface of after.interfaces.values()) {
    const change = bindingCommands(before.interfaces.get(iface.name), iface, renamed);
    if (change.forward.length === 0) continue;
    // Taken away before the interface closes, its lists would let everything pass meanwhile.
    if (closes(before.interfaces.get(iface.name), iface)) {
      if (hasLists(iface) || !resets(simulation, iface.name))
        late.push(`interface ${iface.name}`, ...change.forward.map(indent));
      continue;
    }
    forward.push(`interface ${iface.name}`, ...change.forward.map(indent));
    if (change.back.length > 0) back.push(`interface ${iface.name}`, ...change.back.map(indent));
    touched.push(iface.name);
  }
  const gone = [...before.interfaces.values()].filter((i) => !after.interfaces.has(i.name));
  return {
    forward,
    late,
    back,
    touched,
    left: gone.map((i) => `interface ${i.name} goes (line ${i.span.line}): remove it by hand`),
  };
}

const closes = (old: Interface | undefined, wanted: Interface): boolean =>
  old !== undefined && isAddressed(old) && !isAddressed(wanted);

const hasLists = ({ bindings }: Interface): boolean => bindings.in !== null || bindings.out !== null;

/** `default interface` takes the lists along. */
const resets = (simulation: Simulation | null, name: string): boolean =>
  (simulation?.steps ?? []).some(
    ({ command }) => command?.kind === 'delete-interface' && command.reset && command.names.includes(name),
  );

/** What leads from the old bindings of an interface to the wanted ones, and back. A new list replaces the old at once. */
function bindingCommands(
  old: Interface | undefined,
  wanted: Interface,
  renamed: ReadonlyMap<string, string>,
): SwapPlan {
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
