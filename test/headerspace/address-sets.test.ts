import { expect } from 'chai';
import fc from 'fast-check';
import { boxesOf, countOf, hullOf, joinByAddresses } from '../../src/headerspace/address-sets.ts';
import { type Box, makeBox } from '../../src/headerspace/box.ts';
import { countPackets, disjoint, intersect, sameSet } from '../../src/headerspace/packet-set.ts';
import {
  type AddressPattern,
  hostPattern,
  patternCovers,
  toAddressPattern,
} from '../../src/model/address.ts';
import { TCP } from '../../src/model/packet.ts';

const pattern: fc.Arbitrary<AddressPattern> = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.constantFrom(0, 0, 1, 2, 3, 5, 8))
  .map(([low, wildcard]) => toAddressPattern(0xc0000200 + low, wildcard));

const boxes: fc.Arbitrary<readonly Box[]> = fc
  .array(
    fc.record({ source: pattern, destination: pattern, port: fc.constantFrom(22, 25) }).map((r) =>
      makeBox({
        source: r.source,
        destination: r.destination,
        protocol: TCP,
        destinationPorts: [[r.port, r.port]],
      }),
    ),
    { maxLength: 8 },
  )
  .map(disjoint);

describe('sets of addresses', () => {
  it('are disjoint and hold the packets of the boxes', () => {
    fc.assert(
      fc.property(boxes, (set) => {
        const products = joinByAddresses(set).map(boxesOf);
        expect(sameSet(set, products.flat())).to.equal(true);
        expect(countPackets(products.flat())).to.equal(countPackets(set));
        for (const [i, product] of products.entries())
          for (const other of products.slice(i + 1)) expect(intersect(product, other)).to.deep.equal([]);
      }),
    );
  });

  it('join sources only that have the same destinations', () => {
    const box = (source: number, destination: number): Box =>
      makeBox({ source: hostPattern(source), destination: hostPattern(destination) });
    const inWords = (set: readonly Box[]): readonly string[] =>
      joinByAddresses(set).map(({ sources, destinations }) =>
        [sources, destinations].map((list) => list.map((p) => p.address).join('+')).join(' > '),
      );
    expect(inWords([box(1, 8), box(4, 8), box(1, 7), box(4, 7)])).to.deep.equal(['1+4 > 7+8']);
    expect(inWords([box(1, 8), box(4, 8), box(1, 7)])).to.deep.equal(['1 > 7+8', '4 > 8']);
  });

  it('have the least pattern that holds them all, and a count', () => {
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { minLength: 1 }), (patterns) => {
        const hull = hullOf(patterns);
        expect(patterns.every((p) => patternCovers(hull, p))).to.equal(true);
        for (let bit = 1; bit <= 8; bit *= 2) {
          if ((hull.wildcard & bit) === 0) continue;
          const less = [0, bit].map((set) => toAddressPattern(hull.address | set, hull.wildcard & ~bit));
          expect(less.some((narrower) => patterns.every((p) => patternCovers(narrower, p)))).to.equal(false);
        }
      }),
    );
    expect(countOf([toAddressPattern(0, 3), hostPattern(9)])).to.equal(5n);
  });
});
