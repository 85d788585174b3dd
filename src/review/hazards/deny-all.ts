import { boundToNothing } from './device-state.ts';
import { deniedButFinallyPermitted, deniedButOncePermitted, type PlaceChange } from './momentary.ts';
import { type HazardRule, hazard, placeName, type StepView } from './step-view.ts';

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
      const first = `with this first entry list ${change.after.acl} denies at ${placeName(change.place)} all`;
      const awaited = deniedButFinallyPermitted(change);
      if (awaited)
        return [
          hazard(view, 'deny-all', 'critical', `${first} that its other lines are yet to permit`, awaited),
        ];
      // A list of one line that was meant denies what it means to deny.
      const lost = isLostBySlip(view, change) ? deniedButOncePermitted(change) : null;
      return lost
        ? [hazard(view, 'deny-all', 'critical', `${first} that the deleted lines permitted`, lost)]
        : [];
    }),
};

const isLostBySlip = ({ slipped }: StepView, { after, old }: PlaceChange): boolean =>
  after.acl !== null && slipped.has(after.acl) && old.acl === after.acl;
