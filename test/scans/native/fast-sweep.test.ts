import { MessageChannel } from 'node:worker_threads';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ProbeOutcome } from '../../../scans/engine.ts';
import { systemClock } from '../../../scans/machine/clock.ts';
import { loadLibc } from '../../../scans/native/libc.ts';
import { PairedPool } from '../../../scans/native/paired-pool.ts';
import { AnswerRing, OrderRing } from '../../../scans/native/pool-talk.ts';
import { allocateRing, RECORD, RecordRing } from '../../../scans/native/record-ring.ts';
import { AnsweredSlices } from '../../../scans/pace/answered-slices.ts';
import { createRampPace } from '../../../scans/pace/ramp-pace.ts';
import { makePlan } from '../make-plan.ts';
import { answers, simulate } from '../schedule/simulated-network.ts';

describe('a ring of records', () => {
  it('gives back what was put, in order, and never more than it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 })), (bursts) => {
        const ring = new RecordRing(allocateRing(16));
        const record = new Float64Array(RECORD);
        let [put, taken] = [0, 0];
        for (const burst of bursts) {
          for (let i = 0; i < burst; i++) {
            if (put - taken === 16) {
              expect(() => ring.put(put, 0, 0, 0, 0, 0)).to.throw(RangeError);
              expect(ring.take(record)).to.equal(true);
              expect(record[0]).to.equal(taken++);
            }
            ring.put(put++, -1, 0.5, 2 ** 50, 3, 4);
          }
          expect(ring.size).to.equal(put - taken);
        }
        while (ring.take(record)) expect([...record]).to.deep.equal([taken++, -1, 0.5, 2 ** 50, 3, 4]);
        expect(taken).to.equal(put);
      }),
    );
  });
});

describe('the talk of two pools', () => {
  it('carries every kind of outcome unchanged, in order', () => {
    const { port1, port2 } = new MessageChannel();
    const memory = allocateRing(16);
    const answers = new AnswerRing(memory, port2);
    const outcomes: ProbeOutcome[] = [
      { kind: 'silent' },
      { kind: 'open', banner: 'SSH-2.0-x', ttl: null, rttMs: 0.25 },
      { kind: 'closed', reason: 'rst', ttl: null, rttMs: 1.5 },
      { kind: 'closed', reason: 'rst', ttl: 63, rttMs: 1.5 },
      { kind: 'closed', reason: 'ECONNREFUSED', ttl: null, rttMs: 2 },
      { kind: 'icmp', type: 3, code: 13, from: '192.0.2.254', rttMs: 3 },
      { kind: 'wrapped', how: 'eof', ttl: null, rttMs: 4 },
      { kind: 'unreachable', errno: 'EHOSTUNREACH' },
      { kind: 'engine', errno: 'EMFILE' },
    ];
    outcomes.forEach((outcome, key) => {
      answers.put(key - 4, outcome);
    });
    const heard: [number, ProbeOutcome][] = [];
    expect(new AnswerRing(memory, port1).drain((key, outcome) => heard.push([key, outcome]))).to.equal(9);
    expect(heard).to.deep.equal(outcomes.map((outcome, key) => [key - 4, outcome]));
    port1.close();
  });

  it('carries orders', () => {
    const ring = new OrderRing(allocateRing(4));
    const order = { key: -(2 ** 40), target: 255, port: 65_535, timeoutMs: 333.25 };
    for (const hold of [
      { ms: 0, speak: false },
      { ms: 3000, speak: true },
    ]) {
      ring.put({ ...order, hold });
      expect(ring.take()).to.deep.equal({ ...order, hold });
    }
    expect(ring.take()).to.equal(undefined);
  });
});

