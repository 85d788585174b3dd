import type { PortProtocol } from '../../src/model/site.ts';
import type { Settle } from '../drive.ts';
import type { Hold, ProbeOutcome } from '../engine.ts';
import { openDgramProber } from './dgram.ts';
import { openNetSocketProber } from './net-socket.ts';

/** Single full handshakes (datagrams, for UDP) with one address, for engines that only look on. */
export interface Handshaker {
  /** Never rejects. */
  readonly ask: (port: number, timeoutMs: number, hold: Hold) => Promise<ProbeOutcome>;
  readonly close: () => void;
}

export function createHandshaker(address: string, source: string | null, protocol: PortProtocol): Handshaker {
  const waiting = new Map<number, (outcome: ProbeOutcome) => void>();
  let next = 0;
  const settle: Settle = (key, outcome) => {
    waiting.get(key)?.(outcome);
    waiting.delete(key);
  };
  const work = { targets: [{ address }], source };
  const prober =
    protocol === 'udp' ? openDgramProber(work, 64, settle) : openNetSocketProber(work, 64, settle);
  return {
    ask: (port, timeoutMs, hold) =>
      new Promise((resolve) => {
        const key = next++;
        waiting.set(key, resolve);
        prober.start(key, 0, port, timeoutMs, hold);
      }),
    close() {
      prober.close();
      for (const resolve of waiting.values()) resolve({ kind: 'engine', errno: 'ECANCELED' });
      waiting.clear();
    },
  };
}
