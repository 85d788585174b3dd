/** How long to wait for an answer: before the first sample, at least, at most. Milliseconds. */
export interface Timeouts {
  readonly initialMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** Round-trip time as TCP estimates it (RFC 6298's constants), and the time to wait for an answer. */
export class RoundTrip {
  private readonly limits: Timeouts;
  private smoothed = Number.NaN;
  private variance = Number.NaN;

  constructor(limits: Timeouts) {
    this.limits = limits;
  }

  add(ms: number): void {
    if (Number.isNaN(this.smoothed)) {
      this.smoothed = ms;
      this.variance = ms / 2;
      return;
    }
    const delta = ms - this.smoothed;
    this.smoothed += delta / 8;
    this.variance += (Math.abs(delta) - this.variance) / 4;
  }

  /** The smoothed time, 0 before the first sample. */
  smoothedMs(): number {
    return Number.isNaN(this.smoothed) ? 0 : this.smoothed;
  }

  timeoutMs(): number {
    const { initialMs, minMs, maxMs } = this.limits;
    if (Number.isNaN(this.smoothed)) return initialMs;
    return Math.min(maxMs, Math.max(minMs, this.smoothed + 4 * this.variance));
  }
}
