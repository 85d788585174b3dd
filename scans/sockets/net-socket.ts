import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { escapeUntrusted } from '../../src/model/untrusted-text.ts';
import type { Prober, Settle } from '../drive.ts';
import { GREETING, type ProbeOutcome, type ScanEngine, type ScanWork } from '../engine.ts';
import { isShortage, outcomeOfConnect } from '../machine/errno.ts';
import { chooseSocketLimit, createSocketRoom } from '../machine/socket-limit.ts';
import { joinProbers } from '../two-protocols.ts';
import { openDgramProber } from './dgram.ts';

/** Bytes of a banner that are kept. */
const BANNER_BYTES = 200;

/** One `connect()` after another through Node's own sockets; it sees errnos only, neither ICMP nor TTL. */
export function openNetSocketProber(
  work: Pick<ScanWork, 'source'> & { readonly targets: readonly { readonly address: string }[] },
  maxSockets: number | null,
  settle: Settle,
): Prober {
  const sockets = new Map<Socket, () => void>();
  const room = createSocketRoom(chooseSocketLimit(maxSockets));
  let wake: (() => void) | null = null;

  const start: Prober['start'] = (key, target, port, timeoutMs, hold) => {
    const socket = new Socket();
    const began = performance.now();
    let rttMs: number | null = null;
    let timer = setTimeout(() => finish({ kind: 'silent' }), timeoutMs);
    const finish = (outcome: ProbeOutcome) => {
      if (!sockets.delete(socket)) return;
      clearTimeout(timer);
      // A finished connection is reset, so that neither side keeps it in TIME_WAIT.
      if (rttMs !== null && !socket.destroyed) socket.resetAndDestroy();
      else socket.destroy();
      if (outcome.kind === 'engine' && isShortage(outcome.errno)) room.shortage(sockets.size);
      else room.relief();
      settle(key, outcome);
      wake?.();
    };
    sockets.set(socket, () => socket.destroy());
    socket.on('connect', () => {
      rttMs = performance.now() - began;
      if (socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress) {
        // On loopback a socket may meet itself; from another source port it would have been refused.
        finish({ kind: 'engine', errno: 'SELFCONNECT' });
        return;
      }
      if (hold.ms === 0) {
        finish({ kind: 'open', banner: null, ttl: null, rttMs });
        return;
      }
      clearTimeout(timer);
      const stillOpen = () => finish({ kind: 'open', banner: null, ttl: null, rttMs: rttMs ?? 0 });
      const speak = () => {
        socket.write(GREETING);
        timer = setTimeout(stillOpen, hold.ms / 2);
      };
      timer = hold.speak ? setTimeout(speak, hold.ms / 2) : setTimeout(stillOpen, hold.ms);
    });
    socket.on('data', (data) => {
      const banner = escapeUntrusted(data.subarray(0, BANNER_BYTES).toString('utf8'));
      finish({ kind: 'open', banner, ttl: null, rttMs: rttMs ?? 0 });
    });
    socket.on('end', () => finish({ kind: 'wrapped', how: 'eof', ttl: null, rttMs: rttMs ?? 0 }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (rttMs !== null) finish({ kind: 'wrapped', how: 'reset', ttl: null, rttMs });
      else finish(outcomeOfConnect(error.code ?? 'UNKNOWN', performance.now() - began));
    });
    const address = work.targets[target]!.address;
    socket.connect({ host: address, port, ...(work.source === null ? {} : { localAddress: work.source }) });
  };

  return {
    timeouts: { initialMs: 950, minMs: 200, maxMs: 950 },
    room: () => room.room(sockets.size),
    start,
    poll: (waitMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(done, Math.max(1, waitMs));
        function done() {
          clearTimeout(timer);
          wake = null;
          resolve();
        }
        wake = () => {
          wake = null;
          setImmediate(done);
        };
      }),
    close() {
      for (const destroy of sockets.values()) destroy();
      sockets.clear();
    },
  };
}

export const netSocketEngine: ScanEngine = {
  id: 'net-socket',
  description: "connect() through Node's own sockets: works anywhere, sees neither ICMP nor TTL",
  example: 'aclscope scan --plan plan.json --engine net-socket -o evidence.json',
  steerable: true,
  checkAvailability: async () => ({
    ok: true,
    note: 'it cannot tell who denies: an ICMP prohibition looks like any other unreachable',
  }),
  async scan(work, options, sink) {
    // The other engines, which run in a thread of their own, do without it in this one.
    const { drive } = await import('../drive.ts');
    return drive(work, { ...options, aborted: () => options.signal.aborted }, sink, ({ settle }) =>
      joinProbers(
        work.targets.map((t) => t.protocol),
        () => openNetSocketProber(work, options.settings.maxSockets, settle),
        () => openDgramProber(work, chooseSocketLimit(options.settings.maxSockets), settle),
      ),
    );
  },
};
