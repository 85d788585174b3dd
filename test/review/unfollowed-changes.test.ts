import { expect } from 'chai';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { parseSnippet } from '../../parsers/cisco-ios/parse-snippet.ts';
import type { ReviewResult } from '../../src/model/review.ts';
import { reviewChange, reviewConfigs } from '../../src/review/review.ts';
import { readerFor, TODAY } from './typed.ts';

const CONFIG = `version 15.2
hostname gw
ipv6 access-list V6
 permit tcp any any eq 443
class-map type inspect match-any WEB
 match protocol http
policy-map type inspect OUTWARDS
 class type inspect WEB
  inspect
 class class-default
  drop
mac access-list extended STATIONS
 permit host 0000.5e00.5301 any
vlan access-map FLOOR 10
 action forward
ip prefix-list OURS seq 5 permit 198.51.100.0/24
interface Tunnel0
 ip address 203.0.113.1 255.255.255.252
 tunnel source 192.0.2.1
 tunnel destination 192.0.2.9
interface GigabitEthernet0/0
 description to the provider
 ip address 192.0.2.1 255.255.255.0
 ip access-group EDGE in
 speed 100
 ppp authentication chap
interface GigabitEthernet0/1.5
 encapsulation dot1Q 5
 ip address 198.51.100.1 255.255.255.0
ip access-list extended EDGE
 permit ip any any
ip route 0.0.0.0 0.0.0.0 192.0.2.254 name UP
route-map AROUND permit 10
 set ip next-hop 192.0.2.77
logging host 198.51.100.9
end
`;

const read = (text: string) => {
  const { value, diagnostics } = parseConfig(text, 'gw.cfg');
  return { config: value, diagnostics };
};
const options = { clock: null, today: TODAY };

const replaced = (old: string, now: string, more: { readonly expectSame?: true } = {}): ReviewResult => {
  expect(CONFIG).to.contain(old);
  return reviewConfigs(read(CONFIG), read(CONFIG.replace(old, now)), { ...options, ...more });
};
const typed = (snippet: string): ReviewResult => {
  const before = read(CONFIG);
  return reviewChange(before, parseSnippet(snippet, 'change.txt').value, readerFor(before.config), options)
    .result;
};

describe('statements that are not followed', () => {
  for (const [what, old, now, note] of [
    [
      'an entry of an IPv6 list',
      'eq 443',
      'eq 444',
      '"ipv6 access-list V6 / permit tcp any any eq 444" is new',
    ],
    ['what a class matches', 'protocol http', 'protocol ssh', 'WEB / match protocol http" is gone'],
    [
      "a policy's action",
      '  inspect\n',
      '  pass\n',
      '"policy-map type inspect OUTWARDS / class type inspect WEB / pass" is new',
    ],
    ['a list of stations', '5301 any', '5302 any', 'STATIONS / permit host 0000.5e00.5302 any" is new'],
    ["a VLAN map's action", 'action forward', 'action drop', 'FLOOR 10 / action drop" is new'],
    [
      'a list of prefixes',
      '100.0/24',
      '100.0/25',
      '"ip prefix-list OURS seq 5 permit 198.51.100.0/25" is new',
    ],
    [
      "a route-map's next hop",
      '192.0.2.77',
      '192.0.2.78',
      'AROUND permit 10 / set ip next-hop 192.0.2.78" is new',
    ],
    ['a whole route-map', 'AROUND permit 10', 'AROUND deny 10', '"route-map AROUND deny 10" is new'],
    ['a setting of a line', 'chap', 'pap', 'GigabitEthernet0/0 / ppp authentication pap" is new'],
    ['a line that nobody knows', 'logging host', 'frobnicate host', '"frobnicate host 198.51.100.9" is new'],
    [
      'the end of a tunnel',
      'destination 192.0.2.9',
      'destination 192.0.2.8',
      'the tunnel of Tunnel0 differs',
    ],
    ['proxy ARP', ' speed 100\n', ' no ip proxy-arp\n', 'proxy ARP of GigabitEthernet0/0 differs'],
    ['the VLAN of an interface', 'dot1Q 5', 'dot1Q 6', 'the encapsulation of GigabitEthernet0/1.5 differs'],
  ] as const)
    it(`keep ${what} from passing for the same`, () => {
      const { beyondLists, assumptions, gained, lost } = replaced(old, now);
      expect([...gained, ...lost]).to.deep.equal([]);
      expect(beyondLists).to.equal(true);
      expect(assumptions.join('\n')).to.contain(note);
      expect(replaced(old, now, { expectSame: true }).verdict).to.equal('undetermined');
    });

  for (const [what, old, now] of [
    ['a description', 'to the provider', 'to the other provider'],
    ['the speed of a port', 'speed 100', 'speed 1000'],
    ['a log server', 'logging host 198.51.100.9', 'logging host 198.51.100.8'],
    ['the name of a route', '192.0.2.254 name UP', '192.0.2.254 name AWAY'],
    ['their order', 'ip prefix-list', '!\nip prefix-list'],
  ] as const)
    it(`are not said to differ by ${what}`, () => {
      const { beyondLists, assumptions, verdict } = replaced(old, now, { expectSame: true });
      expect({ beyondLists, assumptions, verdict }).to.deep.equal({
        beyondLists: false,
        assumptions: [],
        verdict: 'pass',
      });
    });

  it('are counted where they are many', () => {
    const lines = Array.from({ length: 40 }, (_, i) => ` permit tcp any any eq ${i + 1}\n`).join('');
    const note = replaced(' permit tcp any any eq 443\n', lines).assumptions.join('\n');
    expect(note).to.contain('is gone').and.to.contain('and 36 more;');
    expect(note.match(/is new/g)).to.have.length(4);
  });

  it('are told where they are typed, under their headers', () => {
    const { beyondLists, assumptions } = typed(
      'policy-map type inspect OUTWARDS\n class class-default\n  no drop\n exit\n exit\nno ip prefix-list OURS\n',
    );
    expect(beyondLists).to.equal(true);
    expect(assumptions.join('\n'))
      .to.contain('"policy-map type inspect OUTWARDS / class class-default / no drop" is typed')
      .and.to.contain('"no ip prefix-list OURS" is typed');
  });

  it('change nothing when they are typed as they stand', () => {
    const same = typed(
      'interface GigabitEthernet0/0\n ppp authentication chap\npolicy-map type inspect OUTWARDS\n class type inspect WEB\n  inspect\n',
    );
    expect(same.beyondLists).to.equal(false);
    expect(typed('frobnicate\n').beyondLists).to.equal(false);
  });
});
