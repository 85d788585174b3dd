import type { Observation, TargetEvidence } from '../../src/model/evidence.ts';
import { formatRanges, type PortSet, rangesHave, unionRanges } from '../../src/model/ports.ts';

/** The observation that holds a port, or undefined. */
export const observed = (target: TargetEvidence | undefined, port: number): Observation | undefined =>
  target?.observations.find((o) => rangesHave(o.ports, port));

/** `state: ports`, one line per state, so that a whole target reads at a glance. */
export function summary(target: TargetEvidence | undefined): string[] {
  if (!target) return ['no target'];
  return target.observations.map((o) => `${o.state} ${o.reason}: ${formatRanges(o.ports)}`);
}

/** As `summary`, sorted, ports that differ only in how often they were asked or in TTL joined. */
export function statesOf(target: TargetEvidence | undefined): string[] {
  const joined = new Map<string, PortSet>();
  for (const o of target?.observations ?? []) {
    const icmp = o.icmp ? ` ${o.icmp.type}/${o.icmp.code}` : '';
    const key = `${o.state} ${o.reason}${icmp}`;
    joined.set(key, unionRanges(joined.get(key) ?? [], o.ports));
  }
  return [...joined].map(([key, ports]) => `${key}: ${formatRanges(ports)}`).sort();
}
