import { briefPermit } from './momentary.ts';
import { type HazardRule, hazard, placeName } from './step-view.ts';

export const EPHEMERAL_PERMIT: HazardRule = {
  kind: 'ephemeral-permit',
  severity: 'high',
  title: 'Packets pass that neither end of the change permits',
  rationale: 'Every line acts at once. Between two of them stands a filter that nobody wrote.',
  check: (view) =>
    view.changes.flatMap((change) => {
      const packet = briefPermit(change);
      return packet
        ? [
            hazard(
              view,
              'ephemeral-permit',
              'high',
              `from here on ${placeName(change.place)} permits packets that neither the old nor the final configuration permits`,
              packet,
            ),
          ]
        : [];
    }),
};
