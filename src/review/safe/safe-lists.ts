import type { Acl, AclEntry, AclKind, PortMatch } from '../../model/access-list.ts';
import { entryIdentity } from '../../model/ace-identity.ts';

/** One entry as IOS prints it, without number or list name. */
export type EntryPrinter = (entry: AclEntry, kind: AclKind) => string;

export const indent = (command: string): string => ` ${command}`;

const isNumbered = (name: string): boolean => /^\d+$/.test(name);

/** The command that removes a list. */
export const deleteNamed = (name: string, acl: Acl): string =>
  isNumbered(name) ? `no access-list ${name}` : `no ip access-list ${acl.kind} ${name}`;
export const deleteList = (acl: Acl): string => deleteNamed(acl.name, acl);

/** Line by line the same, log clauses included, and no group among them that changes. */
export function sameList(old: Acl, now: Acl, groups: ReadonlyMap<string, string>): boolean {
  const before = identities(old);
  const after = identities({ ...now, entries: now.entries.map((e) => withGroups(e, groups)) });
  return old.kind === now.kind && before.length === after.length && before.every((k, i) => k === after[i]);
}

const identities = (acl: Acl): readonly string[] =>
  acl.entries.filter((e) => e.kind !== 'remark').map((e) => entryIdentity(e));

/** The commands that build a list whole, under the name it is to have. */
export function printList(
  acl: Acl,
  name: string,
  groups: ReadonlyMap<string, string>,
  printEntry: EntryPrinter,
): readonly string[] {
  const lines = asTyped(acl, groups).entries.map((entry) => printEntry(entry, acl.kind));
  return isNumbered(name)
    ? lines.map((line) => `access-list ${name} ${line}`)
    : [`ip access-list ${acl.kind} ${name}`, ...lines.map(indent)];
}

/** Some versions refuse a range that runs backwards; all that take it swap its ends. */
function typeable(entry: AclEntry): AclEntry {
  if (entry.kind !== 'ace') return entry;
  const { sourcePorts, destinationPorts } = entry.match;
  return {
    ...entry,
    match: {
      ...entry.match,
      ...(sourcePorts && { sourcePorts: forwards(sourcePorts) }),
      ...(destinationPorts && { destinationPorts: forwards(destinationPorts) }),
    },
  };
}

const forwards = (ports: PortMatch): PortMatch =>
  ports.kind === 'ports' && ports.operator === 'range'
    ? { ...ports, operands: [...ports.operands].sort((a, b) => a - b) }
    : ports;

/** The line of a wanted list that a command of the sequence adds. */
export const entryTyped = (
  acl: Acl,
  typed: AclEntry,
  groups: ReadonlyMap<string, string>,
  printEntry: EntryPrinter,
): AclEntry | undefined => {
  const text = printEntry(typed, acl.kind);
  const at = asTyped(acl, groups).entries.findIndex((e) => printEntry(e, acl.kind) === text);
  return acl.entries[at];
};

/** The list with the groups' successors, as every version takes it. */
export const asTyped = (acl: Acl, groups: ReadonlyMap<string, string>): Acl => ({
  ...acl,
  entries: acl.entries.map((e) => typeable(withGroups(e, groups))),
});

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
      ...(match.sourcePorts && { sourcePorts: rename(match.sourcePorts) }),
      ...(match.destinationPorts && { destinationPorts: rename(match.destinationPorts) }),
    },
  };
}
