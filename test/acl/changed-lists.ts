import fc from 'fast-check';
import type { Acl, AclEntry } from '../../src/model/access-list.ts';
import { aceArbitrary, aclArbitrary, listOf } from './lists.ts';

/** A list and what became of it: lines taken out, put in and moved. */
export const changeArbitrary: fc.Arbitrary<readonly [Acl, Acl]> = fc
  .tuple(
    aclArbitrary(8),
    fc.array(fc.tuple(aceArbitrary, fc.nat(20), fc.integer({ min: 0, max: 2 })), { maxLength: 4 }),
  )
  .map(([before, edits]) => {
    const lines = [...before.entries];
    for (const [ace, place, kind] of edits) {
      if (kind === 0) lines.splice(place % (lines.length + 1), 0, ace);
      else if (lines.length > 1) {
        const [taken] = lines.splice(place % lines.length, 1);
        if (kind === 2) lines.splice((place * 7) % (lines.length + 1), 0, taken as AclEntry);
      }
    }
    return [before, listOf(...lines)];
  });
