import { briefDeny } from './momentary.ts';
import { type HazardRule, hazard, placeName } from './step-view.ts';

export const EPHEMERAL_DENY: HazardRule = {
  kind: 'ephemeral-deny',
  severity: 'high',
  title: 'Packets are denied that both ends of the change permit',
  rationale: 'Traffic that the change does not mean to touch breaks until a later line lets it in again.',
  check: (view) =>
    view.changes.flatMap((change) => {
      const packet = briefDeny(change);
      return packet
        ? [
            hazard(
              view,
              'ephemeral-deny',
              'high',
              `from here on ${placeName(change.place)} denies packets that both the old and the final configuration permit`,
              packet,
            ),
          ]
        : [];
    }),
};
