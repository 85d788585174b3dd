import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { compileAcl } from '../../src/acl/compile.ts';
import { diffAcls } from '../../src/acl/diff.ts';
import type { DiffSpace } from '../../src/acl/diff-spaces.ts';
import { joinByAddresses } from '../../src/headerspace/address-sets.ts';
import type { ChangedSpace } from '../../src/model/review.ts';
import { describeBoxes, describeInSets, type Place } from '../../src/review/describe-space.ts';
import { type ConfigDiff, diffConfigs } from '../../src/review/semantic-diff.ts';
import { configText, listText, packet } from './arbitrary-lists.ts';
import { spaceHolds } from './space-members.ts';

const somewhere: Place = { interface: 'f', direction: 'in', before: null, after: null, condition: null };

/** What is gained and what is lost, each among whole packets or among later fragments. */
function diffLists(
  old: readonly string[],
  now: readonly string[],
): readonly { readonly fragments: boolean; readonly spaces: readonly DiffSpace[] }[] {
  const [before, after] = [old, now].map((list) => {
    const config = parseConfig(configText(list), 'r.cfg').value;
    return compileAcl(config.acls.get('OUT'), { ...config, clock: null });
  });
  const whole = diffAcls(before!, after!);
  return [whole, whole.fragments].flatMap(({ gained, lost }, i) =>
    [gained, lost].map((spaces) => ({ fragments: i === 1, spaces })),
  );
}

const MEMBERS = Array.from({ length: 60 }, (_, i) => `10.${i}.${(i * 37) % 256}.${(i * 91) % 256}`);

/** The group of the config wins every member; so many lines name it. */
function winMembers(lines: number): ConfigDiff {
  const config = (members: readonly string[]) => {
    const text = configText(
      Array.from({ length: lines }, (_, i) => `permit tcp any object-group G eq ${2 * i + 1}`),
      'OUT',
      '15.1',
    );
    const group = ['object-group network G', ...members.map((m) => ` host ${m}`), ''].join('\n');
    return parseConfig(text.replace('ip access-list', `${group}ip access-list`), 'r.cfg').value;
  };
  return diffConfigs(config(['192.0.2.1']), config(['192.0.2.1', ...MEMBERS]), { clock: null });
}

describe('a change of thousands of spaces', () => {
  it('is told in one space a line, which lists the addresses', () => {
    const { gained, assumptions } = winMembers(200);
    expect(gained).to.have.length(200);
    expect(assumptions).to.deep.equal([]);
    const [first] = gained as readonly [ChangedSpace];
    expect(first.destinations).to.have.length(60).and.include('10.1.37.91 0.0.0.0');
    expect(first.destination).to.equal('10.0.0.0 0.63.255.255');
    expect(first.source).to.equal('0.0.0.0 255.255.255.255');
    expect(first.sources, 'one pattern says it').to.equal(undefined);
    expect(first.condition).to.equal('destination one of 60');
    expect(first.packets).to.equal(`${60n * 2n ** 32n * 65536n}`);
    expect(spaceHolds(first, first.witness)).to.equal(true);
  });

  it('but a smaller one space by space', () => {
    const { gained } = winMembers(150);
    expect(gained).to.have.length(150 * 60);
    expect(gained.some((space) => space.destinations !== undefined)).to.equal(false);
  });
});

describe('spaces told in sets', () => {
  it('are disjoint and hold what spaces told one by one hold', () => {
    fc.assert(
      fc.property(listText(), listText(), fc.array(packet, { minLength: 20 }), (old, now, packets) => {
        for (const { fragments, spaces } of diffLists(old, now)) {
          const boxes = spaces.filter((space) => space.outline === undefined).map((space) => space.box);
          const inSets = describeInSets(joinByAddresses(boxes), somewhere);
          const oneByOne = describeBoxes(boxes, somewhere);
          for (const p of packets.filter((one) => one.nonInitialFragment === fragments)) {
            const holding = (told: readonly ChangedSpace[]): number =>
              told.filter((space) => spaceHolds(space, p)).length;
            expect(holding(inSets)).to.equal(holding(oneByOne)).and.to.be.at.most(1);
          }
          for (const space of inSets) expect(spaceHolds(space, space.witness)).to.equal(true);
        }
      }),
    );
  });
});
