import { expect } from 'chai';
import { parseCommand } from '../../../parsers/cisco-ios/parse-command.ts';
import { parseIosVersion } from '../../../parsers/cisco-ios/version.ts';
import { GLOBAL_MODE, type Mode } from '../../../src/model/command.ts';
import { type IosFeature, iosSupports } from '../../../src/model/ios-features.ts';
import { sayLine } from './read.ts';
import { spanOfLine } from './span.ts';

describe('IOS versions', () => {
  const parsed: readonly (readonly [string, number, number, number | null, string | null])[] = [
    ['12.1(5)T15', 12, 1, 5, 'T15'],
    ['12.1', 12, 1, null, null],
    ['12.2(18)SXF17', 12, 2, 18, 'SXF17'],
    ['12.3(26)', 12, 3, 26, null],
    ['15.2(4)M3', 15, 2, 4, 'M3'],
    ['17.3.1', 17, 3, 1, null],
    ['16.9', 16, 9, null, null],
  ];
  for (const [text, major, minor, release, train] of parsed)
    it(`${text} is ${major}.${minor} release ${release} train ${train}`, () => {
      expect(parseIosVersion(text)).to.deep.equal({ text, major, minor, release, train, span: null });
    });
  for (const text of ['', '12', 'twelve', '12.1(5', '12.1 (5)T', '12.1(5)T15 extra'])
    it(`"${text}" is no version`, () => {
      expect(parseIosVersion(text)).to.equal(null);
    });

  const gates: readonly (readonly [IosFeature, string, 'yes' | 'no' | 'unknown'])[] = [
    ['sequence-numbers', '12.1(5)T15', 'no'],
    ['sequence-numbers', '12.1', 'no'],
    ['sequence-numbers', '12.2(13)T', 'no'],
    ['sequence-numbers', '12.2(15)T', 'yes'],
    ['sequence-numbers', '12.2(14)S', 'yes'],
    ['sequence-numbers', '12.2(12)S', 'no'],
    ['sequence-numbers', '12.2(18)SXF', 'yes'],
    ['sequence-numbers', '12.2(46)', 'no'],
    ['sequence-numbers', '12.2', 'unknown'],
    ['sequence-numbers', '12.3(2)T', 'yes'],
    ['sequence-numbers', '15.1', 'yes'],
    ['several-ports', '12.3(4)T', 'no'],
    ['several-ports', '12.3(7)T', 'yes'],
    ['several-ports', '12.3(26)', 'no'],
    ['several-ports', '12.4(1)', 'yes'],
    ['fragments', '12.0(10)', 'no'],
    ['fragments', '12.0(11)', 'yes'],
    ['fragments', '12.1(1)', 'no'],
    ['fragments', '12.1(5)T15', 'yes'],
    ['object-group', '12.4(15)T', 'no'],
    ['object-group', '12.4(20)T', 'yes'],
    ['object-group', '12.4', 'unknown'],
    ['policy-groups', '12.2(33)SXI4', 'yes'],
    ['policy-groups', '12.2(18)SXF', 'no'],
    ['policy-groups', '12.4(24)T', 'no'],
    ['policy-groups', '12.2', 'unknown'],
    ['policy-groups', '15.1', 'yes'],
    ['igrp', '12.1(5)T15', 'yes'],
    ['igrp', '15.1', 'no'],
    ['named-list', '11.1(5)', 'no'],
    ['named-list', '11.2', 'yes'],
    ['xe-names', '12.4(20)T', 'no'],
    ['xe-names', '17.3', 'yes'],
  ];
  for (const [feature, version, answer] of gates)
    it(`${feature} on ${version}: ${answer}`, () => {
      expect(iosSupports(parseIosVersion(version), feature)).to.equal(answer);
    });
  it('without a version nothing is ruled out', () => {
    expect(iosSupports(null, 'object-group')).to.equal('unknown');
  });
});

describe('a feature that the train lacks', () => {
  const list: Mode = { kind: 'access-list', list: 'T', listKind: 'extended' };
  const rows: readonly (readonly [string, Mode, string, string])[] = [
    ['permit tcp any any eq 80 443', list, '12.1(5)T15', '12.4(1)'],
    ['20 permit ip any any', list, '12.1(5)T15', '12.3(2)T'],
    ['permit tcp any any match-all +syn', list, '12.3(2)T', '12.3(4)T'],
    ['permit ip any any ttl eq 1', list, '12.4(1)T', '12.4(2)T'],
    ['permit ip any any option 7', list, '12.1(5)T15', '12.3(4)T'],
    ['permit ip any object-group G', list, '12.4(15)T', '12.4(20)T'],
    ['permit udp any any eq non500-isakmp', list, '12.1(5)T15', '12.2(13)T'],
    ['permit tcp any any eq drip', list, '12.3(1)', '12.4(1)'],
    ['permit tcp any any eq msrpc', list, '12.4(1)', '15.1(1)'],
    ['permit igrp any any', list, '12.4(1)', '12.1(5)T15'],
    ['permit ip any any log TAG', list, '12.4(15)T', '12.4(22)T'],
    ['ip access-list resequence T 10 10', GLOBAL_MODE, '12.1(5)T15', '12.3(2)T'],
    ['object-group network G', GLOBAL_MODE, '12.1(5)T15', '15.1'],
    ['zone security INSIDE', GLOBAL_MODE, '12.4(4)T', '12.4(6)T'],
    ['ipv6 access-list V6', GLOBAL_MODE, '12.1(5)T15', '12.2(2)T'],
    ['access-list 2000 permit ip any any', GLOBAL_MODE, '11.3', '12.0(1)'],
  ];
  for (const [line, mode, lacks, has] of rows) {
    it(`${line}: refused at the terminal of ${lacks}, taken by ${has}`, () => {
      const on = (version: string) => parseCommand(spanOfLine(line), mode, parseIosVersion(version)).command;
      const refused = on(lacks);
      expect(refused.kind).to.equal('rejected');
      expect(refused.kind === 'rejected' && refused.reason).to.equal('not-on-this-train');
      expect(on(has).kind).to.not.equal('rejected');
    });
  }
  it('is modelled where a file shows that its device took it, with a warning', () => {
    expect(sayLine('permit tcp any any eq 80 443', 'extended', '12.1(5)T15')).to.equal(
      'permit 6 any -> any:80, 443 (not-on-this-train)',
    );
    expect(sayLine('permit tcp any any eq 80', 'extended', '12.1(5)T15')).to.equal('permit 6 any -> any:80');
  });
});
