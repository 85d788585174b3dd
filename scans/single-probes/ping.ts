import { createRequire } from 'node:module';
import { parseIpv4 } from '../../src/model/address.ts';
import { escapeUntrusted } from '../../src/model/untrusted-text.ts';
import { hasNetRaw } from '../machine/capabilities.ts';

export type Liveness =
  | { readonly kind: 'answers'; readonly rttMs: number }
  /** An ICMP unreachable came instead of the echo. */
  | { readonly kind: 'unreachable'; readonly from: string }
  | { readonly kind: 'silent' };

export interface Hop {
  readonly ttl: number;
  /** Null where nobody said that the packet's time was up. */
  readonly address: string | null;
  readonly rttMs: number | null;
}

export interface Path {
  readonly hops: readonly Hop[];
  /** How it ended: at the target, at a router that refused, or in silence after the last hop that answered. */
  readonly end:
    | { readonly kind: 'reached' }
    | { readonly kind: 'refused'; readonly by: string }
    | { readonly kind: 'silent'; readonly lastSeen: string | null };
}

/** Echo and traceroute. Liveness proves nothing about TCP, and neither does its lack; a path names who may filter. */
export interface Pinger {
  readonly checkAlive: (address: string) => Promise<Liveness>;
  readonly tracePath: (address: string, maxHops?: number) => Promise<Path>;
  readonly close: () => void;
}

/** The parts of net-ping that are used. It is optional: it builds from source and needs a compiler. */
interface NetPingError extends Error {
  readonly source?: string;
}
interface NetPingSession {
  pingHost(
    address: string,
    done: (error: NetPingError | null, target: string, sent: Date, received: Date) => void,
  ): void;
  traceRoute(
    address: string,
    options: { readonly ttl: number; readonly maxHopTimeouts: number; readonly startTtl: number },
    feed: (error: NetPingError | null, target: string, ttl: number, sent: Date, received: Date) => boolean,
    done: (error: Error | null) => void,
  ): void;
  on(event: 'error', listener: (error: Error) => void): void;
  close(): void;
}
interface NetPing {
  createSession(options: {
    readonly retries: number;
    readonly timeout: number;
    readonly packetSize: number;
    readonly sessionId: number;
  }): NetPingSession;
}

const MAX_HOPS = 20;
const MAX_SILENT_HOPS = 3;
const LACKS = 'no liveness check and no traceroute';

/** Sessions in use. net-ping's socket is lost to the garbage collector, and the process ends, where nobody holds it. */
const held = new Set<NetPingSession>();

/** A pinger, or what is lacking and what that costs. `module` is another name in tests only. */
export function openPinger(
  timeoutMs = 1000,
  module = 'net-ping',
): { readonly pinger: Pinger } | { readonly why: string } {
  if (!hasNetRaw()) return { why: `${LACKS}: they need CAP_NET_RAW (run as root)` };
  let session: NetPingSession;
  try {
    const netPing = createRequire(import.meta.url)(module) as NetPing;
    // 65535 and 0 would be cut by net-ping's own arithmetic.
    const sessionId = 1 + Math.floor(Math.random() * 65_000);
    session = netPing.createSession({ retries: 1, timeout: timeoutMs, packetSize: 16, sessionId });
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    return { why: `${LACKS}: net-ping is not usable here (${escapeUntrusted(why, 120)})` };
  }
  session.on('error', () => undefined);
  held.add(session);
  return {
    pinger: {
      checkAlive: (address) => checkAlive(session, address),
      tracePath: (address, maxHops = MAX_HOPS) => tracePath(session, address, maxHops),
      close() {
        held.delete(session);
        session.close();
      },
    },
  };
}

/** net-ping resolves whatever it is given; only addresses may reach it. */
function demandAddress(address: string): void {
  if (parseIpv4(address) === undefined) throw new Error(`not an address: ${escapeUntrusted(address, 60)}`);
}

const between = (sent: Date, received: Date): number => Math.max(0, received.getTime() - sent.getTime());

function checkAlive(session: NetPingSession, address: string): Promise<Liveness> {
  demandAddress(address);
  return new Promise((resolve) => {
    session.pingHost(address, (error, _target, sent, received) => {
      if (!error) resolve({ kind: 'answers', rttMs: between(sent, received) });
      else if (error.name === 'DestinationUnreachableError') {
        resolve({ kind: 'unreachable', from: error.source ?? address });
      } else resolve({ kind: 'silent' });
    });
  });
}

function tracePath(session: NetPingSession, address: string, maxHops: number): Promise<Path> {
  demandAddress(address);
  const hops: Hop[] = [];
  let end: Path['end'] | null = null;
  return new Promise((resolve) => {
    const feed: Parameters<NetPingSession['traceRoute']>[2] = (error, _target, ttl, sent, received) => {
      const rttMs = between(sent, received);
      if (!error) {
        hops.push({ ttl, address, rttMs });
        end = { kind: 'reached' };
        return true;
      }
      const from = error.source ?? null;
      if (error.name === 'TimeExceededError') hops.push({ ttl, address: from, rttMs });
      else if (error.name === 'DestinationUnreachableError' && from !== null) {
        hops.push({ ttl, address: from, rttMs });
        end = { kind: 'refused', by: from };
        return true;
      } else hops.push({ ttl, address: null, rttMs: null });
      return false;
    };
    session.traceRoute(address, { ttl: maxHops, maxHopTimeouts: MAX_SILENT_HOPS, startTtl: 1 }, feed, () => {
      const seen = hops.filter((h) => h.address !== null);
      while (end === null && hops.length > seen.length && hops[hops.length - 1]?.address === null) hops.pop();
      resolve({ hops, end: end ?? { kind: 'silent', lastSeen: seen[seen.length - 1]?.address ?? null } });
    });
  });
}

/** `198.51.100.254, *, 192.0.2.35: reached`, for a note. */
export function describePath(path: Path): string {
  const hops = path.hops.map((h) => h.address ?? '*').join(', ');
  switch (path.end.kind) {
    case 'reached':
      return `${hops}: reached`;
    case 'refused':
      return `${hops}: refused by ${path.end.by}`;
    case 'silent':
      return path.end.lastSeen === null ? 'no hop answers' : `${hops}: silence behind ${path.end.lastSeen}`;
  }
}
