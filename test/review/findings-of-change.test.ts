import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { focusOnChange } from '../../src/review/change-focus.ts';
import { findingsOfChange, lintOf } from '../../src/review/findings-of-change.ts';
import { ALL_RULES, byPlace } from '../../src/review/lint.ts';
import { newFindings } from '../../src/review/new-findings.ts';
import type { ReviewedConfig } from '../../src/review/review.ts';
import { tries } from '../acl/lists.ts';
import { type ChangedConfig, changedConfig, changedGroups } from './changed-configs.ts';
import { TODAY } from './typed.ts';

const read = (text: string, file: string): ReviewedConfig => {
  const { value, diagnostics } = parseConfig(text, file);
  return { config: value, diagnostics };
};

/** What was seen of changes that were looked at in focus, over all of them. */
interface Seen {
  inFocus: number;
  linesLeftOut: number;
  found: number;
}

/** Holds what is found in focus against what linting both configurations whole says. */
function compare(texts: ChangedConfig, clock: number | null, seen: Seen): void {
  const [before, after] = [read(texts.before, 'old.cfg'), read(texts.after, 'new.cfg')] as const;
  const settings = { clock, today: TODAY };
  const whole = newFindings(lintOf(before, settings)(ALL_RULES), lintOf(after, settings)(ALL_RULES));
  const found = findingsOfChange(before, after, settings);
  const text = `${texts.before}\n-----\n${texts.after}`;
  expect(found(ALL_RULES), text).to.deep.equal(whole);
  const share = findingsOfChange(before, after, settings);
  const shares = [...share((rule) => rule < 'm'), ...share((rule) => rule >= 'm')];
  expect(shares.sort(byPlace), text).to.deep.equal(whole);
  const lists = focusOnChange(before.config, after.config, clock, [])?.after ?? new Map();
  if (lists.size === 0) return;
  seen.inFocus++;
  for (const [name, { lines }] of lists)
    seen.linesLeftOut += after.config.acls.get(name)!.entries.length - lines.size;
  if (whole.length > 0) seen.found++;
}

const clocks = fc.constantFrom(null, Date.UTC(2026, 0, 5, 21));

describe('findingsOfChange', function () {
  this.timeout(60_000 * tries(1).numRuns);

  it('says what linting both configurations whole says', () => {
    const seen: Seen = { inFocus: 0, linesLeftOut: 0, found: 0 };
    fc.assert(
      fc.property(changedConfig, clocks, (texts, clock) => compare(texts, clock, seen)),
      tries(60),
    );
    expect(seen.inFocus).to.be.greaterThan(15);
    expect(seen.linesLeftOut).to.be.greaterThan(200);
    expect(seen.found).to.be.greaterThan(5);
  });

  it('says so, too, where members of object groups come and go', () => {
    const seen: Seen = { inFocus: 0, linesLeftOut: 0, found: 0 };
    fc.assert(
      fc.property(changedGroups, clocks, (texts, clock) => compare(texts, clock, seen)),
      tries(60),
    );
    expect(seen.inFocus).to.be.greaterThan(10);
    expect(seen.linesLeftOut).to.be.greaterThan(20);
    expect(seen.found).to.be.greaterThan(3);
  });

  it('looks at one line only where what falls to the others comes in very many pieces', () => {
    // The group is not all known, so that each line that names it may match anything, and the address with free high bits
    // parts what no line surely matches into some hundred thousand boxes.
    const parted = [
      'permit object-group SERVICES 198.51.100.0 255.255.255.0 any',
      'permit ip object-group HOSTS any',
      'permit ip object-group HOSTS 198.51.100.0 255.255.255.0',
      'permit object-group SERVICES any host 192.0.2.35',
      'permit object-group SERVICES any object-group HOSTS',
      'permit ip 10.0.0.0 0.255.255.255 any',
      'permit ip object-group HOSTS any',
    ];
    const lines = (members: readonly string[]): string =>
      [
        'version 15.1',
        'hostname gw',
        'object-group network HOSTS',
        ...members.map((member) => ` ${member}`),
        'object-group service SERVICES',
        ' tcp range 20 25',
        'interface FastEthernet0/0',
        ' ip address 203.0.113.1 255.255.255.0',
        ' ip nat outside',
        ' ip access-group OUT in',
        'interface FastEthernet0/1',
        ' ip address 192.0.2.1 255.255.255.0',
        ' ip nat inside',
        ' ip access-group LAN in',
        'ip nat inside source static tcp 192.0.2.35 80 203.0.113.10 80',
        'ip route 0.0.0.0 0.0.0.0 203.0.113.254',
        'ip access-list extended OUT',
        ...parted.map((line) => ` ${line}`),
        'ip access-list extended LAN',
        ' permit ip object-group HOSTS any',
        'end',
      ].join('\n');
    const seen: Seen = { inFocus: 0, linesLeftOut: 0, found: 0 };
    const known = ['198.51.100.0 255.255.255.192'];
    const texts = { before: lines(known), after: lines([...known, 'group-object INNER']) };
    compare(texts, null, seen);
    const found = lintOf(read(texts.after, 'new.cfg'), { clock: null, today: TODAY })(ALL_RULES);
    expect(found.map(({ rule }) => rule)).to.include('wrong-direction');
  });
});
