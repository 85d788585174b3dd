import type { CanaryWindow } from '../pace/ramp-pace.ts';

/** How often the canary is asked, and how long the stretches are that its answers are judged by. */
export interface RapidTimes {
  readonly everyMs: number;
  readonly windowMs: number;
}

/** Answers are awaited for four round trips, within these bounds. */
const LEAST_WAIT_MS = 40;
const MOST_WAIT_MS = 1000;

interface OpenWindow {
  start: number;
  end: number;
  sent: number;
  answered: number;
  lastGood: number | null;
}

/** The bookkeeping of one target's rapid canary; who sends and receives is someone else. */
export class RapidCanaryLog {
  private readonly windows: OpenWindow[] = [];
  private readonly sentAt: Float64Array;
  private readonly windowOf: (OpenWindow | null)[];
  private readonly times: RapidTimes;
  private next = 0;
  private due: number;
  private roundTripMs: number | null = null;
  private ttl: number | null = null;

  /** `places`: how many may be under way, one source port each. */
  constructor(now: number, places: number, times: RapidTimes) {
    this.times = times;
    this.sentAt = new Float64Array(places);
    this.windowOf = new Array<OpenWindow | null>(places).fill(null);
    this.due = now;
  }

  dueAt(): number {
    return this.due;
  }

  /** Notes that one is sent now; returns its place. A sender that overslept does not catch up. */
  send(now: number): number {
    this.due = Math.max(this.due + this.times.everyMs, now);
    let window = this.windows[this.windows.length - 1];
    if (!window || now >= window.end) {
      window = { start: now, end: now + this.times.windowMs, sent: 0, answered: 0, lastGood: null };
      this.windows.push(window);
    }
    window.sent++;
    const place = this.next;
    this.next = (this.next + 1) % this.sentAt.length;
    this.sentAt[place] = now;
    this.windowOf[place] = window;
    return place;
  }

  /** Notes an answer; false for a second one. */
  answer(place: number, ttl: number | null, now: number): boolean {
    const window = this.windowOf[place];
    if (!window) return false;
    this.windowOf[place] = null;
    const sentAt = this.sentAt[place]!;
    window.answered++;
    window.lastGood = Math.max(window.lastGood ?? 0, sentAt);
    this.ttl = ttl;
    const sample = now - sentAt;
    this.roundTripMs =
      this.roundTripMs === null ? sample : this.roundTripMs + (sample - this.roundTripMs) / 8;
    return true;
  }

  /** Takes one back that could not be sent. */
  forget(place: number): void {
    const window = this.windowOf[place];
    if (!window) return;
    this.windowOf[place] = null;
    window.sent--;
  }

  /** Windows that are over: all answered, or waited for long enough. */
  judged(now: number): CanaryWindow[] {
    const wait = Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, 4 * (this.roundTripMs ?? MOST_WAIT_MS)));
    const ready: CanaryWindow[] = [];
    while (this.windows.length > 0) {
      const first = this.windows[0]!;
      const over = now >= first.end && (first.answered === first.sent || now >= first.end + wait);
      if (!over) break;
      this.windows.shift();
      ready.push({ ...first, ttl: this.ttl });
    }
    return ready;
  }
}
