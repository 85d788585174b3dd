import type { ScreenEvent } from '../../../reports/screen/screen-events.ts';
import type { ScanEvent } from '../../../scans/engine.ts';
import type { Plan, PlanTarget } from '../../model/plan.ts';
import { rangesOf } from '../../model/ports.ts';

/** What an event of a scan means on the screen. Engines number the plan's targets; the screen names them. */
export function toScreenEvent(plan: Plan, event: ScanEvent): ScreenEvent | null {
  const { vantage } = plan;
  const flow = (t: PlanTarget) => ({ vantage, target: t.name, protocol: t.protocol });
  const target = 'target' in event ? plan.targets[event.target] : undefined;
  switch (event.kind) {
    case 'results': {
      if (!target) return null;
      const { state, reason, icmp } = event.answer;
      const ports = rangesOf(event.ports);
      return { kind: 'observation', ...flow(target), ports, state, reason, icmp, at: event.at };
    }
    case 'withdrawn':
      return target
        ? {
            kind: 'withdrawn',
            ...flow(target),
            ports: rangesOf(event.ports),
            why: event.why,
          }
        : null;
    case 'canary': {
      if (!target) return null;
      const { port, canary, sent, answered, sentAt } = event;
      return { kind: 'canary', vantage, target: target.name, port, canary, sent, answered, at: sentAt };
    }
    case 'progress': {
      const { done, total, perSecond, left } = event;
      return { kind: 'progress', vantage, done, total, perSecond, left };
    }
    case 'stopped':
      return { kind: 'note', vantage, text: `${target?.name ?? 'a target'} is given up: ${event.reason}` };
    case 'note':
      return { kind: 'note', vantage, text: event.text };
  }
}
