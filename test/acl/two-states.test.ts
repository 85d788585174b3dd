import { expect } from 'chai';
import fc from 'fast-check';
import { rowsOf } from '../../src/acl/acl-rows.ts';
import { alignEntries, effectKey } from '../../src/acl/align.ts';
import { type CompiledAcl, compileAcl } from '../../src/acl/compile.ts';
import { fullBox } from '../../src/headerspace/box.ts';
import type { Acl, AclEntry } from '../../src/model/access-list.ts';
import { changeArbitrary } from './changed-lists.ts';
import { aceArbitrary, listOf, NO_ENVIRONMENT, permit, tries } from './lists.ts';

/** The list behind so many other lines that another state of it takes over its rows. */
const behindMany = (acl: Acl, put: readonly AclEntry[]): Acl =>
  listOf(
    ...Array.from({ length: 1000 }, (_, i) => permit('ip', `10.0.${i >> 8}.${i & 255}`, 'any')),
    ...acl.entries,
    ...put,
  );

/** The same list with lines of its own, as if it had been read by itself. */
const readApart = (acl: Acl): Acl => structuredClone(acl);

const rowsAsBoxes = (list: CompiledAcl): readonly unknown[] => {
  const { space, rows, count, owner } = rowsOf(list);
  return Array.from({ length: count }, (_, row) => [
    owner[row],
    space.decode(rows, row * space.stride, fullBox()),
  ]);
};

describe('two states of a list', () => {
  it('are aligned in pairs of lines that do the same, in the order of both', () => {
    fc.assert(
      fc.property(changeArbitrary, ([before, after]) => {
        const [old, now] = [before, after].map((acl) => compileAcl(readApart(acl), NO_ENVIRONMENT));
        const { partner, partnerBefore } = alignEntries(old!, now!);
        const paired = [...partner].filter((place) => place !== -1);
        expect(paired).to.deep.equal([...new Set(paired)].sort((a, b) => a - b));
        partner.forEach((j, i) => {
          if (j === -1) return;
          expect(partnerBefore[j]).to.equal(i);
          expect(effectKey(now!.entries[j]!)).to.equal(effectKey(old!.entries[i]!));
        });
        expect([...partnerBefore].filter((place) => place !== -1)).to.have.lengthOf(paired.length);
      }),
      tries(300),
    );
  });

  it('leave unpaired what was moved far, and no more', () => {
    const hosts = Array.from({ length: 200 }, (_, i) => permit('ip', `10.0.0.${i}`, 'any'));
    const moved = [...hosts.slice(1, 150), hosts[0]!, ...hosts.slice(150)];
    const [old, now] = [hosts, moved].map((lines) => compileAcl(listOf(...lines), NO_ENVIRONMENT));
    const { partner, partnerBefore } = alignEntries(old!, now!);
    expect([...partner.keys()].filter((i) => partner[i] === -1)).to.deep.equal([0]);
    expect([...partnerBefore.keys()].filter((j) => partnerBefore[j] === -1)).to.deep.equal([149]);
  });

  it('compile to the same together as each by itself', () => {
    fc.assert(
      fc.property(changeArbitrary, ([before, after]) => {
        const together = compileAcl(after, NO_ENVIRONMENT, compileAcl(before, NO_ENVIRONMENT));
        const alone = compileAcl(readApart(after), NO_ENVIRONMENT);
        expect(together).to.deep.equal(alone);
        expect(together.entries.map(({ entry }) => entry)).to.deep.equal(after.entries);
      }),
      tries(200),
    );
  });

  it('have the same rows when one takes over those of the other', () => {
    fc.assert(
      fc.property(changeArbitrary, fc.array(aceArbitrary, { maxLength: 3 }), ([before, after], put) => {
        const later = behindMany(after, put);
        const [old, now] = [behindMany(before, []), later].map((acl) => compileAcl(acl, NO_ENVIRONMENT));
        rowsOf(old!);
        alignEntries(old!, now!);
        expect(rowsAsBoxes(now!)).to.deep.equal(rowsAsBoxes(compileAcl(readApart(later), NO_ENVIRONMENT)));
      }),
      tries(20),
    );
  });
});
