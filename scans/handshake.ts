import type { PortProtocol } from '../src/model/site.ts';
import { openDgramProber } from './dgram.ts';
import type { Settle } from './drive.ts';
import type { ProbeOutcome } from './engine.ts';
import { openNetSocketProber } from './net-socket.ts';

/** Single full handshakes (datagrams, for UDP) with one address, for engines that only look on. */
export interface Handshaker {
  /** `holdMs` 0: enough that it was accepted. Never rejects. */
  readonly ask: (port: number, timeoutMs: number, holdMs: number) => Promise<ProbeOutcome>;
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
    ask: (port, timeoutMs, holdMs) =>
      new Promise((resolve) => {
        const key = next++;
        waiting.set(key, resolve);
        prober.start(key, 0, port, timeoutMs, holdMs);
      }),
    close() {
      prober.close();
      for (const resolve of waiting.values()) resolve({ kind: 'engine', errno: 'ECANCELED' });
      waiting.clear();
    },
  };
}
