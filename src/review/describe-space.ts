import type { OutlinedSpace } from '../acl/diff-spaces.ts';
import { type AddressSets, countOf, hullOf } from '../headerspace/address-sets.ts';
import {
  ALL_BYTES,
  ALL_FLAGS,
  ALL_SLOTS,
  type Box,
  boxAsksLayer4,
  boxHasPorts,
  boxIcmp,
  boxIsAnyProtocol,
  boxIsWholeTcp,
  boxProtocols,
  flagsMatching,
} from '../headerspace/box.ts';
import { writeProjected } from '../headerspace/packet-set.ts';
import { naturalPacket } from '../headerspace/witness.ts';
import { type AddressPattern, formatPattern } from '../model/address.ts';
import { ICMP, IGMP, TCP_FLAG_NAMES } from '../model/packet.ts';
import {
  countRanges,
  formatRanges,
  type Ranges,
  rangesHave,
  sameRanges,
  unionRanges,
  valuesOf,
} from '../model/ports.ts';
import type { ChangedSpace, MatchedPackets } from '../model/review.ts';

export type Place = Pick<ChangedSpace, 'interface' | 'direction' | 'before' | 'after'> & {
  readonly condition: string | null;
};

/** Those packets of a box that no earlier line of either list decides: one space, whatever it takes to say which. */
export function describeOutline({ box, witness, outline }: OutlinedSpace, place: Place): ChangedSpace {
  const earlier = `less what ${outline.earlier} earlier line${outline.earlier === 1 ? ' decides' : 's decide'}`;
  const parts = describeRunsOf(box, place);
  const { condition, ...only } = parts[0]!;
  const parted = parts.length === 1 ? {} : { tcpFlags: parts.map((part) => part.tcpFlags).join(' or ') };
  const protocols = onlyProtocol(box) === null ? { protocol: 'ip' as const, protocols: box.protocols } : {};
  return {
    ...only,
    ...(parts.length === 1 ? {} : onlyProtocol(box) === null ? protocols : parted),
    condition: condition === undefined ? earlier : `${condition}, ${earlier}`,
    packets: outline.packets.toString(),
    ...(outline.exact ? {} : { atLeast: true }),
    witness,
  };
}

const NOWHERE: Place = { interface: '', direction: 'in', before: null, after: null, condition: null };

/** What a line matches, in the words of a space. */
export const describeMatch = (box: Box): readonly MatchedPackets[] =>
  describeRunsOf(box, NOWHERE).map(
    ({ interface: _interface, direction, before, after, packets, witness, ...matched }) => matched,
  );

/** More spaces than this for one pair of deciding lines, and protocols and ICMP types are told in runs. */
const MOST_EXACT = 1000;

/**
 * Boxes in the words of the contract, which knows one protocol or all, one ICMP type, and flags as a list of
 * conditions: so one box may take several spaces, disjoint as before. "Everything but TCP" takes 255 of them; where
 * that would be done for hundreds of address ranges, `protocols` says it in one space each.
 */
export function describeBoxes(boxes: readonly Box[], place: Place): readonly ChangedSpace[] {
  const exact = describeExactly(boxes, place);
  const first: ChangedSpace[] = [];
  for (const space of exact) {
    first.push(space);
    if (first.length > MOST_EXACT) return describeInRuns(boxes, place);
  }
  return first;
}

/** The same with protocols and ICMP types told in runs: hardly more spaces than boxes. */
export const describeInRuns = (boxes: readonly Box[], place: Place): readonly ChangedSpace[] =>
  boxes.flatMap((box) => describeRunsOf(box, place));

/** How many spaces at least `describeBoxes` makes of the boxes. */
export function countDescribed(boxes: readonly Box[]): number {
  const exact = boxes.reduce((sum, box) => sum + (boxIsAnyProtocol(box) ? 1 : countRanges(box.protocols)), 0);
  return exact > MOST_EXACT ? boxes.length : exact;
}

function* describeExactly(boxes: readonly Box[], place: Place): Generator<ChangedSpace> {
  const icmp = new Map<string, Box[]>();
  for (const box of boxes)
    for (const { protocol, part } of singleProtocols(box)) {
      if (protocol === ICMP && limitsIcmp(part)) {
        const key = JSON.stringify({ ...part, l4a: null, l4b: null });
        const group = icmp.get(key);
        if (group) group.push(part);
        else icmp.set(key, [part]);
      } else
        for (const { tcpFlags, part: last } of flagParts(part))
          yield describePart(last, place, { protocol, icmp: null, tcpFlags });
    }
  for (const group of icmp.values())
    for (const { icmp: asked, part } of icmpParts(group))
      yield describePart(part, place, { protocol: ICMP, icmp: asked, tcpFlags: null });
}

