import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalJson } from '../../scans/evidence/canonical-json.ts';
import { isShortage, meaningOfErrno } from '../../scans/machine/errno.ts';
import { chooseSource, findRoute, parseRoutes } from '../../scans/machine/scanner-box.ts';
import { chooseSocketLimit, createSocketRoom } from '../../scans/machine/socket-limit.ts';
import { lockTargets } from '../../scans/machine/target-lock.ts';
import { Deadlines } from '../../scans/native/deadlines.ts';
import { LossEstimate } from '../../scans/pace/loss-estimate.ts';
import { RoundTrip } from '../../scans/pace/round-trip.ts';
import { TokenBucket } from '../../scans/pace/token-bucket.ts';
import { createCanaryWatch } from '../../scans/schedule/canary-watch.ts';
import { DelayedPorts } from '../../scans/schedule/delayed-ports.ts';
import { ANSWERED, IN_FLIGHT, PortCounts, SILENT, WAITING } from '../../scans/schedule/port-counts.ts';
import { parseIpv4 } from '../../src/model/address.ts';
import { escapeUntrusted } from '../../src/model/untrusted-text.ts';
import { skipBecause } from '../support/skip.ts';

describe('a token bucket', () => {
  it('lets its rate pass and no more, in bursts of milliseconds', () => {
    const bucket = new TokenBucket(100, 0);
    let passed = 0;
    for (let now = 0; now <= 10_000; now += 0.5) while (bucket.take(now)) passed++;
    expect(passed).to.be.within(999, 1001);
    let burst = 0;
    while (bucket.take(60_000)) burst++;
    expect(burst, 'after a long pause').to.equal(1);
  });

  it('gives many at once where it has as many, else none of them', () => {
    const bucket = new TokenBucket(1000, 0);
    expect(bucket.available(10)).to.equal(4);
    expect(bucket.take(10, 5)).to.equal(false);
    expect(bucket.take(10, 4)).to.equal(true);
    expect(bucket.available(10)).to.equal(0);
  });

  it('says how long to wait, and follows a new rate', () => {
    const bucket = new TokenBucket(10, 0);
    bucket.take(0);
    expect(bucket.waitMs(0)).to.be.closeTo(100, 1e-6);
    bucket.setRate(100, 0);
    expect(bucket.waitMs(0)).to.be.closeTo(10, 1e-6);
  });
});

describe('the round-trip estimate', () => {
  const create = () => new RoundTrip({ initialMs: 1000, minMs: 100, maxMs: 3000 });
  it('waits the whole initial time before its first sample', () => {
    expect(create().timeoutMs()).to.equal(1000);
  });
  it('converges on a steady path, and stays within its bounds', () => {
    const steady = create();
    for (let i = 0; i < 200; i++) steady.add(150);
    expect(steady.timeoutMs()).to.be.closeTo(150, 1);
    const quick = create();
    quick.add(1);
    expect(quick.timeoutMs()).to.equal(100);
    const slow = create();
    slow.add(9000);
    expect(slow.timeoutMs()).to.equal(3000);
  });
});

describe('ports that rest', () => {
  it('come when their time is over, those of graver doubts first, whatever came in before them', () => {
    const rested = new DelayedPorts();
    expect(rested.dueAt).to.equal(Number.POSITIVE_INFINITY);
    rested.push('confirm', 100, 1);
    // Behind the one that was there first, although it is due sooner.
    rested.push('confirm', 40, 2);
    rested.push('expected', 120, 3);
    expect(rested.shift(99)).to.equal(undefined);
    expect(rested.dueAt).to.equal(100);
    expect(rested.shift(130)).to.deep.equal({ index: 3, rest: 'expected' });
    expect(rested.shift(130)).to.deep.equal({ index: 1, rest: 'confirm' });
    expect(rested.dueAt).to.equal(40);
    expect(rested.shift(130)).to.deep.equal({ index: 2, rest: 'confirm' });
    expect(rested.size).to.equal(0);
  });
});

describe('the counts of ports', () => {
  it('are those of a list gone through one by one, whatever moves', () => {
    const step = fc.tuple(
      fc.nat({ max: 19 }),
      fc.constantFrom(WAITING, IN_FLIGHT, SILENT, ANSWERED),
      fc.nat({ max: 300 }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const ports = Uint16Array.from({ length: 20 }, (_, i) => 100 + i);
        const counts = new PortCounts(ports, [[110, 112]]);
        for (const [index, status, tries] of steps) counts.move(index, status, tries);
        const all = [...ports].map((port, i) => ({
          status: counts.status[i]!,
          tries: counts.tries[i]!,
          expected: port >= 110 && port <= 112,
        }));
        const silent = all.filter((p) => p.status === SILENT);
        for (const status of [WAITING, IN_FLIGHT, SILENT, ANSWERED]) {
          expect(counts.of(status)).to.equal(all.filter((p) => p.status === status).length);
        }
        expect(counts.silentAfter(2)).to.equal(silent.filter((p) => p.tries === 2).length);
        expect(counts.silentSince(3)).to.equal(silent.filter((p) => p.tries >= 3).length);
        expect(counts.owing(5)).to.equal(
          silent.filter((p) => !p.expected && p.tries >= 1 && p.tries < 5).length,
        );
      }),
    );
  });
});

