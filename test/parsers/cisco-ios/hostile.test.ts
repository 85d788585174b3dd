import { expect } from 'chai';
import fc from 'fast-check';
import {
  parseAccessListLog,
  parseConfig,
  parseShowAccessLists,
  parseShowIpInterface,
  parseSnippet,
  printConfig,
} from '../../../parsers/cisco-ios/index.ts';
import { parseCommand } from '../../../parsers/cisco-ios/parse-command.ts';
import { GLOBAL_MODE } from '../../../src/model/command.ts';
import { deviceOn, paste } from '../../model/device/paste.ts';
import { configText } from './arbitrary-config.ts';
import { spanOfLine } from './span.ts';

/** What must hold of any text at all. */
function survives(text: string): void {
  const { value, diagnostics } = parseConfig(text, 'x');
  const { account } = value;
  expect(account.modelled + account.skipped + account.diagnosed).to.equal(account.total);
  const cut = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const lines = cut.split(cut.includes('\n') ? '\n' : '\r');
  if (lines.at(-1) === '') lines.pop();
  expect(account.total).to.equal(lines.length);
  for (const d of diagnostics) {
    if (!d.span) continue;
    expect(d.span.line).to.be.within(1, lines.length);
    expect(d.span.column).to.be.at.least(1);
    expect(d.span.endColumn).to.be.at.least(d.span.column);
  }
  // Whatever was understood can be printed and read again.
  parseConfig(printConfig(value), 'y');
  parseSnippet(text, 'x');
  parseShowAccessLists(text, 'x');
  parseShowIpInterface(text, 'x');
  parseAccessListLog(text, 'x');
}

const TOKENS = (
  'access-list ip no default interface permit deny any host eq neq range gt lt tcp udp icmp log established 10.0.0.1 0.0.0.255 ' +
  '255.255.255.0 150 99 extended standard access-group in out address route nat inside source static list pool overload ! ^C ' +
  'banner motd exit end line vty 0 4 object-group network service group-object time-range periodic absolute remark evaluate ' +
  'dynamic reflect resequence 4294967296 -1 65536 999999999999 FastEthernet0/0 range Fa0/1 - 9 , % $ # > gw# gw(config)# ' +
  'gw(config-if)#$x certificate quit 2 Extended IP access list (5 matches) version 12.1 hostname \x08 \x1b[31m \0 \t'
).split(' ');

