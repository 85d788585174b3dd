import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { type CompiledAcl, compileAcl } from '../../src/acl/compile.ts';
import { decidePacket } from '../../src/acl/decide.ts';
import { isWished, JointLists, type Wish } from '../../src/acl/joint-search.ts';
import { boxContains, makeBox } from '../../src/headerspace/box.ts';
import { prefixPattern, toIpv4 } from '../../src/model/address.ts';
import { UDP } from '../../src/model/packet.ts';
import { aceText, packet } from '../review/arbitrary-lists.ts';

/** Nobody can evaluate the range, since there is no clock: such a line only may match. */
const TIMED = ' time-range NIGHT';
const line = fc
  .tuple(aceText, fc.boolean(), fc.boolean())
  .map(([ace, a, b]) => (a && b ? `${ace}${TIMED}` : ace));

/** States of one list: each drops some of the lines, and has the rest in one order but for the turned ones. */
const states = fc.array(line, { minLength: 1, maxLength: 8 }).chain((lines) =>
  fc.array(
    fc
      .tuple(fc.subarray(lines, { minLength: 1 }), fc.boolean())
      .map(([some, turned]) => (turned ? [...some.slice(1), some[0]!] : some)),
    { minLength: 2, maxLength: 4 },
  ),
);

const compiled = (lines: readonly string[]): CompiledAcl => {
  const text = [
    'version 12.4',
    'time-range NIGHT',
    ' periodic daily 22:00 to 23:00',
    'ip access-list extended A',
    ...lines.map((l) => ` ${l}`),
    'end',
    '',
  ].join('\n');
  const { acls, objectGroups, timeRanges } = parseConfig(text, 'r.cfg').value;
  return compileAcl(acls.get('A'), { objectGroups, timeRanges, clock: null });
};

const wish: fc.Arbitrary<Wish> = fc.record({
  action: fc.constantFrom('permit', 'deny'),
  surely: fc.boolean(),
});

const within = [
  makeBox({ source: prefixPattern(toIpv4(0xc0000200), 24) }),
  makeBox({ protocol: UDP, destinationPorts: [[0, 60]] }),
];

describe('a search through states of a list', () => {
  it('finds a packet that each decides as wished exactly where there is one', () => {
    fc.assert(
      fc.property(
        states,
        fc.array(wish, { minLength: 4, maxLength: 4 }),
        fc.array(packet, { minLength: 40, maxLength: 40 }),
        (texts, all, packets) => {
          const lists = texts.map(compiled) as [CompiledAcl, ...CompiledAcl[]];
          const wishes = all.slice(0, lists.length);
          const allComeTrue = (p: (typeof packets)[number]): boolean =>
            within.some((box) => boxContains(box, p)) &&
            lists.every((list, i) => isWished(wishes[i]!, decidePacket(list, p).verdict));
          const found = new JointLists(lists, within).find(wishes);
          if (found) expect(allComeTrue(found)).to.equal(true);
          else expect(packets.filter(allComeTrue)).to.deep.equal([]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
