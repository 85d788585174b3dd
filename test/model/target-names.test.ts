import { expect } from 'chai';
import { parseSite } from '../../parsers/site.ts';
import { parseIpv4 } from '../../src/model/address.ts';
import {
  isNamed,
  labelMembers,
  labelTargets,
  mendTargetName,
  targetsNamed,
  writtenNames,
} from '../../src/model/target-names.ts';

const { value: site } = parseSite(
  `site: names
targets:
  office: { addresses: 192.0.2.8/29 }
  giant: { address: 198.51.100.7 }
vantages: {}
`,
  'site.yaml',
);
if (site === null) throw new Error('the site does not read');

const addresses = (...hosts: readonly number[]) => hosts.flatMap((n) => parseIpv4(`192.0.2.${n}`) ?? []);
const namesOf = (name: string): readonly string[] => targetsNamed(site, name).map((t) => t.name);

describe('names of targets', () => {
  it('mean one host, all of a group, or none', () => {
    expect(namesOf('giant')).to.deep.equal(['giant']);
    expect(namesOf('office')).to.have.length(6);
    expect(namesOf('office/192.0.2.9')).to.deep.equal(['office/192.0.2.9']);
    expect(namesOf('office/192.0.2.8'), 'the network address').to.deep.equal([]);
    expect(namesOf('office/')).to.deep.equal([]);
  });

  it('fit a member as its own and as its group, and no other', () => {
    const [member] = targetsNamed(site, 'office');
    expect(
      ['office', 'office/192.0.2.9', 'office/192.0.2.10', 'giant'].map((n) => isNamed(member!, n)),
    ).to.deep.equal([true, true, false, false]);
  });

  it('are listed as the file has them', () => {
    expect(writtenNames(site)).to.have.members(['office', 'giant']);
  });

  it('are mended by the nearest, or by the addresses of the group that was meant', () => {
    expect(mendTargetName(site, 'ofice')).to.equal('did you mean "office"?');
    expect(mendTargetName(site, 'office/192.0.2.15')).to.equal('office has 192.0.2.9-192.0.2.14');
    expect(mendTargetName(site, 'x')).to.equal('known: giant, office');
  });

  it('join the members of a group, and say which where some are missing', () => {
    const all = [...site.targets.values()];
    expect(labelTargets(site, all)).to.deep.equal(['giant', 'office']);
    expect(
      labelTargets(
        site,
        all.filter((t) => t.name !== 'office/192.0.2.11'),
      ),
    ).to.deep.equal(['giant', 'office (192.0.2.9-192.0.2.10, 192.0.2.12-192.0.2.14)']);
  });

  it('stay short for members scattered widely, and never lose count', () => {
    expect(labelMembers('office', addresses(9), 6)).to.equal('office/192.0.2.9');
    expect(labelMembers('office', addresses(1, 3, 5, 7, 9, 11, 13, 15, 16), 200)).to.equal(
      'office (192.0.2.1, 192.0.2.3, 192.0.2.5, 192.0.2.7, 192.0.2.9, 192.0.2.11 and 3 more)',
    );
  });
});
