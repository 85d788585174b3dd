import fc from 'fast-check';
import type { AceAction, Acl } from '../../src/model/access-list.ts';
import type { Packet } from '../../src/model/packet.ts';
import { aceArbitrary, listOf } from './lists.ts';
import { decideSlowly } from './slow-first-match.ts';

/** Lists some of whose lines hang on a time-range each, which nobody knows to be active. */
export const uncertainAclArbitrary: fc.Arbitrary<Acl> = fc
  .array(fc.tuple(aceArbitrary, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 7 })
  .map((lines) =>
    listOf(
      ...lines.map(([ace, n], i) =>
        n > 0 ? ace : { ...ace, conditions: [{ kind: 'time-range' as const, name: `T${i}` }] },
      ),
    ),
  );

const rangesIn = (acl: Acl): readonly string[] => [
  ...new Set(acl.entries.flatMap((e) => (e.kind === 'ace' ? e.conditions.map((c) => c.name) : []))),
];

/** The lists that remain when each time-range is taken as active or not, in step over all lists. */
export function* worlds(...lists: readonly Acl[]): Generator<readonly Acl[]> {
  const names = [...new Set(lists.flatMap((acl) => rangesIn(acl)))];
  for (let chosen = 0; chosen < 1 << names.length; chosen++) {
    const active = (name: string): boolean => ((chosen >> names.indexOf(name)) & 1) === 1;
    yield lists.map((acl) => ({
      ...acl,
      entries: acl.entries.map((e) =>
        e.kind === 'ace' && !e.conditions.every((c) => active(c.name))
          ? { kind: 'remark' as const, text: '', sequence: null, span: e.span }
          : e,
      ),
    }));
  }
}

export function possibleActions(acl: Acl, packet: Packet): Set<AceAction> {
  const actions = new Set<AceAction>();
  for (const [world] of worlds(acl)) {
    const { action, line } = decideSlowly(world!, packet);
    // A list all of whose lines are asleep still has lines: its end denies.
    actions.add(line === -1 ? 'deny' : action);
  }
  return actions;
}
