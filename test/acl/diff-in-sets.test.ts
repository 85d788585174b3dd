import { expect } from 'chai';
import fc from 'fast-check';
import { type CompileEnvironment, compileAcl } from '../../src/acl/compile.ts';
import { type DiffInSets, diffInSets } from '../../src/acl/diff-in-sets.ts';
import { boxesOf } from '../../src/headerspace/address-sets.ts';
import { boxContains, makeBox } from '../../src/headerspace/box.ts';
import type { Acl, AddressMatch } from '../../src/model/access-list.ts';
import { type AddressPattern, parseIpv4, toAddressPattern } from '../../src/model/address.ts';
import type { Packet } from '../../src/model/packet.ts';
import { changeArbitrary } from './changed-lists.ts';
import { deny, everyPacket, listOf, patternOf, permit, spanOf, toPort, tries } from './lists.ts';
import { decideSlowly } from './slow-first-match.ts';
import { uncertainAclArbitrary } from './uncertain-lists.ts';

const environment = (members: readonly AddressPattern[]): CompileEnvironment => ({
  objectGroups: new Map([
    [
      'G',
      {
        kind: 'network',
        name: 'G',
        members: members.map((pattern) => ({ kind: 'pattern', pattern, span: spanOf(0) })),
        span: spanOf(0),
      },
    ],
  ]),
  timeRanges: new Map(),
  clock: null,
});

const GROUP: AddressMatch = { kind: 'group', name: 'G' };

/** The list with the group in place of some addresses: bit 2i of `chosen` is about the source of line i, the next about its destination. */
const naming = (acl: Acl, chosen: number): Acl => ({
  ...acl,
  entries: acl.entries.map((entry, i) => {
    if (entry.kind !== 'ace') return entry;
    const source = (chosen >> (2 * i)) & 1 ? GROUP : entry.match.source;
    const destination = (chosen >> (2 * i + 1)) & 1 ? GROUP : entry.match.destination;
    return { ...entry, match: { ...entry.match, source, destination } };
  }),
});

/** The same with a line for each member that a line names, for those who know no groups, and the place of each in the list. */
function spelledOut(acl: Acl, members: readonly AddressPattern[]): { list: Acl; places: readonly number[] } {
  const spell = (match: AddressMatch): readonly AddressMatch[] =>
    match.kind === 'group' ? members.map((pattern) => ({ kind: 'pattern', pattern })) : [match];
  const spelled = acl.entries.flatMap((entry, place) =>
    entry.kind !== 'ace'
      ? []
      : spell(entry.match.source).flatMap((source) =>
          spell(entry.match.destination).map((destination) => ({
            place,
            entry: { ...entry, match: { ...entry.match, source, destination } },
          })),
        ),
  );
  return { list: { ...acl, entries: spelled.map((s) => s.entry) }, places: spelled.map((s) => s.place) };
}

/** Members of the small world of `lists.ts`, some of which overlap. */
const membersArbitrary: fc.Arbitrary<readonly AddressPattern[]> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })), { maxLength: 3 })
  .map((members) => members.map(([value, free]) => patternOf(value, free)));

const NO_MATCH = { action: 'deny', line: -1 } as const;
/** Answers the pair of each set that holds a packet. */
function pairsWith(diffs: readonly DiffInSets[]): (packet: Packet) => readonly DiffInSets[] {
  const sets = diffs.flatMap((diff) => diff.sets.map((set) => ({ diff, boxes: boxesOf(set) })));
  return (packet) =>
    sets.filter(({ boxes }) => boxes.some((box) => boxContains(box, packet))).map(({ diff }) => diff);
}

describe('diffInSets', () => {
  it('has every packet that a change treats differently in one set, and no other packet', () => {
    fc.assert(
      fc.property(
        changeArbitrary,
        fc.tuple(membersArbitrary, membersArbitrary, fc.nat(), fc.nat()),
        ([before, after], [old, now, one, other]) => {
          const was = compileAcl(naming(before, one), environment(old));
          const is = compileAcl(naming(after, other), environment(now));
          const { gained, lost, fragments } = diffInSets(was, is)!;
          const told = {
            permit: pairsWith([...gained, ...fragments.gained]),
            deny: pairsWith([...lost, ...fragments.lost]),
          };
          const [first, second] = [spelledOut(was.acl!, old), spelledOut(is.acl!, now)];
          const decide = ({ list, places }: typeof first, acl: Acl, packet: Packet) => {
            // A list of lines that match nothing denies all the same.
            const { action, line } = list.entries.length === 0 ? NO_MATCH : decideSlowly(list, packet);
            return { action, by: line === -1 ? 'implicit-deny' : acl.entries[places[line]!]! };
          };
          for (const packet of everyPacket([first.list, second.list])) {
            const then = decide(first, was.acl!, packet);
            const later = decide(second, is.acl!, packet);
            const changed = then.action === later.action ? null : later.action;
            for (const kind of ['permit', 'deny'] as const) {
              const pairs = told[kind](packet).map((pair) => [pair.before, pair.after]);
              // Of thousands of packets most are in no set, as they should be: an assertion each takes most of the time.
              if (kind === changed || pairs.length > 0)
                expect(pairs).to.deep.equal(kind === changed ? [[then.by, later.by]] : []);
            }
          }
        },
      ),
      tries(60),
    );
  });

  it('tells all hosts that a group wins as one set, whatever lies across some of them', () => {
    const hosts = Array.from({ length: 40 }, (_, i) => toAddressPattern(parseIpv4('10.0.0.1')! + 7 * i, 0));
    const list = listOf(
      deny('tcp', '192.0.2.0 0.0.0.255', '10.0.0.0 0.0.0.127'),
      permit('tcp', 'any', 'any', toPort(25)),
      deny('ip', 'any', 'any'),
    );
    const lines = [list.entries[0]!, { ...list.entries[1]! }, list.entries[2]!];
    const acl = listOf(...lines);
    const named = { ...acl, entries: naming(acl, 0b1000).entries };
    const { gained, lost } = diffInSets(
      compileAcl(named, environment(hosts.slice(0, 10))),
      compileAcl(named, environment(hosts)),
    )!;
    expect(lost).to.deep.equal([]);
    expect(gained).to.have.length(1);
    expect(gained[0]!.sets).to.have.length(2);
    const hostsOf = gained[0]!.sets.flatMap(({ destinations }) => destinations.flatMap((d) => d.address));
    expect(new Set(hostsOf).size).to.be.at.most(30);
  });

  it('keeps to the packets asked about', () => {
    const before = compileAcl(listOf(deny('ip', 'any', 'any')), environment([]));
    const after = compileAcl(listOf(permit('ip', 'any', 'any')), environment([]));
    const [gained] = diffInSets(before, after, [makeBox({ protocol: 17 })])!.gained;
    expect(gained!.sets.map(({ box }) => box.protocols)).to.deep.equal([[[17, 17]]]);
  });

  it('leaves lists to boxes of which a line only may match', () => {
    const plain = compileAcl(listOf(permit('ip', 'any', 'any')), environment([]));
    fc.assert(
      fc.property(uncertainAclArbitrary, (acl) => {
        const compiled = compileAcl(acl, environment([]));
        const sure = compiled.entries.every(({ must, may }) => must === may);
        expect(diffInSets(compiled, plain) === null).to.equal(!sure);
      }),
      tries(30),
    );
  });
});