describe('hostile text', () => {
  it('any string', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), survives), { numRuns: 600 });
  });
  it('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) =>
        survives(Buffer.from(bytes).toString('utf8')),
      ),
      { numRuns: 400 },
    );
  });
  it('the words of the language in any order', () => {
    const line = fc.array(fc.constantFrom(...TOKENS), { maxLength: 12 }).map((w) => w.join(' '));
    const text = fc.array(line, { maxLength: 25 }).map((l) => l.join('\n'));
    fc.assert(fc.property(text, survives), { numRuns: 1500 });
  });
  it('real configurations with bytes changed', () => {
    const edit = fc.tuple(fc.nat(), fc.nat(3), fc.string({ unit: 'binary', minLength: 0, maxLength: 3 }));
    fc.assert(
      fc.property(configText, fc.array(edit, { minLength: 1, maxLength: 8 }), (text, edits) => {
        let changed = text;
        for (const [at, cut, put] of edits) {
          const i = at % (changed.length + 1);
          changed = changed.slice(0, i) + put + changed.slice(i + cut);
        }
        survives(changed);
      }),
      { numRuns: 500 },
    );
  });
  it('real configurations with lines dropped, doubled and moved', () => {
    fc.assert(
      fc.property(configText, fc.array(fc.nat(), { minLength: 1, maxLength: 30 }), (text, picks) => {
        const lines = text.split('\n');
        survives(picks.map((p) => lines[p % lines.length]).join('\n'));
      }),
      { numRuns: 500 },
    );
  });
  it('any words at the terminal, in any mode they lead to', () => {
    const line = fc.array(fc.constantFrom(...TOKENS), { minLength: 1, maxLength: 8 }).map((w) => w.join(' '));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 20 }),
        fc.constantFrom(null, '12.1(5)T15', '15.2'),
        (lines, version) => {
          paste(deviceOn(version), ...lines);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('hostile sizes: work grows with the text, not with its square', () => {
  const N = 40_000;
  const repeat = (line: (i: number) => string, head = ''): string =>
    head + Array.from({ length: N }, (_, i) => `${line(i)}\n`).join('');
  const texts: readonly (readonly [title: string, text: string])[] = [
    [
      'entries of one list',
      repeat((i) => `access-list 150 permit tcp any host 10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
    ],
    ['the same entry', repeat(() => 'access-list 150 permit ip any any')],
    [
      'entries from the last number down',
      repeat((i) => ` ${N - i} permit ip any any`, 'ip access-list extended T\n'),
    ],
    [
      'entries made and removed',
      repeat(
        (i) => (i < N / 2 ? ` permit tcp any any eq ${i}` : ` no permit tcp any any eq ${i - N / 2}`),
        'ip access-list extended T\n',
      ),
    ],
    [
      'entries removed in reverse',
      repeat(
        (i) => (i < N / 2 ? ` ${i + 1} permit tcp any any eq ${i}` : ` no ${N - i}`),
        'ip access-list extended T\n',
      ),
    ],
    ['unreadable entries', repeat((i) => ` permit nonsense ${i}`, 'ip access-list extended T\n')],
    ['interfaces', repeat((i) => `interface Vlan${i}`)],
    [
      'secondary addresses',
      repeat((i) => ` ip address 10.${i >> 8}.${i & 255}.1 255.255.255.0 secondary`, 'interface Fa0/0\n'),
    ],
    ['effects of one interface', repeat((i) => ` ip inspect F${i} in`, 'interface Fa0/0\n')],
    [
      'interfaces of one routing process',
      repeat((i) => (i % 2 ? ' ip ospf 1 area 0' : `interface Vlan${i}`)),
    ],
    [
      'networks of one process',
      repeat((i) => ` network 10.${i >> 8}.${i & 255}.0 0.0.0.255 area 0`, 'router ospf 1\n'),
    ],
    [
      'routes of one prefix',
      repeat((i) => `ip route 0.0.0.0 0.0.0.0 10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
    ],
    [
      'routes removed',
      repeat(
        (i) =>
          `${i < N / 2 ? '' : 'no '}ip route 10.${(i % (N / 2)) >> 8}.${i & 255}.0 255.255.255.0 192.0.2.1`,
      ),
    ],
    [
      'members of one group',
      repeat((i) => ` host 10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 'object-group network G\n'),
    ],
    [
      'uses of lists, and their removal',
      repeat((i) =>
        i < N / 2 ? `snmp-server community c${i} RO 5` : `no snmp-server community c${i - N / 2} RO 5`,
      ),
    ],
    ['pager prompts', repeat(() => ' --More-- \b\b\b\b\b\b\b\b\baccess-list 1 permit any')],
    ['opened banners', repeat((i) => `banner motd ${String.fromCharCode(33 + (i % 90))}`)],
    ['certificates', repeat(() => 'certificate 01\n3082')],
    ['escapes', repeat(() => '\x1b]\x1b]\x1b[\x1b]')],
    [
      'shown entries',
      repeat(
        (i) => `    ${i + 1} permit ip any any (5 matches) (5 matches) (5 matches)`,
        'Extended IP access list T\n',
      ),
    ],
    [
      'log messages',
      repeat(() => '%SEC-6-IPACCESSLOGP: list : : : : : : 150 denied tcp ((((((((( -> -> -> , 1 packet'),
    ],
    ['time range entries', repeat(() => ' periodic daily 0:00 to 1:00', 'time-range T\n')],
    ['vty ranges', repeat((i) => `line vty ${i % 10_000}`)],
  ];
  for (const [title, text] of texts)
    it(title, function () {
      // The suite's own limit of time is the check: squares of these sizes run for minutes.
      this.timeout(20_000);
      survives(text);
    });
  it('one line of a million words', () => {
    survives(`access-list 150 permit tcp any any ${'eq 80 '.repeat(1_000_000)}\n`);
  });
  it('a line just short of too long', () => {
    survives(
      `access-list 150 permit tcp any any ${'eq 80 '.repeat(3_300)}\nip access-list extended T\n ${'permit '.repeat(2_800)}`,
    );
  });
  it('a very long word, name or number', () => {
    const long = 'x'.repeat(15_000);
    survives(
      `hostname ${long}\ninterface ${long}0\nip access-list extended ${long}\n permit tcp any host ${long} eq ${'9'.repeat(15_000)}\n`,
    );
    expect(
      parseCommand(spanOfLine(`interface range Fa0/1 - 99999999`), GLOBAL_MODE, null).command.kind,
    ).to.equal('rejected');
  });
});