describe('the loss estimate', () => {
  it('asks twice where nothing is lost, oftener the more is, never above the limit', () => {
    const tries = (answered: number, lost: number) => {
      const loss = new LossEstimate(0);
      loss.add(answered, lost);
      return loss.triesFor(65535, 0.01, 2, 8);
    };
    expect(tries(0, 0)).to.equal(2);
    expect(tries(100, 0)).to.equal(2);
    expect(tries(99, 1)).to.equal(4);
    expect(tries(90, 10)).to.equal(7);
    expect(tries(50, 50)).to.equal(8);
    expect(tries(0, 5)).to.equal(8);
    for (const rate of [0.01, 0.05, 0.1]) {
      const n = tries(1000 * (1 - rate), 1000 * rate);
      expect(rate ** n * 65535).to.be.below(0.01);
    }
  });

  it('is not misled by a lucky stretch, and asks oftener where fewer may be missed', () => {
    const loss = new LossEstimate(0);
    for (let i = 0; i < 20; i++) loss.add(98, 2);
    expect(loss.triesFor(65535, 0.01, 2, 8)).to.equal(5);
    expect(loss.triesFor(65535, 0.0001, 2, 8)).to.equal(6);
    for (let i = 0; i < 8; i++) loss.add(100, 0);
    expect(loss.rate()).to.be.below(0.01);
    expect(loss.triesFor(65535, 0.01, 2, 8)).to.equal(4);
  });

  it('halves the pace above 30% loss of more than ten, and recovers by 5% a second', () => {
    const loss = new LossEstimate(0);
    loss.add(5, 5);
    expect(loss.slowdown(0), 'ten samples are too few').to.equal(1);
    loss.add(7, 4);
    expect(loss.slowdown(0)).to.equal(0.5);
    expect(loss.slowdown(1000)).to.be.closeTo(0.525, 0.001);
    loss.add(100, 0);
    expect(loss.slowdown(100_000)).to.equal(1);
  });
});

describe('the canary watch', () => {
  const create = () => createCanaryWatch({ intervalMs: 5000, retryMs: 1000, pauseMs: 30_000 });
  it('lets nothing pass before the first answer, and asks again after its interval', () => {
    const watch = create();
    expect(watch.permits()).to.equal(false);
    watch.sent(10);
    expect(watch.dueAt()).to.equal(Number.POSITIVE_INFINITY);
    watch.answered(15);
    expect(watch.permits()).to.equal(true);
    expect(watch.lastGood(), 'the send, not the answer, is vouched for').to.equal(10);
    expect(watch.dueAt()).to.equal(5015);
  });

  it('takes one miss for chance and two for a block', () => {
    const watch = create();
    watch.sent(0);
    watch.answered(5);
    watch.sent(5005);
    expect(watch.missed(5955)).to.deep.equal({ kind: 'none' });
    expect(watch.permits()).to.equal(false);
    watch.sent(6955);
    expect(watch.missed(7905)).to.deep.equal({ kind: 'rest', since: 0, until: 37_905 });
    expect(watch.phase()).to.equal('resting');
    watch.sent(37_905);
    expect(watch.answered(37_910)).to.deep.equal({ kind: 'back' });
    expect(watch.permits()).to.equal(true);
  });

  it('is lost after two more misses, and then wants no more', () => {
    const watch = create();
    for (let i = 0; i < 3; i++) {
      watch.sent(i);
      expect(watch.missed(i + 1).kind).to.equal(['none', 'rest', 'none'][i]);
    }
    watch.sent(9);
    expect(watch.missed(10)).to.deep.equal({ kind: 'lost', lastGood: null });
    expect(watch.dueAt()).to.equal(Number.POSITIVE_INFINITY);
  });
});

describe('errnos', () => {
  it('speak of the port only where the table says so', () => {
    expect(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'].map(meaningOfErrno)).to.deep.equal([
      'refused',
      'unreachable',
      'unreachable',
      'silent',
    ]);
    expect(['ECONNRESET', 'EPIPE'].map(meaningOfErrno), 'it had been accepted').to.deep.equal([
      'accepted',
      'accepted',
    ]);
    for (const ours of ['EMFILE', 'ENFILE', 'ENOBUFS', 'EADDRNOTAVAIL', 'EPERM', 'EACCES', 'EWHATEVER', '']) {
      expect(meaningOfErrno(ours), ours).to.equal('engine');
    }
    expect(isShortage('EMFILE')).to.equal(true);
    expect(isShortage('EPERM')).to.equal(false);
  });
});

