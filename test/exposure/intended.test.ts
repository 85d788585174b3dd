import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ANY_ADDRESS } from '../../src/model/address.ts';
import { intendedOf, ip } from '../support/ask.ts';
import { runCommand } from '../support/run-command.ts';

const OUTSIDE = '203.0.113.77';

const gw = (aces: readonly string[]): string => `version 12.4
hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group EDGE in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 198.51.100.254
ip access-list extended EDGE
${aces.map((a) => ` ${a}\n`).join('')}end
`;

describe('the intended ports of a vantage', () => {
  it('part into reachable, blocked and undetermined ones, each with the line that decides', () => {
    const config = gw([
      'permit tcp any host 192.0.2.10 eq 25',
      'deny tcp any any eq 26',
      'permit tcp any host 192.0.2.10 range 20 30 time-range WORK',
      'permit tcp host 203.0.113.8 any',
    ]);
    const flow = intendedOf(config, OUTSIDE, '192.0.2.10');
    expect(flow.reachable).to.deep.equal([[25, 25]]);
    expect(flow.undetermined).to.deep.equal([
      [20, 24],
      [27, 30],
    ]);
    expect(flow.blocked).to.deep.equal([
      [0, 19],
      [26, 26],
      [31, 65535],
    ]);
    const decided = flow.deciding.map((d) => [
      d.ports,
      d.decidedBy && ('line' in d.decidedBy ? d.decidedBy.line : d.decidedBy.acl),
    ]);
    expect(decided).to.deep.equal([
      [
        [
          [0, 19],
          [31, 65535],
        ],
        'EDGE',
      ],
      [
        [
          [20, 24],
          [27, 30],
        ],
        null,
      ],
      [[[25, 25]], 10],
      [[[26, 26]], 11],
    ]);
    expect(flow.doubts.map((d) => [d.line?.line, d.ports])).to.deep.equal([
      [
        12,
        [
          [20, 24],
          [27, 30],
        ],
      ],
    ]);
  });

  it('names the source ports that get through, where not all do', () => {
    const flow = intendedOf(gw(['permit tcp any range 50000 50010 any eq 99']), OUTSIDE, '192.0.2.10');
    expect(flow.reachable).to.deep.equal([[99, 99]]);
    expect(flow.deciding.find((d) => d.sourcePorts)?.sourcePorts).to.deep.equal([[50000, 50010]]);
  });

  it('are open to a part of its sources where a line names one, and not where it names all', () => {
    const config = gw(['permit tcp any host 192.0.2.10 eq 25', 'permit tcp host 203.0.113.8 any eq 110']);
    const flow = intendedOf(config, OUTSIDE, '192.0.2.10', { sources: [ANY_ADDRESS] });
    expect(flow.partial.map((p) => [p.ports, p.sources])).to.deep.equal([
      [[[110, 110]], ['203.0.113.8 0.0.0.0']],
    ]);
    expect(flow.reachable).to.deep.equal([[25, 25]]);
  });

  it('are one-way where the reply is dropped', () => {
    const config = gw(['permit tcp any host 192.0.2.10 range 25 26']).replace(
      'ip route',
      'interface FastEthernet0/1\n ip access-group 120 in\naccess-list 120 deny tcp any eq 26 any\naccess-list 120 permit ip any any\nip route',
    );
    const flow = intendedOf(config, OUTSIDE, '192.0.2.10');
    expect([flow.reachable, flow.oneWay]).to.deep.equal([[[25, 26]], [[26, 26]]]);
  });

  it('are all on the own segment, where no list stands', () => {
    const flow = intendedOf(gw(['deny ip any any']), '192.0.2.11', '192.0.2.10');
    expect([flow.reachable, flow.ownSegment]).to.deep.equal([[[0, 65535]], true]);
    expect(intendedOf(gw(['deny ip any any']), OUTSIDE, '192.0.2.10').reachable).to.deep.equal([]);
  });

  it('are undetermined where two entrances treat them differently', () => {
    const config = gw(['permit tcp any any range 25 26']).replace(
      'ip route',
      'interface FastEthernet0/2\n ip address 203.0.113.129 255.255.255.192\n ip access-group 120 in\naccess-list 120 permit tcp any any eq 25\nip route 0.0.0.0 0.0.0.0 203.0.113.130\nip route',
    );
    const flow = intendedOf(config, OUTSIDE, '192.0.2.10');
    expect([flow.reachable, flow.undetermined]).to.deep.equal([[[25, 25]], [[26, 26]]]);
    expect(flow.doubts.map((d) => d.line?.line).sort()).to.deep.equal([12, 13]);
  });

  it('are those of the address that ports lead to, where a rule for a protocol without ports names another first', () => {
    const config = gw(['permit tcp any host 203.0.113.35 eq 25'])
      .replace(' ip access-group EDGE in', '$&\n ip nat outside')
      .replace(' ip address 192.0.2.1 255.255.255.0', '$&\n ip nat inside')
      .replace(
        'ip route',
        `ip nat inside source static esp 192.0.2.35 interface FastEthernet0/0
ip nat inside source static network 192.0.2.0 203.0.113.0 /24
ip route`,
      );
    expect(intendedOf(config, '198.18.0.77', '192.0.2.35').reachable).to.deep.equal([[25, 25]]);
  });
});

