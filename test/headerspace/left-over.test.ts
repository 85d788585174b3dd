import { expect } from 'chai';
import fc from 'fast-check';
import type { Box } from '../../src/headerspace/box.ts';
import { boxContains } from '../../src/headerspace/box.ts';
import { cutAwayFrom } from '../../src/headerspace/cut-away.ts';
import { type FlatSpace, flatSpaceOf, intersectRows, RowBuffer } from '../../src/headerspace/flat-space.ts';
import { overlapsWithin } from '../../src/headerspace/index-rows.ts';
import { leftOverSearch } from '../../src/headerspace/left-over.ts';
import { RowNumbers, rowCovers, rowsOverlap, scanRows } from '../../src/headerspace/overlap-index.ts';
import { treeOfRows } from '../../src/headerspace/overlap-tree.ts';
import { countPackets, intersect, subtract } from '../../src/headerspace/packet-set.ts';
import { shareOf } from '../../src/headerspace/share.ts';
import { GAVE_UP, sweepForLeftOver } from '../../src/headerspace/sweep.ts';
import { naturalPacket } from '../../src/headerspace/witness.ts';
import { tries } from '../acl/lists.ts';
import { boxArbitrary } from './random-rows.ts';

/** Boxes laid out as rows, the first of them the one asked about. */
function layOut(asked: Box, cuts: readonly Box[]) {
  const space = flatSpaceOf([asked, ...cuts]);
  const query = new RowBuffer(space.stride);
  space.encode(asked, query);
  const buffer = new RowBuffer(space.stride);
  for (const cut of cuts) space.encode(cut, buffer);
  const rows = buffer.words.slice(0, buffer.length);
  const index = treeOfRows(space, rows, buffer.rows, { leaf: 2 });
  return { space, query, rows, count: buffer.rows, index, cutAway: cutAwayFrom(space, rows) };
}

const boxesArbitrary = fc.tuple(boxArbitrary, fc.array(boxArbitrary, { maxLength: 30 }));

/** Checks a search's answer for every row of the asked box against plain subtraction. */
function checkAgainstSubtraction(
  asked: Box,
  cuts: readonly Box[],
  find: (laid: ReturnType<typeof layOut>, at: number) => Int32Array | null,
): void {
  const laid = layOut(asked, cuts);
  let left = false;
  for (let at = 0; at < laid.query.length; at += laid.space.stride) {
    const point = find(laid, at);
    if (point === null) continue;
    left = true;
    const packet = naturalPacket(laid.space.decode(point, 0, asked)[0]!);
    expect(boxContains(asked, packet)).to.equal(true);
    for (const cut of cuts) expect(boxContains(cut, packet)).to.equal(false);
  }
  expect(left).to.equal(subtract([asked], cuts).length > 0);
}

describe('leftOverSearch', () => {
  it('finds a packet exactly when plain subtraction leaves one', () => {
    fc.assert(
      fc.property(boxesArbitrary, ([asked, cuts]) => {
        checkAgainstSubtraction(asked, cuts, ({ space, rows, index, cutAway, query, count }, at) =>
          leftOverSearch(space, rows, index, cutAway).find(query.words, at, count),
        );
      }),
      tries(300),
    );
  });

  it('finds the same once its budget is spent', () => {
    fc.assert(
      fc.property(boxesArbitrary, fc.integer({ min: 0, max: 200 }), ([asked, cuts], budget) => {
        checkAgainstSubtraction(asked, cuts, ({ space, rows, index, cutAway, query, count }, at) =>
          leftOverSearch(space, rows, index, cutAway, budget).find(query.words, at, count),
        );
      }),
      tries(300),
    );
  });
});

describe('sweepForLeftOver', () => {
  it('finds a packet exactly when plain subtraction leaves one', () => {
    fc.assert(
      fc.property(boxesArbitrary, ([asked, cuts]) => {
        checkAgainstSubtraction(asked, cuts, ({ space, rows, index, query, count }, at) => {
          const found = new RowNumbers();
          const overlapping = index.find(query.words, at, count, found);
          const left = sweepForLeftOver(space, rows, query.words, at, found.values, overlapping);
          if (left === GAVE_UP) throw new Error('gave up without being asked to');
          return left;
        });
      }),
      tries(300),
    );
  });
});

describe('cutAwayFrom', () => {
  it('shows disjoint pieces that are the row without its cuts', () => {
    fc.assert(
      fc.property(boxesArbitrary, ([asked, cuts]) => {
        const { space, query, index, count, cutAway } = layOut(asked, cuts);
        const found = new RowNumbers();
        const left: Box[] = [];
        for (let at = 0; at < query.length; at += space.stride)
          cutAway.run(
            query.words,
            at,
            found.values,
            index.find(query.words, at, count, found),
            (words, place) => {
              left.push(...space.decode(words, place, asked));
              return true;
            },
          );
        const expected = subtract([asked], cuts);
        expect(countPackets(left)).to.equal(countPackets(expected));
        expect(countPackets(intersect(left, expected))).to.equal(countPackets(expected));
      }),
      tries(150),
    );
  });

  it('ends when told to', () => {
    fc.assert(
      fc.property(boxesArbitrary, ([asked, cuts]) => {
        const { space, query, index, count, cutAway } = layOut(asked, cuts);
        const found = new RowNumbers();
        let shown = 0;
        const result = cutAway.run(
          query.words,
          0,
          found.values,
          index.find(query.words, 0, count, found),
          () => {
            shown++;
            return false;
          },
        );
        expect([result, shown]).to.deep.equal(shown === 0 ? ['done', 0] : ['stopped', 1]);
        expect(space.stride).to.be.greaterThan(8);
      }),
      tries(100),
    );
  });
});

