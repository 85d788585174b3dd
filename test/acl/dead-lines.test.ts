import { expect } from 'chai';
import { compileAcl } from '../../src/acl/compile.ts';
import { findDeadAces } from '../../src/acl/dead-aces.ts';
import { deadLinesOf, fatesOf } from '../../src/acl/dead-lines.ts';
import { deny, listOf, NO_ENVIRONMENT, permit } from './lists.ts';

/** A list of three hundred last lines, of which those above deny every third and permit every seventh. */
function longList() {
  const hosts = Array.from({ length: 300 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const first = hosts.flatMap((host, i) => [
    ...(i % 3 === 0 ? [deny('tcp', host, 'any')] : []),
    ...(i % 7 === 0 ? [permit('tcp', host, 'any')] : []),
  ]);
  const asked = hosts.map((host) => permit('tcp', host, 'any'));
  const compiled = compileAcl(listOf(...first, ...asked), NO_ENVIRONMENT);
  const dead = new Map(findDeadAces(compiled).map((found) => [found.ace, found]));
  expect(dead.size).to.be.greaterThan(100);
  return { compiled, dead, lines: compiled.entries.slice(first.length) };
}

describe('fatesOf', () => {
  it('says of many lines of a long list what is said of each when the whole list is looked at', () => {
    const { compiled, dead, lines } = longList();
    expect(fatesOf(compiled, lines)).to.deep.equal(
      lines.map(({ entry }) => dead.get(entry)?.rule ?? 'alive'),
    );
  });
});

describe('deadLinesOf', () => {
  it('describes each of many lines as is done when the whole list is looked at', () => {
    const { compiled, dead, lines } = longList();
    const found = deadLinesOf(compiled);
    found.expect(lines);
    expect(lines.map((line) => found.describe(line))).to.deep.equal(
      lines.map(({ entry }) => dead.get(entry) ?? null),
    );
  });
});
