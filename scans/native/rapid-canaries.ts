import type { Clock } from '../engine.ts';
import type { CanaryWindow } from '../pace/ramp-pace.ts';
import type { RapidCanary } from '../schedule/scan-state.ts';
import { RapidCanaryLog } from './rapid-canary.ts';
import { RAPID_PLACES } from './source-ports.ts';

/** A SYN to the canary port every 2 ms makes no connection. */
const TIMES = { everyMs: 2, windowMs: 50 };

/** The rapid canaries of all targets. */
export class RapidCanaries implements RapidCanary {
  private readonly clock: Clock;
  private readonly byTarget = new Map<number, { readonly port: number; readonly log: RapidCanaryLog }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  readonly start = (target: number, port: number): void => {
    this.byTarget.set(target, { port, log: new RapidCanaryLog(this.clock.now(), RAPID_PLACES, TIMES) });
  };

  readonly stop = (target: number): void => {
    this.byTarget.delete(target);
  };

  /** Calls `send` for each that is due; it notes in the log what it sent. */
  sendDue(send: (target: number, port: number, log: RapidCanaryLog) => void): void {
    for (const [target, { port, log }] of this.byTarget) {
      if (this.clock.now() >= log.dueAt()) send(target, port, log);
    }
  }

  /** Milliseconds until the next one is due; Infinity where there is none. */
  untilDue(now: number): number {
    let wait = Number.POSITIVE_INFINITY;
    for (const { log } of this.byTarget.values()) wait = Math.min(wait, Math.max(0, log.dueAt() - now));
    return wait;
  }

  answer(target: number, place: number, ttl: number, now: number): void {
    this.byTarget.get(target)?.log.answer(place, ttl, now);
  }

  judge(now: number, tell: (target: number, window: CanaryWindow) => void): void {
    for (const [target, { log }] of this.byTarget) {
      for (const window of log.judged(now)) tell(target, window);
    }
  }
}
