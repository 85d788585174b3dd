import { expect } from 'chai';
import fc from 'fast-check';
import { compileAcl } from '../../src/acl/compile.ts';
import { type AclDiff, diffAcls, diffInPairs, equivalent, tryDiffInPairs } from '../../src/acl/diff.ts';
import type { DiffSpace } from '../../src/acl/diff-spaces.ts';
import { boxContains, makeBox } from '../../src/headerspace/box.ts';
import { countProjected, intersect } from '../../src/headerspace/packet-set.ts';
import type { Ace, Acl, AclEntry } from '../../src/model/access-list.ts';
import type { Packet } from '../../src/model/packet.ts';
import { sameRanges } from '../../src/model/ports.ts';
import { changeArbitrary } from './changed-lists.ts';
import {
  aceArbitrary,
  aclArbitrary,
  deny,
  everyPacket,
  listOf,
  NO_ENVIRONMENT,
  permit,
  tcpPacket,
  toPort,
  tries,
} from './lists.ts';
import { decideSlowly, matchesSlowly } from './slow-first-match.ts';
import { uncertainAclArbitrary, worlds } from './uncertain-lists.ts';

const diff = (before: Acl, after: Acl): AclDiff =>
  diffAcls(compileAcl(before, NO_ENVIRONMENT), compileAcl(after, NO_ENVIRONMENT));

const spacesWith = (spaces: readonly DiffSpace[], packet: Packet): readonly DiffSpace[] =>
  spaces.filter((s) => boxContains(s.box, packet));

