import {
  ALL_BYTES,
  ALL_FLAGS,
  type Box,
  boxHasPorts,
  boxIcmp,
  boxIsAnyProtocol,
  boxIsWholeTcp,
  boxProtocols,
  flagsMatching,
} from '../headerspace/box.ts';
import { countProjected } from '../headerspace/packet-set.ts';
import { naturalPacket } from '../headerspace/witness.ts';
import { formatPattern } from '../model/address.ts';
import { IGMP, TCP_FLAG_NAMES } from '../model/packet.ts';
import { formatRanges, type Ranges, rangesHave, sameRanges } from '../model/ports.ts';
import type { ChangedSpace } from '../model/review.ts';

type Place = Pick<ChangedSpace, 'interface' | 'direction' | 'before' | 'after'> & {
  readonly condition: string | null;
};

/**
 * A box in the words of the contract, which knows one protocol or all, one ICMP type, and flags as a list of
 * conditions: so one box may take several spaces, disjoint as before.
 */
export function describeBox(box: Box, place: Place): readonly ChangedSpace[] {
  const { condition, ...where } = place;
  return singleProtocols(box).flatMap(({ protocol, part }) =>
    icmpParts(part).flatMap(({ icmp, part: narrowed }) =>
      flagParts(narrowed).map(({ tcpFlags, part: last }): ChangedSpace => {
        const ports = protocol !== 'ip' && boxHasPorts(last);
        const limits = [...otherLimits(last), ...(condition === null ? [] : [condition])];
        return {
          ...where,
          protocol,
          source: formatPattern(last.source),
          destination: formatPattern(last.destination),
          sourcePorts: ports ? last.l4a : null,
          destinationPorts: ports ? last.l4b : null,
          tcpFlags,
          icmp,
          ...(limits.length === 0 ? {} : { condition: limits.join(', ') }),
          packets: countProjected(last).toString(),
          witness: naturalPacket(last),
        };
      }),
    ),
  );
}

function singleProtocols(box: Box): readonly { protocol: number | 'ip'; part: Box }[] {
  if (boxIsAnyProtocol(box)) return [{ protocol: 'ip', part: box }];
  return boxProtocols(box).map((protocol) => ({
    protocol,
    part: { ...box, protocols: [[protocol, protocol]] },
  }));
}

const isAllBytes = (set: Ranges): boolean => sameRanges(set, ALL_BYTES);

function icmpParts(box: Box): readonly { icmp: ChangedSpace['icmp']; part: Box }[] {
  const asked = boxIcmp(box);
  if (asked === null || (isAllBytes(asked.types) && isAllBytes(asked.codes)))
    return [{ icmp: null, part: box }];
  const slot = (value: number): Ranges => [[value * 256, value * 256 + 255]];
  return values(asked.types).flatMap((type): { icmp: ChangedSpace['icmp']; part: Box }[] => {
    const part = { ...box, l4a: slot(type) };
    if (isAllBytes(asked.codes)) return [{ icmp: { type, code: null }, part }];
    return values(asked.codes).map((code) => ({ icmp: { type, code }, part: { ...part, l4b: slot(code) } }));
  });
}

const values = (set: Ranges): number[] =>
  set.flatMap(([lo, hi]) => Array.from({ length: hi - lo + 1 }, (_, i) => lo + i));

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

function otherLimits(box: Box): readonly string[] {
  const limits: string[] = [];
  if (!isAllBytes(box.tos)) limits.push(`tos octet ${formatRanges(box.tos)}`);
  if (!isAllBytes(box.ttl)) limits.push(`ttl ${formatRanges(box.ttl)}`);
  const igmp = box.protocols.length === 1 && box.protocols[0]![0] === IGMP && box.protocols[0]![1] === IGMP;
  if (igmp && !sameRanges(box.l4a, [[0, 65535]]))
    limits.push(`igmp type ${formatRanges(box.l4a.map(([lo, hi]) => [lo >>> 12, hi >>> 12]))}`);
  return limits;
}