function describeRunsOf(box: Box, place: Place): readonly ChangedSpace[] {
  const protocol = onlyProtocol(box);
  if (boxIsAnyProtocol(box))
    return [describePart(box, place, { protocol: 'ip', icmp: null, tcpFlags: null })];
  if (protocol !== null) {
    return flagParts(box).map(({ tcpFlags, part }) =>
      describePart(part, place, { protocol, icmp: null, tcpFlags }),
    );
  }
  // Ports and flags only ever limit protocols that carry them; those are few enough to be told one by one.
  if (boxAsksLayer4(box)) return singleProtocols(box).flatMap(({ part }) => describeRunsOf(part, place));
  return [
    {
      ...describePart(box, place, { protocol: 'ip', icmp: null, tcpFlags: null }),
      protocols: box.protocols,
    },
  ];
}

/**
 * Told in runs of protocols and sets of addresses: "from these thirty sources" is one space. So they are as few as
 * a reader can hope for, disjoint and complete as before.
 */
export const describeInSets = (all: readonly AddressSets[], place: Place): readonly ChangedSpace[] =>
  all.flatMap((sets) => describeRunsOf(sets.box, place).map((space) => withAddresses(space, sets)));

function withAddresses(space: ChangedSpace, { box, sources, destinations }: AddressSets): ChangedSpace {
  if (sources.length === 1 && destinations.length === 1) return space;
  const [from, to] = [addressesInWords(sources), addressesInWords(destinations)];
  const amongst = [...oneOf('source', sources), ...oneOf('destination', destinations)];
  const each = countOf([box.source]) * countOf([box.destination]);
  const packets = (BigInt(space.packets) / each) * from.count * to.count;
  return {
    ...space,
    source: formatPattern(from.hull),
    destination: formatPattern(to.hull),
    ...(sources.length === 1 ? {} : { sources: from.texts }),
    ...(destinations.length === 1 ? {} : { destinations: to.texts }),
    condition: [...amongst, ...(space.condition === undefined ? [] : [space.condition])].join(', '),
    packets: packets.toString(),
  };
}

/** What is told of a set of addresses. */
interface AddressesInWords {
  readonly hull: AddressPattern;
  readonly count: bigint;
  readonly texts: readonly string[];
}

const inWords = new WeakMap<readonly AddressPattern[], AddressesInWords>();

/** Lines by the thousand tell of the hosts of one group. */
function addressesInWords(patterns: readonly AddressPattern[]): AddressesInWords {
  let words = inWords.get(patterns);
  if (words === undefined) {
    words = { hull: hullOf(patterns), count: countOf(patterns), texts: patterns.map(formatPattern) };
    inWords.set(patterns, words);
  }
  return words;
}

const oneOf = (end: string, patterns: readonly AddressPattern[]): readonly string[] =>
  patterns.length === 1 ? [] : [`${end} one of ${patterns.length}`];

function onlyProtocol({ protocols }: Box): number | null {
  const [first] = protocols as readonly [Ranges[number]];
  return protocols.length === 1 && first[0] === first[1] ? first[0] : null;
}

function describePart(
  box: Box,
  place: Place,
  kind: Pick<ChangedSpace, 'protocol' | 'icmp' | 'tcpFlags'>,
): ChangedSpace {
  const { condition } = place;
  const ports = kind.protocol !== 'ip' && boxHasPorts(box);
  const limits = [...otherLimits(box, kind.icmp !== null), ...(condition === null ? [] : [condition])];
  // Told field by field: of thousands of spaces, spreading takes longer than all else.
  const space: ChangedSpace = {
    interface: place.interface,
    direction: place.direction,
    before: place.before,
    after: place.after,
    protocol: kind.protocol,
    icmp: kind.icmp,
    tcpFlags: kind.tcpFlags,
    source: formatPattern(box.source),
    destination: formatPattern(box.destination),
    sourcePorts: ports ? box.l4a : null,
    destinationPorts: ports ? box.l4b : null,
    packets: writeProjected(box),
    witness: naturalPacket(box),
  };
  return limits.length === 0 ? space : { ...space, condition: limits.join(', ') };
}

function singleProtocols(box: Box): readonly { protocol: number | 'ip'; part: Box }[] {
  if (boxIsAnyProtocol(box)) return [{ protocol: 'ip', part: box }];
  const only = onlyProtocol(box);
  if (only !== null) return [{ protocol: only, part: box }];
  return boxProtocols(box).map((protocol) => ({
    protocol,
    part: { ...box, protocols: [[protocol, protocol]] },
  }));
}

const isAllBytes = (set: Ranges): boolean => sameRanges(set, ALL_BYTES);

const limitsIcmp = (box: Box): boolean => {
  const asked = boxIcmp(box);
  return asked !== null && !(isAllBytes(asked.types) && isAllBytes(asked.codes));
};

