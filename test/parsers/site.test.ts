import { expect } from 'chai';
import { siteJsonSchema } from '../../parsers/site/schema.ts';
import { parseSite } from '../../parsers/site.ts';
import { formatDiagnostic } from '../../src/diagnostics/diagnostic.ts';
import { formatIpv4, formatPattern } from '../../src/model/address.ts';

const LEAST = `site: isp-mail
routers:  [{ name: gw, config: gw.cfg }]
segments: { servers: 192.168.2.0/24 }
targets:  { giant: { address: 192.168.2.35, aliases: [198.51.100.35], segment: servers } }
vantages:
  internet:   { address: 203.0.113.77, sources: any, enters: gw FastEthernet0/0 }
  mailfilter: { address: 192.168.1.30, enters: gw FastEthernet 0/0 }
  friend:     { address: 192.168.2.50 }
policy:
  - { from: any, to: giant, tcp: [110], why: customers read their mail }
  - { from: servers, to: giant, tcp: [22, "1000-1003"], wrapped: [25], why: web mail and upkeep }
canaries: { giant: 110 }
management: { operator: 10.0.1.32 }
`;

function read(text: string) {
  const { value, diagnostics } = parseSite(text, 'site.yaml');
  return { value, first: diagnostics[0], said: diagnostics.map(formatDiagnostic).join('\n') };
}

