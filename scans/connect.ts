import type { ScanEngine } from './engine.ts';
import { runEngineThread } from './engine-thread.ts';
import { loadLibc } from './native/libc.ts';
import { netSocketEngine } from './net-socket.ts';

/** Full handshakes without privileges. ICMP denials are seen with code and sender where native calls work. */
export const connectEngine: ScanEngine = {
  id: 'connect',
  description: 'connect() watched by epoll, for any user; sees ICMP type, code and sender',
  example: 'aclscope scan --plan plan.json --engine connect -o evidence.json',
  steerable: true,
  async checkAvailability() {
    const loaded = loadLibc();
    if ('libc' in loaded) return { ok: true, note: null };
    return { ok: true, note: `${loaded.why}; probing through Node's own sockets, which see no ICMP` };
  },
  scan(work, options, sink) {
    if ('why' in loadLibc()) return netSocketEngine.scan(work, options, sink);
    return runEngineThread('connect', work, options, sink);
  },
};
