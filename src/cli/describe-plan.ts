import { estimateCost } from '../exposure/plan-cost.ts';
import type { Plan } from '../model/plan.ts';
import { countRanges, formatRanges } from '../model/ports.ts';
import { formatSeconds } from './progress.ts';

/** What a plan will send, at what pace and for how long. */
export function describePlan(made: Plan): string {
  const { probes, seconds } = estimateCost(made);
  const lines = made.targets.map(
    (t) =>
      `  ${t.name} (${t.address}) ${t.protocol}: ${countRanges(t.ports)} ports${countRanges(t.ports) <= 40 ? ` (${formatRanges(t.ports)})` : ''}, canary ${t.canary ?? 'none'}`,
  );
  return [
    `plan for ${made.vantage} (${made.vantageAddress}) of site ${made.site}:`,
    ...lines,
    `  about ${probes} probes at ${made.pace.perHost}/s per host and ${made.pace.total}/s in all: ${formatSeconds(seconds)}`,
    '',
  ].join('\n');
}
