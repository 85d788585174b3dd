import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { type CompiledAcl, compileAcl, isCertain } from '../../src/acl/compile.ts';
import { decidePacket } from '../../src/acl/decide.ts';
import { type Box, makeBox } from '../../src/headerspace/box.ts';
import { setContains } from '../../src/headerspace/packet-set.ts';
import { hostPattern, toIpv4 } from '../../src/model/address.ts';
import { makePacket, type Packet, TCP } from '../../src/model/packet.ts';
import type { RouterConfig } from '../../src/model/router-config.ts';
import { boxesLeftOut, changedBoxes, sameWithin } from '../../src/review/changed-boxes.ts';
import { beginAlike, cutToRegion, RegionCuts } from '../../src/review/cut-to-region.ts';

const MEMBERS = ['host 192.0.2.0', 'host 192.0.2.1', 'host 192.0.2.2', '192.0.2.4 255.255.255.252'];
const members = fc.subarray(MEMBERS, { minLength: 1 });

const readWith = (group: readonly string[]): RouterConfig =>
  parseConfig(
    [
      'version 15.1',
      'object-group network G',
      ...group.map((member) => ` ${member}`),
      'ip access-list extended A',
      ' deny tcp object-group G host 192.0.2.1 eq 22',
      ' permit tcp any object-group G eq 22',
      ' permit tcp object-group G object-group G',
      ' deny ip host 192.0.2.6 any',
      ' permit udp any any',
      'end',
      '',
    ].join('\n'),
    'r.cfg',
  ).value;
const { acls } = readWith(MEMBERS);

/** The very same lines, as the group stands. */
const compile = (group: readonly string[]): CompiledAcl =>
  compileAcl(acls.get('A'), { ...readWith(group), clock: null });

const packets: readonly Packet[] = [0, 1, 2, 3, 4, 6, 7, 9].flatMap((source) =>
  [0, 1, 2, 3, 5, 8].flatMap((destination) =>
    [TCP, 17].flatMap((protocol) =>
      [22, 25].map((destinationPort) =>
        makePacket({
          source: toIpv4(0xc0000200 + source),
          destination: toIpv4(0xc0000200 + destination),
          protocol,
          sourcePort: 49152,
          destinationPort,
        }),
      ),
    ),
  ),
);

describe('what a group that changes does to its lines', () => {
  it('is told by boxes outside of which nothing changes', () => {
    fc.assert(
      fc.property(members, members, (old, now) => {
        const [before, after] = [compile(old), compile(now)];
        const region = changedBoxes(before.entries, after.entries);
        for (const p of packets)
          if (!setContains(region, p))
            expect(decidePacket(before, p).verdict).to.equal(decidePacket(after, p).verdict);
      }),
    );
  });

  it('concerns the member alone, also where hosts stand joined in one pattern', () => {
    const region = changedBoxes(compile(MEMBERS.slice(0, 2)).entries, compile(MEMBERS.slice(0, 1)).entries);
    const gone = toIpv4(0xc0000201);
    expect(region).to.not.be.empty;
    expect(packets.some((p) => setContains(region, p))).to.equal(true);
    for (const p of packets) if (setContains(region, p)) expect([p.source, p.destination]).to.include(gone);
  });
});

describe('two states of a group', () => {
  it('are the same within a region only where they decide alike there', () => {
    fc.assert(
      fc.property(members, members, members, (old, now, other) => {
        const [before, after, end] = [compile(old), compile(now), compile(other)];
        const region = changedBoxes(before.entries, after.entries);
        if (!sameWithin(after.entries, end.entries, region)) return;
        for (const p of packets)
          if (setContains(region, p))
            expect(decidePacket(after, p).verdict).to.equal(decidePacket(end, p).verdict);
      }),
    );
  });

  it('are the same around a member that both have, and not around one that only one of them has', () => {
    const [one, two, three] = [1, 2, 3].map((count) => compile(MEMBERS.slice(0, count)));
    const [source, destination] = [9, 1].map((n) => hostPattern(toIpv4(0xc0000200 + n)));
    const aroundSecond = [makeBox({ source, destination })];
    expect(sameWithin(two!.entries, three!.entries, aroundSecond)).to.equal(true);
    expect(sameWithin(one!.entries, three!.entries, aroundSecond)).to.equal(false);
  });
});

/** Every tenth line denies. */
const longList = (lines: number) =>
  parseConfig(
    [
      'ip access-list extended A',
      ...Array.from(
        { length: lines },
        (_, i) => ` ${i % 10 === 0 ? 'deny' : 'permit'} udp host 10.0.${i >> 8}.${i & 255} any`,
      ),
      '',
    ].join('\n'),
    'r.cfg',
  ).value.acls.get('A');

