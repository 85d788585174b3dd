import fc from 'fast-check';
import { type Box, tryMakeBox } from '../../src/headerspace/box.ts';
import { toAddressPattern } from '../../src/model/address.ts';

/** Boxes that nest, cross and leave holes in every field, and that few enough of cover a whole space. */
const patternArbitrary = fc.oneof(
  { weight: 2, arbitrary: fc.constant(toAddressPattern(0, 0xffffffff)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 15 }))
      .map(([value, free]) =>
        // Four significant bits, two high and two low, the rest fixed or free in step with them.
        toAddressPattern(scatter(value), (scatter(free) | (free & 1 ? 0x0ffffffc : 0)) >>> 0),
      ),
  },
);
const scatter = (four: number): number => (((four & 0b1100) << 28) | (four & 0b11)) >>> 0;

const edges = [0, 22, 80, 443, 1024, 40000, 65535];
const rangesArbitrary = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...edges), fc.constantFrom(...edges))
      .map(([a, b]): [number, number][] => [[Math.min(a, b), Math.max(a, b)]]),
  },
);

export const boxArbitrary: fc.Arbitrary<Box> = fc
  .record({
    source: patternArbitrary,
    destination: patternArbitrary,
    protocol: fc.constantFrom<'ip' | number>('ip', 6, 6, 17, 1, 47),
    sourcePorts: rangesArbitrary,
    destinationPorts: rangesArbitrary,
    flags: fc.constantFrom(undefined, 2, 16, 18),
    fragments: fc.constantFrom<'whole' | 'non-initial' | 'both'>('both', 'both', 'whole', 'non-initial'),
    tos: fc.constantFrom(
      undefined,
      undefined,
      [[0, 31]] as [number, number][],
      [
        [0, 0],
        [184, 187],
      ] as [number, number][],
    ),
    ttl: fc.constantFrom(undefined, undefined, [[0, 1]] as [number, number][]),
  })
  .map(({ flags, sourcePorts, destinationPorts, ...fields }) => {
    const ported = fields.protocol === 6 || fields.protocol === 17;
    const layer4 = ported && fields.fragments !== 'non-initial';
    return tryMakeBox({
      ...fields,
      ...(layer4 ? { sourcePorts, destinationPorts } : {}),
      ...(layer4 && flags !== undefined && fields.protocol === 6 ? { tcpFlags: { exactly: flags } } : {}),
    })!;
  });
