import { boundToNothing, placesTouched } from './device-state.ts';
import { type HazardRule, hazard, placeName } from './step-view.ts';

export const PERMIT_ALL_HAZARD: HazardRule = {
  kind: 'permit-all',
  severity: 'critical',
  title: 'A bound list is gone or empty',
  rationale:
    'The binding stays and names a list that filters nothing: from this command on every packet passes, until the list holds an entry again.',
  check: (view) =>
    placesTouched(view.before, view.after).flatMap((place) => {
      const before = view.before.at(place);
      const after = view.after.at(place);
      if (!boundToNothing(after) || (boundToNothing(before) && before.acl === after.acl)) return [];
      const what = after.list === null ? 'does not exist' : 'has no entry';
      const logins = place.name.startsWith('line ');
      return [
        hazard(
          view,
          'permit-all',
          'critical',
          `list ${after.acl} ${what} while ${placeName(place)} is bound to it: ${logins ? 'every source may log in' : 'every packet passes there'}`,
        ),
      ];
    }),
};