describe('many sources that may enter by two interfaces with long lists', () => {
  const hosts = Array.from(
    { length: 900 },
    (_, i) => `10.${(i * 37) & 255}.${(i * 91) & 255}.${(i * 7) & 255}`,
  );
  const config = (second: string): string =>
    gw([...hosts.map((h) => `deny tcp host ${h} any`), 'permit tcp any any eq 25']).replace(
      'ip route',
      `interface FastEthernet0/2\n ip address 203.0.113.129 255.255.255.192\n ip access-group ${second} in\nip route 0.0.0.0 0.0.0.0 203.0.113.130\nip access-list extended OTHER\n permit tcp any any eq 26\nip route`,
    );
  it('are answered in bounded time, less surely where the lists differ', () => {
    const flow = intendedOf(config('OTHER'), OUTSIDE, '192.0.2.10', { sources: [ANY_ADDRESS] });
    expect([flow.reachable, flow.undetermined]).to.deep.equal([[], [[25, 26]]]);
    expect(flow.partial, 'nothing is claimed of a part').to.deep.equal([]);
  });
  it('and as surely where one list stands at both', () => {
    const flow = intendedOf(config('EDGE'), OUTSIDE, '192.0.2.10');
    expect([flow.reachable, flow.undetermined]).to.deep.equal([[[25, 25]], []]);
  });
});

describe('a part of many sources that a long list lets pass', () => {
  const denied = Array.from({ length: 100 }, (_, i) => `${(i * 53) & 255}.${(i * 91) & 255}.7.${i}`);
  const lines = [...denied.map((h) => `deny tcp host ${h} any`), 'permit tcp any any eq 25'];
  const plain = gw(lines);
  const neighbours = denied.map((h) => h.replace(/\d+$/, (last) => `${Number(last) ^ 1}`));
  const others = ['10.1.2.3', '198.51.100.9', '192.0.2.77', '203.0.113.9', '255.0.0.1'];
  const passing = (config: string): ReadonlySet<string> => {
    const [part, ...rest] = intendedOf(config, OUTSIDE, '192.0.2.10', { sources: [ANY_ADDRESS] }).partial;
    expect([part?.ports, rest]).to.deep.equal([[[25, 25]], []]);
    const patterns = part!.sources.map((text) => text.split(' ').map((word) => ip(word)));
    const hold = (host: string): boolean =>
      patterns.filter(([a, w]) => ((ip(host) ^ a!) & ~w!) === 0).length === 1;
    return new Set([...denied, ...neighbours, ...others].filter(hold));
  };
  // The next of a denied host is denied as well where the list names both.
  const allowed = [...neighbours, ...others].filter((h) => !denied.includes(h));

  it('is all that the list does not deny', () => {
    expect(passing(plain)).to.deep.equal(new Set(allowed));
  });
  it('is less where a list on the way out denies some of it', () => {
    const config = plain.replace(
      'interface FastEthernet0/1',
      'access-list 120 deny tcp 10.0.0.0 0.255.255.255 any\naccess-list 120 permit ip any any\ninterface FastEthernet0/1\n ip access-group 120 out',
    );
    expect(passing(config)).to.deep.equal(new Set(allowed.filter((h) => !h.startsWith('10.'))));
  });
  it('is less where the source is checked and some of it is led back elsewhere', () => {
    const config = plain.replace(
      'ip access-group EDGE in',
      'ip access-group EDGE in\n ip verify unicast reverse-path',
    );
    expect(passing(config)).to.deep.equal(new Set(allowed.filter((h) => !h.startsWith('192.0.2.'))));
  });
});

describe('an open port whose sources are all but thousands', () => {
  it('lists the widest patterns of them, and says how many more there are', async () => {
    const hosts = Array.from(
      { length: 600 },
      (_, i) => `10.${(i * 37) & 255}.${(i * 91) & 255}.${(i * 7) & 255}`,
    );
    const config = gw([...hosts.map((h) => `deny tcp host ${h} any`), 'permit tcp any any eq 25']);
    const site =
      'site: t\nrouters: [{ name: gw, config: gw.cfg }]\ntargets: { web: { address: 192.0.2.10 } }\nvantages: { net: { address: 203.0.113.77, sources: any, enters: gw FastEthernet0/0 } }\npolicy: []\n';
    const folder = mkdtempSync(join(tmpdir(), 'aclscope-wide-'));
    try {
      writeFileSync(`${folder}/gw.cfg`, config);
      writeFileSync(`${folder}/site.yaml`, site);
      const ran = await runCommand(['intended', 'site.yaml', '--format', 'json'], { cwd: folder });
      const row = (
        JSON.parse(ran.stdout) as { flows: { partial: { sources: string[]; moreSources?: number }[] }[] }
      ).flows[0]!.partial[0]!;
      expect(row.sources.length).to.equal(500);
      expect(row.sources[0]).to.equal('128.0.0.0 127.255.255.255');
      expect(row.moreSources).to.be.greaterThan(100);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