describe('diffAcls', () => {
  const base = [permit('tcp', 'any', '192.0.2.25', toPort(25)), deny('ip', 'any', 'any')] as const;

  it('says what a new line gains, in its own terms', () => {
    const line = permit('tcp', '10.0.0.0 0.0.0.255', '192.0.2.25', toPort(110));
    const before = listOf(...base);
    const after = listOf(base[0], line, base[1]);
    const { gained, lost, undetermined, fragments } = diff(before, after);
    expect(gained).to.have.length(1);
    expect(gained[0]).to.include({ before: before.entries[1], after: after.entries[1] });
    expect(countProjected(gained[0]!.box)).to.equal(256n * 65536n);
    expect(gained[0]!.witness).to.include({ destinationPort: 110, tcpFlags: 2, sourcePort: 49152 });
    // The first line lets later fragments to this host pass before and after.
    expect([...lost, ...undetermined, ...fragments.lost, ...fragments.gained]).to.deep.equal([]);
  });

  it('finds nothing changed by a new line that earlier lines already cover', () => {
    expect(
      equivalentLists(
        listOf(...base),
        listOf(base[0], permit('tcp', '10.0.0.1', '192.0.2.25', toPort(25)), base[1]),
      ),
    ).to.equal(true);
  });

  it('finds nothing changed by a deny at the end, which the implicit deny says anyway', () => {
    expect(equivalentLists(listOf(base[0]), listOf(...base))).to.equal(true);
  });

  it('finds that emptying a list permits the rest', () => {
    const { gained, lost } = diff(listOf(base[0]), listOf());
    expect(lost).to.deep.equal([]);
    expect(gained.every((s) => s.before === 'implicit-deny' && s.after === null)).to.equal(true);
    expect(gained.some((s) => boxContains(s.box, gained[0]!.witness))).to.equal(true);
  });

  it('keeps to the set asked about', () => {
    const within = [makeBox({ protocol: 17 })];
    const before = compileAcl(listOf(...base), NO_ENVIRONMENT);
    const after = compileAcl(listOf(permit('ip', 'any', 'any')), NO_ENVIRONMENT);
    expect(diffAcls(before, after, within).gained.map((s) => s.box.protocols)).to.deep.equal([[[17, 17]]]);
  });

  it('outlines what would take too many boxes, and counts it all the same', () => {
    const holes = Array.from({ length: 40 }, (_, i) => deny('tcp', `10.0.${i}.${(i * 37) % 256}`, 'any'));
    const wide = permit('tcp', '10.0.0.0 0.0.255.255', 'any');
    const before = compileAcl(listOf(...holes, deny('ip', 'any', 'any')), NO_ENVIRONMENT);
    const after = compileAcl(listOf(...holes, wide), NO_ENVIRONMENT);
    const [outline, ...others] = diffAcls(before, after, undefined, { mostBoxes: 40 }).gained;
    expect(others).to.deep.equal([]);
    expect(outline!.outline).to.deep.equal({
      earlier: 40,
      packets: (65536n - 40n) * 2n ** 64n,
      exact: true,
    });
    expect(diffAcls(before, after).gained.every((s) => s.outline === undefined)).to.equal(true);
    expect(equivalent(before, after)).to.equal(false);
  });

  it('lists in boxes what dozens of lines cut up, and outlines what a hundred do', () => {
    const gainedAfter = (...holes: AclEntry[]): readonly DiffSpace[] =>
      diff(listOf(...holes), listOf(...holes, permit('udp', 'any', 'any', toPort(53)))).gained;
    const sources = (count: number) =>
      Array.from({ length: count }, (_, i) => deny('ip', `10.${(i * 37) & 255}.${i >> 8}.1`, 'any'));
    const destinations = (count: number) =>
      Array.from({ length: count }, (_, i) => deny('ip', 'any', `192.0.2.${i * 5}`));
    const dozens = gainedAfter(...sources(12), ...destinations(12));
    expect(dozens.length).to.be.greaterThan(5000);
    expect(dozens.every((s) => s.outline === undefined)).to.equal(true);
    expect(dozens.reduce((sum, s) => sum + countProjected(s.box), 0n)).to.equal(
      (2n ** 32n - 12n) ** 2n * 65536n,
    );
    expect(gainedAfter(...sources(120)).map((s) => s.outline)).to.deep.equal([
      { earlier: 120, packets: (2n ** 32n - 120n) * 2n ** 32n * 65536n, exact: true },
    ]);
  });

  it('outlines exactly the packets whose first matches are the two lines it names', () => {
    fc.assert(
      fc.property(changeArbitrary, fc.integer({ min: 1, max: 4 }), ([before, after], mostBoxes) => {
        const compiled = [compileAcl(before, NO_ENVIRONMENT), compileAcl(after, NO_ENVIRONMENT)] as const;
        const found = diffAcls(...compiled, undefined, { mostBoxes });
        const all = diffAcls(...compiled);
        expect(found.complete).to.equal(true);
        for (const packet of everyPacket([before, after])) {
          const [was, is] = [decideSlowly(before, packet), decideSlowly(after, packet)];
          const side = packet.nonInitialFragment ? found.fragments : found;
          const holds = (s: DiffSpace): boolean =>
            boxContains(s.box, packet) &&
            (s.outline === undefined ||
              (s.before === decider(before, was.line) && s.after === decider(after, is.line)));
          expect([...side.gained, ...side.lost].filter(holds)).to.have.length(
            was.action === is.action ? 0 : 1,
          );
        }
        checkWitnesses(found);
        for (const outline of [...found.gained, ...found.lost])
          checkCount(outline, [...all.gained, ...all.lost]);
      }),
      tries(25),
    );
  });

  it('finds every difference between a list and its change, once', () => {
    fc.assert(
      fc.property(changeArbitrary, ([before, after]) => {
        const found = diff(before, after);
        expect([...found.undetermined, ...found.fragments.undetermined]).to.deep.equal([]);
        for (const packet of everyPacket([before, after])) {
          const was = decideSlowly(before, packet);
          const is = decideSlowly(after, packet);
          const side = packet.nonInitialFragment ? found.fragments : found;
          const gained = spacesWith(side.gained, packet);
          const lost = spacesWith(side.lost, packet);
          expect(gained).to.have.length(was.action === 'deny' && is.action === 'permit' ? 1 : 0);
          expect(lost).to.have.length(was.action === 'permit' && is.action === 'deny' ? 1 : 0);
          for (const space of [...gained, ...lost]) {
            expect(space.before).to.equal(was.line === -1 ? 'implicit-deny' : before.entries[was.line]);
            expect(space.after).to.equal(is.line === -1 ? 'implicit-deny' : after.entries[is.line]);
          }
        }
        checkWitnesses(found);
      }),
      tries(25),
    );
  });

  it('finds every difference between unrelated lists, once', () => {
    fc.assert(
      fc.property(aclArbitrary(6), aclArbitrary(6), (before, after) => {
        const found = diff(before, after);
        for (const packet of everyPacket([before, after])) {
          const was = decideSlowly(before, packet).action;
          const is = decideSlowly(after, packet).action;
          const side = packet.nonInitialFragment ? found.fragments : found;
          expect(spacesWith(side.gained, packet)).to.have.length(was === 'deny' && is === 'permit' ? 1 : 0);
          expect(spacesWith(side.lost, packet)).to.have.length(was === 'permit' && is === 'deny' ? 1 : 0);
        }
      }),
      tries(20),
    );
  });

  it('claims gained or lost only where every reading of unknown lines agrees, and misses nothing', () => {
    fc.assert(
      fc.property(
        uncertainAclArbitrary,
        fc.array(fc.nat(20), { maxLength: 3 }),
        aceArbitrary,
        // Few: what is parted too finely is told as undetermined together.
        fc.constantFrom(undefined, undefined, 0, 5),
        (before, places, extra, mostParted) => {
          const lines = [...before.entries];
          for (const place of places) {
            const [taken] = lines.splice(place % lines.length, 1);
            lines.splice((place * 5) % (lines.length + 1), 0, taken!);
          }
          lines.splice((places[0] ?? 0) % (lines.length + 1), 0, extra as Ace);
          const after = listOf(...lines);
          const found = diffAcls(
            compileAcl(before, NO_ENVIRONMENT),
            compileAcl(after, NO_ENVIRONMENT),
            undefined,
            mostParted === undefined ? {} : { mostParted },
          );
          if (mostParted === undefined) expect(found.coarse).to.equal(false);
          for (const packet of everyPacket([before, after])) {
            const side = packet.nonInitialFragment ? found.fragments : found;
            const spaces = [...side.gained, ...side.lost, ...side.undetermined].filter((s) =>
              boxContains(s.box, packet),
            );
            expect(spaces.length).to.be.lessThan(2);
            const outcomes = [...worlds(before, after)].map((pair) =>
              pair
                .map((acl) =>
                  decideSlowly(acl!, packet).line === -1 ? 'deny' : decideSlowly(acl!, packet).action,
                )
                .join('>'),
            );
            if (side.gained.includes(spaces[0]!))
              expect(new Set(outcomes)).to.deep.equal(new Set(['deny>permit']));
            if (side.lost.includes(spaces[0]!))
              expect(new Set(outcomes)).to.deep.equal(new Set(['permit>deny']));
            if (spaces.length === 0)
              for (const o of outcomes) expect(['permit>permit', 'deny>deny']).to.include(o);
          }
        },
      ),
      tries(10),
    );
  });
});

