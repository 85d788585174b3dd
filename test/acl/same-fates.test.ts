import { expect } from 'chai';
import fc from 'fast-check';
import { alignEntries } from '../../src/acl/align.ts';
import { ChangedRows } from '../../src/acl/changed-rows.ts';
import { type CompiledEntry, compileAcl, isCertain } from '../../src/acl/compile.ts';
import { type SameFates, sameFates } from '../../src/acl/same-fates.ts';
import { type Box, boxContains, makeBox } from '../../src/headerspace/box.ts';
import type { Ace, Acl } from '../../src/model/access-list.ts';
import type { Packet } from '../../src/model/packet.ts';
import { changeArbitrary } from './changed-lists.ts';
import { deny, everyPacket, listOf, NO_ENVIRONMENT, permit, toPort, tries } from './lists.ts';
import { decideSlowly, isAskedSlowly, type SlowDecision } from './slow-first-match.ts';

interface Answer extends SameFates {
  /** The lines asked about, by entry of the earlier list, with their places in both lists. */
  readonly asked: ReadonlyMap<CompiledEntry, { readonly before: number; readonly after: number }>;
}

/** Asks about every line that both lists have. */
function ask(before: Acl, after: Acl, parts: readonly Box[] = []): Answer {
  const old = compileAcl(before, NO_ENVIRONMENT);
  const now = compileAcl(after, NO_ENVIRONMENT);
  const alignment = alignEntries(old, now);
  const lines = old.entries.filter(
    (e) => alignment.partner[e.index] !== -1 && isCertain(e) && e.asked.length > 0,
  );
  const asked = new Map(lines.map((e) => [e, { before: e.index, after: alignment.partner[e.index]! }]));
  return { ...sameFates(old, new ChangedRows(old, now, alignment), lines, parts), asked };
}

/** Whether line `at` of the earlier list is among these. */
const has = (entries: ReadonlySet<CompiledEntry>, at: number): boolean =>
  [...entries].some((e) => e.index === at);

interface Decided {
  readonly packet: Packet;
  readonly by: SlowDecision;
}

const decideAll = (acl: Acl, packets: readonly Packet[]): readonly Decided[] =>
  packets.map((packet) => ({ packet, by: decideSlowly(acl, packet) }));

/** What rules about dead lines say of a line. */
function fateOf(acl: Acl, line: number, decided: readonly Decided[]): 'alive' | 'shadowed' | 'redundant' {
  const ace = acl.entries[line] as Ace;
  const asked = decided.filter(({ packet }) => isAskedSlowly(ace, packet));
  if (asked.some(({ by }) => by.line === line)) return 'alive';
  return asked.some(({ by }) => by.action !== ace.action) ? 'shadowed' : 'redundant';
}

describe('sameFates', () => {
  const mail = permit('tcp', 'any', '192.0.2.25', toPort(25));
  const shut = deny('tcp', 'any', '192.0.2.0 0.0.0.255');
  const web = permit('tcp', 'any', '192.0.2.80', toPort(80));
  const inside = permit('ip', '10.0.0.0 0.0.0.255', 'any');
  const part = makeBox({ protocol: 6, fragments: 'whole' });

  it('sees that packets reach a line of which a change takes a part', () => {
    const { alive, lines } = ask(listOf(mail, inside), listOf(mail, deny('ip', '10.0.0.7', 'any'), inside));
    expect([has(lines, 1), has(alive, 1)]).to.deep.equal([true, true]);
  });

  it('sees that a line stays dead under one that the change leaves, whatever the change takes of it', () => {
    const { alive, inAllParts, lines } = ask(
      listOf(permit('tcp', '10.0.0.7', 'any'), shut, web),
      listOf(permit('tcp', '10.0.0.8', 'any'), shut, web),
    );
    expect([has(lines, 2), has(alive, 2), has(inAllParts, 2)]).to.deep.equal([true, false, true]);
  });

  it('says nothing of a line that comes to life, or dies', () => {
    expect(has(ask(listOf(shut, web), listOf(web)).lines, 1)).to.equal(false);
    expect(has(ask(listOf(mail, web), listOf(mail, shut, web)).lines, 1)).to.equal(false);
  });

  it('says nothing of a dead line that only a changed one contradicts', () => {
    const wide = permit('tcp', 'any', '192.0.2.0 0.0.0.255');
    const change = ask(listOf(wide, web), listOf(deny('tcp', '10.0.0.7', 'any'), wide, web));
    expect(has(change.lines, 1)).to.equal(false);
    const one = deny('tcp', '10.0.0.7', 'any');
    expect(has(ask(listOf(one, wide, web), listOf(mail, one, wide, web)).lines, 2)).to.equal(true);
    const without = ask(listOf(one, wide, web), listOf(permit('ip', '10.0.0.7', 'any'), one, wide, web));
    expect(has(without.lines, 2)).to.equal(false);
  });

  it('tells of parts of a line what it tells of lines', () => {
    const closed = deny('tcp', 'any', 'any');
    const without = ask(listOf(mail, inside), listOf(mail, closed, inside), [part]);
    expect([has(without.lines, 1), has(without.inAllParts, 1)]).to.deep.equal([true, false]);
    const elsewhere = ask(listOf(closed, mail, inside), listOf(closed, inside), [part]);
    expect([has(elsewhere.lines, 2), has(elsewhere.inAllParts, 2)]).to.deep.equal([true, true]);
  });

  it('does not take later fragments that a dead permit lets pass for dead', () => {
    const fragments = makeBox({ protocol: 6, fragments: 'non-initial' });
    const closed = deny('tcp', 'any', '192.0.2.80', toPort(80));
    const change = ask(
      listOf(closed, web),
      listOf(deny('tcp', 'any', 'any', { fragments: true }), closed, web),
      [fragments],
    );
    expect([has(change.lines, 1), has(change.inAllParts, 1)]).to.deep.equal([true, false]);
  });

  it('is right in all that it says, packet by packet', () => {
    const told = listOf(permit('tcp', 'any', 'any', toPort(22)), permit('udp', 'any', 'any'));
    const parts = [
      makeBox({ protocol: 6, destinationPorts: [[22, 22]], fragments: 'whole' }),
      makeBox({ protocol: 17, fragments: 'whole' }),
      makeBox({ protocol: 6, fragments: 'non-initial' }),
    ];
    const said = { lines: 0, parts: 0 };
    fc.assert(
      fc.property(changeArbitrary, ([before, after]) => {
        const { alive, asked, inAllParts, lines } = ask(before, after, parts);
        const packets = [...everyPacket([before, after, told])];
        const old = decideAll(before, packets);
        const now = decideAll(after, packets);
        for (const [entry, place] of asked) {
          if (lines.has(entry)) {
            const fate = fateOf(before, place.before, old);
            expect(fateOf(after, place.after, now)).to.equal(fate);
            expect(fate).not.to.equal('redundant');
            if (alive.has(entry)) expect(fate).to.equal('alive');
            said.lines++;
          }
          if (!inAllParts.has(entry)) continue;
          for (const box of parts) {
            const reaching = (decided: readonly Decided[], line: number): readonly Packet[] =>
              decided.flatMap(({ packet, by }) =>
                by.line === line && boxContains(box, packet) ? [packet] : [],
              );
            const then = reaching(old, place.before);
            const since = reaching(now, place.after);
            if (then.length === 0 || since.length === 0) expect(then).to.deep.equal(since);
            else said.parts++;
          }
        }
      }),
      tries(80),
    );
    expect(Math.min(said.lines, said.parts)).to.be.greaterThan(0);
  });
});