describe('rowCovers', () => {
  it('holds exactly where the rows overlap and share all of the inner one', () => {
    fc.assert(
      fc.property(boxesArbitrary, ([asked, cuts]) => {
        const { space, query, rows, count } = layOut(asked, cuts);
        for (let row = 0; row < count; row++) {
          const at = row * space.stride;
          const whole =
            rowsOverlap(space, query.words, 0, rows, at) && shareOf(space, query.words, 0, rows, at) === 1;
          expect(rowCovers(space, rows, at, query.words, 0)).to.equal(whole);
        }
      }),
      tries(200),
    );
  });
});

describe('overlapsWithin', () => {
  it('finds for what two rows share the rows that looking at each one finds, in order', () => {
    fc.assert(
      fc.property(boxesArbitrary, boxArbitrary, ([asked, cuts], other) => {
        const { space, query, rows, count } = layOut(asked, [...cuts, other]);
        const find = overlapsWithin(space, rows, count, query.words, 0);
        const shared = new Int32Array(space.stride);
        if (!intersectRows(space, query.words, 0, rows, (count - 1) * space.stride, shared)) return;
        const expected = Array.from({ length: count }, (_, row) => row).filter((row) =>
          rowsOverlap(space, shared, 0, rows, row * space.stride),
        );
        const found = new RowNumbers();
        const size = find(shared, 0, found);
        expect([...found.values.subarray(0, size)]).to.deep.equal(expected);
      }),
      tries(200),
    );
  });
});

const indexes = {
  scanRows,
  treeOfRows: (space: FlatSpace, rows: Int32Array, count: number) =>
    treeOfRows(space, rows, count, { leaf: 2 }),
};

for (const [name, make] of Object.entries(indexes))
  describe(name, () => {
    const manyArbitrary = fc.tuple(boxArbitrary, fc.array(boxArbitrary, { maxLength: 80 }), fc.nat(100));

    it('finds the overlapping rows that looking at each one finds', () => {
      fc.assert(
        fc.property(manyArbitrary, ([asked, cuts, limit]) => {
          const { space, query, rows, count } = layOut(asked, cuts);
          const index = make(space, rows, count);
          const before = Math.min(limit, count);
          const found = new RowNumbers();
          const size = index.find(query.words, 0, before, found);
          const expected: number[] = [];
          for (let row = 0; row < before; row++)
            if (rowsOverlap(space, query.words, 0, rows, row * space.stride)) expected.push(row);
          expect([...found.values.subarray(0, size)].sort((a, b) => a - b)).to.deep.equal(expected);
          expect(index.findFirst(query.words, 0, before)).to.equal(expected[0] ?? -1);
          expect(expected.length === 0 ? [-1] : expected).to.include(index.findAny(query.words, 0, before));
          const shares = expected.map((row) => shareOf(space, query.words, 0, rows, row * space.stride));
          const largest = index.findLargest(query.words, 0, before);
          expect(largest).to.equal(expected[shares.indexOf(Math.max(...shares))] ?? -1);
        }),
        tries(200),
      );
    });

    it('finds a row that has all of the asked one, where one that counts does', () => {
      fc.assert(
        fc.property(manyArbitrary, ([asked, cuts, at]) => {
          const all = cuts.length === 0 ? [asked] : cuts;
          const { space, query, rows, count } = layOut(all[at % all.length]!, [asked, ...cuts]);
          const index = make(space, rows, count);
          const covering: number[] = [];
          for (let row = 0; row < count; row++)
            if (rowCovers(space, rows, row * space.stride, query.words, 0)) covering.push(row);
          const fitting = covering.filter((row) => row % 2 === 0);
          expect(covering.length === 0 ? [-1] : covering).to.include(
            index.findCovering(query.words, 0, () => true),
          );
          expect(fitting.length === 0 ? [-1] : fitting).to.include(
            index.findCovering(query.words, 0, (row) => row % 2 === 0),
          );
        }),
        tries(200),
      );
    });

    it('passes over marked rows and stops at its limit', () => {
      fc.assert(
        fc.property(manyArbitrary, ([asked, cuts]) => {
          const { space, query, rows, count } = layOut(asked, cuts);
          const index = make(space, rows, count);
          const size = index.find(query.words, 0, count, new RowNumbers());
          const skip = new Uint8Array(count).fill(1);
          expect(index.find(query.words, 0, count, new RowNumbers(), skip)).to.equal(0);
          expect(index.findAny(query.words, 0, count, skip)).to.equal(-1);
          expect(index.findFirst(query.words, 0, count, skip)).to.equal(-1);
          expect(index.findLargest(query.words, 0, count, skip)).to.equal(-1);
          expect(index.find(query.words, 0, count, new RowNumbers(), undefined, 3)).to.equal(
            Math.min(size, 4),
          );
        }),
        tries(50),
      );
    });
  });
