import { matchingEntries } from '../../model/access-list.ts';
import type { CommandOf } from '../../model/command.ts';
import type { SimulatedStep } from '../../router/simulate.ts';
import { type HazardRule, hazard, placeName } from './step-view.ts';

type Slip = SimulatedStep & { readonly command: CommandOf<'delete-list'> };

/** Whether a command deleted a list although its line went on as if it named one entry. */
export const deletesBySlip = (step: SimulatedStep): step is Slip =>
  step.command?.kind === 'delete-list' && step.command.meantForOneLine && step.effect.kind === 'changed';

export const LIST_DELETED: HazardRule = {
  kind: 'list-deleted',
  severity: 'critical',
  title: 'A command meant for one line deletes the whole list',
  rationale:
    'After `no access-list N` IOS ignores the rest of the line: single entries of a numbered list cannot be removed that way.',
  check(view) {
    if (!deletesBySlip(view.step)) return [];
    const { command } = view.step;
    const list = view.before.list(command.list);
    if (!list) return [];
    const bound = view.before.places().filter((p) => view.before.at(p).acl === command.list);
    const lines = matchingEntries(list.acl).length;
    return [
      hazard(
        view,
        'list-deleted',
        bound.length > 0 ? 'critical' : 'high',
        `this removes the whole of list ${command.list}, ${lines} ${lines === 1 ? 'entry' : 'entries'}, not one entry${
          bound.length > 0 ? `; it is bound at ${bound.map(placeName).join(', ')}` : ''
        }`,
      ),
    ];
  },
};
