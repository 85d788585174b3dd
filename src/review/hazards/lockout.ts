import { formatIpv4 } from '../../model/address.ts';
import { type CutView, type HazardRule, hazard } from './step-view.ts';

export const LOCKOUT: HazardRule<CutView> = {
  kind: 'lockout',
  severity: 'critical',
  title: "The operator's own session is cut",
  rationale:
    'What is still to be pasted does not arrive, and nobody is left to mend it: the router keeps the state of this very command.',
  check(view) {
    const cut = view.operator?.cut(view.before, view.after);
    if (!cut || !view.operator) return [];
    return [
      hazard(
        view,
        'lockout',
        'critical',
        `the operator ${formatIpv4(view.operator.operator.address)} can no longer log in to the router through ${cut.interface}: ${cut.reason}`,
        cut.witness,
      ),
    ];
  },
};
