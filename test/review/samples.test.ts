import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseSnippet } from '../../parsers/cisco-ios/parse-snippet.ts';
import { printAce } from '../../parsers/cisco-ios/print-ace.ts';
import { printConfig } from '../../parsers/cisco-ios/print-config.ts';
import { type ChangeReview, reviewChange } from '../../src/review/review.ts';
import { writeSafeSnippet } from '../../src/review/safe-snippet.ts';
import { configOf, inShort, operatorAt, readerFor, TODAY } from './typed.ts';

const sample = (name: string): string =>
  readFileSync(new URL(`../../samples/review/${name}`, import.meta.url), 'utf8');
const before = configOf(sample('gw.cfg'));
const operator = operatorAt('10.0.1.32');

const review = (snippet: string): ChangeReview =>
  reviewChange(
    { config: before, diagnostics: [] },
    parseSnippet(snippet, 'snippet.txt').value,
    readerFor(before),
    {
      clock: null,
      today: TODAY,
      operator,
    },
  );

describe('the sample changes', () => {
  it('a rebuilt list opens everything, then shuts everything, the operator included', () => {
    const { result } = review(sample('rebuild.txt'));
    expect(inShort(result.hazards)).to.deep.equal([
      '1 permit-all critical',
      '1 ephemeral-permit high',
      '2 deny-all critical',
      '2 lockout critical',
      '2 ephemeral-deny high',
    ]);
    expect(result.verdict).to.equal('fail');
  });

  it('a swap has the same effect and no hazard', () => {
    const rebuilt = review(sample('rebuild.txt')).result;
    const { result } = review(sample('swap.txt'));
    expect(result.hazards).to.deep.equal([]);
    expect(result.verdict).to.equal('pass');
    expect(result.lost.map((s) => `${s.source} ${s.packets}`)).to.deep.equal(
      rebuilt.lost.map((s) => `${s.source} ${s.packets}`),
    );
  });

  it('an appended line never matches', () => {
    const { result } = review(sample('append.txt'));
    expect(inShort(result.hazards)).to.deep.equal(['1 never-matches high']);
    expect([...result.gained, ...result.lost]).to.deep.equal([]);
  });

  it('removing one line of a numbered list removes the list', () => {
    const { result } = review(sample('remove-one.txt'));
    expect(inShort(result.hazards)).to.deep.equal(['1 list-deleted critical', '1 permit-all critical']);
  });

  it('the rebuilt list can be had safely', () => {
    const { simulation, after } = review(sample('rebuild.txt'));
    const safe = writeSafeSnippet(before, after, {
      read: readerFor(before),
      printEntry: printAce,
      printConfig,
      clock: null,
      operator,
      simulation,
    });
    expect(safe.proof.proven, safe.text).to.equal(true);
    expect(review(safe.parts.flatMap((p) => [...p.commands]).join('\n')).result.hazards).to.deep.equal([]);
  });
});
