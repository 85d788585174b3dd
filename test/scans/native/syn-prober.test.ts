import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import type { Context } from 'mocha';
import { ACCEPTED, type ProbeOutcome } from '../../../scans/engine.ts';
import { hasNetRaw } from '../../../scans/machine/capabilities.ts';
import { systemClock } from '../../../scans/machine/clock.ts';
import { FollowUps } from '../../../scans/native/follow-ups.ts';
import { type Libc, loadLibc, MMSGHDR, type NativeMemory } from '../../../scans/native/libc.ts';
import { RawSocketError } from '../../../scans/native/raw-socket.ts';
import { SynProber, type SynProberOptions } from '../../../scans/native/syn-prober.ts';
import { skipBecause } from '../../support/skip.ts';

const LOOPBACK = 0x7f000001;
const EINPROGRESS = 115;
const EMFILE = 24;

function realLibc(): Libc {
  const loaded = loadLibc();
  if ('why' in loaded) throw new Error(loaded.why);
  return loaded.libc;
}

function needRawSockets(context: Context): void {
  if (!hasNetRaw()) skipBecause(context, 'raw sockets need CAP_NET_RAW');
}

const options = (libc: Libc, more: Partial<SynProberOptions> = {}): SynProberOptions => ({
  libc,
  clock: systemClock,
  addresses: [LOOPBACK],
  source: LOOPBACK,
  maxSockets: 64,
  ownAddresses: new Set(['127.0.0.1']),
  events: { settle: () => undefined, window: () => undefined, drops: () => undefined },
  ...more,
});

const openFiles = (): number => readdirSync('/proc/self/fd').length;

