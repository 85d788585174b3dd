import { hazard, type HazardRule } from './step-view.ts';

export const REJECTED_COMMAND: HazardRule = {
  kind: 'rejected-command',
  severity: 'high',
  title: 'The device refuses a line and goes on',
  rationale:
    'The lines after it run all the same, perhaps in another mode than their author thinks, on a list that lacks a line.',
  check(view) {
    const { effect } = view.step;
    if (effect.kind !== 'rejected') return [];
    return [
      hazard(
        view,
        'rejected-command',
        'high',
        `the device refuses this: ${effect.message}; the lines after it run nevertheless`,
      ),
    ];
  },
};
