import { expect } from 'chai';
import fc from 'fast-check';
import { compileAcl } from '../../src/acl/compile.ts';
import { findDeadAces } from '../../src/acl/dead-aces.ts';
import { DeadLines, fatesOf } from '../../src/acl/dead-lines.ts';
import type { Ace, Acl } from '../../src/model/access-list.ts';
import { parseIpv4 } from '../../src/model/address.ts';
import {
  aclArbitrary,
  deny,
  everyPacket,
  listOf,
  NO_ENVIRONMENT,
  permit,
  ports,
  spanOf,
  toPort,
  tries,
} from './lists.ts';
import { decideSlowly, isAskedSlowly, matchesSlowly } from './slow-first-match.ts';
import { uncertainAclArbitrary } from './uncertain-lists.ts';

const deadIn = (acl: Acl) => findDeadAces(compileAcl(acl, NO_ENVIRONMENT));

describe('findDeadAces', () => {
  const anyone = permit('tcp', 'any', '192.0.2.25', toPort(25));

  it('finds a permit behind a wider deny shadowed, and says by which packet', () => {
    const list = listOf(
      deny('ip', '10.0.0.0 0.255.255.255', 'any'),
      permit('tcp', '10.1.1.5', '192.0.2.25', toPort(25)),
    );
    const [dead, ...others] = deadIn(list);
    expect(others).to.deep.equal([]);
    expect(dead).to.include({ ace: list.entries[1], rule: 'shadowed-ace', contradictedBy: list.entries[0] });
    expect(dead!.blockers).to.deep.equal([list.entries[0]]);
    expect(dead!.witness).to.include({ source: parseIpv4('10.1.1.5'), destinationPort: 25, tcpFlags: 2 });
  });

  it('names a line as undecided, and claims nothing of it, when its patience is used up', () => {
    const list = compileAcl(
      listOf(
        permit('ip', '10.0.0.0 0.127.255.255', 'any'),
        permit('ip', '10.128.0.0 0.127.255.255', 'any'),
        permit('ip', '10.0.0.0 0.255.255.255', 'any'),
        permit('ip', '192.0.2.0 0.0.0.255', 'any'),
      ),
      NO_ENVIRONMENT,
    );
    const undecided: number[] = [];
    const dead = findDeadAces(list, { patience: 0, undecided: (ace) => undecided.push(ace.span.line) });
    expect([dead.length, undecided]).to.deep.equal([0, [3]]);
    const decided = findDeadAces(list, { undecided: (ace) => undecided.push(ace.span.line) });
    expect([decided.map((d) => d.ace.span.line), undecided]).to.deep.equal([[3], [3]]);
  });

  it('leaves a permit alone that reaches beyond the deny', () => {
    expect(deadIn(listOf(deny('ip', '10.0.0.0 0.255.255.255', 'any'), anyone))).to.deep.equal([]);
  });

  it('finds a permit behind a wider permit redundant', () => {
    const list = listOf(permit('tcp', 'any', '192.0.2.0 0.0.0.255'), anyone);
    expect(deadIn(list)[0]).to.include({ ace: list.entries[1], rule: 'redundant-ace', contradictedBy: null });
  });

  it('finds a line dead that only several earlier lines cover together, and names those alone', () => {
    const list = listOf(
      permit('tcp', 'any', '198.51.100.0 0.0.0.255'),
      permit('tcp', '0.0.0.0 127.255.255.255', '192.0.2.25'),
      deny('udp', 'any', 'any'),
      permit('tcp', '128.0.0.0 127.255.255.255', '192.0.2.0 0.0.0.255'),
      anyone,
    );
    expect(deadIn(list).map((d) => [d.ace, d.blockers])).to.deep.equal([
      [list.entries[4], [list.entries[1], list.entries[3]]],
    ]);
  });

  it('calls a line shadowed when the first match of some packet contradicts it, though a like line covers it', () => {
    const list = listOf(deny('tcp', '10.1.1.5', 'any'), permit('tcp', 'any', '192.0.2.0 0.0.0.255'), anyone);
    const [dead] = deadIn(list);
    expect(dead).to.include({ ace: list.entries[2], rule: 'shadowed-ace', contradictedBy: list.entries[0] });
    expect(dead!.blockers).to.deep.equal([list.entries[0], list.entries[1]]);
  });

  it('does not name a line that decides nothing as a blocker', () => {
    const list = listOf(
      permit('tcp', 'any', '192.0.2.0 0.0.0.127'),
      permit('tcp', 'any', '192.0.2.25'),
      permit('tcp', 'any', '192.0.2.25', toPort(25)),
    );
    expect(deadIn(list).map((d) => d.blockers)).to.deep.equal([[list.entries[0]], [list.entries[0]]]);
  });

  it('finds a layer-4 permit dead whose later fragments still pass, and says so', () => {
    const list = listOf(deny('tcp', 'any', 'any', { destinationPorts: ports('lt', 1024) }), anyone);
    expect(deadIn(list)[0]).to.include({ ace: list.entries[1], fragmentsStillMatch: true });
    const both = listOf(deny('tcp', 'any', 'any'), anyone);
    expect(deadIn(both)[0]).to.include({ ace: both.entries[1], fragmentsStillMatch: false });
  });

  it('keeps a line without layer 4 alive for later fragments alone', () => {
    const list = listOf(
      deny('tcp', 'any', 'any', { destinationPorts: ports('range', 0, 65535) }),
      permit('tcp', 'any', 'any'),
    );
    expect(deadIn(list)).to.deep.equal([]);
  });

  it('does not count on what an earlier line only may match', () => {
    const asleep = [{ kind: 'time-range' as const, name: 'T' }];
    expect(deadIn(listOf(deny('ip', 'any', 'any', {}, asleep), anyone))).to.deep.equal([]);
    const list = listOf(deny('ip', 'any', 'any'), permit('tcp', 'any', '192.0.2.25', {}, asleep));
    expect(deadIn(list).map((d) => d.ace)).to.deep.equal([list.entries[1]]);
  });

  it('tells on request of lines that an opposite line decides in part', () => {
    const list = listOf(deny('ip', '10.0.0.0 0.255.255.255', 'any'), anyone);
    const found = findDeadAces(compileAcl(list, NO_ENVIRONMENT), { partial: true });
    expect(found.map((d) => [d.ace, d.contradictedBy])).to.deep.equal([[list.entries[1], list.entries[0]]]);
    expect(decideSlowly(list, found[0]!.witness).line).to.equal(0);
    expect(decideSlowly(list, found[0]!.partial!.stillMatches).line).to.equal(1);
  });

  it('names no line of an object group that matches nothing', () => {
    const groups = new Map([['G', { kind: 'network' as const, name: 'G', members: [], span: spanOf(0) }]]);
    const list = listOf(
      deny('ip', 'any', 'any'),
      permit('tcp', 'any', 'any', { source: { kind: 'group', name: 'G' } }),
    );
    expect(findDeadAces(compileAcl(list, { ...NO_ENVIRONMENT, objectGroups: groups }))).to.deep.equal([]);
  });

  it('counts certain lines before and all of an uncertain line itself', () => {
    fc.assert(
      fc.property(uncertainAclArbitrary, (acl) => {
        const asked = acl.entries.map(() => false);
        const reached = acl.entries.map(() => false);
        const certain = acl.entries.map((e) => e.kind === 'ace' && e.conditions.length === 0);
        for (const packet of everyPacket([acl]))
          acl.entries.forEach((entry, i) => {
            if (entry.kind !== 'ace' || !isAskedSlowly(entry, packet)) return;
            asked[i] = true;
            const blocked = acl.entries.some(
              (e, j) => j < i && certain[j] && e.kind === 'ace' && matchesSlowly(e, packet),
            );
            if (!blocked) reached[i] = true;
          });
        const expected = acl.entries.filter((_, i) => asked[i] && !reached[i]);
        expect(deadIn(acl).map((d) => d.ace)).to.deep.equal(expected);
      }),
      tries(60),
    );
  });

  it('agrees with looking at every packet', () => {
    fc.assert(
      fc.property(aclArbitrary(8), (acl) => {
        const reached = acl.entries.map(() => false);
        const contradicted = acl.entries.map(() => false);
        const askedAtAll = acl.entries.map(() => false);
        const decides = acl.entries.map(() => new Set<number>());
        for (const packet of everyPacket([acl])) {
          const { line, action } = decideSlowly(acl, packet);
          acl.entries.forEach((entry, i) => {
            if (entry.kind !== 'ace' || (line !== -1 && i < line) || !isAskedSlowly(entry, packet)) return;
            askedAtAll[i] = true;
            if (i === line) reached[i] = true;
            else {
              decides[i]!.add(line);
              if (action !== entry.action) contradicted[i] = true;
            }
          });
        }
        const dead = deadIn(acl);
        const expected = acl.entries.flatMap((_, i) => (askedAtAll[i] && !reached[i] ? [i] : []));
        expect(dead.map((d) => acl.entries.indexOf(d.ace))).to.deep.equal(expected);
        for (const d of dead) {
          const i = acl.entries.indexOf(d.ace);
          expect(d.rule).to.equal(contradicted[i] ? 'shadowed-ace' : 'redundant-ace');
          expect(isAskedSlowly(d.ace as Ace, d.witness)).to.equal(true);
          for (const b of d.blockers) expect([...decides[i]!]).to.include(acl.entries.indexOf(b));
          if (d.contradictedBy) {
            expect(acl.entries[decideSlowly(acl, d.witness).line]).to.equal(d.contradictedBy);
            expect(d.blockers).to.include(d.contradictedBy);
          }
        }
      }),
      tries(80),
    );
  });
});

describe('dead lines asked about one by one', () => {
  it('are those of the whole list, in the same words, in whatever order they are asked about', () => {
    fc.assert(
      fc.property(
        fc.oneof(aclArbitrary(), uncertainAclArbitrary),
        fc.infiniteStream(fc.nat(999)),
        (list, numbers) => {
          const compiled = compileAcl(list, NO_ENVIRONMENT);
          const whole = new Map(findDeadAces(compiled).map((dead) => [dead.ace, dead]));
          const lines = new DeadLines(compiled);
          const order = compiled.entries
            .map((entry) => ({ entry, place: numbers.next().value as number }))
            .sort((a, b) => a.place - b.place);
          for (const { entry } of order) {
            expect(lines.describe(entry)).to.deep.equal(whole.get(entry.entry) ?? null);
            expect(lines.isDead(entry)).to.equal(whole.has(entry.entry));
          }
          const rules = fatesOf(compiled, compiled.entries);
          expect(rules).to.deep.equal(compiled.entries.map((e) => whole.get(e.entry)?.rule ?? 'alive'));
        },
      ),
      tries(200),
    );
  });
});
