import type { Plan } from '../model/plan.ts';

export interface ProbeCount {
  readonly probes: number;
  /** Seconds at the plan's pace, without retries of silent ports beyond the second. */
  readonly seconds: number;
}

/** What carrying out a plan costs: two probes a port, at the plan's pace. */
export function estimateCost(plan: Plan): ProbeCount {
  const perTarget = plan.targets.map((t) => t.ports.reduce((n, [lo, hi]) => n + hi - lo + 1, 0) * 2);
  const probes = perTarget.reduce((a, b) => a + b, 0);
  const slowest = Math.max(0, ...perTarget.map((n) => n / plan.pace.perHost), probes / plan.pace.total);
  return { probes, seconds: Math.ceil(slowest) };
}
