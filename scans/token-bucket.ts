/** Lets `rate` things a second pass, in bursts of a few milliseconds at most. Knows no clock: callers say the time. */
export interface TokenBucket {
  /** Takes one token if there is one. */
  readonly take: (now: number) => boolean;
  /** Milliseconds until there is one. */
  readonly waitMs: (now: number) => number;
  readonly setRate: (perSecond: number, now: number) => void;
}

/** Longest stretch whose tokens may be sent at once: a sleeping sender wakes about this often. */
const BURST_SECONDS = 0.004;

export function createTokenBucket(perSecond: number, start: number): TokenBucket {
  let rate = perSecond;
  let tokens = 1;
  let filled = start;
  const fill = (now: number) => {
    if (now <= filled) return;
    tokens = Math.min(Math.max(1, rate * BURST_SECONDS), tokens + ((now - filled) / 1000) * rate);
    filled = now;
  };
  return {
    take(now) {
      fill(now);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    waitMs(now) {
      fill(now);
      return tokens >= 1 ? 0 : ((1 - tokens) / rate) * 1000;
    },
    setRate(next, now) {
      fill(now);
      rate = next;
    },
  };
}
