import { similarName } from '../checks/undefined-list.ts';
import { type HazardRule, hazard, type StepView } from './step-view.ts';

export const UNKNOWN_LIST: HazardRule = {
  kind: 'unknown-list',
  severity: 'critical',
  title: 'A binding to a list that does not exist',
  rationale: 'The device takes any name. A slip of one letter opens the interface to everything.',
  check(view) {
    return namedLists(view).flatMap((name) => {
      const { acls } = view.after.device;
      if (acls.has(name)) return [];
      const like = similarName(name, [...acls.keys()]);
      const later = view.final.device.acls.has(name);
      return [
        hazard(
          view,
          'unknown-list',
          'critical',
          `there is no list ${name}${later ? ' yet' : ''}: until there is one, everything passes${like === undefined ? '' : `; meant was perhaps ${like}`}`,
        ),
      ];
    });
  },
};

/** Lists that this command binds. */
function namedLists(view: StepView): readonly string[] {
  const { command, effect } = view.step;
  if (command === null || effect.kind !== 'changed') return [];
  if (command.kind === 'access-class') return command.acl === null ? [] : [command.acl];
  if (command.kind !== 'interface' || command.change.kind !== 'bind') return [];
  const { acl, common } = command.change.binding;
  return common === undefined ? [acl] : [common, acl];
}
