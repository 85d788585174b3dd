import { expect } from 'chai';
import type { PortAnswer, ScanEvent } from '../../../scans/engine.ts';
import { EvidenceBook } from '../../../scans/evidence/evidence-book.ts';
import { NO_CANARY } from '../../../src/model/evidence.ts';
import { observed, summary } from '../../parsers/evidence-assertions.ts';
import { answer } from '../make-answer.ts';
import { makePlan } from '../make-plan.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const silence = answer({ state: 'filtered', reason: 'timeout', tries: 2 });
const results = (ports: readonly number[], given: PortAnswer, at = 0): ScanEvent => ({
  kind: 'results',
  target: 0,
  ports,
  answer: given,
  spanMs: 0,
  at,
});
const canary = (sentAt: number, good = true, ttl: number | null = 63): ScanEvent => ({
  kind: 'canary',
  target: 0,
  port: 110,
  canary: 'positive',
  sent: 1,
  answered: good ? 1 : 0,
  ttl,
  sentAt,
});

describe('the evidence book', () => {
  const open = (more: object = {}) => new EvidenceBook(makePlan({ ports: [[1, 10]], canary: 110, ...more }));

  it('keeps the latest word, and says of the rest that it was not probed', () => {
    const book = open();
    book.take(results([1, 2, 3], answer({})));
    book.take(results([2], answer({ state: 'open', reason: 'syn-ack' })));
    expect(summary(book.targets()[0])).to.deep.equal([
      'closed rst: 1, 3',
      'open syn-ack: 2',
      'unobserved not probed: 4-10',
    ]);
  });

  it('vouches for silence only by a canary that left after it', () => {
    const book = open();
    book.take(results([1, 2], silence, 100));
    book.take(canary(99));
    expect(observed(book.targets()[0], 1)?.tainted).to.equal('no good canary after it');
    book.take(canary(150, false));
    expect(observed(book.targets()[0], 1)?.tainted).to.equal('no good canary after it');
    book.take(canary(101));
    expect(observed(book.targets()[0], 1)?.tainted).to.equal(null);
    book.take(results([3], silence, 200));
    expect([1, 3].map((p) => observed(book.targets()[0], p)?.tainted)).to.deep.equal([
      null,
      'no good canary after it',
    ]);
  });

  it('vouches for a word that comes after the canary which left after it', () => {
    const book = open();
    book.take(canary(101));
    book.take(results([1], silence, 100));
    book.take(results([2], silence, 102));
    expect([1, 2].map((p) => observed(book.targets()[0], p)?.tainted)).to.deep.equal([
      null,
      'no good canary after it',
    ]);
  });

  it('forgets what was withdrawn', () => {
    const book = open();
    book.take(results([1, 2], silence, 100));
    book.take({ kind: 'withdrawn', target: 0, ports: [2], why: 'x' });
    book.take(canary(101));
    expect(observed(book.targets()[0], 1)?.state).to.equal('filtered');
    expect(observed(book.targets()[0], 2)?.state).to.equal('unobserved');
  });

  it('counts canaries, and the longest stretch without one', () => {
    const book = open();
    for (const [at, good] of [
      [1000, true],
      [2000, true],
      [3000, false],
      [9000, true],
    ] as const) {
      book.take(canary(at, good));
    }
    expect(book.targets()[0]?.canaries).to.deep.equal([
      {
        port: 110,
        kind: 'positive',
        sent: 4,
        answered: 3,
        ttl: 63,
        firstGood: '1970-01-01T00:00:01.000Z',
        lastGood: '1970-01-01T00:00:09.000Z',
        worstGapSeconds: 7,
      },
    ]);
  });

  it('tells silence apart by when it was asked, where no canary is possible', () => {
    const mute = answer({ state: 'filtered', reason: 'timeout', tainted: NO_CANARY });
    const take = (given: PortAnswer) => {
      const book = open({ canary: null });
      book.take({ ...results([1, 2], given, 4_000), since: 3_000 } as ScanEvent);
      book.take(results([3], given, 9_999));
      book.take(results([4], given, 10_000));
      return book.targets()[0]!.observations.filter((o) => o.state !== 'unobserved');
    };
    expect(
      take(mute).map(({ ports, since, at }) => [ports, since?.slice(17, -1), at?.slice(17, -1)]),
    ).to.deep.equal([
      [[[1, 3]], '03.000', '09.999'],
      [[[4, 4]], '10.000', '10.000'],
    ]);
    expect(take(answer({})).map(({ ports, since }) => [ports, since])).to.deep.equal([[[[1, 4]], undefined]]);
  });

  it('stops telling times apart before they fill the memory', () => {
    const mute = answer({ state: 'filtered', reason: 'timeout', tainted: NO_CANARY });
    const book = open({ canary: null, ports: [[1, 5000]] });
    for (let port = 1; port <= 5000; port++) book.take(results([port], mute, port * 10_000));
    const { observations } = book.targets()[0]!;
    expect(observations.length).to.equal(4001);
    expect(observed(book.targets()[0], 5000)).to.include({ at: iso(50_000_000), since: iso(40_010_000) });
  });

  it('hands out what is left: unanswered ports, and silence with its tries', () => {
    const book = open();
    book.take(results([1, 2], answer({})));
    book.take(results([3, 4], silence, 500));
    const [left] = book.workTargets();
    expect(left?.ports).to.deep.equal([[3, 10]]);
    expect(left?.earlierSilence).to.deep.equal([{ ports: [[3, 4]], tries: 2, spanMs: 0, at: 500 }]);
  });

  it('remarks on refusals whose TTL is not that of the canary', () => {
    const book = open();
    book.take(canary(1));
    book.take(results([1, 2], answer({ ttl: 63 })));
    expect(book.notesOnTtl()).to.deep.equal([]);
    book.take(results([3], answer({ ttl: 254 })));
    expect(book.notesOnTtl()).to.deep.equal([
      "giant: 1 refusals came with TTL 254, the canary's answers with 63: another device may have sent them",
    ]);
  });

  it('does not let a host that answers each port differently fill the memory', () => {
    const book = open({ ports: [[0, 65535]] });
    for (let port = 0; port < 65536; port++) {
      book.take(results([port], answer({ state: 'open', reason: 'syn-ack', banner: `nonsense ${port}` })));
    }
    expect(book.targets()[0]!.observations.length).to.be.below(5000);
    expect(observed(book.targets()[0], 65535)?.state).to.equal('open');
  });
});
