import type { Prober, ProberEvents, Settle } from '../drive.ts';
import { ACCEPTED, type Clock, type ProbeOutcome } from '../engine.ts';
import { RapidCanaryLog } from './rapid-canary.ts';

/** Forty handshakes a second: below what xinetd bears unless told otherwise (50), enough to notice loss in time. */
const TIMES = { everyMs: 25, windowMs: 100 };
/** Canaries of one target under way at most. */
const PLACES = 64;
const TIMEOUT_MS = 950;
/** Keys of rapid canaries are below those of all other probes. */
const KEYS = -(2 ** 40);

/** Whoever makes the handshakes. */
export type HandshakePool = Pick<Prober, 'room' | 'start' | 'poll' | 'close'> &
  Required<Pick<Prober, 'hurry'>>;

export interface HandshakeCanaryOptions {
  readonly clock: Clock;
  readonly events: ProberEvents;
  readonly openPool: (settle: Settle) => HandshakePool;
}

/**
 * `connect()` probes whose pace a canary governs, asked by handshakes since nothing less is to be had without
 * privileges. Only scans above the ceiling ask it that often.
 */
export class HandshakeCanaryProber implements Prober {
  readonly timeouts = { initialMs: 950, minMs: 200, maxMs: 950 };
  private readonly options: HandshakeCanaryOptions;
  private readonly events: ProberEvents;
  private readonly pool: HandshakePool;
  private readonly canaries = new Map<number, { readonly port: number; readonly log: RapidCanaryLog }>();

  constructor(options: HandshakeCanaryOptions) {
    this.options = options;
    this.events = options.events;
    this.pool = options.openPool((key, outcome) => this.settle(key, outcome));
  }

  readonly rapidCanary = {
    start: (target: number, port: number): void => {
      const log = new RapidCanaryLog(this.options.clock.now(), PLACES, TIMES);
      this.canaries.set(target, { port, log });
    },
    stop: (target: number): void => {
      this.canaries.delete(target);
    },
  };

  room(): number {
    return this.pool.room();
  }

  start: Prober['start'] = (key, target, port, timeoutMs, hold) =>
    this.pool.start(key, target, port, timeoutMs, hold);

  hurry(leastMs: number): void {
    this.pool.hurry(leastMs);
  }

  poll(waitMs: number): void | Promise<void> {
    const { clock } = this.options;
    let wait = waitMs;
    for (const [target, { port, log }] of this.canaries) {
      const now = clock.now();
      if (log.dueAt() <= now && this.pool.room() > 0) {
        const key = KEYS - (target * PLACES + log.send(now));
        this.pool.start(key, target, port, TIMEOUT_MS, ACCEPTED);
      }
      wait = Math.min(wait, Math.max(1, log.dueAt() - now));
    }
    const turn = this.pool.poll(wait);
    const now = clock.now();
    for (const [target, { log }] of this.canaries) {
      for (const window of log.judged(now)) this.events.window(target, window);
    }
    return turn;
  }

  private settle(key: number, outcome: ProbeOutcome): void {
    if (key > KEYS) {
      this.events.settle(key, outcome);
      return;
    }
    const canary = this.canaries.get(Math.floor((KEYS - key) / PLACES));
    const place = (KEYS - key) % PLACES;
    // What our own means failed to ask was never under way.
    if (outcome.kind === 'engine') canary?.log.forget(place);
    else if (outcome.kind === 'open' || outcome.kind === 'wrapped' || outcome.kind === 'closed')
      canary?.log.answer(place, null, this.options.clock.now());
  }

  close(): void {
    this.pool.close();
  }
}
