import type { LintContext, LintList } from '../lint-context.ts';
import type { BindingUse } from '../list-uses.ts';

/**
 * Where a list stands between strangers and the own hosts: bindings of interfaces that are up, those that perhaps do
 * among them unless only those that surely do are asked for.
 */
export function guardingUses(
  context: LintContext,
  list: LintList,
  certainty: 'surely' | 'perhaps' = 'perhaps',
): readonly BindingUse[] {
  return list.uses.filter((use): use is BindingUse => {
    if (use.kind !== 'binding' || use.interface.shutdown) return false;
    const facing = context.facing.of(use.interface, use.direction);
    return facing === 'toward-own' || (certainty === 'perhaps' && facing === 'unknown');
  });
}

/** Bindings inbound where strangers' packets come in. */
export const inboundFromOutside = (
  context: LintContext,
  list: LintList,
  certainty: 'surely' | 'perhaps' = 'perhaps',
): readonly BindingUse[] => guardingUses(context, list, certainty).filter((use) => use.direction === 'in');

export const placesOf = (uses: readonly BindingUse[]): string =>
  [...new Set(uses.map((u) => `${u.interface.name} ${u.direction}`))].join(', ');
