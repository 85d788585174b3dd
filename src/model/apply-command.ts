import { samePattern } from './address.ts';

import type { Command, GlobalChange, Mode, Reading } from './command.ts';
import { type Device, ipv6Key, lineKey, natKey, nextHopKey, prefixKey, routingKey } from './device.ts';
import { Draft } from './device-draft.ts';
import { changeInterfaces, deleteInterfaces, enterInterfaces, withEffect } from './device-interfaces.ts';
import { addEntry, deleteList, enterList, removeEntry, resequenceList, settleLists } from './device-lists.ts';
import { changeUses } from './device-uses.ts';
import { changed, type Effect, NO_EFFECT, refused, unchanged } from './effect.ts';
import type { ObjectGroup, RoutingProcess, StaticRoute, TerminalLine } from './router-config.ts';

export interface Applied {
  /** Shares every part that the command did not touch with the device before. */
  readonly device: Device;
  /** As `device.mode`: a refused command leaves it where it was. */
  readonly mode: Mode;
  readonly effect: Effect;
}

/** One command, entered. `reading: 'file'` takes what a device printed: repeated entries stay, numbers may jump. */
export function applyCommand(device: Device, command: Command, reading: Reading = 'terminal'): Applied {
  const draft = new Draft(device, reading);
  const effect = applyTo(draft, command);
  if (reading === 'file') settleLists(draft);
  if (effect.kind === 'rejected') return { device, mode: device.mode, effect };
  // Refused and idle commands hand back the very device, so that "nothing changed" is one comparison.
  const touched = effect.kind === 'changed' || draft.device.mode !== device.mode;
  return touched
    ? { device: draft.device, mode: draft.device.mode, effect }
    : { device, mode: device.mode, effect };
}

/** Many commands, of which only the state after the last is asked for: linear, whatever the sizes. */
export class DeviceFold {
  private readonly draft: Draft;

  constructor(device: Device, reading: Reading) {
    this.draft = new Draft(device, reading);
  }

  /** The state so far; good until the next `apply`. */
  get device(): Device {
    return this.draft.device;
  }

  apply(command: Command): Effect {
    return applyTo(this.draft, command);
  }

  setMode(mode: Mode): void {
    this.draft.device.mode = mode;
  }

  /** The state after the last command; the fold must not be used again. */
  finish(): Device {
    settleLists(this.draft);
    return this.draft.device;
  }
}

function applyTo(draft: Draft, command: Command): Effect {
  const effect = effectOf(draft, command);
  if (command.uses && effect.kind !== 'rejected') changeUses(draft, command.uses);
  if (effect.kind !== 'rejected' && command.next !== 'same') draft.device.mode = command.next;
  return effect;
}

const wrongMode = (what: string): Effect => refused('wrong-mode', `${what} is not known in this mode`);

