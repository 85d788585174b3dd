import type { PortProtocol } from '../src/model/site.ts';
import type { Prober } from './drive.ts';

/** While both kinds of probes may be under way, neither may sleep for long. */
const TURN_MS = 5;

/** Joins a prober for TCP and one for UDP; each is opened only where the work has targets for it. */
export function joinProbers(
  protocols: readonly PortProtocol[],
  openTcp: () => Prober,
  openUdp: () => Prober,
): Prober {
  const tcp = protocols.includes('tcp') ? openTcp() : null;
  const udp = protocols.includes('udp') ? openUdp() : null;
  if (!tcp || !udp) return tcp ?? udp ?? openTcp();
  return {
    timeouts: tcp.timeouts,
    room: () => Math.min(tcp.room(), udp.room()),
    start: (key, target, port, timeoutMs, hold) =>
      (protocols[target] === 'udp' ? udp : tcp).start(key, target, port, timeoutMs, hold),
    async poll(waitMs) {
      const turn = Math.min(TURN_MS, waitMs);
      await tcp.poll(turn);
      await udp.poll(Math.min(1, waitMs));
    },
    hurry: (leastMs) => tcp.hurry?.(leastMs),
    close() {
      tcp.close();
      udp.close();
    },
    ...(tcp.rapidCanary ? { rapidCanary: tcp.rapidCanary } : {}),
    hearsLate: tcp.hearsLate ?? false,
  };
}
