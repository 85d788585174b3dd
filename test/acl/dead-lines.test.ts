import { expect } from 'chai';
import { compileAcl } from '../../src/acl/compile.ts';
import { findDeadAces } from '../../src/acl/dead-aces.ts';
import { fatesOf } from '../../src/acl/dead-lines.ts';
import { deny, listOf, NO_ENVIRONMENT, permit } from './lists.ts';

describe('fatesOf', () => {
  it('says of many lines of a long list what is said of each when the whole list is looked at', () => {
    const hosts = Array.from({ length: 300 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    // Every third is denied first, every seventh permitted twice.
    const first = hosts.flatMap((host, i) => [
      ...(i % 3 === 0 ? [deny('tcp', host, 'any')] : []),
      ...(i % 7 === 0 ? [permit('tcp', host, 'any')] : []),
    ]);
    const asked = hosts.map((host) => permit('tcp', host, 'any'));
    const compiled = compileAcl(listOf(...first, ...asked), NO_ENVIRONMENT);
    const dead = new Map(findDeadAces(compiled).map(({ ace, rule }) => [ace, rule]));
    const lines = compiled.entries.slice(first.length);
    expect(dead.size).to.be.greaterThan(100);
    expect(fatesOf(compiled, lines)).to.deep.equal(lines.map(({ entry }) => dead.get(entry) ?? 'alive'));
  });
});