const slot = (value: number): Ranges => [[value * 256, value * 256 + 255]];

/** Type by type: boxes alike in all else, whose codes of one type join before they are told one by one. */
function icmpParts(boxes: readonly Box[]): readonly { icmp: ChangedSpace['icmp']; part: Box }[] {
  const codes = new Map<number, Ranges>();
  for (const box of boxes) {
    const asked = boxIcmp(box)!;
    for (const type of valuesOf(asked.types))
      codes.set(type, unionRanges(codes.get(type) ?? [], asked.codes));
  }
  const any = { ...boxes[0]!, l4b: ALL_SLOTS };
  if (codes.size === 256 && [...codes.values()].every(isAllBytes))
    return [{ icmp: null, part: { ...any, l4a: ALL_SLOTS } }];
  return [...codes].flatMap(([type, set]): { icmp: ChangedSpace['icmp']; part: Box }[] => {
    const part = { ...any, l4a: slot(type) };
    if (isAllBytes(set)) return [{ icmp: { type, code: null }, part }];
    return valuesOf(set).map((code) => ({ icmp: { type, code }, part: { ...part, l4b: slot(code) } }));
  });
}

const ESTABLISHED = flagsMatching({ kind: 'established' });

function flagParts(box: Box): readonly { tcpFlags: string | null; part: Box }[] {
  if (!boxIsWholeTcp(box) || sameRanges(box.tcpFlags, ALL_FLAGS)) return [{ tcpFlags: null, part: box }];
  if (sameRanges(box.tcpFlags, ESTABLISHED)) return [{ tcpFlags: 'established', part: box }];
  return flagCubes(box.tcpFlags).map((cube) => ({
    tcpFlags: describeCube(cube),
    part: {
      ...box,
      tcpFlags: flagsMatching({ kind: 'all', set: cube.set, clear: cube.clear, explicit: true }),
    },
  }));
}

interface FlagCube {
  readonly set: number;
  readonly clear: number;
}

/** Flags worth asking first: a reader thinks of SYN and ACK before URG. */
const FLAGS_BY_WEIGHT = [16, 4, 2, 1, 8, 32];

/** Disjoint conjunctions that together are the combinations: split by the flag that leaves the fewest parts. */
function flagCubes(combinations: Ranges, set = 0, clear = 0): readonly FlagCube[] {
  const inside: number[] = [];
  let wanted = 0;
  for (let flags = 0; flags < 64; flags++) {
    if ((flags & set) !== set || (flags & clear) !== 0) continue;
    inside.push(flags);
    if (rangesHave(combinations, flags)) wanted++;
  }
  if (wanted === 0) return [];
  if (wanted === inside.length) return [{ set, clear }];
  let best: readonly FlagCube[] | null = null;
  for (const bit of FLAGS_BY_WEIGHT) {
    if (((set | clear) & bit) !== 0 || !matters(combinations, inside, bit)) continue;
    const parts = [
      ...flagCubes(combinations, set | bit, clear),
      ...flagCubes(combinations, set, clear | bit),
    ];
    if (best === null || parts.length < best.length) best = parts;
    if (best.length === 1) break;
  }
  return best ?? [];
}

const matters = (combinations: Ranges, inside: readonly number[], bit: number): boolean =>
  inside.some((flags) => rangesHave(combinations, flags) !== rangesHave(combinations, flags ^ bit));

/** `syn,!ack`: what must be set, then what must be clear. */
const describeCube = (cube: FlagCube): string =>
  [
    ...TCP_FLAG_NAMES.filter(([, bit]) => (cube.set & bit) !== 0).map(([name]) => name),
    ...TCP_FLAG_NAMES.filter(([, bit]) => (cube.clear & bit) !== 0).map(([name]) => `!${name}`),
  ].join(',');

function otherLimits(box: Box, told: boolean): readonly string[] {
  const limits: string[] = [];
  if (!isAllBytes(box.tos)) limits.push(`tos octet ${formatRanges(box.tos)}`);
  if (!isAllBytes(box.ttl)) limits.push(`ttl ${formatRanges(box.ttl)}`);
  const icmp = boxIcmp(box);
  if (icmp && !told) {
    if (!isAllBytes(icmp.types)) limits.push(`icmp type ${formatRanges(icmp.types)}`);
    if (!isAllBytes(icmp.codes)) limits.push(`icmp code ${formatRanges(icmp.codes)}`);
  }
  const igmp = box.protocols.length === 1 && box.protocols[0]![0] === IGMP && box.protocols[0]![1] === IGMP;
  if (igmp && !sameRanges(box.l4a, [[0, 65535]]))
    limits.push(`igmp type ${formatRanges(box.l4a.map(([lo, hi]) => [lo >>> 12, hi >>> 12]))}`);
  return limits;
}