function effectOf(draft: Draft, command: Command): Effect {
  const { mode } = draft.device;
  switch (command.kind) {
    case 'append-entry':
      return addEntry(draft, command.list, command.listKind, command.entry);
    case 'list-entry':
      return mode.kind === 'access-list'
        ? addEntry(draft, mode.list, mode.listKind, command.entry)
        : wrongMode('an entry');
    case 'remove-entry':
      return mode.kind === 'access-list'
        ? removeEntry(draft, mode.list, command.sequence, command.entry)
        : wrongMode('an entry');
    case 'delete-list':
      return deleteList(draft, command.list, command.listKind);
    case 'enter-list':
      return enterList(draft, command.list, command.listKind, command.span);
    case 'resequence-list':
      return resequenceList(draft, command.list, command.start, command.step);
    case 'enter-interface':
      return enterInterfaces(draft, command.names, command.span);
    case 'delete-interface':
      return deleteInterfaces(draft, command.names, command.reset, command.span);
    case 'interface':
      return mode.kind === 'interface'
        ? changeInterfaces(draft, mode.names, command.change)
        : wrongMode('a statement of an interface');
    case 'enter-object-group':
    case 'delete-object-group':
    case 'network-member':
    case 'service-member':
      return changeGroup(draft, command);
    case 'route':
      return addRoute(draft, command.route);
    case 'remove-route':
      return removeRoute(draft, command);
    case 'nat-rule': {
      const key = natKey(command.rule);
      if (command.on) {
        draft.table('nat').set(key, command.rule);
        return changed();
      }
      if (!draft.device.nat.has(key)) return refused('not-there', 'there is no such translation');
      draft.table('nat').delete(key);
      return changed();
    }
    case 'nat-pool':
      if (command.pool.ranges.length === 0 && draft.device.natPools.has(command.pool.name)) return NO_EFFECT;
      draft.table('natPools').set(command.pool.name, command.pool);
      return changed();
    case 'nat-pool-range':
      return changePool(draft, command);
    case 'delete-nat-pool':
      if (!draft.device.natPools.has(command.name))
        return refused('not-there', `there is no pool ${command.name}`);
      draft.table('natPools').delete(command.name);
      return changed();
    case 'enter-time-range':
      if (draft.device.timeRanges.has(command.name)) return NO_EFFECT;
      draft.table('timeRanges').set(command.name, {
        name: command.name,
        entries: draft.writable([]),
        span: command.span,
      });
      return changed();
    case 'delete-time-range':
      if (!draft.device.timeRanges.has(command.name))
        return unchanged(`there is no time range ${command.name}`);
      draft.table('timeRanges').delete(command.name);
      return changed();
    case 'time-range-entry':
      return changeTimeRange(draft, command);
    case 'enter-line':
      return command.next === 'same' || command.next.kind !== 'line'
        ? NO_EFFECT
        : enterLine(draft, command.next, command.span);
    case 'access-class':
      return changeLines(draft, (line) => {
        const use =
          command.acl === null ? null : { acl: command.acl, vrfAlso: command.vrfAlso, span: command.span };
        return command.direction === 'in'
          ? { ...line, accessClassIn: use }
          : { ...line, accessClassOut: use };
      });
    case 'transport-input':
      return changeLines(draft, (line) => ({ ...line, transportInput: command.protocols }));
    case 'reference':
      return changeUses(draft, command);
    case 'enter-routing': {
      const key = routingKey(command.protocol, command.id);
      if (draft.device.routing.has(key)) return NO_EFFECT;
      draft.table('routing').set(key, {
        protocol: command.protocol,
        id: command.id,
        networks: draft.writable([]),
        neighbours: draft.writable([]),
        span: command.span,
      });
      return changed();
    }
    case 'delete-routing': {
      const key = routingKey(command.protocol, command.id);
      if (!draft.device.routing.has(key)) return refused('not-there', 'there is no such routing process');
      draft.table('routing').delete(key);
      return changed();
    }
    case 'routing-network':
      return changeRouting(draft, (process) => ({
        ...process,
        networks: withMember(draft, process.networks, command.network, command.on, samePattern),
      }));
    case 'routing-neighbour':
      return changeRouting(draft, (process) => ({
        ...process,
        neighbours: withMember(draft, process.neighbours, command.neighbour, command.on, (a, b) => a === b),
      }));
    case 'vrf':
      if (command.on === draft.device.vrfs.has(command.name)) return NO_EFFECT;
      if (command.on) draft.table('vrfs').set(command.name, true);
      else draft.table('vrfs').delete(command.name);
      return changed();
    case 'global':
      return changeGlobal(draft, command.change, command);
    case 'ipv6':
      if (command.on) draft.table('ipv6').set(ipv6Key(command.notice), command.notice);
      else draft.table('ipv6').delete(ipv6Key(command.notice));
      return changed();
    case 'rejected':
      return refused(command.reason, command.message);
    case 'group-description':
    case 'move':
    case 'exec':
    case 'skipped':
      return NO_EFFECT;
  }
}

/** Repeated members of a file stay: looking for each among all before would cost the square of the file. */
function withMember<T>(
  draft: Draft,
  members: readonly T[],
  member: T,
  on: boolean,
  same: (a: T, b: T) => boolean,
): T[] {
  if (!on) return members.filter((m) => !same(m, member));
  const left = draft.writable(members);
  left.push(member);
  return left;
}

function changeRouting(draft: Draft, change: (process: RoutingProcess) => RoutingProcess): Effect {
  const { mode } = draft.device;
  const process = mode.kind === 'routing' ? draft.device.routing.get(mode.process) : undefined;
  if (!process) return wrongMode('a statement of a routing process');
  draft.table('routing').set(routingKey(process.protocol, process.id), change(process));
  return changed();
}

function changePool(draft: Draft, command: Extract<Command, { kind: 'nat-pool-range' }>): Effect {
  const pool = draft.device.natPools.get(command.name);
  if (!pool) return refused('not-there', `there is no pool ${command.name}`);
  const { first, last } = command.range;
  const others = pool.ranges.filter((r) => r.first !== first || r.last !== last);
  if (!command.on && others.length === pool.ranges.length)
    return refused('not-there', `pool ${command.name} has no such range`);
  draft
    .table('natPools')
    .set(pool.name, { ...pool, ranges: command.on ? [...others, command.range] : others });
  return changed();
}

