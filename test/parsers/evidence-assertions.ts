import type { Observation, TargetEvidence } from '../../src/model/evidence.ts';
import { formatRanges, rangesHave } from '../../src/model/ports.ts';

/** The observation that holds a port, or undefined. */
export const observed = (target: TargetEvidence | undefined, port: number): Observation | undefined =>
  target?.observations.find((o) => rangesHave(o.ports, port));

/** `state: ports`, one line per state, so that a whole target reads at a glance. */
export function summary(target: TargetEvidence | undefined): string[] {
  if (!target) return ['no target'];
  return target.observations.map((o) => `${o.state} ${o.reason}: ${formatRanges(o.ports)}`);
}