describe('the SYN prober', () => {
  it('leaves no socket behind when one of them cannot be had', function () {
    needRawSockets(this);
    const libc = realLibc();
    const before = openFiles();
    for (const call of ['bind', 'setsockopt', 'epollCreate'] as const) {
      const failing = { ...libc, [call]: () => -1 };
      // Buffers are asked for with setsockopt, too, and may stay as they are: only a filter must be had.
      expect(() => new SynProber(options(failing)), call).to.throw(/raw socket|epoll/);
      expect(openFiles(), call).to.equal(before);
    }
    // An address that this machine does not carry.
    expect(() => new SynProber(options(libc, { source: 0xc0000201 }))).to.throw(RawSocketError);
    expect(openFiles()).to.equal(before);
  });

  it('gives every probe back, however many addresses are asked at once', async function () {
    needRawSockets(this);
    const settled = new Map<number, ProbeOutcome>();
    const addresses = Array.from({ length: 80 }, (_, i) => LOOPBACK + 256 + i);
    const prober = new SynProber(
      options(realLibc(), {
        addresses,
        events: {
          settle: (key, outcome) => settled.set(key, outcome),
          window: () => undefined,
          drops: () => undefined,
        },
      }),
    );
    try {
      const room = prober.room();
      // Port 1 of loopback refuses.
      addresses.forEach((_, target) => {
        prober.start(target, target, 1, 500, ACCEPTED);
      });
      const until = Date.now() + 3000;
      while (settled.size < addresses.length && Date.now() < until) await prober.poll(10);
      expect(settled.size).to.equal(addresses.length);
      expect(prober.room()).to.equal(room);
    } finally {
      prober.close();
    }
  });

  it('lets no canary overtake a batch that another thread is still to send', async function () {
    needRawSockets(this);
    const watched = watchSends(realLibc());
    const prober = new SynProber(options(watched.libc));
    try {
      prober.rapidCanary.start(0, 7);
      for (let port = 20_000; port < 20_064; port++) {
        prober.start(port, 0, port, 2000, ACCEPTED);
      }
      if (watched.heldBack() === 0) skipBecause(this, 'one processor alone: no other thread sends');
      await prober.poll(0);
      prober.start(-1, 0, 9, 2000, ACCEPTED);
      await prober.poll(0);
      const early = watched.sent().filter((port) => port < 10);
      expect(early, 'sent before the batch').to.deep.equal([]);
      await watched.letGo();
      const until = Date.now() + 3000;
      while (!watched.sent().includes(7) && Date.now() < until) await prober.poll(1);
      expect(watched.sent()).to.include(7);
      expect(watched.sent().indexOf(7)).to.be.greaterThan(watched.sent().lastIndexOf(20_063));
    } finally {
      prober.close();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});

/** A libc that notes the ports to which SYNs leave, and keeps what other threads are to send until it is let go. */
function watchSends(real: Libc) {
  const memories: NativeMemory[] = [];
  const ports: number[] = [];
  const held: (() => Promise<void>)[] = [];
  const at = (address: number): { readonly bytes: Buffer; readonly place: number } => {
    const memory = memories.find((m) => address >= m.address && address < m.address + m.bytes.length)!;
    return { bytes: memory.bytes, place: address - memory.address };
  };
  const note = (messages: number, count: number) => {
    for (let i = 0; i < count; i++) {
      const header = at(messages + i * MMSGHDR);
      const vector = at(Number(header.bytes.readBigUInt64LE(header.place + 16)));
      const packet = at(Number(vector.bytes.readBigUInt64LE(vector.place)));
      ports.push(packet.bytes.readUInt16BE(packet.place + 22));
    }
  };
  const libc: Libc = {
    ...real,
    allocate(length) {
      const memory = real.allocate(length);
      memories.push(memory);
      return memory;
    },
    sendmmsg(fd, messages, count, flags) {
      const sent = real.sendmmsg(fd, messages, count, flags);
      note(messages, sent);
      return sent;
    },
    sendmmsgAside(fd, messages, count, flags, done) {
      held.push(
        () =>
          new Promise((resolve) =>
            real.sendmmsgAside(fd, messages, count, flags, (sent) => {
              note(messages, sent);
              done(sent);
              resolve();
            }),
          ),
      );
    },
  };
  return {
    libc,
    sent: () => ports,
    heldBack: () => held.length,
    letGo: async () => {
      for (const send of held.splice(0)) await send();
    },
  };
}

describe('the handshakes that follow SYN/ACKs', () => {
  it('count failures of this machine apart from silence', () => {
    const real = realLibc();
    let refusals = 1;
    let attempts = 0;
    let errno = 0;
    let now = 1000;
    const settled: ProbeOutcome[] = [];
    const libc: Libc = {
      ...real,
      // The first socket is not to be had; afterwards nobody answers.
      socket(domain, type, protocol) {
        if (refusals-- <= 0) return real.socket(domain, type, protocol);
        errno = EMFILE;
        return -1;
      },
      connect(fd, address, length) {
        if (length === 16) attempts++;
        errno = EINPROGRESS;
        return fd < 0 || address < 0 ? 0 : -1;
      },
      errno: () => errno,
    };
    const followUps = new FollowUps({
      ...options(libc, { clock: { now: () => now } }),
      lookUp: () => ({ target: 0, port: 9, hold: ACCEPTED }),
      settle: (_, outcome) => settled.push(outcome),
    });
    try {
      followUps.ask(1, 64);
      const tries = () => {
        followUps.begin();
        now += 1000;
        followUps.poll();
      };
      tries();
      expect(settled, 'one silence, and one failure of our own').to.deep.equal([]);
      for (let i = 0; i < 5; i++) tries();
      expect(settled).to.deep.equal([{ kind: 'half-open', ttl: 64 }]);
      expect(attempts).to.be.greaterThan(1);
    } finally {
      followUps.close();
    }
  });

  it('say nothing of a port that this machine could not ask', () => {
    const real = realLibc();
    const settled: ProbeOutcome[] = [];
    const libc: Libc = { ...real, socket: () => -1, errno: () => EMFILE };
    const followUps = new FollowUps({
      ...options(libc),
      lookUp: () => ({ target: 0, port: 9, hold: ACCEPTED }),
      settle: (_, outcome) => settled.push(outcome),
    });
    try {
      followUps.ask(1, 64);
      for (let i = 0; i < 20; i++) {
        followUps.begin();
        followUps.poll();
      }
      expect(settled).to.deep.equal([{ kind: 'engine', errno: 'EMFILE' }]);
    } finally {
      followUps.close();
    }
  });
});