function addRoute(draft: Draft, route: StaticRoute): Effect {
  const key = prefixKey(route);
  if (draft.reading === 'file') {
    const routes = draft.writable(draft.device.routes.get(key) ?? []);
    routes.push(route);
    draft.table('routes').set(key, routes);
    return changed();
  }
  const hop = nextHopKey(route.nextHop);
  const others = (draft.device.routes.get(key) ?? []).filter((r) => nextHopKey(r.nextHop) !== hop);
  draft.table('routes').set(key, [...others, route]);
  return changed();
}

function removeRoute(draft: Draft, command: Extract<Command, { kind: 'remove-route' }>): Effect {
  const key = prefixKey(command);
  const routes = draft.device.routes.get(key) ?? [];
  const { nextHop } = command;
  const left = nextHop === null ? [] : routes.filter((r) => nextHopKey(r.nextHop) !== nextHopKey(nextHop));
  if (left.length === routes.length) return refused('not-there', '% No matching route to delete');
  if (left.length === 0) draft.table('routes').delete(key);
  else draft.table('routes').set(key, left);
  return changed();
}

function changeTimeRange(draft: Draft, command: Extract<Command, { kind: 'time-range-entry' }>): Effect {
  const { mode } = draft.device;
  const range = mode.kind === 'time-range' ? draft.device.timeRanges.get(mode.name) : undefined;
  if (!range) return wrongMode('a time range entry');
  const text = (t: string): string => t.trim().replace(/^no\s+/i, '');
  const entries = command.on
    ? draft.writable(range.entries)
    : range.entries.filter((e) => text(e.span.text) !== text(command.span.text));
  if (command.on) {
    const absolute = command.entry.kind === 'absolute' ? entries.findIndex((e) => e.kind === 'absolute') : -1;
    if (absolute >= 0) entries[absolute] = command.entry;
    else entries.push(command.entry);
  } else if (entries.length === range.entries.length) return refused('not-there', 'there is no such entry');
  draft.table('timeRanges').set(range.name, { ...range, entries });
  return changed();
}

type GroupCommand = Extract<
  Command,
  { kind: 'enter-object-group' | 'delete-object-group' | 'network-member' | 'service-member' }
>;

function changeGroup(draft: Draft, command: GroupCommand): Effect {
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
            ? { kind: 'network', name, span, members: draft.writable([]) }
            : { kind: 'service', name, span, members: draft.writable([]) },
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
      draft.table('objectGroups').delete(command.name);
      return changed();
    }
    case 'network-member':
    case 'service-member': {
      const { mode } = device;
      const group = mode.kind === 'object-group' ? device.objectGroups.get(mode.name) : undefined;
      if (!group) return wrongMode('a member of an object group');
      const kind = command.kind === 'network-member' ? 'network' : 'service';
      if (group.kind !== kind) return wrongMode(`a ${kind} member`);
      if (command.on && draft.reading === 'terminal' && hasMember(group, command))
        return unchanged(`object group ${group.name} has that member already`);
      const after = command.on ? withNewMember(draft, group, command) : withoutMember(group, command);
      if (after.members.length === 0 && groupIsUsed(draft, group.name))
        return refused('group-in-use', `% object group ${group.name} is in use and cannot be emptied`);
      if (!command.on && after.members.length === group.members.length)
        return refused('not-there', `object group ${group.name} has no such member`);
      draft.table('objectGroups').set(group.name, after);
      return changed();
    }
  }
}

type MemberCommand = Extract<GroupCommand, { kind: 'network-member' | 'service-member' }>;

const hasMember = (group: ObjectGroup, command: MemberCommand): boolean => {
  const wanted = memberIdentity(command.member);
  return group.members.some((m) => memberIdentity(m) === wanted);
};

function withNewMember(draft: Draft, group: ObjectGroup, command: MemberCommand): ObjectGroup {
  if (group.kind === 'network' && command.kind === 'network-member') {
    const members = draft.writable(group.members);
    members.push(command.member);
    return { ...group, members };
  }
  if (group.kind === 'service' && command.kind === 'service-member') {
    const members = draft.writable(group.members);
    members.push(command.member);
    return { ...group, members };
  }
  return group;
}

function withoutMember(group: ObjectGroup, command: MemberCommand): ObjectGroup {
  const gone = memberIdentity(command.member);
  return group.kind === 'network'
    ? { ...group, members: group.members.filter((m) => memberIdentity(m) !== gone) }
    : { ...group, members: group.members.filter((m) => memberIdentity(m) !== gone) };
}