describe('the socket limit', () => {
  it('is 512 unless raised, and leaves the process its own files', () => {
    expect(chooseSocketLimit(null, 1024)).to.equal(512);
    expect(chooseSocketLimit(null, 256)).to.equal(192);
    expect(chooseSocketLimit(15_000, 20_000)).to.equal(15_000);
    expect(chooseSocketLimit(15_000, 1024)).to.equal(960);
  });

  it('shrinks on a shortage below what is under way, and recovers', () => {
    const room = createSocketRoom(100);
    room.shortage(50);
    expect(room.room(40)).to.equal(0);
    for (let i = 0; i < 10_000; i++) room.relief();
    expect(room.room(0)).to.equal(100);
  });
});

describe('deadlines', () => {
  it('expire once, at their time and not before, also beyond one turn of the wheel', () => {
    const wheel = new Deadlines(0, 64);
    const expired: string[] = [];
    const at = (now: number) =>
      wheel.advance(now, (slot, generation) => expired.push(`${slot}/${generation}`));
    wheel.set(1, 1, 10);
    wheel.set(2, 1, 200);
    wheel.set(3, 7, 10.4);
    at(9);
    expect(expired).to.deep.equal([]);
    expect(wheel.nextWithin(9, 50)).to.be.closeTo(1, 1);
    at(10);
    expect(expired).to.deep.equal(['1/1']);
    at(150);
    expect(expired).to.deep.equal(['1/1', '3/7']);
    at(199);
    expect(expired).to.have.length(2);
    at(5000);
    expect(expired).to.deep.equal(['1/1', '3/7', '2/1']);
  });
});

describe('the scanner box', () => {
  const ROUTES = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	016433C6	0003	0	0	100	00000000	0	0	0
eth1	00000000	026433C6	0003	0	0	50	00000000	0	0	0
eth0	006433C6	00000000	0001	0	0	0	00FFFFFF	0	0	0
eth9	007100CB	00000000	0000	0	0	0	00FFFFFF	0	0	0
`;
  it('finds the most specific route, then the least metric, of those that are up', () => {
    const routes = parseRoutes(ROUTES);
    expect(findRoute(routes, parseIpv4('198.51.100.9')!)).to.include({ interface: 'eth0', gateway: 0 });
    expect(findRoute(routes, parseIpv4('192.0.2.9')!)).to.include({
      interface: 'eth1',
      gateway: parseIpv4('198.51.100.2'),
    });
    expect(findRoute(routes, parseIpv4('203.0.113.9')!)?.interface, 'its route is down').to.equal('eth1');
    expect(findRoute([], 0)).to.equal(undefined);
  });

  it('binds to the vantage only where this machine carries its address', () => {
    expect(chooseSource('203.0.113.77', ['192.0.2.1'])).to.equal(null);
    expect(chooseSource('127.0.0.9', ['127.0.1.35'])).to.equal('127.0.0.9');
    expect(chooseSource('127.0.0.9', ['192.0.2.1'])).to.equal(null);
  });
});

describe('target locks', () => {
  it('let one scan at a target, and the next when it is done', async function () {
    if (process.platform !== 'linux')
      skipBecause(this, 'the locks are abstract sockets, which Linux alone has');
    const first = await lockTargets(['127.0.99.1', '127.0.99.2']);
    expect(first.kind).to.equal('held');
    expect(await lockTargets(['127.0.99.3', '127.0.99.2'])).to.deep.equal({
      kind: 'busy',
      address: '127.0.99.2',
    });
    const free = await lockTargets(['127.0.99.3']);
    expect(free.kind, 'a refused scan holds nothing').to.equal('held');
    if (first.kind === 'held') first.locks.release();
    const again = await lockTargets(['127.0.99.2']);
    expect(again.kind).to.equal('held');
    for (const lock of [free, again]) if (lock.kind === 'held') lock.locks.release();
  });
});

describe('canonical JSON', () => {
  it('is the same text for the same value', () => {
    expect(canonicalJson({ b: [1, { y: null, x: 'é' }], a: undefined, c: 0.5 })).to.equal(
      '{"b":[1,{"x":"é","y":null}],"c":0.5}',
    );
    expect(canonicalJson(JSON.parse('{"c":0.5,"b":[1,{"x":"é","y":null}]}'))).to.equal(
      canonicalJson({ b: [1, { y: null, x: 'é' }], c: 0.5 }),
    );
  });
});

describe('untrusted text', () => {
  it('keeps what is readable and shows what would command', () => {
    expect(escapeUntrusted('220 mail é 漢 \u{1f600}')).to.equal('220 mail é 漢 \u{1f600}');
    expect(escapeUntrusted('\u001b[2J\u0007\r\n\t\\')).to.equal('\\x1b[2J\\x07\\r\\n\\t\\\\');
    expect(escapeUntrusted('\u202eevil\u200b\u2028\u009b')).to.equal('\\u{202e}evil\\u{200b}\\u{2028}\\x9b');
    expect(escapeUntrusted('a'.repeat(1000), 10)).to.have.length(10);
  });
});
