import { expect } from 'chai';
import fc from 'fast-check';
import { commonEnds, inheritEnds, type SharedEnds } from '../../src/review/shared-ends.ts';

const letters = fc.array(fc.constantFrom<string>('a', 'b', 'c'), { maxLength: 12 });
const edit = fc.record({
  at: fc.nat(12),
  gone: fc.nat(2),
  put: fc.subarray<string>(['a', 'b', 'c'], { maxLength: 2 }),
});

/** Both arrays compared from the start. */
const plainly = (a: readonly string[], b: readonly string[], same?: (a: string, b: string) => boolean) =>
  commonEnds([...a], [...b], same);

const sameCase = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

describe('what arrays of a run of edits share', () => {
  it('is the same whether they are compared from the start or from where the one before them came to', () => {
    fc.assert(
      fc.property(
        letters,
        letters,
        fc.array(fc.tuple(edit, fc.boolean()), { maxLength: 20 }),
        (first, end, edits) => {
          const shouted = end.map((letter) => letter.toUpperCase());
          let before = first;
          for (const [{ at, gone, put }, isAsked] of edits) {
            const head = Math.min(at, before.length);
            const after = before.toSpliced(head, gone, ...put);
            const shared: SharedEnds = { head, tail: Math.max(0, before.length - head - gone) };
            inheritEnds(before, after, shared);
            if (isAsked) {
              expect(commonEnds(after, end)).to.deep.equal(plainly(after, end));
              expect(commonEnds(end, after)).to.deep.equal(plainly(end, after));
              expect(commonEnds(after, shouted, sameCase)).to.deep.equal(plainly(after, shouted, sameCase));
              const [both, wanted] = [commonEnds(before, after), plainly(before, after)];
              expect(both).to.deep.equal(wanted);
            }
            before = after;
          }
        },
      ),
    );
  });

  it('is asked of those elements alone that the one before them did not show', () => {
    const compared: string[] = [];
    const watch = (letters: readonly string[], name: string): readonly string[] =>
      new Proxy(letters, {
        get(target, key) {
          if (typeof key === 'string' && /^\d+$/.test(key)) compared.push(`${name}${key}`);
          return Reflect.get(target, key);
        },
      });
    const end = watch(['a', 'b', 'c', 'd'], 'end');
    const [two, three] = [
      ['a', 'b'],
      ['a', 'b', 'c'],
    ];
    inheritEnds(['a'], two!, { head: 1, tail: 0 });
    expect(commonEnds(two!, end)).to.deep.equal({ head: 2, tail: 0 });
    inheritEnds(two!, three!, { head: 2, tail: 0 });
    compared.length = 0;
    expect(commonEnds(three!, end)).to.deep.equal({ head: 3, tail: 0 });
    expect(compared).to.not.include('end0').and.not.include('end1');
  });
});
