import type { ScanControls } from '../../../reports/screen/live-view.ts';
import type { ScreenEvent } from '../../../reports/screen/screen-events.ts';
import type { PaceControl } from '../../../scans/pace/pace-control.ts';
import type { Plan } from '../../model/plan.ts';

const SLOWEST = 1 / 32;

/** Keys that change a running scan's pace: halves of the plan's pace downwards, and never above it. */
export function steerPace(
  plan: Plan,
  pace: PaceControl,
  emit: (event: ScreenEvent) => void,
): Omit<ScanControls, 'stop'> {
  const { vantage } = plan;
  let share = 1;
  let paused = false;
  const apply = (): void => pace.setShare(paused ? 0 : share);
  const step = (next: number): void => {
    share = Math.min(1, Math.max(SLOWEST, next));
    apply();
    const rate = Math.round(plan.pace.perHost * share * 10) / 10;
    const text =
      share === 1
        ? `at the plan's pace, ${rate} probes a second per host: the most that it allows`
        : `slowed down to 1/${Math.round(1 / share)} of the plan's pace, ${rate} probes a second per host`;
    emit({ kind: 'note', vantage, text });
  };
  return {
    pause: () => {
      paused = true;
      apply();
      emit({ kind: 'state', vantage, state: 'paused', reason: 'nothing is sent' });
    },
    resume: () => {
      paused = false;
      apply();
      emit({ kind: 'state', vantage, state: 'running', reason: null });
    },
    slower: () => step(share / 2),
    faster: () => step(share * 2),
  };
}
