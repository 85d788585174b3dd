import type { ScanEngine } from './engine.ts';
import { hasNetRaw } from './machine/capabilities.ts';
import { findNativeObstacle, runEngineThread } from './threads/engine-thread.ts';

/** SYNs through a raw socket: the fastest, and it sees TTLs. Open and wrapped are still decided by full handshakes. */
export const synEngine: ScanEngine = {
  id: 'syn',
  description: 'SYNs through a raw socket, paced by a rapid canary; sees ICMP and TTL; needs CAP_NET_RAW',
  example: 'aclscope scan --plan plan.json --engine syn -o evidence.json',
  steerable: true,
  async checkAvailability() {
    const obstacle = await findNativeObstacle();
    if (obstacle !== null) return { ok: false, why: obstacle };
    return hasNetRaw()
      ? { ok: true, note: null }
      : { ok: false, why: 'it needs CAP_NET_RAW (run as root); --engine connect needs nothing' };
  },
  scan: (work, options, sink) => runEngineThread('syn', work, options, sink),
};
