import { expect } from 'chai';
import fc from 'fast-check';
import { compileAcl } from '../../src/acl/compile.ts';
import { coverWithin, decidePacket, shareWithin } from '../../src/acl/decide.ts';
import { boxContains, boxOfPacket, fullBox, makeBox } from '../../src/headerspace/box.ts';
import { allPackets, countPackets } from '../../src/headerspace/packet-set.ts';
import type { Acl } from '../../src/model/access-list.ts';
import {
  aclArbitrary,
  address,
  deny,
  everyPacket,
  listOf,
  NO_ENVIRONMENT,
  permit,
  ports,
  spanOf,
  tcpPacket,
  toPort,
  tries,
} from './lists.ts';
import { decideSlowly } from './slow-first-match.ts';
import { possibleActions, uncertainAclArbitrary } from './uncertain-lists.ts';

const compiled = (acl: Acl | null) => compileAcl(acl, NO_ENVIRONMENT);

describe('decidePacket', () => {
  const mail = listOf(permit('tcp', 'any', '192.0.2.25', toPort(25)), deny('ip', 'any', 'any'));

  it('names the first line that matches', () => {
    const decision = decidePacket(compiled(mail), tcpPacket('203.0.113.7', '192.0.2.25', 25));
    expect(decision).to.deep.equal({ verdict: 'permit', decidedBy: mail.entries[0], doubts: [] });
  });

  it('names the later deny for another port', () => {
    const decision = decidePacket(compiled(mail), tcpPacket('203.0.113.7', '192.0.2.25', 26));
    expect(decision).to.deep.equal({ verdict: 'deny', decidedBy: mail.entries[1], doubts: [] });
  });

  it('names the implicit deny where no line matches', () => {
    const list = listOf(permit('tcp', 'any', '192.0.2.25', toPort(25)));
    const decision = decidePacket(compiled(list), tcpPacket('203.0.113.7', '192.0.2.26', 25));
    expect(decision).to.deep.equal({ verdict: 'deny', decidedBy: 'implicit-deny', doubts: [] });
  });

  it('permits everything where there is no list, and names nothing', () => {
    const packet = tcpPacket('203.0.113.7', '192.0.2.25', 25);
    expect(decidePacket(compiled(null), packet)).to.deep.equal({
      verdict: 'permit',
      decidedBy: null,
      doubts: [],
    });
    expect(decidePacket(compiled(listOf()), packet).verdict).to.equal('permit');
  });

  it('leaves open what an unreadable line may decide, and names it', () => {
    const unread = {
      kind: 'unparsed' as const,
      action: null,
      sequence: null,
      reason: 'no such keyword',
      span: spanOf(1),
    };
    const list = listOf(unread, permit('tcp', 'any', 'any', toPort(25)));
    const decision = decidePacket(compiled(list), tcpPacket('203.0.113.7', '192.0.2.25', 25));
    expect(decision).to.deep.equal({ verdict: 'undetermined', decidedBy: null, doubts: [list.entries[0]] });
  });

  it('is sure where the doubtful line would decide the same', () => {
    const unread = {
      kind: 'unparsed' as const,
      action: 'permit' as const,
      sequence: null,
      reason: '?',
      span: spanOf(1),
    };
    const list = listOf(unread, permit('tcp', 'any', 'any', toPort(25)));
    expect(decidePacket(compiled(list), tcpPacket('203.0.113.7', '192.0.2.25', 25)).verdict).to.equal(
      'permit',
    );
    expect(decidePacket(compiled(list), tcpPacket('203.0.113.7', '192.0.2.25', 26)).verdict).to.equal(
      'undetermined',
    );
  });

  it('agrees with the slow evaluator on every packet', () => {
    fc.assert(
      fc.property(aclArbitrary(8), (acl) => {
        const list = compiled(acl);
        for (const packet of everyPacket([acl])) {
          const { action, line } = decideSlowly(acl, packet);
          const decidedBy = line === -1 ? 'implicit-deny' : acl.entries[line];
          expect(decidePacket(list, packet)).to.deep.equal({ verdict: action, decidedBy, doubts: [] });
        }
      }),
      tries(20),
    );
  });
});

