import { expect } from 'chai';
import fc from 'fast-check';
import { jsonSpace } from '../../reports/json-parts.ts';
import { writeSpaces } from '../../reports/json-spaces.ts';
import { forJson } from '../../reports/untrusted.ts';
import { formatPattern, toAddressPattern, toIpv4 } from '../../src/model/address.ts';
import { ICMP, IGMP, TCP, UDP } from '../../src/model/packet.ts';
import { toRanges } from '../../src/model/ports.ts';
import type { ChangedSpace } from '../../src/model/review.ts';
import { HOSTILE } from './samples/hostile.ts';

const text = fc.oneof(
  fc.constantFrom('GigabitEthernet0/0', 'less what 3 earlier lines decide', 'syn,!ack'),
  fc.constantFrom(...HOSTILE.map(([, hostile]) => hostile.slice(0, 200))),
);
const word = fc.integer({ min: 0, max: 0xffffffff });
const pattern = fc.tuple(word, word).map(([a, w]) => formatPattern(toAddressPattern(a, w)));
const upTo = (max: number) => fc.nat(max);
const ranges = (max: number) =>
  fc.array(fc.tuple(upTo(max), upTo(max)), { maxLength: 3 }).map((pairs) => toRanges(pairs));
const protocol = fc.constantFrom(TCP, UDP, ICMP, IGMP, 47);

const line = fc.record({ file: text, line: fc.nat(99_999), text });
const decider = fc.oneof(
  fc.constant(null),
  line,
  fc.record({ implicitDeny: fc.constant(true as const), acl: text }),
);

/** Two lists that spaces share, and deciders that they share. */
const spaces = fc
  .record({
    lists: fc.tuple(fc.array(pattern, { maxLength: 12 }), fc.array(pattern, { minLength: 1, maxLength: 3 })),
    deciders: fc.tuple(decider, decider, decider),
  })
  .chain(({ lists, deciders }) => {
    const by = fc.constantFrom(...deciders);
    const space: fc.Arbitrary<ChangedSpace> = fc.record(
      {
        interface: text,
        direction: fc.constantFrom('in' as const, 'out' as const),
        protocol: fc.oneof(protocol, fc.constant('ip' as const)),
        source: pattern,
        destination: pattern,
        sourcePorts: fc.option(ranges(65_535)),
        destinationPorts: fc.option(ranges(65_535)),
        tcpFlags: fc.option(text),
        icmp: fc.option(fc.record({ type: upTo(255), code: fc.option(upTo(255)) })),
        packets: fc.bigInt({ min: 1n, max: 2n ** 96n }).map(String),
        before: by,
        after: by,
        witness: fc.record({
          source: word.map(toIpv4),
          destination: word.map(toIpv4),
          protocol,
          sourcePort: upTo(65_535),
          destinationPort: upTo(65_535),
          icmpType: upTo(255),
          icmpCode: upTo(255),
          igmpType: upTo(15),
          tcpFlags: upTo(63),
          nonInitialFragment: fc.boolean(),
          tosByte: upTo(255),
          ttl: upTo(255),
        }),
        protocols: ranges(255),
        sources: fc.constantFrom(...lists),
        destinations: fc.constantFrom(...lists),
        condition: text,
        atLeast: fc.constant(true as const),
      },
      {
        requiredKeys: [
          'interface',
          'direction',
          'protocol',
          'source',
          'destination',
          'sourcePorts',
          'destinationPorts',
          'tcpFlags',
          'icmp',
          'packets',
          'before',
          'after',
          'witness',
        ],
      },
    );
    return fc.array(space, { minLength: 1, maxLength: 6 });
  });

describe('writeSpaces', () => {
  it('writes what JSON makes of the same spaces as objects', () => {
    fc.assert(
      fc.property(spaces, (all) => {
        const objects = all.map((space) => jsonSpace(space, (texts) => [...texts]));
        const texts = writeSpaces(all, '\n  ');
        expect(`[\n  ${texts.join(',\n  ')}\n]`).to.equal(forJson(JSON.stringify(objects, null, 2)));
      }),
      { numRuns: 300 },
    );
  });
});
