import { statementOf } from '../../diagnostics/source-span.ts';
import { groupsNamedBy } from '../../model/access-list.ts';
import type { ObjectGroup, RouterConfig } from '../../model/router-config.ts';
import { indent } from './safe-lists.ts';
import type { SafeNames } from './safe-names.ts';

/** Groups whose members differ, and the groups that hold them: each gets a successor under a new name. */
export function changedGroups(
  before: RouterConfig,
  after: RouterConfig,
  names: SafeNames,
): ReadonlyMap<string, string> {
  const text = (config: RouterConfig, name: string, seen: ReadonlySet<string>): string => {
    const group = config.objectGroups.get(name);
    if (!group || seen.has(name)) return '';
    const inner = new Set([...seen, name]);
    return group.members
      .map((m) => (m.kind === 'group' ? `(${text(config, m.name, inner)})` : statementOf(m.span)))
      .sort()
      .join(';');
  };
  const all = new Set([...before.objectGroups.keys(), ...after.objectGroups.keys()]);
  const changed = [...after.objectGroups.keys()].filter(
    (name) =>
      before.objectGroups.has(name) &&
      text(before, name, new Set()) !== text(after, name, new Set()) &&
      isAsked(after, name),
  );
  return new Map(changed.map((name) => [name, names.group(name, all)]));
}

/** Whether a line of a list names the group, or one that holds it. */
function isAsked(config: RouterConfig, group: string, seen: ReadonlySet<string> = new Set()): boolean {
  if (seen.has(group)) return false;
  const inner = new Set([...seen, group]);
  return (
    [...config.acls.values()].some((acl) =>
      acl.entries.some((e) => e.kind === 'ace' && groupsNamedBy(e).includes(group)),
    ) || holdersOf(config, group).some((holder) => isAsked(config, holder, inner))
  );
}

const holdersOf = (config: RouterConfig, group: string): readonly string[] =>
  [...config.objectGroups.values()]
    .filter((g) => g.members.some((m) => m.kind === 'group' && m.name === group))
    .map((g) => g.name);

/** New groups, and the successors of changed ones, inner groups first; taken back in the opposite order. */
export function printGroups(
  before: RouterConfig,
  after: RouterConfig,
  renamed: ReadonlyMap<string, string>,
): { readonly builds: readonly string[]; readonly undo: readonly string[] } {
  const lines: string[] = [];
  const undo: string[] = [];
  const done = new Set<string>();
  const print = (name: string): void => {
    const group = after.objectGroups.get(name);
    if (!group || done.has(name)) return;
    done.add(name);
    if (before.objectGroups.has(name) && !renamed.has(name)) return;
    for (const m of group.members) if (m.kind === 'group') print(m.name);
    undo.unshift(`no object-group ${group.kind} ${renamed.get(name) ?? name}`);
    lines.push(
      `object-group ${group.kind} ${renamed.get(name) ?? name}`,
      ...membersOf(group, renamed).map(indent),
    );
  };
  for (const name of after.objectGroups.keys()) print(name);
  return { builds: lines, undo };
}

const membersOf = ({ members }: ObjectGroup, renamed: ReadonlyMap<string, string>): readonly string[] =>
  members.map((m) =>
    m.kind === 'group' ? `group-object ${renamed.get(m.name) ?? m.name}` : statementOf(m.span),
  );

/**
 * What remains to be done to groups once no list asks them any more: those that changed are edited where they stand, and
 * those that are gone, or have a successor, are removed, outer groups first.
 */
export function tidyGroups(
  before: RouterConfig,
  after: RouterConfig,
  renamed: ReadonlyMap<string, string>,
): readonly string[] {
  const isStale = (name: string): boolean =>
    renamed.has(name) || (!after.objectGroups.has(name) && !isAsked(after, name));
  const edits = [...after.objectGroups.values()].flatMap((now) => {
    const old = before.objectGroups.get(now.name);
    return old?.kind === now.kind && !isStale(now.name) ? editGroup(old, now, renamed) : [];
  });
  const removals: string[] = [];
  const done = new Set<string>();
  const remove = (name: string): void => {
    const group = before.objectGroups.get(name);
    if (!group || done.has(name)) return;
    done.add(name);
    for (const holder of holdersOf(before, name)) if (isStale(holder)) remove(holder);
    removals.push(`no object-group ${group.kind} ${name}`);
  };
  for (const name of before.objectGroups.keys()) if (isStale(name)) remove(name);
  return [...edits, ...removals];
}

/** New members first: a group must not be left empty. */
function editGroup(
  old: ObjectGroup,
  now: ObjectGroup,
  renamed: ReadonlyMap<string, string>,
): readonly string[] {
  // A text may repeat a member, which a device holds once.
  const had = [...new Set(membersOf(old, new Map()))];
  const wants = [...new Set(membersOf(now, renamed))];
  const changes = [
    ...wants.filter((m) => !had.includes(m)),
    ...had.filter((m) => !wants.includes(m)).map((m) => `no ${m}`),
  ];
  return changes.length === 0 ? [] : [`object-group ${now.kind} ${now.name}`, ...changes.map(indent)];
}
