import { type AclEntry, groupsNamedBy } from '../access-list.ts';
import type { ObjectGroup } from '../router-config.ts';
import type { Draft } from './draft.ts';
import { entriesOf } from './read-list.ts';
import { liveRows } from './rows.ts';

type Member = ObjectGroup['members'][number];

/** Whether an entry of a list or a member of a group names that group. */
export function groupIsUsed(draft: Draft, name: string): boolean {
  if (!draft.groupUses) {
    draft.groupUses = new Map();
    for (const acl of draft.device.acls.values())
      for (const entry of entriesOf(draft, acl)) countEntry(draft, entry, 1);
    for (const group of draft.device.objectGroups.values())
      for (const member of liveRows<Member>(group.members)) countMember(draft, member, 1);
  }
  return (draft.groupUses.get(name) ?? 0) > 0;
}

/** Keeps the counts of a draft that has begun to count: an entry was added (1) or taken out (-1). */
export function countEntry(draft: Draft, entry: AclEntry, by: 1 | -1): void {
  if (!draft.groupUses || entry.kind !== 'ace') return;
  for (const name of groupsNamedBy(entry)) count(draft.groupUses, name, by);
}

/** The same for a member of a group. */
export function countMember(draft: Draft, member: Member, by: 1 | -1): void {
  if (draft.groupUses && member.kind === 'group') count(draft.groupUses, member.name, by);
}

function count(uses: Map<string, number>, name: string, by: 1 | -1): void {
  uses.set(name, (uses.get(name) ?? 0) + by);
}
