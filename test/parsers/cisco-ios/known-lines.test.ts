import { expect } from 'chai';
import fc from 'fast-check';
import { KnownLines } from '../../../parsers/cisco-ios/known-lines.ts';
import { parseConfig } from '../../../parsers/cisco-ios/parse-config.ts';
import { configText } from './arbitrary-config.ts';

/** Reads the second text after the first, with what the first made known. */
function readAfter(first: string, second: string) {
  const known = new KnownLines();
  parseConfig(first, 'old.cfg', { known });
  return parseConfig(second, 'new.cfg', { known });
}

const expectSame = (first: string, second: string): void => {
  expect(readAfter(first, second)).to.deep.equal(parseConfig(second, 'new.cfg'));
};

const list = (kind: string, name: string, ...lines: readonly string[]): string =>
  [`ip access-list ${kind} ${name}`, ...lines].join('\n');

describe('KnownLines', () => {
  it('reads a line that is known once', () => {
    const text = list('extended', 'A', ' permit tcp any host 192.0.2.25 eq 25', '!', ' deny ip any any log');
    const known = new KnownLines();
    const entries = (file: string) => parseConfig(text, file, { known }).value.acls.get('A')!.entries;
    const old = entries('old.cfg');
    const now = entries('new.cfg');
    old.forEach((entry, i) => {
      if (entry.kind !== 'ace') throw new Error('not read as an ACE');
      expect(now[i]).to.have.property('match', entry.match);
      expect(now[i]!.span).to.deep.equal({ ...entry.span, file: 'new.cfg' });
    });
  });

  const line = ' permit 192.0.2.0 0.0.0.255';
  const pairs: readonly (readonly [string, string, string])[] = [
    ['a list of another kind', list('standard', 'A', line), list('extended', 'A', line)],
    [
      'a numbered list, which takes no reflect',
      list('extended', 'A', ' permit tcp any any reflect R'),
      list('extended', '150', ' permit tcp any any reflect R'),
    ],
    [
      'another train, which has no sequence numbers',
      `version 12.4\n${list('extended', 'A', ' 20 permit ip any any')}`,
      `version 12.1\n${list('extended', 'A', ' 20 permit ip any any')}`,
    ],
    [
      'the global mode',
      list('extended', 'A', 'permit ip any any', 'permit tcp any any eq 22'),
      'hostname R\npermit ip any any\npermit tcp any any eq 22',
    ],
    [
      'an interface, under which it stands by mistake',
      list('extended', 'A', ' permit ip any any'),
      'interface Ethernet0\n permit ip any any\n ip address 192.0.2.1 255.255.255.0',
    ],
    [
      'a line that was cut in two',
      list('extended', 'A', ' permit tcp any any eq 22'),
      list('extended', 'A', ' permit tcp any any eq 22', '23', ' deny ip any any'),
    ],
    [
      'the list once more',
      list('extended', 'A', ' permit ip any any', ' permit ip any any'),
      list('extended', 'A', ' 10 permit ip any any', ' permit ip any any'),
    ],
  ];
  for (const [where, first, second] of pairs)
    it(`reads a line in ${where} as if nothing were known`, () => expectSame(first, second));

  it('changes nothing of what any text means', () => {
    fc.assert(
      fc.property(configText, configText, fc.nat(), (one, other, cut) => {
        const lines = one.split('\n');
        const kept = lines.slice(0, cut % (lines.length + 1));
        expectSame(one, [...kept, other].join('\n'));
        expectSame(one, lines.filter((_, i) => i !== cut % lines.length).join('\n'));
      }),
      { numRuns: 100 },
    );
  });
});