describe('what changes behind lines that only may match', () => {
  const sometimes = (name: string): Ace['conditions'] => [{ kind: 'time-range', name }];

  const undetermined = (before: readonly Ace[], after: readonly Ace[]): number =>
    diffAcls(compileAcl(listOf(...before), NO_ENVIRONMENT), compileAcl(listOf(...after), NO_ENVIRONMENT))
      .undetermined.length;
  const [night, other, never] = [
    permit('ip', '10.0.0.1', 'any', {}, sometimes('NIGHT')),
    permit('ip', '10.0.0.0 0.0.0.255', 'any', {}, sometimes('OTHER')),
    deny('ip', '10.0.0.1', '10.0.0.2', {}, sometimes('NEVER')),
  ];

  it('is undetermined where one that does what the end does comes to stand above one that does not', () => {
    expect(undetermined([night, never], [never, night])).to.equal(1);
    expect(undetermined([other, night, never], [never, other, night])).to.equal(1);
  });

  it('is nothing where two that do the same change places', () => {
    expect(undetermined([night, other, never], [other, night, never])).to.equal(0);
    expect(undetermined([never, night, other], [never, other, night])).to.equal(0);
  });

  it('is told as undetermined together where so many of them cross that no list could hold the parts', () => {
    // Each on a bit of its own: two in the power of 24 ways to meet some of them and not the others.
    const crossing = Array.from({ length: 24 }, (_, bit) => {
      const value = (1 << bit) >>> 0;
      const dotted = (n: number): string => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
      return permit('ip', `${dotted(value)} ${dotted(~value)}`, 'any', {}, sometimes(`T${bit}`));
    });
    const after = listOf(...crossing, permit('tcp', 'any', '192.0.2.25', toPort(25)));
    const [old, now] = [listOf(...crossing), after].map((list) => compileAcl(list, NO_ENVIRONMENT));
    const found = diffAcls(old!, now!, undefined, { mostParted: 2000 });
    expect(found.coarse).to.equal(true);
    expect(found.lost).to.deep.equal([]);
    const packet = tcpPacket('10.0.0.1', '192.0.2.25', 25);
    expect(found.undetermined.filter(({ box }) => boxContains(box, packet))).to.have.length(1);
    expect(found.gained.some(({ box }) => boxContains(box, packet))).to.equal(false);
    // Where none of them may match, it is gained for sure; told with the others, it is at least not left out.
    const sure = tcpPacket('4.0.0.0', '192.0.2.25', 25);
    expect(
      [...found.gained, ...found.undetermined].filter(({ box }) => boxContains(box, sure)),
    ).to.have.length(1);
    expect(
      found.undetermined.some(({ box }) => boxContains(box, tcpPacket('10.0.0.1', '192.0.2.25', 26))),
    ).to.equal(false);
  });

  it('is cut out of what two lines share, not of all that the uncertain lines may match', () => {
    // Laid out side by side they come to millions of pieces, whatever it is that changes.
    const wild = [
      '85.85.85.85',
      '170.170.170.170',
      '0.255.0.255',
      '0.0.254.255',
      '127.255.255.255',
      '1.1.1.1',
    ];
    const crossing = Array.from({ length: 30 }, (_, i) =>
      deny(
        ['tcp', 'udp', 'ip'][i % 3]!,
        `0.0.0.${i} ${wild[i % 6]}`,
        `0.${i}.0.0 ${wild[(i * 5 + 1) % 6]}`,
        { ttl: { operator: 'range', operands: [i, 2 * i], set: [[i, 2 * i]] } },
        sometimes(`T${i}`),
      ),
    );
    const before = listOf(...crossing, permit('ip', 'any', 'any'));
    const after = listOf(permit('udp', '0.0.0.1 0.0.0.254', '0.1.0.0 0.254.0.0'), ...before.entries);
    const { coarse, gained, lost, undetermined } = diff(before, after);
    expect({ coarse, gained, lost }).to.deep.equal({ coarse: false, gained: [], lost: [] });
    const met = new Set<boolean>();
    for (const [low, high] of [
      [1, 1],
      [3, 1],
      [29, 29],
      [85, 27],
      [255, 9],
    ] as const)
      for (const ttl of [1, 4, 30, 58, 64]) {
        const packet = tcpPacket(`0.0.0.${low}`, `0.${high}.0.0`, 53, { protocol: 17, tcpFlags: 0, ttl });
        const isMet = crossing.some((line) => matchesSlowly(line, packet));
        met.add(isMet);
        expect(undetermined.filter(({ box }) => boxContains(box, packet))).to.have.length(isMet ? 1 : 0);
      }
    expect(met.size).to.equal(2);
  });
});

