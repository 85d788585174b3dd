/** A stretch of time in which the canary was asked many times. Times are the clock's milliseconds. */
export interface CanaryWindow {
  readonly start: number;
  readonly end: number;
  readonly sent: number;
  readonly answered: number;
  /** When the last answered one left, or null. */
  readonly lastGood: number | null;
  readonly ttl: number | null;
}

/** Finds the pace that a path bears: up while the canary's answers come back, down by half when they stop to. */
export interface RampPace {
  readonly rate: () => number;
  /** Judges one window, over by now; lossy: what was silent in it proves nothing. */
  readonly judge: (window: CanaryWindow, now: number) => 'good' | 'lossy';
  /** Whether what a sweep's own probes show is of use still. */
  readonly heedsSweep: () => boolean;
  /**
   * Takes what became of the probes that left since `start`, in less time than a window. All answered: the pace is
   * proven and the next one is tried; else the last proven one holds again, and from now on canaries alone judge.
   */
  readonly judgeSweep: (start: number, answered: boolean, now: number) => void;
}

const START = 10_000;
const LEAST = 200;
const GROWTH = 1.5;
/**
 * As long as no pace has failed yet, and only by a window that shows the present one. Boldly only where it holds
 * answers enough to tell loss at once.
 */
const FIRST_GROWTH = 2;
const BOLD_GROWTH = 4;
const BOLD_SAMPLES = 12;
/** Near the pace that failed last, growth is slow: a policer is met softly and seldom. */
const SLOW_GROWTH = 1.04;
const TOLERATED = 0.04;
/** Fewer than this lost in one window is chance at any pace. */
const LEAST_LOST = 3;
const MEMORY = 0.97;

export function createRampPace(max: number): RampPace {
  let rate = Math.min(START, max);
  let failedAt = Number.POSITIVE_INFINITY;
  /** Loss that is there at any pace. */
  let base = 0;
  let settling = 0;
  let proven = rate;
  let heedsSweep = true;
  let hasFailed = false;
  let grownAt = Number.NEGATIVE_INFINITY;
  return {
    rate: () => rate,
    judge(window, now) {
      if (window.sent === 0) return 'good';
      const lost = 1 - window.answered / window.sent;
      const chance = 3 * Math.sqrt((base * (1 - base) + 0.0001) / window.sent);
      const lossy =
        lost > base + TOLERATED + chance && (window.sent - window.answered >= LEAST_LOST || lost > 0.5);
      base = base * MEMORY + Math.min(lost, base + 0.05) * (1 - MEMORY);
      if (settling > 0) settling--;
      if (lossy) {
        // Windows already on their way were sent at the pace that failed: one fall for all of them.
        if (settling === 0) {
          failedAt = rate;
          hasFailed = true;
          rate = Math.max(Math.min(LEAST, max), rate / 2);
          settling = 4;
        }
        return 'lossy';
      }
      if (rate > failedAt * 1.2) failedAt = Number.POSITIVE_INFINITY;
      if (settling > 0) return 'good';
      if (hasFailed) rate *= rate > failedAt * 0.7 ? SLOW_GROWTH : GROWTH;
      else if (window.start + (window.end - window.start) / 4 >= grownAt) {
        proven = rate;
        rate *= window.sent >= BOLD_SAMPLES ? BOLD_GROWTH : FIRST_GROWTH;
        grownAt = now;
      }
      rate = Math.min(max, rate);
      return 'good';
    },
    heedsSweep: () => heedsSweep && !hasFailed && proven < max,
    judgeSweep(start, answered, now) {
      if (!heedsSweep || start < grownAt) return;
      if (answered) {
        proven = rate;
        rate = Math.min(max, rate * BOLD_GROWTH);
        grownAt = now;
      } else {
        rate = proven;
        heedsSweep = false;
      }
    },
  };
}