describe('the site file', () => {
  it('reads the least of it', () => {
    const { value, said } = read(LEAST);
    expect(said).to.equal('');
    expect(value?.vantages.get('internet')?.sources.map(formatPattern)).to.deep.equal([
      '0.0.0.0 255.255.255.255',
    ]);
    expect(value?.vantages.get('mailfilter')?.enters).to.deep.equal({
      router: 'gw',
      interface: 'FastEthernet0/0',
    });
    expect(value?.vantages.get('friend')?.segment).to.equal('servers');
    expect(value?.policy[1]).to.deep.include({
      tcp: [
        [22, 22],
        [1000, 1003],
      ],
      wrapped: [[25, 25]],
      unconfirmed: false,
    });
    expect(formatIpv4(value?.management?.operator ?? 0)).to.equal('10.0.1.32');
  });

  it('gives editors a JSON Schema that knows every top-level key', () => {
    const schema = siteJsonSchema() as { properties: Record<string, unknown> };
    expect(Object.keys(schema.properties)).to.include.members([
      'site',
      'routers',
      'targets',
      'vantages',
      'policy',
      'waivers',
    ]);
  });

  const errors: readonly [title: string, text: string, line: number, message: RegExp, mend: RegExp][] = [
    [
      'a mistyped key',
      LEAST.replace('canaries:', 'canarys:'),
      12,
      /unknown key "canarys"/,
      /did you mean "canaries"/,
    ],
    [
      'a mistyped key deep inside',
      LEAST.replace('sources: any', 'source: any'),
      6,
      /unknown key "source"/,
      /did you mean "sources"/,
    ],
    ['a missing key', LEAST.replace('site: isp-mail\n', ''), 1, /site is missing/, /schema/],
    [
      'an unknown router',
      LEAST.replace('enters: gw Fast', 'enters: gv Fast'),
      6,
      /no router "gv"/,
      /did you mean "gw"/,
    ],
    [
      'a suppression of a rule that lint does not have',
      `${LEAST}lint:\n  suppress:\n    - { rule: managment-exposed, why: bastion }\n`,
      16,
      /no lint rule "managment-exposed"/,
      /did you mean "management-exposed"/,
    ],
    [
      'a severity of a rule that lint does not have',
      `${LEAST}lint:\n  severities: { nonsense: low }\n`,
      15,
      /no lint rule "nonsense"/,
      /known: shadowed-ace, /,
    ],
    [
      'a suppression without its reason',
      `${LEAST}lint:\n  suppress:\n    - { rule: permit-any }\n`,
      16,
      /why is missing/,
      /schema/,
    ],
    [
      'an entry without an interface',
      LEAST.replace('enters: gw FastEthernet0/0', 'enters: gw'),
      6,
      /does not name a router and an interface/,
      /ROUTER INTERFACE/,
    ],
    [
      'an unknown party',
      LEAST.replace('from: servers', 'from: server'),
      11,
      /no vantage, segment, target or network "server"/,
      /did you mean "servers"/,
    ],
    [
      'a target outside its segment',
      LEAST.replace('192.168.2.35', '192.168.3.35'),
      4,
      /not in segment "servers"/,
      /correct the address/,
    ],
    [
      'an address with a number too large',
      LEAST.replace('203.0.113.77', '203.0.113.777'),
      6,
      /not an IPv4 address/,
      /0 to 255/,
    ],
    [
      'a descending range',
      LEAST.replace('1000-1003', '1003-1000'),
      11,
      /not a port or an ascending range/,
      /1 to 65535/,
    ],
    ['port 0', LEAST.replace('[110]', '[0]'), 10, /policy\.0\.tcp\.0 should be at least 1$/, /schema/],
    [
      'a port above all',
      LEAST.replace('[110]', '[70000]'),
      10,
      /policy\.0\.tcp\.0 should be at most 65535$/,
      /schema/,
    ],
    [
      'a port by its name',
      LEAST.replace('[110]', '[pop3]'),
      10,
      /policy\.0\.tcp\.0 should be a port or a range/,
      /schema/,
    ],
    ['a rule for nobody', LEAST.replace('from: any, ', ''), 10, /policy\.0\.from is missing$/, /schema/],
    [
      'an IPv6 address',
      LEAST.replace('192.168.2.35', '"2001:db8::35"'),
      4,
      /targets\.giant\.address should be an IPv4 address/,
      /IPv6 is read in configurations/,
    ],
    ['a list for the whole', '- site: x\n', 1, /should be a map of keys and values/, /schema/],
    [
      'a waiver until no day',
      `${LEAST}waivers: [{ finding: exposed, owner: o, why: w, until: 2026-13-45 }]\n`,
      14,
      /waivers\.0\.until should be a day such as/,
      /schema/,
    ],
    ['a clock that shows no time', `${LEAST}clock: noon\n`, 14, /clock should be a time such as/, /schema/],
    ['a second document', `${LEAST}---\nsite: x\n`, 14, /second YAML document/, /remove the line ---/],
    ['a rule without ports', LEAST.replace('tcp: [110], ', ''), 10, /names no port/, /add tcp/],
    [
      'a canary for nobody',
      LEAST.replace('{ giant: 110 }', '{ gaint: 110 }'),
      12,
      /no target "gaint"/,
      /did you mean "giant"/,
    ],
    ['a key that stands twice', `${LEAST}site: other\n`, 14, /stands here twice/, /keep one/],
    ['broken YAML', LEAST.replace('[110]', '[110'), 10, /./, /indentation|check/],
    [
      'a vantage whose address is not among its sources',
      LEAST.replace('sources: any', 'sources: 192.0.2.0/24'),
      6,
      /not among the vantage's own sources/,
      /add it/,
    ],
    [
      'a name for both a vantage and a segment',
      LEAST.replace('friend: ', 'servers: '),
      8,
      /both a vantage and a segment/,
      /another name/,
    ],
    [
      'a target whose name would get lost',
      LEAST.replace('{ giant: {', '{ __proto__: { address: 192.168.2.36 }, giant: {'),
      4,
      /nothing can be called "__proto__"/,
      /another name/,
    ],
    ['an empty file', '', 1, /empty/, /aclscope init/],
  ];
  for (const [title, text, line, message, mend] of errors) {
    it(`${title} is refused with its place and the mend`, () => {
      const { value, first } = read(text);
      expect(value).to.equal(null);
      expect(first?.message).to.match(message);
      expect(first?.span?.line, 'line').to.equal(line);
      expect(first?.span?.column, 'column').to.be.at.least(1);
      expect(first?.mend).to.match(mend);
    });
  }

  it('a rule without a reason is read with a warning', () => {
    const { value, first } = read(LEAST.replace(', why: customers read their mail', ''));
    expect(value).not.to.equal(null);
    expect(first).to.include({ severity: 'warning', code: 'policy-without-reason' });
  });

  it('does not let aliases blow a small file up', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
      .join('\n')}\n`;
    expect(read(bomb).value).to.equal(null);
  });
});
