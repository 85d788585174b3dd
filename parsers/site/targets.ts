import { formatIpv4, type Ipv4, parseIpv4, patternContains, toIpv4 } from '../../src/model/address.ts';
import type { Segment, Site, Target } from '../../src/model/site.ts';
import { segmentOf } from './places.ts';
import type { RawSite, RawTarget } from './schema.ts';
import type { SiteValues } from './site-values.ts';
import { groupAddresses, MOST_HOSTS } from './target-group.ts';

type Segments = ReadonlyMap<string, Segment>;

/** Single hosts, and the members of those targets that stand for several. */
export function readTargets(
  values: SiteValues,
  raw: RawSite['targets'],
  segments: Segments,
): Pick<Site, 'targets' | 'groups'> {
  const groups = new Map<string, readonly Target[]>();
  let room = MOST_HOSTS;
  const all = Object.entries(raw).flatMap(([name, one]) => {
    checkShape(values, name, one);
    const { addresses } = one;
    if (addresses === undefined || one.address !== undefined) return [readHost(values, name, one, segments)];
    const make = targetMaker(values, name, one, segments);
    const stated = one.segment === undefined ? undefined : segments.get(one.segment);
    const members = groupAddresses(values, name, { ...one, addresses }, stated, room).map((a) =>
      make(`${name}/${formatIpv4(a)}`, name, toIpv4(a)),
    );
    room -= members.length;
    groups.set(name, members);
    return members;
  });
  refuseTakenNames(values, raw, groups);
  refuseOverlaps(values, all);
  return { targets: new Map(all.map((t) => [t.name, t])), groups };
}

function checkShape(values: SiteValues, name: string, raw: RawTarget): void {
  const refuse = (key: string | null, message: string, mend: string): void =>
    values.error(key === null ? ['targets', name] : ['targets', name, key], true, message, mend);
  if (raw.address === undefined && raw.addresses === undefined)
    refuse(null, `target "${name}" has no address`, 'add address: for one host, or addresses: for several');
  if (raw.address !== undefined && raw.addresses !== undefined)
    refuse(
      'addresses',
      `target "${name}" has both address and addresses`,
      'keep address for one host, or addresses for several',
    );
  if (raw.except !== undefined && raw.addresses === undefined)
    refuse('except', `target "${name}" has nothing to leave out of`, 'except belongs to addresses');
  if (raw.addresses !== undefined && raw.aliases.length > 0)
    refuse(
      'aliases',
      `"${name}" stands for several hosts: which of them its aliases mean is ambiguous`,
      `make that host a target of its own, with its aliases, and leave its address out of "${name}" with except`,
    );
}

function readHost(values: SiteValues, name: string, raw: RawTarget, segments: Segments): Target {
  const path = ['targets', name, 'address'];
  const address = raw.address === undefined ? toIpv4(0) : values.ipv4(raw.address, path);
  const stated = raw.segment === undefined ? undefined : segments.get(raw.segment);
  if (stated && raw.address !== undefined && !patternContains(stated.network, address))
    values.error(
      path,
      false,
      `${raw.address} is not in segment "${stated.name}"`,
      'correct the address or the segment',
    );
  return targetMaker(values, name, raw, segments)(name, null, address);
}

/** All that the entry says besides the address, read once however many hosts it stands for. */
function targetMaker(
  values: SiteValues,
  entry: string,
  raw: RawTarget,
  segments: Segments,
): (name: string, group: string | null, address: Ipv4) => Target {
  if (raw.segment !== undefined && !segments.has(raw.segment))
    values.unknown(['targets', entry, 'segment'], 'segment', raw.segment, segments.keys());
  const shared = {
    aliases: raw.aliases,
    listeners: values.ports(raw.listeners, ['targets', entry, 'listeners']),
    defences: raw.defences,
    span: values.pos.of(['targets', entry], true),
  };
  return (name, group, address) => ({
    name,
    group,
    address,
    segment: raw.segment ?? segmentOf(segments, address)?.name ?? null,
    ...shared,
  });
}

/** A rule that names `office/192.0.2.17` must mean one host. */
function refuseTakenNames(values: SiteValues, raw: RawSite['targets'], groups: Site['groups']): void {
  for (const member of [...groups.values()].flat())
    if (Object.hasOwn(raw, member.name))
      values.error(
        ['targets', member.name],
        true,
        `"${member.name}" is also the name of a member of "${member.group}"`,
        'give this target another name',
      );
}

/** Every address by which evidence may mean a group's member must mean it alone. */
function refuseOverlaps(values: SiteValues, targets: readonly Target[]): void {
  const owners = new Map<number, Target>();
  const told = new Set<string>();
  for (const target of targets) {
    const aliases = target.aliases.flatMap((alias) => parseIpv4(alias) ?? []);
    for (const address of [target.address, ...aliases]) {
      const owner = owners.get(address) ?? target;
      owners.set(address, owner);
      const pair = [owner, target].map((t) => t.group ?? t.name);
      const [first, second] = pair;
      if (owner === target || (owner.group ?? target.group) === null || told.has(pair.join('\n'))) continue;
      told.add(pair.join('\n'));
      const group = target.group ?? owner.group;
      values.error(
        ['targets', second!, target.group === null ? 'address' : 'addresses'],
        false,
        `${formatIpv4(address)} belongs to "${first}" and to "${second}"`,
        `keep it in one of them: add except: [${formatIpv4(address)}] to "${group}"`,
      );
    }
  }
}
