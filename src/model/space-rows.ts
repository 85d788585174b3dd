import { ALL_PORTS, type PortSet, type Ranges, sameRanges, unionRanges } from './ports.ts';
import type { ChangedSpace } from './review.ts';

/** Spaces that differ only in their protocol, or only in their ICMP type, as one row for a reader. */
export interface SpaceRow {
  /** The first of them: what all have in common is read from it. */
  readonly space: ChangedSpace;
  /** How many spaces the row stands for. */
  readonly spaces: number;
  /** All protocols of the row; null: `space.protocol` says it. */
  readonly protocols: Ranges | null;
  /** All ICMP types of the row, any code; null: `space.icmp` says it. */
  readonly icmpTypes: Ranges | null;
  /** Decimal, summed. */
  readonly packets: string;
}

/**
 * The contract gives a space one protocol and one ICMP type, so "everything but TCP" is 255 of them. A reader is
 * served by one row; order is that of each row's first space.
 */
export function joinSpaces(spaces: readonly ChangedSpace[]): readonly SpaceRow[] {
  const rows = new Map<string, ChangedSpace[]>();
  for (const space of spaces) {
    const { witness: _, packets: __, ...rest } = space;
    const anyPort = isAny(space.sourcePorts) && isAny(space.destinationPorts);
    const plain = anyPort && space.tcpFlags === null;
    const key = JSON.stringify({
      ...rest,
      ...(plain ? { sourcePorts: null, destinationPorts: null } : {}),
      protocol: plain && space.icmp === null && space.protocol !== 'ip' ? 'one' : space.protocol,
      icmp: space.icmp === null ? null : space.icmp.code === null ? 'type' : space.icmp,
    });
    const row = rows.get(key);
    if (row) row.push(space);
    else rows.set(key, [space]);
  }
  return [...rows.values()].map((row) => {
    const space = row[0]!;
    const one = row.length === 1;
    return {
      space,
      spaces: row.length,
      protocols: space.protocols ?? (one || space.icmp !== null ? null : runs(row.map((s) => s.protocol))),
      icmpTypes: one || space.icmp === null ? null : runs(row.map((s) => s.icmp!.type)),
      packets: row.reduce((sum, s) => sum + BigInt(s.packets), 0n).toString(),
    };
  });
}

const isAny = (ports: PortSet | null): boolean => ports === null || sameRanges(ports, ALL_PORTS);

const runs = (values: readonly (number | 'ip')[]): Ranges =>
  values.reduce<Ranges>((all, v) => (v === 'ip' ? all : unionRanges(all, [[v, v]])), []);
