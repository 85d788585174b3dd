/**
 * How many round trips get lost, learnt from probes that are known to be answerable: canaries, and ports that
 * answered a later try after silence to an earlier one.
 */
export interface LossEstimate {
  readonly add: (answered: number, lost: number) => void;
  /** Share of round trips lost lately, 0 where nothing is known. */
  readonly rate: () => number;
  /**
   * Tries after which silence is no accident: rateⁿ × ports < missed, within the given bounds. The rate is that of the
   * whole scan where that is higher: lately, few samples may have been lucky.
   */
  readonly triesFor: (ports: number, missed: number, min: number, max: number) => number;
  /** Whether at least a thousand round trips were seen and fewer than one in a thousand was lost. */
  readonly isNegligible: () => boolean;
  /**
   * The factor by which to slow down, 1 while all is well: halves when more than 30% of more than 10 recent round
   * trips were lost, recovers by 5% a second.
   */
  readonly slowdown: (now: number) => number;
}

const FLOOR = 1 / 64;
const MANY = 1000;
/** Older samples fade so that the estimate follows the path. */
const MEMORY = 400;

const share = (lost: number, answered: number): number =>
  lost + answered === 0 ? 0 : lost / (lost + answered);

export function createLossEstimate(start: number): LossEstimate {
  let answeredSum = 0;
  let lostSum = 0;
  let answeredEver = 0;
  let lostEver = 0;
  let windowAnswered = 0;
  let windowLost = 0;
  let factor = 1;
  let lastRecovery = start;
  return {
    add(answered, lost) {
      answeredSum += answered;
      lostSum += lost;
      answeredEver += answered;
      lostEver += lost;
      windowAnswered += answered;
      windowLost += lost;
      const total = answeredSum + lostSum;
      if (total > MEMORY) {
        answeredSum *= MEMORY / total;
        lostSum *= MEMORY / total;
      }
    },
    rate: () => share(lostSum, answeredSum),
    triesFor(ports, missed, min, max) {
      const rate = Math.max(share(lostSum, answeredSum), share(lostEver, answeredEver));
      if (rate <= 0 || ports <= 0) return min;
      if (rate >= 1) return max;
      const needed = Math.log(missed / ports) / Math.log(rate);
      return Math.min(max, Math.max(min, Math.floor(needed) + 1));
    },
    isNegligible: () => answeredEver >= MANY && lostEver * MANY < answeredEver,
    slowdown(now) {
      const seen = windowAnswered + windowLost;
      if (seen > 10) {
        if (windowLost / seen > 0.3) factor = Math.max(FLOOR, factor / 2);
        windowAnswered = 0;
        windowLost = 0;
      }
      const seconds = (now - lastRecovery) / 1000;
      if (seconds >= 0.1) {
        factor = Math.min(1, factor * 1.05 ** seconds);
        lastRecovery = now;
      }
      return factor;
    },
  };
}
