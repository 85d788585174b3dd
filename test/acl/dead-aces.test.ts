import { expect } from 'chai';
import fc from 'fast-check';
import { compileAcl } from '../../src/acl/compile.ts';
import { findDeadAces } from '../../src/acl/dead-aces.ts';
import type { Acl, Ace } from '../../src/model/access-list.ts';
import { aclArbitrary, everyPacket, NO_ENVIRONMENT, tries } from './lists.ts';
import { decideSlowly, isAskedSlowly } from './slow-first-match.ts';

const deadIn = (acl: Acl) => findDeadAces(compileAcl(acl, NO_ENVIRONMENT));

describe('findDeadAces', () => {
  it('agrees with looking at every packet', () => {
    fc.assert(
      fc.property(aclArbitrary(8), (acl) => {
        const reached = acl.entries.map(() => false);
        const contradicted = acl.entries.map(() => false);
        const askedAtAll = acl.entries.map(() => false);
        const decides = acl.entries.map(() => new Set<number>());
        for (const packet of everyPacket([acl])) {
          const { line, action } = decideSlowly(acl, packet);
          acl.entries.forEach((entry, i) => {
            if (entry.kind !== 'ace' || (line !== -1 && i < line) || !isAskedSlowly(entry, packet)) return;
            askedAtAll[i] = true;
            if (i === line) reached[i] = true;
            else {
              decides[i]!.add(line);
              if (action !== entry.action) contradicted[i] = true;
            }
          });
        }
        const dead = deadIn(acl);
        const expected = acl.entries.flatMap((_, i) => (askedAtAll[i] && !reached[i] ? [i] : []));
        expect(dead.map((d) => acl.entries.indexOf(d.ace))).to.deep.equal(expected);
        for (const d of dead) {
          const i = acl.entries.indexOf(d.ace);
          expect(d.rule).to.equal(contradicted[i] ? 'shadowed-ace' : 'redundant-ace');
          expect(isAskedSlowly(d.ace as Ace, d.witness)).to.equal(true);
          for (const b of d.blockers) expect([...decides[i]!]).to.include(acl.entries.indexOf(b));
          if (d.contradictedBy) {
            expect(acl.entries[decideSlowly(acl, d.witness).line]).to.equal(d.contradictedBy);
            expect(d.blockers).to.include(d.contradictedBy);
          }
        }
      }),
      tries(80),
    );
  });
});