describe('tryDiffInPairs', () => {
  it('leaves a difference that came to too many boxes to be told in full, of the same packets or of others', () => {
    const tcp = [makeBox({ protocol: 6, fragments: 'whole' })];
    const sets = fc.constantFrom(undefined, tcp);
    const seen = { stopped: 0 };
    fc.assert(
      fc.property(changeArbitrary, fc.nat(12), sets, sets, ([before, after], left, first, then) => {
        const [old, now] = [compileAcl(before, NO_ENVIRONMENT), compileAcl(after, NO_ENVIRONMENT)];
        const fresh = diffInPairs(old, now, then);
        const meter = { left };
        const tried = tryDiffInPairs(old, now, first, meter);
        if (tried === null) seen.stopped++;
        else expect(tried).to.deep.equal(diffInPairs(old, now, first));
        expect(diffInPairs(old, now, then)).to.deep.equal(fresh);
      }),
      tries(150),
    );
    expect(seen.stopped).to.be.greaterThan(5);
  });
});

const equivalentLists = (a: Acl, b: Acl): boolean =>
  equivalent(compileAcl(a, NO_ENVIRONMENT), compileAcl(b, NO_ENVIRONMENT));

function checkWitnesses(found: AclDiff): void {
  for (const side of [found, found.fragments])
    for (const space of [...side.gained, ...side.lost])
      expect(boxContains(space.box, space.witness)).to.equal(true);
}

const decider = (acl: Acl, line: number): DiffSpace['before'] =>
  line === -1 ? 'implicit-deny' : acl.entries[line]!;

/** An outline's count against the boxes of the same two lines, within the outline: the same, or no more. */
function checkCount({ box, before, after, outline }: DiffSpace, listed: readonly DiffSpace[]): void {
  if (!outline) return;
  const same = listed.filter((s) => s.before === before && s.after === after).map((s) => s.box);
  const inside = intersect(same, [box]);
  const full = inside.every((b) =>
    (['protocols', 'tcpFlags', 'tos', 'ttl'] as const).every((f) => sameRanges(b[f], box[f])),
  );
  const sum = inside.reduce((total, b) => total + countProjected(b), 0n);
  expect(outline.packets <= sum).to.equal(true);
  if (outline.exact && full) expect(outline.packets).to.equal(sum);
}