describe('the second pool', () => {
  it('gives every probe back exactly once, also when its thread dies under way', async function () {
    this.timeout(20_000);
    const loaded = loadLibc();
    if ('why' in loaded) throw new Error(loaded.why);
    const settled = new Map<number, ProbeOutcome[]>();
    const pool = new PairedPool({
      libc: loaded.libc,
      clock: systemClock,
      addresses: [0x7f000001],
      source: null,
      maxSockets: 128,
      ownAddresses: new Set(['127.0.0.1']),
      settle: (key, outcome) => settled.set(key, [...(settled.get(key) ?? []), outcome]),
    });
    try {
      let key = 0;
      const started = Date.now();
      let killed = false;
      // Port 1 of loopback refuses; both pools are asked until the second one has worked, then it is ended.
      while (key < 4000 || !killed) {
        expect(Date.now() - started, 'the second thread never took part').to.be.lessThan(15_000);
        for (let i = 0; i < 64 && pool.room() > 0; i++) pool.start(key++, 0, 1, 900, { ms: 0, speak: false });
        if (!killed && pool.ordered > 500) {
          killed = true;
          void pool.terminateThread();
        }
        await pool.poll(1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const until = Date.now() + 5000;
      while (settled.size < key && Date.now() < until) await pool.poll(1);
      expect(settled.size).to.equal(key);
      for (const outcomes of settled.values()) expect(outcomes).to.have.length(1);
      const kinds = new Set([...settled.values()].map(([outcome]) => outcome!.kind));
      expect([...kinds]).to.include('closed');
      expect([...kinds].every((kind) => kind === 'closed' || kind === 'engine')).to.equal(true);
    } finally {
      pool.close();
    }
  });
});

describe("a sweep's own answers", () => {
  it('show a slice of time whose probes were all answered, or that they were not in time', () => {
    const slices = new AnsweredSlices();
    const at = 1_000_000;
    for (let i = 0; i < 100; i++) slices.sent(at + i / 20);
    for (let i = 0; i < 100; i++) slices.sent(at + 10 + i / 20);
    for (let i = 0; i < 99; i++) slices.answered(at + i / 20, at + 5 + i / 20, 5);
    for (let i = 0; i < 98; i++) slices.answered(at + 10 + i / 20, at + 15 + i / 20, 5);
    expect(slices.take(at + 4)).to.deep.equal([]);
    expect(slices.take(at + 20)).to.deep.equal([{ start: at, full: true }]);
    expect(slices.take(at + 44)).to.deep.equal([]);
    expect(slices.take(at + 45)).to.deep.equal([{ start: at + 10, full: false }]);
    expect(slices.take(at + 500)).to.deep.equal([]);
  });

  it('show nothing of a try that was not answered itself: an earlier one of the same port may have been', () => {
    const slices = new AnsweredSlices();
    const at = 1_000_000;
    for (let i = 0; i < 50; i++) slices.sent(at);
    // The first tries left a second before; their answers come now, after 130 ms longer than anyone waited for them.
    for (let i = 0; i < 50; i++) slices.answered(at, at + 5, 1005);
    expect(slices.take(at + 20)).to.deep.equal([]);
    expect(slices.take(at + 50)).to.deep.equal([{ start: at, full: false }]);
    for (let i = 0; i < 50; i++) slices.sent(at + 100);
    for (let i = 0; i < 50; i++) slices.answered(at + 100, at + 105, 4.9);
    expect(slices.take(at + 120)).to.deep.equal([{ start: at + 100, full: true }]);
  });

  it('say nothing where few probes left', () => {
    const slices = new AnsweredSlices();
    for (let i = 0; i < 20; i++) slices.sent(5000);
    expect(slices.take(6000)).to.deep.equal([]);
  });

  it('let the pace climb while all are answered, and fall back to the last proven one when not', () => {
    const ramp = createRampPace(1_000_000);
    ramp.judgeSweep(0, true, 12);
    expect(ramp.rate()).to.equal(40_000);
    // Sent before the pace was raised: it shows nothing of it.
    ramp.judgeSweep(10, false, 45);
    expect([ramp.rate(), ramp.heedsSweep()]).to.deep.equal([40_000, true]);
    ramp.judgeSweep(20, true, 32);
    expect(ramp.rate()).to.equal(160_000);
    ramp.judgeSweep(40, false, 80);
    expect([ramp.rate(), ramp.heedsSweep()]).to.deep.equal([40_000, false]);
  });

  it('let it climb past ports asked first, whose connections are watched for long', () => {
    const first = Array.from({ length: 300 }, (_, i) => i + 1);
    const plan = makePlan(
      { ports: [[1, 65_535]], canary: 110, expectedOpen: [[1, 300]], first },
      { perHost: 200_000, total: 200_000 },
    );
    const run = simulate(plan, ({ port }) => (port <= 300 ? answers.open() : answers.closed), {
      sockets: 60_000,
      loseRapid: () => false,
      stopAt: 200,
    });
    const began = run.asks.find(({ port }) => port !== 110)!.now;
    const within = (ms: number): number => run.asks.filter(({ now }) => now < began + ms).length;
    expect([within(20), within(100)]).to.satisfy(([early, later]: number[]) => early! < 250 && later! > 4000);
  });

  it('are no longer asked once the whole pace is proven, or one has failed by the canary', () => {
    const whole = createRampPace(20_000);
    whole.judgeSweep(0, true, 12);
    expect([whole.rate(), whole.heedsSweep()]).to.deep.equal([20_000, true]);
    whole.judgeSweep(20, true, 32);
    expect(whole.heedsSweep()).to.equal(false);
    const failed = createRampPace(1_000_000);
    failed.judge({ start: 0, end: 50, sent: 25, answered: 5, lastGood: 10, ttl: null }, 60);
    expect(failed.heedsSweep()).to.equal(false);
  });
});
