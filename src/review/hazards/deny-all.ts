import { boundToNothing } from './device-state.ts';
import { deniedButFinallyPermitted } from './momentary.ts';
import { type HazardRule, hazard, placeName } from './step-view.ts';

export const DENY_ALL_HAZARD: HazardRule = {
  kind: 'deny-all',
  severity: 'critical',
  title: 'The first line of a rebuilt list denies the rest',
  rationale:
    'With its first entry a bound list gets its implicit deny: everything that the lines still to come would permit is cut, the session that types them included.',
  check: (view) =>
    view.changes.flatMap((change) => {
      if (change.after.closed || !boundToNothing(change.before)) return [];
      if (change.before.acl !== change.after.acl || boundToNothing(change.after)) return [];
      const packet = deniedButFinallyPermitted(change);
      if (!packet) return [];
      return [
        hazard(
          view,
          'deny-all',
          'critical',
          `with this first entry list ${change.after.acl} denies at ${placeName(change.place)} all that its other lines are yet to permit`,
          packet,
        ),
      ];
    }),
};
