import { expect } from 'chai';
import fc from 'fast-check';
import { makeBox } from '../../src/headerspace/box.ts';
import { flatSpaceOf, intersectRows, RowBuffer } from '../../src/headerspace/flat-space.ts';
import { RowNumbers, rowsOverlap } from '../../src/headerspace/overlap-index.ts';
import { overlapsByAddress } from '../../src/headerspace/rows-by-address.ts';
import { type AddressPattern, toAddressPattern } from '../../src/model/address.ts';
import { tries } from '../acl/lists.ts';

/** Networks and hosts that one octet tells apart, any one of them, and some that leave bits of it open. */
const addressArbitrary: fc.Arbitrary<AddressPattern> = fc
  .tuple(
    fc.constantFrom(24, 16, 8, 0),
    fc.integer({ min: 0, max: 5 }),
    fc.constantFrom(0, 0, 0, 0xff, 0xffff, 0xff00_0000, 0x0400_0104, 0xffff_ffff),
  )
  .map(([shift, octet, wildcard]) => toAddressPattern(((10 << 24) | (octet << shift)) >>> 0, wildcard));

const boxArbitrary = fc
  .tuple(addressArbitrary, addressArbitrary, fc.constantFrom(undefined, 53, 80))
  .map(([source, destination, port]) =>
    makeBox({
      source,
      destination,
      ...(port === undefined ? {} : { protocol: 17, destinationPorts: [[port, port]], fragments: 'whole' }),
    }),
  );

describe('overlapsByAddress', () => {
  it('finds of many rows, or of some of them, those that looking at each one finds, in order', () => {
    fc.assert(
      fc.property(
        fc.array(boxArbitrary, { minLength: 2, maxLength: 120 }),
        boxArbitrary,
        fc.boolean(),
        (boxes, within, isAny) => {
          const whole = isAny ? makeBox({}) : within;
          const space = flatSpaceOf([...boxes, whole]);
          const rows = new RowBuffer(space.stride);
          for (const box of boxes) space.encode(box, rows);
          const asked = new RowBuffer(space.stride);
          space.encode(whole, asked);
          const numbers = Int32Array.from({ length: rows.rows }, (_, row) => row).filter(
            (row) => row % 10 !== 3 && rowsOverlap(space, asked.words, 0, rows.words, row * space.stride),
          );
          const find = overlapsByAddress(space, rows.words, numbers, asked.words, 0);
          const part = new Int32Array(space.stride);
          const found = new RowNumbers();
          for (const row of numbers) {
            intersectRows(space, asked.words, 0, rows.words, row * space.stride, part);
            const size = find(part, 0, found);
            expect([...found.values.subarray(0, size)]).to.deep.equal(
              [...numbers].filter((other) => rowsOverlap(space, part, 0, rows.words, other * space.stride)),
            );
          }
        },
      ),
      tries(200),
    );
  });
});
