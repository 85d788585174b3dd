import { expect } from 'chai';
import fc from 'fast-check';
import { flatSpaceOf, RowBuffer } from '../../src/headerspace/flat-space.ts';
import { rowsOverlap } from '../../src/headerspace/overlap-index.ts';
import { PacketsByAddress } from '../../src/headerspace/packets-by-address.ts';
import { PacketSampler } from '../../src/headerspace/sample-row.ts';
import { tries } from '../acl/lists.ts';
import { boxArbitrary } from './random-rows.ts';

const boxesArbitrary = fc.array(boxArbitrary, { minLength: 1, maxLength: 20 });

describe('PacketsByAddress', () => {
  it('shows of each row the packets that looking at each one finds, but those dismissed', () => {
    fc.assert(
      fc.property(boxesArbitrary, boxesArbitrary, fc.array(fc.nat(200)), (drawn, held, dismissed) => {
        const space = flatSpaceOf([...drawn, ...held]);
        const encode = (boxes: typeof drawn): RowBuffer => {
          const buffer = new RowBuffer(space.stride);
          for (const box of boxes) space.encode(box, buffer);
          return buffer;
        };
        const sources = encode(drawn);
        const sampler = new PacketSampler(space);
        const points = new RowBuffer(space.stride);
        for (let at = 0; at < sources.length; at += space.stride) sampler.drawTo(points, sources.words, at);
        const packets = new PacketsByAddress(space, points);
        const left = new Set(Array.from({ length: points.rows }, (_, point) => point));
        const rows = encode(held);
        for (let row = 0; row < rows.rows; row++) {
          const seen: number[] = [];
          packets.eachIn(rows.words, row * space.stride, (point) => seen.push(point));
          const expected = [...left].filter((point) =>
            rowsOverlap(space, points.words, point * space.stride, rows.words, row * space.stride),
          );
          expect(seen.sort((a, b) => a - b)).to.deep.equal(expected);
          const gone = dismissed[row];
          if (gone === undefined) continue;
          packets.dismiss(gone % points.rows);
          left.delete(gone % points.rows);
        }
      }),
      tries(200),
    );
  });
});
