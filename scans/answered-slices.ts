/** Counts, for slices of time, the probes that left in them and those of these that were answered. */
export interface AnsweredSlices {
  readonly sent: (now: number) => void;
  /** An answer that took `rttMs`, for a port whose last try left at `sentAt`: one to an earlier try shows nothing of this. */
  readonly answered: (sentAt: number, now: number, rttMs: number) => void;
  /** Slices that can be judged now, oldest first, each once. */
  readonly take: (now: number) => readonly JudgedSlice[];
}

export interface JudgedSlice {
  readonly start: number;
  /** All but all of its probes were answered: what canaries would have shown. Else they are lost, late, or ports are silent. */
  readonly full: boolean;
}

const SLICE_MS = 10;
/** An answer later than this is none here: slices serve those who would know at once. */
const WAIT_MS = 30;
/** Remembered: longer than a slice is waited for, and than a sender sleeps. */
const SLICES = 64;
/** Fewer show nothing. */
const LEAST_SENT = 24;
const ALL_BUT = 0.99;

export function createAnsweredSlices(): AnsweredSlices {
  const sent = new Uint32Array(SLICES);
  const answered = new Uint32Array(SLICES);
  const sliceAt = new Float64Array(SLICES).fill(-1);
  let latest = -1;
  return {
    sent(now) {
      const slice = Math.floor(now / SLICE_MS);
      const place = slice % SLICES;
      if (sliceAt[place] !== slice) {
        sliceAt[place] = slice;
        sent[place] = 0;
        answered[place] = 0;
        latest = slice;
      }
      sent[place]!++;
    },
    answered(sentAt, now, rttMs) {
      if (now - rttMs < sentAt - SLICE_MS) return;
      const slice = Math.floor(sentAt / SLICE_MS);
      const place = slice % SLICES;
      if (sliceAt[place] === slice) answered[place]!++;
    },
    take(now) {
      const slices: JudgedSlice[] = [];
      const over = Math.min(latest, Math.floor(now / SLICE_MS) - 1);
      for (let slice = Math.max(0, latest - SLICES + 1); slice <= over; slice++) {
        const place = slice % SLICES;
        const count = sent[place]!;
        if (sliceAt[place] !== slice || count < LEAST_SENT) continue;
        const full = answered[place]! >= count * ALL_BUT;
        if (!full && now < (slice + 1) * SLICE_MS + WAIT_MS) continue;
        sliceAt[place] = -1;
        slices.push({ start: slice * SLICE_MS, full });
      }
      return slices;
    },
  };
}
