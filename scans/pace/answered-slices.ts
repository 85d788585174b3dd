export interface JudgedSlice {
  readonly start: number;
  /** All but all of its probes were answered: what canaries would have shown. Else they are lost, late, or ports are silent. */
  readonly full: boolean;
}

const SLICE_MS = 5;
/** An answer later than this is none here: slices serve those who would know at once. */
const WAIT_MS = 30;
/** Remembered: longer than a slice is waited for, and than a sender sleeps. */
const SLICES = 64;
/** Fewer show nothing. */
const LEAST_SENT = 24;
const ALL_BUT = 0.99;

/** Counts, for slices of time, the probes that left in them and those of these that were answered. */
export class AnsweredSlices {
  private readonly counted = new Uint32Array(SLICES);
  private readonly heard = new Uint32Array(SLICES);
  private readonly sliceAt = new Float64Array(SLICES).fill(-1);
  private latest = -1;

  sent(now: number): void {
    const slice = Math.floor(now / SLICE_MS);
    const place = slice % SLICES;
    if (this.sliceAt[place] !== slice) {
      this.sliceAt[place] = slice;
      this.counted[place] = 0;
      this.heard[place] = 0;
      this.latest = slice;
    }
    this.counted[place]!++;
  }

  /** An answer that took `rttMs`, for a port whose last try left at `sentAt`: one to an earlier try shows nothing of this. */
  answered(sentAt: number, now: number, rttMs: number): void {
    if (now - rttMs < sentAt - SLICE_MS) return;
    const slice = Math.floor(sentAt / SLICE_MS);
    const place = slice % SLICES;
    if (this.sliceAt[place] === slice) this.heard[place]!++;
  }

  /** Slices that can be judged now, oldest first, each once. */
  take(now: number): readonly JudgedSlice[] {
    const slices: JudgedSlice[] = [];
    const over = Math.min(this.latest, Math.floor(now / SLICE_MS) - 1);
    for (let slice = Math.max(0, this.latest - SLICES + 1); slice <= over; slice++) {
      const place = slice % SLICES;
      const count = this.counted[place]!;
      if (this.sliceAt[place] !== slice || count < LEAST_SENT) continue;
      const full = this.heard[place]! >= count * ALL_BUT;
      if (!full && now < (slice + 1) * SLICE_MS + WAIT_MS) continue;
      this.sliceAt[place] = -1;
      slices.push({ start: slice * SLICE_MS, full });
    }
    return slices;
  }
}
