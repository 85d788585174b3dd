import type { Acl, AclEntry } from '../../model/access-list.ts';
import { mayUse } from '../../model/ios-features.ts';
import type { Hazard } from '../../model/review.ts';
import type { RouterConfig } from '../../model/router-config.ts';
import type { Simulation } from '../../router/simulate.ts';
import { type EntryPrinter, entryTyped } from './safe-lists.ts';

/** Lines of the wanted lists, and what is written in their place; null: nothing. */
export type Instead = ReadonlyMap<AclEntry, AclEntry | null>;

/** A sequence that was replayed, and what it calls the wanted lists and groups. */
export interface Replayed {
  readonly simulation: Simulation;
  readonly dead: readonly Hazard[];
  readonly renamed: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
}

/**
 * What may stand for the wanted lists' lines that a replay showed to be dead, the briefest first. A line that never
 * matches is not missed, and adding it is a hazard of its own; but non-initial fragments may match it all the same.
 * Whether they do is for a replay to show.
 */
export function substitutesFor(
  wanted: RouterConfig,
  replayed: Replayed,
  printEntry: EntryPrinter,
): readonly Instead[] {
  const dead = deadLines(wanted, replayed, printEntry);
  const left = dead.filter((entry) => onlyFragments(entry) === null);
  const tries: Instead[] = [new Map(dead.map((entry) => [entry, null]))];
  if (left.length < dead.length && mayUse(wanted.version, 'fragments'))
    tries.push(new Map(dead.map((entry) => [entry, onlyFragments(entry)])));
  if (left.length < dead.length && left.length > 0) tries.push(new Map(left.map((entry) => [entry, null])));
  return tries;
}

function deadLines(
  wanted: RouterConfig,
  { simulation, dead, renamed, groups }: Replayed,
  printEntry: EntryPrinter,
): readonly AclEntry[] {
  const wantedName = new Map([...renamed].map(([name, typed]) => [typed, name]));
  return dead.flatMap(({ step }) => {
    const { command, before } = simulation.steps[step - 1]!;
    if (command?.kind !== 'append-entry' && command?.kind !== 'list-entry') return [];
    const typed =
      command.kind === 'append-entry'
        ? command.list
        : before.mode.kind === 'access-list'
          ? before.mode.list
          : '';
    const acl = wanted.acls.get(wantedName.get(typed) ?? typed);
    const entry = acl && entryTyped(acl, command.entry, groups, printEntry);
    return entry ? [entry] : [];
  });
}

/** A permit that asks for ports, a type or flags, less all but the non-initial fragments; null for other lines. */
function onlyFragments(entry: AclEntry): AclEntry | null {
  if (entry.kind !== 'ace' || entry.action !== 'permit' || entry.match.fragments) return null;
  const { sourcePorts, destinationPorts, icmp, igmpType, tcpFlags, ...match } = entry.match;
  const asked = [sourcePorts, destinationPorts, icmp, igmpType, tcpFlags].some((part) => part !== undefined);
  return asked && match.protocol.kind === 'number'
    ? { ...entry, match: { ...match, fragments: true } }
    : null;
}

/** The wanted configuration with other lines in the place of some. */
export const withInstead = (config: RouterConfig, instead: Instead): RouterConfig =>
  instead.size === 0
    ? config
    : { ...config, acls: new Map([...config.acls].map(([name, acl]) => [name, replaceLines(acl, instead)])) };

const replaceLines = (acl: Acl, instead: Instead): Acl =>
  acl.entries.some((e) => instead.has(e))
    ? {
        ...acl,
        entries: acl.entries.flatMap((e) => {
          const other = instead.get(e);
          return other === undefined ? [e] : other === null ? [] : [other];
        }),
      }
    : acl;
