/** Round-trip time as TCP estimates it (RFC 6298's constants), and the time to wait for an answer. */
export interface RoundTrip {
  readonly add: (ms: number) => void;
  readonly timeoutMs: () => number;
  /** The smoothed time, 0 before the first sample. */
  readonly smoothedMs: () => number;
}

export function createRoundTrip(limits: {
  readonly initialMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}): RoundTrip {
  let smoothed: number | null = null;
  let variance = 0;
  return {
    add(ms) {
      if (smoothed === null) {
        smoothed = ms;
        variance = ms / 2;
        return;
      }
      const delta = ms - smoothed;
      smoothed += delta / 8;
      variance += (Math.abs(delta) - variance) / 4;
    },
    smoothedMs: () => smoothed ?? 0,
    timeoutMs: () =>
      smoothed === null
        ? limits.initialMs
        : Math.min(limits.maxMs, Math.max(limits.minMs, smoothed + 4 * variance)),
  };
}
