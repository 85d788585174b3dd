import type { LintContext, LintList } from '../lint-context.ts';
import type { BindingUse } from '../list-uses.ts';

/** Where a list stands between strangers and the own hosts, or may: bindings of interfaces that are up. */
export function guardingUses(context: LintContext, list: LintList, sure = false): readonly BindingUse[] {
  return list.uses.filter((use): use is BindingUse => {
    if (use.kind !== 'binding' || use.interface.shutdown) return false;
    const facing = context.facing.of(use.interface, use.direction);
    return facing === 'toward-own' || (!sure && facing === 'unknown');
  });
}

/** Bindings inbound where strangers' packets come in. */
export const inboundFromOutside = (
  context: LintContext,
  list: LintList,
  sure = false,
): readonly BindingUse[] => guardingUses(context, list, sure).filter((use) => use.direction === 'in');

export const placesOf = (uses: readonly BindingUse[]): string =>
  [...new Set(uses.map((u) => `${u.interface.name} ${u.direction}`))].join(', ');
