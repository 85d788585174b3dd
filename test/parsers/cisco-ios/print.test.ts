import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig, printAce, printConfig } from '../../../parsers/cisco-ios/index.ts';
import type { RouterConfig } from '../../../src/model/router-config.ts';
import { configText } from './arbitrary-config.ts';
import { listOf, read } from './read.ts';

/** All that a configuration says, without where it stands in a text and how the text was read. */
function meaning(config: RouterConfig): unknown {
  const { account: _a, excerpt: _e, file: _f, unfollowed: _u, ...rest } = config;
  const said = {
    ...rest,
    acls: new Map([...rest.acls].sort()),
    interfaces: new Map([...rest.interfaces].sort()),
    routes: [...rest.routes].map(plain).sort(),
    references: [...rest.references].map(plain).sort(),
    routing: rest.routing.map((p) => plain({ ...p, interfaces: [...(p.interfaces ?? [])].sort() })).sort(),
    ipv6: [...rest.ipv6].map(plain).sort(),
    lines: [...rest.lines].map(plain).sort(),
  };
  return JSON.parse(plain(said));
}

const plain = (value: unknown): string =>
  JSON.stringify(value, (key, v) =>
    key === 'span' ? undefined : v instanceof Map ? [...v.entries()] : v instanceof Set ? [...v].sort() : v,
  );

describe('printing', () => {
  const rows: readonly (readonly [typed: string, printed: string])[] = [
    ['permit tcp a h 192.0.2.1 eq 80', 'permit tcp any host 192.0.2.1 eq www'],
    [
      'permit 6 10.4.4.2 0.0.255.255 eq 25 0.0.0.0 255.255.255.255',
      'permit tcp 10.4.0.0 0.0.255.255 eq smtp any',
    ],
    ['permit udp any any eq 514', 'permit udp any any eq syslog'],
    ['permit tcp any any eq 514', 'permit tcp any any eq cmd'],
    ['permit tcp any any eq 135', 'permit tcp any any eq 135'],
    ['permit tcp any any range 90 80', 'permit tcp any any range 90 www'],
    ['permit icmp any any 8', 'permit icmp any any echo'],
    ['permit icmp any any 8 0', 'permit icmp any any 8 0'],
    ['permit icmp any any 3 4', 'permit icmp any any packet-too-big'],
    ['permit 9 any any', 'permit 9 any any'],
    ['permit ip any any tos 8 log', 'permit ip any any tos min-delay log'],
    ['permit tcp any any log established', 'permit tcp any any established log'],
    ['permit foo any any', 'permit foo any any'],
  ];
  for (const [typed, printed] of rows)
    it(`${typed} => ${printed}`, () => {
      const acl = listOf(read(`ip access-list extended T\n ${typed}\n`));
      expect(printAce(acl.entries[0]!, acl.kind)).to.equal(printed);
    });
  it('a standard host is printed bare, a range with its wildcard', () => {
    const acl = listOf(
      read('access-list 5 permit host 192.0.2.1\naccess-list 5 permit 10.1.2.3 0.255.255.255\n'),
    );
    expect(acl.entries.map((e) => printAce(e, 'standard'))).to.deep.equal([
      'permit 192.0.2.1',
      'permit 10.0.0.0 0.255.255.255',
    ]);
  });
  it('numbers are printed only where the device would not give them itself', () => {
    const print = (text: string): string => printConfig(read(`version 15.2\n${text}`).config);
    expect(print('access-list 150 permit ip any any\n')).to.include('\naccess-list 150 permit ip any any\n');
    expect(print('ip access-list extended 150\n 15 permit ip any any\n')).to.include(
      '\nip access-list extended 150\n 15 permit ip any any\n',
    );
  });
  it('an entry that could not be read keeps its number', () => {
    const text =
      'ip access-list extended T\n 15 permit tcp any any\n 20 permit foo any any\n 30 deny ip any any\n';
    const whole = read(text);
    expect(listOf(whole).entries.map((e) => e.sequence)).to.deep.equal([15, 20, 30]);
    expect(printConfig(whole.config)).to.equal(text);
  });
  it('what a login added to a shown list gets a free number, and stays where it was', () => {
    const { config } = read(
      'Extended IP access list T\n    50 Dynamic D permit ip any any\n       permit ip host 10.0.0.9 any (time left 9)\n    60 deny ip any any\n',
    );
    expect(printConfig(config)).to.include(
      ' 50 dynamic D permit ip any any\n 51 dynamic D permit ip host 10.0.0.9 any\n 60 deny ip any any\n',
    );
  });
  it('an entry cut in two never comes back as a whole one', () => {
    const { config } = read('access-list 150 permit tcp any host 192.0.2.1\n eq 80\n');
    const again = read(printConfig(config));
    expect(listOf(again).entries[0]?.kind).to.equal('unparsed');
    expect(meaning(again.config)).to.deep.equal(meaning(config));
  });
  it('read again, what was printed says the same', () => {
    fc.assert(
      fc.property(configText, (text) => {
        const first = parseConfig(text, 'first').value;
        const printed = printConfig(first);
        const second = parseConfig(printed, 'second').value;
        expect(meaning(second)).to.deep.equal(meaning(first));
        expect(printConfig(second)).to.equal(printed);
      }),
      { numRuns: 400 },
    );
  });
});
