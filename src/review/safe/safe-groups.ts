import type { SourceSpan } from '../../diagnostics/source-span.ts';
import { groupsNamedBy } from '../../model/access-list.ts';
import type { RouterConfig } from '../../model/router-config.ts';
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
    acl.entries.some((e) => e.kind === 'ace' && groupsNamedBy(e).includes(group)),
  ) ||
  [...config.objectGroups.values()].some((g) =>
    g.members.some((m) => m.kind === 'group' && m.name === group),
  );

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
      ...group.members.map((m) =>
        indent(m.kind === 'group' ? `group-object ${renamed.get(m.name) ?? m.name}` : memberText(m.span)),
      ),
    );
  };
  for (const name of after.objectGroups.keys()) print(name);
  return { builds: lines, undo };
}
