import { expect } from 'chai';
import { makePlan } from './make-plan.ts';
import { answers, seededRandom, simulate } from './schedule/simulated-network.ts';

const CANARY = 110;
/** What keeps silent on a host that refuses all else: how often it is asked is how often any other port would be. */
const MUTE = [700, 30_000, 60_000];
const ALL = 65_535;

/** A sweep at full speed through a path that loses this share of packets each way. */
function sweep(lossEachWay: number, seed: number, isMute: (port: number) => boolean, last = ALL) {
  const random = seededRandom(seed);
  const lost = 1 - (1 - lossEachWay) ** 2;
  const lose = () => random() < lost;
  const run = simulate(
    makePlan(
      { ports: [[1, last]], canary: CANARY, expectedOpen: [[CANARY, CANARY]] },
      { perHost: 1.5 * last, total: 1.5 * last },
    ),
    ({ port }) => {
      if (lose()) return answers.silent;
      return port === CANARY ? answers.open('x') : isMute(port) ? answers.silent : answers.closed;
    },
    { sockets: 60_000, loseRapid: lose },
  );
  return { run, lost };
}

describe('a sweep of 65,535 ports through loss', function () {
  this.timeout(60_000);

  for (const lossEachWay of [0.01, 0.05]) {
    it(`asks a host that answers until one sweep in ten thousand may miss a port, ${lossEachWay * 100}% lost each way`, () => {
      for (let seed = 1; seed <= 8; seed++) {
        const { run, lost } = sweep(lossEachWay, seed, (port) => MUTE.includes(port));
        const tries = MUTE.map((port) => run.seen(port)!.tries);
        const fewest = Math.min(...tries);
        // Eight tries are all that a port gets: at a loss of one in ten they leave one sweep in two thousand.
        if (fewest < 8) expect(ALL * lost ** fewest, `seed ${seed}: ${tries}`).to.be.below(0.0001);
        for (const observation of run.book.targets()[0]!.observations) {
          const { state, ports } = observation;
          const isMute = ports.some(([lo, hi]) => MUTE.some((port) => lo <= port && port <= hi));
          if (state === 'filtered') expect(ports).to.deep.equal(MUTE.map((port) => [port, port]));
          else expect([state, isMute]).to.deep.equal([ports[0]![0] === CANARY ? 'open' : 'closed', false]);
        }
      }
    });
  }

  it('watches connections for less long only where it has shown that nothing is lost', () => {
    // A round trip takes 5 ms here, and two of them come on top.
    const watched = (lossEachWay: number) =>
      Math.min(...sweep(lossEachWay, 1, () => false, 20_000).run.hurriedTo);
    expect(watched(0)).to.equal(410);
    expect(watched(0.002)).to.equal(510);
    expect(watched(0.05)).to.equal(510);
  });

  it('asks a host that keeps silent twice only, whose ports have nothing to lose', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const { run } = sweep(0.01, seed, () => true, 6000);
      expect(run.asks.length, `seed ${seed}`).to.be.below(2.1 * 6000);
    }
  });
});
