import { patternKey } from '../address.ts';
import type { Command } from '../command.ts';
import type { ObjectGroup } from '../router-config.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT, refused, unchanged, wrongMode } from './effect.ts';
import { countMember, groupIsUsed } from './group-uses.ts';
import type { RowKind } from './keyed-rows.ts';
import { addRow, countRows, dropRows, findRows, liveRows } from './rows.ts';

type Member = ObjectGroup['members'][number];

const MEMBERS: RowKind<Member> = { keys: (m) => [memberIdentity(m)] };

type GroupCommand = Extract<
  Command,
  { kind: 'enter-object-group' | 'delete-object-group' | 'network-member' | 'service-member' }
>;

/** A line that opens a group, deletes one, or adds or takes out a member. */
export function changeGroup(draft: Draft, command: GroupCommand): Effect {
  const { device } = draft;
  switch (command.kind) {
    case 'enter-object-group': {
      const group = device.objectGroups.get(command.name);
      if (group)
        return group.kind === command.groupKind
          ? NO_EFFECT
          : refused('kind-conflict', `${command.name} is a ${group.kind} group`);
      const { name, span } = command;
      draft
        .table('objectGroups')
        .set(
          name,
          command.groupKind === 'network'
            ? { kind: 'network', name, span, members: draft.made([]) }
            : { kind: 'service', name, span, members: draft.made([]) },
        );
      return changed();
    }
    case 'delete-object-group': {
      const group = device.objectGroups.get(command.name);
      if (!group) return refused('not-there', `there is no object group ${command.name}`);
      if (group.kind !== command.groupKind)
        return refused('kind-conflict', `${command.name} is a ${group.kind} group`);
      if (groupIsUsed(draft, command.name))
        return refused('group-in-use', `% object group ${command.name} is in use and cannot be deleted`);
      if (draft.groupUses)
        for (const member of liveRows<Member>(group.members)) countMember(draft, member, -1);
      draft.table('objectGroups').delete(command.name);
      return changed();
    }
    case 'network-member': {
      const group = groupOfMode(draft);
      if (!group) return wrongMode('a member of an object group');
      if (group.kind !== 'network') return wrongMode('a network member');
      return changeMembers(draft, group, command.member, command.on, (members) => ({ ...group, members }));
    }
    case 'service-member': {
      const group = groupOfMode(draft);
      if (!group) return wrongMode('a member of an object group');
      if (group.kind !== 'service') return wrongMode('a service member');
      return changeMembers(draft, group, command.member, command.on, (members) => ({ ...group, members }));
    }
  }
}

const groupOfMode = ({ device }: Draft): ObjectGroup | undefined =>
  device.mode.kind === 'object-group' ? device.objectGroups.get(device.mode.name) : undefined;

/** Repeated members of a file stay. */
function changeMembers<T extends Member>(
  draft: Draft,
  { name, members }: { readonly name: string; readonly members: readonly T[] },
  member: T,
  on: boolean,
  withMembers: (members: readonly T[]) => ObjectGroup,
): Effect {
  const kind: RowKind<T> = MEMBERS;
  const put = (after: readonly T[]): Effect => {
    draft.table('objectGroups').set(name, withMembers(after));
    return changed();
  };
  if (on) {
    if (draft.reading === 'terminal' && findRows(members, kind, kind.keys(member)).size > 0)
      return unchanged(`object group ${name} has that member already`);
    if (draft.reading === 'terminal' && member.kind === 'group' && reaches(draft, member.name, name))
      return refused('circular', `object group ${name} would hold itself`);
    countMember(draft, member, 1);
    return put(addRow(draft, members, kind, member));
  }
  const found = findRows(members, kind, kind.keys(member));
  if (found.size === countRows(members) && groupIsUsed(draft, name))
    return refused('group-in-use', `% object group ${name} is in use and cannot be emptied`);
  if (found.size === 0) return refused('not-there', `object group ${name} has no such member`);
  for (const { value } of found) countMember(draft, value, -1);
  return put(dropRows(draft, members, kind, found));
}

/** Whether one group is the other, or holds it. */
function reaches(draft: Draft, from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  const members: readonly Member[] = draft.device.objectGroups.get(from)?.members ?? [];
  return members.some((m) => m.kind === 'group' && reaches(draft, m.name, to, seen));
}

function memberIdentity(member: ObjectGroup['members'][number]): string {
  switch (member.kind) {
    case 'pattern':
      return patternKey(member.pattern);
    case 'range':
      return `${member.first}-${member.last}`;
    case 'group':
      return `group ${member.name}`;
    case 'unparsed':
      return `unparsed ${member.span.text.trim()}`;
    case 'service':
      return `${member.protocols?.join('+') ?? 'ip'} ${member.sourcePorts?.join(';') ?? ''} ${member.destinationPorts?.join(';') ?? ''} ${member.icmp?.type ?? ''}/${member.icmp?.code ?? ''}`;
  }
}
