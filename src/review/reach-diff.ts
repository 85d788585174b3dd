import type { IntendedFlow } from '../model/exposure.ts';
import { intersectRanges, type PortSet, subtractRanges, unionRanges } from '../model/ports.ts';
import type { ChangedReach } from '../model/review.ts';

/** What makes flows of two configurations the same. */
export const flowKey = (flow: IntendedFlow): string => `${flow.vantage}\n${flow.target}\n${flow.protocol}`;

/** Ports gained and lost per vantage, target and protocol; flows that fare as before are left out. */
export function diffReach(
  before: readonly IntendedFlow[],
  after: readonly IntendedFlow[],
): readonly ChangedReach[] {
  const old = new Map(before.map((flow) => [flowKey(flow), flow]));
  return after.flatMap((flow): readonly ChangedReach[] => {
    const was = old.get(flowKey(flow));
    if (!was) return [];
    const stays = intersectRanges(flow.reachable, was.reachable);
    const undetermined = unionRanges(
      apart(flow.undetermined, was.undetermined),
      intersectRanges(stays, apart(flow.strays, was.strays)),
    );
    const gained = intersectRanges(flow.reachable, was.blocked);
    const lost = intersectRanges(flow.blocked, was.reachable);
    const partial = diffPartial(was, flow, unionRanges(gained, lost));
    if (gained.length + lost.length + undetermined.length + partial.length === 0) return [];
    const { vantage, target, protocol } = flow;
    return [{ vantage, target, protocol, gained, lost, undetermined, partial }];
  });
}

const apart = (a: PortSet, b: PortSet): PortSet => unionRanges(subtractRanges(a, b), subtractRanges(b, a));

/** What parts of the vantage's sources gain or lose beside the address that probes. */
function diffPartial(before: IntendedFlow, after: IntendedFlow, told: PortSet): ChangedReach['partial'] {
  const bySource = (flow: IntendedFlow): ReadonlyMap<string, PortSet> => {
    const ports = new Map<string, PortSet>();
    for (const part of flow.partial)
      for (const source of part.sources) ports.set(source, unionRanges(ports.get(source) ?? [], part.ports));
    return ports;
  };
  const was = bySource(before);
  const is = bySource(after);
  const rows = new Map<string, { sources: string[]; gained: PortSet; lost: PortSet }>();
  for (const source of new Set([...was.keys(), ...is.keys()])) {
    const old = was.get(source) ?? [];
    const now = is.get(source) ?? [];
    const gained = subtractRanges(subtractRanges(subtractRanges(now, old), told), after.reachable);
    const lost = subtractRanges(subtractRanges(subtractRanges(old, now), told), after.reachable);
    if (gained.length + lost.length === 0) continue;
    const key = `${JSON.stringify(gained)} ${JSON.stringify(lost)}`;
    const row = rows.get(key);
    if (row) row.sources.push(source);
    else rows.set(key, { sources: [source], gained, lost });
  }
  return [...rows.values()];
}
