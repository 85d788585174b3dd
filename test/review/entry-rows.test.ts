import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { compileAcl } from '../../src/acl/compile.ts';
import { type Box, boxesOverlap } from '../../src/headerspace/box.ts';
import { EntryRows, inheritNumbers, numberEntries, outlineOfAll } from '../../src/review/entry-rows.ts';

const LINES = [
  'permit tcp host 192.0.2.1 any eq 22',
  'permit tcp 192.0.2.0 0.0.0.255 range 1000 2000 any',
  'deny udp any host 198.51.100.7 eq 53',
  'deny udp any host 198.51.100.7 neq 53',
  'permit icmp any host 198.51.100.7 echo',
  'permit gre host 192.0.2.1 host 198.51.100.7',
  'permit 200 any any',
  'deny tcp any any fragments',
  'permit tcp any any established',
  'permit udp 192.0.2.0 0.0.0.254 gt 1023 any lt 1024',
  'deny ip host 192.0.2.2 any',
  'permit ip any any',
];

const { acls } = parseConfig(
  ['version 12.4', 'ip access-list extended A', ...LINES.map((line) => ` ${line}`)].join('\n'),
  'r.cfg',
).value;
const { entries } = compileAcl(acls.get('A'), {
  objectGroups: new Map(),
  timeRanges: new Map(),
  clock: null,
});
const boxes: readonly Box[] = entries.flatMap((entry) => [...entry.may]);
const place = fc.nat(entries.length - 1);

const near = (rows: EntryRows, asked: Box, first = 0): ReadonlySet<number> => {
  const found = new Set<number>();
  rows.eachNear(outlineOfAll([asked]), first, (number) => found.add(number));
  return found;
};

describe('rows of entries', () => {
  it('name every entry that shares packets with a box', () => {
    const rows = new EntryRows();
    for (const entry of entries) rows.numberOf(entry);
    for (const box of boxes) {
      const named = near(rows, box);
      for (const entry of entries)
        if (entry.may.some((own) => boxesOverlap(own, box))) expect(named).to.include(rows.numberOf(entry));
    }
  });

  it('leave out what has other addresses, protocols, ports or fragments', () => {
    const rows = new EntryRows();
    for (const entry of entries) rows.numberOf(entry);
    const linesNear = (line: number): readonly string[] =>
      [...near(rows, entries[line]!.asked[0]!)].sort((a, b) => a - b).map((number) => LINES[number]!);
    expect(linesNear(0)).to.deep.equal([LINES[0], LINES[1], LINES[8], LINES[11]]);
    expect(linesNear(2)).to.deep.equal([LINES[2], LINES[3], LINES[9], LINES[10], LINES[11]]);
    expect(linesNear(4)).to.deep.equal([LINES[4], LINES[10], LINES[11]]);
    expect(linesNear(7)).to.deep.equal([0, 1, 7, 8, 10, 11].map((i) => LINES[i]));
  });

  it('have the numbers of an earlier state for what it had, in its own order', () => {
    fc.assert(
      fc.property(place, place, (head, come) => {
        const base = entries.slice(0);
        const { rows } = numberEntries(base);
        const tail = entries.length - 1 - head;
        const state = [
          ...base.slice(0, head),
          { ...entries[come]! },
          ...base.slice(base.length - tail, base.length),
        ];
        inheritNumbers(base, state, { head, tail }, []);
        const numbered = numberEntries(state);
        expect(numbered.rows).to.equal(rows);
        expect([...numbered.numbers].map((number) => rows.entryOf(number))).to.deep.equal(state);
        expect(rows.count).to.equal(base.length + 1);
      }),
    );
  });

  it('are begun anew once most of their entries stand in other states', () => {
    let state = entries.slice(0);
    const { rows } = numberEntries(state);
    for (let i = 0; i < 2 * entries.length; i++) {
      const next = [...state.slice(1), { ...state[0]! }];
      inheritNumbers(state, next, { head: 0, tail: 0 }, []);
      state = next;
    }
    const { rows: anew, numbers } = numberEntries(state);
    expect(anew).to.not.equal(rows);
    expect([...numbers].map((number) => anew.entryOf(number))).to.deep.equal(state);
  });
});
