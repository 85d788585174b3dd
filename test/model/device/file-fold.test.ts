import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseCommand } from '../../../parsers/cisco-ios/parse-command.ts';
import { parseConfig } from '../../../parsers/cisco-ios/parse-config.ts';
import { parseSnippet } from '../../../parsers/cisco-ios/parse-snippet.ts';
import { formatIpv4 } from '../../../src/model/address.ts';
import { applyCommand } from '../../../src/model/device/apply-command.ts';
import { type Device, emptyDevice, NO_ACCOUNT, toRouterConfig } from '../../../src/model/device/device.ts';
import type { RouterConfig } from '../../../src/model/router-config.ts';

/** What one line of a text may say of a kind of rows, written from two numbers below 2^16. */
type Say = (a: number, b: number) => readonly string[];

/** Rows of a small world, each added only while it is not there: a file keeps what it repeats, a terminal does not. */
function rows(header: string | null, row: (n: number) => string, refusesLast = false): () => Say {
  const say = (line: string): readonly string[] => (header === null ? [line] : [header, ` ${line}`]);
  return () => {
    const there = new Set<number>();
    return (a, b) => {
      const n = a % 40;
      const absent = b % 7 === 0;
      if (!there.has(n) && !absent) {
        there.add(n);
        return say(row(n));
      }
      if (!(refusesLast && there.size === 1)) there.delete(n);
      return say(`no ${row(n)}`);
    };
  };
}

/** Entries that differ by a counter, at the end or under a number; taken out by what they say or by number. */
function entries(list: string, entry: (n: number) => string, numbered: boolean): () => Say {
  return () => {
    let made = 0;
    return (a, b) => {
      const number = numbered ? `${5 * (1 + (a % 400))} ` : '';
      switch (b % 8) {
        case 0:
          return [list, ` no ${5 * (1 + (a % (made + 1)))}`];
        case 1:
          return [list, ` no ${entry(a % (made + 1))}`];
        case 2:
          return [
            `ip access-list resequence ${list.split(' ').at(-1)} ${1 + (a % 50)} ${1 + (Math.floor(b / 8) % 12)}`,
          ];
        case 3:
          return numbered ? [list, ` ${number}${entry(made++)}`] : [list, ` ${entry(made++)}`];
        default:
          return [list, ` ${entry(made++)}`];
      }
    };
  };
}

const host = (n: number): string => `10.0.${n >> 8}.${n & 255}`;

const KINDS: readonly (() => Say)[] = [
  rows('object-group network G', (n) => (n % 5 === 0 ? `group-object H${n % 4}${n}` : `host ${host(n)}`)),
  rows('object-group network USED', (n) => `range ${host(n)} ${host(n + 9)}`, true),
  rows('object-group service S', (n) => (n % 2 ? `tcp source eq ${n} eq www` : `udp range ${n} 90`), true),
  () => (a, b) => (b % 3 === 0 ? [`no object-group network H${a % 4}`] : [`object-group network H${a % 4}`]),
  rows(null, (n) => `ip route 192.0.2.0 255.255.255.0 ${host(n)}`),
  rows(null, (n) => `ip route ${host(n)} 255.255.255.255 192.0.2.1`),
  () => (a) => [`no ip route 192.0.2.0 255.255.255.${a % 9 ? 128 : 0}`],
  rows('interface Vlan1', (n) => `ip address ${host(n + 1)} 255.255.255.0 secondary`),
  rows('interface Vlan1', () => 'ip address 198.51.100.1 255.255.255.0'),
  () => (a) => [
    'interface Vlan1',
    a % 5 ? ` ip address 198.51.100.${1 + (a % 3)} 255.255.255.0` : ' no ip address',
  ],
  rows('interface Vlan1', (n) => `ip inspect N${n} ${n % 2 ? 'in' : 'out'}`),
  rows('interface Vlan1', (n) => `ip policy route-map R${n}`),
  rows('router ospf 1', (n) => `network ${host(n)} 0.0.0.0 area 0`),
  rows('router bgp 1', (n) => `neighbor ${host(n)} remote-as 2`),
  () => (a, b) => [`interface Vlan${a % 20}`, b % 2 ? ' ip ospf 1 area 0' : ' no ip ospf 1 area 0'],
  rows('time-range T', (n) => `periodic daily ${n % 20}:00 to ${20 + Math.floor(n / 20)}:00`),
  () => (a, b) => ['time-range T', ` ${b % 4 ? '' : 'no '}absolute start 10:0${a % 5} 1 January 2026`],
  rows('ip nat pool P prefix-length 8', (n) => `address ${host(n)} ${host(n + 1)}`),
  rows(null, (n) => `ip nat inside source static ${host(n)} 203.0.113.${n}`),
  entries('ip access-list extended X', (n) => `permit tcp host ${host(n)} any eq ${1 + (n % 9)}`, true),
  entries('ip access-list extended Y', (n) => `deny ip object-group H${n % 4} host ${host(n)}`, true),
  entries('ip access-list extended R', (n) => (n % 3 ? `deny ip host ${host(n)} any` : `remark ${n}`), false),
  entries(
    'ip access-list standard D',
    (n) => (n % 3 ? `permit ${host(n)}` : `deny 172.${n >> 8}.${n & 255}.0 0.0.0.3`),
    false,
  ),
];

