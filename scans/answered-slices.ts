import type { CanaryWindow } from './ramp-pace.ts';

/** Counts, for slices of time, the probes that left in them and those of these that were answered. */
export interface AnsweredSlices {
  readonly sent: (now: number) => void;
  readonly answered: (sentAt: number) => void;
  /**
   * Slices that are over and (all but) all of whose probes were answered, each once: what canaries would have shown.
   * Slices whose probes stay silent are never among them, since ports may be silent of their own accord.
   */
  readonly takeAnswered: (now: number) => readonly CanaryWindow[];
}

const SLICE_MS = 10;
/** Remembered: longer than most round trips take. */
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
    answered(sentAt) {
      const slice = Math.floor(sentAt / SLICE_MS);
      const place = slice % SLICES;
      if (sliceAt[place] === slice) answered[place]!++;
    },
    takeAnswered(now) {
      const windows: CanaryWindow[] = [];
      const over = Math.min(latest, Math.floor(now / SLICE_MS) - 1);
      for (let slice = Math.max(0, latest - SLICES + 1); slice <= over; slice++) {
        const place = slice % SLICES;
        const count = sent[place]!;
        if (sliceAt[place] !== slice || count < LEAST_SENT || answered[place]! < count * ALL_BUT) continue;
        sliceAt[place] = -1;
        windows.push({
          start: slice * SLICE_MS,
          end: (slice + 1) * SLICE_MS,
          sent: count,
          answered: answered[place]!,
          lastGood: null,
          ttl: null,
        });
      }
      return windows;
    },
  };
}
