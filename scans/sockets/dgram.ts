import { createSocket, type Socket } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { escapeUntrusted } from '../../src/model/untrusted-text.ts';
import type { Prober, Settle } from '../drive.ts';
import type { ProbeOutcome } from '../engine.ts';
import { outcomeOfConnect } from '../machine/errno.ts';
import { payloadFor } from './udp-payloads.ts';

/** UDP through Node's own sockets: answers and refusals are seen, who else denies is not. */
export function openDgramProber(
  work: { readonly targets: readonly { readonly address: string }[]; readonly source: string | null },
  maxSockets: number,
  settle: Settle,
): Prober {
  const sockets = new Set<Socket>();
  let wake: (() => void) | null = null;
  return {
    timeouts: { initialMs: 1000, minMs: 300, maxMs: 3000 },
    room: () => maxSockets - sockets.size,
    start(key, target, port, timeoutMs) {
      const socket = createSocket('udp4');
      const began = performance.now();
      const timer = setTimeout(() => finish({ kind: 'silent' }), timeoutMs);
      const finish = (outcome: ProbeOutcome) => {
        if (!sockets.delete(socket)) return;
        clearTimeout(timer);
        socket.close();
        settle(key, outcome);
        wake?.();
      };
      const fail = (error: Error) => {
        const errno = 'code' in error ? String(error.code) : 'UNKNOWN';
        finish(outcomeOfConnect(errno, performance.now() - began));
      };
      sockets.add(socket);
      socket.on('error', fail);
      socket.on('message', (data) => {
        const banner = escapeUntrusted(data.subarray(0, 200).toString('latin1'));
        finish({ kind: 'open', banner, ttl: null, rttMs: performance.now() - began });
      });
      const send = () =>
        socket.connect(port, work.targets[target]!.address, () => socket.send(payloadFor(port)));
      if (work.source === null) send();
      else socket.bind(0, work.source, send);
    },
    poll: (waitMs) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          wake = null;
          resolve();
        };
        const timer = setTimeout(done, Math.max(1, waitMs));
        wake = () => {
          wake = null;
          setImmediate(done);
        };
      }),
    close() {
      for (const socket of sockets) socket.close();
      sockets.clear();
    },
  };
}
