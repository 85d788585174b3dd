import { joinPatterns } from '../headerspace/merge-boxes.ts';
import type { AddressMatch, PortMatch } from '../model/access-list.ts';
import {
  type AddressPattern,
  ANY_ADDRESS,
  hostPattern,
  patternCovers,
  prefixesOfRange,
} from '../model/address.ts';
import { ALL_PORTS, type Ranges, unionRanges } from '../model/ports.ts';
import { pushAll } from '../model/push-all.ts';
import type { NetworkGroupMember, ObjectGroup, ServiceGroupMember } from '../model/router-config.ts';

export type ObjectGroups = ReadonlyMap<string, ObjectGroup>;

/** What a part of a line surely is and at most may be; `reason` is null when the two are the same. */
export interface Bounds<T> {
  readonly must: readonly T[];
  readonly may: readonly T[];
  readonly reason: string | null;
}

const exactly = <T>(values: readonly T[]): Bounds<T> => ({ must: values, may: values, reason: null });

export function resolveAddress(match: AddressMatch, groups: ObjectGroups): Bounds<AddressPattern> {
  switch (match.kind) {
    case 'pattern':
      return exactly([match.pattern]);
    case 'hostname':
      return {
        must: [],
        may: [ANY_ADDRESS],
        reason: `the address of host name ${match.name} is not in the text`,
      };
    case 'group':
      return networkGroup(match.name, groups);
  }
}

const networkGroups = new WeakMap<ObjectGroups, Map<string, Bounds<AddressPattern>>>();

/** Lines by the hundred name the same group. */
function networkGroup(name: string, groups: ObjectGroups): Bounds<AddressPattern> {
  let known = networkGroups.get(groups);
  if (!known) {
    known = new Map();
    networkGroups.set(groups, known);
  }
  let bounds = known.get(name);
  if (!bounds) {
    bounds = resolveNetworkGroup(name, groups);
    known.set(name, bounds);
  }
  return bounds;
}

function resolveNetworkGroup(name: string, groups: ObjectGroups): Bounds<AddressPattern> {
  const known: AddressPattern[] = [];
  const reason = walkGroup<NetworkGroupMember>(name, 'network', groups, (member) => {
    if (member.kind === 'pattern')
      known.push(member.pattern.wildcard === 0 ? hostPattern(member.pattern.address) : member.pattern);
    else if (member.kind === 'range') pushAll(known, prefixesOfRange(member.first, member.last));
  });
  const patterns = fewest(known);
  return reason === null ? exactly(patterns) : { must: patterns, may: [ANY_ADDRESS], reason };
}

/** The same addresses in fewer patterns: a line with groups is the product of their members. */
function fewest(patterns: readonly AddressPattern[]): readonly AddressPattern[] {
  const joined = joinPatterns(patterns);
  // All are different by now, and hosts cover none but themselves.
  const wide = joined.filter(({ wildcard }) => wildcard !== 0);
  return joined.filter((p) => !wide.some((q) => q !== p && patternCovers(q, p)));
}

/** One way in which a service group lets a packet match. */
export interface Service {
  /** null: any protocol. */
  readonly protocols: number | readonly number[] | null;
  readonly sourcePorts: Ranges | null;
  readonly destinationPorts: Ranges | null;
  readonly icmp: { readonly type: number; readonly code: number | null } | null;
}

const ANY_SERVICE: Service = { protocols: null, sourcePorts: null, destinationPorts: null, icmp: null };

export function resolveServiceGroup(name: string, groups: ObjectGroups): Bounds<Service> {
  const known: Service[] = [];
  const reason = walkGroup<ServiceGroupMember>(name, 'service', groups, (member) => {
    if (member.kind === 'service') known.push(member);
  });
  const services = joinServices(known);
  return reason === null ? exactly(services) : { must: services, may: [ANY_SERVICE], reason };
}

/** What a condition on ports surely holds and at most may hold. */
export interface PortBounds {
  readonly must: Ranges;
  readonly may: Ranges;
  readonly reason: string | null;
}

/** The ports that a condition on one end names, looked up where it names a group (`portgroup G`). */
export function resolvePorts(match: PortMatch, groups: ObjectGroups): PortBounds {
  if (match.kind === 'ports') return { must: match.set, may: match.set, reason: null };
  let ports: Ranges = [];
  let odd: string | null = null;
  const reason = walkGroup<ServiceGroupMember>(match.name, 'service', groups, (member) => {
    if (member.kind !== 'service') return;
    const { destinationPorts, icmp, sourcePorts } = member;
    if (destinationPorts === null || icmp !== null || sourcePorts !== null)
      odd ??= `a member of port group ${match.name} is no condition on ports`;
    else ports = unionRanges(ports, destinationPorts);
  });
  const doubt = reason ?? odd;
  return { must: ports, may: doubt === null ? ports : ALL_PORTS, reason: doubt };
}

/** Members that differ in the destination ports alone, as most do, become one. */
function joinServices(services: readonly Service[]): readonly Service[] {
  const joined = new Map<string, Service>();
  for (const service of services) {
    const ports = service.destinationPorts;
    const key = JSON.stringify([service.protocols, service.sourcePorts, service.icmp, ports === null]);
    const like = joined.get(key);
    const both = ports && like?.destinationPorts ? unionRanges(like.destinationPorts, ports) : ports;
    joined.set(key, { ...service, destinationPorts: both });
  }
  return [...joined.values()];
}

type Member = NetworkGroupMember | ServiceGroupMember;

/**
 * Visits the readable members of a group and of the groups in it, each group once (IOS refuses cycles; hostile
 * text does not). Answers why the group is not wholly known, null when it is.
 */
function walkGroup<M extends Member>(
  name: string,
  kind: ObjectGroup['kind'],
  groups: ObjectGroups,
  visit: (member: M) => void,
): string | null {
  const seen = new Set([name]);
  const waiting = [name];
  let reason: string | null = null;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const group = groups.get(next);
    if (group === undefined || group.kind !== kind) {
      reason ??= `object-group ${kind} ${next} is not in the text`;
      continue;
    }
    for (const member of group.members as readonly M[]) {
      if (member.kind === 'group') {
        if (!seen.has(member.name)) {
          seen.add(member.name);
          waiting.push(member.name);
        }
      } else if (member.kind === 'unparsed')
        reason ??= `a member of object-group ${next} could not be read: ${member.reason}`;
      else visit(member);
    }
  }
  return reason;
}
