import type { Hazard } from '../../model/review.ts';
import { type HazardRule, hazard } from './step-view.ts';

export const REJECTED_COMMAND: HazardRule = {
  kind: 'rejected-command',
  severity: 'high',
  title: 'The device refuses a line and goes on',
  rationale:
    'The lines after it run all the same, perhaps in another mode than their author thinks, on a list that lacks a line.',
  check(view) {
    const { effect, diagnostics } = view.step;
    const said = (who: string, why: string): readonly Hazard[] => [
      hazard(view, 'rejected-command', 'high', `${who} this: ${why}; the lines after it run nevertheless`),
    ];
    if (effect.kind === 'rejected' && effect.reason === 'not-typed')
      return [
        hazard(view, 'rejected-command', 'high', `this line never reaches the device: ${effect.message}`),
      ];
    if (effect.kind === 'rejected' && effect.reason === 'unfinished')
      return [
        hazard(
          view,
          'rejected-command',
          'high',
          `this command is not complete: ${effect.message}, and none runs`,
        ),
      ];
    if (effect.kind === 'rejected') return said('the device refuses', effect.message);
    // Which versions swap the ends and which refuse them is not known.
    const reversed = diagnostics.find((d) => d.code === 'reversed-range');
    return reversed ? said('some IOS versions refuse', reversed.message) : [];
  },
};
