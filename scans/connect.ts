import type { ScanEngine } from './engine.ts';
import { netSocketEngine } from './sockets/net-socket.ts';
import { findNativeObstacle, runEngineThread } from './threads/engine-thread.ts';

/** Full handshakes without privileges. ICMP denials are seen with code and sender where native calls work. */
export const connectEngine: ScanEngine = {
  id: 'connect',
  description: 'connect() watched by epoll, for any user; sees ICMP type, code and sender',
  example: 'aclscope scan --plan plan.json --engine connect -o evidence.json',
  steerable: true,
  async checkAvailability() {
    const obstacle = await findNativeObstacle();
    if (obstacle === null) return { ok: true, note: null };
    return { ok: true, note: `${obstacle}; probing through Node's own sockets, which see no ICMP` };
  },
  async scan(work, options, sink) {
    if ((await findNativeObstacle()) !== null) return netSocketEngine.scan(work, options, sink);
    return runEngineThread('connect', work, options, sink);
  },
};
