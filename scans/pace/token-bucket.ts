/** Longest stretch whose tokens may be sent at once: a sleeping sender wakes about this often. */
const BURST_SECONDS = 0.004;

/** Lets `rate` things a second pass, in bursts of a few milliseconds at most. Knows no clock: callers say the time. */
export class TokenBucket {
  private rate: number;
  private tokens = 1;
  private filled: number;

  constructor(perSecond: number, start: number) {
    this.rate = perSecond;
    this.filled = start;
  }

  private fill(now: number): void {
    if (now <= this.filled) return;
    const most = Math.max(1, this.rate * BURST_SECONDS);
    this.tokens = Math.min(most, this.tokens + ((now - this.filled) / 1000) * this.rate);
    this.filled = now;
  }

  /** Whole tokens that can be taken now. */
  available(now: number): number {
    this.fill(now);
    return Math.floor(this.tokens);
  }

  /** Takes this many tokens if there are as many. */
  take(now: number, count = 1): boolean {
    this.fill(now);
    if (this.tokens < count) return false;
    this.tokens -= count;
    return true;
  }

  /** Milliseconds until there is a token. */
  waitMs(now: number): number {
    this.fill(now);
    return this.tokens >= 1 ? 0 : ((1 - this.tokens) / this.rate) * 1000;
  }

  setRate(perSecond: number, now: number): void {
    this.fill(now);
    this.rate = perSecond;
  }
}
