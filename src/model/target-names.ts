import { nearest } from '../diagnostics/nearest.ts';
import { formatIpv4, type Ipv4 } from './address.ts';
import { countRanges, formatRanges, rangesOf } from './ports.ts';
import type { Site, Target } from './site.ts';

type Named = Pick<Site, 'targets' | 'groups'>;

/** Is it this target that is called so, alone or as one of its group? */
export const isNamed = (target: Target, name: string): boolean =>
  target.name === name || target.group === name;

export const hasTarget = ({ targets, groups }: Named, name: string): boolean =>
  targets.has(name) || groups.has(name);

/** The targets that a name stands for: one, or all of a group; none for an unknown name. */
export function targetsNamed({ targets, groups }: Named, name: string): readonly Target[] {
  const one = targets.get(name);
  return one ? [one] : (groups.get(name) ?? []);
}

/** The names as the site file has them: a group's members go under the group's name. */
export const writtenNames = ({ targets, groups }: Named): readonly string[] => [
  ...[...targets.values()].filter((t) => t.group === null).map((t) => t.name),
  ...groups.keys(),
];

/** What to write instead of a name that no target has. */
export function mendTargetName(site: Named, name: string, others: readonly string[] = []): string {
  const group = site.groups.get(name.slice(0, Math.max(name.lastIndexOf('/'), 0)));
  if (group) return `${group[0]?.group} has ${formatMembers(group)}`;
  const names = [...others, ...writtenNames(site)];
  const close = nearest(name, names);
  return close ? `did you mean "${close}"?` : `known: ${names.join(', ') || 'none'}`;
}

/** The addresses of targets as ranges: `192.0.2.1-192.0.2.14, 192.0.2.17`. */
export const formatMembers = (targets: readonly Target[]): string =>
  formatRanges(rangesOf(targets.map((t) => t.address)), formatIpv4);

const RANGES_SHOWN = 6;

/** A group by its name where all of its members are meant; else with the addresses of those that are. */
export function labelMembers(group: string, members: readonly Ipv4[], size: number): string {
  if (members.length === size) return group;
  if (members.length === 1) return `${group}/${formatIpv4(members[0]!)}`;
  const ranges = rangesOf(members);
  const shown = ranges.slice(0, RANGES_SHOWN);
  const more = members.length - countRanges(shown);
  return `${group} (${formatRanges(shown, formatIpv4)}${more === 0 ? '' : ` and ${more} more`})`;
}

/** Names for a list of targets that share something; members of one group go together. */
export function labelTargets(
  { groups }: Pick<Site, 'groups'>,
  targets: readonly Target[],
): readonly string[] {
  const members = new Map<string, Ipv4[]>();
  for (const { group, address } of targets) {
    if (group === null) continue;
    const known = members.get(group);
    if (known) known.push(address);
    else members.set(group, [address]);
  }
  return [
    ...targets.filter((t) => t.group === null).map((t) => t.name),
    ...[...members].map(([group, some]) => labelMembers(group, some, groups.get(group)?.length ?? 0)),
  ];
}