function memberIdentity(member: ObjectGroup['members'][number]): string {
  switch (member.kind) {
    case 'pattern':
      return `${member.pattern.address}/${member.pattern.wildcard}`;
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

function groupIsUsed(draft: Draft, name: string): boolean {
  for (const acl of draft.device.acls.values())
    for (const e of acl.entries) {
      if (e.kind !== 'ace') continue;
      const { protocol, source, destination, sourcePorts, destinationPorts } = e.match;
      if (protocol.kind === 'service-group' && protocol.name === name) return true;
      for (const part of [source, destination, sourcePorts, destinationPorts])
        if (part?.kind === 'group' && part.name === name) return true;
    }
  for (const group of draft.device.objectGroups.values())
    for (const member of group.members) if (member.kind === 'group' && member.name === name) return true;
  return false;
}

type LineMode = Extract<Mode, { kind: 'line' }>;

/** Makes the records between `first` and `last` exact: what they hold is split at the edges, gaps are filled. */
function enterLine(draft: Draft, mode: LineMode, span: TerminalLine['span']): Effect {
  const { lineKind: kind, first, last } = mode;
  if (draft.device.lines.has(lineKey({ kind, first, last }))) return NO_EFFECT;
  const lines = draft.table('lines');
  const overlapping = [...lines.values()].filter(
    (l) => l.kind === kind && l.last >= first && l.first <= last,
  );
  let next = first;
  const add = (line: TerminalLine): void => {
    lines.set(lineKey(line), line);
  };
  const fresh = (from: number, to: number): TerminalLine => ({
    kind,
    first: from,
    last: to,
    accessClassIn: null,
    accessClassOut: null,
    transportInput: null,
    span,
  });
  for (const line of overlapping.sort((a, b) => a.first - b.first)) {
    lines.delete(lineKey(line));
    if (line.first > next) add(fresh(next, line.first - 1));
    if (line.first < first) add({ ...line, last: first - 1 });
    add({ ...line, first: Math.max(first, line.first), last: Math.min(last, line.last) });
    if (line.last > last) add({ ...line, first: last + 1 });
    next = Math.min(last, line.last) + 1;
  }
  if (next <= last) add(fresh(next, last));
  return changed();
}

function changeLines(draft: Draft, change: (line: TerminalLine) => TerminalLine): Effect {
  const { mode } = draft.device;
  if (mode.kind !== 'line') return wrongMode('a statement of a terminal line');
  const lines = draft.table('lines');
  const exact = lines.get(lineKey({ kind: mode.lineKind, first: mode.first, last: mode.last }));
  const among = exact
    ? [exact]
    : [...lines.values()].filter(
        (l) => l.kind === mode.lineKind && l.first >= mode.first && l.last <= mode.last,
      );
  for (const line of among) lines.set(lineKey(line), change(line));
  return changed();
}

function changeGlobal(draft: Draft, change: GlobalChange, command: Command): Effect {
  const { device } = draft;
  const { settings } = device;
  switch (change.kind) {
    case 'hostname':
      device.hostname = change.hostname;
      return changed();
    case 'version':
      // The operator's word, which names the train, wins over the bare number that the device prints.
      if (device.version !== null) return NO_EFFECT;
      device.version = change.version;
      return changed();
    case 'ip-routing':
      device.settings = { ...settings, ipRouting: change.on };
      return changed();
    case 'ip-classless':
      device.settings = { ...settings, ipClassless: change.on };
      return changed();
    case 'default-gateway':
      device.settings = { ...settings, defaultGateway: change.address };
      return changed();
    case 'unreachable-interval':
      device.settings = { ...settings, unreachableIntervalMs: change.milliseconds };
      return changed();
    case 'tcp-intercept-list':
      device.settings = {
        ...settings,
        tcpIntercept:
          change.list === null ? null : { list: change.list, mode: device.interceptMode, span: command.span },
      };
      return changed();
    case 'tcp-intercept-mode':
      device.interceptMode = change.mode;
      if (settings.tcpIntercept)
        device.settings = { ...settings, tcpIntercept: { ...settings.tcpIntercept, mode: change.mode } };
      return changed();
    case 'http-server':
      device.settings = { ...settings, httpServer: change.on };
      return changed();
    case 'effect':
      device.settings = {
        ...settings,
        effects: withEffect(draft, settings.effects, change.effect, change.on),
      };
      return changed();
  }
}
