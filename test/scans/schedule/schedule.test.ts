import { expect } from 'chai';
import { makePlan } from '../make-plan.ts';
import { answers, seededRandom, simulate } from './simulated-network.ts';

const CANARY = 110;
const plan = (ports: readonly (readonly [number, number])[], more = {}, pace = {}) =>
  makePlan({ ports, canary: CANARY, expectedOpen: [[CANARY, CANARY]], ...more }, pace);

describe('schedule', () => {
  it('gives every port one state, in as few tries as each state needs', () => {
    const run = simulate(plan([[1, 200]]), ({ port }) =>
      port === CANARY
        ? answers.open('hello')
        : port <= 50
          ? answers.closed
          : port <= 60
            ? answers.denied
            : answers.silent,
    );
    expect(run.schedule.outcome()).to.deep.equal({ kind: 'complete' });
    expect(run.seen(110)).to.include({ state: 'open', tries: 1, banner: 'hello', confirmed: true });
    expect(run.seen(20)).to.include({ state: 'closed', tries: 1, tainted: null });
    expect(run.seen(55)).to.include({ state: 'filtered', reason: 'icmp', tries: 1 });
    expect(run.seen(55)?.icmp).to.deep.equal({ type: 3, code: 13, from: '192.0.2.1' });
    expect(run.seen(100)).to.include({ state: 'filtered', reason: 'timeout', tainted: null });
    expect(run.seen(100)?.tries).to.be.at.least(2);
  });

  it('keeps retries of a port at least a second apart', () => {
    const run = simulate(plan([[1, 60]]), ({ port }) =>
      port === CANARY ? answers.open('x') : answers.silent,
    );
    const last = new Map<number, number>();
    for (const { port, now } of run.asks) {
      if (port === CANARY) continue;
      const before = last.get(port);
      if (before !== undefined) expect(now - before, `port ${port}`).to.be.at.least(999.9);
      last.set(port, now);
    }
  });

  it('never exceeds the pace, per host nor in all', () => {
    const two = plan([[1, 300]], {}, { perHost: 100, total: 150, overrideCeiling: false });
    const both = {
      ...two,
      targets: [two.targets[0]!, { ...two.targets[0]!, name: 'b', address: '127.0.0.2' }],
    };
    const run = simulate(both, ({ port }) => (port === CANARY ? answers.open('x') : answers.closed));
    for (const [target, rate] of [
      [0, 100],
      [1, 100],
      [null, 150],
    ] as const) {
      const times = run.asks.filter((a) => target === null || a.target === target).map((a) => a.now);
      for (let i = 0; i < times.length; i++) {
        const within = times.filter((t) => t >= times[i]! && t < times[i]! + 1000).length;
        // Canaries are not held back, so each second may hold one or two more.
        expect(within).to.be.at.most(rate * 1.02 + 4);
      }
    }
    expect(run.asks.filter((a) => a.target === 1).length).to.be.greaterThan(250);
  });

  it('asks the ports that matter first, in their order', () => {
    const run = simulate(plan([[1, 500]], { first: [443, 25, 80] }), ({ port }) =>
      port === CANARY ? answers.open('x') : answers.closed,
    );
    const order = run.asks.map((a) => a.port).filter((p) => p !== CANARY);
    expect(order.slice(0, 3)).to.deep.equal([443, 25, 80]);
  });

  it('shuffles the sweep, and asks every port of it', () => {
    const run = simulate(plan([[1, 300]]), () => answers.closed);
    const order = run.asks.map((a) => a.port);
    expect(new Set(order).size).to.equal(300);
    expect(order.slice(1, 50)).not.to.deep.equal([...order.slice(1, 50)].sort((a, b) => a - b));
  });

  it('asks system ports before all others, where nothing else is said', () => {
    const run = simulate(plan([[900, 1200]]), () => answers.closed);
    const order = run.asks.map((a) => a.port).filter((port) => port !== CANARY);
    expect(order.findLastIndex((port) => port < 1024)).to.be.below(order.findIndex((port) => port > 1023));
  });

  it('has no more probes under way than there are sockets', () => {
    const run = simulate(
      plan([[1, 400]]),
      ({ port }) => (port === CANARY ? answers.open('x') : answers.silent),
      {
        sockets: 20,
      },
    );
    expect(run.mostUnderWay).to.be.at.most(20);
  });

  it('believes silence of a port expected open only after five tries over fifteen seconds', () => {
    const run = simulate(
      plan([[20, 30]], {
        expectedOpen: [
          [25, 25],
          [CANARY, CANARY],
        ],
      }),
      ({ port }) => (port === CANARY ? answers.open('x') : answers.silent),
    );
    const times = run.asks.filter((a) => a.port === 25).map((a) => a.now);
    expect(times).to.have.length(5);
    expect(run.seen(25)).to.include({ state: 'filtered', tries: 5, tainted: null });
    expect(run.seen(25)?.spanSeconds).to.be.within(14.9, 16);
    expect(run.seen(26)?.tries).to.be.below(5);
  });

  it('takes what was silent once and then answers for lost, not for unstable', () => {
    const run = simulate(plan([[1, 50]]), ({ port, before }) =>
      port === CANARY ? answers.open('x') : port === 7 && before === 0 ? answers.silent : answers.closed,
    );
    expect(run.seen(7)).to.include({ state: 'closed', tries: 2 });
  });

  it('tries more often the more round trips are lost', () => {
    const tries = (loss: number) => {
      const random = seededRandom(7);
      const run = simulate(plan([[1, 3000]]), ({ port }) => {
        if (port !== CANARY && random() < loss) return answers.silent;
        return port === CANARY ? answers.open('x') : port <= 2000 ? answers.closed : answers.silent;
      });
      const wrong = Array.from({ length: 2000 }, (_, i) => i + 1).filter(
        (p) => p !== CANARY && run.seen(p)?.state !== 'closed',
      );
      return { tries: run.seen(2500)?.tries, wrong: wrong.length };
    };
    expect(tries(0)).to.deep.equal({ tries: 2, wrong: 0 });
    const lossy = tries(0.1);
    expect(lossy.tries).to.be.within(5, 8);
    expect(lossy.wrong).to.equal(0);
  });

  describe('without a canary', () => {
    it('ends complete, its silence tainted and its answers not', () => {
      const run = simulate(makePlan({ ports: [[1, 40]] }), ({ port }) =>
        port <= 20 ? answers.closed : answers.silent,
      );
      expect(run.schedule.outcome().kind).to.equal('complete');
      expect(run.seen(30)).to.include({ state: 'filtered', tainted: 'no canary from here' });
      expect(run.seen(3)?.tainted).to.equal(null);
    });

    it('tells of every silent port when its last try left, ten seconds wide at most', () => {
      const run = simulate(
        makePlan({ ports: [[1, 2000]] }, { perHost: 100, total: 100 }),
        () => answers.silent,
      );
      const last = new Map(run.asks.map(({ port, now }) => [port, now]));
      const { observations } = run.book.targets()[0]!;
      expect(observations.length).to.be.greaterThan(2);
      for (const { ports, since, at } of observations) {
        const [from, to] = [Date.parse(since!), Date.parse(at!)];
        expect(to - from).to.be.at.most(11_000);
        const outside = ports.flatMap(([lo, hi]) =>
          Array.from({ length: hi - lo + 1 }, (_, i) => last.get(lo + i)!).filter((t) => t < from || t > to),
        );
        expect(outside).to.deep.equal([]);
      }
    });
  });

  describe('a scanner that gets blocked', () => {
    const pace = { perHost: 100, total: 100 };
    const blockedFrom = (from: number, until = Number.POSITIVE_INFINITY) =>
      simulate(plan([[1, 3000]], {}, pace), ({ port, now }) => {
        const t = now - 1_000_000;
        if (t >= from && t < until) return answers.silent;
        return port === CANARY ? answers.open('x') : port % 2 ? answers.closed : answers.silent;
      });

    it('stops, names the moment, and keeps no silence from after the last good canary', () => {
      const run = blockedFrom(12_000);
      const outcome = run.schedule.outcome();
      expect(outcome.kind).to.equal('incomplete');
      const stop = run.events.find((e) => e.kind === 'stopped');
      expect(stop?.kind === 'stopped' && stop.reason).to.match(
        /canary, is silent: it answered last at 1970-01-01T00:1/,
      );
      const good = run.book.targets()[0]!.canaries[0]!;
      expect(good.lastGood).to.be.a('string');
      const wrong = Array.from({ length: 1500 }, (_, i) => 2 * i + 1).filter(
        (p) => run.seen(p)?.state === 'filtered',
      );
      expect(wrong, 'closed ports called filtered').to.deep.equal([]);
      expect(run.asks.filter((a) => a.now - 1_000_000 > 20_000).every((a) => a.port === CANARY)).to.equal(
        true,
      );
      expect(run.seen(2999)?.state).to.be.oneOf(['closed', 'unobserved']);
    });

    it('goes on where the block is lifted within the rest, and asks again what was silent', () => {
      const run = blockedFrom(12_000, 30_000);
      expect(run.schedule.outcome()).to.deep.equal({ kind: 'complete' });
      for (let port = 1; port <= 3000; port++) {
        if (port === CANARY) continue;
        const want = port % 2 ? 'closed' : 'filtered';
        if (run.seen(port)?.state !== want) expect.fail(`${port}: ${JSON.stringify(run.seen(port))}`);
      }
      expect(run.events.some((e) => e.kind === 'withdrawn')).to.equal(true);
    });

    it('rests thirty seconds after two misses, and asks the canary no oftener than every five while all is well', () => {
      const run = blockedFrom(12_000);
      const times = run.asks.filter((a) => a.port === CANARY && a.holdMs === 0).map((a) => a.now);
      const gaps = times.slice(1).map((t, i) => t - times[i]!);
      expect(gaps.filter((g) => g < 990)).to.deep.equal([]);
      expect(gaps.filter((g) => g > 29_000)).to.have.length(1);
    });

    it('gives up at once what it never reached', () => {
      const run = simulate(plan([[1, 100]]), () => answers.silent);
      expect(run.schedule.outcome().kind).to.equal('incomplete');
      expect(run.asks.every((a) => a.port === CANARY)).to.equal(true);
      expect(run.asks).to.have.length(4);
      expect(run.seen(50)?.state).to.equal('unobserved');
    });
  });

  describe('contradictions', () => {
    it('asks an unexpected open port a second time, and an expected one not', () => {
      const run = simulate(
        plan([[1, 200]], {
          expectedOpen: [
            [22, 22],
            [CANARY, CANARY],
          ],
        }),
        ({ port }) => ([22, 99, CANARY].includes(port) ? answers.open('x') : answers.closed),
      );
      expect(run.asks.filter((a) => a.port === 99)).to.have.length(2);
      expect(run.asks.filter((a) => a.port === 22)).to.have.length(1);
      expect(run.seen(99)).to.include({ state: 'open', tries: 2 });
    });

    it('lets it rest half a second first, and above the ceiling as long as that watches connections', () => {
      const restAt = (perHost: number): number => {
        const network = ({ port }: { readonly port: number }) =>
          [99, CANARY].includes(port) ? answers.open('x') : answers.closed;
        const { asks } = simulate(plan([[1, 200]], {}, { perHost, total: perHost }), network);
        const [first, second] = asks.filter((a) => a.port === 99).map((a) => a.now);
        return second! - first!;
      };
      expect(restAt(500)).to.be.within(500, 550);
      expect(restAt(5000)).to.be.within(400, 450);
    });

    it('calls a port unstable that says otherwise the second time, asks after 15 s, and overwrites nothing', () => {
      const run = simulate(plan([[1, 200]]), ({ port, before }) =>
        port === CANARY
          ? answers.open('x')
          : port === 99 && before !== 1
            ? answers.open('y')
            : answers.closed,
      );
      expect(run.seen(99)).to.include({ state: 'unstable', reason: 'open, then closed, then open' });
      const times = run.asks.filter((a) => a.port === 99).map((a) => a.now);
      expect(times[2]! - times[1]!).to.be.within(15_000, 15_500);
    });

    it('asks no longer than it must: the second handshake is not held', () => {
      const run = simulate(makePlan({ ports: [[1, 20]], canary: 5 }), ({ port }) =>
        port === 7 || port === 5 ? answers.open() : answers.closed,
      );
      const asked = run.asks.filter(({ port }) => port === 7);
      expect(asked.map(({ holdMs }) => holdMs)).to.deep.equal([3000, 0]);
      // 3 s held, by which it has rested: nothing but the second handshake is left.
      expect(asked[1]!.now - asked[0]!.now).to.be.within(3000, 3100);
      expect(run.seen(7)).to.include({ state: 'open', confirmed: true, tries: 2 });
    });

    it('does not keep the silent ports waiting while a connection is held', () => {
      const plan = makePlan({ ports: [[1, 200]], canary: 5 });
      const run = simulate(plan, ({ port }) => (port === 7 || port === 5 ? answers.open() : answers.silent));
      const second = run.asks.filter(({ port, before }) => before === 1 && port !== 7 && port !== 5);
      expect(second).to.have.length(198);
      const held = run.asks.find(({ port }) => port === 7)!;
      expect(Math.max(...second.map(({ now }) => now))).to.be.lessThan(held.now + 3000);
    });

    it('takes a lost confirmation for lost', () => {
      for (const mute of [
        answers.silent,
        { kind: 'half-open', ttl: 63 },
        { kind: 'unreachable', errno: 'EHOSTUNREACH' },
      ] as const) {
        const run = simulate(plan([[1, 200]]), ({ port, before }) =>
          port === CANARY
            ? answers.open('x')
            : port !== 99
              ? answers.closed
              : before === 1
                ? mute
                : answers.open('y'),
        );
        expect(run.seen(99), mute.kind).to.include({ state: 'open', tries: 3 });
      }
      const gone = simulate(plan([[1, 200]]), ({ port, before }) =>
        port === CANARY
          ? answers.open('x')
          : port !== 99
            ? answers.closed
            : before > 0
              ? answers.silent
              : answers.open('y'),
      );
      expect(gone.seen(99)?.state, 'three times is no accident').to.equal('unstable');
    });

    it('asks again when a few ports of a distant host refuse, and not on the own segment', () => {
      const refusing = ({ port }: { port: number }) =>
        port === CANARY ? answers.open('x') : port === 7 ? answers.closed : answers.silent;
      const distant = simulate(plan([[1, 60]], { onLink: false }), refusing);
      expect(distant.asks.filter((a) => a.port === 7)).to.have.length(2);
      expect(distant.seen(7)).to.include({ state: 'closed', tries: 2 });
      const near = simulate(plan([[1, 60]], { onLink: true }), refusing);
      expect(near.asks.filter((a) => a.port === 7)).to.have.length(1);
    });

    it('lets refusals in mass vouch for one another', () => {
      const run = simulate(plan([[1, 500]], { onLink: false }), ({ port }) =>
        port === CANARY ? answers.open('x') : answers.closed,
      );
      expect(run.asks.filter((a) => a.port === 7)).to.have.length(1);
    });
  });

  describe('negative canaries', () => {
    const negativeCanaries = [7001, 7002, 7003];
    it('taint every open port where random ports are open, too', () => {
      const run = simulate(plan([[1, 200]], { negativeCanaries }), ({ port }) =>
        port === CANARY ? answers.open('+OK') : answers.open(null),
      );
      expect(run.seen(50)?.tainted).to.match(/chosen at random, answers alike/);
      expect(run.seen(CANARY)?.tainted, 'its data differ').to.equal(null);
    });

    it('are spoken to where they are silent, and so are the silent ports: who answers otherwise is real', () => {
      const run = simulate(plan([[1, 60]], { negativeCanaries }), ({ port, speak }) =>
        port === CANARY
          ? answers.open('+OK')
          : port === 25 && speak
            ? answers.open('500 what?')
            : answers.open(null),
      );
      expect(run.seen(25)).to.include({ state: 'open', banner: '500 what?', tainted: null });
      expect(run.seen(26)?.tainted).to.match(/chosen at random/);
      const quiet = simulate(plan([[1, 60]], { negativeCanaries }), ({ port }) =>
        port === CANARY ? answers.open('+OK') : port === 25 ? answers.open(null) : answers.closed,
      );
      expect(
        quiet.asks.some((a) => a.speak && a.port === 25),
        'nothing is said without cause',
      ).to.equal(false);
    });

    it('taint nothing where they are closed', () => {
      const run = simulate(plan([[1, 200]], { negativeCanaries }), ({ port }) =>
        port === CANARY || port === 50 ? answers.open(null) : answers.closed,
      );
      expect(run.seen(50)).to.include({ state: 'open', tainted: null });
      const records = run.book.targets()[0]!.canaries.filter((c) => c.kind === 'negative');
      expect(records.map((c) => [c.port, c.sent, c.answered])).to.deep.equal(
        negativeCanaries.map((port) => [port, 2, 2]),
      );
    });

    it('taint what was believed before a tarpit woke up', () => {
      const run = simulate(
        plan([[1, 400]], { negativeCanaries }, { perHost: 100, total: 100 }),
        ({ port, now }) =>
          port === CANARY ? answers.open('+OK') : now - 1_000_000 > 2000 ? answers.wrapped : answers.closed,
      );
      const wrapped = run.book.targets()[0]!.observations.filter((o) => o.state === 'wrapped');
      expect(wrapped.length).to.be.greaterThan(0);
      for (const o of wrapped) expect(o.tainted).to.match(/chosen at random/);
    });
  });

  describe("the engine's own failures", () => {
    it('are asked again and never become a state', () => {
      const run = simulate(plan([[1, 200]]), ({ port, before }) =>
        port === CANARY
          ? answers.open('x')
          : before < 3
            ? { kind: 'engine', errno: 'EMFILE' }
            : answers.closed,
      );
      expect(run.schedule.outcome()).to.deep.equal({ kind: 'complete' });
      expect(run.seen(9)).to.include({ state: 'closed', tries: 1 });
    });

    it('leave a port unobserved, with the errno, when they do not end', () => {
      const run = simulate(plan([[1, 50]]), ({ port }) =>
        port === CANARY
          ? answers.open('x')
          : port === 9
            ? { kind: 'engine', errno: 'EPERM' }
            : answers.closed,
      );
      expect(run.seen(9)).to.include({ state: 'unobserved', reason: 'EPERM' });
      expect(run.schedule.outcome()).to.deep.equal({
        kind: 'incomplete',
        reason: 'this machine could not probe 1 ports: EPERM',
      });
    });

    it('of canaries do not last for ever', () => {
      const broken = { kind: 'engine', errno: 'EMFILE' } as const;
      const negatives = simulate(plan([[1, 50]], { negativeCanaries: [7001] }), ({ port }) =>
        port === CANARY ? answers.open('x') : port === 7001 ? broken : answers.closed,
      );
      expect(negatives.schedule.outcome().kind).to.equal('complete');
      expect(
        negatives.events.some((e) => e.kind === 'note' && e.text.includes('could not be asked')),
      ).to.equal(true);
      const positive = simulate(plan([[1, 50]]), ({ port }) => (port === CANARY ? broken : answers.closed));
      expect(positive.schedule.outcome().kind).to.equal('incomplete');
    });

    it('end the scan when nothing else comes', () => {
      const run = simulate(makePlan({ ports: [[1, 500]] }), () => ({ kind: 'engine', errno: 'EPERM' }));
      const outcome = run.schedule.outcome();
      expect(outcome.kind === 'incomplete' && outcome.reason).to.match(/could not (send|probe).*EPERM/);
      expect(run.seen(9)?.state).to.equal('unobserved');
    });
  });

  describe('rate-limited denials', () => {
    it('asks silent witnesses slowly once an ICMP was seen, and learns who denies', () => {
      let lastIcmp = Number.NEGATIVE_INFINITY;
      const first = [20, 21, 22, 23, 24, 25, 26, 27];
      const run = simulate(plan([[20, 400]], { first }), ({ port, now }) => {
        if (port === CANARY) return answers.open('x');
        if (now - lastIcmp < 500) return answers.silent;
        lastIcmp = now;
        return answers.denied;
      });
      for (const port of first) expect(run.seen(port), `port ${port}`).to.include({ reason: 'icmp' });
    });
  });

  describe('an engine that hears late answers', () => {
    const rapidCanary = { start: () => undefined, stop: () => undefined };
    const late = ({ port, before }: { port: number; before: number }) =>
      port <= 10 && before === 0 ? { afterMs: 400, outcome: answers.closed } : null;

    it('takes them for what they are', () => {
      const run = simulate(
        plan([[1, 60]]),
        ({ port }) => (port === CANARY ? answers.open('x') : answers.silent),
        {
          late,
          rapidCanary,
        },
      );
      expect(run.seen(5)).to.include({ state: 'closed', tries: 1 });
      expect(run.seen(50)).to.include({ state: 'filtered' });
    });

    it('listens on for them where no canary sets the time', () => {
      const slow = () => ({ afterMs: 8000, outcome: answers.closed });
      const settings = { minTries: 1 };
      const run = simulate(makePlan({ ports: [[1, 20]] }), () => answers.silent, {
        late: slow,
        hearsLate: true,
        settings,
      });
      expect(run.seen(5)).to.include({ state: 'closed', tainted: null });
      const deaf = simulate(makePlan({ ports: [[1, 20]] }), () => answers.silent, { late: slow, settings });
      expect(deaf.seen(5)?.state).to.equal('filtered');
    });
  });

  describe('resuming', () => {
    it('asks only what has no answer yet, and counts earlier silence', () => {
      const rule = ({ port }: { port: number }) =>
        port === CANARY ? answers.open('x') : port <= 300 ? answers.closed : answers.silent;
      const whole = plan([[1, 600]], {}, { perHost: 100, total: 100 });
      const before = simulate(whole, rule, { stopAt: 8000 });
      const after = simulate(whole, rule, { book: before.book, startAt: 2_000_000 });
      expect(after.schedule.outcome().kind).to.equal('complete');
      const asked = new Map<number, number>();
      for (const a of [...before.asks, ...after.asks]) asked.set(a.port, (asked.get(a.port) ?? 0) + 1);
      const lostInFlight = 100;
      const total = [...asked.values()].reduce((sum, n) => sum + n, 0);
      const alone = simulate(whole, rule).asks.length;
      expect(total).to.be.at.most(alone + lostInFlight);
      for (let port = 1; port <= 600; port++) {
        const want = port === CANARY ? 'open' : port <= 300 ? 'closed' : 'filtered';
        if (after.seen(port)?.state !== want || after.seen(port)?.tainted) {
          expect.fail(`${port}: ${JSON.stringify(after.seen(port))}`);
        }
      }
    });
  });

  it('serves two hundred hosts fairly, with few works under way', () => {
    const one = plan([[1, 20]], { first: [1, 2] }, { perHost: 100, total: 300 });
    const many = {
      ...one,
      targets: Array.from({ length: 200 }, (_, i) => ({
        ...one.targets[0]!,
        name: `h${i}`,
        address: `127.0.1.${i + 1}`,
      })),
    };
    const run = simulate(many, ({ port }) => (port === CANARY ? answers.open('x') : answers.closed));
    expect(run.schedule.outcome().kind).to.equal('complete');
    const lastFirst = Math.max(...run.asks.filter((a) => a.port <= 2).map((a) => a.now));
    const sweepBefore = run.asks.filter((a) => a.port > 2 && a.port !== CANARY && a.now < lastFirst - 2000);
    expect(sweepBefore.length, 'sweep probes well before the last witness').to.be.below(600);
    for (let t = 0; t < 200; t++) expect(run.seen(20, t)?.state).to.equal('closed');
  });
});