describe('two states of a list of which one surely permits, or denies, a packet', () => {
  const { acls: lines } = parseConfig(
    [
      'version 12.4',
      'ip access-list extended A',
      ' permit tcp any host 192.0.2.1 eq 22',
      ' deny tcp host 192.0.2.3 any time-range T',
      ' permit ip any host 192.0.2.1 time-range T',
      ' deny tcp any 192.0.2.0 0.0.0.3 eq 22',
      ' permit udp 192.0.2.0 0.0.0.3 any',
      ' deny ip host 192.0.2.2 any',
      ' permit ip any 192.0.2.0 0.0.0.7 time-range T',
      ' permit tcp any any eq 25',
      'end',
      '',
    ].join('\n'),
    'r.cfg',
  ).value;
  const whole = compileAcl(lines.get('A'), { objectGroups: new Map(), timeRanges: new Map(), clock: null });
  const places = [...whole.entries.keys()];
  /** Mostly in their order, some moved. */
  const state = fc
    .tuple(fc.subarray(places), fc.subarray(places, { maxLength: 2 }))
    .map(([kept, moved]) => [...kept.filter((place) => !moved.includes(place)), ...moved])
    .map((chosen): CompiledAcl => ({ ...whole, entries: chosen.map((place) => whole.entries[place]!) }));

  it('do so both, but for packets of the boxes that are named', () => {
    let outside = 0;
    fc.assert(
      fc.property(state, state, fc.constantFrom('permit' as const, 'deny' as const), (one, other, action) => {
        const boxes = boxesLeftOut(one, other, action);
        expect(boxes).to.not.equal(null);
        for (const p of packets) {
          if (setContains(boxes!, p) || decidePacket(other, p).verdict !== action) continue;
          outside++;
          expect(decidePacket(one, p).verdict).to.equal(action);
        }
      }),
    );
    expect(outside).to.be.greaterThan(0);
  });

  it('name no box where lines of the other action alone are missing, and any where the ends differ', () => {
    const without = (action: string): CompiledAcl => ({
      ...whole,
      entries: whole.entries.filter((entry) => entry.action !== action),
    });
    expect(boxesLeftOut(without('permit'), whole, 'deny')).to.deep.equal([]);
    expect(boxesLeftOut(without('permit'), whole, 'permit')).to.not.be.empty;
    expect(boxesLeftOut({ ...whole, otherwise: 'permit' }, whole, 'deny')).to.equal(null);
  });

  it('name of a long list that was typed again in part the lines of the action that are missing, unless these are many', () => {
    const long = compileAcl(longList(5000), {
      objectGroups: new Map(),
      timeRanges: new Map(),
      clock: null,
    });
    const first = (count: number): CompiledAcl => ({ ...long, entries: long.entries.slice(0, count) });
    const denied = (from: number) =>
      long.entries.slice(from).flatMap((e) => (e.action === 'deny' ? [...e.may] : []));
    expect(denied(10)).to.have.length.above(400);
    for (const count of [0, 10, 11, 2000, 4990, 5000]) {
      expect(boxesLeftOut(first(count), long, 'deny')).to.deep.equal(denied(count));
      expect(boxesLeftOut(long, first(count), 'permit')).to.deep.equal(denied(count));
    }
    expect(boxesLeftOut(first(10), long, 'permit')).to.equal(null);
    expect(boxesLeftOut(first(4000), long, 'permit')).to.have.lengthOf(900);
  });
});

describe('a list with object groups cut to a region', () => {
  it('decides packets of the region as the whole list does', () => {
    fc.assert(
      fc.property(members, members, (old, now) => {
        const [before, after] = [compile(old), compile(now)];
        const region = changedBoxes(before.entries, after.entries);
        const cut = cutToRegion(after, region);
        expect(cut.entries.every((entry) => isCertain(entry) && entry.may.length > 0)).to.equal(true);
        for (const p of packets)
          if (setContains(region, p))
            expect(decidePacket(cut, p).verdict).to.equal(decidePacket(after, p).verdict);
      }),
    );
  });
});

describe('states of one list cut to a region', () => {
  const ace = (i: number): string =>
    `${i % 3 === 0 ? 'deny' : 'permit'} tcp any host 192.0.2.${i % 7} eq ${i % 2 === 0 ? 22 : 25}`;
  const { acls: long } = parseConfig(
    [
      'version 12.4',
      'ip access-list extended A',
      ...Array.from({ length: 100 }, (_, i) => ` ${ace(i)}`),
    ].join('\n'),
    'r.cfg',
  ).value;
  const whole = compileAcl(long.get('A'), { objectGroups: new Map(), timeRanges: new Map(), clock: null });
  /** The very entries of these places: a list of more than a few lines has its addresses laid out. */
  const listOf = (places: readonly number[]): CompiledAcl => ({
    ...whole,
    entries: places.map((place) => whole.entries[place]!),
  });
  const state = fc
    .tuple(fc.nat(99), fc.nat(99), fc.nat(99))
    .map(([from, gone, last]) =>
      [...whole.entries.keys()].filter((i) => (i < from || i > from + 5) && i !== gone).concat(last),
    );
  const region: readonly Box[] = [
    makeBox({ destination: hostPattern(toIpv4(0xc0000203)), fragments: 'whole' }),
  ];

  it('are cut as each would be alone, however much of them is alike', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 2, maxLength: 6 }), (states) => {
        const cuts = new RegionCuts(region);
        for (const list of states.map(listOf))
          expect(cuts.cut(list)).to.deep.equal(cutToRegion(list, region));
      }),
    );
  });

  it('begin alike down to a line that takes the whole region, and no further', () => {
    const [five, ten] = [listOf([0, 1, 2, 3, 4]), listOf([0, 1, 2, 3, 10])];
    const asked = [...whole.entries[3]!.must];
    expect(beginAlike(five, ten, 3, asked)).to.equal(true);
    expect(beginAlike(five, ten, 2, asked)).to.equal(false);
    expect(beginAlike(five, ten, 4, [...whole.entries[4]!.must])).to.equal(false);
    expect(beginAlike(listOf([1, 3]), listOf([2, 3]), 1, asked)).to.equal(false);
    expect(beginAlike(listOf([3]), listOf([3]), -1, asked)).to.equal(false);
  });
});
