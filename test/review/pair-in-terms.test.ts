import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import type { ConfigLine } from '../../src/diagnostics/source-span.ts';
import type { DecidedBy } from '../../src/model/finding.ts';
import type { ChangedPair } from '../../src/model/review.ts';
import type { RouterConfig } from '../../src/model/router-config.ts';
import { type ConfigDiff, diffConfigs } from '../../src/review/semantic-diff.ts';
import { configText, listText, packet } from './arbitrary-lists.ts';
import { acesOf, matches } from './first-match.ts';
import { spaceHolds } from './space-members.ts';

const read = (list: readonly string[], file: string): RouterConfig =>
  parseConfig(configText(list), file).value;

const diffLists = (old: readonly string[], now: readonly string[]): ConfigDiff =>
  diffConfigs(read(old, 'old.cfg'), read(now, 'new.cfg'), { clock: null });

const at = (line: ConfigLine): string => `${line.file}:${line.line}`;

const inWords = ({ match, less, moreLess }: ChangedPair): unknown => ({
  match: match.map((m) => `${m.protocol} ${m.source} > ${m.destination}`),
  less: less.map(at),
  moreLess,
});

const wholePackets = ({ pairs }: ConfigDiff): readonly ChangedPair[] =>
  pairs.filter(({ spaces }) => !spaces.startsWith('fragments'));

const ANY = '0.0.0.0 255.255.255.255';
const mail = ['permit tcp any host 198.51.100.1 eq 110', 'permit tcp host 192.0.2.1 host 198.51.100.1 eq 25'];

describe('a pair of lines whose packets take many spaces', () => {
  it('is told as what both match, less what earlier lines decide', () => {
    const [pair, ...others] = diffLists([...mail, 'deny ip any any'], [...mail, 'permit ip any any']).pairs;
    expect(inWords(pair!)).to.deep.equal({
      match: [`ip ${ANY} > ${ANY}`],
      less: ['old.cfg:9', 'old.cfg:10'],
      moreLess: 0,
    });
    expect(others.map((p) => p.spaces)).to.deep.equal(['fragments.gained']);
  });

  it('names earlier lines of either list, what both have only once, and counts those beyond eight', () => {
    const ports = Array.from({ length: 9 }, (_, i) => `permit tcp any any eq ${i + 1}`);
    const [pair] = diffLists([...mail, 'deny ip any any'], [...ports, ...mail, 'permit ip any any']).pairs;
    expect(pair?.less.map(at)).to.deep.equal([
      ...['old.cfg:9', 'old.cfg:10'],
      ...[9, 10, 11, 12, 13, 14].map((line) => `new.cfg:${line}`),
    ]);
    expect(pair?.moreLess).to.equal(3);
  });

  it('is left to its spaces where these are few', () => {
    expect(wholePackets(diffLists(mail, mail.slice(1)))).to.deep.equal([]);
  });

  it('is left to its spaces where a line before it may or may not match', () => {
    const lines = [...mail, 'deny tcp any host 198.51.100.1 eq 143 time-range OFFICE'];
    const diff = diffLists([...lines, 'deny ip any any'], [...lines, 'permit ip any any']);
    expect(diff.gained.length).to.be.above(100);
    expect(wholePackets(diff)).to.deep.equal([]);
  });

  it('stands for exactly the packets that its two lines decide', () => {
    let told = 0;
    fc.assert(
      fc.property(
        listText(5),
        listText(5),
        fc.array(packet, { minLength: 60, maxLength: 60 }),
        (old, now, packets) => {
          const configs = [read(old, 'old.cfg'), read(now, 'new.cfg')] as const;
          const [before, after] = configs.map((config) => acesOf(config.acls.get('OUT')));
          const everyAce = new Map(
            [...before!, ...after!].map((ace) => [`${ace.span.file}:${ace.span.line}`, ace]),
          );
          const { pairs } = diffConfigs(...configs, { clock: null });
          for (const pair of pairs.filter(({ moreLess }) => moreLess === 0)) {
            const less = pair.less.map((line) => everyAce.get(at(line))!);
            const decides = (list: typeof before, by: DecidedBy, p: (typeof packets)[number]): boolean => {
              const first = list!.find((ace) => matches(ace, p));
              return by !== null && 'line' in by ? first?.span.line === by.line : first === undefined;
            };
            for (const p of packets) {
              if (p.nonInitialFragment !== pair.spaces.startsWith('fragments')) continue;
              const held = pair.match.some((m) => spaceHolds(m, p)) && !less.some((ace) => matches(ace, p));
              expect(held).to.equal(decides(before, pair.before, p) && decides(after, pair.after, p));
              told++;
            }
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(told).to.be.above(100);
  });
});
