import { expect } from 'chai';
import fc from 'fast-check';
import { compileAcl } from '../../src/acl/compile.ts';
import {
  decidesSome,
  decidingEntries,
  deniesAll,
  findDenied,
  packetDecidedBy,
} from '../../src/acl/deciding-entries.ts';
import { type Box, boxContains, fullBox, makeBox } from '../../src/headerspace/box.ts';
import type { Acl } from '../../src/model/access-list.ts';
import { TCP } from '../../src/model/packet.ts';
import {
  aceArbitrary,
  aclArbitrary,
  deny,
  everyPacket,
  listOf,
  NO_ENVIRONMENT,
  permit,
  toPort,
  tries,
} from './lists.ts';
import { decideSlowly } from './slow-first-match.ts';
import { possibleActions, uncertainAclArbitrary } from './uncertain-lists.ts';

const compiled = (acl: Acl | null) => compileAcl(acl, NO_ENVIRONMENT);

/** A box as a line writes it, and a list of that line alone, whose packets tell of the box's bounds. */
const boxArbitrary: fc.Arbitrary<{ readonly box: Box; readonly line: Acl }> = aceArbitrary.map((ace) => {
  const line = listOf(ace);
  return { box: compiled(line).entries[0]!.asked[0]!, line };
});

describe('entries that decide some packet of a box', () => {
  const mail = compiled(
    listOf(deny('ip', '10.0.0.0 0.255.255.255', 'any'), permit('tcp', 'any', '192.0.2.25', toPort(25))),
  );
  const fromInside = makeBox({ source: { address: 0x0a000000, wildcard: 0x00ffffff } as Box['source'] });

  it('leave out a line of which an earlier one takes that part', () => {
    expect(decidesSome(mail, mail.entries[1]!, fromInside)).to.equal(false);
    expect(packetDecidedBy(mail, mail.entries[1]!, fromInside)).to.equal(null);
  });

  it('take in the same line for a box that is wider', () => {
    expect(decidesSome(mail, mail.entries[1]!, fullBox())).to.equal(true);
    expect(packetDecidedBy(mail, mail.entries[1]!, fullBox())).to.include({
      protocol: TCP,
      destinationPort: 25,
    });
  });

  it('agree with looking at every packet, in list order', () => {
    fc.assert(
      fc.property(aclArbitrary(), boxArbitrary, (acl, { box: within, line }) => {
        const list = compiled(acl);
        const deciding = new Set<number>();
        for (const packet of everyPacket([acl, line]))
          if (boxContains(within, packet)) deciding.add(decideSlowly(acl, packet).line);
        deciding.delete(-1);
        const found = [...decidingEntries(list, within)];
        expect(found.map((f) => f.entry.index)).to.deep.equal([...deciding].sort((a, b) => a - b));
        for (const { entry, packet } of found) {
          expect(boxContains(within, packet)).to.equal(true);
          expect(decideSlowly(acl, packet).line).to.equal(entry.index);
        }
        for (const entry of list.entries)
          expect(decidesSome(list, entry, within)).to.equal(deciding.has(entry.index));
      }),
      tries(120),
    );
  });

  it('are shown by the same packet, whatever was asked before', () => {
    fc.assert(
      fc.property(aclArbitrary(), (acl) => {
        const fresh = (line: number) => {
          const list = compileAcl({ ...acl }, NO_ENVIRONMENT);
          return packetDecidedBy(list, list.entries[line]!, fullBox());
        };
        const list = compiled(acl);
        for (const { index } of list.entries)
          expect(packetDecidedBy(list, list.entries[index]!, fullBox())).to.deep.equal(fresh(index));
      }),
      tries(100),
    );
  });
});

describe('findDenied', () => {
  it('finds the first box of which nothing may pass', () => {
    const to = (last: number) =>
      makeBox({ destination: { address: 0xc0000200 + last, wildcard: 0 } as Box['source'] });
    const list = compiled(
      listOf(permit('ip', 'any', '192.0.2.1'), permit('ip', 'any', '192.0.2.3'), deny('ip', 'any', 'any')),
    );
    const boxes = [to(1), to(2), to(3), to(4)];
    expect(findDenied(list, boxes)).to.equal(boxes[1]);
    expect(findDenied(list, [to(1), to(3)])).to.equal(null);
  });

  it('finds nothing denied where no list stands in the way', () => {
    expect(findDenied(compiled(null), [fullBox()])).to.equal(null);
  });

  it('agrees with looking at every packet, however the doubtful lines turn out', () => {
    fc.assert(
      fc.property(
        uncertainAclArbitrary,
        fc.array(boxArbitrary, { minLength: 1, maxLength: 3 }),
        (acl, asked) => {
          const list = compiled(acl);
          const isDenied = ({ box, line }: (typeof asked)[number]): boolean => {
            for (const packet of everyPacket([acl, line]))
              if (boxContains(box, packet) && possibleActions(acl, packet).has('permit')) return false;
            return true;
          };
          const boxes = asked.map(({ box }) => box);
          expect(findDenied(list, boxes)).to.equal(asked.find(isDenied)?.box ?? null);
          for (const one of asked) expect(deniesAll(list, one.box)).to.equal(isDenied(one));
        },
      ),
      tries(60),
    );
  });
});