describe('coverWithin', () => {
  it('keeps the terms of the list', () => {
    const list = listOf(
      permit('tcp', 'any', '192.0.2.25', toPort(25)),
      deny('tcp', 'any', '192.0.2.25', { destinationPorts: ports('range', 20, 30) }),
      permit('tcp', 'any', '192.0.2.25'),
    );
    const within = makeBox({ protocol: 6, fragments: 'whole', destination: patternOf('192.0.2.25') });
    const pieces = coverWithin(compiled(list), [within]);
    expect(pieces.map((p) => [p.verdict, p.box.l4b])).to.deep.equal([
      ['permit', [[25, 25]]],
      [
        'deny',
        [
          [20, 24],
          [26, 30],
        ],
      ],
      [
        'permit',
        [
          [0, 19],
          [31, 65535],
        ],
      ],
    ]);
  });

  it('partitions all packets, each piece decided as each of its packets is', () => {
    fc.assert(
      fc.property(aclArbitrary(8), (acl) => {
        const pieces = coverWithin(compiled(acl), allPackets());
        expect(countPackets(pieces.map((p) => p.box))).to.equal(countPackets([fullBox()]));
        for (const packet of everyPacket([acl])) {
          const holding = pieces.filter((p) => boxContains(p.box, packet));
          expect(holding).to.have.length(1);
          const { action, line } = decideSlowly(acl, packet);
          expect(holding[0]!.verdict).to.equal(action);
          expect(holding[0]!.decidedBy).to.equal(line === -1 ? 'implicit-deny' : acl.entries[line]);
        }
      }),
      tries(20),
    );
  });

  it('covers exactly the set asked about', () => {
    fc.assert(
      fc.property(aclArbitrary(6), aclArbitrary(4), (acl, shapes) => {
        const all = coverWithin(compiled(shapes), allPackets());
        const within = all.filter((p) => p.verdict === 'permit').map((p) => p.box);
        const pieces = coverWithin(compiled(acl), within);
        expect(countPackets(pieces.map((p) => p.box))).to.equal(countPackets(within));
        for (const packet of everyPacket([acl, shapes])) {
          const holding = pieces.filter((p) => boxContains(p.box, packet));
          const wanted = within.some((box) => boxContains(box, packet));
          expect(holding).to.have.length(wanted ? 1 : 0);
          if (wanted) expect(holding[0]!.verdict).to.equal(decideSlowly(acl, packet).action);
        }
      }),
      tries(20),
    );
  });

  it('answers for one packet as decidePacket does', () => {
    fc.assert(
      fc.property(uncertainAclArbitrary, (acl) => {
        const list = compiled(acl);
        let budget = 40;
        for (const packet of everyPacket([acl])) {
          if (budget-- === 0) break;
          const [piece, ...rest] = coverWithin(list, [boxOfPacket(packet)]);
          expect(rest).to.deep.equal([]);
          const { box: _, ...decision } = piece!;
          expect(decision).to.deep.equal(decidePacket(list, packet));
        }
      }),
      tries(20),
    );
  });

  it('is undetermined exactly where an unknown line could change the answer', () => {
    fc.assert(
      fc.property(uncertainAclArbitrary, (acl) => {
        const pieces = coverWithin(compiled(acl), allPackets());
        expect(countPackets(pieces.map((p) => p.box))).to.equal(countPackets([fullBox()]));
        for (const packet of everyPacket([acl])) {
          const holding = pieces.filter((p) => boxContains(p.box, packet));
          expect(holding).to.have.length(1);
          const possible = possibleActions(acl, packet);
          expect(holding[0]!.verdict).to.equal(possible.size === 1 ? [...possible][0] : 'undetermined');
        }
      }),
      tries(20),
    );
  });
});

describe('shareWithin', () => {
  it('is what the cover gives to that line without a doubt', () => {
    let shared = 0;
    fc.assert(
      fc.property(uncertainAclArbitrary, aclArbitrary(4), (acl, shapes) => {
        const list = compiled(acl);
        const all = coverWithin(compiled(shapes), allPackets());
        const within = all.filter((p) => p.verdict === 'permit').map((p) => p.box);
        const pieces = coverWithin(list, within);
        for (const entry of list.entries) {
          const own = pieces.filter((p) => p.decidedBy === entry.entry).map((p) => p.box);
          expect(shareWithin(list, entry, within)).to.deep.equal(own);
          shared += own.length;
        }
      }),
      tries(100),
    );
    expect(shared).to.be.greaterThan(20);
  });
});

const patternOf = (text: string) => {
  const match = address(text);
  if (match.kind !== 'pattern') throw new Error('not a pattern');
  return match.pattern;
};
