import { expect } from 'chai';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { joinSpaces, type SpaceRow } from '../../src/model/space-rows.ts';
import { diffConfigs } from '../../src/review/semantic-diff.ts';
import { configText } from './arbitrary-lists.ts';

const gainedRows = (before: readonly string[], after: readonly string[]): readonly SpaceRow[] =>
  joinSpaces(
    diffConfigs(
      parseConfig(configText(before), 'old.cfg').value,
      parseConfig(configText(after), 'new.cfg').value,
      {
        clock: null,
      },
    ).gained,
  );

describe('rows of spaces for a reader', () => {
  it('say "everything but TCP" once', () => {
    const rows = gainedRows(['permit tcp any any'], ['permit ip any any']);
    expect(rows.map((r) => [r.protocols, r.spaces])).to.deep.equal([
      [
        [
          [0, 5],
          [7, 255],
        ],
        255,
      ],
    ]);
    const portless = 252n * 2n ** 64n;
    expect(rows[0]!.packets).to.equal((portless + 2n * 2n ** 96n + 2n ** 64n * 65536n).toString());
  });
  it('say "every type but echo" once', () => {
    const rows = gainedRows(['permit icmp any any echo'], ['permit icmp any any']);
    expect(rows.map((r) => r.icmpTypes)).to.deep.equal([
      [
        [0, 7],
        [9, 255],
      ],
    ]);
  });
  it('leave spaces of different ports or lines apart', () => {
    const rows = gainedRows(
      ['deny ip any any'],
      ['permit tcp any host 192.0.2.1 eq 22', 'permit tcp any host 192.0.2.2 eq 25'],
    );
    expect(rows.map((r) => [r.spaces, r.protocols])).to.deep.equal([
      [1, null],
      [1, null],
    ]);
  });
});