const HEAD = [
  'version 12.4',
  'ip access-list extended USES',
  ' permit ip any object-group USED',
  ' permit object-group S any any',
];

function textOf(kinds: readonly (() => Say)[], steps: readonly (readonly number[])[]): string {
  const says = kinds.map((kind) => kind());
  const lines = steps.flatMap(([k, a, b]) => says[k! % says.length]!(a!, b!));
  return [...HEAD, ...lines].join('\n');
}

/** Every line entered by itself, a state after each: none of it is shared with the reading of a file. */
function typed(text: string): Device {
  const { value } = parseSnippet(text, 'f');
  let device = emptyDevice();
  for (const { line } of value.steps)
    device = applyCommand(device, parseCommand(line, device.mode, device.version).command).device;
  return device;
}

/** Where two configurations part, as the table and what each has there. */
function firstDifference(read: RouterConfig, oneByOne: RouterConfig): string {
  for (const key of Object.keys(oneByOne) as (keyof RouterConfig)[]) {
    if (key === 'account' || isDeepStrictEqual(read[key], oneByOne[key])) continue;
    const plain = (v: unknown): string =>
      JSON.stringify(v, (k, x) => (x instanceof Map ? [...x] : k === 'span' ? x?.line : x));
    return `${key}: read ${plain(read[key])}, entered ${plain(oneByOne[key])}`;
  }
  return 'nowhere';
}

/** The two devices as plain values, but for what only the text of a file shows. */
function same(text: string): void {
  const { value } = parseConfig(text, 'f');
  const facts = { file: 'f', excerpt: value.excerpt, account: NO_ACCOUNT };
  const oneByOne = toRouterConfig(typed(text), facts);
  // Comments and blank lines are no steps of a snippet, so both number their lines alike.
  if (!isDeepStrictEqual({ ...value, account: NO_ACCOUNT }, oneByOne))
    expect.fail(firstDifference(value, oneByOne));
}

const step = fc.tuple(fc.nat(0xffff), fc.nat(0xffff), fc.nat(0xffff));

describe('a file is read as its lines would act one by one', () => {
  it('rows of every kind, added and taken out in any order', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 400, size: 'max' }), (steps) =>
        same(textOf(KINDS, steps)),
      ),
      { numRuns: 60 },
    );
  });
  for (const kind of KINDS)
    it(`only rows such as ${kind()(1, 5).join(';')}`, () => {
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), (steps) =>
          same(textOf([kind], steps)),
        ),
        { numRuns: 60 },
      );
    });
  it('a primary address stands first, and goes when no secondary is left', () => {
    const second = (n: number): string => ` ip address 10.0.0.${n} 255.255.255.0 secondary`;
    const text = ['interface Vlan1', second(1), ' ip address 10.0.0.9 255.255.255.0', second(2)].join('\n');
    const shown = (more: string): readonly string[] =>
      parseConfig(`${text}\n${more}`, 'f')
        .value.interfaces.get('Vlan1')!
        .addresses.map((a) => formatIpv4(a.address));
    expect(shown('')).to.deep.equal(['10.0.0.9', '10.0.0.1', '10.0.0.2']);
    const gone = ' no ip address 10.0.0.9 255.255.255.0';
    expect(shown(gone)).to.deep.equal(['10.0.0.9', '10.0.0.1', '10.0.0.2']);
    expect(
      shown(
        [1, 2]
          .map((n) => ` no${second(n)}`)
          .concat(gone)
          .join('\n'),
      ),
    ).to.deep.equal([]);
    expect(shown(' ip address 10.0.0.8 255.255.255.0')).to.deep.equal(['10.0.0.8', '10.0.0.1', '10.0.0.2']);
  });
  it('lists longer than what is moved at once', () => {
    const lists = KINDS.slice(-4);
    fc.assert(
      fc.property(fc.array(step, { minLength: 2500, maxLength: 3500, size: 'max' }), (steps) =>
        same(textOf(lists, steps)),
      ),
      { numRuns: 4 },
    );
  });
});
