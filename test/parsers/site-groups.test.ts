import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { siteJsonSchema } from '../../parsers/site/schema.ts';
import { parseSite } from '../../parsers/site.ts';
import { formatDiagnostic } from '../../src/diagnostics/diagnostic.ts';
import { formatIpv4 } from '../../src/model/address.ts';

/** A site whose target `office` is as given; line 3 is its line. */
const siteOf = (office: string, more = ''): string => `site: many
segments: { servers: 192.0.2.0/24 }
targets: { office: { ${office} } }
vantages: { internet: { address: 203.0.113.77, sources: any } }
policy:
  - { from: internet, to: office, tcp: [443], why: web }
${more}`;

const withGiant = (office: string, giant: string): string =>
  siteOf(office).replace(' } }\nvantages', ` }, giant: { ${giant} } }\nvantages`);

function read(text: string) {
  const { value, diagnostics } = parseSite(text, 'site.yaml');
  const addresses = [...(value?.targets.values() ?? [])].map((t) => formatIpv4(t.address));
  return { value, addresses, diagnostics, said: diagnostics.map(formatDiagnostic).join('\n') };
}

describe('a target of the site file with several addresses', () => {
  it('stands for the hosts of a network, and says that its two ends are left out', () => {
    const { value, addresses, said } = read(siteOf('addresses: 192.0.2.16/29'));
    expect(addresses).to.deep.equal([17, 18, 19, 20, 21, 22].map((n) => `192.0.2.${n}`));
    expect([...(value?.targets.keys() ?? [])][0]).to.equal('office/192.0.2.17');
    expect(value?.groups.get('office')).to.have.length(6);
    expect(said).to.match(
      /^site\.yaml:3:33: notice: "office" stands for 6 hosts.*192\.0\.2\.16, 192\.0\.2\.23/,
    );
  });

  const shapes: readonly [what: string, office: string, addresses: readonly number[]][] = [
    ['both addresses of a /31', 'addresses: 192.0.2.8/31', [8, 9]],
    ['the one address of a /32', 'addresses: 192.0.2.8/32', [8]],
    ['the two hosts of a /30', 'addresses: 192.0.2.8/30', [9, 10]],
    ['a range with both its ends', 'addresses: 192.0.2.254-192.0.2.255', [254, 255]],
    ['one address', 'addresses: 192.0.2.8', [8]],
    ['a list in any order, each host once', 'addresses: [192.0.2.9, 192.0.2.7-192.0.2.9]', [7, 8, 9]],
    [
      'the end of a network that is also listed by itself',
      'addresses: [192.0.2.8/30, 192.0.2.11]',
      [9, 10, 11],
    ],
    [
      'the end of a network inside a wider range',
      'addresses: [192.0.2.8/30, 192.0.2.11-192.0.2.12]',
      [9, 10, 11, 12],
    ],
    [
      'all but what except names',
      'addresses: 192.0.2.8/29, except: [192.0.2.10-192.0.2.12, 192.0.2.14]',
      [9, 13],
    ],
    ['all but a network within', 'addresses: 192.0.2.8/29, except: 192.0.2.12/30', [9, 10, 11]],
  ];
  for (const [what, office, expected] of shapes)
    it(`stands for ${what}`, () => {
      expect(read(siteOf(office)).addresses).to.deep.equal(expected.map((n) => `192.0.2.${n}`));
    });

  it('takes at most 65536 hosts, and a network of 65534 is not too many', () => {
    expect(read(siteOf('addresses: 10.1.0.0/16')).value?.targets.size).to.equal(65_534);
    const { value, said } = read(siteOf('addresses: 10.0.0.0/8'));
    expect(value).to.equal(null);
    expect(said).to.match(
      /:3:\d+: error: "office" stands for 16777214 hosts.*65536.*\s+mend: name smaller networks/,
    );
  });

  it('gives every member its segment, listeners and defences', () => {
    const office =
      'addresses: [192.0.2.7, 192.0.2.8], segment: servers, listeners: 443, defences: [fail2ban]';
    const members = [...(read(siteOf(office)).value?.targets.values() ?? [])];
    expect(members).to.have.length(2);
    for (const member of members)
      expect(member).to.deep.include({
        group: 'office',
        segment: 'servers',
        listeners: [[443, 443]],
        defences: ['fail2ban'],
      });
  });

  it('finds the segment of each member where none is stated', () => {
    const { value } = read(siteOf('addresses: [192.0.2.7, 198.51.100.7]'));
    expect([...(value?.targets.values() ?? [])].map((t) => t.segment)).to.deep.equal(['servers', null]);
  });

  it('may be called by its own name or a member by its, in rules, canaries and waivers', () => {
    const more = `  - { from: office, to: office/192.0.2.9, tcp: [22], why: upkeep }
canaries: { office/192.0.2.9: 22, office: 443 }
waivers:
  - { finding: exposed, target: office, owner: ops, why: moves, until: 2027-05-31 }
  - { finding: exposed, target: office/192.0.2.10, owner: ops, why: moves, until: 2027-05-31 }
`;
    const { value } = read(siteOf('addresses: 192.0.2.8/30', more));
    expect(value?.policy[1]).to.deep.include({
      from: { kind: 'target', name: 'office' },
      to: { kind: 'target', name: 'office/192.0.2.9' },
    });
    expect([...(value?.canaries ?? [])]).to.have.deep.members([
      ['office/192.0.2.9', 22],
      ['office/192.0.2.10', 443],
    ]);
    expect(value?.waivers.map((w) => w.target)).to.deep.equal(['office', 'office/192.0.2.10']);
  });

  const errors: readonly [title: string, text: string, at: string, message: RegExp, mend: RegExp][] = [
    [
      'address beside addresses',
      siteOf('address: 192.0.2.7, addresses: 192.0.2.8/30'),
      '3:42',
      /both address and addresses/,
      /keep address for one/,
    ],
    [
      'neither of the two',
      siteOf('segment: servers'),
      '3:12',
      /"office" has no address/,
      /address: for one host, or addresses:/,
    ],
    [
      'except without addresses',
      siteOf('address: 192.0.2.7, except: 192.0.2.7'),
      '3:42',
      /nothing to leave out of/,
      /belongs to addresses/,
    ],
    [
      'an alias of a group',
      siteOf('addresses: 192.0.2.8/30, aliases: [www]'),
      '3:47',
      /ambiguous/,
      /target of its own.*except/,
    ],
    ['an empty list', siteOf('addresses: []'), '3:33', /stands for no host/, /at least one/],
    [
      'a group of which nothing is left',
      siteOf('addresses: 192.0.2.8/30, except: 192.0.2.8/30'),
      '3:33',
      /stands for no host/,
      /at least one/,
    ],
    [
      'a network with host bits',
      siteOf('addresses: 192.0.2.9/30'),
      '3:33',
      /bits outside its own mask/,
      /write 192\.0\.2\.8\/30 .* or 192\.0\.2\.9/,
    ],
    [
      'a mask too long',
      siteOf('addresses: [192.0.2.7, 192.0.2.8/33]'),
      '3:45',
      /not an IPv4 network/,
      /192\.0\.2\.0\/28/,
    ],
    [
      'an IPv6 network',
      siteOf('addresses: "2001:db8::/64"'),
      '3:33',
      /not an IPv4 network/,
      /192\.0\.2\.0\/28/,
    ],
    [
      'a range that runs backwards',
      siteOf('addresses: 192.0.2.9-192.0.2.7'),
      '3:33',
      /backwards/,
      /write 192\.0\.2\.7-192\.0\.2\.9/,
    ],
    [
      'a range with three ends',
      siteOf('addresses: 192.0.2.7-192.0.2.8-192.0.2.9'),
      '3:33',
      /neither an IPv4 address/,
      /a range/,
    ],
    ['a name', siteOf('addresses: [www.example.net]'), '3:34', /neither an IPv4 address/, /an address/],
    ['a number', siteOf('addresses: 7'), '3:33', /targets\.office\.addresses should be a network/, /schema/],
    [
      'an exception that excepts nothing',
      siteOf('addresses: 192.0.2.8/30, except: [192.0.2.9, 192.0.2.12]'),
      '3:67',
      /192\.0\.2\.12" is not among/,
      /192\.0\.2\.8-192\.0\.2\.11/,
    ],
    [
      'a member outside the stated segment',
      siteOf('addresses: 192.0.2.250-192.0.3.1, segment: servers'),
      '3:33',
      /192\.0\.3\.1 is not in segment "servers"/,
      /correct/,
    ],
    [
      'an unknown segment',
      siteOf('addresses: 192.0.2.8/30, segment: server'),
      '3:56',
      /no segment "server"/,
      /did you mean "servers"/,
    ],
    [
      'the address of another target',
      withGiant('addresses: 192.0.2.8/30', 'address: 192.0.2.9'),
      '3:67',
      /192\.0\.2\.9 belongs to "office" and to "giant"/,
      /except: \[192\.0\.2\.9\] to "office"/,
    ],
    [
      'the alias of another target',
      withGiant('addresses: 192.0.2.8/30', 'address: 192.0.2.1, aliases: [192.0.2.9]'),
      '3:67',
      /192\.0\.2\.9 belongs to/,
      /except/,
    ],
    [
      'the addresses of another group',
      withGiant('addresses: 192.0.2.8/30', 'addresses: 192.0.2.0/24'),
      '3:69',
      /192\.0\.2\.9 belongs to "office" and to "giant"/,
      /except/,
    ],
    [
      "a target called as another's member",
      siteOf('addresses: 192.0.2.8/30').replace(
        ' } }\nvantages',
        ' }, office/192.0.2.9: { address: 192.0.2.77 } }\nvantages',
      ),
      '3:49',
      /also the name of a member of "office"/,
      /another name/,
    ],
    [
      'a rule for a member that there is not',
      siteOf('addresses: 192.0.2.8/30', '  - { from: any, to: office/192.0.2.11, tcp: [22], why: upkeep }'),
      '7:22',
      /office\/192\.0\.2\.11"/,
      /office has 192\.0\.2\.9-192\.0\.2\.10/,
    ],
    [
      'a canary for a member that there is not',
      siteOf('addresses: 192.0.2.8/30', 'canaries: { office/192.0.2.12: 443 }'),
      '7:32',
      /no target "office\/192\.0\.2\.12"/,
      /office has/,
    ],
    [
      'a waiver for a mistyped group',
      siteOf(
        'addresses: 192.0.2.8/30',
        'waivers: [{ finding: exposed, target: ofice, owner: a, why: b, until: 2027-05-31 }]',
      ),
      '7:39',
      /no target "ofice"/,
      /did you mean "office"/,
    ],
  ];
  for (const [title, text, at, message, mend] of errors)
    it(`${title} is refused with its place and the mend`, () => {
      const { value, diagnostics } = read(text);
      expect(value).to.equal(null);
      const [first, ...others] = diagnostics.filter((d) => d.severity === 'error');
      expect(others, 'one mistake, one error').to.deep.equal([]);
      expect(`${first?.span?.line}:${first?.span?.column}`).to.equal(at);
      expect(first?.message).to.match(message);
      expect(first?.mend).to.match(mend);
    });

  it('keeps two single targets at one address, as ever', () => {
    expect(read(withGiant('address: 192.0.2.9', 'address: 192.0.2.9')).said).to.equal('');
  });

  describe("the editors' JSON Schema", () => {
    const valid = new Ajv2020({ strict: false, validateFormats: false }).compile(siteJsonSchema() as object);
    const site = (office: object): object => ({ site: 'many', targets: { office }, vantages: {} });
    const accepted: readonly object[] = [
      { address: '192.0.2.7' },
      { addresses: '192.0.2.0/24' },
      { addresses: ['192.0.2.0/24'], except: '192.0.2.1' },
    ];
    for (const office of accepted)
      it(`takes ${JSON.stringify(office)}`, () => expect(valid(site(office))).to.equal(true));
    const refused: readonly object[] = [
      {},
      { address: '192.0.2.7', addresses: '192.0.2.0/24' },
      { address: '192.0.2.7', except: '192.0.2.1' },
    ];
    for (const office of refused)
      it(`refuses ${JSON.stringify(office)}`, () => expect(valid(site(office))).to.equal(false));
  });
});
