import type { Hold, ProbeOutcome } from '../engine.ts';
import { ConnectPool } from './connect-pool.ts';
import type { SocketPoolOptions } from './probe-sockets.ts';

const TIMEOUT_MS = 950;
/** Tries where our own means failed, and where the handshake met silence: neither counts as the other. */
const MOST_FAILS = { engine: 5, silent: 2 };

/** Whom a handshake asks, and what to do with the connection. */
export interface FollowUp {
  readonly target: number;
  readonly port: number;
  readonly hold: Hold;
}

export interface FollowUpOptions extends Omit<SocketPoolOptions, 'settle'> {
  /** Asked as the handshake begins: it may have waited for its turn. */
  readonly lookUp: (slot: number) => FollowUp;
  readonly settle: (slot: number, outcome: ProbeOutcome) => void;
}

/**
 * The full handshakes that follow SYN/ACKs: they tell open from wrapped, and a port from a decoy that only answers
 * SYNs. Slots are the caller's names for what it asks.
 */
export class FollowUps {
  private readonly options: FollowUpOptions;
  private readonly pool: ConnectPool;
  private readonly waiting: number[] = [];
  private readonly ttls = new Map<number, number>();
  private readonly fails = new Map<number, { engine: number; silent: number }>();

  constructor(options: FollowUpOptions) {
    this.options = options;
    this.pool = new ConnectPool({ ...options, settle: (slot, outcome) => this.settle(slot, outcome) });
  }

  /** Readable whenever a handshake moved. */
  get epoll(): number {
    return this.pool.epoll;
  }

  get underWay(): number {
    return this.pool.underWay;
  }

  /** `ttl`: the SYN/ACK's, which the handshake does not see. */
  ask(slot: number, ttl: number): void {
    this.ttls.set(slot, ttl);
    this.waiting.push(slot);
  }

  begin(): void {
    while (this.waiting.length > 0 && this.pool.room() > 0) {
      const slot = this.waiting.shift()!;
      const { target, port, hold } = this.options.lookUp(slot);
      this.pool.start(slot, target, port, TIMEOUT_MS, hold);
    }
  }

  /** Takes what moved, without waiting. */
  poll(): void {
    this.pool.poll(0);
  }

  hurry(leastMs: number): void {
    this.pool.hurry(leastMs);
  }

  private settle(slot: number, outcome: ProbeOutcome): void {
    const ttl = this.ttls.get(slot) ?? null;
    // The port accepted a moment ago: a lost SYN is likelier than a change of mind.
    if (outcome.kind === 'engine' || outcome.kind === 'silent') {
      const fails = this.fails.get(slot) ?? { engine: 0, silent: 0 };
      if (++fails[outcome.kind] < MOST_FAILS[outcome.kind]) {
        this.fails.set(slot, fails);
        this.waiting.push(slot);
        return;
      }
    }
    this.fails.delete(slot);
    this.ttls.delete(slot);
    if (outcome.kind === 'open' || outcome.kind === 'wrapped') this.options.settle(slot, { ...outcome, ttl });
    else this.options.settle(slot, outcome.kind === 'engine' ? outcome : { kind: 'half-open', ttl });
  }

  close(): void {
    this.pool.close();
  }
}
